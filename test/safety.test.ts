import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWith } from './tools.ts';
import { expectBroken, folder, git, keylint, makeKey, repository, spawn, withGit, write } from './program.ts';

const key = makeKey();

/** A repository in which every setting that git runs as a command, and every hook, leaves a trace. */
function hostile(): { readonly top: string; traces(): readonly string[] } {
  const top = repository();
  const marks = folder('marks');
  const mark = (name: string): string => `sh -c 'touch "${marks}/${name}"; cat' #`;
  write(join(top, '.gitattributes'), '* filter=x diff=x merge=x\n');
  write(join(top, '.gitignore'), 'ignored/\n');
  write(join(top, 'tracked'), 'x');
  git(top, 'add', '.');
  git(top, 'commit', '-q', '-m', 'x');
  write(join(top, 'staged'), key.text);
  write(join(top, 'ignored/key'), key.text);
  chmodSync(join(top, 'ignored/key'), 0o600);
  git(top, 'add', 'staged');
  write(join(top, 'tracked'), 'changed');
  write(join(top, 'untracked'), 'x');
  const settings: Readonly<Record<string, string>> = {
    'core.fsmonitor': 'fsmonitor', 'core.pager': 'pager', 'core.editor': 'editor', 'core.sshCommand': 'ssh', 'core.askPass': 'askpass', 'core.gitProxy': 'proxy',
    'core.alternateRefsCommand': 'alternates', 'sequence.editor': 'sequence', 'diff.external': 'external', 'diff.x.command': 'command', 'diff.x.textconv': 'textconv',
    'filter.x.clean': 'clean', 'filter.x.smudge': 'smudge', 'filter.x.process': 'process', 'merge.x.driver': 'driver', 'interactive.diffFilter': 'filter', 'gpg.program': 'gpg',
    'gpg.ssh.program': 'gpgssh', 'gpg.ssh.defaultKeyCommand': 'gpgkey', 'uploadpack.packObjectsHook': 'packobjects', 'remote.origin.uploadpack': 'uploadpack',
    'remote.origin.receivepack': 'receivepack', 'ssh.variant': 'variant', 'pager.ls-files': 'pagerls', 'pager.diff-index': 'pagerdiff', 'receive.procReceiveRefs': 'proc',
  };
  for (const [name, value] of Object.entries(settings)) git(top, 'config', name, mark(value));
  for (const command of ['diff-index', 'ls-files', 'cat-file', 'rev-parse', 'check-ignore', 'symbolic-ref', 'status']) git(top, 'config', `alias.${command}`, `!${mark(`alias-${command}`)}`);
  git(top, 'config', 'credential.helper', `!${mark('credential')}`);
  git(top, 'config', 'submodule.tracked.update', `!${mark('submodule')}`);
  git(top, 'config', 'remote.origin.url', `ext::${mark('ext')}`);
  git(top, 'config', 'remote.origin.promisor', 'true');
  git(top, 'config', 'remote.origin.vcs', 'x');
  git(top, 'config', 'protocol.ext.allow', 'always');
  git(top, 'config', 'protocol.allow', 'always');
  const hooks = join(top, '.git/hooks');
  git(top, 'config', 'core.hooksPath', hooks);
  for (const name of ['pre-commit', 'post-index-change', 'post-checkout', 'fsmonitor-watchman', 'reference-transaction', 'query-watchman', 'pre-auto-gc', 'post-rewrite']) {
    write(join(hooks, name), `#!/bin/sh\ntouch '${marks}/hook-${name}'\n`);
    chmodSync(join(hooks, name), 0o755);
  }
  return {
    top,
    traces() {
      const names = readdirSync(marks);
      for (const name of names) rmSync(join(marks, name));
      return names;
    },
  };
}

