/**
 * `keylint --history` against git that hands over every stored object, `git cat-file --batch`. usage: node bench/history.mjs [REPOSITORY]...
 * Default: this project's own. Works on clean clones: what was fetched in parts may hold much that nothing leads to. Prints medians and ratios of runs in
 * turn, of wall-clock and of processor time, the peak of memory, and how it grows with the number of blobs.
 * Goals: at most 0.8 times git, at most 300 MB.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { installed, median, RUNS } from './compare.mjs';

const keylint = resolve(import.meta.dirname, '../dist/cli.cjs');
const folder = mkdtempSync(join(tmpdir(), 'keylint-bench-'));
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS;

const repositories = process.argv.slice(2);
try {
  for (const repository of repositories.length > 0 ? repositories : [join(import.meta.dirname, '..')]) await compareOn(repository);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function compareOn(repository) {
  const cwd = join(folder, basename(resolve(repository)));
  execFileSync('git', ['clone', '-q', '--bare', '--no-local', resolve(repository), cwd]);
  const stored = execFileSync('git', ['cat-file', '--batch-check=%(objecttype) %(objectsize)', '--batch-all-objects', '--unordered', '--buffer'], { cwd, encoding: 'utf8', maxBuffer: 1 << 30 }).trim().split('\n');
  const blobs = stored.filter((line) => line.startsWith('blob '));
  const bytes = blobs.reduce((sum, line) => sum + Number(line.slice(5)), 0);
  const history = (...more) => [process.execPath, keylint, '--history', '--no-cache', '-f', 'json', ...more];
  // The objects of git's own answer are all objects: only of the blobs, what is fed to it takes it longer.
  const ids = `git cat-file --batch-check='%(objecttype) %(objectname)' --batch-all-objects --unordered --buffer | sed -n 's/^blob //p'`;
  const commands = [
    { name: 'keylint --history', argv: history() },
    { name: 'git cat-file --batch of all', argv: ['sh', '-c', 'git cat-file --batch --batch-all-objects --unordered --buffer > /dev/null'] },
    { name: 'git cat-file --batch of blobs', argv: ['sh', '-c', `${ids} | git cat-file --batch --buffer > /dev/null`] },
    { name: 'keylint --history --jobs 1', argv: history('--jobs', '1') },
    { name: 'keylint, of no commit', argv: [process.execPath, keylint, '--range', 'HEAD..HEAD', '-f', 'json'] },
    ...(installed('gitleaks') ? [{ name: 'gitleaks', argv: ['gitleaks', 'detect', '--no-banner', '-s', '.'] }] : []),
    ...(installed('trufflehog') ? [{ name: 'trufflehog', argv: ['trufflehog', 'git', `file://${cwd}`, '--no-verification', '--no-update'] }] : []),
    ...(installed('kingfisher') ? [{ name: 'kingfisher', argv: ['kingfisher', 'scan', '.', '--no-validate'] }] : []),
  ];
  const runs = new Map(commands.map(({ name }) => [name, []]));
  for (let round = 0; round <= RUNS; round++) for (const command of commands) {
    const run = once(command.argv, cwd);
    if (round > 0) runs.get(command.name).push(run);
  }
  console.log(`\n${basename(cwd)}: ${blobs.length.toLocaleString('en')} blobs of ${(bytes / 1e6).toFixed(0)} MB, ${stored.length.toLocaleString('en')} objects  (median of ${RUNS}, in turn, Node ${process.versions.node})`);
  const reference = runs.get(commands[1].name);
  for (const { name } of commands) {
    const list = runs.get(name);
    const of = (field) => median(list.map((run) => run[field]));
    const ratio = (field) => median(list.map((run, i) => run[field] / reference[i][field])).toFixed(2);
    console.log(`  ${name.padEnd(30)} ${of('wall').toFixed(2).padStart(7)} s ${ratio('wall').padStart(5)} x   processor ${of('cpu').toFixed(2).padStart(7)} s ${ratio('cpu').padStart(5)} x   ${of('peak').toFixed(0).padStart(5)} MB  exit ${[...new Set(list.map(({ code }) => code))].join(',')}`);
  }
  const grown = median(runs.get(commands[0].name).map(({ peak }) => peak)) - median(runs.get('keylint, of no commit').map(({ peak }) => peak));
  console.log(`  ${(grown * 1e6 / blobs.length).toFixed(0)} bytes of memory for each blob, all that reading takes shared out among them`);
}

/** Seconds, and the peak of resident memory of the largest process, as /usr/bin/time measures them. */
function once(argv, cwd) {
  const out = join(folder, 'time');
  const timed = existsSync('/usr/bin/time') ? ['/usr/bin/time', '-q', '-o', out, '-f', '%e %U %S %M', ...argv] : argv;
  const started = process.hrtime.bigint();
  const { status } = spawnSync(timed[0], timed.slice(1), { cwd, env, stdio: 'ignore' });
  const wall = Number(process.hrtime.bigint() - started) / 1e9;
  if (timed === argv) return { wall, cpu: NaN, peak: NaN, code: status };
  const [, user, system, kilobytes] = readFileSync(out, 'utf8').trim().split(' ').map(Number);
  return { wall, cpu: user + system, peak: kilobytes / 1000, code: status };
}
