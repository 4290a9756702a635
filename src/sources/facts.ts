import { fstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FileFacts, ParentFolder } from '../key.ts';

/** What the file system says of an open file. */
export function fileFacts(absolutePath: string, fd: number, isSymlink: boolean): FileFacts {
  const { dev, ino, nlink, mtimeMs, mode, uid, gid } = fstatSync(fd);
  const real = isSymlink ? realPath(absolutePath) : realPathOfFile(absolutePath);
  return {
    origin: 'file',
    absolutePath,
    dev,
    ino,
    nlink,
    // Windows has no such modes: Node makes them up there.
    ...(process.platform !== 'win32' && { mode: mode & 0o7777, uid, gid, ...placeUid(absolutePath), runnerUid: process.geteuid!(), parents: parentsOf(real) }),
    now: Date.now(),
    mtime: mtimeMs,
    ...(isSymlink && { isSymlink, target: real }),
  };
}

/** A path without symbolic links; as it is where that cannot be told. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const folders = new Map<string, readonly ParentFolder[]>();
const lookedAt = new Map<string, ParentFolder | undefined>();
const realFolders = new Map<string, string>();
const owners = new Map<string, number | undefined>();

/** The path without symbolic links of what is none itself: its folder is asked for once. */
export function realPathOfFile(path: string): string {
  const folder = dirname(path);
  let real = realFolders.get(folder);
  if (real === undefined) realFolders.set(folder, real = realPath(folder));
  return join(real, basename(path));
}

/** Forgets the folders: they may have changed since the last run. */
export function forgetFolders(): void {
  folders.clear();
  lookedAt.clear();
  realFolders.clear();
  owners.clear();
}

/** Whose a file in `/etc/ssh` or in the `.ssh` folder of a home should be. */
function placeUid(absolutePath: string): Pick<FileFacts, 'placeUid'> {
  if (absolutePath.startsWith('/etc/ssh/')) return { placeUid: 0 };
  const home = /^(.*?)\/\.ssh\//.exec(absolutePath)?.[1];
  const uid = home === undefined ? undefined : ownerOfHome(home);
  return uid === undefined ? {} : { placeUid: uid };
}

/**
 * By the list of users; for a home that is not in it (users of a directory service, homes in a backup) by the owner of the folder.
 * Root also owns homes that users are locked into (sshd_config(5), ChrootDirectory): in those the `.ssh` folder tells.
 */
function ownerOfHome(home: string): number | undefined {
  if (owners.size === 0) readUsers();
  if (!owners.has(home)) owners.set(home, ownerOf(home) || ownerOf(`${home}/.ssh`));
  return owners.get(home);
}

/** passwd(5): `name:password:uid:gid:comment:home:shell`. Of a home that several users have, nobody knows whose it is. */
function readUsers(): void {
  owners.set('/', undefined);
  const shared = new Set<string>();
  for (const line of readText('/etc/passwd').split('\n')) {
    const [, , uid, , , home] = line.split(':');
    if (!home?.startsWith('/') || !/^\d+$/.test(uid ?? '')) continue;
    if (owners.has(home)) shared.add(home);
    owners.set(home, Number(uid));
  }
  for (const home of shared) owners.delete(home);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid;
  } catch {
    return undefined;
  }
}

/**
 * The folders from the file's own up to the home folder that holds it (the runner's, or the one whose `.ssh` it lies in), else to the root.
 * Takes a path without links: OpenSSH follows them first (misc.c, safe_path).
 */
function parentsOf(realPath: string): readonly ParentFolder[] {
  const own = dirname(realPath);
  const known = folders.get(own);
  if (known) return known;
  const home = homeOf(own);
  const list: ParentFolder[] = [];
  for (let path = own; ; path = dirname(path)) {
    const folder = folderFacts(path);
    if (folder) list.push(folder);
    if (path === home || path === dirname(path)) break;
  }
  folders.set(own, list);
  return list;
}

/** Many folders lie in the same ones. A folder we may not look at says nothing; those above it may. */
function folderFacts(path: string): ParentFolder | undefined {
  if (!lookedAt.has(path)) {
    try {
      const { mode, uid, dev, ino } = statSync(path);
      lookedAt.set(path, { path, mode: mode & 0o7777, uid, dev, ino });
    } catch {
      lookedAt.set(path, undefined);
    }
  }
  return lookedAt.get(path);
}

/** The home folder that a folder lies in: the runner's, or the one whose `.ssh` it is or lies in. */
export function homeOf(folder: string): string | undefined {
  const home = ownHome();
  if (home !== undefined && (folder === home || folder.startsWith(`${home}/`))) return home;
  const ssh = /^(.*)\/\.ssh(?:\/|$)/.exec(folder);
  return ssh?.[1];
}

/** The home folder of the user who runs keylint, by its real path. */
export function ownHome(): string | undefined {
  try {
    return realPath(process.getBuiltinModule('node:os').homedir());
  } catch {
    // A user who is in no list of users, as in a container.
    return undefined;
  }
}
