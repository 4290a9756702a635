import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ignoreRules, isLeftOut, type IgnoreRule } from './ignore-rules.ts';

/** A package that could be published, and what its `files` say. */
interface Package {
  /** Of `files` in package.json; absent where there is no such list. */
  readonly files?: readonly IgnoreRule[];
  /** What is taken or left out whatever the lists say. */
  readonly strict: readonly IgnoreRule[];
}

/** npm-packlist, lib/index.js, `defaults`: those that concern other files than npm's own. */
const defaults = ignoreRules('.npmignore\n.gitignore\n.git\n.svn\n.hg\nCVS\n/.lock-wscript\n/.wafpickle-*\n/build/config.gypi\nnpm-debug.log\n.npmrc\n.*.swp\n.DS_Store\n._*\n*.orig\n/archived-packages/**');

/** Tells whether `npm publish` of a folder with a package.json in it would take along a file below it, by real paths. */
export function npmPackages(): (root: string, file: string) => boolean {
  const packages = new Map<string, Package | undefined>();
  const lists = new Map<string, readonly IgnoreRule[]>();
  const listAt = (folder: string): readonly IgnoreRule[] => {
    const list = lists.get(folder) ?? ignoreRules(textOf(join(folder, '.npmignore')) ?? textOf(join(folder, '.gitignore')) ?? '');
    lists.set(folder, list);
    return list;
  };
  return (root, file) => {
    if (!packages.has(root)) packages.set(root, readPackage(root));
    const manifest = packages.get(root);
    if (!manifest || isLeftOut([...defaults, ...manifest.files ?? listAt(root), ...manifest.strict], relative(root, file))) return false;
    // Folders below have lists of their own, and `files` does not overrule them.
    for (let folder = dirname(file); folder !== root; folder = dirname(folder)) if (isLeftOut([...defaults, ...listAt(folder)], relative(folder, file))) return false;
    return true;
  };
}

/** `undefined` for one that cannot be published: it is private, or has no name and version (npm-publish(1)). */
function readPackage(root: string): Package | undefined {
  const manifest = parsed(textOf(join(root, 'package.json')));
  if (manifest === undefined) return undefined;
  const { name, version, files, main, browser, bin, private: isPrivate } = manifest;
  if (isPrivate === true || typeof name !== 'string' || typeof version !== 'string') return undefined;
  const entries = Array.isArray(files) ? files.filter((entry): entry is string => typeof entry === 'string').map((entry) => entry.replace(/^\.\//, '/').replace(/\/\*$/, '/**')) : undefined;
  const kindOf = (entry: string): 'file' | 'folder' | undefined => {
    const stat = statSync(join(root, entry), { throwIfNoEntry: false });
    return stat?.isFile() ? 'file' : stat?.isDirectory() ? 'folder' : undefined;
  };
  const required = [main, browser, ...typeof bin === 'object' && bin !== null ? Object.values(bin as Readonly<Record<string, unknown>>) : [bin]].filter((path): path is string => typeof path === 'string').map((path) => `!/${path}`);
  // From the root: npm has them match anywhere, and does not look into folders that are left out.
  const named = entries?.filter((entry) => kindOf(entry) === 'file').map((entry) => `!/${entry.replace(/^\//, '')}`) ?? [];
  const strict = ignoreRules([...named, '/.git', '/node_modules', '.npmrc', '/package-lock.json', '/yarn.lock', '/pnpm-lock.yaml', '/bun.lockb', ...required].join('\n'));
  if (!entries) return { strict };
  const listed = entries.flatMap((entry) => (kindOf(entry) === 'file' ? [] : entry.startsWith('!') ? [entry.slice(1)] : [`!${entry}`]));
  return { strict, files: ignoreRules(['*', ...listed].join('\n')) };
}

function parsed(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text.replace(/^\ufeff/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
