/** A bounded cursor over SSH's wire encoding: big-endian uint32, length-prefixed strings, mpints (RFC 4251, 5). */
export class WireReader {
  readonly bytes: Buffer;
  offset: number;

  constructor(bytes: Buffer, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
  }

  get left(): number {
    return this.bytes.length - this.offset;
  }

  uint32(): number | undefined {
    if (this.left < 4) return undefined;
    const value = this.bytes.readUInt32BE(this.offset);
    this.offset += 4;
    return value;
  }

  uint64(): bigint | undefined {
    if (this.left < 8) return undefined;
    const value = this.bytes.readBigUInt64BE(this.offset);
    this.offset += 8;
    return value;
  }

  uint8(): number | undefined {
    return this.left < 1 ? undefined : this.bytes[this.offset++];
  }

  /** A string's bytes: a view, not a copy. `undefined` when its length reaches beyond the end; the cursor then stays. */
  string(): Buffer | undefined {
    if (this.left < 4) return undefined;
    const length = this.bytes.readUInt32BE(this.offset);
    if (length > this.left - 4) return undefined;
    const start = this.offset + 4;
    this.offset = start + length;
    return this.bytes.subarray(start, this.offset);
  }

  /** A string as text. */
  text(): string | undefined {
    return this.string()?.toString('utf8');
  }

  /** A non-negative mpint's big-endian bytes without leading zeros. */
  mpint(): Buffer | undefined {
    const raw = this.string();
    if (!raw || (raw.length > 0 && raw[0]! & 0x80)) return undefined;
    let start = 0;
    while (start < raw.length && raw[start] === 0) start++;
    return raw.subarray(start);
  }
}

/** A length-prefixed string. */
export function wireString(value: Uint8Array | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const out = Buffer.alloc(4 + bytes.length);
  out.writeUInt32BE(bytes.length);
  out.set(bytes, 4);
  return out;
}

/** A non-negative mpint from big-endian bytes. */
export function wireMpint(value: Uint8Array): Buffer {
  let start = 0;
  while (start < value.length && value[start] === 0) start++;
  const bytes = value.subarray(start);
  return bytes.length > 0 && bytes[0]! & 0x80 ? wireString(Buffer.concat([Buffer.from([0]), bytes])) : wireString(bytes);
}
