import type { Readable } from 'node:stream';
import type { SourceFile } from '../key.ts';
import { archiveKind } from './archive-kind.ts';
import type { Log } from './source.ts';

/**
 * What ordinary archives hold: zip (jar, wheel, office documents ...), tar and gzip, in each other (npm tarballs, image layers).
 * Each entry becomes a file `ARCHIVE!/ENTRY`. Sizes, entries and depth are bounded, so that a bomb costs little; whatever is
 * passed over is said in the log.
 */

/** Bytes of an archive, and of an entry when it is expanded. */
const LARGEST = 1 << 28;
const LARGEST_ENTRY = 1 << 26;
/** Bytes that all entries of one file on disk may expand to. */
const LARGEST_SUM = 1 << 30;
const MOST_ENTRIES = 200_000;
const DEEPEST = 4;

interface Budget {
  bytes: number;
  entries: number;
}

/** The files inside an archive, and inside the archives in it. Their bytes are valid until the next one is asked for. */
export async function* entriesOf(archive: SourceFile, log: Log, budget: Budget = { bytes: LARGEST_SUM, entries: MOST_ENTRIES }, depth = 0): AsyncGenerator<SourceFile> {
  const kind = archiveKind(archive.bytes);
  const pass = (path: string, reason: string): void => {
    log.skipped.push({ path, reason });
  };
  if (kind === undefined) return;
  if (kind === 'unsupported') {
    pass(archive.path, 'archive of a kind that is not looked into');
    return;
  }
  if (depth === DEEPEST) {
    pass(archive.path, 'archive inside too many archives');
    return;
  }
  const bytes = archive.window ? archive.whole?.(LARGEST) : archive.bytes;
  if (!bytes) {
    pass(archive.path, 'archive too large to look into');
    return;
  }
  try {
    for await (const { name, content } of kind === 'zip' ? zipEntries(bytes) : kind === 'tar' ? tarEntries(bytes) : gzipContent(archive.path, bytes)) {
      // A gzip file holds one file, which is the archive under another name.
      const path = kind === 'gzip' ? archive.path : `${archive.path}!/${name}`;
      if (budget.entries-- <= 0) {
        pass(archive.path, 'archive with too many entries');
        return;
      }
      if (typeof content === 'string') {
        pass(path, content);
        continue;
      }
      budget.bytes -= content.length;
      if (budget.bytes < 0) {
        pass(archive.path, 'archive that expands to too much');
        return;
      }
      const file: SourceFile = { path, bytes: content, facts: () => archive.facts(), within: [...archive.within ?? [], kind] };
      log.files++;
      log.bytes += content.length;
      const before = log.skipped.length;
      if (archiveKind(content)) yield* entriesOf(file, log, budget, depth + 1);
      if (!archiveKind(content) || isPassedOver(file, log, before)) yield file;
    }
  } catch (error) {
    // Damaged archives are ordinary; the message of a library may quote what it read.
    pass(archive.path, `damaged ${kind} archive (${(error as NodeJS.ErrnoException).code ?? 'cut off or malformed'})`);
  }
}

/**
 * Whether an archive, or its end, was not looked into, by what the log says since `before`. Then it is a file like any other, or the first
 * bytes of an archive in front of a key would hide the key.
 */
export function isPassedOver({ path }: SourceFile, log: Log, before: number): boolean {
  return log.skipped.slice(before).some((skipped) => skipped.path === path);
}

/** A string in place of the content says why it was not read. */
interface Entry {
  readonly name: string;
  readonly content: Buffer | string;
}

const TOO_LARGE = 'archive entry too large when expanded';

async function* gzipContent(path: string, bytes: Buffer): AsyncGenerator<Entry> {
  const { createGunzip } = await import('node:zlib');
  const gunzip = createGunzip();
  gunzip.end(bytes);
  yield { name: path, content: await bounded(gunzip, LARGEST) };
}

async function* tarEntries(bytes: Buffer): AsyncGenerator<Entry> {
  const { extract } = await import('tar-stream');
  const tar = extract();
  tar.end(bytes);
  for await (const entry of tar) {
    const { name, type, size } = entry.header;
    if (type !== 'file' && type !== 'contiguous-file') entry.resume();
    else if (size > LARGEST_ENTRY) {
      yield { name, content: TOO_LARGE };
      entry.resume();
    } else yield { name, content: await bounded(entry as unknown as Readable, LARGEST_ENTRY) };
  }
}

async function* zipEntries(bytes: Buffer): AsyncGenerator<Entry> {
  const { fromBufferPromise } = await import('yauzl');
  const zip = await fromBufferPromise(bytes, { decodeStrings: false, validateEntrySizes: true });
  for await (const entry of zip.eachEntry()) {
    // Undecoded: a name that would climb out of a folder is no matter here, where nothing is written.
    const name = Buffer.from(entry.fileName as unknown as Uint8Array).toString('utf8');
    if (name.endsWith('/')) continue;
    if (entry.isEncrypted()) yield { name, content: 'encrypted archive entry' };
    else if (entry.uncompressedSize > LARGEST_ENTRY) yield { name, content: TOO_LARGE };
    else {
      try {
        yield { name, content: await bounded(await zip.openReadStreamPromise(entry), LARGEST_ENTRY) };
      } catch {
        yield { name, content: 'damaged archive entry' };
      }
    }
  }
}

/** All of a stream, or why not. */
async function bounded(stream: Readable, most: number): Promise<Buffer | string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) {
      stream.destroy();
      return TOO_LARGE;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
