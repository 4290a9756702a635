import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countRecords, filterRecords, findRecord, mergeRecords, RecordList, recordLength, sizeOfRecord, type BlobRecords } from '../src/sources/blob-records.ts';

/** Ids of which many begin with the same bytes, as nobody's hashes do but an attacker's might. */
const hex = (length: number): fc.Arbitrary<string> => fc.tuple(fc.constantFrom('', '00000000', '00000000000000000000', 'ffffffff', '8000'), fc.uint8Array({ minLength: length, maxLength: length }))
  .map(([start, bytes]) => (start + Buffer.from(bytes).toString('hex')).slice(0, 2 * length));
const sized = (length: number): fc.Arbitrary<[string, number][]> => fc.array(fc.tuple(hex(length), fc.nat({ max: 2 ** 32 - 1 })), { maxLength: 200 });
const lists = fc.constantFrom(20, 32).chain((length) => fc.tuple(fc.constant(length), sized(length), sized(length)));

function recordsOf(list: readonly (readonly [string, number])[]): BlobRecords {
  const records = new RecordList();
  for (const [id, size] of list) records.add(id, size);
  expect(records.length).toBe(list.length);
  return records.sorted();
}

function entries(records: BlobRecords): [string, number][] {
  const length = recordLength(records.idLength);
  return Array.from({ length: countRecords(records) }, (_, index) => [records.bytes.toString('hex', index * length, index * length + records.idLength), sizeOfRecord(records, index)]);
}

const ids = (list: readonly (readonly [string, number])[]): string[] => [...new Set(list.map(([id]) => id))].sort();

test('records are in the order of their ids, each once, and what is in no record is not found', () => {
  fc.assert(fc.property(lists, ([length, list, others]) => {
    const records = recordsOf(list);
    expect(entries(records).map(([id]) => id)).toEqual(ids(list));
    for (const [id, size] of entries(records)) expect(list).toContainEqual([id, size]);
    for (const [id] of list) expect(entries(records)[findRecord(records, id)]![0]).toBe(id);
    const known = new Set(ids(list));
    for (const [id] of others) expect(findRecord(records, id) >= 0).toBe(known.has(id));
    // One bit off, and an id of another length.
    for (const [id] of list) {
      const near = `${id.slice(0, -1)}${(Number.parseInt(id.slice(-1), 16) ^ 1).toString(16)}`;
      expect(findRecord(records, near) >= 0).toBe(known.has(near));
      expect(findRecord(records, id.slice(0, 2 * length - 2))).toBe(-1);
    }
  }));
});

test('records of two lists together are those of both', () => {
  fc.assert(fc.property(lists, ([, a, b]) => {
    fc.pre(a.length > 0 && b.length > 0);
    const merged = mergeRecords(recordsOf(a), recordsOf(b));
    expect(entries(merged).map(([id]) => id)).toEqual(ids([...a, ...b]));
    for (const entry of entries(merged)) expect([...a, ...b]).toContainEqual(entry);
  }));
});

test('records that are kept are kept whole', () => {
  fc.assert(fc.property(lists, ([, list]) => {
    const records = recordsOf(list);
    expect(entries(filterRecords(records, (index) => index % 3 === 1))).toEqual(entries(records).filter((_, index) => index % 3 === 1));
  }));
});

test('more records than one part of a list holds', () => {
  const list = Array.from({ length: 70_000 }, (_, i) => [Buffer.from(Uint32Array.of(Math.imul(i, 2_654_435_761), i, 0, 0, 0).buffer).toString('hex'), i] as const);
  const records = recordsOf(list);
  expect(records.bytes.length).toBe(70_000 * 24);
  expect(entries(records).map(([id]) => id)).toEqual(ids(list));
  for (const [id, size] of list.filter((_, i) => i % 97 === 0)) expect(sizeOfRecord(records, findRecord(records, id))).toBe(size);
});
