import { spawn as spawnChild } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWith } from './tools.ts';
import { base, environment, expectBroken, folder, git, keylint, keylintAsNobody, keylintJson, makeKey, program, repository, spawn, write } from './program.ts';

const key = makeKey();
const isRoot = process.getuid?.() === 0;

/** The paths with keys, in order. */
function found(cwd: string, ...args: readonly string[]): readonly string[] {
  return keylintJson(args, { cwd }).keys.map(({ path }) => path);
}

/** What was skipped, by path. */
function skipped(cwd: string, ...args: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(keylintJson(args, { cwd }).summary.skipped.map(({ path, reason }) => [path, reason]));
}

/** Paths that are tracked, as the rule sees it. */
function committed(cwd: string, ...args: readonly string[]): readonly string[] {
  return keylintJson(args, { cwd }).findings.filter(({ rule }) => rule === 'no-committed-private-key').map(({ path }) => path);
}

function keysAt(top: string, ...paths: readonly string[]): string {
  for (const path of paths) {
    write(join(top, path), key.text);
    chmodSync(join(top, path), 0o600);
  }
  return top;
}

/** A module that is loaded before keylint, to play tricks on it. */
function preload(code: string): Readonly<Record<string, string>> {
  const file = join(folder('preload'), 'preload.cjs');
  writeFileSync(file, code);
  return { NODE_OPTIONS: `--require=${file}` };
}

describeWith(['git'], 'a git work tree', () => {
  const top = keysAt(repository(), 'tracked', 'untracked', 'sub/tracked', 'sub/untracked', 'ignored', 'out/ignored', 'out/more/ignored', '.hidden/untracked', 'sub/.ssh/id_test');
  write(join(top, '.gitignore'), 'ignored\nout/\n.ssh/\n');
  git(top, 'add', 'tracked', 'sub/tracked', '.gitignore');
  git(top, 'commit', '-q', '-m', 'x');

  test('is listed by git: tracked and untracked files, not ignored ones', () => {
    expect(found(top)).toEqual(['.hidden/untracked', 'sub/tracked', 'sub/untracked', 'tracked', 'untracked']);
    expect(committed(top)).toEqual(['sub/tracked', 'tracked']);
  });

  test('from a subfolder, by itself', () => {
    expect(found(join(top, 'sub'))).toEqual(['tracked', 'untracked']);
    expect(found(top, 'sub')).toEqual(['sub/tracked', 'sub/untracked']);
    expect(committed(join(top, 'sub'))).toEqual(['tracked']);
    expect(found(join(top, 'out'), '..')).toEqual(['.hidden/untracked', 'sub/tracked', 'sub/untracked', 'tracked', 'untracked'].map((path) => join(top, path)));
  });

  test('--no-ignore takes everything, and still knows what is tracked', () => {
    expect(found(top, '--no-ignore')).toEqual(['.hidden/untracked', 'ignored', 'out/ignored', 'out/more/ignored', 'sub/.ssh/id_test', 'sub/tracked', 'sub/untracked', 'tracked', 'untracked']);
    expect(committed(top, '--no-ignore')).toEqual(['sub/tracked', 'tracked']);
    expect(skipped(top, '--no-ignore')).toEqual({ '.git': 'git directory' });
  });

  test('what is ignored and named is looked at', () => {
    expect(found(top, 'ignored')).toEqual(['ignored']);
    expect(found(top, 'out')).toEqual(['out/ignored', 'out/more/ignored']);
    expect(found(top, 'out/more')).toEqual(['out/more/ignored']);
    expect(found(join(top, 'out'))).toEqual(['ignored', 'more/ignored']);
    expect(found(top, '.', 'out/more', 'ignored')).toEqual(['.hidden/untracked', 'ignored', 'out/more/ignored', 'sub/tracked', 'sub/untracked', 'tracked', 'untracked']);
  });

  test('a folder .ssh is looked at wholly', () => {
    expect(found(top, 'sub/.ssh')).toEqual(['sub/.ssh/id_test']);
    expect(keylintJson(['sub/.ssh'], { cwd: top }).findings.map(({ rule }) => rule)).toContain('require-passphrase');
  });

  test('named files know whether they are tracked', () => {
    expect(committed(top, 'tracked', 'untracked', 'ignored', 'sub/tracked')).toEqual(['sub/tracked', 'tracked']);
    expect(committed(base, join(top, 'tracked'))).toHaveLength(1);
    symlinkSync(top, join(base, 'link-to-top'));
    expect(committed(base, 'link-to-top')).toEqual(['link-to-top/sub/tracked', 'link-to-top/tracked']);
    expect(committed(base, 'link-to-top/tracked')).toEqual(['link-to-top/tracked']);
    symlinkSync(join(top, 'tracked'), join(base, 'link-to-file'));
    expect(committed(base, 'link-to-file')).toEqual(['link-to-file']);
  });

  test('globs leave out what git ignores, and take files with a dot', () => {
    expect(found(top, '**/*ed')).toEqual(['.hidden/untracked', 'sub/tracked', 'sub/untracked', 'tracked', 'untracked']);
    expect(found(top, '*')).toEqual(['.hidden/untracked', 'sub/tracked', 'sub/untracked', 'tracked', 'untracked']);
    expect(found(top, '**')).toEqual(['.hidden/untracked', 'sub/tracked', 'sub/untracked', 'tracked', 'untracked']);
    expect(found(top, '--no-ignore', '{ignored,out/*}')).toEqual(['ignored', 'out/ignored', 'out/more/ignored']);
    expect(found(top, '.h*/*')).toEqual(['.hidden/untracked']);
    expect(found(join(top, 'out'), '../sub/t*')).toEqual([join(top, 'sub/tracked')]);
    expectBroken(keylint(['ign*'], { cwd: top }), /ign\*: all that matches it is ignored by git; --no-ignore looks at it/);
  });

  test('a file is read once, however often it is named', () => {
    const all = keylintJson(['.', 'sub', './sub/tracked', 'tracked', '**/tracked', join(top, 'tracked')], { cwd: top });
    expect(all.keys.map(({ path }) => path)).toEqual(found(top));
    expect(all.summary.files).toBe(keylintJson([], { cwd: top }).summary.files);
  });

  test('the policy has the last word', () => {
    const other = keysAt(repository(), 'a', 'fixtures/b', 'fixtures/deep/c');
    write(join(other, 'keylint.config.json'), '{ "ignores": ["fixtures/"] }');
    expect(found(other)).toEqual(['a']);
    for (const args of [[], ['fixtures/b', '.'], ['**/*'], ['fixtures', 'a']]) expect(skipped(other, ...args)).toMatchObject({ 'fixtures/b': 'ignored by policy' });
    expect(found(other, 'fixtures/b')).toEqual([]);
    expect(found(other, 'fixtures/b', 'a')).toEqual(['a']);
  });
});

