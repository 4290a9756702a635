import { chmodSync, mkdirSync, openSync, closeSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWith } from './tools.ts';
import { base, environment, expectBroken, folder, git, keylint, keylintAsNobody, makeKey, program, repository, spawn, withGit, write } from './program.ts';

const key = makeKey();

/** A repository with a key committed, another file staged. */
function staged(): string {
  const top = repository();
  write(join(top, 'a'), key.text);
  git(top, 'add', '.');
  git(top, 'commit', '-q', '-m', 'x');
  write(join(top, 'b'), 'staged');
  git(top, 'add', '.');
  return top;
}

const both: readonly (readonly string[])[] = [['--staged'], ['.']];

describeWith(['git'], 'what git cannot do is an error', () => {
  test.each(both)('no git: %s', (...args) => {
    const top = staged();
    const ran = keylint(args, { cwd: top, env: { PATH: '/nowhere' } });
    expectBroken(ran, /git is not on PATH/);
    // All the same, what can be looked at without git is.
    if (args[0] === '.') expect(ran.stdout).toMatch(/1 key /);
  });

  test.each(both)('no repository, or a broken one: %s', (...args) => {
    const place = folder();
    if (args[0] === '--staged') expectBroken(keylint(args, { cwd: place }), /not a git repository/);
    write(join(place, '.git'), 'gitdir: /nowhere\n');
    expectBroken(keylint(args, { cwd: place }), /not a git repository: \/nowhere/);
  });

  test.each(both)('an index that is garbage, or cut off: %s', (...args) => {
    const top = staged();
    for (const length of [100, 40, 5]) {
      truncateSync(join(top, '.git/index'), length);
      expectBroken(keylint(args, { cwd: top }), /git (diff-index|ls-files): |index of git is damaged/);
    }
    write(join(top, '.git/index'), 'garbage');
    expectBroken(keylint(args, { cwd: top }), /git (diff-index|ls-files): .*index/);
  });

  test.each(both)('a repository of somebody else: %s', (...args) => {
    const top = staged();
    expectBroken(keylint(args, { cwd: top, env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } }), /dubious ownership/);
  });

  test.each(both)('git ended by a signal, or with an error: %s', (...args) => {
    const top = staged();
    expectBroken(keylint(args, { cwd: top, env: withGit('kill -9 $$') }), /ended by SIGKILL/);
    expectBroken(keylint(args, { cwd: top, env: withGit('echo "warning: careful" >&2; echo "fatal: no luck today" >&2; exit 3') }), /: no luck today/);
    expectBroken(keylint(args, { cwd: top, env: withGit('exit 3') }), /: failed/);
  });

  test('a blob that is missing or damaged', () => {
    const top = staged();
    const id = git(top, 'rev-parse', ':b');
    const file = join(top, '.git/objects', id.slice(0, 2), id.slice(2));
    chmodSync(file, 0o644);
    writeFileSync(file, 'garbage');
    expectBroken(keylint(['--staged'], { cwd: top }), /git cat-file: /);
    rmSync(file);
    expectBroken(keylint(['--staged'], { cwd: top }), new RegExp(`b: git cat-file: object ${id} is missing`));
    // The others are still looked at.
    write(join(top, 'c'), key.text);
    git(top, 'add', 'c');
    const ran = keylint(['--staged'], { cwd: top });
    expectBroken(ran, /is missing/);
    expect(ran.stdout).toContain('c:1:1  error');
  });

  test('an entry that is no blob', () => {
    const top = staged();
    git(top, 'update-index', '--add', '--cacheinfo', `100644,${git(top, 'rev-parse', 'HEAD^{tree}')},tree`);
    expectBroken(keylint(['--staged'], { cwd: top }), /is no blob/);
  });

  test('HEAD that names nothing', () => {
    for (const [file, content] of [['HEAD', 'garbage\n'], ['HEAD', ''], ['refs/heads/main', 'garbage\n'], ['refs/heads/main', `${'0'.repeat(40)}\n`], ['refs/heads/main', `${'12'.repeat(20)}\n`]] as const) {
      const top = staged();
      write(join(top, '.git', file), content);
      expectBroken(keylint(['--staged'], { cwd: top }), /git (diff-index|rev-parse): /);
    }
  });

  test('an answer that is cut off, in one piece and through a pipe', () => {
    const top = staged();
    const env = withGit('case "$*" in *cat-file*) "$GIT" "$@" | head -c 50;; *) exec "$GIT" "$@";; esac');
    expectBroken(keylint(['--staged'], { cwd: top, env }), /cut off/);
    write(join(top, 'large'), Buffer.alloc(40_000_000, 'x'));
    git(top, '-c', 'core.compression=0', 'add', '.');
    expectBroken(keylint(['--staged'], { cwd: top, env: withGit('case "$*" in *cat-file*) "$GIT" "$@" | head -c 39000000;; *) exec "$GIT" "$@";; esac') }), /cut off|cat-file: /);
    expectBroken(keylint(['--staged'], { cwd: top, env: withGit('case "$*" in *cat-file*) "$GIT" "$@" | head -c 39000000; kill -9 $$;; *) exec "$GIT" "$@";; esac') }), /ended by SIGKILL/);
  });

  test('untracked files that cannot be listed', () => {
    const top = staged();
    expectBroken(keylint(['.'], { cwd: top, env: withGit('case "$*" in *--others*) echo "fatal: no luck" >&2; exit 128;; *) exec "$GIT" "$@";; esac') }), /ls-files: no luck/);
  });

  test('a submodule whose repository is gone: everything in it is looked at', () => {
    const top = staged();
    git(top, 'init', '-q', 'sub');
    git(join(top, 'sub'), 'commit', '-q', '--allow-empty', '-m', 'x');
    git(top, 'add', 'sub');
    rmSync(join(top, 'sub/.git'), { recursive: true });
    write(join(top, 'sub/.git'), 'gitdir: ../gone\n');
    write(join(top, 'sub/key'), key.text);
    const ran = keylint(['.'], { cwd: top });
    expectBroken(ran, /sub: git ls-files: not a git repository/);
    expect(ran.stdout).toContain('2 keys');
  });

  test('git is told about in the language of the program', () => {
    expectBroken(keylint(['--staged'], { cwd: folder(), env: { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' } }), /not a git repository/);
  });
});

describe( 'what cannot be read is an error', () => {
  test('a path that is not there, beside others', () => {
    const place = folder();
    write(join(place, 'key'), key.text);
    const ran = keylint(['key', 'missing', 'folder/missing'], { cwd: place });
    expectBroken(ran, /failed: folder\/missing: no such file or folder\nfailed: missing: no such file or folder/);
    expect(ran.stdout).toContain('1 key');
    symlinkSync('nowhere', join(place, 'dangling'));
    symlinkSync('circle', join(place, 'circle'));
    expectBroken(keylint(['dangling'], { cwd: place }), /dangling: no such file or folder/);
    expectBroken(keylint(['circle'], { cwd: place }), /circle: cannot be read: ELOOP/);
    expectBroken(keylint(['*.pem'], { cwd: place }), /\*\.pem: no file or folder matches it/);
    expectBroken(keylint([''], { cwd: place }), /names nothing/);
  });

  test.skipIf(!keylintAsNobody)('files and folders that we may not read', () => {
    const place = folder();
    chmodSync(place, 0o755);
    for (const name of ['key', 'open/key', 'shut/key']) write(join(place, name), key.text);
    chmodSync(join(place, 'key'), 0);
    chmodSync(join(place, 'shut'), 0);
    const run = (...args: readonly string[]): ReturnType<typeof keylint> => keylintAsNobody!(args, { cwd: place });
    expectBroken(run('.'), /^failed: key: permission denied\nfailed: shut: permission denied$/m);
    expectBroken(run('key'), /key: permission denied/);
    expectBroken(run('shut'), /shut: permission denied/);
    expectBroken(run('shut/key'), /shut\/key: permission denied/);
    expectBroken(run('-f', 'json', '.'), /key: permission denied/);
    chmodSync(join(place, 'shut'), 0o755);
  });

  test.skipIf(!keylintAsNobody)('the same in a git work tree', () => {
    const top = staged();
    write(join(top, 'shut/key'), key.text);
    git(top, 'add', '.');
    write(join(top, 'secret/untracked'), key.text);
    if (process.getuid?.() === 0) spawn('chown', ['-R', '65533:65533', top]);
    for (const name of ['a', 'shut', 'secret']) chmodSync(join(top, name), 0);
    const ran = keylintAsNobody!(['.'], { cwd: top });
    expectBroken(ran, /^failed: a: permission denied$/m);
    expectBroken(ran, /^failed: shut\/key: permission denied$/m);
    // git itself passes over an untracked folder that it may not open.
    expectBroken(ran, /^failed: secret: permission denied$/m);
    for (const name of ['a', 'shut', 'secret']) chmodSync(join(top, name), 0o755);
    chmodSync(join(top, '.git/index'), 0);
    expectBroken(keylintAsNobody!(['.'], { cwd: top }), /git ls-files: .*index/);
    expectBroken(keylintAsNobody!(['--staged'], { cwd: top }), /git diff-index: .*index/);
    chmodSync(join(top, '.git'), 0);
    expectBroken(keylintAsNobody!(['--staged'], { cwd: top }), /git diff-index: /);
    expectBroken(keylintAsNobody!(['.'], { cwd: top }), /git ls-files: /);
    chmodSync(join(top, '.git'), 0o755);
  });

  test('standard input that is closed or a folder', () => {
    const fd = openSync(base, 'r');
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, '--stdin'], { env: environment, stdio: [fd, 'pipe', 'pipe'], encoding: 'utf8' });
    closeSync(fd);
    expectBroken({ status, stdout, stderr }, /<stdin>: cannot be read: EISDIR/);
  });

  test('a working folder that is gone', () => {
    const place = folder('gone');
    expectBroken(spawn('sh', ['-c', `rmdir '${place}'; exec '${process.execPath}' '${program}' .`], { cwd: place }), /the working folder is gone/);
  });
});

describe('what cannot be used or written is an error', () => {
  test.each([
    ['{', /keylint\.config\.json:1:2: a } is missing/],
    ['{ "rules": { "no-such-rule": "error" } }', /keylint\.config\.json:1:14: .*no-such-rule/],
    ['{ "rules": { "min-key-size": ["error", { "rsa": "big" }] } }', /keylint\.config\.json:1:\d+: /],
    ['{ "extends": "keylint:recomended" }', /did you mean "keylint:recommended"/],
  ])('a policy: %s', (text, message) => {
    const top = repository();
    write(join(top, 'keylint.config.json'), text);
    for (const args of [[], ['--staged'], ['--stdin'], ['--print-config', 'a']]) {
      const ran = keylint(args, { cwd: top });
      expectBroken(ran, message);
      expect(ran.stdout).toBe('');
    }
  });

  test('a policy that is named and not there, or is a folder', () => {
    const place = folder();
    for (const args of [[], ['--staged']]) {
      expectBroken(keylint([...args, '-c', 'missing.json'], { cwd: repository() }), /missing\.json: there is no such file/);
      expectBroken(keylint([...args, '-c', place], { cwd: repository() }), /it is not a file/);
    }
  });

  test.each(['missing/report', '.'])('a report that cannot be written to %s', (target) => {
    const place = folder();
    expectBroken(keylint(['-o', target, '.'], { cwd: place }), /the report cannot be written to /);
    expectBroken(keylint(['-f', `json:${target}`, '.'], { cwd: place }), /the report cannot be written to /);
    expectBroken(keylint(['-o', target, '--staged'], { cwd: repository() }), /the report cannot be written to /);
  });

  test('init where nothing can be written', () => {
    const top = repository();
    rmSync(join(top, '.git/hooks'), { recursive: true, force: true });
    mkdirSync(join(top, '.git/hooks'));
    mkdirSync(join(top, 'keylint.config.json'));
    expectBroken(keylint(['init'], { cwd: top }), /keylint\.config\.json/);
    expectBroken(keylint(['init', 'missing'], { cwd: top }), /missing/);
  });
});
