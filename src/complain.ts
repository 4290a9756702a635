import { printable } from './terminal.ts';

/** Says on standard error what went wrong, and what may help. */
export function complain(message: string, hint?: string): void {
  process.stderr.write(`keylint: error: ${printable(message)}\n`);
  // A hint may be some lines to paste.
  if (hint !== undefined) process.stderr.write(`keylint: hint: ${hint.split('\n').map(printable).join('\n')}\n`);
}
