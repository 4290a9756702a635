import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWith } from './tools.ts';
import { base, commit as commitFiles, environment, expectBroken, folder, git, hook as writeHook, inHook, keylint, keylintJson, makeKey, program, repository, spawn, write, type Ran } from './program.ts';

const key = makeKey();
const other = makeKey();

/** Makes keylint the pre-commit hook, as `keylint init` does, or one of another name. */
function hook(top: string, script = `exec ${inHook} --staged`, name = 'pre-commit'): string {
  writeHook(top, name, script);
  return top;
}

function hooked(options?: Parameters<typeof repository>[0]): string {
  return hook(repository(options));
}

function head(top: string): string {
  return spawn('git', ['rev-parse', '-q', '--verify', 'HEAD'], { cwd: top }).stdout;
}

function commit(top: string, ...args: readonly string[]): Ran {
  return spawn('git', ['commit', '-m', 'a change', ...args], { cwd: top });
}

/** The commit is refused, nothing has been committed, and the message names file, key, rule and fix. */
function refused(top: string, file: string, ...args: readonly string[]): void {
  const before = head(top);
  const { status, stdout, stderr } = commit(top, ...args);
  expect(status).toBe(1);
  expect(head(top)).toBe(before);
  const said = stdout + stderr;
  expect(said).toContain(`${file}:1:1  error  Ed25519 private key without a passphrase is about to be committed  no-committed-private-key`);
  expect(said).toContain(key.fingerprint);
  expect(said).toContain('git reset -q -- ');
  expect(said).not.toMatch(/[A-Za-z0-9+/]{60}/);
}

function accepted(top: string, ...args: readonly string[]): void {
  const before = head(top);
  const { status, stdout, stderr } = commit(top, ...args);
  expect(stdout + stderr).not.toContain('no-committed');
  expect(status).toBe(0);
  expect(head(top)).not.toBe(before);
}

