/**
 * Reading a whole history against git that hands over every stored object, `git cat-file --batch`. usage: node bench/history.mjs [REPOSITORY]...
 * Default: this project's own. Works on clean clones: what was fetched in parts may hold much that nothing leads to. Prints medians and ratios of runs in
 * turn, of wall-clock and of processor time, the peak of memory, and how it grows with the number of blobs. A whole run of keylint also looks for the
 * commits that brought what it found, which takes git as long as it takes to print all of its log.
 * Goals: reading takes at most 0.8 times as long as git, at most 300 MB.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { build } from 'rolldown';
import { installed, median, RUNS } from './compare.mjs';

const keylint = resolve(import.meta.dirname, '../dist/cli.cjs');
const folder = mkdtempSync(join(tmpdir(), 'keylint-bench-'));
const env = { ...process.env };
delete env.NODE_EXTRA_CA_CERTS;

/** Finds all keys in all blobs, in one thread, and ends there. */
const reading = join(folder, 'read.mjs');
const root = resolve(import.meta.dirname, '..');
const source = `import { collect } from ${JSON.stringify(join(root, 'src/collect.ts'))};
import { sought } from ${JSON.stringify(join(root, 'src/slice.ts'))};
import { openHistory } from ${JSON.stringify(join(root, 'src/sources/history.ts'))};
const source = await openHistory({ cwd: process.cwd(), sought });
await collect(source);
if (source.log.failures.length > 0) process.exitCode = 2;`;

/** Writes down what this process itself took; the gits that it runs map whole packs. */
const note = join(folder, 'note.cjs');
writeFileSync(note, "process.on('exit', () => require('node:fs').writeFileSync(__dirname + '/peak', String(process.resourceUsage().maxRSS)));");
const node = [process.execPath, '--require', note];

const repositories = process.argv.slice(2);
try {
  await build({
    cwd: root, input: 'entry', platform: 'node', external: (id) => /^node:/.test(id) || (/^[^./\0]/.test(id) && id !== 'entry'), logLevel: 'silent',
    plugins: [{ name: 'entry', resolveId: (id) => (id === 'entry' ? '\0entry' : null), load: (id) => (id === '\0entry' ? source : null) }],
    output: { dir: folder, format: 'es', entryFileNames: 'read.mjs' },
  });
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
  const history = (...more) => [...node, keylint, '--history', '--no-cache', '-f', 'json', ...more];
  // The objects of git's own answer are all objects: only of the blobs, what is fed to it takes it longer.
  const ids = `git cat-file --batch-check='%(objecttype) %(objectname)' --batch-all-objects --unordered --buffer | sed -n 's/^blob //p'`;
  const commands = [
    { name: 'reading alone, one thread', argv: [...node, reading] },
    { name: 'git cat-file --batch of all', argv: ['sh', '-c', 'git cat-file --batch --batch-all-objects --unordered --buffer > /dev/null'] },
    { name: 'git cat-file --batch of blobs', argv: ['sh', '-c', `${ids} | git cat-file --batch --buffer > /dev/null`] },
    { name: 'keylint --history', argv: history() },
    { name: 'keylint --history --jobs 1', argv: history('--jobs', '1') },
    { name: 'keylint, of no commit', argv: [...node, keylint, '--range', 'HEAD..HEAD', '-f', 'json'] },
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

/** Seconds as /usr/bin/time measures them, and megabytes: of keylint by itself, of others as much as their largest process has. */
function once(argv, cwd) {
  const out = join(folder, 'time');
  const own = join(folder, 'peak');
  rmSync(own, { force: true });
  const timed = existsSync('/usr/bin/time') ? ['/usr/bin/time', '-q', '-o', out, '-f', '%e %U %S %M', ...argv] : argv;
  const started = process.hrtime.bigint();
  const { status } = spawnSync(timed[0], timed.slice(1), { cwd, env, stdio: 'ignore' });
  const wall = Number(process.hrtime.bigint() - started) / 1e9;
  if (timed === argv) return { wall, cpu: NaN, peak: NaN, code: status };
  const [, user, system, kilobytes] = readFileSync(out, 'utf8').trim().split(' ').map(Number);
  return { wall, cpu: user + system, peak: Number(existsSync(own) ? readFileSync(own, 'utf8') : kilobytes) / 1000, code: status };
}
