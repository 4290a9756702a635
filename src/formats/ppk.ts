import type { Format, Lock, ReadKey } from '../format.ts';
import type { Encryption } from '../key.ts';
import { ppkLock } from '../locks/ssh.ts';
import { sha256Hex } from '../hash.ts';
import { identifySsh, readAnySshBlob, textOf } from '../ssh-blob.ts';
import type { SshPublicKey } from '../ssh-blob.ts';
import { textLine } from '../text-line.ts';
import type { TextLine } from '../text-line.ts';
import { WireReader } from '../wire.ts';

const ANCHOR = 'PuTTY-User-Key-File-';

/** Bytes of a header line: its name, and a comment of any sensible length. */
const MAX_HEADER = 4096;
/** Characters of base64 in one half; an RSA key of 16384 bits needs 12,000. */
const MAX_HALF = 128 * 1024;
/** Bytes on each line that PuTTY writes but the last. */
const LINE_BYTES = 48;

/** A private half without a readable public one is a key from so many bytes on: one block of the cipher. */
const LEAST_SECRET = 16;

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

/** A file taken apart. */
interface KeyFile {
  readonly version: number;
  readonly algorithm: string;
  /** By name; one character for each byte. */
  readonly headers: ReadonlyMap<string, string>;
  readonly publicHalf?: Half;
  readonly privateHalf?: Half;
  readonly end: number;
}

export const ppk: Format = {
  name: 'ppk',
  title: 'PuTTY private key',
  sources: ['PuTTY User Manual, Appendix C: PPK file format'],
  anchors: [ANCHOR],
  // The first line, that of the cipher, the comment's and the two that count lines are there in every version.
  shortest: 96,
  readAt(text, at) {
    const file = readFile(text, at);
    const key = file && factsOf(file, () => sha256Hex(text.subarray(at, file.end)));
    return key && { start: at, end: file.end, key };
  },
};

/** `undefined` where the first line is no first line of a key file. */
function readFile(text: Buffer, at: number): KeyFile | undefined {
  const first = textLine(text, at, 128);
  const [, version, algorithm] = /^PuTTY-User-Key-File-([1-9]):[ \t]*([\w@.+-]{1,64})$/.exec(first?.text ?? '') ?? [];
  if (!first || version === undefined || algorithm === undefined) return undefined;
  const headers = new Map<string, string>();
  const halves = new Map<string, Half>();
  let end = first.end;
  for (let line = textLine(text, first.next, MAX_HEADER); line; ) {
    const header = headerOf(line);
    // Where the next file begins this one ends; and so no byte is read twice.
    if (!header || headers.has(header.name) || header.value.includes(ANCHOR)) break;
    headers.set(header.name, header.value);
    end = line.end;
    if (header.name === 'Private-MAC' || header.name === 'Private-Hash') break;
    const half = header.name.endsWith('-Lines') ? readHalf(text, line.next, header.value) : undefined;
    if (half) {
      halves.set(header.name, half);
      end = half.end;
    }
    line = textLine(text, half?.next ?? line.next, MAX_HEADER);
  }
  const publicHalf = halves.get('Public-Lines'), privateHalf = halves.get('Private-Lines');
  return { version: Number(version), algorithm, headers, end, ...(publicHalf && { publicHalf }), ...(privateHalf && { privateHalf }) };
}

/** `undefined` for a mention: a template, or no more than the first line of a body in a manual. */
function factsOf(file: KeyFile, hash: () => string): ReadKey | undefined {
  const { version, algorithm, headers, publicHalf, privateHalf } = file;
  const found = publicHalf && readAnySshBlob(publicHalf.bytes);
  if (!found && !(privateHalf && privateHalf.bytes.length >= LEAST_SECRET) && !(publicHalf && beginsBlob(publicHalf.bytes, algorithm))) return undefined;

  const protection = readProtection(version, headers);
  const defect = !found ? publicHalf?.short ? 'truncated in its public half' : 'its public half does not parse'
    : !privateHalf ? 'truncated: its private half is missing'
    : protection ? protection.defect ?? checkEncrypted(privateHalf)
    : checkClear(privateHalf, found);
  const comment = textOf(Buffer.from(headers.get('Comment') ?? '', 'latin1'));
  const lock = protection && defect === undefined ? lockOf(file) : undefined;
  return {
    kind: 'private',
    format: 'ppk',
    ...(found ? identifySsh(found) : { container: hash() }),
    ...(protection && { encryption: protection.encryption }),
    ...(comment !== undefined && { comment }),
    ...(defect !== undefined && { defect }),
    ...(lock && { lock }),
  };
}

