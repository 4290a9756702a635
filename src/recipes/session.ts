import { fromLines, linesOf, type Snippet } from './snippet.ts';

/** What stands before a command in a text that shows a terminal. */
const prompt = /^(?:\s*(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]+(?::| )?\S*\s?[$#%>]\s+|\[[\w.-]+@[\w.-]+ [^\]]+\][$#]\s*|(?:sh|bash)[-\d.]*[$#]\s+|[$%❯➜]\s+|PS(?:\s+\S*)?>\s*|[A-Z]:\\[^>\n]*>\s*|~\s*[$#%]\s+))/;
const rootPrompt = /^\s*#\s+(?=[\w./~-])/;

/**
 * The commands in a text that shows a terminal: behind prompts, with the lines that continue them. Where there is no prompt all lines are commands,
 * but for what no command begins with. Comments stay comments.
 */
export function commandsOfSession(snippet: Snippet): Snippet {
  const lines = linesOf(snippet.text);
  const hasPrompt = lines.some(({ text }) => prompt.test(text)) || snippet.language === 'console' && lines.some(({ text }) => rootPrompt.test(text));
  if (!hasPrompt) return { ...snippet, language: 'shell' };
  const code: { line: (typeof lines)[number]; from: number }[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const from = (prompt.exec(line.text) ?? rootPrompt.exec(line.text))?.[0].length;
    if (from === undefined) continue;
    code.push({ line, from });
    const end = /<<-?\s*\\?['"]?(\w+)/.exec(line.text)?.[1];
    if (end !== undefined) {
      for (i++; i < lines.length; i++) {
        const skipped = /^>\s?/.exec(lines[i]!.text)?.[0].length ?? 0;
        code.push({ line: lines[i]!, from: skipped });
        if (lines[i]!.text.slice(skipped).trim() === end) break;
      }
      continue;
    }
    for (; /\\\s*$/.test(lines[i]!.text) && lines[i + 1]; i++) code.push({ line: lines[i + 1]!, from: /^\s*>\s/.exec(lines[i + 1]!.text)?.[0].length ?? 0 });
  }
  return fromLines('shell', snippet.place, code, snippet.outer);
}
