import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Key } from '../key.ts';
import { joinedWalks, type Walk } from './attribution.ts';
import { countRecords, filterRecords, findRecord, LARGEST_SIZE, mergeRecords, RecordList, recordLength, sizeOfRecord, type BlobRecords } from './blob-records.ts';
import { keyRecord, type KeyRecord } from './key-record.ts';
import { isOwn, openRegular, Unavailable } from './own-file.ts';
import type { Log } from './source.ts';
import { userSecret } from './user-secret.ts';

/**
 * What earlier runs over a repository's history have seen: the ids of the blobs they looked at, the keys in some of them, and which commits
 * brought those. It lies in the git folder, `keylint/history`:
 *
 *     16 bytes   "keylint history\0"
 *     32         HMAC-SHA-256 of what follows up to the records, and of the git folder's path
 *     32         SHA-256 of the records and the notes
 *     32         SHA-256 of what detection was: the program's version and code, and the options that change what is found
 *      4         bytes of an id
 *      4         how many records
 *      4         bytes of the notes
 *      4         zero
 *     records    an id and the blob's size, 24 or 36 bytes each, in order
 *     notes      JSON: the keys and the walk
 *
 * Who can write into a repository could plant a file that says that all is clean. So it is signed with a secret of the user's that lies
 * elsewhere, and one that is not is never believed; nor one that was signed for another folder, as another repository may have lied
 * about what an id stands for.
 */
const MAGIC = Buffer.from('keylint history\0', 'latin1');
const HEADER = 128;
const SIGNED_FROM = 48;

export interface CacheOptions {
  /** What the repository's work trees share, by its real path. */
  readonly gitFolder: string;
  /** Real paths of folders that what is looked at can write to. */
  readonly scanned: readonly string[];
  /** Of the program's version and code, and of the options that change what is found. */
  readonly detection: string;
  /** Another name for other options, so that runs with and without them do not throw out each other's. */
  readonly name: string;
}

/** What the JSON at the end holds. */
interface Notes {
  /** Blobs and the keys in them, in order. */
  readonly keys: readonly (readonly [blob: string, keys: readonly KeyRecord[]])[];
  readonly walk?: Walk;
}

interface Content {
  readonly records: BlobRecords | undefined;
  readonly keys: ReadonlyMap<string, readonly KeyRecord[]>;
  readonly walk: Walk | undefined;
}

/** The content of a file. */
interface Known extends Content {
  readonly records: BlobRecords;
  /** The notes as they stand there. */
  readonly notes: string;
  readonly stamp: string;
}

/** It is not what this user's keylint wrote here. */
class NotBelieved extends Error {}

/** Opens what earlier runs left. What cannot be read or is not believed is passed over, with a note in the log. */
export function openCache(options: CacheOptions, log: Log): HistoryCache {
  try {
    return new HistoryCache(options, read(options));
  } catch (error) {
    log.notes.push(`the cache of earlier runs is not used, and everything is looked at: ${error instanceof NotBelieved ? 'it is damaged, or was not made here by this user' : reasonOf(error)} (${fileOf(options)})`);
    return new HistoryCache(options, undefined);
  }
}

export class HistoryCache {
  /** The keys in the blobs that were recalled. */
  readonly keys: Key[] = [];
  private readonly options: CacheOptions;
  private readonly known: Known | undefined;
  /** A bit for each known record: whether it was asked for. */
  private readonly asked: Uint8Array;
  private readonly added = new RecordList();

  constructor(options: CacheOptions, known: Known | undefined) {
    this.options = options;
    this.known = known;
    this.asked = new Uint8Array(known ? (countRecords(known.records) + 7) >>> 3 : 0);
  }

  /** How an earlier run walked the commits. */
  get walk(): Walk | undefined {
    return this.known?.walk;
  }

  /** Whether an earlier run has looked at a blob. Then it counts in the log as it did there, and its keys are in `keys`: once, however often it is asked for. */
  recall(id: string, log: Log): boolean {
    const index = this.known ? findRecord(this.known.records, id) : -1;
    if (index < 0) return false;
    const bit = 1 << (index & 7);
    if ((this.asked[index >>> 3]! & bit) !== 0) return true;
    this.asked[index >>> 3]! |= bit;
    log.files++;
    log.bytes += sizeOfRecord(this.known!.records, index);
    for (const record of this.known!.keys.get(id) ?? []) this.keys.push({ ...record, file: { origin: 'commit', blob: id } });
    return true;
  }

