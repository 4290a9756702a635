import type { Format, Lock, ReadKey } from '../format.ts';
import type { Encryption, KeyFacts } from '../key.ts';
import { sha256Hex } from '../hash.ts';
import { opensshLock } from '../locks/ssh.ts';
import { identifySsh, readAnySshBlob, readSshBlob, textOf } from '../ssh-blob.ts';
import type { SshPublicKey } from '../ssh-blob.ts';
import { WireReader } from '../wire.ts';

/** PROTOCOL.key, 1. */
const MAGIC = Buffer.from('openssh-key-v1\0', 'latin1');

/** OpenSSH writes and reads one key; the layout allows any number. */
const MAX_KEYS = 64;

/** Fewer bytes than this hold the names of ciphers and types and nothing of a key: the first line of one, in a manual. */
const ANY_KEY = 64;

interface Cipher {
  /** Bytes: the encrypted part is a multiple of it. */
  readonly block: number;
  /** Bytes of the authentication tag that follows the encrypted part, outside its length. */
  readonly tag: number;
}

/** OpenSSH's cipher.c. Of other ciphers nothing is checked. */
const ciphers: ReadonlyMap<string, Cipher> = new Map([
  ...['aes128-ctr', 'aes192-ctr', 'aes256-ctr', 'aes128-cbc', 'aes192-cbc', 'aes256-cbc', 'rijndael-cbc@lysator.liu.se'].map((name) => [name, { block: 16, tag: 0 }] as const),
  ...['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com'].map((name) => [name, { block: 16, tag: 16 }] as const),
  ['chacha20-poly1305@openssh.com', { block: 8, tag: 16 }],
  ['3des-cbc', { block: 8, tag: 0 }],
]);

/** How the private section lays out a key after its type: sshkey.c, `sshkey_private_serialize_opt`, and PROTOCOL.u2f. */
interface Layout {
  /** The fields that repeat the public blob, as indexes of the blob's own fields. */
  readonly shared: readonly number[];
  /** The indexes that are repeated even where a certificate stands before them. */
  readonly sharedBesideCertificate: readonly number[];
  /** The fields after those. */
  readonly secret: readonly ('string' | 'byte')[];
  /** Lengths that the first secret field may have; of any other, it is no such key. */
  readonly lengths?: readonly number[];
}

const ecdsa: Layout = { shared: [0, 1], sharedBesideCertificate: [], secret: ['string'] };
/** Flags, key handle, reserved. */
const handle = ['byte', 'string', 'string'] as const;

const layouts: ReadonlyMap<string, Layout> = new Map<string, Layout>([
  ['ssh-rsa', { shared: [1, 0], sharedBesideCertificate: [], secret: ['string', 'string', 'string', 'string'] }], // n, e; d, iqmp, p, q
  ['ssh-dss', { shared: [0, 1, 2, 3], sharedBesideCertificate: [], secret: ['string'] }],
  ['ecdsa-sha2-nistp256', ecdsa],
  ['ecdsa-sha2-nistp384', ecdsa],
  ['ecdsa-sha2-nistp521', ecdsa],
  // The secret is the seed and the public key end to end; some writers leave the latter out.
  ['ssh-ed25519', { shared: [0], sharedBesideCertificate: [0], secret: ['string'], lengths: [64, 32] }],
  ['ssh-ed448', { shared: [0], sharedBesideCertificate: [0], secret: ['string'], lengths: [114, 57] }],
  ['sk-ssh-ed25519@openssh.com', { shared: [0, 1], sharedBesideCertificate: [0, 1], secret: handle }],
  ['sk-ecdsa-sha2-nistp256@openssh.com', { shared: [0, 1, 2], sharedBesideCertificate: [2], secret: handle }],
  ['ssh-mldsa44-ed25519@openssh.com', { shared: [0], sharedBesideCertificate: [], secret: ['string'], lengths: [64] }],
]);

