import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWith } from './tools.ts';
import { commit, expectBroken, folder, git, keylint, makeKey, pipeToGit, repository, spawn, withGit, write } from './program.ts';

const key = makeKey();

/** A repository in which every setting that git runs as a command, and every hook, leaves a trace. */
function hostile(): { readonly top: string; readonly first: string; readonly second: string; readonly gone: string; readonly blob: string; traces(): readonly string[] } {
  const top = repository();
  const marks = folder('marks');
  const mark = (name: string): string => `sh -c 'touch "${marks}/${name}"; cat' #`;
  write(join(top, '.gitattributes'), '* filter=x diff=x merge=x\n');
  write(join(top, '.gitignore'), 'ignored/\n');
  write(join(top, 'tracked'), 'x');
  write(join(top, 'old.pem'), key.text);
  const first = commit(top);
  const second = commit(top, { 'old.pem': undefined });
  // A commit with a signature, which a log may want to be checked.
  const signed = pipeToGit(top, git(top, 'cat-file', 'commit', 'HEAD').replace('\n\n', '\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iHUEABYKAB0=\n -----END PGP SIGNATURE-----\n\n') + '\n', 'hash-object', '-t', 'commit', '-w', '--stdin');
  git(top, 'update-ref', 'refs/heads/signed', signed);
  const gone = commit(top, { gone: 'what a promisor remote would be asked for' });
  const blob = git(top, 'rev-parse', 'HEAD:gone');
  git(top, 'reset', '-q', '--hard', 'HEAD~1');
  write(join(top, 'staged'), key.text);
  write(join(top, 'ignored/key'), key.text);
  chmodSync(join(top, 'ignored/key'), 0o600);
  git(top, 'add', 'staged');
  write(join(top, 'tracked'), 'changed');
  write(join(top, 'untracked'), 'x');
  const settings: Readonly<Record<string, string>> = {
    'core.fsmonitor': 'fsmonitor', 'core.pager': 'pager', 'core.editor': 'editor', 'core.sshCommand': 'ssh', 'core.gitProxy': 'proxy',
    'core.alternateRefsCommand': 'alternates', 'sequence.editor': 'sequence', 'diff.external': 'external', 'diff.x.command': 'command', 'diff.x.textconv': 'textconv',
    'filter.x.clean': 'clean', 'filter.x.smudge': 'smudge', 'filter.x.process': 'process', 'merge.x.driver': 'driver', 'interactive.diffFilter': 'filter',
    'gpg.ssh.defaultKeyCommand': 'gpgkey', 'uploadpack.packObjectsHook': 'packobjects', 'remote.origin.uploadpack': 'uploadpack',
    'remote.origin.receivepack': 'receivepack', 'ssh.variant': 'variant', 'pager.ls-files': 'pagerls', 'pager.diff-index': 'pagerdiff', 'receive.procReceiveRefs': 'proc',
    'pager.log': 'pagerlog', 'pager.rev-list': 'pagerrevlist', 'trailer.x.command': 'trailer', 'trailer.x.cmd': 'trailercmd', 'uploadarchive.x': 'archive', 'remote.origin.proxy': 'remoteproxy', 'http.proxy': 'proxyhttp',
  };
  for (const [name, value] of Object.entries(settings)) git(top, 'config', name, mark(value));
  // Some are programs, and no commands of a shell.
  for (const name of ['gpg.program', 'gpg.ssh.program', 'gpg.x509.program', 'core.askPass']) {
    const file = join(folder('program'), name);
    write(file, `#!/bin/sh\ntouch '${marks}/${name}'\n`);
    chmodSync(file, 0o755);
    git(top, 'config', name, file);
  }
  for (const command of ['diff-index', 'ls-files', 'cat-file', 'rev-parse', 'check-ignore', 'symbolic-ref', 'status', 'log', 'rev-list', 'config', 'show-ref', 'for-each-ref', 'ls-tree', 'count-objects']) git(top, 'config', `alias.${command}`, `!${mark(`alias-${command}`)}`);
  git(top, 'config', 'credential.helper', `!${mark('credential')}`);
  git(top, 'config', 'submodule.tracked.update', `!${mark('submodule')}`);
  git(top, 'config', 'remote.origin.url', `ext::${mark('ext')}`);
  git(top, 'config', 'remote.origin.promisor', 'true');
  git(top, 'config', 'remote.origin.vcs', 'x');
  for (const [name, value] of [['log.showSignature', 'true'], ['diff.trustExitCode', 'true'], ['core.repositoryFormatVersion', '1'], ['extensions.partialClone', 'origin']] as const) git(top, 'config', name, value);
  // A file of settings beside, which git reads on a condition.
  for (const name of ['core.fsmonitor', 'core.pager', 'core.sshCommand']) git(top, 'config', '-f', '.git/more', name, mark('included'));
  git(top, 'config', `includeIf.gitdir:${top}/.path`, join(top, '.git/more'));
  // Objects that are borrowed: their refs are listed by a command.
  const lender = repository();
  write(join(top, '.git/objects/info/alternates'), `${lender}/.git/objects\n`);
  git(top, 'config', 'protocol.ext.allow', 'always');
  git(top, 'config', 'protocol.allow', 'always');
  const hooks = join(top, '.git/hooks');
  git(top, 'config', 'core.hooksPath', hooks);
  for (const name of ['pre-commit', 'post-index-change', 'post-checkout', 'fsmonitor-watchman', 'reference-transaction', 'query-watchman', 'pre-auto-gc', 'post-rewrite', 'pre-push', 'pre-receive', 'update', 'post-update', 'pre-merge-commit', 'sendemail-validate']) {
    write(join(hooks, name), `#!/bin/sh\ntouch '${marks}/hook-${name}'\n`);
    chmodSync(join(hooks, name), 0o755);
  }
  return {
    top, first, second, gone, blob,
    traces() {
      const names = readdirSync(marks);
      for (const name of names) rmSync(join(marks, name));
      return names;
    },
  };
}