  /** A blob that was looked at, to its end. */
  add(id: string, size: number): void {
    if (size <= LARGEST_SIZE) this.added.add(id, size);
  }

  /**
   * Writes down what was added beside what was known. `keys`: those in the blobs that were added. `isWhole`: every blob was asked for, so that
   * what was not is there no more. What fails is a note in the log.
   */
  save(keys: readonly Key[], walk: Walk | undefined, isWhole: boolean, log: Log): void {
    const { known, options } = this;
    const kept = known && (isWhole ? filterRecords(known.records, (index) => (this.asked[index >>> 3]! & (1 << (index & 7))) !== 0) : known.records);
    const records = this.added.length === 0 ? kept : union(kept, this.added.sorted());
    const own: Content = { records, keys: new Map([...known?.keys ?? [], ...byBlob(keys)]), walk: walk ?? known?.walk };
    const isSame = this.added.length === 0 && kept?.bytes.length === known?.records.bytes.length;
    if (isSame && stampOf(options) === (known?.stamp ?? '') && notesOf(own) === (known?.notes ?? notesOf(NOTHING))) return;
    try {
      alone(options, () => {
        const other = stampOf(options) === known?.stamp ? undefined : readIfBelieved(options);
        write(options, other ? joined(own, other) : own);
      });
    } catch (error) {
      log.notes.push(`no cache is kept for the next run: ${reasonOf(error)} (${fileOf(options)})`);
    }
  }
}

const NOTHING: Content = { records: undefined, keys: new Map(), walk: undefined };

function fileOf({ gitFolder, name }: CacheOptions): string {
  return join(gitFolder, 'keylint', name);
}

function reasonOf(error: unknown): string {
  return error instanceof Unavailable ? error.message : (error as NodeJS.ErrnoException).code ?? (error as Error).name;
}

/** Tells one file from the next that takes its name; empty where there is none. */
function stampOf(options: CacheOptions): string {
  const stat = lstatSync(fileOf(options), { throwIfNoEntry: false });
  return stat ? stampIn(stat) : '';
}

function stampIn({ ino, size, mtimeMs }: Stats): string {
  return [ino, size, mtimeMs].join();
}

function detectionOf({ detection }: CacheOptions): Buffer {
  return createHash('sha256').update(detection).digest();
}

function signature(options: CacheOptions, header: Buffer): Buffer {
  return createHmac('sha256', userSecret(options.scanned)).update(header.subarray(SIGNED_FROM)).update(options.gitFolder).digest();
}

/** `undefined`: there is none, or one of another version. Throws NotBelieved, Unavailable, the system's errors. */
function read(options: CacheOptions): Known | undefined {
  const opened = openRegular(fileOf(options));
  if (!opened) return undefined;
  const { fd, stat } = opened;
  try {
    const header = readAll(fd, Buffer.alloc(HEADER));
    // What is not signed is not read any further, however long it is.
    if (!header.subarray(0, MAGIC.length).equals(MAGIC) || !timingSafeEqual(header.subarray(MAGIC.length, SIGNED_FROM), signature(options, header))) throw new NotBelieved();
    if (!header.subarray(80, 112).equals(detectionOf(options))) return undefined;
    const [idLength, count, notesLength] = [112, 116, 120].map((at) => header.readUInt32BE(at)) as [number, number, number];
    const end = count * recordLength(idLength);
    if (stat.size !== HEADER + end + notesLength) throw new NotBelieved();
    const body = readAll(fd, Buffer.allocUnsafeSlow(end + notesLength));
    if (!createHash('sha256').update(body).digest().equals(header.subarray(48, 80))) throw new NotBelieved();
    const notes = body.toString('utf8', end);
    const { keys, walk } = JSON.parse(notes) as Notes;
    return { records: { bytes: body.subarray(0, end), idLength }, keys: new Map(keys), walk, notes, stamp: stampIn(stat) };
  } finally {
    closeSync(fd);
  }
}

