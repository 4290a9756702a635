/** node:crypto costs more to load than a clean run takes: it is loaded when the first key is found. */
function hash(algorithm: string, bytes: Uint8Array, outputLength?: number): Buffer {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash(algorithm, outputLength === undefined ? undefined : { outputLength }).update(bytes).digest();
}

export function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes);
}

/** Lower-case hex. */
export function sha256Hex(bytes: Uint8Array): string {
  return hash('sha256', bytes).toString('hex');
}

export function sha512(bytes: Uint8Array): Buffer {
  return hash('sha512', bytes);
}

/** SHAKE256 with an output of `length` bytes (FIPS 202, 6.2). */
export function shake256(bytes: Uint8Array, length: number): Buffer {
  return hash('shake256', bytes, length);
}