describeWith(['git'], 'repositories in each other', () => {
  test('submodules, checked out and not, and other repositories have their own lists', () => {
    const inner = keysAt(repository(), 'in-submodule');
    git(inner, 'add', '.');
    git(inner, 'commit', '-q', '-m', 'x');
    const top = keysAt(repository(), 'own');
    git(top, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner, 'libs/one');
    git(top, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner, 'libs/two');
    git(top, 'commit', '-q', '-m', 'x');
    git(top, 'submodule', '-q', 'deinit', '-f', 'libs/two');
    git(top, 'init', '-q', 'vendor/deep/other');
    keysAt(top, 'libs/one/untracked', 'libs/one/node_modules/x', 'libs/two/left', 'libs/two/sub/left', 'vendor/deep/other/loose', 'vendor/deep/other/ignored');
    write(join(top, 'libs/one/.gitignore'), 'node_modules\n');
    write(join(top, 'vendor/deep/other/.gitignore'), 'ignored\n');
    expect(found(top)).toEqual(['libs/one/in-submodule', 'libs/one/untracked', 'libs/two/left', 'libs/two/sub/left', 'own', 'vendor/deep/other/loose']);
    expect(committed(top)).toEqual(['libs/one/in-submodule']);
    expect(found(top, 'libs/two')).toEqual(['libs/two/left', 'libs/two/sub/left']);
    expect(found(top, 'libs/two/sub', 'vendor')).toEqual(['libs/two/sub/left', 'vendor/deep/other/loose']);
    expect(found(top, '.', 'libs/one', 'vendor/deep/other')).toEqual(found(top));
    expect(found(top, '**/*e*')).toEqual(found(top).filter((path) => path !== 'own'));
  });

  test('a bare repository is looked at as a folder, and it is said that its history was not', () => {
    const place = folder();
    git(place, 'clone', '-q', '--bare', repository(), join(place, 'a.git'));
    expect(skipped(place)).toEqual({ 'a.git': 'history of a git repository (keylint --history reads it)' });
    expect(skipped(join(place, 'a.git'))).toEqual({ '.': 'history of a git repository (keylint --history reads it)' });
  });

  test('below a folder that is none', () => {
    const place = folder();
    for (const name of ['a', 'b/c']) {
      git(place, 'init', '-q', name);
      keysAt(join(place, name), 'tracked', 'loose', 'node_modules/x');
      write(join(place, name, '.gitignore'), 'node_modules\n');
      git(join(place, name), 'add', 'tracked', '.gitignore');
    }
    keysAt(place, 'loose');
    expect(found(place)).toEqual(['a/loose', 'a/tracked', 'b/c/loose', 'b/c/tracked', 'loose']);
    expect(committed(place)).toEqual(['a/tracked', 'b/c/tracked']);
    expect(found(place, '--no-ignore')).toHaveLength(7);
    expect(committed(place, '--no-ignore')).toEqual(['a/tracked', 'b/c/tracked']);
    expect(skipped(place, '--no-ignore')).toEqual({ 'a/.git': 'git directory', 'b/c/.git': 'git directory' });
  });

  test('a linked work tree is one', () => {
    const top = keysAt(repository(), 'tracked');
    git(top, 'add', '.');
    git(top, 'commit', '-q', '-m', 'x');
    const linked = folder();
    git(top, 'worktree', 'add', '-q', '-b', 'linked', linked);
    expect(committed(linked)).toEqual(['tracked']);
  });

  test('a variable of a hook says nothing of another folder', () => {
    const one = keysAt(repository(), 'one');
    git(one, 'add', '.');
    const other = keysAt(repository(), 'other');
    git(other, 'add', '.');
    const { keys, findings } = keylintJson([other], { cwd: one, env: { GIT_DIR: join(one, '.git'), GIT_INDEX_FILE: join(one, '.git/index'), GIT_WORK_TREE: one } });
    expect(keys.map(({ path }) => path)).toEqual([join(other, 'other')]);
    expect(findings.map(({ rule }) => rule)).toContain('no-committed-private-key');
  });
});

