import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { init, InitError, type InitStep } from '../src/init.ts';
import { loadPolicy } from '../src/policy-file.ts';
import { findRepository } from '../src/sources/simple-git.ts';
import { attempt, describeWith, run, scratch } from './tools.ts';

const base = realpathSync(scratch());
const bin = join(base, 'bin');
const calls = join(base, 'calls');

/** Neither the user's git settings nor a hook that may be running these tests have a say in them. */
const kept = { ...process.env };
beforeAll(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('GIT_') || name === 'HUSKY') delete process.env[name];
  Object.assign(process.env, { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', HOME: base, XDG_CONFIG_HOME: base, PATH: `${bin}:${process.env['PATH']}` });
  writeKeylint(bin);
});
afterAll(() => {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, kept);
});

/** Stands in for keylint: notes how and where it was called, and refuses when a file called `key` is staged. */
function writeKeylint(folder: string, name = folder): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'keylint'), `#!/bin/sh\necho "${name} $* in $PWD" >> '${calls}'\nif git diff --cached --name-only | grep -q '^key$'; then echo 'key refused'; exit 1; fi\n`, { mode: 0o755 });
}

function called(): string {
  const text = existsSync(calls) ? readFileSync(calls, 'utf8') : '';
  rmSync(calls, { force: true });
  return text;
}

function folder(): string {
  return realpathSync(mkdtempSync(join(base, 'a project ')));
}

function repository(): string {
  const top = folder();
  run('git', ['init', '-q', '-b', 'main'], { cwd: top });
  run('git', ['config', 'user.name', 'Test'], { cwd: top });
  run('git', ['config', 'user.email', 'test@example.org'], { cwd: top });
  return top;
}

/** Makes a commit that holds one new file. */
function commit(top: string, name: string): { status: number | null; stdout: string; stderr: string } {
  writeFileSync(join(top, name), name);
  run('git', ['add', '--', name], { cwd: top });
  const result = attempt('git', ['commit', '-q', '-m', name], { cwd: top });
  if (result.status !== 0) run('git', ['rm', '-q', '--cached', '--', name], { cwd: top });
  return result;
}

function writeHook(path: string, text: string, mode = 0o755): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}

const byPath = (steps: readonly InitStep[]): Record<string, string> => Object.fromEntries(steps.map(({ path, action }) => [path, action]));
const policy = { extends: ['keylint:recommended'] };

describeWith(['git'], 'a repository without hooks', () => {
  test('gets a policy and a hook that refuses a commit', async () => {
    const top = repository();
    expect(byPath(await init(top))).toEqual({ 'keylint.config.json': 'created', '.git/hooks/pre-commit': 'created' });
    expect(JSON.parse(readFileSync(join(top, 'keylint.config.json'), 'utf8'))).toEqual(policy);
    expect(loadPolicy(join(top, 'keylint.config.json'), { cwd: top }).layers.length).toBeGreaterThan(0);
    called();
    expect(commit(top, 'readme').status).toBe(0);
    expect(called()).toBe(`${bin} --staged in ${top}\n`);
    const refused = commit(top, 'key');
    expect(refused.status).toBe(1);
    expect(refused.stdout + refused.stderr).toContain('key refused');
  });

  test('stays as it is when asked again', async () => {
    const top = repository();
    await init(top);
    const before = readFileSync(join(top, '.git/hooks/pre-commit'));
    expect(byPath(await init(top))).toEqual({ 'keylint.config.json': 'kept', '.git/hooks/pre-commit': 'kept' });
    expect(readFileSync(join(top, '.git/hooks/pre-commit'))).toEqual(before);
  });

  test('finds keylint where the project has installed it, in any folder', async () => {
    for (const home of ['', 'packages/web app']) {
      const top = repository();
      const project = join(top, home);
      writeKeylint(join(project, 'node_modules/.bin'), 'local');
      mkdirSync(join(project, 'node_modules/keylint'), { recursive: true });
      writeFileSync(join(project, 'node_modules/keylint/schema.json'), '{}');
      await init(project);
      const schema = JSON.parse(readFileSync(join(top, 'keylint.config.json'), 'utf8')).$schema as string;
      expect(schema.startsWith('./')).toBe(true);
      expect(existsSync(join(top, schema))).toBe(true);
      called();
      expect(commit(top, 'readme').status).toBe(0);
      expect(called()).toBe(`local --staged in ${top}\n`);
      expect(commit(top, 'key').status).toBe(1);
    }
  });

  test('a linked work tree gets the hook that all work trees share', async () => {
    const top = repository();
    run('git', ['commit', '-q', '--allow-empty', '-m', 'first'], { cwd: top });
    const linked = `${top} linked`;
    run('git', ['worktree', 'add', '-q', '-b', 'linked', linked], { cwd: top });
    const steps = await init(linked);
    expect(byPath(steps)).toEqual({ 'keylint.config.json': 'created', [join(top, '.git/hooks/pre-commit')]: 'created' });
    for (const tree of [linked, top]) expect(commit(tree, 'key').status).toBe(1);
  });

  test('hooks elsewhere in the repository are found through core.hooksPath', async () => {
    const top = repository();
    run('git', ['config', 'core.hooksPath', 'tools/hooks'], { cwd: top });
    mkdirSync(join(top, 'sub'));
    expect((await init(join(top, 'sub')))[1]).toMatchObject({ path: join(top, 'tools/hooks/pre-commit'), action: 'created' });
    expect(commit(top, 'key').status).toBe(1);
  });

  test('hooks outside of the repository are left alone', async () => {
    const top = repository();
    const shared = folder();
    run('git', ['config', 'core.hooksPath', shared], { cwd: top });
    expect((await init(top))[1]).toMatchObject({ action: 'kept', todo: expect.stringContaining('keylint --staged') });
    expect(existsSync(join(shared, 'pre-commit'))).toBe(false);
  });

  test('settings of the repository run nothing', async () => {
    const top = repository();
    for (const key of ['core.fsmonitor', 'core.pager', 'core.editor', 'alias.rev-parse', 'core.sshCommand']) run('git', ['config', key, `touch '${join(top, 'pwned')}'`], { cwd: top });
    await init(top);
    expect(existsSync(join(top, 'pwned'))).toBe(false);
  });
});

