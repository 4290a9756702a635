/**
 * A list of files as NUL-separated raw paths, the way git prints one: compact, and cheap to share between threads.
 * Paths are relative to `root`. Raw bytes, since a path need not be UTF-8.
 */
export interface FileList {
  readonly root: string;
  /** How the root is shown before a path; empty for the working folder. */
  readonly shownRoot: string;
  readonly paths: Uint8Array<SharedArrayBuffer>;
  /** Offsets of the chunks in `paths`, and the length at the end: the unit of work that threads take turns at. */
  readonly chunks: Int32Array<SharedArrayBuffer>;
  /** The next chunk that no thread has taken. */
  readonly turn: Int32Array<SharedArrayBuffer>;
  /** Whether git tracks the files; `undefined` where nobody has asked yet. */
  readonly tracked: boolean | undefined;
  /** The user named the files of the list: one that is not there is a failure. */
  readonly named?: true;
  /** The files of the list are symbolic links, to be followed. */
  readonly links?: true;
}

/** Small enough that two threads finish together, large enough that taking turns costs nothing. */
const FILES_PER_CHUNK = 256;

export function fileList(root: string, shownRoot: string, raw: Uint8Array, tracked: boolean | undefined): FileList {
  const paths = new Uint8Array(new SharedArrayBuffer(raw.length));
  paths.set(raw);
  const starts: number[] = [0];
  let count = 0;
  for (let at = paths.indexOf(0); at >= 0; at = paths.indexOf(0, at + 1)) {
    if (++count % FILES_PER_CHUNK === 0 && at + 1 < paths.length) starts.push(at + 1);
  }
  starts.push(paths.length);
  const chunks = new Int32Array(new SharedArrayBuffer(starts.length * 4));
  chunks.set(starts);
  return { root, shownRoot, paths, chunks, turn: new Int32Array(new SharedArrayBuffer(4)), tracked };
}

/** About how many files: exact but for the last chunk. */
export function countFiles(list: FileList): number {
  return list.paths.length === 0 ? 0 : (list.chunks.length - 1) * FILES_PER_CHUNK;
}

/** The raw paths of one chunk. */
export function chunkPaths(list: FileList, chunk: number): readonly (string | Buffer)[] {
  const bytes = Buffer.from(list.paths.buffer, list.chunks[chunk], list.chunks[chunk + 1]! - list.chunks[chunk]!);
  const paths = bytes.toString('utf8').split('\0');
  if (paths.at(-1) === '') paths.pop();
  return paths.some((path) => path.includes('\ufffd')) ? exactPaths(bytes) : paths;
}

/** Names that are not UTF-8 stay bytes, or the file could not be opened by them. */
function exactPaths(bytes: Buffer): readonly (string | Buffer)[] {
  const paths: (string | Buffer)[] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(0, at);
    const end = found < 0 ? bytes.length : found;
    const raw = Buffer.from(bytes.subarray(at, end));
    const text = raw.toString('utf8');
    paths.push(text.includes('\ufffd') ? raw : text);
    at = end + 1;
  }
  return paths;
}
