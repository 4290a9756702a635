import type { createHash as CreateHash } from 'node:crypto';

/** node:crypto takes longer to load than a clean run takes: it is loaded when the first key is found. */
export const createHash: typeof CreateHash = (algorithm, options) => process.getBuiltinModule('node:crypto').createHash(algorithm, options);

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Lower-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
