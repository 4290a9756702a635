import type { Command, Generation, JudgedFile, Key, SaidAt } from './key.ts';
import type { Replacement } from './finding.ts';
import { algorithmTitle, typeOf } from './describe.ts';
import { shellQuote } from './shell-quote.ts';

/** What rules about commands share: the key that one would make, and how to write the command better. */

/** The key that a command makes, where it lies as soon as it is made. Rules about keys judge it, so that no number of a policy stands twice. */
export function keyMadeBy(command: Command, { key, path }: Generation, { file }: JudgedFile): Key {
  const { line, column, endLine, endColumn } = command;
  const { now } = file;
  return { kind: 'private', ...key, path: path ?? '', line, column, endLine, endColumn, wrapping: key.format === 'pkcs12' ? [] : ['pem'], weaknesses: [], file: { origin: 'file', ...now !== undefined && { now } } };
}

/** The type and size of the key, with an article: `an RSA 1024-bit key`; where nothing is known, `a key`. */
export function describeMade({ key }: Generation): string {
  const { algorithm, bits, curve } = key;
  const type = algorithm === undefined ? undefined : typeOf({ algorithm, bits, curve }) ?? algorithmTitle(algorithm);
  return type === undefined ? 'a key' : `${/^[AEIOFHLMNRSX]/.test(type) && !/^SM|^HMAC/.test(type) ? 'an' : 'a'} ${type} key`;
}

/** A value in the place of what some words say, or, without a value, nothing. */
export interface Change {
  readonly at: SaidAt;
  readonly value?: string;
}

/** A command with changes, as one line, and as what to write where in the file. */
export function rewrite({ words }: Command, changes: readonly Change[], more: readonly string[] = []): { readonly command: string; readonly replace: readonly Replacement[] } {
  const sorted = changes.toSorted((a, b) => a.at.first - b.at.first);
  const replace: Replacement[] = [];
  const written: string[] = [];
  const textOf = ({ at, value }: Change): string => (value === undefined ? '' : at.form.replace('{}', () => value));
  for (let i = 0; i < words.length; i++) {
    const change = sorted.find(({ at }) => at.first === i);
    if (!change) {
      written.push(words[i]!.text);
      continue;
    }
    const text = textOf(change);
    const last = words[Math.min(change.at.last, words.length - 1)]!;
    const before = words[i - 1];
    // With a word goes the blank before it.
    const from = text === '' && before ? { line: before.endLine, column: before.endColumn } : { line: words[i]!.line, column: words[i]!.column };
    replace.push({ ...from, endLine: last.endLine, endColumn: last.endColumn, text });
    if (text !== '') written.push(text);
    i = change.at.last;
  }
  const end = words.at(-1);
  if (more.length > 0 && end) replace.push({ line: end.endLine, column: end.endColumn, endLine: end.endLine, endColumn: end.endColumn, text: more.map((word) => ` ${word}`).join('') });
  return { command: [...written, ...more].join(' '), replace };
}

export type Rewritten = ReturnType<typeof rewrite>;

/** What to write instead: the whole command, one value where it is no command of a shell, or else the words of `otherwise`. */
export function adviceText(better: Rewritten | undefined, otherwise: string): string {
  if (!better) return otherwise;
  return better.replace.length === 1 && better.command === better.replace[0]!.text ? `write ${better.command} there` : `write: ${better.command}`;
}

/** A path as a command had it, ready to be written again: what the shell puts in stays. */
export function pathText(path: string): string {
  return /^[\w./~@:+${}-]+$/.test(path) ? path : shellQuote(path);
}