describeWith(['git'], 'a work tree that is not what the index says', () => {
  test('files that are gone, twice there, or something else by now', () => {
    const top = keysAt(repository(), 'kept', 'gone', 'folder-now', 'fifo-now', 'link-now', 'was/folder', 'inner/now-linked', 'conflict');
    const outside = keysAt(folder(), 'now-linked', 'key');
    git(top, 'add', '.');
    git(top, 'commit', '-q', '-m', 'x');
    for (const name of ['gone', 'folder-now', 'fifo-now', 'link-now']) rmSync(join(top, name));
    for (const name of ['was', 'inner']) rmSync(join(top, name), { recursive: true });
    keysAt(top, 'folder-now/key', 'was');
    spawn('mkfifo', [join(top, 'fifo-now')]);
    symlinkSync(join(outside, 'key'), join(top, 'link-now'));
    symlinkSync(outside, join(top, 'inner'));
    const id = git(top, 'rev-parse', 'HEAD:conflict');
    spawn('git', ['update-index', '--index-info'], { cwd: top, input: `0 ${'0'.repeat(40)}\tconflict\n${[1, 2, 3].map((stage) => `100644 ${id} ${stage}\tconflict\n`).join('')}` });
    const report = keylintJson([], { cwd: top });
    expect(report.keys.map(({ path }) => path)).toEqual(['conflict', 'folder-now/key', 'kept', 'was']);
    expect(Object.fromEntries(report.summary.skipped.map(({ path, reason }) => [path, reason]))).toEqual({
      'gone': 'not in the work tree', 'fifo-now': 'named pipe', 'link-now': 'symbolic link', 'inner/now-linked': 'behind a symbolic link', 'inner': 'symbolic link', 'was/folder': 'vanished',
    });
    expect(report.status).toBe(1);
  });
});