function lockOf({ version, algorithm, headers, publicHalf, privateHalf }: KeyFile): Lock | undefined {
  const mac = Buffer.from(headers.get('Private-MAC') ?? '', 'hex');
  if (headers.get('Encryption') !== 'aes256-cbc' || mac.length === 0 || !publicHalf || !privateHalf) return undefined;
  const parts = { version, algorithm, comment: headers.get('Comment') ?? '', publicBlob: publicHalf.bytes, privateBlob: privateHalf.bytes, mac };
  const type = headers.get('Key-Derivation')?.toLowerCase();
  if (version < 3) return ppkLock(parts);
  const { memory, passes, parallelism } = readProtection(version, headers)?.encryption ?? {};
  if ((type !== 'argon2d' && type !== 'argon2i' && type !== 'argon2id') || memory === undefined || passes === undefined || parallelism === undefined) return undefined;
  return ppkLock({ ...parts, argon2: { type, memory, passes, parallelism, salt: Buffer.from(headers.get('Argon2-Salt') ?? '', 'hex') } });
}

/** PuTTY User Manual, C.3: version 3 names its key derivation; 1 and 2 hash the passphrase with SHA-1, once for each half of the key. */
function readProtection(version: number, headers: ReadonlyMap<string, string>): { encryption: Encryption; defect?: string } | undefined {
  const cipher = headers.get('Encryption') ?? 'none';
  if (cipher === 'none') return undefined;
  if (!/^[\w@.-]{1,64}$/.test(cipher)) return { encryption: { cipher: 'unknown', kdf: 'unknown' }, defect: 'its Encryption header does not parse' };
  if (version < 3) return { encryption: { cipher, kdf: 'sha1', rounds: 1 } };
  const kdf = headers.get('Key-Derivation')?.toLowerCase();
  if (kdf === undefined || !/^[\w-]{1,64}$/.test(kdf)) return { encryption: { cipher, kdf: 'unknown' }, defect: 'its key derivation is missing' };
  const number = (name: string): number | undefined => {
    const digits = headers.get(name);
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
 * The base64 lines that a `...-Lines: count` announces. `undefined` where there are none.
 * More lines than announced are read where a header follows them: a body wrapped at another width.
 */
function readHalf(text: Buffer, start: number, count: string): Half | undefined {
  if (!/^\d{1,5}$/.test(count)) return undefined;
  const promised = Number(count);
  const lines: TextLine[] = [];
  let length = 0;
  let line = textLine(text, start, MAX_HALF);
  for (; line && length <= MAX_HALF && /^[A-Za-z0-9+/]+={0,2}$/.test(line.text); line = textLine(text, line.next, MAX_HALF)) {
    lines.push(line);
    length += line.text.length;
  }
  if (lines.length > promised && !(line && headerOf(line))) lines.length = promised;
  const last = lines.at(-1);
  if (!last) return undefined;
  // Some writers pad each line by itself.
  const bytes = Buffer.concat(lines.map(({ text }) => text).join('').split(/=+/).map((part) => Buffer.from(part, 'base64')));
  return { bytes, short: lines.length < promised && bytes.length <= (promised - 1) * LINE_BYTES, end: last.end, next: last.next };
}

function headerOf(line: TextLine): { name: string; value: string } | undefined {
  const [, name, value] = /^([A-Za-z0-9-]{1,39}):[ \t]*(.*)$/s.exec(line.text) ?? [];
  return name !== undefined && names.has(name) ? { name, value: value! } : undefined;
}
