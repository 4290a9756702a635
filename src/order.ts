import type { Key } from './key.ts';

/** The same order whichever thread was faster. */
export function byPath(a: { readonly path?: string }, b: { readonly path?: string }): number {
  const [x = '', y = ''] = [a.path, b.path];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Things said beside findings, in an order that does not tell which was found out first. */
export function bySaying(a: Saying, b: Saying): number {
  return byPath(a, b) || byPath({ path: textOf(a) }, { path: textOf(b) });
}

/** What was passed over, or could not be done. */
interface Saying {
  readonly path?: string;
  readonly reason?: string;
  readonly message?: string;
}

function textOf({ reason = '', message = '' }: Saying): string {
  return `${reason}${message}`;
}

/** As files are read from the top to the end. */
export function byPlace(a: Key, b: Key): number {
  return byPath(a, b) || a.line - b.line || a.column - b.column;
}