export const openssh: Format = {
  name: 'openssh',
  title: 'OpenSSH private key',
  sources: ['OpenSSH PROTOCOL.key', 'OpenSSH PROTOCOL.u2f'],
  read(bytes) {
    if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
    const damaged = (defect: string, encryption?: Encryption): readonly KeyFacts[] =>
      bytes.length < ANY_KEY ? [] : [{ kind: 'private', format: 'openssh', ...(encryption && { encryption }), container: sha256Hex(bytes), defect }];

    const wire = new WireReader(bytes, MAGIC.length);
    const cipher = nameOf(wire.string()), kdf = nameOf(wire.string()), options = wire.string(), count = wire.uint32();
    if (cipher === undefined || kdf === undefined || !options || count === undefined) return damaged('its header does not parse');
    const protection = cipher === 'none' ? undefined : readProtection(cipher, kdf, options);
    if (count > MAX_KEYS) return damaged('its number of keys is out of range', protection?.encryption);

    const keys: (SshPublicKey | undefined)[] = [];
    for (let i = 0; i < count; i++) {
      const blob = wire.string();
      if (!blob) return damaged('truncated in its public half', protection?.encryption);
      keys.push(readAnySshBlob(blob));
    }
    const length = wire.uint32();
    const body = bytes.subarray(wire.offset, length === undefined ? wire.offset : wire.offset + length);
    const missing = length === undefined ? 'truncated: its private section is missing'
      : body.length < length ? `truncated: ${body.length} of ${length} bytes of its private section are there`
      : undefined;
    const sections = protection ? [] : readSections(body, missing, keys);
    const sealed = protection && (protection.defect ?? missing ?? checkEncrypted(cipher, body.length, wire.left - body.length));
    const container = keys.includes(undefined) ? sha256Hex(bytes) : '';
    const lock = protection && sealed === undefined ? protection.lockOf?.(body) : undefined;
    return keys.map((key, i): ReadKey => {
      const defect = key ? sealed ?? sections[i]?.defect : 'its public half does not parse';
      const { comment, mismatch } = sections[i] ?? {};
      return {
        kind: 'private',
        format: 'openssh',
        ...(key ? identifySsh(key) : { container }),
        ...(protection && { encryption: protection.encryption }),
        ...(comment !== undefined && { comment }),
        ...(defect !== undefined && { defect }),
        ...(key?.key.type === 'sk' && { hardware: true }),
        ...(mismatch && { weaknesses: ['public-half-mismatch'] }),
        ...(lock && { lock }),
      };
    });
  },
};

function nameOf(name: Buffer | undefined): string | undefined {
  const text = name?.toString('latin1');
  return text !== undefined && /^[!-~]{1,64}$/.test(text) ? text : undefined;
}

/** PROTOCOL.key, 2. */
function readProtection(cipher: string, kdf: string, options: Buffer): { encryption: Encryption; defect?: string; lockOf?: (body: Buffer) => Lock | undefined } {
  if (kdf === 'none') return { encryption: { cipher, kdf }, defect: 'it names a cipher and no key derivation' };
  if (kdf !== 'bcrypt') return { encryption: { cipher, kdf } };
  const wire = new WireReader(options);
  const salt = wire.string(), rounds = wire.uint32();
  return salt && rounds !== undefined ? { encryption: { cipher, kdf, rounds }, lockOf: (body) => opensshLock(cipher, salt, rounds, body) } : { encryption: { cipher, kdf }, defect: 'its key derivation options do not parse' };
}

function checkEncrypted(name: string, length: number, after: number): string | undefined {
  const cipher = ciphers.get(name);
  if (!cipher) return undefined;
  if (after < cipher.tag) return 'truncated: its authentication tag is missing';
  return length === 0 || length % cipher.block !== 0 ? 'its encrypted part is no multiple of the block of the cipher' : undefined;
}

/** What the clear private section says of one key. */
interface Section {
  readonly comment?: string;
  readonly mismatch?: boolean;
  readonly defect?: string;
}