describe( 'a folder outside of git', () => {
  test('is walked whole, files with a dot included', () => {
    const place = keysAt(folder(), 'a', '.b', '.c/d', 'e/f/g', 'node_modules/h');
    expect(found(place)).toEqual(['.b', '.c/d', 'a', 'e/f/g', 'node_modules/h']);
    expect(committed(place)).toEqual([]);
    expect(found(base, place)).toEqual(['.b', '.c/d', 'a', 'e/f/g', 'node_modules/h'].map((path) => join(place.slice(base.length + 1), path)));
  });

  test('300 levels deep', () => {
    const place = folder();
    const deep = Array.from({ length: 300 }, (_, i) => `level${i}`).join('/');
    keysAt(place, `${deep}/key`);
    expect(found(place)).toEqual([`${deep}/key`]);
    git(place, 'init', '-q', '.');
    expect(found(place)).toEqual([`${deep}/key`]);
  });

  test('links are followed where they are named, and only there', () => {
    const place = keysAt(folder(), 'real/key');
    const outside = keysAt(folder(), 'key');
    symlinkSync('real/key', join(place, 'file'));
    symlinkSync('real', join(place, 'folder'));
    symlinkSync('..', join(place, 'real/loop'));
    symlinkSync(outside, join(place, 'outside'));
    symlinkSync('missing', join(place, 'dangling'));
    expect(found(place)).toEqual(['real/key']);
    expect(skipped(place)).toEqual({ 'file': 'symbolic link', 'folder': 'symbolic link', 'real/loop': 'symbolic link', 'outside': 'symbolic link', 'dangling': 'symbolic link' });
    expect(found(place, 'file', 'folder', 'outside')).toEqual(['file', 'folder/key', 'outside/key']);
    expect(found(place, '*')).toEqual(['real/key']);
    expect(skipped(place, '*')).toMatchObject({ file: 'symbolic link', outside: 'symbolic link' });
    expect(found(place, '**/key')).toEqual(['real/key']);
  });

  test('pipes, sockets and devices are not opened', async () => {
    const place = keysAt(folder(), 'key');
    spawn('mkfifo', [join(place, 'pipe')]);
    if (isRoot) spawn('mknod', [join(place, 'device'), 'c', '1', '5']);
    const server = createServer().listen(join(place, 'socket'));
    await once(server, 'listening');
    // It waits until somebody opens the pipe to read it.
    const writer = spawnChild('sh', ['-c', `cat '${join(place, 'key')}' > '${join(place, 'pipe')}'`]);
    const report = keylintJson([], { cwd: place });
    expect(Object.fromEntries(report.summary.skipped.map(({ path, reason }) => [path, reason]))).toEqual({ pipe: 'named pipe', socket: 'socket', ...(isRoot && { device: 'device' }) });
    expect(skipped(place, '*')).toMatchObject({ pipe: 'named pipe', socket: 'socket' });
    expectBroken(keylint(['pipe'], { cwd: place }), /pipe: neither a file nor a folder; pipe its content to --stdin/);
    expectBroken(keylint(['socket'], { cwd: place }), /socket: neither a file nor a folder/);
    expectBroken(keylint(['/dev/zero'], { cwd: place }), /\/dev\/zero: neither a file nor a folder/);
    expect(writer.exitCode).toBeNull();
    writer.kill();
    server.close();
    expect(keylint([], { cwd: place }).stdout).toMatch(/skipped: .*1 named pipe/);
  });

  test('virtual file systems are not walked', () => {
    // A walk of everything would take too long: of the root only these two are shown.
    const env = preload("const fs = require('node:fs'); const real = fs.readdirSync; fs.readdirSync = (path, ...rest) => real(path, ...rest).filter(({ name }) => path !== '/' || name === 'proc' || name === 'sys');");
    expect(keylintJson(['/'], { env }).summary).toMatchObject({ files: 0, skipped: [{ path: '/proc', reason: 'virtual file system' }, { path: '/sys', reason: 'virtual file system' }] });
  });

  test('process substitution', () => {
    const place = keysAt(folder(), 'key');
    expectBroken(spawn('bash', ['-c', `'${process.execPath}' '${program}' <(cat key)`], { cwd: place }), /\/dev\/fd\/\d+: neither a file nor a folder; pipe its content to --stdin/);
  });

  test('names with line breaks, escapes, and without UTF-8, in git and outside', () => {
    const place = keysAt(folder(), 'new\nline', '\x1b[31mred', 'a\ufffdb');
    const bad = (path: string): Buffer => Buffer.from(`${place}/${path}`, 'latin1');
    mkdirSync(bad('f\xf6lder'));
    for (const name of ['caf\xe9', 'caf\xe8', 'f\xf6lder/k\xe9y', 'f\xf6lder/plain']) writeFileSync(bad(name), key.text, { mode: 0o600 });
    const expected = ['\x1b[31mred', 'a\ufffdb', 'caf\ufffd', 'caf\ufffd', 'f\ufffdlder/k\ufffdy', 'f\ufffdlder/plain', 'new\nline'];
    expect(found(place)).toEqual(expected);
    expect(keylint([], { cwd: place }).stdout).not.toMatch(/\x1b/);
    git(place, 'init', '-q', '.');
    expect(found(place)).toEqual(expected);
    git(place, 'add', '.');
    expect(found(place)).toEqual(expected);
    expect(committed(place)).toEqual(expected);
    expectBroken(keylint(['caf*'], { cwd: place }), /its name is not UTF-8: name its folder/);
    renameSync(bad('f\xf6lder'), bad('elsewhere'));
    symlinkSync('elsewhere', bad('f\xf6lder'));
    expect(found(place)).not.toContain('f\ufffdlder/k\ufffdy');
  });

  test('many files by name', () => {
    const place = folder();
    const names = Array.from({ length: 2000 }, (_, i) => `f${i}`);
    for (const name of names) writeFileSync(join(place, name), 'x');
    keysAt(place, 'f77', 'f1999');
    const report = keylintJson(names, { cwd: place });
    expect(report.summary.files).toBe(2000);
    expect(report.keys.map(({ path }) => path)).toEqual(['f1999', 'f77']);
  });

  test('what vanishes while we look is no failure, unless it was named', () => {
    const place = keysAt(folder(), 'a', 'b', 'sub/c');
    const vanish = (name: string, method: string): Readonly<Record<string, string>> => preload(
      `const fs = require('node:fs'); const real = fs.${method}; fs.${method} = (path, ...rest) => { if (String(path).endsWith('${name}')) require('node:child_process').execFileSync('rm', ['-rf', String(path)]); return real(path, ...rest); };`);
    const file = keylintJson([], { cwd: place, env: vanish('/a', 'openSync') });
    expect([file.keys.map(({ path }) => path), file.summary.skipped, file.status]).toEqual([['b', 'sub/c'], [{ path: 'a', reason: 'vanished' }], 0]);
    const sub = keylintJson([], { cwd: place, env: vanish('/sub', 'readdirSync') });
    expect([sub.keys.map(({ path }) => path), sub.summary.skipped, sub.status]).toEqual([['b'], [{ path: 'sub', reason: 'vanished' }], 0]);
    expectBroken(keylint(['b'], { cwd: place, env: vanish('/b', 'openSync') }), /b: no such file or folder/);
  });

  test('a file system that gives less than was asked for', () => {
    const place = folder();
    write(join(place, 'key'), `${'x'.repeat(99)}\n`.repeat(200) + key.text);
    for (const most of [4096, 8192]) {
      const env = preload(`const fs = require('node:fs'); const real = fs.readSync; fs.readSync = (fd, buffer, offset, length, position) => real(fd, buffer, offset, Math.min(length, ${most}), position);`);
      expect(keylintJson([], { cwd: place, env }).keys).toMatchObject([{ path: 'key', line: 201 }]);
    }
  });
});