describeWith(['git'], 'a repository runs nothing', () => {
  const { top, first, second, gone, blob, traces } = hostile();

  test('though its settings do when git is used plainly', () => {
    spawn('git', ['status'], { cwd: top });
    spawn('git', ['diff'], { cwd: top });
    spawn('git', ['cat-file', '-p', '1'.repeat(40)], { cwd: top });
    spawn('git', ['log', '--all'], { cwd: top });
    spawn('git', ['rev-list', '--alternate-refs'], { cwd: top });
    expect(traces()).toEqual(expect.arrayContaining(['alternates', 'command', 'gpg.program', 'hook-post-index-change', 'included', 'process']));
  });

  test.each([
    [['--staged'], 1], [['--staged', 'tracked'], 0], [['.'], 1], [[], 1], [['--no-ignore'], 1], [['**/*'], 1], [['ignored'], 0], [['staged', 'untracked'], 1], [['--stdin', '--stdin-filename', 'staged'], 1],
    [['--print-config', 'staged'], 0], [['-f', 'sarif', '.'], 1],
  ])('%j', (args, status) => {
    expect(keylint(args, { cwd: top, input: key.text }).status).toBe(status);
    expect(traces()).toEqual([]);
  });

  test.each([
    [['--history'], 1], [['--history', '--reflog', '--unreachable'], 1], [['--history', 'main', 'signed'], 1], [['--history', '--', 'old.pem'], 1], [['--range', `${first}..${second}`], 0], [['--range', `${first}^..signed`], 1], [['--since', first], 0],
  ] as const)('%j', (args, status) => {
    const ran = keylint(args, { cwd: top });
    expect([ran.status, ran.stderr]).toEqual([status, '']);
    expect(traces()).toEqual([]);
  });

  test('the hooks of a push', () => {
    const line = `refs/heads/signed ${git(top, 'rev-parse', 'signed')} refs/heads/signed ${'0'.repeat(40)}\n`;
    expect(keylint(['--pre-push', 'origin', 'ext::x'], { cwd: top, input: line }).status).toBe(1);
    expect(keylint(['--pre-push', 'ext::x', 'ext::x'], { cwd: top, input: line }).status).toBe(1);
    expect(keylint(['--pre-receive'], { cwd: top, input: `${'0'.repeat(40)} ${gone} refs/heads/x\n` }).status).toBe(0);
    expect(traces()).toEqual([]);
  });

  test('nor what would fetch an object that is not here', () => {
    git(top, 'update-ref', 'refs/heads/gone', gone);
    traces();
    rmSync(join(top, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    // Also by a git that does not know the variable against it.
    for (const env of [{}, withGit('unset GIT_NO_LAZY_FETCH; exec "$GIT" "$@"')]) {
      expectBroken(keylint(['--history'], { cwd: top, env }), /the history is not whole: 1 object that is not in this clone/);
      expectBroken(keylint(['--range', `${second}..gone`], { cwd: top, env }), /the history is not whole: 1 object that is not in this clone/);
      expect(keylint(['--history', '--allow-missing'], { cwd: top, env }).status).toBe(1);
    }
    expect(traces()).toEqual([]);
    git(top, 'update-ref', '-d', 'refs/heads/gone');
    traces();
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