describeWith(['git'], 'a repository runs nothing', () => {
  const { top, traces } = hostile();

  test('though its settings do when git is used plainly', () => {
    spawn('git', ['status'], { cwd: top });
    spawn('git', ['diff'], { cwd: top });
    spawn('git', ['cat-file', '-p', '1'.repeat(40)], { cwd: top });
    expect(traces()).toEqual(expect.arrayContaining(['command', 'fsmonitor', 'hook-post-index-change', 'process']));
  });

  test.each([
    [['--staged'], 1], [['--staged', 'tracked'], 0], [['.'], 1], [[], 1], [['--no-ignore'], 1], [['**/*'], 1], [['ignored'], 0], [['staged', 'untracked'], 1], [['--stdin', '--stdin-filename', 'staged'], 1],
    [['--print-config', 'staged'], 0], [['-f', 'sarif', '.'], 1],
  ])('%j', (args, status) => {
    expect(keylint(args, { cwd: top, input: key.text }).status).toBe(status);
    expect(traces()).toEqual([]);
  });

  test('init', () => {
    keylint(['init'], { cwd: top });
    expect(traces()).toEqual([]);
    expect(existsSync(join(top, 'keylint.config.json'))).toBe(true);
  });

  test('neither does one inside of what is looked at, nor a program of the name git there', () => {
    const place = folder();
    git(place, 'init', '-q', 'outer');
    git(place, 'clone', '-q', '--no-hardlinks', top, 'outer/inner');
    spawn('cp', [join(top, '.git/config'), join(place, 'outer/inner/.git/config')]);
    mkdirSync(join(place, 'outer/inner/bin'));
    write(join(place, 'outer/inner/bin/git'), '#!/bin/sh\ntouch "$PWD/pwned"\n');
    chmodSync(join(place, 'outer/inner/bin/git'), 0o755);
    traces();
    for (const cwd of [place, join(place, 'outer')]) expect(keylint([], { cwd, env: { PATH: `bin:${process.env['PATH']}` } }).status).toBe(0);
    expect(traces()).toEqual([]);
    expect(existsSync(join(place, 'outer/inner/pwned'))).toBe(false);
  });
});

describeWith(['git'], 'a partial clone', () => {
  test('is not completed: what is missing is an error', () => {
    const server = repository();
    git(server, 'config', 'uploadpack.allowFilter', 'true');
    git(server, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    write(join(server, 'key'), key.text);
    git(server, 'add', '.');
    git(server, 'commit', '-q', '-m', 'x');
    const id = git(server, 'rev-parse', 'HEAD:key');
    const place = folder();
    git(place, 'clone', '-q', '--no-checkout', '--filter=blob:none', `file://${server}`, 'clone');
    const clone = join(place, 'clone');
    const mark = join(place, 'fetched');
    write(join(place, 'upload-pack'), `#!/bin/sh\ntouch '${mark}'\nexec git-upload-pack "$@"\n`);
    chmodSync(join(place, 'upload-pack'), 0o755);
    git(clone, 'config', 'remote.origin.uploadpack', join(place, 'upload-pack'));
    for (const name of ['protocol.file.allow', 'protocol.allow']) git(clone, 'config', name, 'always');
    git(clone, 'read-tree', 'HEAD~1');
    git(clone, 'update-index', '--add', '--cacheinfo', `100644,${id},new`);
    // Also by a git that does not know the variable against it.
    for (const env of [{}, withGit('unset GIT_NO_LAZY_FETCH; exec "$GIT" "$@"')]) {
      expectBroken(keylint(['--staged'], { cwd: clone, env }), /git cat-file: /);
      expect(existsSync(mark)).toBe(false);
    }
    // What is not there yet is no failure of a work tree.
    expect(keylint(['.'], { cwd: clone }).status).toBe(0);
    expect(existsSync(mark)).toBe(false);
    // git itself would have fetched it.
    git(clone, 'cat-file', '-e', id);
    expect(existsSync(mark)).toBe(true);
    expect(keylint(['--staged'], { cwd: clone }).status).toBe(1);
  });
});
