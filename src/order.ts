import type { Key } from './key.ts';

/** The same order whichever thread was faster. */
export function byPath(a: { readonly path?: string }, b: { readonly path?: string }): number {
  const [x = '', y = ''] = [a.path, b.path];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** As files are read from the top to the end. */
export function byPlace(a: Key, b: Key): number {
  return byPath(a, b) || a.line - b.line || a.column - b.column;
}