describe( 'permissions', () => {
  const rules = (cwd: string): readonly string[] => keylintJson([], { cwd }).findings.filter(({ rule }) => rule === 'private-key-permissions').map(({ message }) => String(message));

  test('are those of the file, and of the folders it lies in', () => {
    const home = folder();
    const place = join(home, '.ssh');
    keysAt(home, '.ssh/id_test');
    chmodSync(place, 0o700);
    expect(rules(place)).toEqual([]);
    chmodSync(join(place, 'id_test'), 0o640);
    expect(rules(place)).toEqual([expect.stringContaining('(mode 0640)')]);
    chmodSync(join(place, 'id_test'), 0o600);
    chmodSync(place, 0o770);
    expect(rules(place)).toEqual([expect.stringMatching(/others can write to .*\.ssh \(mode 0770\)/)]);
    chmodSync(place, 0o700);
    chmodSync(home, 0o777);
    expect(rules(place)).toEqual([expect.stringContaining('(mode 0777)')]);
  });

  test.skipIf(!keylintAsNobody)('nobody needs to have a home', () => {
    const place = folder();
    write(join(place, 'id_test'), key.text);
    chmodSync(place, 0o755);
    const { stdout, stderr } = keylintAsNobody!([], { cwd: place, env: { HOME: undefined } });
    expect([stdout, stderr]).toEqual([expect.stringContaining('1 key'), '']);
  });

  test('behind a link they are those of the place it leads to', () => {
    const home = folder();
    keysAt(home, 'dotfiles/ssh/id_test');
    symlinkSync('dotfiles/ssh', join(home, '.ssh'));
    const said = (): readonly string[] => keylintJson(['.ssh'], { cwd: home, env: { HOME: home } }).findings.map(({ rule, message }) => `${rule}: ${String(message)}`);
    expect(said()).toEqual([expect.stringContaining('require-passphrase')]);
    chmodSync(join(home, 'dotfiles'), 0o777);
    expect(said()).toContainEqual(expect.stringMatching(/^private-key-permissions: .*others can write to .*\/dotfiles \(mode 0777\)/));
  });
});

