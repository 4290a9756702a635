import type { Unwrapped, Wrapping } from '../format.ts';

/** UTF-16 text, as PowerShell's `>` and Windows editors write it (RFC 2781), with or without a byte order mark. */
export const utf16: Wrapping = {
  name: 'utf-16',
  title: 'UTF-16 text',
  anchors: ['PRIVATE KEY', 'UBLIC KEY---', 'PuTTY-User-Key-File-', 'AAAAB3NzaC1', 'AAAAE2VjZHNh', 'AAAAC3NzaC1l']
    .flatMap((text) => [Buffer.from(text, 'utf16le'), Buffer.from(text, 'utf16le').swap16()]),

  unwrap(bytes, at, limit): Unwrapped | undefined {
    // In big-endian text the zero byte of an ASCII character comes first.
    const high = bytes[at] === 0 ? 0 : 1;
    const plain = (pair: number): boolean => bytes[pair + high] === 0 && bytes[pair + 1 - high] !== 0;
    let start = at;
    while (start - 2 >= Math.max(0, at - REACH) && plain(start - 2)) start -= 2;
    // Characters beyond ASCII are let pass, in comments for instance; a run of them is another kind of data.
    let end = at;
    let foreign = 0;
    const stop = Math.min(bytes.length, Math.max(limit, at), at + REACH);
    while (end + 2 <= stop && foreign < 64) {
      foreign = plain(end) ? 0 : foreign + 1;
      end += 2;
    }
    const inside = Buffer.alloc((end - start) >> 1);
    for (let i = 0; i < inside.length; i++) {
      const pair = start + 2 * i;
      inside[i] = plain(pair) ? bytes[pair + 1 - high]! : 0x3f;
    }
    return { bytes: inside, start, end, outer: (offset) => start + 2 * offset };
  },
};

/** How far one stretch of text reaches: longer than any key. */
const REACH = 1 << 18;
