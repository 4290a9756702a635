/**
 * A second `keylint --history`, which finds what the first one left, against a first one. usage: node bench/history-cache.mjs [REPOSITORY]
 * Default: this project's own. Works on a clean clone. Prints the median ratio of the second to the first, and bytes for each blob.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { compare } from './compare.mjs';

const keylint = resolve(import.meta.dirname, '../dist/cli.cjs');
const folder = mkdtempSync(join(tmpdir(), 'keylint-bench-'));
process.env.XDG_STATE_HOME = join(folder, 'state');
const git = (...args) => execFileSync('git', args, { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 30 });

try {
  git('clone', '-q', '--bare', '--no-local', resolve(process.argv[2] ?? join(import.meta.dirname, '..')), 'clone');
  const cwd = join(folder, 'clone');
  const cache = join(cwd, 'keylint/history');
  const blobs = git('-C', cwd, 'cat-file', '--batch-check=%(objecttype)', '--batch-all-objects', '--unordered', '--buffer').split('\n').filter((type) => type === 'blob').length;
  await compare(`${blobs.toLocaleString('en')} blobs`, [
    { name: 'second run', argv: [process.execPath, keylint, '--history'], cwd },
    { name: 'first run', argv: ['sh', '-c', `rm -rf '${cache}'; exec "$@"`, 'sh', process.execPath, keylint, '--history'], cwd },
    { name: 'without a cache', argv: [process.execPath, keylint, '--history', '--no-cache'], cwd },
    { name: 'git cat-file --batch-check', argv: ['sh', '-c', 'git cat-file --batch-check --batch-all-objects --unordered --buffer > /dev/null'], cwd },
  ]);
  const bytes = statSync(cache).size;
  console.log(`  ${bytes.toLocaleString('en')} bytes are kept, ${(bytes / blobs).toFixed(1)} for each blob`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
