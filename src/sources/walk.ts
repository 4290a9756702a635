import { readdirSync, realpathSync, statSync, type Dirent, type Stats } from 'node:fs';
import { shownPath, type Log } from './source.ts';

/** Characters of paths that are handed on together: some thousand files, so that reading can begin while the walk goes on. */
const PART = 1 << 17;

/** Files there are made up as they are read, some without an end: looked at only where they are named. */
const VIRTUAL: ReadonlySet<string> = new Set(process.platform === 'linux' ? ['/proc', '/sys'] : []);

/**
 * Every regular file below a folder, dotfiles included, as NUL-ended raw paths relative to it, in parts. Symbolic links are not followed, and
 * what is no file is not opened: both are said in the log. Where `repositories` is given, git repositories below the folder are put there
 * instead of being entered. Into `links` go those that OpenSSH itself would follow: links in a `.ssh` folder to a file elsewhere.
 */
export function* walk(root: string, cwd: string, log: Log, repositories?: string[], links: string[] = []): Generator<Buffer> {
  const folders: (string | Buffer)[] = [''];
  let names = '';
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const prefix = folder.length === 0 ? '' : typeof folder === 'string' ? `${folder}/` : Buffer.concat([folder, SLASH]);
    const at = absolute(root, folder);
    if (folder.length > 0 && typeof at === 'string' && VIRTUAL.has(at)) {
      log.skipped.push({ path: shownPath(cwd, at), reason: 'virtual file system' });
      continue;
    }
    let entries: readonly Dirent[];
    try {
      entries = readdirSync(at, { withFileTypes: true });
    } catch (error) {
      unreadable(shownPath(cwd, at.toString()), error, log);
      continue;
    }
    if (repositories && folder.length > 0 && typeof at === 'string' && entries.some((entry) => entry.name === '.git')) {
      repositories.push(at);
      continue;
    }
    if (isRepository(entries)) log.skipped.push({ path: shownPath(cwd, at.toString()), reason: 'history of a git repository (keylint --history reads it)' });
    if (typeof prefix !== 'string' || entries.some((entry) => entry.name.includes('\ufffd'))) {
      yield rawFolder(at, Buffer.from(prefix), folders, cwd, log);
      continue;
    }
    for (const entry of entries) {
      const path = prefix + entry.name;
      const kind = kindOf(entry);
      if (kind === 'file') names += `${path}\0`;
      else if (kind === 'folder' && entry.name !== '.git') folders.push(path);
      else if (kind === 'symbolic link' && isSshFolder(`${root}/${prefix}`) && leadsAway(`${root}/${path}`, root)) links.push(path);
      else log.skipped.push({ path: shownPath(cwd, `${root}/${path}`), reason: kind === 'folder' ? 'git directory' : kind });
    }
    if (names.length > PART) {
      yield Buffer.from(names, 'utf8');
      names = '';
    }
  }
  yield Buffer.from(names, 'utf8');
}

/** What git takes a folder for one by (gitrepository-layout(5)). Its objects are compressed: to look at it as at other files finds nothing. */
function isRepository(entries: readonly Dirent[]): boolean {
  const has = (name: string, isFolder: boolean): boolean => entries.some((entry) => entry.name === name && entry.isDirectory() === isFolder);
  return has('HEAD', false) && has('objects', true) && has('refs', true);
}

export function isSshFolder(path: string): boolean {
  return /(?:^|\/)\.ssh(?:\/|$)/.test(path);
}

/** Whether a link leads to a regular file that is not found in the folder being walked anyway. */
function leadsAway(link: string, root: string): boolean {
  try {
    const top = realpathSync(root);
    return statSync(link).isFile() && !realpathSync(link).startsWith(top === '/' ? top : `${top}/`);
  } catch {
    return false;
  }
}

const SLASH = Buffer.from('/');
const NUL = Buffer.from([0]);

/** A folder with names that are not UTF-8. */
function rawFolder(at: string | Buffer, prefix: Buffer, folders: (string | Buffer)[], cwd: string, log: Log): Buffer {
  const parts: Buffer[] = [];
  let entries: readonly Dirent<Buffer>[];
  try {
    entries = readdirSync(at, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    unreadable(shownPath(cwd, at.toString()), error, log);
    return Buffer.alloc(0);
  }
  for (const entry of entries) {
    const path = Buffer.concat([prefix, entry.name]);
    const kind = kindOf(entry);
    if (kind === 'file') parts.push(path, NUL);
    else if (kind === 'folder' && entry.name.toString('latin1') !== '.git') folders.push(path);
    else log.skipped.push({ path: shownPath(cwd, Buffer.concat([Buffer.from(`${at.toString()}/`), entry.name]).toString()), reason: kind === 'folder' ? 'git directory' : kind });
  }
  return Buffer.concat(parts);
}

/** A raw path below a folder, as `open` takes it. */
export function absolute(root: string, path: string | Buffer): string | Buffer {
  if (path.length === 0) return root;
  const base = root.endsWith('/') ? root : `${root}/`;
  return typeof path === 'string' ? base + path : Buffer.concat([Buffer.from(base), path]);
}

/** What a file is, in words that stand after a count. */
export function kindOf(entry: Dirent | Dirent<Buffer> | Stats): 'file' | 'folder' | 'symbolic link' | 'named pipe' | 'socket' | 'device' | 'unknown kind of file' {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'symbolic link' : entry.isFIFO() ? 'named pipe'
    : entry.isSocket() ? 'socket' : entry.isBlockDevice() || entry.isCharacterDevice() ? 'device' : 'unknown kind of file';
}

/** What vanished while we walked is no failure, unless it was named; what we may not read is. */
export function unreadable(path: string, error: unknown, log: Log, isNamed = false): void {
  const { code } = error as NodeJS.ErrnoException;
  const isGone = code === 'ENOENT' || code === 'ENOTDIR';
  if (isGone && !isNamed) log.skipped.push({ path, reason: 'vanished' });
  else log.failures.push({ path, message: isGone ? 'no such file or folder' : code === 'EACCES' || code === 'EPERM' ? 'permission denied' : `cannot be read: ${code ?? 'failed'}` });
}