describeWith(['git'], 'a hook that is there already', () => {
  test('keeps its content and its mode, runs keylint first, and still has its say', async () => {
    for (const script of ['#!/bin/sh\necho mine\nexec true\n', '#!/usr/bin/env -S bash -e\necho mine\nexit 0', 'echo mine\n']) {
      const top = repository();
      const hook = join(top, '.git/hooks/pre-commit');
      writeHook(hook, script, 0o750);
      expect((await init(top))[1]).toMatchObject({ path: '.git/hooks/pre-commit', action: 'changed' });
      const text = readFileSync(hook, 'utf8');
      expect(text.replace('keylint --staged || exit $?\n', '')).toBe(script);
      expect(statSync(hook).mode & 0o777).toBe(0o750);
      called();
      const done = commit(top, 'readme');
      expect(done.status).toBe(0);
      expect(done.stdout + done.stderr).toContain('mine');
      expect(called()).toContain('--staged');
      expect(commit(top, 'key').status).toBe(1);
      expect((await init(top))[1]!.action).toBe('kept');
      expect(readFileSync(hook, 'utf8')).toBe(text);
    }
  });

  test('a refusal of its own stays one', async () => {
    const top = repository();
    writeHook(join(top, '.git/hooks/pre-commit'), '#!/bin/sh\nfalse\n');
    await init(top);
    expect(commit(top, 'readme').status).toBe(1);
  });

  test('is left alone with the line to add where a line would not do', async () => {
    const cases: readonly (readonly [Buffer | string, number])[] = [
      ['#!/usr/bin/env python3\nprint(1)\n', 0o755], ['#!/usr/bin/fish\n', 0o755], [Buffer.from('\x7fELF\0\0', 'latin1'), 0o755], ['#!/bin/sh\necho off\n', 0o644],
      ['#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\nexec x\n', 0o755], ['#!/bin/sh\ncall_lefthook run "pre-commit" "$@"\n', 0o755],
    ];
    for (const [content, mode] of cases) {
      const top = repository();
      const hook = join(top, '.git/hooks/pre-commit');
      mkdirSync(dirname(hook), { recursive: true });
      writeFileSync(hook, content, { mode });
      const [, step] = await init(top);
      expect(step).toMatchObject({ path: '.git/hooks/pre-commit', action: 'kept', todo: expect.stringContaining('keylint --staged') });
      expect(readFileSync(hook)).toEqual(Buffer.from(content));
      expect(statSync(hook).mode & 0o777).toBe(mode);
    }
  });

  test('that git does not run is no hook, though it names keylint', async () => {
    const top = repository();
    await init(top);
    const hook = join(top, '.git/hooks/pre-commit');
    chmodSync(hook, 0o644);
    const [, step] = await init(top);
    expect(step).toEqual({ path: '.git/hooks/pre-commit', action: 'kept', note: 'is not executable, so git does not run it', todo: 'chmod +x .git/hooks/pre-commit' });
    run('sh', ['-c', step!.todo!], { cwd: top });
    expect((await init(top))[1]).toEqual({ path: '.git/hooks/pre-commit', action: 'kept', note: 'runs keylint already' });
  });

  test('that is a link to nothing is left to the user', async () => {
    const top = repository();
    const hook = join(top, '.git/hooks/pre-commit');
    mkdirSync(dirname(hook), { recursive: true });
    symlinkSync('gone', hook);
    expect((await init(top))[1]).toMatchObject({ action: 'kept', note: 'is a symbolic link that leads nowhere', todo: expect.stringContaining('keylint --staged') });
  });

  test('is not called ours because a comment speaks of keylint', async () => {
    const top = repository();
    writeHook(join(top, '.git/hooks/pre-commit'), '#!/bin/sh\n# keylint was here\n');
    expect((await init(top))[1]!.action).toBe('changed');
  });

  test('behind a link is changed inside of the repository only', async () => {
    const top = repository();
    writeHook(join(top, 'tools/check.sh'), '#!/bin/sh\ntrue\n');
    mkdirSync(join(top, '.git/hooks'), { recursive: true });
    symlinkSync('../../tools/check.sh', join(top, '.git/hooks/pre-commit'));
    expect((await init(top))[1]!.action).toBe('changed');
    expect(readFileSync(join(top, 'tools/check.sh'), 'utf8')).toContain('keylint --staged');

    const other = repository();
    const shared = join(folder(), 'hook');
    writeHook(shared, '#!/bin/sh\ntrue\n');
    mkdirSync(join(other, '.git/hooks'), { recursive: true });
    symlinkSync(shared, join(other, '.git/hooks/pre-commit'));
    expect((await init(other))[1]).toMatchObject({ action: 'kept', todo: expect.stringContaining('keylint --staged') });
    expect(readFileSync(shared, 'utf8')).toBe('#!/bin/sh\ntrue\n');
  });

  test('that another program will write is left to that program', async () => {
    for (const [file, text] of [['lefthook.yml', ''], ['.pre-commit-config.yaml', ''], ['package.json', '{"simple-git-hooks":{"pre-commit":"npm test"}}'], ['.overcommit.yml', '']] as const) {
      const top = repository();
      writeFileSync(join(top, file), text);
      expect((await init(top))[1]).toMatchObject({ action: 'kept', todo: expect.stringMatching(/keylint.*--staged/s) });
      expect(existsSync(join(top, '.git/hooks/pre-commit'))).toBe(false);
    }
  });
});

