import { formats } from './formats/index.ts';
import type { Armor, Format, Lock, ReadKey, Unwrapped, Wrapping } from './format.ts';
import type { FileFacts, FileLine, Key, LineFormat, SourceFile, Window } from './key.ts';
import { lineFormatOf } from './place.ts';
import { readLines } from './ssh-files/index.ts';
import type { Lines } from './ssh-files/line-reader.ts';
import { sha256Hex } from './hash.ts';
import { isContainer, sieve, type Hits } from './prefilter.ts';
import { digestOf } from './secret-digest.ts';
import { countCharacters, CR, LF, markLength, withoutKeyText } from './text.ts';
import { announcedLength } from './wrappings/pem.ts';
import { readSuppressions } from './suppressions.ts';
import { wrappings } from './wrappings/index.ts';

/** How deep wrappings may lie in each other: a Secret in the manifest of a Helm release is base64, base64, gzip, JSON, base64. */
const MAX_DEPTH = 8;
/** A file this long is a container itself, or none: the largest key stores hold thousands of entries in less. */
const MAX_CONTAINER = 1 << 24;
/** Bytes of quotes, escapes or signs around one key: twice what an armor may hold, for escapes that double it. */
const MAX_DECORATED = 1 << 19;
/** Bytes that may be decoded and decompressed from one file. */
const MAX_DECODED = 1 << 26;

interface Place {
  readonly start: number;
  readonly end: number;
  readonly wrapping: readonly string[];
  readonly key: ReadKey;
}

type Owner = { readonly format: Format; readonly wrapping?: undefined } | { readonly wrapping: Wrapping; readonly format?: undefined };

/** Whose each anchor is: in the order of `anchors`. */
const owners: readonly Owner[] = [
  ...wrappings.flatMap((wrapping) => (wrapping.anchors ?? []).map(() => ({ wrapping }))),
  ...formats.flatMap((format) => (format.anchors ?? []).map(() => ({ format }))),
];
/** Wrappings that no literal betrays: quotes, escapes and signs around the text of something else. */
const decorations = wrappings.filter((wrapping) => !wrapping.anchors && !wrapping.magics);

/** What the bytes of a file hold. */
export interface Examined {
  readonly keys: readonly Key[];
  /** For each of the keys what a passphrase can be tried on, as long as the bytes of the file are there. */
  readonly locks: readonly (Lock | undefined)[];
  /** Set where OpenSSH reads the file line by line; but for ssh_config, whose reader is not loaded here. */
  readonly readAs?: LineFormat;
  readonly lines?: readonly FileLine[];
}

/** Finds and reads the keys in a file's bytes. Never throws for what the bytes hold. */
export function detect(file: SourceFile): readonly Key[] {
  return examine(file).keys;
}

/** As `detect`, and reads the lines beside the keys. */
export function examine(file: SourceFile): Examined {
  const readAs = file.readAs ?? lineFormatOf(file.path);
  // Of a window nobody knows what stands before it.
  if (file.window || readAs === undefined || readAs === 'ssh_config') return keysIn(file);
  const { entries, lines } = readLines(readAs, file.bytes);
  return { ...keysIn(file, entries), readAs, lines };
}

const nothing: Pick<Examined, 'keys' | 'locks'> = { keys: [], locks: [] };

function keysIn(file: SourceFile, entries?: Lines['entries']): Pick<Examined, 'keys' | 'locks'> {
  const { bytes, window } = file;
  const hits = sieve(bytes);
  const container = !window && bytes.length <= MAX_CONTAINER && isContainer(bytes);
  if (hits.length === 0 && !container) return nothing;
  const binary = container ? readContainer(bytes, undefined, file.path) : undefined;
  const places = binary?.length
    ? binary.map((key) => ({ start: 0, end: bytes.length, wrapping: [], key: named(key, bytes) }))
    : inText(bytes, hits, { chain: [], budget: { left: MAX_DECODED } }).filter(({ start }) => !window || (start >= window.ownStart && start < window.ownEnd));
  if (places.length === 0) return nothing;
  // A key that is read to both sides of what proposes it may begin before one that was found earlier.
  places.sort((one, other) => one.start - other.start);
  const facts = file.facts();
  const locate = lineFinder(bytes, window);
  const keys = places.map((place) => toKey(file, facts, place, locate, entries));
  const locks = places.map(({ key }) => key.lock);
  const suppressions = window ? [] : readSuppressions(file.path, bytes);
  return suppressions.length === 0 ? { keys, locks } : { locks, keys: keys.map((key) => {
    const own = suppressions.filter(({ keyLine }) => keyLine === key.line || keyLine === key.endLine);
    return own.length === 0 ? key : { ...key, suppressions: own };
  }) };
}