/** Throws NotBelieved where there is less. */
function readAll(fd: number, into: Buffer): Buffer {
  for (let at = 0; at < into.length; ) {
    const count = readSync(fd, into, at, into.length - at, null);
    if (count === 0) throw new NotBelieved();
    at += count;
  }
  return into;
}

/** What is not to be used is written over. */
function readIfBelieved(options: CacheOptions): Known | undefined {
  try {
    return read(options);
  } catch {
    return undefined;
  }
}

/** Puts a new file in the place of the one that is there, in one step. */
function write(options: CacheOptions, content: Content): void {
  const { records } = content;
  const header = Buffer.alloc(HEADER);
  const parts = [records?.bytes ?? Buffer.alloc(0), Buffer.from(notesOf(content))] as const;
  MAGIC.copy(header);
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest().copy(header, SIGNED_FROM);
  detectionOf(options).copy(header, 80);
  [records?.idLength ?? 0, records ? countRecords(records) : 0, parts[1].length].forEach((value, i) => header.writeUInt32BE(value, 112 + 4 * i));
  signature(options, header).copy(header, MAGIC.length);
  const temporary = `${fileOf(options)}.${randomBytes(6).toString('hex')}${TEMPORARY}`;
  try {
    const fd = openSync(temporary, 'wx', 0o600);
    try {
      for (const part of [header, ...parts]) writeFileSync(fd, part);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, fileOf(options));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

const TEMPORARY = '.tmp';
const DAY = 86_400_000;

/** Milliseconds: how long another run is waited for that is writing, and between two looks; after how long it is taken for dead. */
const LONGEST_WAIT = 3000;
const PAUSE = 20;
const LONGEST_WRITE = 60_000;

/** Runs that end at the same moment take turns, so that none writes over what another has just learned. One that is waited for too long is not waited for. */
function alone(options: CacheOptions, work: () => void): void {
  const folder = ownFolder(options.gitFolder);
  const lock = `${fileOf(options)}.lock`;
  const isTaken = take(lock);
  try {
    work();
    removeLeftOvers(folder);
  } finally {
    if (isTaken) rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  for (let waited = 0; waited < LONGEST_WAIT; waited += PAUSE) {
    try {
      closeSync(openSync(lock, 'wx', 0o600));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const stat = lstatSync(lock, { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > LONGEST_WRITE) rmSync(lock, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
  return false;
}

/** What a run left that was killed while it wrote. */
function removeLeftOvers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = name.endsWith(TEMPORARY) ? lstatSync(path, { throwIfNoEntry: false }) : undefined;
    if (stat?.isFile() && Date.now() - stat.mtimeMs > DAY) rmSync(path, { force: true });
  }
}

/** The folder that the cache lies in, made where it is not there. Throws Unavailable where it is a link, or somebody else's. */
function ownFolder(gitFolder: string): string {
  // Root in somebody else's repository would leave there what its owner cannot remove.
  if (!isOwn(statSync(gitFolder))) throw new Unavailable('the repository belongs to another user');
  const folder = join(gitFolder, 'keylint');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || !isOwn(stat)) throw new Unavailable(`${folder} is not a folder of this user's`);
  return folder;
}

function union(a: BlobRecords | undefined, b: BlobRecords | undefined): BlobRecords | undefined {
  return a && b && a.idLength === b.idLength ? mergeRecords(a, b) : b ?? a;
}

function byBlob(keys: readonly Key[]): ReadonlyMap<string, readonly KeyRecord[]> {
  const found = new Map<string, KeyRecord[]>();
  for (const key of keys) {
    const list = found.get(key.file.blob!);
    if (list) list.push(keyRecord(key));
    else found.set(key.file.blob!, [keyRecord(key)]);
  }
  return found;
}

/** Two runs that walked the same commits may have looked for different blobs, as parts of the work do. */
function joined(own: Content, other: Content): Content {
  return { records: union(other.records, own.records), keys: new Map([...other.keys, ...own.keys]), walk: own.walk && other.walk ? joinedWalks(own.walk, other.walk) : own.walk ?? other.walk };
}

/** The JSON; keys of blobs that have no record are left out. */
function notesOf({ records, keys, walk }: Content): string {
  const recorded = [...keys].filter(([blob]) => records && findRecord(records, blob) >= 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({ keys: recorded, ...(walk && { walk }) } satisfies Notes);
}
