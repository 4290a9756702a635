import type { Format, Reading } from '../format.ts';
import type { Encryption } from '../key.ts';
import { sha256Hex } from '../public-key.ts';
import { identifySsh, readAnySshBlob, textOf } from '../ssh-blob.ts';
import type { SshPublicKey } from '../ssh-blob.ts';
import { textLine } from '../text-line.ts';
import { WireReader } from '../wire.ts';

const ANCHOR = 'PuTTY-User-Key-File-';

/** Bytes of a header line: its name, and a comment of any sensible length. */
const MAX_HEADER = 4096;
/** Characters of base64 in one half; an RSA key of 16384 bits needs 12,000. */
const MAX_HALF = 128 * 1024;
/** Bytes on each line that PuTTY writes but the last. */
const LINE_BYTES = 48;

/** The names of the header lines, without the first. */
const names: ReadonlySet<string> = new Set([
  'Encryption', 'Comment', 'Public-Lines', 'Key-Derivation', 'Argon2-Memory', 'Argon2-Passes', 'Argon2-Parallelism', 'Argon2-Salt',
  'Private-Lines', 'Private-MAC', 'Private-Hash',
]);

/** How many strings the clear private half has, by `PublicKey` type or raw algorithm. */
const privateFields: ReadonlyMap<string, number> = new Map([['rsa', 4], ['dsa', 1], ['ec', 1], ['ed25519', 1], ['ed448', 1]]);

/** Base64 lines, decoded, and whether fewer are there than their count promised. */
interface Half {
  readonly bytes: Buffer;
  readonly short: boolean;
  /** Ends of the last line read and of its line break. */
  readonly end: number;
  readonly next: number;
}

export const ppk: Format = {
  name: 'ppk',
  title: 'PuTTY private key',
  sources: ['PuTTY User Manual, Appendix C: PPK file format'],
  anchors: [ANCHOR],
  readAt(text, at) {
    const first = textLine(text, at, 128);
    const [, version, algorithm] = /^PuTTY-User-Key-File-([1-9]):[ \t]*([\w@.+-]{1,64})$/.exec(first?.text ?? '') ?? [];
    if (!first || version === undefined || algorithm === undefined) return undefined;

    const headers = new Map<string, Buffer>();
    let publicHalf: Half | undefined, privateHalf: Half | undefined;
    let end = first.end;
    for (let line = textLine(text, first.next, MAX_HEADER); line; ) {
      const header = /^([A-Za-z0-9-]{1,39}):[ \t]*(.*)$/s.exec(line.text);
      const name = header?.[1];
      if (!header || name === undefined || !names.has(name) || headers.has(name)) break;
      const value = Buffer.from(header[2]!, 'latin1');
      headers.set(name, value);
      let next = line.next;
      end = line.end;
      if (name === 'Public-Lines' || name === 'Private-Lines') {
        const half = readHalf(text, next, value.toString('latin1'));
        if (half) ({ end, next } = half);
        if (name === 'Public-Lines') publicHalf = half;
        else privateHalf = half;
      } else if (name === 'Private-MAC' || name === 'Private-Hash') break;
      line = textLine(text, next, MAX_HEADER);
    }
    return reading(text, at, end, Number(version), algorithm, headers, publicHalf, privateHalf);
  },
};

function reading(
  text: Buffer, start: number, end: number, version: number, algorithm: string,
  headers: ReadonlyMap<string, Buffer>, publicHalf: Half | undefined, privateHalf: Half | undefined,
): Reading | undefined {
  if (!publicHalf && !privateHalf) return undefined;
  const found = publicHalf && readAnySshBlob(publicHalf.bytes);
  // The first line of a body in a manual, or of something else that is no body.
  if (!found && !privateHalf && !beginsBlob(publicHalf!.bytes, algorithm)) return undefined;

  const protection = readProtection(version, headers);
  const defect = !found ? publicHalf?.short ? 'truncated in its public half' : 'its public half does not parse'
    : !privateHalf ? 'truncated: its private half is missing'
    : protection ? protection.defect ?? checkEncrypted(privateHalf)
    : checkClear(privateHalf, found);
  const comment = textOf(headers.get('Comment') ?? Buffer.alloc(0));
  return {
    start,
    end,
    key: {
      kind: 'private',
      format: 'ppk',
      ...(found ? identifySsh(found) : { container: sha256Hex(text.subarray(start, end)) }),
      ...(protection && { encryption: protection.encryption }),
      ...(comment !== undefined && { comment }),
      ...(defect !== undefined && { defect }),
    },
  };
}