/** How the bytes at hand were come by. */
interface Way {
  /** The wrappings around them, outermost first. */
  readonly chain: readonly string[];
  /** How many more bytes may be decoded from the file. */
  readonly budget: { left: number };
}

function inText(bytes: Buffer, hits: Hits, way: Way): readonly Place[] {
  if (way.chain.length > MAX_DEPTH) return [];
  const starts = begins(bytes, hits);
  const places: Place[] = [];
  let done = 0;
  let searched = 0;
  starts.forEach(({ owner, start, limit }) => {
    if (start < done) return;
    // Text of nothing but beginnings costs no more than looking at it.
    if (limit < bytes.length && limit - start < ((owner.wrapping ?? owner.format).shortest ?? 0)) return;
    // A key store has keys inside, which begin like others. What is none after all is looked at once more, piece by piece, but only once.
    const whole = owner.wrapping?.joins && start >= searched && limit < bytes.length ? openPlain(bytes, owner, start, limit, way, bytes.length) : undefined;
    if (whole) searched = Math.max(searched, whole.end);
    const found = whole && (whole.end <= limit || isSound(whole)) ? whole : open(bytes, owner, start, limit, way);
    if (!found) return;
    done = Math.max(done, found.end);
    for (const place of found.places) places.push(place);
  });
  return places;
}

interface Begin {
  readonly owner: Owner;
  readonly start: number;
  /** Where the next thing of the same kind begins. */
  readonly limit: number;
}

/** Where the things begin that the hits are part of. */
function begins(bytes: Buffer, hits: Hits): readonly Begin[] {
  const list: { owner: Owner; start: number; limit: number }[] = [];
  const lastOf = new Map<Wrapping | Format, { start: number; limit: number }>();
  const since = new Map<Wrapping, number>();
  for (let i = 0; i < hits.length; i += 2) {
    const owner = owners[hits[i]!];
    // Of commands and of comments that ask for silence, not of keys.
    if (!owner) continue;
    const at = hits[i + 1]!;
    const start = owner.wrapping?.begin ? owner.wrapping.begin(bytes, at, since.get(owner.wrapping) ?? 0) : at;
    if (owner.wrapping) since.set(owner.wrapping, at);
    if (start === undefined) continue;
    const kind = owner.wrapping ?? owner.format;
    const last = lastOf.get(kind);
    if (last?.start === start) continue;
    if (last) last.limit = start;
    const begin = { owner, start, limit: bytes.length };
    list.push(begin);
    lastOf.set(kind, begin);
  }
  return list.sort((a, b) => a.start - b.start);
}

interface Found {
  readonly places: readonly Place[];
  readonly end: number;
}

/**
 * What begins at `start`: its keys, and where it ends. `undefined` when nothing is there.
 * Half opened text looks like a damaged key: the outermost reading without a defect is the true one.
 */
function open(bytes: Buffer, owner: Owner, start: number, limit: number, way: Way): Found | undefined {
  let damaged: Found | undefined;
  if (way.chain.length <= MAX_DEPTH && (!owner.wrapping?.anchors || (owner.wrapping.begin && !owner.wrapping.joins))) {
    for (const decoration of decorations) {
      const inside = decoration.unwrap(bytes, start, Math.min(limit, start + MAX_DECORATED));
      const found = inside && openDecorated(bytes, owner, start, inside, decoration, way);
      if (found && isSound(found)) return found;
      if (found?.places.length) damaged ??= found;
    }
  }
  const found = openPlain(bytes, owner, start, limit, way);
  return damaged && !(found && isSound(found)) ? damaged : found;
}

function isSound({ places }: Found): boolean {
  return places.some(({ key }) => key.defect === undefined);
}

/** What begins at `start` under a decoration; what else is under it has its own beginning. */
function openDecorated(bytes: Buffer, owner: Owner, start: number, inside: Unwrapped, { name }: Wrapping, { chain, budget }: Way): Found | undefined {
  const [outer, outerEnd] = wayBack(inside);
  const found = open(inside.bytes, owner, start - outer(0), inside.bytes.length, { chain: [...chain, name], budget });
  return found && {
    end: outerEnd(found.end),
    places: found.places.map((place) => {
      const from = outer(place.start), to = outerEnd(place.end);
      // Where it changes nothing in the key it stands before or behind it, and is no wrapping of it.
      const isIdle = bytes.subarray(from, to).equals(inside.bytes.subarray(place.start, place.end));
      return { ...place, start: from, end: to, wrapping: isIdle ? place.wrapping.toSpliced(chain.length, 1) : place.wrapping };
    }),
  };
}

