import type { AclEntry, FileFacts, ParentFolder } from './key.ts';

/** OpenSSH's judgement of owners and modes, for the rules that ask. Modes are `st_mode & 0o7777`. */

/**
 * The user whose programs read the file, by its place or else its owner; `undefined` where the judgement is not the runner's to make.
 * OpenSSH looks at files of the user who runs it only. Root is asked about everybody's files, so each is judged as its own user's ssh would.
 */
export function userOf({ origin, uid, placeUid, runnerUid }: FileFacts): number | undefined {
  if (origin !== 'file' || uid === undefined || runnerUid === undefined) return undefined;
  const user = placeUid ?? uid;
  return runnerUid === 0 || uid === runnerUid || user === runnerUid ? user : undefined;
}

/** authfile.c, sshkey_perm_ok: any right of group or others on a private key. */
export function isOpenToOthers(mode: number): boolean {
  return (mode & 0o077) !== 0;
}

/** misc.c, safe_path; readconf.c, read_config_file_depth; auth.c, check_key_in_hostfiles. */
export function isWritableForOthers(mode: number): boolean {
  return (mode & 0o022) !== 0;
}

/** misc.c, safe_path: root and the user are trusted. */
export function isForeign(uid: number, user: number): boolean {
  return uid !== 0 && uid !== user;
}

/** misc.c, safe_path: the first folder on the way up that somebody else could put another file in. The sticky bit excuses nothing there. */
export function firstUnsafeFolder({ parents = [] }: FileFacts, user: number): ParentFolder | undefined {
  return parents.find(({ mode, uid }) => isWritableForOthers(mode) || isForeign(uid, user));
}

/** Whether the runner may change the mode of a file itself, which is no link to another. */
export function mayChangeFile(file: FileFacts): boolean {
  return file.isSymlink !== true && file.uid !== undefined && mayChange(file, file.uid);
}

/** Whether the runner may change the mode of what belongs to `uid`. */
function mayChange({ runnerUid }: FileFacts, uid: number): boolean {
  return runnerUid === 0 || runnerUid === uid;
}

/**
 * The permission bits that take writing a folder from others: for the user's own `.ssh`, what is in it, and the home that holds it.
 * Of other folders, `/tmp` for one, nobody knows who needs them as they are.
 */
export function folderFix(folder: ParentFolder, file: FileFacts, user: number): { readonly chmod: number; readonly path: string } | undefined {
  const isOwn = /\/\.ssh(?:\/|$)/.test(folder.path) || (file.target ?? file.absolutePath ?? '').startsWith(`${folder.path}/.ssh/`);
  if (!isOwn || folder.uid !== user || (folder.mode & 0o1000) !== 0 || !mayChange(file, folder.uid)) return undefined;
  return { chmod: folder.mode & ~0o022, path: folder.path };
}

export function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

/** `mode 0640`, and who an access control list lets in. */
export function accessText(mode: number, acl: readonly AclEntry[] = []): string {
  const entries = acl.slice(0, 3).map(({ kind, id, rights }) => `${kind} ${id} ${rights}`);
  const others = acl.length > entries.length ? [`${acl.length - entries.length} more`] : [];
  return [`mode ${octal(mode)}`, ...entries.length > 0 ? [`access control list: ${[...entries, ...others].join(', ')}`] : []].join('; ');
}
