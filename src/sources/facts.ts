import { fstatSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FileFacts, ParentFolder } from '../key.ts';

/** What the file system says of an open file. */
export function fileFacts(absolutePath: string, fd: number, isSymlink: boolean): FileFacts {
  const stat = fstatSync(fd);
  return {
    origin: 'file',
    absolutePath,
    // Windows has no such modes: Node makes them up there.
    ...(process.platform !== 'win32' && { mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid, runnerUid: process.geteuid!(), parents: parentsOf(absolutePath) }),
    now: Date.now(),
    mtime: stat.mtimeMs,
    ...(isSymlink && { isSymlink }),
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

/** Forgets the folders: they may have changed since the last run. */
export function forgetFolders(): void {
  folders.clear();
}

/**
 * The folders from the file's own up to the home folder that holds it (the runner's, or the one whose `.ssh` it lies in), else to the root.
 * Links are followed first, as OpenSSH does (misc.c, safe_path).
 */
function parentsOf(absolutePath: string): readonly ParentFolder[] {
  const own = dirname(realPath(absolutePath));
  const known = folders.get(own);
  if (known) return known;
  const home = homeOf(own);
  const list: ParentFolder[] = [];
  for (let path = own; ; path = dirname(path)) {
    try {
      const { mode, uid } = statSync(path);
      list.push({ path, mode: mode & 0o7777, uid });
    } catch {
      // A folder we may not look at says nothing; those above it may.
    }
    if (path === home || path === dirname(path)) break;
  }
  folders.set(own, list);
  return list;
}

/** The home folder that a folder lies in: the runner's, or the one whose `.ssh` it is or lies in. */
export function homeOf(folder: string): string | undefined {
  const home = ownHome();
  if (home !== undefined && (folder === home || folder.startsWith(`${home}/`))) return home;
  const ssh = /^(.*)\/\.ssh(?:\/|$)/.exec(folder);
  return ssh?.[1];
}

/** By its real path. */
export function ownHome(): string | undefined {
  try {
    return realPath(process.getBuiltinModule('node:os').homedir());
  } catch {
    // A user who is in no list of users, as in a container.
    return undefined;
  }
}
