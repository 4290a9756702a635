import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { anchors as all, ends, magics, sizes as lengths } from '../src/anchors.ts';
import { mayHoldKeys, reach } from '../src/prefilter.ts';
import { readStored, type ReadStoredOptions, type ShareStore } from '../src/sources/read-stored.ts';
import { emptyLog } from '../src/sources/source.ts';
import { EndlessDeltas, UnknownObjects } from '../src/sources/pack-index.ts';
import { closeStoredBlobs, openStoredBlobs, scanStoredBlobs, seenBlobs, type BlobScan, type Candidate, type OpenOptions, type StoredBlobs } from '../src/sources/stored-blobs.ts';
import { applyInstructions, blobId, encodeDelta, writePack, type Instruction, type PackEntry } from './packs.ts';
import { describeWith, scratch } from './tools.ts';

/** Those of keys. */
const anchors = all.slice(0, ends[0]);

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 200);
const folder = scratch();
let count = 0;
const newFolder = (): string => {
  const path = join(folder, `store-${count++}`);
  mkdirSync(path);
  return path;
};

interface Found {
  /** Content by id. */
  readonly candidates: ReadonlyMap<string, Buffer>;
  readonly seen: readonly { readonly id: string; readonly size: number }[];
  readonly oversize: readonly string[];
  readonly blobs: number;
  readonly bytes: number;
}

/** What `threads` that take turns find together. No blob is found twice. */
function scan(options: OpenOptions, threads = 1): Found {
  const store = openStoredBlobs(options);
  try {
    return scanOpen(store, threads);
  } finally {
    closeStoredBlobs(store);
  }
}

function* candidatesOf({ units }: BlobScan): Generator<Candidate> {
  for (const unit of units) yield* unit;
}

function scanOpen(store: StoredBlobs, threads: number): Found {
  const scans = Array.from({ length: threads }, () => scanStoredBlobs(store, { isSought: mayHoldKeys, reach }));
  const candidates = new Map<string, Buffer>();
  const iterators = scans.map(candidatesOf);
  for (let left = iterators; left.length > 0;) {
    left = left.filter((iterator) => {
      const { done, value } = iterator.next();
      if (done === true) return false;
      expect(candidates.has(value.id)).toBe(false);
      candidates.set(value.id, Buffer.from(value.bytes));
      return true;
    });
  }
  const sum = (of: (one: (typeof scans)[number]) => number): number => scans.reduce((total, one) => total + of(one), 0);
  const seen = [...seenBlobs(store)];
  return { candidates, seen, oversize: scans.flatMap(({ oversize }) => oversize), blobs: sum(({ blobs }) => blobs), bytes: sum(({ bytes }) => bytes) };
}

