import { languageOf } from '../languages.ts';
import { endFinder, fromLines, linesOf, type Language, type Snippet } from '../snippet.ts';

/** Where the code stands in AsciiDoc (AsciiDoc Language, Verbatim and Source Blocks): between lines of four dashes or dots, between fences, and indented. */
export function snippetsInAsciidoc(text: string): readonly Snippet[] {
  const snippets: Snippet[] = [];
  const lines = linesOf(text);
  const findEnd = endFinder(lines, (line) => line.trimEnd());
  const add = (language: Language | undefined, from: number, to: number): void => {
    const code = lines.slice(from, to).map((line) => ({ line, from: 0 }));
    if (language !== undefined && code.length > 0) snippets.push(fromLines(language, 'guide', code, (offset) => offset));
  };
  let language: Language | undefined = 'session';
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.text.trimEnd();
    // [source,bash], [,console], [source%linenums,bash,subs=...]
    const [, style, named] = /^\[(?:([a-z]*)(?:[%#.][^,\]]*)?)?(?:,\s*([\w+#-]*))?(?:,.*)?\]$/.exec(line) ?? [];
    if (style !== undefined || named !== undefined) {
      language = named ? languageOf(named) : style === 'source' || style === 'listing' || style === 'literal' || style === '' ? 'session' : language;
      continue;
    }
    const fence = /^(-{4,}|\.{4,}|`{3,})([\w+#-]*)$/.exec(line);
    if (fence) {
      const end = findEnd(fence[1]!, i);
      add(fence[2] ? languageOf(fence[2]) : language, i + 1, end < 0 ? lines.length : end);
      i = end < 0 ? lines.length : end;
      language = 'session';
    } else if (/^[ \t]+\S/.test(line) && (i === 0 || lines[i - 1]!.text.trim() === '' || /^\[.*\]$/.test(lines[i - 1]!.text))) {
      let end = i;
      while (/^[ \t]+\S/.test(lines[end]?.text ?? '')) end++;
      // What begins with a sign of a list is one.
      if (!/^\s*(?:[*.-]+|\d+\.|\/\/)\s/.test(line)) add(language, i, end);
      i = end - 1;
      language = 'session';
    } else if (line !== '' && !line.startsWith('.')) language = 'session';
  }
  return snippets;
}
