import { chmodSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectBroken, folder, git, keylint, makeKey, repository, write, type JsonReport } from './program.ts';
import { describeWith } from './tools.ts';

type Json = JsonReport & { version: string; shard?: { index: number; count: number }; problems: { path?: string; message: string }[] };

function read(file: string): Json {
  return JSON.parse(readFileSync(file, 'utf8')) as Json;
}

/** A report without what is different in every run. Branches are a set. */
function timeless({ summary: { ms, ...summary }, keys, findings, ...rest }: Json): object {
  const sorted = (entry: Readonly<Record<string, unknown>>): object => ({ ...entry, ...Array.isArray(entry.branches) && { branches: [...entry.branches].sort() } });
  return { ...rest, summary, keys: keys.map(sorted), findings: findings.map(sorted) };
}

/** One run with `args`, and one for each shard, in files; `one` and what merging the shards gives. */
function sharded(cwd: string, count: number, args: readonly string[] = [], mergeArgs: readonly string[] = []): { one: Json; merged: Json; status: number | null; expected: number | null; files: readonly string[] } {
  const out = folder('shards');
  const expected = keylint(['--history', ...args, '-f', `json:${join(out, 'one.json')}`], { cwd }).status;
  const files = Array.from({ length: count }, (_, i) => join(out, `shard-${i + 1}.json`));
  files.forEach((file, i) => keylint(['--history', ...args, '--shard', `${i + 1}/${count}`, '-f', `json:${file}`], { cwd }));
  const { status, stderr } = keylint(['merge', ...mergeArgs, ...files, '-f', `json:${join(out, 'merged.json')}`], { cwd });
  expect(stderr).toBe('');
  return { one: read(join(out, 'one.json')), merged: read(join(out, 'merged.json')), status, expected, files };
}

