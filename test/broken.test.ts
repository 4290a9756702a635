import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { spawn as start, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWith } from './tools.ts';
import { base, commit, environment, expectBroken, folder, git, keylint, keylintAsNobody, leaveToGit, makeKey, program, repository, spawn, withGit, write } from './program.ts';

const key = makeKey();
const other = makeKey();

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

/** A repository of three commits, with a key in the first and another in the third, and files without any. */
function withHistory(): { readonly top: string; readonly first: string; readonly third: string } {
  const top = repository({ commit: false });
  const long = Array.from({ length: 3000 }, (_, i) => `line ${i} ${i ** 3}\n`).join('');
  const first = commit(top, { 'a': key.text, 'long': long, 'sub/x': 'x' });
  commit(top, { long: `${long}more`, b: 'b' });
  return { top, first, third: commit(top, { 'a': undefined, 'sub/c': other.text, 'long': `${long}still more` }) };
}

/** The file of a loose object, made writable. */
function objectFile(top: string, name: string): string {
  const id = git(top, 'rev-parse', name);
  const file = join(top, '.git/objects', id.slice(0, 2), id.slice(2));
  chmodSync(file, 0o644);
  return file;
}

/** The pack that holds all of a repository, by its name without an ending. */
function packed(top: string): string {
  git(top, 'repack', '-q', '-a', '-d');
  const folderOfPacks = join(top, '.git/objects/pack');
  const [name] = readdirSync(folderOfPacks).filter((one) => one.endsWith('.pack'));
  for (const one of readdirSync(folderOfPacks)) chmodSync(join(folderOfPacks, one), 0o644);
  return join(folderOfPacks, name!.replace(/\.pack$/, ''));
}

