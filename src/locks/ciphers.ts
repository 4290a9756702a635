/** What locks have in common. What comes out of a cipher here is looked at and forgotten. */

/** Loaded when the first passphrase is tried. */
export const crypto = () => process.getBuiltinModule('node:crypto');

/** OpenSSL throws for what a build does not have, and for padding that is none. */
export function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** Bytes of key and IV. DES is three times the same key in 3DES: OpenSSL keeps it apart. */
const sizes: ReadonlyMap<string, readonly [key: number, iv: number]> = new Map<string, readonly [number, number]>([
  ['des', [8, 8]], ['des-ede', [16, 8]], ['des-ede3', [24, 8]],
  ...['aes', 'camellia', 'aria'].flatMap((cipher) => [128, 192, 256].map((bits) => [`${cipher}-${bits}`, [bits / 8, 16]] as const)),
]);

/** The lengths for a cipher by OpenSSL's name, `aes-128-cbc`; `undefined` for one that cannot be had. */
export function cipherSizes(cipher: string): { readonly key: number; readonly iv: number } | undefined {
  const [, name = '', mode = ''] = /^(.+)-(cbc|ctr|cfb|ocb|gcm)$/.exec(cipher) ?? [];
  const found = sizes.get(name);
  if (!found || (name === 'des' && mode !== 'cbc')) return undefined;
  return { key: found[0], iv: mode === 'ocb' || mode === 'gcm' ? 12 : found[1] };
}

export interface DecipherOptions {
  /** PKCS#7 padding is checked and taken off. */
  readonly padding?: boolean;
}

/** `undefined` when the padding is none. A tag is not checked. */
export function decipher(cipher: string, key: Buffer, iv: Buffer, bytes: Buffer, { padding = false }: DecipherOptions = {}): Buffer | undefined {
  return attempt(() => {
    if (/-(?:ocb|gcm)$/.test(cipher)) return crypto().createDecipheriv(cipher as 'aes-128-ocb', key, iv, { authTagLength: 16 }).update(bytes);
    const one = cipher === 'des-cbc' ? crypto().createDecipheriv('des-ede3-cbc', Buffer.concat([key, key, key]), iv) : crypto().createDecipheriv(cipher, key, iv);
    one.setAutoPadding(padding);
    return Buffer.concat([one.update(bytes), one.final()]);
  });
}

/** A hash of some parts. */
export function digest(hash: string, ...parts: readonly Buffer[]): Buffer {
  const one = crypto().createHash(hash);
  for (const part of parts) one.update(part);
  return one.digest();
}