describe( 'large files', () => {
  /** Text with the key at the given offsets, and where they are: line and column, from 1. */
  function withKeys(offsets: readonly number[], size: number, filler: string, text = key.text): { readonly content: Buffer; readonly places: readonly (readonly [number, number])[] } {
    const pattern = Buffer.from(filler);
    const content = Buffer.alloc(size, pattern);
    const inserted = Buffer.from(`\n${text}`);
    for (const offset of offsets) inserted.copy(content, offset - 1);
    let line = 1;
    let at = 0;
    const places = offsets.map((offset) => {
      for (let next = content.indexOf(10, at); next >= 0 && next < offset; next = content.indexOf(10, at)) {
        line++;
        at = next + 1;
      }
      return [line, Buffer.from(content.subarray(at, offset)).toString('latin1').replace(/[\x80-\xbf]/g, '').length + 1] as const;
    });
    return { content, places };
  }

  const MiB = 1 << 20;
  /** Around everything that could be the edge of a window: multiples of 64 KiB, met from both sides and from within. */
  const edges = (size: number): readonly number[] => Array.from({ length: Math.floor(size / 65536) - 1 }, (_, i) => (i + 1) * 65536 + [-500, -200, -30, 1, 0, -1, -399, 3][i % 8]!);

  test.each([['lines', 'some text in a line\n'], ['characters of several bytes', 'żółć 日本語\n'], ['windows line ends', 'a line\r\n'], ['few lines', `${'lorem ipsum '.repeat(9000)}\n`]])('every key around the edges of windows, once and in its place: %s', (_, filler) => {
    const place = folder();
    const { content, places } = withKeys(edges(9 * MiB), 9 * MiB, filler);
    writeFileSync(join(place, 'large'), content);
    expect(keylintJson([], { cwd: place }).keys.map(({ line, column }) => [line, column])).toEqual(places);
    expect(keylintJson(['--stdin'], { cwd: place, input: content }).keys.map(({ line, column }) => [line, column])).toEqual(places);
  });

  test('20 MB on one line: columns count from its beginning', () => {
    const place = folder();
    const text = JSON.stringify(key.text).slice(1, -1);
    const gap = 'ä'.repeat(1_500_000);
    const content = `\ufeff["${text}","${gap}","${text}","${gap}","${gap}","${gap}","${gap}","${gap}","${text}"]`;
    writeFileSync(join(place, 'large.json'), content);
    const columns = [...content.matchAll(/-----BEGIN/g)].map(({ index }) => index);
    expect(keylintJson([], { cwd: place }).keys.map(({ line, column }) => [line, column])).toEqual(columns.map((column) => [1, column]));
  });

  test('UTF-16, and line ends of old', () => {
    const place = folder();
    const text = `line\r\n`.repeat(600_000) + key.text.replaceAll('\n', '\r\n');
    writeFileSync(join(place, 'utf-16'), Buffer.from(`\ufeff${text}`, 'utf16le'));
    writeFileSync(join(place, 'cr'), text.replaceAll('\r\n', '\r'));
    expect(keylintJson([], { cwd: place }).keys.map(({ path, line, column }) => [path, line, column])).toEqual([['cr', 600_001, 1], ['utf-16', 600_001, 1]]);
  });

  test('more than 2 GiB in bounded memory', () => {
    const place = folder();
    const file = join(place, 'sparse');
    writeFileSync(file, `${key.text}${'x'.repeat(100)}\n`);
    truncateSync(file, 2_200_000_000);
    appendFileSync(file, `\n  ${key.text}`);
    const rss = join(place, '../rss');
    const { keys, summary } = keylintJson([], { cwd: place, env: preload(`process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(rss)}, String(process.resourceUsage().maxRSS)))`) });
    const lines = key.text.split('\n').length;
    expect(keys.map(({ line, column }) => [line, column])).toEqual([[1, 1], [lines + 2, 3]]);
    expect(summary.bytes).toBeGreaterThan(2_200_000_000);
    expect(Number(readFileSync(rss, 'utf8')) / 1024).toBeLessThan(100);
    expect(summary.ms).toBeLessThan(40_000);
  });
});

