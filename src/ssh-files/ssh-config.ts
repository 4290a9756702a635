import { LineType, parse } from 'ssh-config';
import type { Block, FileLine } from '../key.ts';
import { defectLines, rawLines, unreadableFile, type Lines, type RawLine } from './line-reader.ts';

/**
 * The directives of ssh_config(5), each with the block it stands in. ssh reads line by line, so each is parsed by itself: one that cannot be read
 * hides no other. Of the package only `parse` is used; its `compute` would run the commands that a file names.
 */
export function readSshConfig(bytes: Buffer): Lines {
  const unreadable = unreadableFile(bytes);
  if (unreadable !== undefined) return { entries: new Map(), lines: [{ line: 1, column: 1, endLine: 1, endColumn: 1, defect: unreadable }] };
  const lines: FileLine[] = [];
  const defects: (RawLine & { defect: string })[] = [];
  let block: Block | undefined;
  for (const line of rawLines(bytes)) {
    if (line.text === '' || line.text.startsWith('#')) continue;
    const found = readDirective(line.text);
    if (typeof found === 'string') {
      defects.push({ ...line, defect: found });
      continue;
    }
    const { keyword, values } = found;
    if (keyword === 'host' || keyword === 'match') block = { line: line.number, keyword, patterns: values };
    const { number, column, endColumn } = line;
    lines.push({ line: number, column, endLine: number, endColumn, directive: { keyword, values, ...block && { block } } });
  }
  return { entries: new Map(), lines: [...lines, ...defectLines(defects)].sort((a, b) => a.line - b.line) };
}

function readDirective(text: string): { readonly keyword: string; readonly values: readonly string[] } | string {
  // The package would look for a value on the next line, and throws where one of several is missing.
  if (/^[^ \t="]+[ \t]*=?[ \t]*$/.test(text)) return 'a keyword without a value';
  try {
    const [line] = parse(Buffer.from(text, 'latin1').toString('utf8'));
    if (line?.type !== LineType.DIRECTIVE) return 'it is no setting';
    const values = typeof line.value === 'string' ? [line.value] : line.value.map(({ val }) => val);
    const keyword = line.param.toLowerCase();
    return { keyword, values: isCommand(keyword) ? [] : values.map((value) => withoutRandomText(unquoted(value))) };
  } catch {
    return 'a quote is not closed';
  }
}

/** What they say may be a secret, and is nobody's business here. */
function isCommand(keyword: string): boolean {
  return keyword.endsWith('command') || keyword === 'setenv';
}

/** Names of algorithms, paths and hosts stay; of what may be a line of a key in base64 only the first characters do. */
function withoutRandomText(value: string): string {
  return value.replace(/[A-Za-z0-9+/=]{40,}/g, (run) => (/[A-Z]/.test(run) && /[a-z]/.test(run) && /\d/.test(run) ? `${run.slice(0, 8)}\u2026` : run));
}

/** ssh takes single quotes as well (misc.c, argv_split). */
function unquoted(value: string): string {
  return /^'([^']*)'$/.exec(value)?.[1] ?? value;
}
