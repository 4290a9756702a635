/** One field of a protocol buffer: a number (wire type 0) or bytes (wire type 2). Fixed-width fields are passed over. */
export interface ProtobufField {
  readonly number: number;
  readonly value: number | Buffer;
}

const MAX_FIELDS = 256;

/** The fields of a message (protobuf.dev, Encoding). `undefined` for bytes that are none. */
export function protobufFields(bytes: Buffer): readonly ProtobufField[] | undefined {
  const fields: ProtobufField[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = varint(bytes, at);
    if (!tag || tag.value < 8 || fields.length >= MAX_FIELDS) return undefined;
    at = tag.next;
    const number = Math.floor(tag.value / 8);
    switch (tag.value % 8) {
      case 0: {
        const value = varint(bytes, at);
        if (!value) return undefined;
        fields.push({ number, value: value.value });
        at = value.next;
        break;
      }
      case 2: {
        const length = varint(bytes, at);
        if (!length || length.value > bytes.length - length.next) return undefined;
        at = length.next + length.value;
        fields.push({ number, value: bytes.subarray(length.next, at) });
        break;
      }
      case 1: at += 8; break;
      case 5: at += 4; break;
      default: return undefined;
    }
    if (at > bytes.length) return undefined;
  }
  return fields;
}

/** The last bytes field of that number, or the last message inside it. */
export function protobufBytes(fields: readonly ProtobufField[] | undefined, number: number): Buffer | undefined {
  const value = fields?.findLast((field) => field.number === number)?.value;
  return typeof value === 'number' ? undefined : value;
}

export function protobufNumber(fields: readonly ProtobufField[] | undefined, number: number): number | undefined {
  const value = fields?.findLast((field) => field.number === number)?.value;
  return typeof value === 'number' ? value : undefined;
}

export function protobufMessage(fields: readonly ProtobufField[] | undefined, number: number): readonly ProtobufField[] | undefined {
  const bytes = protobufBytes(fields, number);
  return bytes && protobufFields(bytes);
}

function varint(bytes: Buffer, at: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return undefined;
}