/** PuTTY User Manual, C.3: version 3 names its key derivation; 1 and 2 hash the passphrase with SHA-1, once for each half of the key. */
function readProtection(version: number, headers: ReadonlyMap<string, Buffer>): { encryption: Encryption; defect?: string } | undefined {
  const cipher = headers.get('Encryption')?.toString('latin1') ?? 'none';
  if (cipher === 'none') return undefined;
  if (!/^[\w@.-]{1,64}$/.test(cipher)) return { encryption: { cipher: 'unknown', kdf: 'unknown' }, defect: 'its Encryption header does not parse' };
  if (version < 3) return { encryption: { cipher, kdf: 'sha1', rounds: 1 } };
  const kdf = headers.get('Key-Derivation')?.toString('latin1').toLowerCase();
  if (kdf === undefined || !/^[\w-]{1,64}$/.test(kdf)) return { encryption: { cipher, kdf: 'unknown' }, defect: 'its key derivation is missing' };
  const number = (name: string): number | undefined => {
    const digits = headers.get(name)?.toString('latin1');
    return digits !== undefined && /^\d{1,10}$/.test(digits) ? Number(digits) : undefined;
  };
  const memory = number('Argon2-Memory'), passes = number('Argon2-Passes'), parallelism = number('Argon2-Parallelism');
  return {
    encryption: {
      cipher, kdf,
      ...(memory !== undefined && { memory }),
      ...(passes !== undefined && { passes }),
      ...(parallelism !== undefined && { parallelism }),
    },
  };
}

function checkEncrypted(half: Half): string | undefined {
  if (half.short) return 'truncated: lines of its private half are missing';
  return half.bytes.length % 16 !== 0 ? 'its encrypted part is no multiple of the block of the cipher' : undefined;
}

/** A half that lost its end but no number is whole. */
function checkClear(half: Half, found: SshPublicKey): string | undefined {
  const { key } = found;
  const count = privateFields.get(key.type === 'raw' ? key.algorithm : key.type);
  const wire = new WireReader(half.bytes);
  for (let i = 0; i < (count ?? 0); i++) {
    if (!wire.string()?.length) return half.short ? 'truncated: lines of its private half are missing' : 'its private half does not parse';
  }
  return undefined;
}

/** Whether the bytes begin as a blob of this type does and go on for a while. */
function beginsBlob(bytes: Buffer, algorithm: string): boolean {
  return new WireReader(bytes).text() === algorithm && bytes.length >= LINE_BYTES;
}

/**
 * The base64 lines that a `...-Lines: count` announces. Bodies wrapped at another width than PuTTY's are read as far as their base64 goes.
 * `undefined` where there are none.
 */
function readHalf(text: Buffer, start: number, count: string): Half | undefined {
  if (!/^\d{1,5}$/.test(count)) return undefined;
  const promised = Number(count);
  /** Bytes that so many lines hold at least. */
  const least = (promised - 1) * LINE_BYTES + 1;
  const parts: string[] = [];
  let length = 0, next = start, end = start;
  while (length <= MAX_HALF && !(parts.length >= promised && length * 3 / 4 >= least)) {
    const line = textLine(text, next, MAX_HALF);
    if (!line || !/^[A-Za-z0-9+/]+={0,2}$/.test(line.text)) break;
    parts.push(line.text);
    length += line.text.length;
    ({ end, next } = line);
  }
  if (parts.length === 0) return undefined;
  // Each line is padded by itself where it is not the last one.
  const bytes = Buffer.concat(parts.join('').split(/=+/).map((part) => Buffer.from(part, 'base64')));
  return { bytes, short: parts.length < promised && bytes.length < least, end, next };
}
