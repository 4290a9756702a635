import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';

/** Why something that is only of use cannot be had: a few words that stand behind a colon. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** Whether the user who runs keylint owns it; so it is for everything where the system does not say. */
export function isOwn({ uid }: Stats): boolean {
  const runner = process.geteuid?.();
  return runner === undefined || uid === runner;
}

export interface OpenFile {
  readonly fd: number;
  readonly stat: Stats;
}

/** Windows has neither of the latter two: what is not there is no bit. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens a regular file, without following a link in its place or waiting at a pipe; `undefined`: nothing is there. Throws the system's errors, Unavailable. */
export function openRegular(path: string): OpenFile | undefined {
  let fd;
  try {
    fd = openSync(path, FLAGS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const stat = fstatSync(fd);
  if (stat.isFile()) return { fd, stat };
  closeSync(fd);
  throw new Unavailable('it is no file');
}

/** The folder, or the nearest one above it that is there. */
export function nearestFolder(folder: string): string {
  return lstatSync(folder, { throwIfNoEntry: false }) ? folder : nearestFolder(dirname(folder));
}
