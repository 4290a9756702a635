import { keyNames, keyWords } from './about-keys.ts';
import { SnippetText } from './snippet.ts';

/**
 * The parts of a long YAML text that may have to do with keys. Reading all of it in earnest takes a parser long, and most of a playbook or a manifest has nothing to do with
 * them: whole documents, tasks of a list, and values that are lists or maps are left out by their indentation alone. What stands around them stays, so that every path is as it was.
 */

/**
 * One of these is in everything that is found in YAML: names of programs and settings, of keys and of variables that hold them, of parameters that make one. They are wider
 * than what the readers look for: words of a command may stand on lines of their own, and behind an escape (`\n`), which is a letter here. An escape may stand for any letter, and one
 * of a line's end joins two halves of a name.
 */
const interest = new RegExp([
  keyWords.source, keyNames.source, String.raw`ssh|(?:open|libre)ssl|gpg|genkey|step(?:-cli)?(?![a-z])|algo|id[-_]?(?:rsa|dsa|ecdsa|ed25519)|priv(?!ileg)|\.ppk`,
  String.raw`(?:HOST|PRIV|RSA|DEPLOY|SIGNING|github|gitlab|ID_[A-Z\d]+)[_-]?(?:deploy)?[_-]?KEY`, String.raw`\\[xu][\da-f]{2}|\\\r?$`,
].join('|'), 'gim');
/** Names of entries that the reader asks a map for: what is found in it hangs on them, and of two of a name on the first. */
const isAsked = /^ *["']?(?:algo|algorithm|command|curve|defaultMode|dest|generate_ssh_key|items|key|mode|passphrase|path|permissions|secret|secretName|shell|size|ssh_key_\w+|state|type)["']? *:/;
const item = /^ *-(?: |$)/;
/** An item that is a map: lines of a script are none, and belong together. */
const mapItem = /^ *- +[\w./-]+:(?: |$)/;
const entry = /^ *(?!-(?: |$))(?:[\w./$-][\w./$ -]*|"[^"]*"|'[^']*'):(?: |$)/;
/** An entry whose value begins on a line of its own. */
const onlyKey = new RegExp(String.raw`${entry.source.slice(0, entry.source.lastIndexOf('(?'))}(?: +#.*)?$`);

/** The lines of a text, by their numbers. */
interface Outline {
  readonly text: string;
  /** Where each begins; at the end where the text does. */
  readonly starts: readonly number[];
  /** Blanks before it; -1 of empty lines and comments, which go with what stands before them. */
  readonly indents: readonly number[];
  /** How many of the lines before each are of interest. */
  readonly interesting: readonly number[];
}

function outlineOf(text: string): Outline {
  const starts: number[] = [], indents: number[] = [], interesting = [0];
  for (let at = 0; at < text.length;) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found + 1;
    let first = at;
    while (first < end && text[first] === ' ') first++;
    const isBare = first === end || /[#\r\n]/.test(text[first]!);
    starts.push(at);
    indents.push(isBare ? -1 : first - at);
    at = end;
  }
  starts.push(text.length);
  // One pass over all of the text is quicker than one over each line.
  const hits = new Set<number>();
  let row = 0;
  // What looks like a comment may be a line of a script, or of a text between quotes.
  for (interest.lastIndex = 0; interest.test(text);) {
    while (starts[row + 1]! < interest.lastIndex) row++;
    hits.add(row);
    interest.lastIndex = starts[row + 1]!;
  }
  indents.forEach((_, at) => interesting.push(interesting[at]! + (hits.has(at) ? 1 : 0)));
  return { text, starts, indents, interesting };
}

/** The text without what is of no interest; each character knows its place. */
export function interestingParts(text: string): SnippetText {
  const outline = outlineOf(text);
  const { starts, indents } = outline;
  const result = new SnippetText();
  /** From where on what is kept has not been added yet; -1 where nothing is. */
  let from = -1;
  const keep = (row: number): void => {
    if (from < 0) from = starts[row]!;
  };
  const drop = (row: number): void => {
    if (from >= 0) result.add(text.slice(from, starts[row]), from);
    from = -1;
  };
  for (let begin = 0; begin < indents.length;) {
    let end = begin + 1;
    while (end < indents.length && !(indents[end] === 0 && /^---(?:\s|$)/.test(text.slice(starts[end], starts[end]! + 4)))) end++;
    narrow(outline, begin, end, keep, drop);
    begin = end;
  }
  if (from >= 0) result.add(text.slice(from), from);
  return result;
}

/** Goes through the lines of one collection, and through those inside of it that may be left out in part. */
function narrow(outline: Outline, begin: number, end: number, keep: (row: number) => void, drop: (row: number) => void): void {
  const { text, starts, indents, interesting } = outline;
  const line = (row: number): string => text.slice(starts[row], starts[row + 1]).trimEnd();
  let first = begin;
  while (first < end && (indents[first]! < 0 || /^---\s*(?:#.*)?$/.test(line(first)))) first++;
  if (first === end) {
    keep(begin);
    return;
  }
  const indent = indents[first]!;
  const isList = item.test(line(first));
  const entries: number[] = [];
  for (let i = first; i < end; i++) {
    if (indents[i]! < 0 || indents[i]! > indent) continue;
    if (indents[i]! < indent || !(isList ? mapItem : entry).test(line(i))) {
      // A list may stand as far left as the key that it belongs to.
      if (!isList && indents[i] === indent && entries.length > 0 && item.test(line(i))) continue;
      keep(begin);
      return;
    }
    entries.push(i);
  }
  keep(begin);
  entries.forEach((start, at) => {
    const stop = entries[at + 1] ?? end;
    if (isList) {
      if (interesting[stop] === interesting[start]) drop(start);
      else keep(start);
      return;
    }
    let next = start + 1;
    while (next < stop && indents[next]! < 0) next++;
    if (next === stop) {
      keep(start);
      if (start + 1 < stop && isClosed(line(start))) drop(start + 1);
      return;
    }
    // A scalar may stand on a line of its own too, and mean something where it says nothing of keys: `mode`, `type`.
    const isCollection = onlyKey.test(line(start)) && (item.test(line(next)) || entry.test(line(next)));
    if (!isCollection || isAsked.test(line(start))) {
      keep(start);
      return;
    }
    if (interesting[stop] === interesting[start]) {
      drop(start);
      return;
    }
    keep(start);
    // Where only its name is of interest it stays as it is: without all that is in it, it would be no map.
    if (interesting[stop] !== interesting[next]) narrow(outline, next, stop, keep, drop);
  });
}

/** Whether a value ends on its line: what comes behind it are comments. */
function isClosed(line: string): boolean {
  return !/[|>][-+\d]*\s*(?:#.*)?$|\\"/.test(line) && line.split('"').length % 2 === 1 && line.split('\'').length % 2 === 1;
}