/**
 * Reads the clear private section (PROTOCOL.key, 3) against the public halves. `missing` says why it is cut short, if it is.
 * A key whose numbers are all there before the cut has no defect: nothing but its comment and the padding is lost.
 */
function readSections(body: Buffer, missing: string | undefined, keys: readonly (SshPublicKey | undefined)[]): readonly Section[] {
  const wire = new WireReader(body);
  const first = wire.uint32(), second = wire.uint32();
  const all = (defect: string): Section[] => keys.map(() => ({ defect }));
  if (first === undefined || second === undefined) return all(missing ?? 'its private section does not parse');
  if (first !== second) return all('its check numbers differ');

  const sections: Section[] = [];
  for (const key of keys) {
    const section = readSection(wire, key, missing);
    if (section === 'unknown') return withoutComments(sections);
    sections.push(section);
    // Where the next key would begin is not known.
    if (section.defect !== undefined) return withoutComments(keys.map((_, i) => sections[i] ?? { defect: section.defect! }));
  }
  if (missing !== undefined) return withoutComments(sections);
  for (let pad = 1; wire.left > 0; pad++) {
    if (wire.uint8() !== (pad & 0xff)) return withoutComments(sections).map((section) => ({ ...section, defect: 'its padding is wrong' }));
  }
  return sections;
}

/** Where any length may be wrong, what stands in the place of a comment may be a private number. */
function withoutComments(sections: readonly Section[]): Section[] {
  return sections.map(({ mismatch, defect }) => ({ ...(mismatch && { mismatch }), ...(defect !== undefined && { defect }) }));
}

/** One key of the section; `unknown` when its type is, so that what follows cannot be checked. */
function readSection(wire: WireReader, outer: SshPublicKey | undefined, missing: string | undefined): Section | 'unknown' {
  const cut: Section = { defect: missing ?? 'its private section does not parse' };
  const type = wire.text();
  if (type === undefined) return cut;
  const certificate = type.includes('-cert-v0') ? wire.string() : undefined;
  const certified = certificate && readSshBlob(certificate);
  const plainType = certified ? stringsOf(certified.plain)[0]?.toString('latin1') : type;
  const layout = plainType === undefined ? undefined : layouts.get(plainType);
  if (!layout) return outer?.type === type ? 'unknown' : cut;

  const [outerType, ...publics] = outer ? stringsOf(outer.plain) : [];
  let mismatch = outerType?.toString('latin1') !== plainType;
  for (const index of certified ? layout.sharedBesideCertificate : layout.shared) {
    const field = wire.string();
    if (!field) return cut;
    if (!sameNumber(field, publics[index])) mismatch = true;
  }
  for (const [i, kind] of layout.secret.entries()) {
    const field = kind === 'byte' ? wire.uint8() : wire.string();
    if (field === undefined) return cut;
    if (i > 0 || typeof field === 'number' || !layout.lengths) continue;
    if (!layout.lengths.includes(field.length)) return cut;
    // RFC 8032's private key is the seed; OpenSSH appends the public key, and signs with what it finds there.
    if (publics[0] && field.length === 2 * publics[0].length && !field.subarray(publics[0].length).equals(publics[0])) mismatch = true;
  }
  const comment = wire.string();
  if (!comment) return missing === undefined ? cut : { mismatch };
  const text = textOf(comment);
  return { mismatch, ...(text !== undefined && { comment: text }) };
}

/** The strings a blob is made of: its type and its fields. */
function stringsOf(blob: Buffer): Buffer[] {
  const wire = new WireReader(blob);
  const strings: Buffer[] = [];
  for (let field = wire.string(); field; field = wire.string()) strings.push(field);
  return strings;
}

/** Leading zeros make no difference in an mpint, and do not occur in the fields that are none. */
function sameNumber(one: Buffer, other: Buffer | undefined): boolean {
  const trim = (bytes: Buffer): Buffer => bytes.subarray(Math.max(0, bytes.findIndex((byte) => byte !== 0)));
  return other !== undefined && trim(one).equals(trim(other));
}
