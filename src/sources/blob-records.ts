/**
 * Ids of blobs, with a size each, as bytes: 24 for a blob of a SHA-1 repository, 36 of a SHA-256 one. Whole ids, since two blobs that agree in
 * eight bytes, one of them with a key, are found in an afternoon.
 */

/** Bytes behind an id: the blob's size, big-endian. */
const SIZE_BYTES = 4;
/** The largest size that there is room for. */
export const LARGEST_SIZE = 2 ** 32 - 1;

/** Records in the order of their ids, each id once. */
export interface BlobRecords {
  readonly bytes: Buffer;
  /** Bytes of an id. */
  readonly idLength: number;
}

export const recordLength = (idLength: number): number => idLength + SIZE_BYTES;

export function countRecords({ bytes, idLength }: BlobRecords): number {
  return bytes.length / recordLength(idLength);
}

/** Which record an id has; -1 for none. */
export function findRecord(records: BlobRecords, id: string): number {
  const { bytes, idLength } = records;
  if (id.length !== 2 * idLength) return -1;
  const length = recordLength(idLength);
  const word = Number.parseInt(id.slice(0, 8), 16);
  let low = 0;
  for (let high = bytes.length / length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (bytes.readUInt32BE(middle * length) < word) low = middle + 1;
    else high = middle;
  }
  for (let at = low * length; at < bytes.length && bytes.readUInt32BE(at) === word; at += length) {
    if (bytes.toString('hex', at, at + idLength) === id) return at / length;
  }
  return -1;
}

export function sizeOfRecord({ bytes, idLength }: BlobRecords, index: number): number {
  return bytes.readUInt32BE(index * recordLength(idLength) + idLength);
}

/** Records in a part of a list. */
const PART = 1 << 15;

/** Records as they come. */
export class RecordList {
  private parts: Buffer[] = [];
  private idLength = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  add(id: string, size: number): void {
    this.idLength ||= id.length / 2;
    const length = recordLength(this.idLength);
    const at = (this.count % PART) * length;
    if (at === 0) this.parts.push(Buffer.allocUnsafeSlow(PART * length));
    const part = this.parts.at(-1)!;
    part.write(id, at, 'hex');
    part.writeUInt32BE(size, at + this.idLength);
    this.count++;
  }

  /** All of them, in order. */
  sorted(): BlobRecords {
    const { idLength, parts, count } = this;
    const length = recordLength(idLength);
    const bytes = Buffer.allocUnsafeSlow(count * length);
    let end = 0;
    for (const index of byFirstWord(parts, length, count)) {
      const start = (index % PART) * length;
      const record = parts[Math.floor(index / PART)]!.subarray(start, start + length);
      let at = end;
      // Few ids begin with the same four bytes.
      while (at > 0 && record.compare(bytes, at - length, at - SIZE_BYTES, 0, idLength) < 0) at -= length;
      if (at > 0 && record.compare(bytes, at - length, at - SIZE_BYTES, 0, idLength) === 0) continue;
      bytes.copyWithin(at + length, at, end);
      record.copy(bytes, at);
      end += length;
    }
    return { bytes: bytes.subarray(0, end), idLength };
  }
}

/** The order of records by their first four bytes: by the last two of these, then, keeping that order, by the first two. */
function byFirstWord(parts: readonly Buffer[], length: number, count: number): Uint32Array {
  let order = Uint32Array.from({ length: count }, (_, index) => index);
  for (const offset of [2, 0]) {
    const half = (index: number): number => parts[Math.floor(index / PART)]!.readUInt16BE((index % PART) * length + offset);
    const starts = new Uint32Array(0x10001);
    for (let index = 0; index < count; index++) starts[half(index) + 1]!++;
    for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
    const next = new Uint32Array(count);
    for (const index of order) next[starts[half(index)]!++] = index;
    order = next;
  }
  return order;
}

/** The records of both, in order. */
export function mergeRecords(a: BlobRecords, b: BlobRecords): BlobRecords {
  const { idLength } = a;
  const length = recordLength(idLength);
  const bytes = Buffer.allocUnsafeSlow(a.bytes.length + b.bytes.length);
  let [end, at, from] = [0, 0, 0];
  while (at < a.bytes.length && from < b.bytes.length) {
    const order = a.bytes.compare(b.bytes, from, from + idLength, at, at + idLength);
    end += order <= 0 ? a.bytes.copy(bytes, end, at, at + length) : b.bytes.copy(bytes, end, from, from + length);
    if (order <= 0) at += length;
    if (order >= 0) from += length;
  }
  end += a.bytes.copy(bytes, end, at);
  end += b.bytes.copy(bytes, end, from);
  return { bytes: bytes.subarray(0, end), idLength };
}

/** Those of the records that `isKept` says, by their indexes. */
export function filterRecords({ bytes, idLength }: BlobRecords, isKept: (index: number) => boolean): BlobRecords {
  const length = recordLength(idLength);
  const kept = Buffer.allocUnsafeSlow(bytes.length);
  let end = 0;
  for (let index = 0; index * length < bytes.length; index++) if (isKept(index)) end += bytes.copy(kept, end, index * length, (index + 1) * length);
  return { bytes: kept.subarray(0, end), idLength };
}