/** Where a byte of the inside lies in the outer bytes, and where the one before it ends there. */
function wayBack(inside: Unwrapped): readonly [outer: (offset: number) => number, outerEnd: (offset: number) => number] {
  const outer = (offset: number): number => inside.outer?.(offset) ?? inside.start;
  return [outer, (offset) => (offset === 0 ? outer(0) : inside.outerEnd?.(offset) ?? (inside.outer ? outer(offset - 1) + 1 : inside.end))];
}

function openPlain(bytes: Buffer, owner: Owner, start: number, limit: number, way: Way, reach = limit): Found | undefined {
  if (owner.format) {
    const reading = owner.format.readAt?.(bytes, start);
    if (!reading) return undefined;
    const { start: from, end, key } = reading;
    return { places: [{ start: from, end, wrapping: way.chain, key: named(key, bytes.subarray(from, end), true) }], end };
  }
  const inside = owner.wrapping.unwrap(bytes, start, limit, reach);
  return inside && { places: insideOf(inside, owner.wrapping, way), end: inside.end };
}

/** The keys inside a wrapping, placed in the outer bytes. */
function insideOf(inside: Unwrapped, wrapping: Wrapping, { chain, budget }: Way): readonly Place[] {
  const way = { chain: [...chain, wrapping.name], budget };
  const whole = (keys: readonly ReadKey[]): readonly Place[] => keys.map((key) => ({ start: inside.start, end: inside.end, wrapping: way.chain, key: named(key, inside.bytes) }));
  if (inside.armor) return whole(readContainer(inside.bytes, inside.armor) ?? unreadable(inside));
  budget.left -= inside.wasted ?? 0;
  if (inside.container) {
    budget.left -= inside.bytes.length;
    if (budget.left < 0) return [];
    const keys = readContainer(inside.bytes);
    // A certificate or a public key in such a place is no one's secret.
    if (keys) return whole(keys.filter(({ kind }) => kind === 'private' || kind === 'symmetric'));
    const compressed = way.chain.length <= MAX_DEPTH ? openWhole(inside.bytes) : undefined;
    if (compressed) return insideOf({ ...compressed.inside, start: inside.start, end: inside.end }, compressed.wrapping, way);
  }
  const [outer, outerEnd] = wayBack(inside);
  return inText(inside.bytes, sieve(inside.bytes), way).map((place) => ({ ...place, start: outer(place.start), end: outerEnd(place.end) }));
}

/** What its reader has no name for goes by what it stands in, of a text without its blanks; but a shared secret in the clear only by its reader's word (see `digest` in key.ts). */
function named(key: ReadKey, bytes: Buffer, isText = false): ReadKey {
  if ((key.fingerprint ?? key.spki ?? key.container ?? key.digest) !== undefined) return key;
  const isSealed = key.encryption !== undefined || key.hardware === true || key.kind === 'public' || key.kind === 'certificate';
  if (!isSealed && key.kind === 'symmetric') return key;
  const container = isText ? Buffer.from(bytes.toString('latin1').replace(/\s+/g, ''), 'latin1') : bytes;
  return { ...key, ...(isSealed ? { container: sha256Hex(container) } : { digest: digestOf(container) }) };
}

/** What the whole of some bytes is wrapped in, as its beginning tells. */
function openWhole(bytes: Buffer): { inside: Unwrapped; wrapping: Wrapping } | undefined {
  for (const wrapping of wrappings) {
    if (!wrapping.magics?.some((magic) => bytes.subarray(0, magic.length).equals(magic))) continue;
    const inside = wrapping.unwrap(bytes, 0, bytes.length);
    if (inside) return { inside, wrapping };
  }
  return undefined;
}

function readContainer(bytes: Buffer, armor?: Armor, path?: string): readonly ReadKey[] | undefined {
  for (const format of formats) {
    const keys = format.read?.(bytes, armor, path);
    if (keys) return keys;
  }
  return undefined;
}