/** What is found is exactly what is found by looking at every blob whole. */
function expectSame(found: Found, blobs: ReadonlyMap<string, Buffer>): void {
  const expected = new Map([...blobs].filter(([, content]) => mayHoldKeys(content)));
  expect([...found.candidates.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [id, content] of expected) expect(found.candidates.get(id)!.equals(content)).toBe(true);
  expect(found.oversize).toEqual([]);
  expect(new Map(found.seen.map(({ id, size }) => [id, size]))).toEqual(new Map([...blobs].map(([id, { length }]) => [id, length])));
  expect({ blobs: found.blobs, bytes: found.bytes }).toEqual({ blobs: blobs.size, bytes: [...blobs.values()].reduce((sum, { length }) => sum + length, 0) });
}

/** Stretches without any anchor, most of them long enough that a copy of one has an inside. */
const filler = fc.tuple(fc.constantFrom('the quick brown fox\n', '    return 0;\n', '0123456789abcdef', '=', '-----BEGIN \n', '\0\0\0\x01'), fc.constantFrom(1, 7, 60, 700, 1500, 5000)).map(([text, size]) => Buffer.from(text.repeat(Math.ceil(size / text.length))));
/** Parts of anchors and of what containers begin with, and now and then the whole. */
const fragment = fc.tuple(fc.constantFrom(...anchors, ...magics), fc.nat(63), fc.nat(63), fc.nat(9)).map(([literal, from, to, whole]) => (whole === 0 ? literal : literal.subarray(Math.min(from, to) % literal.length, 1 + (Math.max(from, to) % literal.length))));
/** As long as a file that may be a container by its name alone. */
const sized = fc.constantFrom(...lengths).map((length) => Buffer.alloc(length, 'a'));
const text = fc.oneof({ weight: 5, arbitrary: fc.array(fc.oneof({ weight: 2, arbitrary: filler }, { weight: 3, arbitrary: fragment }), { maxLength: 8 }) }, { weight: 1, arbitrary: sized.map((one) => [one]) }).map((parts) => Buffer.concat(parts));

/** How an object is made from another one. Numbers are taken modulo what there is. `cut`: one literal in two pieces, the second one taken from the base. */
type Step = { readonly insert: Buffer } | { readonly from: number; readonly size: number };
const step: fc.Arbitrary<Step> = fc.oneof(
  fragment.filter(({ length }) => length > 0).map((insert) => ({ insert })),
  filler.map((insert) => ({ insert })),
  fc.record({ from: fc.nat(1 << 16), size: fc.oneof(fc.nat(90), fc.integer({ min: 400, max: 20_000 })) }),
);

interface Version {
  /** Which of those before it is its base; none: it is stored whole. */
  readonly base: number | undefined;
  readonly text: Buffer;
  readonly steps: readonly Step[];
  readonly byId: boolean;
}
const version: fc.Arbitrary<Version> = fc.record({ base: fc.option(fc.nat(30), { nil: undefined, freq: 5 }), text, steps: fc.oneof({ weight: 5, arbitrary: fc.array(step, { minLength: 1, maxLength: 10 }) }, { weight: 1, arbitrary: sized.map((insert): Step[] => [{ insert }]) }), byId: fc.boolean() });

/** A pack of versions that are made from each other, and what they are when they are made. */
function packOf(versions: readonly Version[]): { readonly entries: readonly PackEntry[]; readonly blobs: ReadonlyMap<string, Buffer> } {
  const contents: Buffer[] = [];
  const entries: PackEntry[] = [];
  const blobs = new Map<string, Buffer>();
  for (const { base, text: whole, steps, byId } of versions) {
    const place = base === undefined || contents.length === 0 ? undefined : base % contents.length;
    const from = place === undefined ? undefined : contents[place]!;
    const instructions = steps.flatMap((one): readonly Instruction[] => {
      if ('insert' in one) return [one];
      const copy = from && from.length > 0 ? one.from % from.length : 0;
      const size = Math.min(one.size, (from?.length ?? 0) - copy);
      return size > 0 ? [{ copy, size }] : [];
    });
    const content = from ? applyInstructions(from, instructions) : whole;
    const id = blobId(content);
    // An index has each id once.
    if (blobs.has(id.toString('hex'))) continue;
    blobs.set(id.toString('hex'), content);
    contents.push(content);
    if (!from) entries.push({ type: 'blob', content, id });
    else {
      const delta = encodeDelta(from.length, content.length, instructions);
      entries.push(byId ? { type: 'id delta', content: delta, id, baseId: entries[place!]!.id } : { type: 'offset delta', content: delta, id, base: place! });
    }
  }
  return { entries, blobs };
}

describe('what is found in a pack is what is found in every blob of it', () => {
  test('however blobs are put together from others', () => {
    const objects = newFolder();
    fc.assert(fc.property(fc.array(version, { minLength: 1, maxLength: 25 }), fc.integer({ min: 1, max: 2 }), (versions, threads) => {
      const { entries, blobs } = packOf(versions);
      writePack(objects, entries);
      expectSame(scan({ folders: [objects], hash: 'sha1' }, threads), blobs);
    }), { numRuns });
  });

  const long = Buffer.from('the quick brown fox\n'.repeat(100));

  /** One pack of bases and what is made of each; gives what is found. */
  function foundIn(families: readonly { readonly base: Buffer; readonly lists: readonly (readonly Instruction[])[] }[]): Found {
    const objects = newFolder();
    const blobs = new Map<string, Buffer>();
    const entries: PackEntry[] = [];
    const add = (content: Buffer, entry: Omit<PackEntry, 'id'>): void => {
      const id = blobId(content);
      if (blobs.has(id.toString('hex'))) return;
      blobs.set(id.toString('hex'), content);
      entries.push({ ...entry, id });
    };
    for (const { base, lists } of families) {
      add(base, { type: 'blob', content: base });
      const place = entries.length - 1;
      for (const instructions of lists) {
        const content = applyInstructions(base, instructions);
        add(content, { type: 'offset delta', base: place, content: encodeDelta(base.length, content.length, instructions) });
      }
    }
    writePack(objects, entries);
    const found = scan({ folders: [objects], hash: 'sha1' });
    expectSame(found, blobs);
    return found;
  }

  test('each anchor, cut anywhere, on both sides of every kind of junction', () => {
    const cuts = anchors.flatMap((literal) => [1, literal.length >> 1, literal.length - 1].map((cut) => {
      // Halves lie at the ends of long copies, or one of them is inserted, or each byte is.
      const [left, right] = [literal.subarray(0, cut), literal.subarray(cut)];
      const base = Buffer.concat([right, long, Buffer.from('|'), long, left, Buffer.from('|')]);
      const toLeft = { copy: 500, size: base.length - 1 - 500 };
      const lists: readonly (readonly Instruction[])[] = [
        [toLeft, { copy: 0, size: 1500 }],
        [toLeft, { insert: right }],
        [{ insert: left }, { copy: 0, size: 1500 }],
        [{ copy: 500, size: 1500 }, { insert: literal }, { copy: 500, size: 1500 }],
        [{ copy: 700, size: 1500 }, ...[...literal].map((byte) => ({ insert: Buffer.from([byte]) })), { copy: 700, size: 1500 }],
        [{ copy: 1500, size: 1500 }, { copy: base.length - 1 - left.length, size: left.length }, { copy: 0, size: right.length }, { copy: 500, size: 1500 }],
      ];
      return { base, lists };
    }));
    const { candidates } = foundIn(cuts);
    for (const { base, lists } of cuts) for (const instructions of lists) expect(candidates.has(blobId(applyInstructions(base, instructions)).toString('hex'))).toBe(true);
  });

  test('what containers begin with, inserted or brought to the beginning by a copy', () => {
    const families = magics.map((magic) => ({ base: Buffer.concat([long, magic, long]), lists: [[{ copy: long.length, size: magic.length + 1500 }], [{ insert: magic }, { copy: 0, size: 1400 }], [{ copy: 0, size: 1500 }, { insert: magic }]] }));
    const { candidates } = foundIn(families);
    for (const { base, lists } of families) expect(lists.slice(0, 2).map((instructions) => candidates.has(blobId(applyInstructions(base, instructions)).toString('hex')))).toEqual([true, true]);
  });

  test('in chains of thousands, and in trees of any form', () => {
    const objects = newFolder();
    const tree = (baseOf: (i: number) => number): Version[] => Array.from({ length: 3000 }, (_, i) => ({ base: i === 0 ? undefined : baseOf(i), text: Buffer.from('lorem ipsum\n'.repeat(200)), byId: i % 2 === 0, steps: [{ from: 0, size: 1000 + (i % 700) }, { insert: Buffer.from(i % 97 === 0 ? 'PRIVATE KEY' : `${i}\n`) }, { from: 900, size: 1 << 16 }] }));
    for (const baseOf of [(i: number) => i - 1, () => 0, (i: number) => i >> 1, (i: number) => i - 1 - (i % 7 === 0 ? i % 5 : 0)]) {
      // So that they do not grow, each is cut off behind some thousand bytes.
      const versions = tree(baseOf).map((one, i): Version => ({ ...one, steps: i % 50 === 49 ? [{ from: 0, size: 2000 }] : one.steps.map((step) => ('from' in step && step.from === 900 ? { from: 900, size: 1500 } : step)) }));
      const { entries, blobs } = packOf(versions);
      writePack(objects, entries);
      expectSame(scan({ folders: [objects], hash: 'sha1' }, 2), blobs);
    }
  });

  test('nothing that is not wanted is found, and all that is', () => {
    const objects = newFolder();
    fc.assert(fc.property(fc.array(version, { minLength: 1, maxLength: 25 }), fc.integer({ min: 2, max: 5 }), (versions, modulus) => {
      const { entries, blobs } = packOf(versions);
      writePack(objects, entries);
      const asked: string[] = [];
      const isWanted = (id: string): boolean => Number.parseInt(id.slice(0, 8), 16) % modulus === 0;
      const found = scan({ folders: [objects], hash: 'sha1', isWanted: (id) => asked.push(id) > 0 && isWanted(id) }, 2);
      expectSame(found, new Map([...blobs].filter(([id]) => isWanted(id))));
      expect(asked.sort()).toEqual([...blobs.keys()].sort());
    }), { numRuns: numRuns / 4 });
  });
});

const environment = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };

