import { toBigInt } from '../curve.ts';
import type { Format, ReadKey } from '../format.ts';
import { sha256Hex } from '../hash.ts';
import { damaged } from '../key-der.ts';
import type { KeyFacts } from '../key.ts';
import { sshComLock } from '../locks/ssh.ts';
import { identify } from '../public-key.ts';
import { textOf } from '../ssh-blob.ts';
import { textLine } from '../text-line.ts';
import { WireReader } from '../wire.ts';

const ANCHOR = '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY';
const MAGIC = 0x3f6ff9eb;

/** The private keys of SSH Communications Security's ssh: `ENCRYPTED` also where they are not. */
export const sshCom: Format = {
  name: 'sshcom',
  title: 'ssh.com private key',
  sources: ['PuTTY, import.c: sshcom_read'],
  anchors: [ANCHOR],

  readAt(text, at) {
    const first = textLine(text, at, 128);
    if (!first || !/^---- BEGIN SSH2 ENCRYPTED PRIVATE KEY[ \t]*-{3,5}$/.test(first.text)) return undefined;
    const headers = new Map<string, string>();
    const body: string[] = [];
    let length = 0;
    let end = first.end;
    let header: string | undefined;
    for (let line = textLine(text, first.next, MAX_BODY); line; line = textLine(text, line.next, MAX_BODY)) {
      // Where the next one begins this one ends; and so no byte is read twice.
      if (line.text.includes(ANCHOR)) break;
      if (/^-{3,5}[ \t]*END SSH2 ENCRYPTED PRIVATE KEY[ \t]*-{3,5}$/.test(line.text)) {
        end = line.end;
        break;
      }
      // A backslash continues a header's value (as RFC 4716, 3.3, has it).
      const colon = body.length === 0 ? /^([A-Za-z][\w.@-]{0,63}):(.*)$/s.exec(line.text) : null;
      const continued = header === undefined ? undefined : headers.get(header)!;
      if (continued?.endsWith('\\') && continued.length < MAX_HEADER) headers.set(header!, continued.slice(0, -1) + line.text);
      else if (colon) headers.set((header = colon[1]!.toLowerCase()), colon[2]!.trim());
      else {
        length += line.text.length;
        if (!/^[A-Za-z0-9+/]+={0,2}$/.test(line.text) || length > MAX_BODY) break;
        body.push(line.text);
      }
      end = line.end;
    }
    const key = readKey(Buffer.from(body.join(''), 'base64'));
    if (!key) return undefined;
    const comment = commentOf(headers);
    return { start: at, end, key: { ...key, ...(comment !== undefined && { comment }) } };
  },

  read(bytes) {
    const key = readKey(bytes);
    return key && [key];
  },
};

const FORMAT = 'sshcom';
const MAX_BODY = 64 * 1024;
const MAX_HEADER = 1024;

/** The magic number, the length of everything, the type of key, the cipher, the key. */
function readKey(bytes: Buffer): ReadKey | undefined {
  const wire = new WireReader(bytes);
  if (wire.uint32() !== MAGIC) return undefined;
  wire.uint32();
  const type = wire.text() ?? '';
  const algorithm = type.startsWith('if-modn{') ? 'rsa' : type.startsWith('dl-modp{') ? 'dsa' : undefined;
  const cipher = wire.text();
  const known = algorithm !== undefined && { algorithm };
  if (cipher === undefined || !/^[\w.@-]{1,64}$/.test(cipher)) return damaged(FORMAT, bytes, 'its cipher cannot be read', { ...known });
  const encryption = cipher !== 'none' && { encryption: { cipher, kdf: 'md5', rounds: 1 } };
  const blob = wire.string();
  if (!blob) return damaged(FORMAT, bytes, 'cut off: its end is missing', { ...known, ...encryption });
  if (encryption) {
    const bits = algorithm && bitsOf(algorithm, blob.length);
    const whole = blob.length > 0 && blob.length % 8 === 0;
    const lock = sshComLock(cipher, blob);
    return {
      kind: 'private', format: FORMAT, ...known, ...(bits !== undefined && { bits, inferred: true as const }), ...encryption, container: sha256Hex(bytes),
      ...(!whole && { defect: 'its encrypted part is not whole' }),
      ...(lock && { lock }),
    };
  }
  const inside = new WireReader(blob);
  const length = inside.uint32();
  if (length === undefined || length > inside.left) return damaged(FORMAT, bytes, 'its private half does not parse', { ...known });
  const facts = algorithm === 'rsa' ? readRsa(inside) : algorithm === 'dsa' ? readDsa(inside) : { algorithm: type.slice(0, 64) || 'unknown', container: sha256Hex(bytes) };
  return facts ? { kind: 'private', format: FORMAT, ...facts } : damaged(FORMAT, bytes, 'its private half does not parse', { ...known });
}

