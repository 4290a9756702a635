import { keyNames, keyWords } from './about-keys.ts';
import { linesOf, SnippetText, type Line } from './snippet.ts';

/**
 * The parts of a long YAML text that may have to do with keys. Reading all of it in earnest takes a parser long, and most of a playbook or a manifest has nothing to do with
 * them: whole documents, tasks of a list, and values that are lists or maps are left out by their indentation alone. What stands around them stays, so that every path is as it was.
 */

/** One of these is in everything that is found in YAML: names of programs and settings, of keys and of variables that hold them, of parameters that make one. */
const interest = new RegExp(`${keyWords.source}|${keyNames.source}|ssh|priv(?:ate|key)?(?![a-z])|\\.ppk|(?:HOST|PRIV|RSA|DEPLOY|github|gitlab|ID_[A-Z\\d]+)[_-]?(?:deploy)?[_-]?KEY|\\balgo`, 'i');
/** Of comments, which may be lines of a script, only what is looked for in any text. */
const setting = /KeyChecking|KnownHostsFile|host_key_checking/i;
/** Names of entries that change what their neighbours mean. */
const isContext = /^[ -]*["']?(?:command|shell|args|state|items|passphrase)\b/;
const item = /^ *-(?: |$)/;
/** An item that is a map: lines of a script are none, and belong together. */
const mapItem = /^ *- +[\w./-]+:(?: |$)/;
const entry = /^ *(?:[\w./$-][\w./$ -]*|"[^"]*"|'[^']*'):(?: |$)/;
const onlyKey = /:\s*(?:#.*)?$/;

interface Row extends Line {
  readonly indent: number;
  readonly isInteresting: boolean;
}

/** The text without what is of no interest; each character knows its place. */
export function interestingParts(text: string): SnippetText {
  const rows: Row[] = [];
  for (const line of linesOf(text)) {
    const indent = line.text.search(/[^ ]/);
    // Empty lines and comments go with what stands before them.
    const isBare = indent < 0 || line.text[indent] === '#' || line.text[indent] === '\r';
    rows.push({ ...line, indent: isBare ? -1 : indent, isInteresting: (isBare ? setting : interest).test(line.text) });
  }
  const result = new SnippetText();
  /** From where on what is kept has not been added yet; -1 where nothing is. */
  let from = -1;
  const keep = (row: number): void => {
    if (from < 0) from = rows[row]!.start;
  };
  const drop = (row: number): void => {
    if (from >= 0) result.add(text.slice(from, rows[row]!.start), from);
    from = -1;
  };
  for (let begin = 0; begin < rows.length;) {
    let end = begin + 1;
    while (end < rows.length && !/^---(?: |$)/.test(rows[end]!.text)) end++;
    narrow(rows, begin, end, keep, drop);
    begin = end;
  }
  if (from >= 0) result.add(text.slice(from), from);
  return result;
}

/** Goes through the lines of one collection, and through those inside of it that may be left out in part. */
function narrow(rows: readonly Row[], begin: number, end: number, keep: (row: number) => void, drop: (row: number) => void): void {
  const keepAll = (): void => keep(begin);
  let first = begin;
  while (first < end && (rows[first]!.indent < 0 || /^---\s*(?:#.*)?$/.test(rows[first]!.text))) first++;
  if (first === end) return keepAll();
  const { indent, text } = rows[first]!;
  const isList = item.test(text);
  const starts: number[] = [];
  for (let i = first; i < end; i++) {
    const row = rows[i]!;
    if (row.indent < 0 || row.indent > indent) continue;
    if (row.indent < indent || !(isList ? mapItem : entry).test(row.text)) {
      // A list may stand as far left as the key that it belongs to.
      if (!isList && row.indent === indent && starts.length > 0 && item.test(row.text)) continue;
      return keepAll();
    }
    starts.push(i);
  }
  keep(begin);
  starts.forEach((start, at) => {
    const stop = starts[at + 1] ?? end;
    let next = start + 1;
    while (next < stop && rows[next]!.indent < 0) next++;
    const isInside = next < stop;
    if (!isList && (!isInside || isContext.test(rows[start]!.text))) {
      keep(start);
      if (!isInside && start + 1 < stop && isClosed(rows[start]!.text)) drop(start + 1);
      return;
    }
    if (!rows.slice(start, stop).some(({ isInteresting }) => isInteresting)) return drop(start);
    keep(start);
    // Only what begins on a line of its own is a collection for sure.
    if (!isList && onlyKey.test(rows[start]!.text)) narrow(rows, next, stop, keep, drop);
  });
}

/** Whether a value ends on its line: what comes behind it are comments. */
function isClosed(line: string): boolean {
  return !/[|>][-+\d]*\s*(?:#.*)?$/.test(line) && line.split('"').length % 2 === 1 && line.split('\'').length % 2 === 1;
}