describeWith(['git'], 'shards of a history', () => {
  const top = repository();
  const commit = (message: string): void => {
    git(top, 'add', '-A');
    git(top, 'commit', '-q', '-m', message);
  };
  const [moving, copied, once, pem, double, tagged] = [makeKey(), makeKey(), makeKey(), makeKey(), makeKey(), makeKey()];
  // One key at one path in many blobs, in whichever shards they fall.
  for (let i = 0; i < 9; i++) {
    write(join(top, 'app/config.yml'), `${'# a line\n'.repeat(i)}${moving.text}`);
    commit(`config ${i}`);
  }
  // Copies in files that differ: other blobs, and only all of them together say that it is reused.
  for (const name of ['a', 'b', 'c', 'd']) write(join(top, 'keys', name), `${copied.text}# ${name}\n`);
  commit('copies');
  git(top, 'checkout', '-q', '-b', 'topic');
  write(join(top, 'once'), once.text);
  commit('once');
  git(top, 'rm', '-q', 'once');
  commit('gone');
  git(top, 'checkout', '-q', 'main');
  write(join(top, 'allowed'), pem.text);
  write(join(top, 'app/config.yml'), `# moved down on main\n\n\n\n\n\n\n\n\n\n\n${moving.text}`);
  commit('allowed');
  git(top, 'merge', '-q', '--no-edit', 'topic');
  // One key twice in a file that changes, and one that only tags lead to, from branches that are gone.
  for (const more of ['', '# changed\n', '# and again\n']) {
    write(join(top, 'double'), `${more}${double.text}${double.text}`);
    commit(`double ${more}`);
  }
  for (const [i, parent] of ['main', 'HEAD~1', 'main'].entries()) {
    git(top, 'checkout', '-q', '--detach', parent);
    write(join(top, 'tagged'), `# ${i}\n${tagged.text}`);
    commit(`tagged ${i}`);
    git(top, 'tag', `v${i}`);
  }
  git(top, 'tag', '-m', 'a file', 'of-a-file', git(top, 'hash-object', '-w', 'tagged'));
  git(top, 'checkout', '-q', 'main');

  test.each([1, 2, 5, 16])('%i make up the report of one run', (count) => {
    const { one, merged, status, expected } = sharded(top, count);
    expect(one.keys.filter(({ path }) => path === 'double')).toHaveLength(2);
    expect(one.keys.find(({ path }) => path === 'tagged')).toMatchObject({ versions: 3, branches: ['v0', 'v1', 'v2'] });
    expect(one.findings.filter(({ rule }) => rule === 'no-key-reuse')).toHaveLength(4);
    expect(timeless(merged)).toEqual(timeless(one));
    expect([status, expected]).toEqual([1, 1]);
    expect(merged).not.toHaveProperty('shard');
  });

  test('what is reused shows in no shard alone', () => {
    const { files } = sharded(top, 16);
    const reused = files.map((file) => read(file).findings.filter(({ rule }) => rule === 'no-key-reuse').length);
    expect(reused.every((number) => number < 4)).toBe(true);
  });

  test('the policy in force where they are merged has a say in what compares keys', () => {
    const policy = join(top, 'keylint.config.json');
    writeFileSync(policy, JSON.stringify({ extends: 'keylint:recommended', overrides: [{ files: ['keys/**'], rules: { 'no-key-reuse': 'error', 'no-committed-private-key': 'off' } }], allow: [{ fingerprint: pem.fingerprint, reason: 'for this test' }, { fingerprint: once.fingerprint, reason: 'over', expires: '2020-01-01' }], ignores: ['nothing/**'] }));
    try {
      const { one, merged } = sharded(top, 4);
      expect(one.findings.filter(({ rule, severity }) => rule === 'no-key-reuse' && severity === 'error')).toHaveLength(4);
      expect(one.findings.filter(({ rule }) => rule === 'expired-allow')).toHaveLength(1);
      expect(one.findings.some(({ fingerprint }) => fingerprint === pem.fingerprint)).toBe(false);
      expect(timeless(merged)).toEqual(timeless(one));
    } finally {
      git(top, 'clean', '-qfd');
    }
    expect(sharded(top, 3, ['--rule', 'no-key-reuse: off'], ['--rule', 'no-key-reuse: off']).merged.findings.filter(({ rule }) => rule === 'no-key-reuse')).toEqual([]);
  });

  describe('every reporter and exit code of a lint', () => {
    const { files, one } = sharded(top, 3);

    test.each(['stylish', 'sarif', 'html', 'github', 'json'])('%s', (format) => {
      const { status, stdout } = keylint(['merge', '-f', format, ...files], { cwd: top });
      expect(status).toBe(1);
      for (const { fingerprint } of one.findings) expect(stdout).toContain(fingerprint);
    });

    test('warnings, and what is forgiven', () => {
      expect(keylint(['merge', '--exit-zero', ...files], { cwd: top }).status).toBe(0);
      const clean = sharded(repository(), 2).files;
      expect(keylint(['merge', ...clean], { cwd: top })).toMatchObject({ status: 0, stdout: expect.stringMatching(/^no keys \(/) });
      const off = ['--rule', 'no-committed-private-key: off'];
      const quiet = sharded(top, 2, off).files;
      expect(keylint(['merge', ...off, ...quiet], { cwd: top }).status).toBe(0);
      expect(keylint(['merge', ...off, '--max-warnings', '3', ...quiet], { cwd: top })).toMatchObject({ status: 1, stderr: 'keylint: error: 4 warnings, and --max-warnings is 3\n' });
    });
  });

  test('a part that is missing, twice there or of another run is refused, and nothing is said to be clean', () => {
    const { files } = sharded(top, 4);
    const [first, second, third, fourth] = files as [string, string, string, string];
    const changed = (file: string, change: (report: Record<string, unknown>) => void): string => {
      const report = read(file) as unknown as Record<string, unknown>;
      change(report);
      const copy = join(folder('changed'), 'report.json');
      writeFileSync(copy, JSON.stringify(report));
      return copy;
    };
    const refused = (args: readonly string[], message: RegExp): void => {
      const ran = keylint(['merge', ...args], { cwd: top });
      expectBroken(ran, message);
      expect(ran.stdout).toBe('');
    };
    refused([first, second, third], /of 4 shards 4 is missing/);
    refused([second], /of 4 shards 1, 3, 4 are missing/);
    refused([...files, first], /both shard 1 of 4/);
    refused([first, second, third, changed(fourth, (report) => { report['version'] = '0.0.1'; })], /is of keylint .*, and .* of keylint 0\.0\.1: let one version make all of them/);
    refused([first, second, third, changed(fourth, (report) => { report['shard'] = { index: 4, count: 5 }; })], /one of 4 shards, and .* one of 5/);
    refused([first, second, third, changed(fourth, (report) => { report['shard'] = { index: 0, count: 4 }; })], /is shard 0 of 4/);
    refused([first, second, third, changed(fourth, (report) => { delete report['shard']; })], /is no shard/);
    refused([first, second, third, join(top, 'missing.json')], /missing\.json does not exist/);
    refused([first, second, third, top], /is a folder/);
    refused([], /merge needs files/);
    refused([first, second, third, changed(fourth, (report) => { delete report['problems']; })], /has no problems, or not as keylint writes it/);
    refused([changed(first, (report) => { (report['keys'] as unknown[])[0] = { path: 1 }; })], /has no keys\[0\]\.path, or not as keylint writes it/);
  });

  test('what one shard could not do fails the whole', () => {
    const { files } = sharded(top, 2);
    const report = read(files[1]!);
    const broken = join(folder('broken'), 'report.json');
    writeFileSync(broken, JSON.stringify({ ...report, problems: [{ path: 'x', message: 'git failed' }], summary: { ...report.summary, skipped: [{ path: 'y', reason: 'submodule' }] } }));
    const { status, stdout } = keylint(['merge', files[0]!, broken, '-f', 'stylish'], { cwd: top });
    expect([status, stdout.includes('failed: x: git failed'), stdout.includes('1 skipped: 1 submodule')]).toEqual([2, true, true]);
  });
});

describe('reports of folders', () => {
  const place = folder();
  const key = makeKey();
  for (const name of ['a/key', 'b/key', 'b/pair']) {
    write(join(place, name), name === 'b/pair' ? makeKey().text : key.text);
    chmodSync(join(place, name), 0o600);
  }
  const report = (...args: readonly string[]): string => {
    const file = join(folder('report'), 'report.json');
    keylint([...args, '-f', `json:${file}`], { cwd: place });
    return file;
  };

  test('are judged together, and what several of them looked at counts once among keys and findings', () => {
    const merged = JSON.parse(keylint(['merge', report('a'), report('b'), '-f', 'json'], { cwd: place }).stdout) as Json;
    expect(timeless(merged)).toEqual(timeless(read(report('a', 'b'))));
    const twice = JSON.parse(keylint(['merge', report('a'), report('a', 'b'), '-f', 'json'], { cwd: place }).stdout) as Json;
    expect([twice.keys.length, twice.findings.length]).toEqual([3, 2]);
  });

  test('what a run found by facts that its report does not have is not lost', () => {
    const old = folder('old');
    write(join(old, '.ssh/id_old'), makeKey().text);
    chmodSync(join(old, '.ssh/id_old'), 0o600);
    utimesSync(join(old, '.ssh/id_old'), 1e9, 1e9);
    const rules = ['--rule', 'max-key-age: error', '--rule', 'require-passphrase: off'];
    const file = join(folder('report'), 'report.json');
    keylint([...rules, '-f', `json:${file}`, '.'], { cwd: old });
    expect(read(file).findings.map(({ rule }) => rule)).toContain('max-key-age');
    const merged = JSON.parse(keylint(['merge', ...rules, file, report('a'), '-f', 'json'], { cwd: place }).stdout) as Json;
    expect(merged.findings.filter(({ path }) => path.startsWith('.ssh'))).toEqual(read(file).findings);
  });

  test.each<[string, string | Buffer, RegExp]>([
    ['is empty', '', /is empty/],
    ['is cut off', '{ "version": "1', /is not JSON, or cut off/],
    ['is another document', '{ "bomFormat": "CycloneDX" }', /is neither a report nor an inventory/],
    ['is a list', '[]', /is neither a report nor an inventory/],
    ['is null', 'null', /is neither a report nor an inventory/],
    ['is a key', key.text, /is not JSON, or cut off/],
    ['is an inventory of a later kind', '{ "inventory": 2 }', /is an inventory of another kind/],
  ])('a file that %s is no report', (_, content, message) => {
    const file = join(folder('wrong'), 'wrong.json');
    writeFileSync(file, content);
    const ran = keylint(['merge', report('a'), file], { cwd: place });
    expectBroken(ran, message);
    expect(`${ran.stdout}${ran.stderr}`).not.toContain(key.text.split('\n')[1]);
  });

  test('as PowerShell writes them', () => {
    const plain = report('a');
    const file = join(folder('utf16'), 'report.json');
    writeFileSync(file, Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(readFileSync(plain, 'utf8'), 'utf16le')]));
    const marked = join(folder('utf8'), 'report.json');
    writeFileSync(marked, `\ufeff${readFileSync(plain, 'utf8')}`);
    for (const path of [file, marked]) expect(JSON.parse(keylint(['merge', path, '-f', 'json'], { cwd: place }).stdout)).toMatchObject({ summary: { keys: 1 } });
  });
});
