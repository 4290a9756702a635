import type { Unwrapped, Wrapping } from '../format.ts';

/** UTF-16 text, as PowerShell's `>` and Windows editors write it (RFC 2781), with or without a byte order mark. */
export const utf16: Wrapping = {
  name: 'utf-16',
  title: 'UTF-16 text',
  anchors: ['PRIVATE KEY', 'UBLIC KEY---', 'PuTTY-User-Key-File-', 'AAAAB3NzaC1', 'AAAAE2VjZHNh', 'AAAAC3NzaC1l']
    .flatMap((text) => [Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()]),

  unwrap(bytes, at): Unwrapped | undefined {
    // ASCII in one byte order, read from one byte on, looks like the other: the true reading is the one that reaches back further.
    const here = runStart(bytes, at);
    const beside = runStart(bytes, bytes[at] === 0 ? at + 1 : at - 1);
    const start = Math.min(here, beside);
    const high = bytes[start] === 0 ? 0 : 1;
    const plain = (pair: number): boolean => bytes[pair + high] === 0 && bytes[pair + 1 - high] !== 0;
    // Characters beyond ASCII are let pass, in comments for instance; a run of them is another kind of data.
    let end = start;
    for (let pair = start; pair + 2 <= bytes.length && pair - end < 2 * FOREIGN; pair += 2) if (plain(pair)) end = pair + 2;
    const inside = Buffer.alloc((end - start) >> 1);
    for (let i = 0; i < inside.length; i++) {
      const pair = start + 2 * i;
      inside[i] = plain(pair) ? bytes[pair + 1 - high]! : 0x3f;
    }
    return { bytes: inside, start, end, outer: (offset) => start + 2 * offset };
  },
};

/** Where the run of ASCII characters begins that holds the pair at `at`. In big-endian text the zero byte of a character comes first. */
function runStart(bytes: Buffer, at: number): number {
  const high = bytes[at] === 0 ? 0 : 1;
  let start = at;
  while (start - 2 >= 0 && bytes[start - 2 + high] === 0 && bytes[start - 1 - high] !== 0) start -= 2;
  return start;
}

/** So many characters beyond ASCII in a row end a text. */
const FOREIGN = 64;
