import { endFinder, fromLines, linesOf, type Snippet } from '../snippet.ts';

/** Scripts in Ruby, of Vagrantfiles above all: here-documents under a name that says so, and strings behind `inline:`. */
export function snippetsInRuby(text: string): readonly Snippet[] {
  const snippets: Snippet[] = [];
  const lines = linesOf(text);
  const findEnd = endFinder(lines);
  for (let i = 0; i < lines.length; i++) {
    const [, name] = /<<[-~]?["']?([A-Z_]*(?:SHELL|SCRIPT|BASH|EOS|EOH|EOF|SH|END)[A-Z_]*)\b/.exec(lines[i]!.text) ?? [];
    if (name !== undefined) {
      const end = findEnd(name, i);
      if (end < 0) continue;
      snippets.push(fromLines('shell', 'script', lines.slice(i + 1, end).map((line) => ({ line, from: 0 })), (offset) => offset));
      i = end;
      continue;
    }
    const inline = /\binline:\s*(["'])([^"'\n]*)\1/d.exec(lines[i]!.text);
    if (inline) {
      const start = lines[i]!.start + inline.indices![2]![0];
      snippets.push({ language: 'shell', place: 'script', text: inline[2]!, outer: (offset) => start + offset });
    }
  }
  return snippets;
}
