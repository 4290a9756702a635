import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Names of policy files; of several in one folder the first wins. package.json counts when it has a "keylint" key. */
export const policyFileNames = ['keylint.config.json', 'keylint.config.jsonc', 'package.json'] as const;

/**
 * The policy file that is nearest upward from a folder. The search ends at the top of a git work tree (a folder with `.git`), at `stopFolder`,
 * or at the root. Only `stat` and, for package.json, a look inside: loads no module that is not part of Node.
 */
export function findPolicyFile(fromFolder: string, stopFolder?: string): string | undefined {
  const stop = stopFolder === undefined ? undefined : resolve(stopFolder);
  for (let folder = resolve(fromFolder); ; folder = dirname(folder)) {
    const found = policyFileNames.map((name) => join(folder, name)).find(isPolicyFile);
    if (found !== undefined) return found;
    if (folder === stop || folder === dirname(folder) || existsSync(join(folder, '.git'))) return undefined;
  }
}

function isPolicyFile(file: string): boolean {
  if (!isFile(file)) return false;
  return !file.endsWith('package.json') || hasPolicy(file);
}

/** A FIFO or a device of that name is none. */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}

/** A package.json that cannot be read, or is broken and speaks of keylint, is taken for one with a policy: reading it will say what is wrong. */
function hasPolicy(file: string): boolean {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return true;
  }
  if (!text.includes('"keylint"')) return false;
  try {
    const manifest: unknown = JSON.parse(text);
    return typeof manifest === 'object' && manifest !== null && Object.hasOwn(manifest, 'keylint');
  } catch {
    return true;
  }
}
