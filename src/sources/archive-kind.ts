export type ArchiveKind = 'zip' | 'gzip' | 'tar' | 'unsupported';

/** What kind of archive bytes begin; `undefined` for none. */
export function archiveKind(bytes: Buffer): ArchiveKind | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6) || (c === 7 && d === 8))) return 'zip';
  if (a === 0x1f && b === 0x8b && c === 8) return 'gzip';
  // xz, bzip2, zstd, 7z: no kept reader that needs no native code.
  if ((a === 0xfd && b === 0x37 && c === 0x7a) || (a === 0x42 && b === 0x5a && c === 0x68 && bytes.toString('latin1', 4, 10) === '1AY&SY') || (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) || (a === 0x37 && b === 0x7a && c === 0xbc && d === 0xaf)) return 'unsupported';
  return bytes.length >= 512 && bytes.toString('latin1', 257, 262) === 'ustar' ? 'tar' : undefined;
}
