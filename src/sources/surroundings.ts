import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AclEntry, Exposure, FileFacts, JudgedFile, Key } from '../key.ts';
import { isEmbedded, isSecret } from '../place.ts';
import { readAcls } from './acl.ts';
import { ownHome, realPathOfFile } from './facts.ts';
import { GitError } from './git.ts';
import { ignoredOf, repositoryOf } from './repository.ts';
import type { Log } from './source.ts';

/**
 * What more there is to know of the files that secrets lie in: who else may read them by an access control list, and what would take them along.
 * Looked up when all keys are known, so that each other program is asked once.
 */
export async function withSurroundings(keys: readonly Key[], files: readonly JudgedFile[], log: Log): Promise<{ readonly keys: readonly Key[]; readonly files: readonly JudgedFile[] }> {
  const acls = readAcls([...new Set([...keys.filter(isKeyFile), ...files.filter(({ commands }) => !commands)].flatMap(({ file: { absolutePath, mode = 0 } }) => (absolutePath !== undefined && (mode & 0o070) !== 0 ? [absolutePath] : [])))]);
  const exposures = await exposuresOf(keys.filter((key) => isSecret(key) && key.file.origin === 'file' && key.file.tracked === false), log);
  const more = ({ file }: JudgedFile): FileFacts => {
    const { absolutePath = '' } = file;
    const acl: readonly AclEntry[] | undefined = acls.get(absolutePath);
    const exposed = exposures.get(absolutePath);
    return acl || exposed ? { ...file, ...(acl && { acl }), ...(exposed && { exposures: exposed }) } : file;
  };
  return { keys: keys.map((key) => ({ ...key, file: more(key) })), files: files.map((judged) => ({ ...judged, file: more(judged) })) };
}

function isKeyFile(key: Key): boolean {
  return key.kind !== 'public' && key.kind !== 'certificate' && !isEmbedded(key);
}

/** A file with a secret in it, by its real path. */
interface Placed {
  readonly real: string;
  /** The work tree it lies in. */
  readonly top: string | undefined;
  readonly exposures: Exposure[];
  /** A key in source code is there to be published with it, or a matter for git. */
  readonly isEmbedded: boolean;
}

async function exposuresOf(keys: readonly Key[], log: Log): Promise<ReadonlyMap<string, readonly Exposure[]>> {
  const placed = new Map<string, Placed>();
  for (const key of keys) {
    const { absolutePath, target } = key.file;
    if (absolutePath === undefined || placed.has(absolutePath)) continue;
    const real = target ?? realPathOfFile(absolutePath);
    placed.set(absolutePath, { real, top: repositoryOf(dirname(real)), exposures: [], isEmbedded: isEmbedded(key) });
  }
  const list = [...placed.values()];
  addGit(list, log);
  await addBuilds(list.filter((file) => !file.isEmbedded));
  return new Map([...placed].map(([path, { exposures }]) => [path, exposures]));
}

function addGit(files: readonly Placed[], log: Log): void {
  for (const top of new Set(files.flatMap((file) => (file.top === undefined ? [] : [file.top])))) {
    const inside = files.filter((file) => file.top === top);
    try {
      const ignored = new Set(ignoredOf(top, inside.map(({ real }) => real)));
      for (const { real, exposures } of inside) if (!ignored.has(real)) exposures.push({ by: 'git', root: top });
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      log.failures.push({ path: top, message: error.message });
    }
  }
}

/** The readers of lists of files are loaded where there is a package.json or a Dockerfile on the way up. */
async function addBuilds(files: readonly Placed[]): Promise<void> {
  const marks = new Map<string, Marks>();
  const marksOf = (folder: string): Marks => {
    const known = marks.get(folder) ?? readMarks(folder);
    marks.set(folder, known);
    return known;
  };
  const home = ownHome();
  const found = files.map((file) => {
    const folders = foldersUp(file.real, file.top ?? (home !== undefined && file.real.startsWith(`${home}/`) ? home : '/'));
    // What is installed is somebody else's package.
    const npm = file.real.includes('/node_modules/') ? undefined : folders.find((folder) => marksOf(folder).isPackage);
    const docker = folders.find((folder) => marksOf(folder).dockerfiles.length > 0);
    return { ...file, npm, docker };
  });
  if (found.every(({ npm, docker }) => npm === undefined && docker === undefined)) return;
  const isPublished = (await import('./npm-package.ts')).npmPackages();
  const isSent = (await import('./docker-context.ts')).dockerContexts();
  for (const { real, npm, docker, exposures } of found) {
    if (npm !== undefined && isPublished(npm, real)) exposures.push({ by: 'npm', root: npm });
    if (docker !== undefined && isSent(docker, marksOf(docker).dockerfiles, real)) exposures.push({ by: 'docker', root: docker });
  }
}

/** What a folder is, by the names in it. */
interface Marks {
  readonly isPackage: boolean;
  readonly dockerfiles: readonly string[];
}

function readMarks(folder: string): Marks {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    names = [];
  }
  return { isPackage: names.includes('package.json'), dockerfiles: names.filter((name) => /^(?:Docker|Container)file(?:\.|$)|\.Dockerfile$/.test(name) && !name.endsWith('.dockerignore')) };
}

/** The folders that a file lies in, from its own up to `top`. */
function foldersUp(file: string, top: string): readonly string[] {
  const folders = [dirname(file)];
  while (folders.at(-1) !== top && folders.at(-1) !== '/') folders.push(dirname(folders.at(-1)!));
  return folders;
}