describeWith(['git'], 'threads', () => {
  test('however many, they give the same report, outside of git and inside', () => {
    const place = folder();
    for (let i = 0; i < 3000; i++) write(join(place, `d${i % 40}/f${i}`), `file ${i}\n`.repeat(20));
    keysAt(place, ...Array.from({ length: 50 }, (_, i) => `d${(i * 7) % 40}/key${i}`));
    symlinkSync('d1', join(place, 'link'));
    for (const name of ['n1', 'd3/n2']) {
      git(place, 'init', '-q', name);
      keysAt(join(place, name), 'key', 'ignored');
      write(join(place, name, '.gitignore'), 'ignored');
      git(join(place, name), 'add', '.');
      git(join(place, name), 'commit', '-q', '-m', 'x');
    }
    const run = (jobs: string): unknown => {
      const report = keylintJson(['--jobs', jobs], { cwd: place });
      expect(report.keys).toHaveLength(52);
      expect(report.summary.skipped).toContainEqual({ path: 'link', reason: 'symbolic link' });
      return { ...report, summary: { ...report.summary, ms: 0 } };
    };
    expect(run('3')).toEqual(run('1'));
    git(place, 'init', '-q', '.');
    git(place, 'add', '--ignore-errors', '.');
    const one = run('1');
    expect(run('3')).toEqual(one);
    expect(run('64')).toEqual(one);
  });

  test('one that fails is an error', () => {
    const place = folder();
    for (let i = 0; i < 600; i++) writeFileSync(join(place, `f${i}`), 'x');
    const env = { ...environment, ...preload('const { isMainThread } = require("node:worker_threads"); if (!isMainThread) process.exit(3);') };
    const { status, stderr } = keylint(['--jobs', '2'], { cwd: place, env });
    expect([status, stderr]).toEqual([2, expect.stringContaining('keylint: error: ')]);
  });
});

describe('nothing at all', () => {
  test('an empty folder is clean', () => {
    expect(keylint([], { cwd: folder() })).toMatchObject({ status: 0, stdout: expect.stringContaining('no keys (0 files, 0 bytes'), stderr: '' });
    expect(keylint([], { cwd: repository() })).toMatchObject({ status: 0, stderr: '' });
  });
});