describeWith(['git'], 'what git cannot do of a history is an error', () => {
  test('no git, no repository, one of somebody else', () => {
    const { top } = withHistory();
    for (const args of [['--history'], ['--range', 'HEAD'], ['--range', 'auto'], ['--pre-push', 'origin', 'x'], ['--pre-receive']]) {
      const input = args[0] === '--pre-receive' ? `${'0'.repeat(40)} ${git(top, 'rev-parse', 'HEAD')} refs/heads/x\n` : `refs/heads/main ${git(top, 'rev-parse', 'HEAD')} refs/heads/main ${git(top, 'rev-parse', 'HEAD~1')}\n`;
      const env = { GITHUB_ACTIONS: 'true', GITHUB_SHA: git(top, 'rev-parse', 'HEAD') };
      expectBroken(keylint(args, { cwd: top, input, env: { ...env, PATH: '/nowhere' } }), /git is not on PATH/);
      expectBroken(keylint(args, { cwd: folder(), input, env }), /not a git repository/);
      expectBroken(keylint(args, { cwd: top, input, env: { ...env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } }), /dubious ownership/);
    }
  });

  test.skipIf(!keylintAsNobody || process.getuid?.() !== 0)('a repository that really belongs to somebody else', () => {
    const { top } = withHistory();
    for (const args of [['--history'], ['--range', 'HEAD'], ['--staged'], ['.']]) expectBroken(keylintAsNobody!(args, { cwd: top }), /dubious ownership/);
    const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: top };
    expect(keylintAsNobody!(['--history'], { cwd: top, env: { ...env } }).status).toBe(1);
  });

  /** What a run over all of the history asks of git, each told by its arguments. */
  const questions = ['rev-parse --is-inside', 'config -z', 'batch-all-objects', 'cat-file --batch --buffer', 'rev-list --quiet', 'ls-tree', 'log --topo-order', 'show-ref', 'rev-list --topo-order', 'batch-check=%(objecttype)\\ --buffer'];

  test.each(questions)('git fails, or is ended, at: %s', (question) => {
    const { top } = withHistory();
    const isOfBlobs = /batch-all|--batch /.test(question);
    if (isOfBlobs) leaveToGit(top);
    const ask = (failure: string): ReturnType<typeof keylint> => keylint(['--history'], { cwd: top, env: withGit(`case "$*" in *${question.replaceAll(' ', '\\ ').replaceAll('(', '\\(').replaceAll(')', '\\)').replaceAll('\\\\ ', '\\ ')}*) ${failure};; *) exec "$GIT" "$@";; esac`) });
    const failed = ask('echo "warning: careful" >&2; echo "fatal: no luck today" >&2; exit 128');
    expectBroken(failed, /: no luck today/);
    expectBroken(ask('kill -9 $$'), /ended by SIGKILL/);
    expectBroken(ask('"$GIT" "$@" | head -c 100; kill -9 $$'), /ended by SIGKILL/);
    // What was found before stays found.
    if (!['rev-parse --is-inside', 'config -z', 'batch-all-objects', 'cat-file --batch --buffer'].includes(question)) expect(failed.stdout).toMatch(/2 errors in 2 keys/);
  });

  test('a damaged object is named, and the others are looked at', () => {
    for (const damage of [(file: string) => truncateSync(file, 100), (file: string) => writeFileSync(file, 'garbage'), (file: string) => truncateSync(file, 0)]) {
      const { top, first, third } = withHistory();
      damage(objectFile(top, 'HEAD:long'));
      const id = git(top, 'rev-parse', 'HEAD:long');
      for (const args of [['--history'], ['--range', 'HEAD']]) {
        const ran = keylint(args, { cwd: top });
        expectBroken(ran, new RegExp(`failed: .*${id}`));
        expect(ran.stdout).toContain(`in commit ${first}`);
        expect(ran.stdout).toContain(`in commit ${third}`);
      }
    }
  });

  test('an object that is not there is missed where commits are named', () => {
    const { top } = withHistory();
    rmSync(objectFile(top, 'HEAD:long'));
    const ran = keylint(['--range', 'HEAD'], { cwd: top });
    expectBroken(ran, /the history is not whole: 1 object that is not in this clone/);
    expect(ran.stdout).toMatch(/2 errors in 2 keys/);
    // No remote has it: going on without is not an option.
    expectBroken(keylint(['--range', 'HEAD', '--allow-missing'], { cwd: top }), /the history is not whole/);
  });

  test('a damaged folder or commit: the keys are told without their places', () => {
    for (const [name, said] of [['HEAD~1^{tree}', /it cannot be told where all keys lay: git log: /], ['HEAD~1', /git rev-list: /]] as const) {
      const { top } = withHistory();
      writeFileSync(objectFile(top, name), 'garbage');
      const ran = keylint(['--history'], { cwd: top });
      expectBroken(ran, said);
      expectBroken(ran, /git cat-file: object \w{40} cannot be read/);
      expect(ran.stdout).toMatch(/^sub\/c:1:1 {2}error/m);
      expect(ran.stdout).toMatch(/^blob \w{40}:1:1 {2}error/m);
      expectBroken(keylint(['--range', 'HEAD'], { cwd: top }), /git |not whole/);
    }
  });

  test('a pack that is damaged, cut off, or has lost one of its two files', () => {
    const damages: readonly [string, (pack: string) => void, RegExp][] = [
      ['damaged', (pack) => {
        const bytes = readFileSync(`${pack}.pack`);
        const middle = bytes.length >> 1;
        bytes.fill(0, middle, middle + 40);
        writeFileSync(`${pack}.pack`, bytes);
      }, /git (cat-file|log|rev-list|rev-parse|ls-tree): /],
      ['cut off', (pack) => truncateSync(`${pack}.pack`, 3000), /git (cat-file|rev-list|rev-parse): /],
      ['its index cut off', (pack) => truncateSync(`${pack}.idx`, 500), /git (cat-file|rev-list|rev-parse): /],
      ['without a pack', (pack) => rmSync(`${pack}.pack`), /\.idx: its pack is not there/],
      ['without an index', (pack) => rmSync(`${pack}.idx`), /\.pack: its index is not there/],
    ];
    for (const [, damage, said] of damages) {
      const { top } = withHistory();
      damage(packed(top));
      expectBroken(keylint(['--history'], { cwd: top }), said);
      expectBroken(keylint(['--range', 'HEAD'], { cwd: top }), /git |not whole/);
    }
    // Also of a repository that is borrowed from.
    const { top } = withHistory();
    const pack = packed(top);
    const borrower = join(folder(), 'clone');
    git(top, 'clone', '-q', '--shared', '.', borrower);
    rmSync(`${pack}.pack`);
    expectBroken(keylint(['--history'], { cwd: borrower }), /\.idx: its pack is not there/);
  });

  test.skipIf(!keylintAsNobody)('objects that we may not read', () => {
    const { top } = withHistory();
    if (process.getuid?.() === 0) spawn('chown', ['-R', '65533:65533', top]);
    const history = (): ReturnType<typeof keylint> => keylintAsNobody!(['--history'], { cwd: top });
    expect(history().status).toBe(1);
    const id = spawn('git', ['-c', 'safe.directory=*', 'rev-parse', 'HEAD:long'], { cwd: top }).stdout.trim();
    const file = join(top, '.git/objects', id.slice(0, 2), id.slice(2));
    chmodSync(file, 0);
    expectBroken(history(), new RegExp(`object ${id} cannot be read`));
    chmodSync(file, 0o444);
    chmodSync(join(file, '..'), 0);
    expectBroken(history(), /unable to open .*: Permission denied/);
    chmodSync(join(file, '..'), 0o755);
    spawn('git', ['-c', 'safe.directory=*', 'repack', '-q', '-a', '-d'], { cwd: top });
    spawn('chown', ['-R', '65533:65533', top]);
    const packs = join(top, '.git/objects/pack');
    for (const name of readdirSync(packs)) {
      chmodSync(join(packs, name), 0);
      if (/\.(pack|idx)$/.test(name)) expectBroken(history(), new RegExp(`${name}: permission denied`));
      chmodSync(join(packs, name), 0o444);
    }
    chmodSync(packs, 0);
    expectBroken(history(), /ermission denied/);
    chmodSync(packs, 0o755);
    expect(history().status).toBe(1);
  });

  test('refs that name nothing', () => {
    for (const content of ['garbage\n', `${'12'.repeat(20)}\n`, '']) {
      const { top } = withHistory();
      write(join(top, '.git/refs/heads/broken'), content);
      expectBroken(keylint(['--history'], { cwd: top }), /git rev-list: /);
    }
  });

  test('answers that are cut off', () => {
    const { top } = withHistory();
    leaveToGit(top);
    const cut = (question: string, bytes: number): Readonly<Record<string, string>> => withGit(`case "$*" in *${question}*) "$GIT" "$@" | head -c ${bytes};; *) exec "$GIT" "$@";; esac`);
    expectBroken(keylint(['--history'], { cwd: top, env: cut('cat-file\\ --batch\\ --buffer', 500) }), /cut off/);
    expectBroken(keylint(['--range', 'HEAD'], { cwd: top, env: cut('cat-file\\ --batch\\ --buffer', 500) }), /cut off/);
    expectBroken(keylint(['--history'], { cwd: top, env: withGit('case "$*" in *cat-file\\ --batch\\ --buffer*) echo nonsense;; *) exec "$GIT" "$@";; esac') }), /an answer that was not asked for/);
  });
});

describeWith(['git'], 'a signal', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends it, and never as if all were well', async (signal) => {
    const { top } = withHistory();
    leaveToGit(top);
    const started = join(folder(), 'started');
    const env = withGit(`case "$*" in *cat-file\\ --batch*) touch '${started}'; exec sleep 300;; *) exec "$GIT" "$@";; esac`);
    write(join(top, 'b'), 'changed');
    git(top, 'add', 'b');
    for (const args of [['--history'], ['--range', 'HEAD'], ['--staged']]) {
      rmSync(started, { force: true });
      // A group of its own, as a terminal gives to what runs in front: it is the group that gets the signal.
      const child = start(process.execPath, [program, ...args], { cwd: top, env: { ...environment, ...env }, stdio: 'ignore', detached: true });
      const ended = once(child, 'exit') as Promise<[number | null, string | null]>;
      while (!existsSync(started)) await new Promise((resolve) => { setTimeout(resolve, 20); });
      process.kill(-child.pid!, signal);
      const [code, by] = await ended;
      expect(by ?? code).not.toBe(0);
    }
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