describeWith(['git'], 'husky', () => {
  const husky = dirname(createRequire(import.meta.url).resolve('husky'));

  function withHusky(): string {
    const top = repository();
    writeFileSync(join(top, 'package.json'), JSON.stringify({ devDependencies: { husky: '^9.0.0' } }));
    writeKeylint(join(top, 'node_modules/.bin'), 'local');
    symlinkSync(husky, join(top, 'node_modules/husky'));
    return top;
  }
  const setUp = (top: string): string => run(process.execPath, ['node_modules/husky/bin.js'], { cwd: top });

  test('set up: the hook is the plain line that husky wants, and refuses a commit', async () => {
    const top = withHusky();
    setUp(top);
    const [, step] = await init(top);
    expect(step).toMatchObject({ path: '.husky/pre-commit', action: 'created' });
    expect(step!.todo).toBeUndefined();
    expect(readFileSync(join(top, '.husky/pre-commit'), 'utf8')).toBe('keylint --staged\n');
    called();
    expect(commit(top, 'readme').status).toBe(0);
    expect(called()).toBe(`local --staged in ${top}\n`);
    const refused = commit(top, 'key');
    expect(refused.status).toBe(1);
    expect(refused.stdout + refused.stderr).toContain('husky - pre-commit script failed');
    expect((await init(top))[1]!.action).toBe('kept');
  });

  test('with a hook: the line goes before what is there', async () => {
    const top = withHusky();
    setUp(top);
    writeFileSync(join(top, '.husky/pre-commit'), 'echo mine\nexit 0\n');
    expect((await init(top))[1]).toMatchObject({ path: '.husky/pre-commit', action: 'changed' });
    expect(readFileSync(join(top, '.husky/pre-commit'), 'utf8')).toBe('keylint --staged\necho mine\nexit 0\n');
    expect(commit(top, 'key').status).toBe(1);
    expect(commit(top, 'readme').stderr).toContain('mine');
  });

  test('not set up in this clone: says so, and works once it is', async () => {
    const top = withHusky();
    expect((await init(top))[1]).toMatchObject({ path: '.husky/pre-commit', action: 'created', todo: 'npx husky' });
    expect(existsSync(join(top, '.git/hooks/pre-commit'))).toBe(false);
    setUp(top);
    expect(commit(top, 'key').status).toBe(1);
  });

  test('in a folder of the repository: found through core.hooksPath, and keylint through its place', async () => {
    const top = repository();
    const project = join(top, 'web');
    writeKeylint(join(project, 'node_modules/.bin'), 'local');
    run(process.execPath, [join(husky, 'bin.js'), 'web/.husky'], { cwd: top });
    expect((await init(project))[1]).toMatchObject({ path: '.husky/pre-commit', action: 'created' });
    called();
    expect(commit(top, 'key').status).toBe(1);
    expect(called()).toBe(`local --staged in ${top}\n`);
  });
});

