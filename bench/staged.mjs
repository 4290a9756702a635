/**
 * A clean `keylint --staged` on a small commit against bare `node -e 0`. Goal: at most 15 ms more.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compare, installed, median } from './compare.mjs';

const keylint = resolve(import.meta.dirname, '../dist/cli.cjs');
const folder = mkdtempSync(join(tmpdir(), 'keylint-bench-'));
try {
  const git = (...args) => execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args], { cwd: folder });
  git('init', '-q');
  for (let i = 0; i < 20; i++) writeFileSync(join(folder, `old-${i}.txt`), `line ${i}\n`.repeat(100));
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  for (let i = 0; i < 4; i++) writeFileSync(join(folder, `old-${i}.txt`), `changed ${i}\n`.repeat(100));
  git('add', '.');
  const commands = [
    { name: 'keylint --staged', argv: ['node', keylint, '--staged'], cwd: folder },
    { name: 'node -e 0', argv: ['node', '-e', '0'], cwd: folder },
    { name: 'node, git diff-index', argv: ['node', '-e', "require('child_process').spawnSync('git',['diff-index','--cached','--raw','-z','HEAD'])"], cwd: folder },
  ];
  if (installed('gitleaks')) commands.push({ name: 'gitleaks protect --staged', argv: ['gitleaks', 'protect', '--staged', '--no-banner'], cwd: folder });
  if (installed('ripsecrets')) commands.push({ name: 'ripsecrets', argv: ['ripsecrets', ...Array.from({ length: 4 }, (_, i) => `old-${i}.txt`)], cwd: folder });
  if (installed('git-secrets')) commands.push({ name: 'git-secrets --pre_commit_hook', argv: ['git-secrets', '--pre_commit_hook', '--'], cwd: folder });
  if (installed('secretlint')) commands.push({ name: 'secretlint', argv: ['secretlint', 'old-0.txt'], cwd: folder });
  const results = await compare('4 changed files staged', commands);
  const more = median(results.get('keylint --staged').map(({ ms }, i) => ms - results.get('node -e 0')[i].ms));
  console.log(`  keylint --staged takes ${more.toFixed(1)} ms more than an empty node process`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
