import type { Format } from '../format.ts';
import { sha256Hex } from '../hash.ts';
import type { Encryption, KeyFacts } from '../key.ts';
import { inferFromLength } from '../pbe.ts';

/**
 * Keys under a passphrase as cosign and The Update Framework's Go tools write them: JSON that names scrypt and NaCl's secretbox,
 * in a PEM armor of sigstore's or as a file by itself.
 */
export const cosign: Format = {
  name: 'cosign',
  title: 'Encrypted sigstore private key',
  sources: ['github.com/secure-systems-lab/go-securesystemslib, encrypted', 'sigstore/cosign pkg/cosign/keys.go'],
  anchors: ['nacl/secretbox'],

  read(bytes, armor) {
    if (!armor || !/^ENCRYPTED (?:COSIGN|SIGSTORE) PRIVATE KEY$/.test(armor.label)) return undefined;
    const facts = factsOf(bytes, bytes.toString('utf8', 0, Math.min(bytes.length, MAX_JSON)));
    return [facts ?? { kind: 'private', format: 'cosign', container: sha256Hex(bytes), defect: 'its envelope cannot be read' }];
  },

  readAt(text, at) {
    const before = text.toString('latin1', Math.max(0, at - 1024), at);
    const kdf = before.lastIndexOf('"kdf"');
    const open = kdf < 0 ? -1 : before.lastIndexOf('{', kdf);
    if (open < 0) return undefined;
    const start = at - before.length + open;
    const behind = text.subarray(at + 14, at + MAX_JSON);
    const next = behind.indexOf('nacl/secretbox');
    const inside = text.toString('latin1', start, at + 14 + (next < 0 ? behind.length : next));
    const close = /"ciphertext"\s*:\s*"[^"]{0,32768}"\s*\}/.exec(inside);
    if (!close) return undefined;
    const json = inside.slice(0, close.index + close[0].length);
    const facts = factsOf(Buffer.from(json, 'latin1'), json);
    return facts && { start, end: start + json.length, key: facts };
  },
};

const MAX_JSON = 1 << 15;

function factsOf(container: Buffer, json: string): KeyFacts | undefined {
  const envelope = parsed(json);
  const kdf = field(envelope, 'kdf'), cipher = field(envelope, 'cipher'), ciphertext = field(envelope, 'ciphertext');
  const names = [field(kdf, 'name'), field(cipher, 'name')];
  if (typeof ciphertext !== 'string' || !names.every((name) => typeof name === 'string' && /^[\w/.-]{1,64}$/.test(name))) return undefined;
  const length = Buffer.from(ciphertext, 'base64').length;
  if (length < 48) return undefined;
  const params = field(kdf, 'params');
  const cost = Object.fromEntries((['N', 'r', 'p'] as const).flatMap((name) => {
    const value = field(params, name);
    return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? [[name, value]] : [];
  })) as Pick<Encryption, 'N' | 'r' | 'p'>;
  return {
    kind: 'private', format: 'cosign',
    ...inferFromLength('pkcs8', 'xsalsa20-poly1305', length),
    encryption: { cipher: names[1] as string, kdf: names[0] as string, ...cost },
    container: sha256Hex(container),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