describeWith(['git'], 'policies and places', () => {
  test('a policy that is there is kept: in a file, further up, or in package.json', async () => {
    const top = repository();
    mkdirSync(join(top, 'sub'));
    writeFileSync(join(top, 'keylint.config.json'), '{}');
    expect((await init(join(top, 'sub')))[0]).toMatchObject({ path: join(top, 'keylint.config.json'), action: 'kept' });
    expect(readFileSync(join(top, 'keylint.config.json'), 'utf8')).toBe('{}');
    const other = repository();
    writeFileSync(join(other, 'package.json'), '{"keylint":{}}');
    expect((await init(other))[0]).toMatchObject({ path: 'package.json', action: 'kept' });
    expect(existsSync(join(other, 'keylint.config.json'))).toBe(false);
  });

  test('git missing is an error', async () => {
    const top = repository();
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      await expect(init(top)).rejects.toThrow(InitError);
    } finally {
      process.env['PATH'] = path;
    }
    expect(existsSync(join(top, 'keylint.config.json'))).toBe(false);
  });

  test('a policy above the repository is not its own', async () => {
    const outer = folder();
    writeFileSync(join(outer, 'keylint.config.json'), '{}');
    const top = join(outer, 'inner');
    run('git', ['init', '-q', top]);
    expect((await init(top))[0]).toMatchObject({ path: 'keylint.config.json', action: 'created' });
  });

  test('outside of a repository only the policy is written, and that is said', async () => {
    const place = folder();
    const steps = await init(place);
    expect(steps).toEqual([{ path: 'keylint.config.json', action: 'created', note: expect.stringContaining('not in a git repository') }]);
    expect(existsSync(join(place, '.git'))).toBe(false);
  });

  test('a repository that git cannot read is an error, not "no repository"', async () => {
    const place = folder();
    writeFileSync(join(place, '.git'), 'gitdir: /nowhere\n');
    await expect(init(place)).rejects.toThrow(InitError);
    await expect(init(place)).rejects.toThrow(/^not a git repository: \/nowhere$/);
    expect(existsSync(join(place, 'keylint.config.json'))).toBe(false);
  });

  test('a hook that cannot be written is an error', async () => {
    const top = repository();
    rmSync(join(top, '.git/hooks'), { recursive: true });
    writeFileSync(join(top, '.git/hooks'), '');
    await expect(init(top)).rejects.toThrow(InitError);
    await expect(init(top)).rejects.toThrow(/hooks/);
  });

  test('a repository is found by the variables of a hook, too', async () => {
    const top = repository();
    process.env['GIT_DIR'] = join(top, '.git');
    process.env['GIT_WORK_TREE'] = top;
    try {
      expect(await findRepository(folder())).toEqual({ top, commonFolder: join(top, '.git'), hooks: join(top, '.git/hooks') });
    } finally {
      delete process.env['GIT_DIR'];
      delete process.env['GIT_WORK_TREE'];
    }
  });
});
