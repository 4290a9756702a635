/**
 * `keylint .` on a folder against ripgrep with the same literals. usage: node bench/tree.mjs [FOLDER]
 * Without a folder: a tree of 50,000 files made of copies of this project's node_modules.
 * Goals: at most 1.5 times ripgrep from 50,000 files on, at most 4 times in a repository of 5,000; at most 90 MB.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compare, installed, ripgrep } from './compare.mjs';

const keylint = resolve(import.meta.dirname, '../dist/cli.cjs');
const count = (folder) => readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile()).length;

let folder = process.argv[2] && resolve(process.argv[2]);
let made;
if (!folder) {
  made = folder = mkdtempSync(join(tmpdir(), 'keylint-bench-'));
  const source = resolve(import.meta.dirname, '../node_modules');
  const each = count(source);
  for (let i = 0; i * each < 50_000; i++) cpSync(source, join(folder, `copy-${i}`), { recursive: true, verbatimSymlinks: true });
}
try {
  const commands = [{ name: 'keylint .', argv: ['node', keylint, '.'], cwd: folder }];
  if (installed('rg')) commands.push({ ...ripgrep('.'), cwd: folder });
  commands.push({ name: 'keylint . --jobs 1', argv: ['node', keylint, '--jobs', '1', '.'], cwd: folder });
  if (installed('gitleaks')) commands.push({ name: 'gitleaks', argv: ['gitleaks', 'detect', '--no-git', '--no-banner', '-s', '.'], cwd: folder });
  if (installed('ripsecrets')) commands.push({ name: 'ripsecrets', argv: ['ripsecrets', '.'], cwd: folder });
  if (installed('git-secrets')) commands.push({ name: 'git-secrets', argv: ['git-secrets', '--scan', '-r', '.'], cwd: folder });
  if (installed('secretlint')) commands.push({ name: 'secretlint', argv: ['secretlint', '**/*'], cwd: folder });
  await compare(`${folder}: ${count(folder).toLocaleString('en')} files`, commands);
} finally {
  if (made) rmSync(made, { recursive: true, force: true });
}
