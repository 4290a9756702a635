import { sha256, sha256Hex } from './hash.ts';

/**
 * A name for a secret that has no public half: SHA-256 of a fixed word and the SHA-256 of its bytes, lower-case hex. See `digest` in key.ts for why it tells nothing.
 * `undefined` for bytes that somebody may have thought up.
 */
function digestOfSecret(secret: Uint8Array): string | undefined {
  return looksRandom(secret) ? digestOf(secret) : undefined;
}

/** Size and name of a shared secret. */
export function secretFacts(secret: Uint8Array): { readonly bits: number; readonly digest?: string } {
  const digest = digestOfSecret(secret);
  return { bits: secret.length * 8, ...(digest !== undefined && { digest }) };
}

/** The same for a private key or its container, whatever is in it. */
export function digestOf(bytes: Uint8Array): string {
  return sha256Hex(Buffer.concat([DOMAIN, sha256(bytes)]));
}

/** Nobody else hashes with this word in front: the name is no token, password hash or derived key of any other program. */
const DOMAIN = Buffer.from('keylint name of a secret\0');

/** 128 bits: fewer can be tried out. */
const SHORTEST = 16;
/** Of a longer secret its beginning tells. */
const LOOKED_AT = 64;

/** Whether the bytes are many and different enough to come from a generator. Words, in any alphabet, and rows are not; one in some ten thousand real keys is taken for such. */
function looksRandom(bytes: Uint8Array): boolean {
  if (bytes.length < SHORTEST || isText(bytes)) return false;
  const first = bytes.subarray(0, LOOKED_AT);
  const steps = Array.from(first.subarray(1), (byte, i) => (byte - first[i]!) & 0xff);
  return new Set(first).size * 3 >= first.length * 2 && new Set(steps).size * 3 >= steps.length * 2;
}

/** UTF-8, or nearly all of it ASCII that is printed. */
function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return bytes.filter((byte) => byte >= 0x20 && byte < 0x7f).length * 10 >= bytes.length * 9;
  }
}
