import { languageOf } from '../languages.ts';
import { fromLines, linesOf, type Language, type Line, type Snippet } from '../snippet.ts';

/** Where the code stands in Markdown and MDX: between fences (CommonMark 0.31, 4.5), indented (4.4), and in the shortcodes of site generators. */
export function snippetsInMarkdown(text: string): readonly Snippet[] {
  const snippets: Snippet[] = [];
  const lines = linesOf(text);
  const add = (language: Language, code: readonly { readonly line: Line; readonly from: number }[]): void => {
    if (code.length > 0) snippets.push(fromLines(language, 'guide', code, (offset) => offset));
  };
  for (let i = 0; i < lines.length; i++) {
    const fence = openFence(lines[i]!.text);
    if (fence) {
      const code: { line: Line; from: number }[] = [];
      for (i++; i < lines.length && !fence.isClosed(lines[i]!.text); i++) code.push({ line: lines[i]!, from: indentation(lines[i]!.text, fence.indent) });
      const language = languageOf(fence.info);
      if (language !== undefined) add(language, code);
      continue;
    }
    // A line that is code and nothing else.
    const [before] = /^\s*(?:[-*+]\s+|>\s*)?`(?=[^`]+`\s*$)/.exec(lines[i]!.text) ?? [];
    if (before !== undefined) {
      const { text: line, start } = lines[i]!;
      add('session', [{ line: { text: line.trimEnd().slice(0, -1), start }, from: before.length }]);
      continue;
    }
    if (isIndented(lines[i]!.text) && (i === 0 || lines[i - 1]!.text.trim() === '')) {
      const code: { line: Line; from: number }[] = [];
      for (; i < lines.length && (isIndented(lines[i]!.text) || lines[i]!.text.trim() === ''); i++) code.push({ line: lines[i]!, from: lines[i]!.text.search(/\S|$/) });
      i--;
      add('session', code);
    }
  }
  return snippets;
}

interface Fence {
  readonly info: string;
  readonly indent: number;
  isClosed(line: string): boolean;
}

function openFence(line: string): Fence | undefined {
  const [, before, marks, info] = /^([\s>*+-]*?(?:\d+[.)]\s+)?)(`{3,}|~{3,})\s*([^`]*)$/.exec(line) ?? [];
  if (marks !== undefined) {
    // A quote's or list's marks stand before the lines too, or blanks in their place.
    const isEnd = new RegExp(`^[\\s>]*${marks[0]}{${marks.length},}\\s*$`);
    return { info: info!.trim(), indent: before!.length, isClosed: (text) => isEnd.test(text) };
  }
  // Hugo and Jekyll: {{< highlight bash >}} ... {{< /highlight >}}, {% highlight bash %} ... {% endhighlight %}.
  const [, short] = /^\s*\{\{[<%]\s*(?:highlight|code|code-block|codeblock|command|terminal)\s*([^>%]*?)\s*[>%]\}\}\s*$/.exec(line) ?? [];
  if (short !== undefined) return { info: short, indent: 0, isClosed: (text) => /^\s*\{\{[<%]\s*\/\s*\w[\w-]*\s*[>%]\}\}/.test(text) };
  const [, liquid] = /^\s*\{%-?\s*(?:highlight|code_block|codeblock|code)\s*([^%]*?)-?%\}\s*$/.exec(line) ?? [];
  if (liquid !== undefined) return { info: liquid, indent: 0, isClosed: (text) => /^\s*\{%-?\s*end\w+/.test(text) };
  return undefined;
}

/** How much of a line's beginning is not code: as many blanks and quote marks as stand before the fence. */
function indentation(line: string, most: number): number {
  let at = 0;
  while (at < most && /[\s>]/.test(line[at] ?? '')) at++;
  return at;
}

function isIndented(line: string): boolean {
  return /^(?: {4}|\t)\s*\S/.test(line);
}