/** An RSA key of 512 bits takes more than 300 bytes. Its modulus comes first, in more than a fifth of them: of less nothing is secret. */
const SHORTEST_RSA = 300;

/** An armor that names a private key around bytes that are none. */
function unreadable({ bytes, armor, damage }: Unwrapped): readonly ReadKey[] {
  if (!armor!.label.includes('PRIVATE') || bytes.length < 32 || isWords(bytes)) return [];
  const announced = announcedLength(bytes);
  // The first lines of a real key, as manuals and the tests of scanners show them.
  if (announced !== undefined && announced >= SHORTEST_RSA && bytes.length * 5 < announced) return [];
  const defect = damage ?? (announced !== undefined && announced > bytes.length
    ? `cut off: ${bytes.length} of ${announced} bytes are there`
    : 'the bytes in its armor are no key of a known format');
  return [{ kind: 'private', format: 'pem', container: sha256Hex(bytes), defect }];
}

/** Base64 of letters alone, or of letters in one case, is a run of words: of 7,000 random ones of that length one has no digit or sign, and none lacks a case. */
function isWords(bytes: Buffer): boolean {
  const base64 = bytes.toString('base64');
  return !/[0-9+/]/.test(base64) || !/[A-Z]/.test(base64) || !/[a-z]/.test(base64);
}

type Locate = (offset: number) => { line: number; column: number };

/** Lines end with LF; in a file without any, with CR. Columns count characters of UTF-8, a byte order mark is none. */
function lineFinder(bytes: Buffer, window: Window | undefined): Locate {
  const before = window?.before();
  const breaker = before?.breaker ?? (bytes.includes(LF) ? LF : CR);
  const nextBreak = (from: number): number => {
    const found = bytes.indexOf(breaker, from);
    return found < 0 ? bytes.length : found;
  };
  const mark = window?.offset ? 0 : markLength(bytes);
  const first = { at: mark, line: 1 + (before?.lines ?? 0), column: 1 + (before?.columns ?? 0), end: nextBreak(mark) };
  let { at, line, column, end } = first;
  return (offset) => {
    // Places come in order: from one to the next no byte is looked at twice, however long the line. Going back starts afresh.
    if (offset < at) ({ at, line, column, end } = first);
    for (; end < offset; end = nextBreak(at)) {
      line++;
      column = 1;
      at = end + 1;
    }
    column += countCharacters(bytes.subarray(at, offset));
    at = Math.max(at, offset);
    return { line, column };
  };
}

function toKey({ path, within = [] }: SourceFile, file: FileFacts, place: Place, locate: Locate, entries?: Lines['entries']): Key {
  const from = locate(place.start);
  const to = locate(Math.max(place.start, place.end));
  const wide = place.wrapping[0] === 'utf-16';
  const column = (value: number): number => (wide ? (value + 1) >> 1 : value);
  const { lock: _lock, ...read } = place.key;
  const { sshCertificate, comment, curve, encryption, kind } = read;
  const algorithm = read.algorithm ?? (kind === 'symmetric' ? 'symmetric' : undefined);
  // A key that is wrapped in something is none that OpenSSH would find on the line.
  const entry = place.wrapping.length === 0 ? entries?.get(from.line) : undefined;
  return {
    ...read,
    ...entry,
    ...(sshCertificate && { sshCertificate: withoutKeyWords(sshCertificate) }),
    // Words taken from the file: where it is damaged, what stands in their place may be the key.
    ...(algorithm !== undefined && { algorithm: withoutKeyText(algorithm) }),
    ...(curve !== undefined && { curve: withoutKeyText(curve) }),
    ...(comment !== undefined && { comment: withoutKeyText(comment) }),
    ...(encryption && { encryption: { ...encryption, cipher: withoutKeyText(encryption.cipher), kdf: withoutKeyText(encryption.kdf) } }),
    path,
    line: from.line,
    column: column(from.column),
    endLine: to.line,
    endColumn: column(to.column),
    wrapping: [...within, ...place.wrapping],
    weaknesses: read.weaknesses ?? [],
    file,
  };
}

/** Facts with every word in them made harmless. Names of keys are no words. */
function withoutKeyWords<T>(facts: T): T {
  if (typeof facts === 'string') return (facts.startsWith('SHA256:') ? facts : withoutKeyText(facts)) as T;
  if (Array.isArray(facts)) return facts.map(withoutKeyWords) as T;
  return (typeof facts === 'object' && facts !== null ? Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, withoutKeyWords(value)])) : facts) as T;
}