/** e, d, n, 1/q mod p, q, p. */
function readRsa(wire: WireReader): Partial<KeyFacts> | undefined {
  const [e, d, n, u, q, p] = [0, 1, 2, 3, 4, 5].map(() => number(wire));
  if (!e?.length || !d?.length || !n?.length || !u || !q || !p) return undefined;
  const isProduct = toBigInt(p) * toBigInt(q) === toBigInt(n);
  return { ...identify({ type: 'rsa', n, e }), ...(!isProduct && { weaknesses: ['public-half-mismatch'] }) };
}

/** Zero for a group of its own, then p, g, q, y, x. */
function readDsa(wire: WireReader): Partial<KeyFacts> | undefined {
  if (wire.uint32() !== 0) return undefined;
  const [p, g, q, y, x] = [0, 1, 2, 3, 4].map(() => number(wire));
  return p?.length && g?.length && q?.length && y?.length && x?.length ? identify({ type: 'dsa', p, q, g, y }) : undefined;
}

/** Bits as 32 bits, then so many bytes as hold them. */
function number(wire: WireReader): Buffer | undefined {
  const bits = wire.uint32();
  const length = bits === undefined ? Infinity : Math.ceil(bits / 8);
  if (length > wire.left) return undefined;
  const value = wire.bytes.subarray(wire.offset, wire.offset + length);
  wire.offset += length;
  const first = value.findIndex((byte) => byte !== 0);
  return value.subarray(first < 0 ? value.length : first);
}

const RSA_SIZES = [512, 768, 1024, 1280, 1536, 1792, 2048, 3072, 4096, 8192];
const DSA_SIZES = [[512, 160], [768, 160], [1024, 160], [2048, 224], [2048, 256], [3072, 256]] as const;

/** The size that alone fits the length of the encrypted part: a length word, the numbers with theirs, padding to 8 bytes. */
function bitsOf(algorithm: 'rsa' | 'dsa', length: number): number | undefined {
  // Numbers below their modulus lack a byte now and then; e has one to four.
  const fits = algorithm === 'rsa' ? RSA_SIZES.filter((bits) => within(length, 28 + (bits / 8) * 3.5 + 1, 28 + (bits / 8) * 3.5 + 4))
    : [...new Set(DSA_SIZES.filter(([p, q]) => within(length, 28 + (p / 8) * 3 + q / 4, 28 + (p / 8) * 3 + q / 4)).map(([p]) => p))];
  return fits.length === 1 ? fits[0] : undefined;
}

function within(length: number, least: number, most: number): boolean {
  return length >= least - 4 && length < most + 8;
}

/** The comment, else the subject; in quotes or not. */
function commentOf(headers: ReadonlyMap<string, string>): string | undefined {
  for (const tag of ['comment', 'subject']) {
    const value = headers.get(tag)?.trim() ?? '';
    const text = textOf(Buffer.from(/^"(.*)"$/s.exec(value)?.[1]?.replace(/\\(["\\])/g, '$1') ?? value, 'latin1'));
    if (text !== undefined) return text;
  }
  return undefined;
}