function git(cwd: string, args: readonly string[], input: string | Buffer = ''): Buffer {
  return execFileSync('git', ['-c', 'gc.auto=0', '-c', 'core.fsync=none', ...args], { cwd, input, env: environment, maxBuffer: 1 << 30, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Every blob, as git reads it. */
function blobsByGit(cwd: string): ReadonlyMap<string, Buffer> {
  const all = git(cwd, ['cat-file', '--batch-check=%(objecttype) %(objectname)', '--batch-all-objects', '--unordered', '--buffer']).toString('latin1').split('\n');
  const ids = all.filter((line) => line.startsWith('blob ')).map((line) => `${line.slice(5)}\n`);
  const output = git(cwd, ['cat-file', '--batch', '--buffer'], ids.join(''));
  const blobs = new Map<string, Buffer>();
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(10, at);
    const [id = '', , size] = output.toString('latin1', at, end).split(' ');
    blobs.set(id, output.subarray(end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return blobs;
}

/** A change of a file in a commit. */
type Edit = (file: Buffer, random: (below: number) => number) => Buffer;

const pem = (label: string, content: Buffer): string => `-----BEGIN ${label}-----\n${content.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;
const der = (): Buffer => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'der' });
const keyText = (): string => pem('PRIVATE KEY', der());

const edits: readonly Edit[] = [
  // A line is changed, added or taken away.
  (file, random) => onLines(file, (lines) => { lines[random(lines.length)] = `  changed to ${random(1e6)}`; }),
  (file, random) => onLines(file, (lines) => { lines.splice(random(lines.length), 0, `  inserted ${random(1e6)}`); }),
  (file, random) => onLines(file, (lines) => { lines.splice(random(lines.length), 1 + random(5)); }),
  // Lines move, or come twice.
  (file, random) => onLines(file, (lines) => { lines.splice(random(lines.length), 0, ...lines.splice(random(lines.length), 1 + random(40))); }),
  (file, random) => onLines(file, (lines) => { lines.splice(random(lines.length), 0, ...lines.slice(random(lines.length)).slice(0, 60)); }),
  // A key comes, is exchanged for another in its place, or goes.
  (file, random) => onLines(file, (lines) => { lines.splice(random(lines.length), 0, ...keyText().split('\n')); }),
  (file) => replaced(file, /-----BEGIN PRIVATE KEY-----[^-]*-----END PRIVATE KEY-----\n/, keyText),
  (file) => replaced(file, /-----BEGIN PRIVATE KEY-----[^-]*-----END PRIVATE KEY-----\n/, () => ''),
  // A public key that becomes a private one, and back; a name that is put together in two steps.
  (file, random) => onLines(file, (lines) => { lines.splice(random(lines.length), 0, '-----BEGIN PUBLIC KEY', '-----END PUBLIC KEY'); }),
  (file) => replaced(file, /PUBLIC KEY/, () => 'PRIVATE KEY'),
  (file) => replaced(file, /PRIVATE KEY/, () => 'PUBLIC KEY'),
  (file) => replaced(file, /PRIVATE KEY/, () => 'PRIVATE  KEY'),
  (file) => replaced(file, / {2}KEY/, () => ' KEY'),
  // The file becomes a container, or is no longer one; a few of its bytes change.
  () => der(),
  (file) => Buffer.concat([Buffer.from([0x30, 0x82]), file]),
  (file) => file.subarray(2),
  (file, random) => {
    const copy = Buffer.from(file);
    for (let i = 0; i < 3 && copy.length > 0; i++) copy[random(copy.length)] = random(256);
    return copy;
  },
];

function onLines(file: Buffer, change: (lines: string[]) => void): Buffer {
  const lines = file.toString('latin1').split('\n');
  change(lines);
  return Buffer.from(lines.join('\n'), 'latin1');
}

function replaced(file: Buffer, pattern: RegExp, by: () => string): Buffer {
  return Buffer.from(file.toString('latin1').replace(pattern, by), 'latin1');
}

interface Stage {
  readonly edits: readonly (readonly [file: number, edit: number, seed: number])[];
  readonly isLoose: boolean;
  readonly packing: number;
}

interface Repository {
  readonly path: string;
  readonly hash: 'sha1' | 'sha256';
  /** Folders of objects: its own first, then alternates. */
  readonly folders: string[];
}

/** What git does with what is there by now. */
const packings: readonly ((repository: Repository) => void)[] = [
  () => {},
  ({ path }) => void git(path, ['repack', '-adfq', '--depth=50', '--window=50']),
  // Another pack beside the others; loose objects stay.
  ({ path }) => void git(path, ['repack', '-q']),
  // Deltas by id, and an index of the first version; it knows SHA-1 only.
  ({ path, hash }) => void git(path, ['-c', 'repack.useDeltaBaseOffset=false', ...hash === 'sha1' ? ['-c', 'pack.indexVersion=1'] : [], 'repack', '-adfq']),
  // Every offset in the table of large ones.
  ({ path }) => {
    git(path, ['repack', '-adfq']);
    for (const name of filesOf(path, '.pack')) {
      rmSync(name.replace(/pack$/, 'idx'));
      git(path, ['index-pack', '--index-version=2,0x20', name]);
    }
  },
  // The same objects again, in other deltas.
  ({ path }) => void git(path, ['pack-objects', '-q', '--no-reuse-delta', '--depth=5', join(path, 'objects', 'pack', 'pack')], git(path, ['cat-file', '--batch-check=%(objectname)', '--batch-all-objects', '--unordered'])),
  // All that is there becomes an alternate of the repository.
  ({ path, folders }) => {
    const alternate = join(path, `objects-${folders.length}`);
    renameSync(join(path, 'objects'), alternate);
    mkdirSync(join(path, 'objects', 'info'), { recursive: true });
    mkdirSync(join(path, 'objects', 'pack'));
    folders.push(alternate);
    writeFileSync(join(path, 'objects', 'info', 'alternates'), `${alternate}\n`);
  },
];

function filesOf(path: string, ending: string): readonly string[] {
  const place = join(path, 'objects', 'pack');
  return readdirSync(place).filter((name) => name.endsWith(ending)).map((name) => join(place, name));
}

const stage: fc.Arbitrary<Stage> = fc.record({ edits: fc.array(fc.tuple(fc.nat(3), fc.nat(edits.length - 1), fc.nat()), { minLength: 1, maxLength: 40 }), isLoose: fc.boolean(), packing: fc.nat(packings.length - 1) });

/** A repository whose files are changed a commit at a time. */
function repositoryOf(stages: readonly Stage[], hash: 'sha1' | 'sha256'): Repository {
  const path = join(newFolder(), 'repository.git');
  git(folder, ['init', '-q', '--bare', `--object-format=${hash}`, path]);
  const repository = { path, hash, folders: [join(path, 'objects')] };
  const files: Buffer[] = [0, 1, 2, 3].map((file) => Buffer.from(Array.from({ length: [3, 40, 400, 4000][file]! }, (_, line) => `  line ${line} of file ${file}, ${(line * 7919) % 1013}\n`).join('')));
  let commits = 0;
  for (const { edits: list, isLoose, packing } of stages) {
    const parts: Buffer[] = [];
    for (const [file, edit, seed] of list) {
      let state = seed;
      const random = (below: number): number => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
        return below === 0 ? 0 : (state >>> 8) % below;
      };
      const content = files[file] = edits[edit]!(files[file]!, random);
      parts.push(Buffer.from(`commit refs/heads/main\ncommitter A <a@example.org> ${++commits} +0000\ndata 0\n${parts.length === 0 && commits > 1 ? 'from refs/heads/main^0\n' : ''}M 100644 inline file-${file}\ndata ${content.length}\n`), content, Buffer.from('\n'));
    }
    git(path, ['-c', `fastimport.unpackLimit=${isLoose ? 100_000 : 1}`, 'fast-import', '--quiet'], Buffer.concat(parts));
    packings[packing]!(repository);
  }
  return repository;
}

describeWith(['git'], 'what is found in a repository is what is found in every blob that git reads', () => {
  test('whatever git made of it', () => {
    fc.assert(fc.property(fc.array(stage, { minLength: 1, maxLength: 4 }), fc.constantFrom('sha1', 'sha1', 'sha256'), fc.integer({ min: 1, max: 2 }), (stages, hash, threads) => {
      const { path, folders } = repositoryOf(stages, hash);
      expectSame(scan({ folders, hash }, threads), blobsByGit(path));
      rmSync(path, { recursive: true });
    }), { numRuns: Math.ceil(numRuns / 10) });
  }, 0);

  test.each(packings.map((_, packing) => packing))('packed in way %i, with many versions of each kind', (packing) => {
    const { path, folders } = repositoryOf([0, 1].map((round) => ({ edits: Array.from({ length: 120 }, (_, i) => [i % 4, (i * 5 + round) % edits.length, i * 7919 + round] as const), isLoose: round === 1, packing })), 'sha1');
    expectSame(scan({ folders, hash: 'sha1' }), blobsByGit(path));
  });

  test('packs of version 3', () => {
    const { path, folders } = repositoryOf([{ edits: Array.from({ length: 60 }, (_, i) => [i % 4, i % edits.length, i] as const), isLoose: false, packing: 1 }], 'sha1');
    for (const name of filesOf(path, '.pack')) {
      const pack = readFileSync(name);
      pack.writeUInt32BE(3, 4);
      const digest = createHash('sha1').update(pack.subarray(0, -20)).digest();
      digest.copy(pack, pack.length - 20);
      const index = readFileSync(name.replace(/pack$/, 'idx'));
      digest.copy(index, index.length - 40);
      createHash('sha1').update(index.subarray(0, -20)).digest().copy(index, index.length - 20);
      for (const [file, bytes] of [[name, pack], [name.replace(/pack$/, 'idx'), index]] as const) {
        chmodSync(file, 0o644);
        writeFileSync(file, bytes);
      }
    }
    expectSame(scan({ folders, hash: 'sha1' }), blobsByGit(path));
  });

  test('bytes of packs and indexes that have changed: either git reads the same, or the reader gives up', () => {
    const { path, folders } = repositoryOf([{ edits: Array.from({ length: 40 }, (_, i) => [i % 3, i % edits.length, i] as const), isLoose: false, packing: 1 }], 'sha1');
    const [pack] = filesOf(path, '.pack');
    const files = [pack!, pack!.replace(/pack$/, 'idx')].map((name) => ({ name, bytes: readFileSync(name) }));
    for (const { name } of files) chmodSync(name, 0o644);
    fc.assert(fc.property(fc.boolean(), fc.nat(), fc.integer({ min: 1, max: 255 }), (isIndex, place, change) => {
      const { name, bytes } = files[isIndex ? 1 : 0]!;
      const damaged = Buffer.from(bytes);
      damaged[place % bytes.length]! ^= change;
      writeFileSync(name, damaged);
      try {
        expectSame(scan({ folders, hash: 'sha1' }), blobsByGit(path));
      } catch (error) {
        if (!(error instanceof UnknownObjects)) throw error;
      } finally {
        writeFileSync(name, bytes);
      }
    }), { numRuns: numRuns / 2 });
  }, 0);
});

describe('what the reader does not know or cannot trust, it leaves to git', () => {
  const blob = (content: string): PackEntry => ({ type: 'blob', content: Buffer.from(content), id: blobId(Buffer.from(content)) });
  const base = blob('lorem ipsum\n'.repeat(100));
  const made = (instructions: readonly Instruction[], more: Partial<PackEntry> = {}): PackEntry => {
    const content = applyInstructions(base.content, instructions);
    return { type: 'offset delta', base: 0, content: encodeDelta(base.content.length, content.length, instructions), id: blobId(content), ...more };
  };
  const raw = (delta: Buffer): PackEntry => made([], { content: delta, id: randomBytes(20) });
  const sizes = encodeDelta(base.content.length, 100, []);

  test.each<readonly [string, readonly PackEntry[]]>([
    ['a delta made from itself', [base, made([], { base: 1 })]],
    ['a delta by the id of what is not in the pack', [base, { type: 'id delta', content: sizes, id: randomBytes(20), baseId: randomBytes(20) }]],
    ['a type that is reserved', [base, { ...blob('x'), type: 5 }]],
    ['the type 0', [base, { ...blob('x'), type: 0 }]],
    ['an object shorter than it says', [{ ...blob('x'), size: 100 }]],
    ['an object longer than it says', [{ ...blob('x'.repeat(100)), size: 10 }]],
    ['an object that expands without an end', [{ ...blob('x'), size: 100, stored: deflateSync(Buffer.alloc(1 << 26)) }]],
    ['an object that is not compressed', [{ ...blob('x'), stored: Buffer.from('not zlib at all') }]],
    ['an object that is cut off', [{ ...blob('lorem ipsum\n'.repeat(100)), stored: deflateSync(base.content).subarray(0, 12) }]],
    ['a delta for a base of another size', [base, raw(encodeDelta(5, 5, [{ copy: 0, size: 5 }]))]],
    ['a delta that makes more than it says', [base, raw(encodeDelta(base.content.length, 50, [{ copy: 0, size: 100 }]))]],
    ['a delta that makes less than it says', [base, raw(encodeDelta(base.content.length, 150, [{ copy: 0, size: 100 }]))]],
    ['a delta that inserts more than it says', [base, raw(encodeDelta(base.content.length, 3, [{ insert: Buffer.from('four') }]))]],
    ['a copy from behind the end', [base, raw(encodeDelta(base.content.length, 100, [{ copy: base.content.length - 50, size: 100 }]))]],
    ['a copy from far away', [base, raw(encodeDelta(base.content.length, 100, [{ copy: 0xfffffff0, size: 100 }]))]],
    ['an insert that is cut off', [base, raw(Buffer.concat([sizes, Buffer.from([100, 1, 2])]))]],
    ['a copy that is cut off', [base, raw(Buffer.concat([sizes, Buffer.from([0xff, 1])]))]],
    ['an instruction that is reserved', [base, raw(Buffer.concat([sizes, Buffer.from([0])]))]],
    ['a delta that is empty', [base, raw(Buffer.alloc(0))]],
    ['a delta whose sizes do not end', [base, raw(Buffer.alloc(30, 0xff))]],
  ])('%s', (_, entries) => {
    const objects = newFolder();
    writePack(objects, entries);
    expect(() => scan({ folders: [objects], hash: 'sha1' })).toThrow(UnknownObjects);
  });

  test.each<readonly [string, readonly PackEntry[]]>([
    ['a delta by id made from itself', [base, { ...made([{ copy: 0, size: 9 }]), type: 'id delta', base: undefined, baseId: made([{ copy: 0, size: 9 }]).id } as unknown as PackEntry]],
    ['deltas in a circle', (() => {
      const [a, b] = [randomBytes(20), randomBytes(20)];
      return [base, { type: 'id delta', content: sizes, id: a, baseId: b } as const, { type: 'id delta', content: sizes, id: b, baseId: a } as const];
    })()],
  ])('but for what it would never come to an end with: %s', (_, entries) => {
    const objects = newFolder();
    writePack(objects, entries);
    expect(() => scan({ folders: [objects], hash: 'sha1' })).toThrow(EndlessDeltas);
  });

  test('a pack without its index, a pack that is cut off, an index of another pack, an index of another version', () => {
    const objects = newFolder();
    const write = (): void => writePack(objects, [base, made([{ copy: 0, size: 700 }, { insert: Buffer.from('PRIVATE KEY') }])]);
    const [pack, index] = ['pack', 'idx'].map((ending) => join(objects, 'pack', `made.${ending}`)) as [string, string];
    const refused = (harm: () => void): void => {
      write();
      expect(scan({ folders: [objects], hash: 'sha1' }).candidates.size).toBe(1);
      harm();
      expect(() => scan({ folders: [objects], hash: 'sha1' })).toThrow(UnknownObjects);
    };
    refused(() => truncateSync(pack, statSync(pack).size - 1));
    refused(() => truncateSync(pack, 10));
    refused(() => truncateSync(index, 100));
    refused(() => truncateSync(index, statSync(index).size - 1));
    refused(() => appendFileSync(index, '\0\0\0\0\0\0\0\0'.repeat(3)));
    refused(() => {
      const bytes = readFileSync(index);
      bytes.writeUInt32BE(3, 4);
      writeFileSync(index, bytes);
    });
    refused(() => {
      const bytes = readFileSync(pack);
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(pack, bytes);
    });
    refused(() => rmSync(index));
  });

  test('loose objects that lie or are damaged', () => {
    const objects = newFolder();
    mkdirSync(join(objects, 'ab'));
    const path = join(objects, 'ab', 'c'.repeat(38));
    for (const bytes of [Buffer.alloc(0), Buffer.from('x'), deflateSync(Buffer.from('blob 5\0four')), deflateSync(Buffer.from('blob 3\0four')), deflateSync(Buffer.from('blob x\0')), deflateSync(Buffer.from('blob 4')), deflateSync(Buffer.from('blob 4\0four')).subarray(0, 10),
      deflateSync(Buffer.concat([Buffer.from('blob 9\0'), Buffer.alloc(1 << 26)]))]) {
      writeFileSync(path, bytes);
      expect(() => scan({ folders: [objects], hash: 'sha1' })).toThrow(UnknownObjects);
    }
    writeFileSync(path, deflateSync(Buffer.from('blob 11\0PRIVATE KEY')));
    expect([...scan({ folders: [objects], hash: 'sha1' }).candidates]).toEqual([[`ab${'c'.repeat(38)}`, Buffer.from('PRIVATE KEY')]]);
  });

  test('no file is left open', () => {
    const objects = newFolder();
    writePack(objects, [base]);
    writePack(objects, [{ ...blob('x'), type: 5 }], { name: 'worse' });
    const before = openFiles();
    for (let i = 0; i < 20; i++) expect(() => scan({ folders: [objects], hash: 'sha1' })).toThrow(UnknownObjects);
    expect(openFiles()).toBe(before);
  });
});

/** How many files this process has open; always the same where that is not told. */
function openFiles(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0;
}

describe('blobs that are too large to be held', () => {
  const large = Buffer.alloc((1 << 24) + 1, 'lorem ipsum\n');

  test('are named, with those that are made from them, and nothing else is', () => {
    const objects = newFolder();
    const small = Buffer.alloc(1 << 16, 'PRIVATE KEY');
    const entries: PackEntry[] = [
      { type: 'blob', content: large, id: blobId(large) },
      { type: 'offset delta', base: 0, content: encodeDelta(large.length, 500, [{ copy: 0, size: 500 }]), id: blobId(large.subarray(0, 500)) },
      { type: 'blob', content: small, id: blobId(small) },
      // Made from a small one, by a delta that is small too.
      { type: 'offset delta', base: 2, content: encodeDelta(small.length, 1 << 25, Array.from({ length: 1 << 9 }, () => ({ copy: 0, size: 1 << 16 }))), id: randomBytes(20) },
    ];
    writePack(objects, entries);
    const found = scan({ folders: [objects], hash: 'sha1' });
    expect([...found.candidates.values()]).toEqual([small]);
    expect([...found.oversize].sort()).toEqual([0, 1, 3].map((i) => entries[i]!.id.toString('hex')).sort());
  });

  test('loose ones too', () => {
    const objects = newFolder();
    const id = blobId(large).toString('hex');
    mkdirSync(join(objects, id.slice(0, 2)));
    writeFileSync(join(objects, id.slice(0, 2), id.slice(2)), deflateSync(Buffer.concat([Buffer.from(`blob ${large.length}\0`), large])));
    expect(scan({ folders: [objects], hash: 'sha1' })).toEqual({ candidates: new Map(), seen: [], oversize: [id], blobs: 0, bytes: 0 });
  });

  test('a pack of more than four gigabytes is read where its blobs are', () => {
    const objects = newFolder();
    const content = Buffer.from('PRIVATE KEY');
    // One blob of 5 GB, which is not looked at and takes no room on the disk, and behind it a small one.
    const far = 5e9;
    writePack(objects, [{ type: 'blob', content: Buffer.alloc(0), id: Buffer.alloc(20, 1), size: far }, { type: 'blob', content, id: blobId(content) }]);
    const [packFile, indexFile] = ['pack', 'idx'].map((ending) => join(objects, 'pack', `made.${ending}`)) as [string, string];
    const pack = readFileSync(packFile);
    const index = readFileSync(indexFile);
    const places = 8 + 1024 + 2 * 24;
    const second = Math.max(index.readUInt32BE(places), index.readUInt32BE(places + 4));
    const fd = openSync(packFile, 'r+');
    truncateSync(packFile, second);
    writeSync(fd, pack, second, pack.length - second, far);
    closeSync(fd);
    const at = index.readUInt32BE(places) === second ? places : places + 4;
    index.writeUInt32BE(0x80000000, at);
    const table = Buffer.alloc(8);
    table.writeBigUInt64BE(BigInt(far));
    writeFileSync(indexFile, Buffer.concat([index.subarray(0, -40), table, index.subarray(-40)]));
    const found = scan({ folders: [objects], hash: 'sha1' });
    expect([...found.candidates.values()]).toEqual([content]);
    expect(found.oversize).toEqual(['01'.repeat(20)]);
  });
});

describe('an early end of what several threads read', () => {
  const options = (signal: AbortSignal | undefined, share: ShareStore): ReadStoredOptions => {
    const path = newFolder();
    execFileSync('git', ['init', '-q', '--bare', path]);
    for (const word of ['a', 'b']) execFileSync('git', ['-C', path, 'hash-object', '-w', '--stdin'], { input: word });
    return { folders: { folders: [join(path, 'objects')], isUnsure: false }, hash: 'sha1', isNew: () => true, sought: { isSought: () => true, reach }, archives: false, share, seen: undefined, signal };
  };
  /** Another thread, which is at a unit until there is no other. */
  const other = (): { readonly share: ShareStore; ended: boolean } => {
    const thread = {
      ended: false,
      async share(store: StoredBlobs) {
        while (Atomics.load(store.turn, 0) < 1 << 20) await new Promise((resolve) => setTimeout(resolve, 5));
        await new Promise((resolve) => setTimeout(resolve, 20));
        thread.ended = true;
        return [];
      },
    };
    return thread;
  };

  test('when the time is over the others stop and are waited for, and it is no clean end', async () => {
    const thread = other();
    const signal = AbortSignal.timeout(100);
    await expect((async () => { for await (const files of readStored('.', options(signal, thread.share), emptyLog())) Array.from(files); })()).rejects.toThrow();
    expect(thread.ended).toBe(true);
  });

  test('when nobody wants more, too', async () => {
    const thread = other();
    for await (const files of readStored('.', options(undefined, thread.share), emptyLog())) {
      Array.from(files);
      break;
    }
    expect(thread.ended).toBe(true);
  });
});
