import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Directive, JudgedFile, LineFormat, NamedFile } from '../key.ts';
import { homeOf, ownHome, realPath } from './facts.ts';
import { repositoryOf } from './repository.ts';

/** Directives of ssh_config(5) that name files, and what these hold: keys, where nothing else is said. */
const naming: ReadonlyMap<string, LineFormat | 'key'> = new Map([
  ['identityfile', 'key'], ['identityfile2', 'key'], ['certificatefile', 'key'],
  ['userknownhostsfile', 'known_hosts'], ['globalknownhostsfile', 'known_hosts'], ['include', 'ssh_config'],
]);

/** How the files that a directive names are read. */
export function formatNamedBy({ keyword }: Directive): LineFormat | 'key' | undefined {
  return naming.get(keyword);
}

/** A file with what the file system says of the files that its directives name. Names that depend on the host, or on a home folder nobody knows, stay names. */
export function withNamedFiles(file: JudgedFile): JudgedFile {
  if (file.readAs !== 'ssh_config' || !file.lines) return file;
  const base = baseOf(file);
  if (!base) return file;
  const lines = file.lines.map((line) => {
    if (!line.directive || !naming.has(line.directive.keyword)) return line;
    const files = line.directive.values.flatMap((value) => namedBy(value, line.directive!.keyword, base));
    return { ...line, directive: { ...line.directive, files } };
  });
  return { ...file, lines };
}

/** Where names count from. */
interface Base {
  /** What `~` stands for. */
  readonly home?: string;
  /** Where ssh looks for what is included (ssh_config(5), Include). */
  readonly folder: string;
}

/** Nothing for a config that ssh does not read where it lies: in an archive, in git, in a work tree that is not a home folder itself. */
function baseOf({ path, file: { origin, absolutePath } }: JudgedFile): Base | undefined {
  if (origin !== 'file' || absolutePath === undefined || path.includes('!/')) return undefined;
  if (absolutePath.startsWith('/etc/ssh/')) return { folder: '/etc/ssh' };
  const folder = realPath(dirname(absolutePath));
  const home = homeOf(folder);
  if (home === undefined) return undefined;
  const top = repositoryOf(folder);
  return top === undefined || top === home || home === ownHome() ? { home, folder: join(home, '.ssh') } : undefined;
}

function namedBy(value: string, keyword: string, base: Base): readonly NamedFile[] {
  if (value.toLowerCase() === 'none') return [];
  const path = absolutePathOf(value, keyword, base);
  if (path === undefined) return [];
  if (keyword === 'include') return matchesOf(path).map((match) => ({ path: match, state: stateOf(match) }));
  const state = stateOf(path);
  // ssh looks for these by itself (ssh_config(5), IdentityFile).
  const beside = keyword.startsWith('identityfile') ? [`${path}.pub`, `${path}-cert.pub`].filter((name) => stateOf(name) === 'file') : [];
  return [{ path, state, ...state === 'missing' && existsSync(`${path}.pub`) && { hasPublicHalf: true } }, ...beside.map((name) => ({ path: name, state: 'file' as const }))];
}

/** `undefined` where it cannot be told from the file alone: other tokens than `%d`, variables, somebody else's home, the folder ssh is started in. */
function absolutePathOf(value: string, keyword: string, { home, folder }: Base): string | undefined {
  if (/\$\{|%|\u2026/.test(value.replace(/%[%d]/g, '')) || (home === undefined && /%d|^~/.test(value))) return undefined;
  const plain = value.replace(/%([%d])/g, (_, token) => (token === 'd' ? home! : '%'));
  if (/^~(?:\/|$)/.test(plain)) return join(home!, plain.slice(1));
  if (plain.startsWith('~')) return undefined;
  return isAbsolute(plain) ? plain : keyword === 'include' ? join(folder, plain) : undefined;
}

function stateOf(path: string): NamedFile['state'] {
  try {
    return statSync(path).isFile() ? 'file' : 'other';
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '') ? 'missing' : 'other';
  }
}

/** What a path with `*` and `?` in its last part matches; names that begin with a dot do not (glob(7)). */
function matchesOf(path: string): readonly string[] {
  const folder = dirname(path);
  const pattern = path.slice(folder.length).replace(/^\//, '');
  if (/[*?[]/.test(folder) || pattern.includes('[')) return [];
  if (!/[*?]/.test(pattern)) return stateOf(path) === 'file' ? [path] : [];
  const matches = new RegExp(`^${pattern.replace(/[.+^${}()|\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
  try {
    return readdirSync(folder).filter((name) => (pattern.startsWith('.') || !name.startsWith('.')) && matches.test(name)).sort().map((name) => join(folder, name)).filter((match) => stateOf(match) === 'file');
  } catch {
    return [];
  }
}
