import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';

/** Packs made by hand, well or badly (gitformat-pack). */

/** An object of a pack. What is not given is made as git makes it. */
export interface PackEntry {
  readonly type: 'commit' | 'tree' | 'blob' | 'tag' | 'offset delta' | 'id delta' | 0 | 5;
  /** The object or the delta. */
  readonly content: Buffer;
  readonly id: Buffer;
  /** Of an offset delta: which entry it is made from. */
  readonly base?: number;
  /** Of an id delta. */
  readonly baseId?: Buffer;
  /** The size that it says it has. */
  readonly size?: number;
  /** In place of its compressed content. */
  readonly stored?: Buffer;
}

const TYPES = { commit: 1, tree: 2, blob: 3, tag: 4, 'offset delta': 6, 'id delta': 7 } as const;

export function blobId(content: Buffer, hash = 'sha1'): Buffer {
  return createHash(hash).update(`blob ${content.length}\0`).update(content).digest();
}

/** Writes a pack with its index below a folder of objects. */
export function writePack(objects: string, entries: readonly PackEntry[], { hash = 'sha1', name = 'made', indexVersion = 2 }: { readonly hash?: string; readonly name?: string; readonly indexVersion?: 1 | 2 } = {}): void {
  const parts = [Buffer.from('PACK'), number32(2), number32(entries.length)];
  const offsets: number[] = [];
  let offset = 12;
  for (const [i, { type, content, base, baseId, size = content.length, stored }] of entries.entries()) {
    offsets.push(offset);
    const head = [headOf(typeof type === 'number' ? type : TYPES[type], size)];
    if (base !== undefined) head.push(distance(offset - (base === i ? offset : offsets[base]!)));
    if (baseId) head.push(baseId);
    const bytes = Buffer.concat([...head, stored ?? deflateSync(content)]);
    parts.push(bytes);
    offset += bytes.length;
  }
  const pack = withDigest(parts, hash);
  const idLength = pack.length - offset;
  const sorted = entries.map(({ id }, i) => ({ id, offset: offsets[i]! })).sort((a, b) => a.id.compare(b.id));
  const fanout = Array.from({ length: 256 }, (_, first) => number32(sorted.filter(({ id }) => id[0]! <= first).length));
  const ids = sorted.map(({ id }) => id);
  const places = sorted.map((one) => number32(one.offset));
  const tables = indexVersion === 1 ? [...fanout, ...sorted.flatMap((_, i) => [places[i]!, ids[i]!])] : [Buffer.from('ff744f6300000002', 'hex'), ...fanout, ...ids, ...ids.map(() => number32(0)), ...places];
  mkdirSync(join(objects, 'pack'), { recursive: true });
  writeFileSync(join(objects, 'pack', `${name}.pack`), pack);
  writeFileSync(join(objects, 'pack', `${name}.idx`), withDigest([...tables, pack.subarray(-idLength)], hash));
}

function withDigest(parts: readonly Buffer[], hash: string): Buffer {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([bytes, createHash(hash).update(bytes).digest()]);
}

function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Type and size: four bits of it, then seven at a time. */
function headOf(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size % 16)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1]! |= 0x80;
    bytes.push(rest % 128);
  }
  return Buffer.from(bytes);
}

/** Seven bits at a time, the highest first, each group but the last one less than it is. */
function distance(value: number): Buffer {
  const bytes = [value & 127];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift(0x80 | (--rest & 127));
  return Buffer.from(bytes);
}

/** One instruction of a delta. */
export type Instruction = { readonly insert: Buffer } | { readonly copy: number; readonly size: number };

/** A delta as it is stored. Copies of more than 65,535 bytes and inserts of more than 127 are several instructions. */
export function encodeDelta(base: number, result: number, instructions: readonly Instruction[]): Buffer {
  const parts = [length(base), length(result)];
  for (const instruction of instructions) {
    if ('insert' in instruction) for (let at = 0; at < instruction.insert.length; at += 127) parts.push(Buffer.from([Math.min(127, instruction.insert.length - at)]), instruction.insert.subarray(at, at + 127));
    else for (let done = 0; done < instruction.size; done += 0x10000) parts.push(copyInstruction(instruction.copy + done, Math.min(0x10000, instruction.size - done)));
  }
  return Buffer.concat(parts);
}

export function applyInstructions(base: Buffer, instructions: readonly Instruction[]): Buffer {
  return Buffer.concat(instructions.map((one) => ('insert' in one ? one.insert : base.subarray(one.copy, one.copy + one.size))));
}

function copyInstruction(offset: number, size: number): Buffer {
  const bytes = [0x80];
  [offset & 0xff, (offset >>> 8) & 0xff, (offset >>> 16) & 0xff, offset >>> 24, ...(size === 0x10000 ? [0, 0, 0] : [size & 0xff, (size >>> 8) & 0xff, size >>> 16])].forEach((byte, i) => {
    if (byte === 0) return;
    bytes[0]! |= 1 << i;
    bytes.push(byte);
  });
  return Buffer.from(bytes);
}

/** Seven bits at a time, the lowest first. */
function length(value: number): Buffer {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1]! |= 0x80;
    bytes.push(rest % 128);
  }
  return Buffer.from(bytes);
}