describeWith(['git'], 'a commit', () => {
  test('of a key is refused; the same commit without it is not', () => {
    const top = hooked();
    write(join(top, 'deploy/key'), key.text);
    write(join(top, 'readme'), 'hello');
    git(top, 'add', '.');
    refused(top, 'deploy/key');
    git(top, 'reset', '-q', '--', 'deploy/key');
    accepted(top);
    expect(git(top, 'show', '--name-only', '--format=')).toBe('readme');
  });

  test('-a and -am: what the commit itself stages', () => {
    const top = hooked();
    write(join(top, 'a'), 'x');
    git(top, 'add', 'a');
    accepted(top);
    write(join(top, 'a'), key.text);
    refused(top, 'a', '-a');
    const { status } = spawn('git', ['commit', '-am', 'all'], { cwd: top });
    expect(status).toBe(1);
    write(join(top, 'a'), 'y');
    accepted(top, '-a');
  });

  test('of a path: a key staged elsewhere stays out of it', () => {
    const top = hooked();
    write(join(top, 'a'), 'x');
    write(join(top, 'b'), 'x');
    git(top, 'add', '.');
    accepted(top);
    write(join(top, 'a'), 'y');
    write(join(top, 'b'), key.text);
    git(top, 'add', 'b');
    accepted(top, 'a');
    expect(git(top, 'show', '--name-only', '--format=')).toBe('a');
  });

  test('of a path that holds a key, with something harmless staged', () => {
    const top = hooked();
    write(join(top, 'a'), 'x');
    git(top, 'add', '.');
    accepted(top);
    write(join(top, 'a'), key.text);
    write(join(top, 'b'), 'x');
    git(top, 'add', 'b');
    refused(top, 'a', 'a');
  });

  test('--amend: with a key is refused, of the message alone is not', () => {
    const top = hooked();
    write(join(top, 'a'), 'x');
    git(top, 'add', '.');
    accepted(top);
    write(join(top, 'a'), key.text);
    git(top, 'add', '.');
    refused(top, 'a', '--amend');
    git(top, 'reset', '-q', '--hard');
    accepted(top, '--amend', '-m', 'another message');
  });

  test('in a linked work tree, also with -a and from a hook that goes into a subfolder', () => {
    const top = hooked();
    const linked = folder('linked');
    git(top, 'worktree', 'add', '-q', '-b', 'linked', linked);
    write(join(linked, 'sub/a'), 'x');
    git(linked, 'add', '.');
    accepted(linked);
    write(join(linked, 'sub/a'), key.text);
    refused(linked, 'sub/a', '-a');
    git(linked, 'add', '.');
    refused(linked, 'sub/a');
    hook(top, `cd sub && exec '${process.execPath}' '${program}' --staged a`);
    refused(linked, 'a');
    refused(linked, 'a', '-a');
    expect(head(top)).not.toBe(head(linked));
  });

  test('from a hook that goes into a subfolder: the index of this commit, wherever it lies', () => {
    const top = hook(repository(), `cd sub && exec '${process.execPath}' '${program}' --staged`);
    write(join(top, 'sub/a'), 'x');
    write(join(top, 'b'), 'x');
    git(top, 'add', '.');
    accepted(top);
    write(join(top, 'sub/a'), key.text);
    refused(top, 'a', '-a');
    write(join(top, 'b'), 'y');
    accepted(top, 'b');
  });

  test('to a repository that lies apart from its work tree', () => {
    const place = folder();
    const store = join(place, 'store');
    const work = join(place, 'work');
    mkdirSync(work);
    git(place, 'init', '-q', '--bare', store);
    hook(store);
    write(join(work, 'sub/a'), key.text);
    const apart = (...args: readonly string[]): Ran => spawn('git', [`--git-dir=${store}`, `--work-tree=${work}`, ...args], { cwd: join(work, 'sub') });
    apart('add', 'a');
    const { status, stdout, stderr } = apart('commit', '-m', 'x');
    expect([status, stdout + stderr]).toEqual([1, expect.stringMatching(/^sub\/a:1:1 {2}error/m)]);
    apart('reset', '-q', '--', 'a');
    write(join(work, 'sub/a'), 'x');
    apart('add', 'a');
    expect(apart('commit', '-m', 'x').status).toBe(0);
  });

  test('from a subfolder', () => {
    const top = hooked();
    write(join(top, 'sub/a'), key.text);
    write(join(top, 'b'), 'x');
    git(top, 'add', '.');
    const { status, stdout, stderr } = spawn('git', ['commit', '-m', 'x'], { cwd: join(top, 'sub') });
    expect(status).toBe(1);
    expect(stdout + stderr).toContain('sub/a:1:1');
    // The command is pasted where git was called.
    const fix = /git reset -q -- (.*)/.exec(stdout + stderr)![0];
    expect(fix).toBe('git reset -q -- :/sub/a');
    spawn('sh', ['-c', fix], { cwd: join(top, 'sub') });
    expect(git(top, 'diff', '--cached', '--name-only')).toBe('b');
  });

  test('from a subfolder, a name that git takes for a pattern', () => {
    const top = hooked();
    write(join(top, 'sub/*'), key.text);
    write(join(top, 'sub/b'), 'x');
    git(top, 'add', '.');
    const { stdout, stderr } = spawn('git', ['commit', '-m', 'x'], { cwd: join(top, 'sub') });
    spawn('sh', ['-c', /git reset -q -- (.*)/.exec(stdout + stderr)![0]], { cwd: join(top, 'sub') });
    expect(git(top, 'diff', '--cached', '--name-only')).toBe('sub/b');
  });

  test('without a commit before it', () => {
    const top = hooked({ commit: false });
    write(join(top, 'a'), key.text);
    git(top, 'add', '.');
    refused(top, 'a');
    git(top, 'rm', '-q', '--cached', 'a');
    write(join(top, 'b'), 'x');
    git(top, 'add', 'b');
    accepted(top);
  });

  test('that concludes a merge', () => {
    const top = hooked();
    write(join(top, 'a'), 'x');
    git(top, 'add', '.');
    accepted(top);
    git(top, 'checkout', '-q', '-b', 'side');
    write(join(top, 'a'), 'side');
    accepted(top, '-a');
    git(top, 'checkout', '-q', 'main');
    write(join(top, 'a'), 'main');
    accepted(top, '-a');
    expect(spawn('git', ['merge', 'side'], { cwd: top }).status).toBe(1);
    const during = keylintJson(['--staged'], { cwd: top });
    expect(during.status).toBe(0);
    expect(during.summary.skipped).toEqual([{ path: 'a', reason: 'unmerged: git will not commit it' }]);
    write(join(top, 'a'), key.text);
    git(top, 'add', 'a');
    refused(top, 'a');
    write(join(top, 'a'), 'both');
    git(top, 'add', 'a');
    accepted(top);
    expect(git(top, 'rev-list', '--parents', '-1', 'HEAD').split(' ')).toHaveLength(3);
  });

  /** main and side, both with a file of their own and other texts in `a`, HEAD on main. */
  function diverged(side: Readonly<Record<string, string>>): string {
    const top = hooked();
    commitFiles(top, { a: 'x' });
    git(top, 'checkout', '-q', '-b', 'side');
    commitFiles(top, { a: 'side', s: 's', ...side });
    git(top, 'checkout', '-q', 'main');
    commitFiles(top, { a: 'main', m: 'm' });
    return top;
  }

  test('that concludes a merge brings what differs from all of its parents', () => {
    const top = diverged({ 'theirs': key.text, 'moved': other.text });
    expect(spawn('git', ['merge', 'side'], { cwd: top }).status).toBe(1);
    write(join(top, 'a'), 'both');
    git(top, 'add', 'a');
    // A key that came with the other branch is in history already.
    expect(keylintJson(['--staged'], { cwd: top })).toMatchObject({ status: 0, keys: [], summary: { files: 1 } });
    // Nor is a key that the merge itself brings to a path, from wherever it came.
    git(top, 'mv', 'moved', 'elsewhere');
    expect(keylintJson(['--staged'], { cwd: top })).toMatchObject({ status: 1, keys: [{ path: 'elsewhere' }] });
    git(top, 'mv', 'elsewhere', 'moved');
    write(join(top, 'theirs'), `${key.text}# changed\n`);
    git(top, 'add', 'theirs');
    refused(top, 'theirs');
    git(top, 'checkout', '-q', 'side', '--', 'theirs');
    accepted(top);
    expect(git(top, 'rev-list', '--parents', '-1', 'HEAD').split(' ')).toHaveLength(3);
  });

  test('that concludes a merge in a linked work tree, or one of three branches', () => {
    const top = diverged({ theirs: key.text });
    const linked = folder('linked');
    git(top, 'worktree', 'add', '-q', '-b', 'linked', linked, 'main');
    spawn('git', ['merge', 'side'], { cwd: linked });
    write(join(linked, 'a'), key.text);
    git(linked, 'add', '.');
    refused(linked, 'a');
    write(join(linked, 'a'), 'both');
    git(linked, 'add', '.');
    accepted(linked);
    git(top, 'checkout', '-q', '-b', 'two', 'main~1');
    commitFiles(top, { two: other.text });
    git(top, 'checkout', '-q', 'main');
    commitFiles(top, { more: 'x' });
    git(top, 'merge', '-q', '--no-commit', 'two', 'linked');
    expect(readFileSync(join(top, '.git/MERGE_HEAD'), 'utf8').trim().split('\n')).toHaveLength(2);
    write(join(top, 'new'), key.text);
    git(top, 'add', 'new');
    refused(top, 'new');
    git(top, 'rm', '-q', '--cached', 'new');
    accepted(top);
    expect(git(top, 'rev-list', '--parents', '-1', 'HEAD').split(' ')).toHaveLength(4);
  });

  test('that git makes of a merge without conflicts, in a pre-merge-commit hook', () => {
    const top = diverged({ theirs: key.text });
    git(top, 'checkout', '-q', '-b', 'clean', 'main~1');
    commitFiles(top, { c: 'c' });
    hook(top, undefined, 'pre-merge-commit');
    expect(spawn('git', ['merge', '--no-edit', 'side'], { cwd: top })).toMatchObject({ status: 0, stderr: '' });
    // A merge driver may put together what neither side has.
    const [first = '', ...rest] = key.text.split(/(?<=\n)/);
    git(top, 'checkout', '-q', '-b', 'left', 'main');
    write(join(top, '.gitattributes'), 'split merge=union\n');
    commitFiles(top, { split: 'x\n' });
    git(top, 'checkout', '-q', '-b', 'right');
    commitFiles(top, { split: `x\n${rest.join('')}` });
    git(top, 'checkout', '-q', 'left');
    commitFiles(top, { split: `x\n${first}` });
    const ran = spawn('git', ['merge', '--no-edit', 'right'], { cwd: top });
    expect([ran.status, ran.stdout + ran.stderr]).toEqual([expect.any(Number), expect.stringContaining('split:2:1  error  Ed25519 private key')]);
    expect(ran.status).not.toBe(0);
  });

  test('after a merge that was given up, and of what a squashed or a picked commit brings', () => {
    const top = diverged({ theirs: key.text });
    spawn('git', ['merge', 'side'], { cwd: top });
    git(top, 'merge', '--abort');
    write(join(top, 'theirs'), key.text);
    git(top, 'add', 'theirs');
    refused(top, 'theirs');
    git(top, 'reset', '-q', '--hard');
    // The other branch is no parent of these.
    spawn('git', ['merge', '--squash', '-X', 'ours', 'side'], { cwd: top });
    refused(top, 'theirs');
    git(top, 'reset', '-q', '--hard');
    git(top, 'cherry-pick', '--no-commit', '-X', 'ours', 'side');
    refused(top, 'theirs');
  });

  test('-p: of some of the changes of a file', () => {
    const top = hooked();
    const lines = Array.from({ length: 30 }, (_, i) => `line ${i}\n`);
    commitFiles(top, { a: lines.join('') });
    write(join(top, 'a'), [`first\n`, ...lines, key.text].join(''));
    const patch = (answers: string): Ran => spawn('git', ['commit', '-q', '-m', 'x', '-p', 'a'], { cwd: top, input: answers });
    const before = head(top);
    const ran = patch('n\ny\n');
    expect([ran.status, ran.stdout + ran.stderr]).toEqual([1, expect.stringContaining('a:31:1  error')]);
    expect(head(top)).toBe(before);
    git(top, 'reset', '-q');
    expect(patch('y\nn\n').status).toBe(0);
    expect(git(top, 'show', 'HEAD:a')).toMatch(/^first\nline 0/);
    expect(commit(top, '-a').status).toBe(1);
  });

  test('a fixed allowance lets a key pass', () => {
    const top = hooked();
    write(join(top, 'test/key'), key.text);
    write(join(top, 'keylint.config.json'), JSON.stringify({ allow: [{ fingerprint: key.fingerprint, reason: 'for tests' }] }));
    git(top, 'add', '.');
    accepted(top);
  });

  test('what the policy ignores passes, and is said to have been skipped', () => {
    const top = hooked();
    write(join(top, 'fixtures/key'), key.text);
    write(join(top, 'keylint.config.json'), JSON.stringify({ ignores: ['fixtures/'] }));
    git(top, 'add', '.');
    expect(keylintJson(['--staged'], { cwd: top }).summary.skipped).toEqual([{ path: 'fixtures/key', reason: 'ignored by policy' }]);
    accepted(top);
  });

  test('a clean commit says nothing', () => {
    const top = repository();
    write(join(top, 'a'), 'x');
    git(top, 'add', '.');
    expect(keylint(['--staged'], { cwd: top })).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

describeWith(['git'], 'what a diff or the work tree would hide', () => {
  test('odd names, and the command that takes exactly one of them out of the commit', () => {
    const names = ['a b', '"quoted"', "it's", 'new\nline', 'tab\there', 'ключ', '-dash', ':(glob)x', ':!x', '*', '[a]', 'a?', '\\back', ' lead', 'trail ', 'é.pem', 'e\u0301.pem', '$(touch x)', 'a\u202eb'];
    const top = repository();
    for (const name of names) writeFileSync(join(top, name), key.text);
    git(top, 'add', '-A');
    const { status, keys, findings } = keylintJson(['--staged'], { cwd: top });
    expect(status).toBe(1);
    expect(keys.map(({ path }) => path).sort()).toEqual([...names].sort());
    expect(keylint(['--staged'], { cwd: top }).stdout).not.toMatch(/[\t\u202e]/);
    const staged = (): readonly string[] => git(top, 'diff', '--cached', '--name-only', '-z').split('\0').filter(Boolean).sort();
    const left = new Set(names);
    for (const { rule, path, help } of findings) {
      if (rule !== 'no-committed-private-key') continue;
      left.delete(path);
      expect(spawn('bash', ['-c', /git reset .*/s.exec(String(help))![0]], { cwd: top }).status).toBe(0);
      expect(staged()).toEqual([...left].sort());
    }
    expect(keylint(['--staged'], { cwd: top }).status).toBe(0);
  });

  test('a name that is not UTF-8', () => {
    const top = repository();
    writeFileSync(Buffer.from(`${top}/caf\xe9`, 'latin1'), key.text);
    git(top, 'add', '-A');
    const { status, keys } = keylintJson(['--staged'], { cwd: top });
    expect(status).toBe(1);
    expect(keys.map(({ path }) => path)).toEqual(['caf\ufffd']);
  });

  test.each(['-diff', 'binary', '-text -diff', 'diff=secret', 'export-ignore', 'filter=lfs diff=lfs merge=lfs'])('.gitattributes: *.pem %s', (attributes) => {
    const top = repository();
    git(top, 'config', 'diff.secret.textconv', 'echo nothing');
    write(join(top, '.gitattributes'), `*.pem ${attributes}\n`);
    write(join(top, 'a.pem'), key.text);
    git(top, 'add', '.');
    expect(keylintJson(['--staged'], { cwd: top })).toMatchObject({ status: 1, keys: [{ path: 'a.pem' }] });
  });

  test('settings that change what a diff says', () => {
    const top = repository();
    for (const [name, value] of [['diff.noprefix', 'true'], ['color.ui', 'always'], ['diff.external', 'true'], ['core.quotePath', 'false'], ['diff.renames', 'copies'], ['diff.orderFile', '/nowhere'], ['core.abbrev', '4'], ['diff.ignoreSubmodules', 'all'], ['status.relativePaths', 'false']] as const) git(top, 'config', name, value);
    write(join(top, 'a'), key.text);
    git(top, 'add', '.');
    expect(keylint(['--staged'], { cwd: top }).status).toBe(1);
  });

  test('filters: what git stores counts', () => {
    const top = repository();
    write(join(top, 'stored'), key.text);
    git(top, 'config', 'filter.hides.clean', 'echo encrypted');
    git(top, 'config', 'filter.leaks.clean', `cat '${join(top, 'stored')}'`);
    write(join(top, '.gitattributes'), 'hidden filter=hides\nleaked filter=leaks\n');
    write(join(top, 'hidden'), key.text);
    write(join(top, 'leaked'), 'nothing to see');
    git(top, 'add', '.gitattributes', 'hidden', 'leaked');
    expect(keylintJson(['--staged'], { cwd: top })).toMatchObject({ status: 1, keys: [{ path: 'leaked' }] });
  });

  test('a key that was staged and then cleaned in the work tree, and one that is only in the work tree', () => {
    const top = repository();
    write(join(top, 'staged'), key.text);
    write(join(top, 'not'), 'x');
    git(top, 'add', '.');
    write(join(top, 'staged'), 'clean');
    write(join(top, 'not'), key.text);
    expect(keylintJson(['--staged'], { cwd: top })).toMatchObject({ status: 1, keys: [{ path: 'staged' }] });
    rmSync(join(top, 'staged'));
    expect(keylint(['--staged'], { cwd: top }).status).toBe(1);
    git(top, 'rm', '-q', '--cached', 'staged');
    expect(keylint(['--staged'], { cwd: top }).status).toBe(0);
  });

  test('links: where one points is not committed, what it says is', () => {
    const top = repository();
    write(join(top, '../target'), key.text);
    symlinkSync('../target', join(top, 'link'));
    git(top, 'add', '.');
    expect(keylint(['--staged'], { cwd: top }).status).toBe(0);
    symlinkSync(key.text, join(top, 'odd'));
    git(top, 'add', '.');
    expect(keylintJson(['--staged'], { cwd: top })).toMatchObject({ status: 1, keys: [{ path: 'odd' }] });
  });

  test('renames with changes, copies, and files that take the place of links', () => {
    const top = repository();
    const lines = Array.from({ length: 200 }, (_, i) => `line ${i}\n`).join('');
    write(join(top, 'old'), lines);
    symlinkSync('old', join(top, 'link'));
    git(top, 'add', '.');
    git(top, 'commit', '-q', '-m', 'x');
    git(top, 'mv', 'old', 'new');
    write(join(top, 'new'), lines + key.text);
    write(join(top, 'copy'), lines + other.text);
    rmSync(join(top, 'link'));
    write(join(top, 'link'), key.text);
    git(top, 'add', '.');
    expect(git(top, 'diff', '--cached', '--name-status', '-M')).toMatch(/^R\d+\told\t(new|copy)$/m);
    expect(keylintJson(['--staged'], { cwd: top }).keys.map(({ path, line }) => [path, line])).toEqual([['copy', 201], ['link', 1], ['new', 201]]);
  });

  test('a change of mode brings the file into the commit again; a deletion does not', () => {
    const top = repository();
    write(join(top, 'a'), key.text);
    write(join(top, 'b'), other.text);
    git(top, 'add', '.');
    git(top, 'commit', '-q', '-m', 'x');
    expect(keylint(['--staged'], { cwd: top }).status).toBe(0);
    git(top, 'update-index', '--chmod=+x', 'a');
    git(top, 'rm', '-q', 'b');
    expect(keylintJson(['--staged'], { cwd: top })).toMatchObject({ status: 1, keys: [{ path: 'a' }] });
  });

  test('a key of which a commit adds but one line', () => {
    const top = repository();
    const [first, ...rest] = key.text.split('\n');
    write(join(top, 'a'), rest.join('\n'));
    git(top, 'add', '.');
    git(top, 'commit', '-q', '-m', 'x');
    write(join(top, 'a'), [first, ...rest].join('\n'));
    git(top, 'add', '.');
    expect(keylintJson(['--staged'], { cwd: top }).keys).toMatchObject([{ line: 1, endLine: rest.length }]);
  });

  test('submodules and files that are only intended to be added are not read', () => {
    const top = repository();
    git(top, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
    write(join(top, 'intended'), key.text);
    write(join(top, 'empty'), '');
    git(top, 'add', '-N', 'intended');
    git(top, 'add', 'empty');
    const report = keylintJson(['--staged'], { cwd: top });
    expect(report.status).toBe(0);
    expect(report.summary).toMatchObject({ files: 2, bytes: 0, keys: 0, skipped: [{ path: 'sub', reason: 'submodule' }] });
    hook(top);
    refused(top, 'intended', '-a');
  });

  test('texts in UTF-16, bytes around it, DER', () => {
    const top = repository();
    write(join(top, 'utf-16le'), Buffer.from(`\ufeff${key.text}`, 'utf16le'));
    write(join(top, 'utf-16be'), Buffer.from(`\ufeff${key.text}`, 'utf16le').swap16());
    write(join(top, 'nul'), Buffer.concat([Buffer.from('\0'), Buffer.from(key.text), Buffer.alloc(100)]));
    write(join(top, 'der'), generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }));
    git(top, 'add', '.');
    const { status, keys } = keylintJson(['--staged'], { cwd: top });
    expect(status).toBe(1);
    expect(keys.map(({ path, format }) => [path, format])).toEqual([['der', 'pkcs8'], ['nul', 'openssh'], ['utf-16be', 'openssh'], ['utf-16le', 'openssh']]);
  });

  test('one key in several files is reported in each', () => {
    const top = repository();
    for (const name of ['a', 'b', 'c/d']) write(join(top, name), key.text);
    git(top, 'add', '.');
    expect(keylintJson(['--staged'], { cwd: top }).keys.map(({ path }) => path)).toEqual(['a', 'b', 'c/d']);
  });

  test('a repository of SHA-256 names', () => {
    const top = hooked({ format: 'sha256' });
    write(join(top, 'a'), key.text);
    write(join(top, 'empty'), '');
    git(top, 'add', '.');
    refused(top, 'a');
  });

  test('pointers of Git LFS: that what they stand for was not looked at is said', () => {
    const top = repository();
    const pointer = (host: string): string => `version https://${host}/spec/v1\noid sha256:${'1'.repeat(64)}\nsize ${key.text.length}\n`;
    write(join(top, 'large.bin'), pointer('git-lfs.github.com'));
    write(join(top, 'old.bin'), pointer('hawser.github.com'));
    write(join(top, 'no-pointer'), `see ${pointer('git-lfs.github.com')}`);
    write(join(top, 'longer'), pointer('git-lfs.github.com') + 'x'.repeat(1000));
    git(top, 'add', '.');
    const skipped = [{ path: 'large.bin', reason: 'Git LFS pointer' }, { path: 'old.bin', reason: 'Git LFS pointer' }];
    const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1);
    const staged = keylintJson(['--staged'], { cwd: top });
    expect([staged.status, [...staged.summary.skipped].sort(byPath)]).toEqual([0, skipped]);
    write(join(top, 'key'), key.text);
    git(top, 'add', '.');
    expect(keylint(['--staged'], { cwd: top }).stdout).toContain('2 skipped: 2 Git LFS pointer');
    // In one piece and through a pipe.
    write(join(top, 'large'), Buffer.alloc(40_000_000, 'x'));
    git(top, '-c', 'core.compression=0', 'add', '.');
    expect([...keylintJson(['--staged'], { cwd: top }).summary.skipped].sort(byPath)).toEqual(skipped);
    git(top, 'commit', '-q', '-m', 'x');
    for (const args of [['--history'], ['--range', 'HEAD~1..HEAD']]) {
      expect([...keylintJson(args, { cwd: top }).summary.skipped].sort(byPath)).toEqual(skipped.map(({ path, reason }) => ({ path: `blob ${git(top, 'rev-parse', `HEAD:${path}`)}`, reason })).sort(byPath));
    }
  });

  test('a sparse checkout without an index of its own kind, also in a merge', () => {
    const top = repository();
    commitFiles(top, { 'in/a': 'x', 'out/b': 'x', 'a': 'x' });
    git(top, 'checkout', '-q', '-b', 'side');
    commitFiles(top, { 'out/theirs': other.text, 'a': 'side' });
    git(top, 'checkout', '-q', 'main');
    commitFiles(top, { a: 'main' });
    git(top, 'sparse-checkout', 'set', '--no-cone', '/in/', '/a');
    write(join(top, 'in/a'), key.text);
    git(top, 'add', 'in');
    expect(keylintJson(['--staged'], { cwd: top })).toMatchObject({ status: 1, keys: [{ path: 'in/a' }] });
    git(top, 'reset', '-q', '--hard');
    spawn('git', ['merge', 'side'], { cwd: top });
    git(top, 'add', '--sparse', 'a');
    expect(keylintJson(['--staged'], { cwd: top })).toMatchObject({ status: 0, keys: [] });
    git(top, 'update-index', '--add', '--cacheinfo', `100644,${git(top, 'rev-parse', 'side:out/theirs')},out/new`);
    expect(keylintJson(['--staged'], { cwd: top })).toMatchObject({ status: 1, keys: [{ path: 'out/new' }] });
  });

  test('a sparse index', () => {
    const top = repository();
    write(join(top, 'in/a'), 'x');
    write(join(top, 'out/b'), 'x');
    git(top, 'add', '.');
    git(top, 'commit', '-q', '-m', 'x');
    git(top, 'sparse-checkout', 'set', '--sparse-index', 'in');
    write(join(top, 'in/a'), key.text);
    git(top, 'add', 'in');
    expect(keylintJson(['--staged'], { cwd: top })).toMatchObject({ status: 1, keys: [{ path: 'in/a' }] });
  });
});

describeWith(['git'], '--staged with paths', () => {
  const top = repository();
  write(join(top, 'a.pem'), key.text);
  write(join(top, 'sub/b.pem'), other.text);
  write(join(top, 'sub/b.txt'), 'x');
  write(join(top, 'gone'), 'x');
  write(join(top, 'lost'), 'x');
  git(top, 'add', 'gone', 'lost');
  git(top, 'commit', '-q', '-m', 'x');
  git(top, 'add', '.');
  git(top, 'rm', '-q', 'gone');
  rmSync(join(top, 'lost'));
  const found = (args: readonly string[], cwd = top): readonly string[] => keylintJson(['--staged', ...args], { cwd }).keys.map(({ path }) => path);

  test.each([
    [['a.pem'], ['a.pem']],
    [['sub'], ['sub/b.pem']],
    [['sub/'], ['sub/b.pem']],
    [['sub/b.txt'], []],
    [['a.pem', 'sub/b.pem'], ['a.pem', 'sub/b.pem']],
    [[join(top, 'sub')], ['sub/b.pem']],
    [['*.pem'], ['a.pem']],
    [['**/*.pem'], ['a.pem', 'sub/b.pem']],
    [['sub/*.{key,pem}'], ['sub/b.pem']],
    [['*.none'], []],
    [['gone', 'lost'], []],
    [['.'], ['a.pem', 'sub/b.pem']],
  ])('%j', (args, keys) => {
    expect(found(args)).toEqual(keys);
  });

  test('from a subfolder paths count from there, and are shown from there', () => {
    expect(found(['b.pem'], join(top, 'sub'))).toEqual(['b.pem']);
    expect(found(['.'], join(top, 'sub'))).toEqual(['b.pem']);
    expect(found(['../a.pem'], join(top, 'sub'))).toEqual([join(top, 'a.pem')]);
    expect(found([], join(top, 'sub'))).toEqual([join(top, 'a.pem'), 'b.pem']);
  });

  test('a path that names nothing, or something elsewhere, is an error', () => {
    expectBroken(keylint(['--staged', 'typo'], { cwd: top }), /typo: no such file or folder/);
    expectBroken(keylint(['--staged', base], { cwd: top }), /outside of the repository/);
  });
});

describeWith(['git'], 'large commits', () => {
  /** Peak memory of the program in MB. */
  function measured(top: string): { report: ReturnType<typeof keylintJson>; megabytes: number } {
    const preload = join(base, 'rss.cjs');
    const file = join(base, 'rss');
    writeFileSync(preload, `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)))`);
    const report = keylintJson(['--staged'], { cwd: top, env: { NODE_OPTIONS: `--require=${preload}` } });
    return { report, megabytes: Number(readFileSync(file, 'utf8')) / 1024 };
  }

  test('a blob of 48 MB with a key at its end, in bounded memory', () => {
    const top = repository();
    const line = `${'x'.repeat(79)}\n`;
    write(join(top, 'large'), Buffer.concat([Buffer.alloc(600_000 * line.length, line), Buffer.from(key.text)]));
    git(top, '-c', 'core.compression=0', 'add', '.');
    const { report, megabytes } = measured(top);
    expect(report.status).toBe(1);
    expect(report.keys).toMatchObject([{ path: 'large', line: 600_001, column: 1, fingerprint: key.fingerprint }]);
    expect(report.summary).toMatchObject({ files: 1, bytes: 48_000_000 + key.text.length });
    expect(megabytes).toBeLessThan(150);
  });

  test('many blobs of 40 MB together, under several names, with keys in the first and the last', () => {
    const top = repository();
    for (let i = 10; i < 50; i++) write(join(top, `f${i}`), Buffer.alloc(1_000_000 + i, `${i} `));
    write(join(top, 'a'), key.text);
    write(join(top, 'empty'), '');
    write(join(top, 'z/1'), other.text);
    write(join(top, 'z/2'), other.text);
    git(top, '-c', 'core.compression=0', 'add', '.');
    const { report, megabytes } = measured(top);
    expect(report.keys.map(({ path, line, column }) => [path, line, column])).toEqual([['a', 1, 1], ['z/1', 1, 1], ['z/2', 1, 1]]);
    expect(report.summary.files).toBe(44);
    expect(megabytes).toBeLessThan(150);
  });
});

describeWith(['git'], 'a clean commit is looked at with little', () => {
  const top = repository();
  for (let i = 0; i < 5; i++) write(join(top, `f${i}`), `content ${i}\n`);
  git(top, 'add', '.');

  test('it loads nothing but the program, one chunk of it, and parts of Node', () => {
    const preload = join(base, 'modules.cjs');
    const file = join(base, 'modules');
    writeFileSync(preload, `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify(Object.keys(require.cache))))`);
    expect(keylint(['--staged'], { cwd: top, env: { NODE_OPTIONS: `--require=${preload}` } })).toEqual({ status: 0, stdout: '', stderr: '' });
    const loaded = (JSON.parse(readFileSync(file, 'utf8')) as string[]).filter((name) => name !== preload);
    const dist = join(program, '..');
    expect(loaded[0]).toBe(program);
    expect(loaded.slice(1).map((name) => name.replace(/-[\w-]+\.cjs$/, ''))).toEqual([join(dist, 'chunks/collect')]);
  });

  test('it starts git twice: one list, one batch', () => {
    const bin = folder('bin');
    const log = join(base, 'calls');
    const real = spawn('sh', ['-c', 'command -v git']).stdout.trim();
    write(join(bin, 'git'), `#!/bin/sh\necho "$@" >> '${log}'\nexec '${real}' "$@"\n`);
    chmodSync(join(bin, 'git'), 0o755);
    const env = { PATH: `${bin}:${environment['PATH']}` };
    expect(keylint(['--staged'], { cwd: top, env }).status).toBe(0);
    const calls = readFileSync(log, 'utf8').trim().split('\n').map((line) => /(diff-index|cat-file --batch|rev-parse|ls-files|symbolic-ref)( |$)/.exec(line)?.[1]);
    expect(calls).toEqual(['diff-index', 'cat-file --batch']);
    rmSync(log);
    git(top, 'commit', '-q', '-m', 'x');
    expect(keylint(['--staged'], { cwd: top, env }).status).toBe(0);
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(1);
  });
});

describe('the work of a hook', () => {
  test('is not done by a program named git in the folder under scan', () => {
    const top = repository();
    mkdirSync(join(top, 'node_modules/.bin'), { recursive: true });
    write(join(top, 'node_modules/.bin/git'), `#!/bin/sh\ntouch '${join(top, 'pwned')}'\n`);
    chmodSync(join(top, 'node_modules/.bin/git'), 0o755);
    write(join(top, 'a'), key.text);
    git(top, 'add', 'a');
    expect(keylint(['--staged'], { cwd: top, env: { PATH: `node_modules/.bin:.:${environment['PATH']}` } }).status).toBe(1);
    expect(spawn('ls', [top]).stdout).not.toContain('pwned');
  });
});
