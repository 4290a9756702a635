import { languageOf } from '../languages.ts';
import { fromLines, linesOf, type Language, type Snippet } from '../snippet.ts';

/** Where the code stands in reStructuredText: below `.. code-block:: LANGUAGE` and its like, and below a paragraph that ends in `::`. */
export function snippetsInRst(text: string): readonly Snippet[] {
  const snippets: Snippet[] = [];
  const lines = linesOf(text);
  const indentOf = (at: number): number => /^[ \t]*/.exec(lines[at]?.text ?? '')![0].length;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.text;
    const [, directive, named = ''] = /^\s*\.\.\s+([\w-]+)::\s*(.*)$/.exec(line) ?? [];
    const isCode = directive !== undefined && /^(?:code-block|code|sourcecode|prompt|parsed-literal|highlight-block)$/.test(directive);
    if (!isCode && (directive !== undefined || !/::\s*$/.test(line))) continue;
    const language: Language | undefined = !isCode ? 'session' : directive === 'prompt' ? 'session' : languageOf(named);
    const own = indentOf(i);
    let first = i + 1;
    // Options of the directive, and blank lines.
    while (first < lines.length && (lines[first]!.text.trim() === '' || isCode && /^\s+:[\w-]+:/.test(lines[first]!.text))) first++;
    const indent = indentOf(first);
    if (first >= lines.length || indent <= own) continue;
    let end = first;
    while (end < lines.length && (lines[end]!.text.trim() === '' || indentOf(end) > own)) end++;
    if (language !== undefined) snippets.push(fromLines(language, 'guide', lines.slice(first, end).map((code) => ({ line: code, from: Math.min(indent, /^[ \t]*/.exec(code.text)![0].length) })), (offset) => offset));
    i = end - 1;
  }
  return snippets;
}
