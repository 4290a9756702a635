import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, mkdirSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { realPath } from './facts.ts';
import { isOwn, nearestFolder, openRegular, Unavailable } from './own-file.ts';

const LENGTH = 32;

/**
 * A random number that only this user knows, made on first use. It lies outside of every repository, in the user's state folder
 * (XDG Base Directory Specification), so that who can write into a repository cannot sign what this user is to believe of it.
 * `scanned`: real paths of folders that it must not lie in. Throws Unavailable.
 */
export function userSecret(scanned: readonly string[]): Buffer {
  const folder = join(stateFolder(), 'keylint');
  const place = realPath(nearestFolder(folder));
  if (scanned.some((top) => `${place}/`.startsWith(`${top}/`))) throw new Unavailable(`the user's secret would lie in what is looked at (${folder})`);
  const file = join(folder, 'secret');
  try {
    return readSecret(file) ?? makeSecret(folder, file);
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    throw new Unavailable(`the user's secret cannot be kept in ${folder}: ${(error as NodeJS.ErrnoException).code ?? 'failed'}`, { cause: error });
  }
}

function stateFolder(): string {
  const { XDG_STATE_HOME: state = '', LOCALAPPDATA: local = '' } = process.env;
  // What is not absolute is to be ignored, says the specification; here it would lie in the repository.
  if (isAbsolute(state)) return state;
  if (process.platform === 'win32' && isAbsolute(local)) return local;
  return join(homeFolder(), '.local', 'state');
}

function homeFolder(): string {
  try {
    const home = homedir();
    if (isAbsolute(home)) return home;
  } catch { /* a user who is in no list of users */ }
  throw new Unavailable('there is no home folder for the user\'s secret');
}

/** `undefined`: there is none, or one that others may know. */
function readSecret(file: string): Buffer | undefined {
  const opened = openRegular(file);
  if (!opened) return undefined;
  const { fd, stat } = opened;
  try {
    if (!isOwn(stat)) throw new Unavailable(`the user's secret belongs to another user (${file})`);
    const secret = Buffer.alloc(LENGTH);
    const isPrivate = process.platform === 'win32' || (stat.mode & 0o077) === 0;
    return isPrivate && stat.size === LENGTH && readSync(fd, secret) === LENGTH ? secret : undefined;
  } finally {
    closeSync(fd);
  }
}

/** Of two runs that make one at once, both use the first. */
function makeSecret(folder: string, file: string): Buffer {
  // In somebody else's home root would leave what its owner cannot read.
  if (!isOwn(statSync(nearestFolder(folder)))) throw new Unavailable(`the folder of the user's secret belongs to another user (${folder})`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secret = randomBytes(LENGTH);
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(temporary, secret, { flag: 'wx', mode: 0o600 });
  try {
    linkSync(temporary, file);
    return secret;
  } catch {
    // One is there already, or there are no links on this disk.
    const other = readSecret(file);
    if (!other) renameSync(temporary, file);
    return other ?? secret;
  } finally {
    rmSync(temporary, { force: true });
  }
}
