import { closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync } from 'node:fs';
import type { Verdict } from './finding.ts';
import type { FileFacts, JudgedFile, Key, ParentFolder } from './key.ts';
import type { Change, Failure } from './report.ts';

/** What is judged: keys, and files for themselves. */
export interface Judged {
  readonly keys: readonly Key[];
  readonly files: readonly JudgedFile[];
}

export interface FixRun extends Judged, Verdict {
  /** In the order in which they were made. */
  readonly changes: readonly Change[];
  readonly failures: readonly Failure[];
}

/** A file's mode is mended before that of its folder shows, and that before the one of the home. */
const MOST_ROUNDS = 10;

/**
 * Takes from files and folders the permissions that findings say they should not have, and judges again what is left.
 * Only what was looked at is changed: the same file with the same owner and mode, never through a symbolic link, and no permission is added.
 * What could not be changed is a failure, and its finding stays. A dry run changes nothing and gives the findings as they were.
 */
export function fixFindings(looked: Judged, judge: (judged: Judged) => Verdict, { isDryRun = false } = {}): FixRun {
  const changes: Change[] = [];
  const failures: Failure[] = [];
  const tried = new Set<string>();
  const first = judge(looked);
  let verdict = first;
  let judged = looked;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const modes = new Map<string, number>();
    const factsOf = new Map([...judged.files, ...judged.keys].map(({ path, file }) => [path, file]));
    for (const { path, rule, fix } of verdict.findings) {
      const target = fix?.chmod === undefined ? undefined : targetOf(path, factsOf.get(path), fix.path);
      const to = target ? target.mode & fix!.chmod! : 0;
      if (!target || to === target.mode || tried.has(target.id)) continue;
      tried.add(target.id);
      const failure = changeMode(target, to, isDryRun);
      if (failure !== undefined) failures.push({ path: target.shown, message: failure });
      else {
        changes.push({ rule, path: target.shown, from: target.mode, to, isDone: !isDryRun });
        modes.set(target.id, to);
      }
    }
    if (modes.size === 0) break;
    judged = withModes(judged, modes);
    verdict = judge(judged);
  }
  return isDryRun ? { ...looked, ...first, changes, failures } : { ...judged, ...verdict, changes, failures };
}

/** Something with a mode, as it was looked at. */
interface Target extends Required<ParentFolder> {
  /** Device and number. */
  readonly id: string;
  /** The path that users are shown. */
  readonly shown: string;
  readonly isFolder: boolean;
}

function targetOf(shown: string, facts: FileFacts | undefined, folder: string | undefined): Target | undefined {
  const found = folder === undefined ? facts && { ...facts, path: facts.absolutePath } : facts?.parents?.find(({ path }) => path === folder);
  const { path, mode, uid, dev, ino } = found ?? {};
  if (path === undefined || mode === undefined || uid === undefined || dev === undefined || ino === undefined) return undefined;
  return { path, mode, uid, dev, ino, id: idOf(dev, ino), shown: folder ?? shown, isFolder: folder !== undefined };
}

function idOf(dev: number | undefined, ino: number | undefined): string {
  return `${dev} ${ino}`;
}

/**
 * Sets the mode of what is open, so that nothing can take its place between the look and the change. Without O_NOFOLLOW and the comparison,
 * whoever may write to the folder could have another file's mode changed. Gives the reason where it was not done.
 */
export function changeMode(target: Pick<Target, 'path' | 'dev' | 'ino' | 'mode' | 'uid' | 'isFolder'>, to: number, isDryRun = false): string | undefined {
  let fd: number;
  try {
    fd = openSync(target.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | (target.isFolder ? constants.O_DIRECTORY : 0));
  } catch (error) {
    return notOpened(target.path, (error as NodeJS.ErrnoException).code);
  }
  try {
    const stat = fstatSync(fd);
    const { dev, ino, uid, mode } = stat;
    // The number of a file that is gone may be given again at once.
    if (dev !== target.dev || ino !== target.ino || stat.isDirectory() !== target.isFolder) return 'not mended: another file has taken its place';
    if (uid !== target.uid || (mode & 0o7777) !== target.mode) return 'not mended: its owner or mode has changed since it was looked at';
    if (isDryRun) return undefined;
    fchmodSync(fd, target.mode & to);
    // Some file systems (vfat, shares) keep the mode they were mounted with.
    return (fstatSync(fd).mode & 0o7777 & ~to) === 0 ? undefined : 'not mended: its file system does not keep modes';
  } catch (error) {
    return `not mended: ${(error as NodeJS.ErrnoException).code ?? 'failed'}`;
  } finally {
    closeSync(fd);
  }
}

function notOpened(path: string, code = 'failed'): string {
  if (code === 'ENOENT') return 'not mended: it has vanished';
  // Linux says ELOOP for a link and ENOTDIR where a folder was asked for; FreeBSD EMLINK.
  return isLink(path) ? 'not mended: a symbolic link has taken its place' : `not mended: it cannot be opened (${code})`;
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** The facts with new modes, by device and number. */
function withModes({ keys, files }: Judged, modes: ReadonlyMap<string, number>): Judged {
  const renewed = <T extends { readonly mode?: number; readonly dev?: number; readonly ino?: number }>(facts: T): T => {
    const mode = modes.get(idOf(facts.dev, facts.ino));
    return mode === undefined ? facts : { ...facts, mode };
  };
  const facts = (file: FileFacts): FileFacts => ({ ...renewed(file), ...(file.parents && { parents: file.parents.map(renewed) }) });
  return { keys: keys.map((key) => ({ ...key, file: facts(key.file) })), files: files.map((judged) => ({ ...judged, file: facts(judged.file) })) };
}
