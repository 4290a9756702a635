/**
 * Proves on real repositories that what is read from git's packs is what git itself hands over: looks at every stored blob both ways, with the program
 * as it is built, and compares the reports. usage: node bench/same-keys.mjs REPOSITORY... Ends with 1 where a report differs by a byte, but for the time.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const keylint = resolve(import.meta.dirname, '../dist/cli.cjs');
const folder = mkdtempSync(join(tmpdir(), 'keylint-bench-'));

try {
  for (const [i, repository] of process.argv.slice(2).entries()) {
    const cwd = join(folder, `${i}`, basename(repository));
    mkdirSync(join(folder, `${i}`));
    // It borrows all objects, and so may be changed.
    execFileSync('git', ['clone', '-q', '--bare', '--shared', resolve(repository), cwd], { stdio: ['ignore', 'inherit', 'inherit'] });
    const reports = ['1', '2'].map((jobs) => look(cwd, jobs));
    // Another place to borrow from, of which git alone can tell the name: everything is then left to git.
    const odd = join(folder, 'odd\tname');
    mkdirSync(odd, { recursive: true });
    appendFileSync(join(cwd, 'objects/info/alternates'), `${odd}\n`);
    const [byGit, ...own] = [look(cwd, '1'), ...reports];
    const { summary: { files, bytes, skipped }, keys, findings, problems = [] } = JSON.parse(byGit.json);
    const distinct = new Set(keys.map((key) => key.fingerprint ?? key.spki ?? JSON.stringify([key.kind, key.format, key.blob, key.line])));
    const verdict = own.every(({ json, status }) => json === byGit.json && status === byGit.status) ? 'the same' : 'DIFFERENT';
    if (verdict !== 'the same') process.exitCode = 1;
    console.log(`${basename(repository)}: ${files.toLocaleString('en')} blobs, ${(bytes / 1e9).toFixed(2)} GB: ${keys.length} places of ${distinct.size} distinct keys, ${findings.length} findings, ${skipped.length} skipped, ${problems.length} problems, exit code ${byGit.status}; by git, without it, and in two threads ${verdict}: ${[byGit, ...own].map(({ json, seconds }) => `${createHash('sha256').update(json).digest('hex').slice(0, 12)} in ${seconds.toFixed(1)} s`).join(', ')}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function look(cwd, jobs) {
  const out = join(folder, 'report.json');
  rmSync(out, { force: true });
  const started = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, [keylint, '--history', '--unreachable', '--allow-missing', '--no-cache', '--jobs', jobs, '-f', `json:${out}`], { cwd, stdio: 'ignore' });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return { json: readFileSync(out, 'utf8').replace(/"ms": *\d+/, '"ms":0'), status, seconds };
}
