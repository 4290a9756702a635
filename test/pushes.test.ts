import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeWith } from './tools.ts';
import { base, commit, expectBroken, folder, git, hook, inHook, keylint, keylintJson, makeKey, pipeToGit, repository, spawn, withGit, write, type Ran } from './program.ts';

const key = makeKey();
const other = makeKey();
const zeros = '0'.repeat(40);

/** A repository whose pushes keylint looks at, and the bare one that they go to: `origin`. */
function pushing(): { readonly top: string; readonly remote: string } {
  const top = repository();
  const remote = join(folder('remote'), 'remote.git');
  git(top, 'init', '-q', '--bare', '-b', 'main', remote);
  git(top, 'remote', 'add', 'origin', remote);
  git(top, 'push', '-q', 'origin', 'main');
  hook(top, 'pre-push', `exec ${inHook} --pre-push "$@"`);
  return { top, remote };
}

function push(top: string, ...args: readonly string[]): Ran {
  return spawn('git', ['push', ...args.length > 0 ? args : ['origin', 'main']], { cwd: top });
}

function refs(remote: string): string {
  return spawn('git', ['show-ref'], { cwd: remote }).stdout;
}

/** The push is refused, nothing has come, and the message names file, key, rule, commit and fix. */
function refused(remote: string, ran: Ran, file: string, id: string, said: RegExp = /error: failed to push some refs to/): void {
  expect(ran.status).toBe(1);
  expect(ran.stderr).toMatch(said);
  const text = ran.stdout + ran.stderr;
  expect(text).toContain(`${file}:1:1  error  Ed25519 private key without a passphrase is about to be pushed  no-committed-private-key`);
  expect(text).toContain(key.fingerprint);
  expect(text).toContain(`in commit ${id} by Ann <ann@example.org>`);
  expect(text).toMatch(/git rebase -i (--root|\w{40,64}\^) *$/m);
  for (const line of key.text.split('\n').slice(1, -2)) expect(text).not.toContain(line);
  expect(refs(remote)).not.toContain(id);
}

/** The push has come, and nothing was said of it. */
function accepted({ status, stdout, stderr }: Ran): void {
  expect(stdout + stderr).not.toMatch(/^keylint: |no-committed|\bkeys?\b/m);
  expect(status).toBe(0);
}

describeWith(['git'], 'a push', () => {
  test('of a key is refused, also of one that a later commit takes away; without it, it is not', () => {
    const { top, remote } = pushing();
    const id = commit(top, { 'deploy/key': key.text });
    refused(remote, push(top), 'deploy/key', id);
    commit(top, { 'deploy/key': undefined, 'a': 'x' });
    refused(remote, push(top), 'deploy/key', id);
    git(top, 'reset', '-q', '--hard', 'HEAD~2');
    commit(top, { a: 'x' });
    accepted(push(top));
    expect(refs(remote)).toContain(git(top, 'rev-parse', 'HEAD'));
  });

  test('brings only what the remote does not have', () => {
    const { top } = pushing();
    commit(top, { a: key.text });
    git(top, 'push', '-q', '--no-verify', 'origin', 'main');
    // Neither with a new commit on top, nor on a new branch, nor moved.
    commit(top, { b: 'x' });
    accepted(push(top));
    git(top, 'checkout', '-q', '-b', 'topic');
    commit(top, { a: undefined, c: key.text });
    accepted(push(top, 'origin', 'topic'));
    // Everything up-to-date.
    accepted(push(top, 'origin', 'topic'));
  });

  test('of a new branch, of a root commit, of several refs and of all of them', () => {
    const { top, remote } = pushing();
    git(top, 'checkout', '-q', '-b', 'topic');
    const id = commit(top, { a: key.text });
    refused(remote, push(top, 'origin', 'topic'), 'a', id);
    refused(remote, push(top, 'origin', 'HEAD:refs/heads/elsewhere'), 'a', id);
    refused(remote, push(top, 'origin', 'main', 'topic'), 'a', id);
    refused(remote, push(top, '--all', 'origin'), 'a', id);
    refused(remote, push(top, '--mirror', 'origin'), 'a', id);
    refused(remote, push(top, 'origin', ':/change:refs/heads/by-message'), 'a', id);
    git(top, 'checkout', '-q', '--orphan', 'orphan');
    const root = commit(top, { a: key.text });
    const ran = push(top, 'origin', 'orphan');
    refused(remote, ran, 'a', root);
    expect(ran.stdout + ran.stderr).toContain('git rebase -i --root');
  });

  test('by force: what the remote has had and what it has not', () => {
    const { top, remote } = pushing();
    commit(top, { a: 'x' });
    accepted(push(top));
    git(top, 'reset', '-q', '--hard', 'HEAD~1');
    commit(top, { b: 'x' });
    accepted(push(top, '--force', 'origin', 'main'));
    git(top, 'reset', '-q', '--hard', 'HEAD~1');
    const id = commit(top, { c: key.text });
    refused(remote, push(top, '--force', 'origin', 'main'), 'c', id);
    refused(remote, push(top, '--force-with-lease', 'origin', 'main'), 'c', id);
  });

  test('that deletes', () => {
    const { top, remote } = pushing();
    git(top, 'push', '-q', 'origin', 'main:gone', 'main:gone-too');
    accepted(push(top, 'origin', '--delete', 'gone'));
    expect(refs(remote)).not.toMatch(/gone$/m);
    // Together with something else.
    const id = commit(top, { a: key.text });
    refused(remote, push(top, 'origin', ':gone-too', 'main'), 'a', id);
    expect(refs(remote)).toContain('gone-too');
  });

  test('of tags of commits that no branch has', () => {
    const { top, remote } = pushing();
    git(top, 'checkout', '-q', '--detach');
    const id = commit(top, { a: key.text });
    git(top, 'tag', '-a', '-m', 'x', 'v1');
    git(top, 'checkout', '-q', 'main');
    refused(remote, push(top, 'origin', 'v1'), 'a', id);
    refused(remote, push(top, '--tags', 'origin'), 'a', id);
  });

  test('of tags of files and folders', () => {
    const { top, remote } = pushing();
    const blob = pipeToGit(top, key.text, 'hash-object', '-w', '--stdin');
    git(top, 'tag', 'light', blob);
    git(top, 'tag', '-a', '-m', 'x', 'heavy', blob);
    git(top, 'tag', 'tree', pipeToGit(top, `100644 blob ${blob}\tsub key\n`, 'mktree'));
    for (const [tag, path] of [['light', 'refs/tags/light'], ['heavy', 'refs/tags/heavy'], ['tree', 'refs/tags/tree/sub key']] as const) {
      const { status, stdout, stderr } = push(top, 'origin', tag);
      expect(status).toBe(1);
      expect(stdout + stderr).toContain(`${path}:1:1  error  Ed25519 private key without a passphrase is about to be pushed`);
      expect(refs(remote)).not.toContain(tag);
    }
    const { stdout, stderr } = push(top, 'origin', 'light');
    expect(stdout + stderr).toMatch(/fix: do not push it .*:\n\s+git tag -d light$/m);
  });

  test('to a remote that has no name: what it has is asked of the one that has this URL, or of nobody', () => {
    const { top, remote } = pushing();
    const old = commit(top, { old: key.text });
    git(top, 'push', '-q', '--no-verify', 'origin', 'main');
    const id = commit(top, { a: 'x' });
    // By the URL of a remote that has a name.
    accepted(push(top, remote, 'main:by-url'));
    // By another URL of the same: only what the pushed branch had there is known.
    const url = `file://${remote}`;
    refused('.', push(top, url, 'main:new'), 'old', old);
    accepted(push(top, url, 'main:by-url'));
    accepted(push(top, url, 'main'));
    expect(refs(remote)).toContain(id);
  });

  test('to a remote whose name begins that of another, and to one with an odd name', () => {
    const { top, remote } = pushing();
    const fork = join(folder('fork'), 'fork.git');
    git(top, 'init', '-q', '--bare', fork);
    git(top, 'config', 'remote.origin/fork.url', fork);
    git(top, 'config', 'remote.origin/fork.fetch', '+refs/heads/*:refs/remotes/origin/fork/*');
    const id = commit(top, { a: key.text });
    git(top, 'push', '-q', '--no-verify', 'origin/fork', 'main');
    expect(git(top, 'show-ref')).toContain('refs/remotes/origin/fork/main');
    // The fork has it; the other has not.
    accepted(push(top, 'origin/fork', 'main:topic'));
    refused(remote, push(top, 'origin', 'main'), 'a', id);
    git(top, 'remote', 'add', "ünï'x", remote);
    refused(remote, push(top, "ünï'x", 'main'), 'a', id);
  });

  test('to a remote that has commits that are not here', () => {
    const { top, remote } = pushing();
    const elsewhere = join(folder(), 'elsewhere');
    git(top, 'clone', '-q', remote, elsewhere);
    commit(elsewhere, { there: 'x' });
    git(elsewhere, 'push', '-q', 'origin', 'main');
    const id = commit(top, { a: key.text });
    refused(remote, push(top, '--force', 'origin', 'main'), 'a', id);
    git(top, 'reset', '-q', '--hard', 'HEAD~1');
    commit(top, { a: 'x' });
    accepted(push(top, '--force', 'origin', 'main'));
  });

  test('from a linked work tree, and from a hook that goes into a subfolder', () => {
    const { top, remote } = pushing();
    const linked = folder('linked');
    git(top, 'worktree', 'add', '-q', '-b', 'linked', linked);
    const id = commit(linked, { 'sub/a': key.text });
    refused(remote, push(linked, 'origin', 'linked'), 'sub/a', id);
    hook(top, 'pre-push', `cd sub && exec ${inHook} --pre-push "$@"`);
    refused(remote, push(linked, 'origin', 'linked'), 'a', id);
    write(join(linked, 'keylint.config.json'), JSON.stringify({ overrides: [{ files: ['sub/a'], rules: { 'no-committed-private-key': 'off' } }] }));
    accepted(push(linked, 'origin', 'linked'));
  });

  test('of an encrypted key, and of what the policy allows', () => {
    const { top } = pushing();
    write(join(top, 'keylint.config.json'), JSON.stringify({ allow: [{ fingerprint: key.fingerprint, reason: 'for tests' }] }));
    commit(top, { a: key.text });
    accepted(push(top));
  });

  test('nothing is pushed where keylint cannot do its work', () => {
    const { top, remote } = pushing();
    commit(top, { a: 'x' });
    hook(top, 'pre-push', `PATH=/nowhere exec ${inHook} --pre-push "$@"`);
    const ran = push(top);
    expect([ran.status, ran.stderr]).toEqual([1, expect.stringMatching(/keylint: error: git is not on PATH[^]*error: failed to push some refs/)]);
    hook(top, 'pre-push', `echo nonsense | ${inHook} --pre-push "$@"`);
    expect(push(top).stderr).toContain('keylint: error: standard input is not what git gives a pre-push hook');
    expect(refs(remote)).not.toContain(git(top, 'rev-parse', 'HEAD'));
    expectBroken(keylint(['--pre-push', 'origin', remote], { cwd: top, input: `refs/heads/main ${'12'.repeat(20)} refs/heads/main ${zeros}\n` }), /git rev-list: bad object/);
    expectBroken(keylint(['--pre-push', 'origin', remote], { cwd: top, input: `refs/heads/main ${'12'.repeat(20)} refs/heads/main\n` }), /standard input is not what git gives/);
  });

  test('of an SHA-256 repository', () => {
    const top = repository({ format: 'sha256' });
    const remote = join(folder('remote'), 'remote.git');
    git(top, 'init', '-q', '--bare', '--object-format=sha256', remote);
    git(top, 'remote', 'add', 'origin', remote);
    hook(top, 'pre-push', `exec ${inHook} --pre-push "$@"`);
    accepted(push(top));
    const id = commit(top, { a: key.text });
    refused(remote, push(top), 'a', id);
  });
});

/** A bare repository that looks at what it receives, and a clone of it. */
function receiving(args = ''): { readonly top: string; readonly remote: string } {
  const { top, remote } = pushing();
  git(top, 'config', 'core.hooksPath', '/nowhere');
  hook(remote, 'pre-receive', `exec ${inHook} --pre-receive ${args}`);
  return { top, remote };
}

/** What a pusher is told by the remote, without git's mark before each line. */
function remoteWords({ stderr }: Ran): string {
  return stderr.split('\n').filter((line) => line.startsWith('remote: ')).map((line) => line.slice('remote: '.length).trimEnd()).join('\n');
}

describeWith(['git'], 'what is received', () => {
  test('is refused with a key in it, and the pusher is told which and in which commit', () => {
    const { top, remote } = receiving();
    const id = commit(top, { 'deploy/key': key.text });
    commit(top, { 'deploy/key': undefined, 'a': 'x' });
    const ran = push(top);
    refused(remote, ran, 'deploy/key', id, /! \[remote rejected\] +main -> main \(pre-receive hook declined\)/);
    expect(remoteWords(ran)).toMatch(new RegExp(`^deploy/key:1:1 {2}error {2}Ed25519 private key [^]*in commit ${id} by Ann <ann@example.org>, \\d{4}-\\d\\d-\\d\\d, on main$`, 'm'));
    // What was refused is gone: it lay in quarantine.
    expect(spawn('git', ['cat-file', '-e', id], { cwd: remote }).status).not.toBe(0);
    git(top, 'reset', '-q', '--hard', 'HEAD~2');
    commit(top, { a: 'x' });
    accepted(push(top));
  });

  test('is looked at as far as the repository does not have it', () => {
    const { top, remote } = receiving();
    hook(remote, 'pre-receive', 'exit 0');
    commit(top, { a: key.text });
    git(top, 'push', '-q', 'origin', 'main');
    hook(remote, 'pre-receive', `exec ${inHook} --pre-receive`);
    commit(top, { b: 'x' });
    accepted(push(top));
    accepted(push(top, 'origin', 'main:new'));
    git(top, 'checkout', '-q', '-b', 'topic');
    const id = commit(top, { c: other.text });
    const ran = push(top, 'origin', 'topic');
    expect(ran.status).toBe(1);
    expect(remoteWords(ran)).toContain(`in commit ${id}`);
    expect(remoteWords(ran)).not.toContain('a:1:1');
    accepted(push(top, 'origin', '--delete', 'new'));
    expect(refs(remote)).not.toContain('heads/new');
  });

  test('is refused whatever its comments ask for, unless the policy of the server lets them', () => {
    const { top, remote } = receiving();
    const excused = `${key.text.trimEnd()} # keylint-disable-line no-committed-private-key -- please\n`;
    const id = commit(top, { 'a.yaml': excused });
    expect(keylint(['--history'], { cwd: top }).status).toBe(0);
    refused(remote, push(top), 'a.yaml', id, /pre-receive hook declined/);
    write(join(remote, 'policy.json'), JSON.stringify({ extends: ['keylint:recommended'], suppressions: { allowed: true } }));
    hook(remote, 'pre-receive', `exec ${inHook} --pre-receive -c policy.json`);
    accepted(push(top));
  });

  test('of 500 refs one with a key', () => {
    const { top, remote } = receiving();
    git(top, 'checkout', '-q', '-b', 'topic');
    const id = commit(top, { a: key.text });
    const clean = git(top, 'rev-parse', 'main');
    pipeToGit(top, Array.from({ length: 500 }, (_, i) => `create refs/heads/b${i} ${i === 250 ? id : clean}\n`).join(''), 'update-ref', '--stdin');
    const ran = push(top, 'origin', 'refs/heads/b*:refs/heads/b*');
    refused(remote, ran, 'a', id, /pre-receive hook declined/);
    expect(remoteWords(ran)).toContain('on b250');
    git(top, 'branch', '-q', '-D', 'b250');
    accepted(push(top, '-q', 'origin', 'refs/heads/b*:refs/heads/b*'));
    expect(refs(remote).match(/heads\/b\d+$/gm)).toHaveLength(499);
    accepted(push(top, '-q', 'origin', '--delete', ...Array.from({ length: 499 }, (_, i) => `b${i < 250 ? i : i + 1}`)));
  });

  test('of a tag of a file', () => {
    const { top } = receiving();
    git(top, 'tag', '-a', '-m', 'x', 'heavy', pipeToGit(top, key.text, 'hash-object', '-w', '--stdin'));
    const ran = push(top, 'origin', 'heavy');
    expect(ran.status).toBe(1);
    expect(remoteWords(ran)).toContain('refs/tags/heavy:1:1  error  Ed25519 private key without a passphrase is about to be pushed');
  });

  test('may have so many bytes, and take so long', () => {
    const { top, remote } = receiving('--max-bytes 10000 --max-seconds 60');
    commit(top, { a: 'x'.repeat(9000) });
    accepted(push(top));
    commit(top, { a: 'y'.repeat(9000), b: 'z'.repeat(1001) });
    const large = push(top);
    expect(large.status).toBe(1);
    expect(remoteWords(large)).toContain('failed: 10001 bytes in 2 blobs are more than the 10000 that are looked at (--max-bytes)');
    expect(large.stderr).toContain('(pre-receive hook declined)');
    hook(remote, 'pre-receive', `exec ${inHook} --pre-receive --max-seconds 0`);
    const slow = push(top);
    expect(slow.status).toBe(1);
    expect(remoteWords(slow)).toContain('failed: it takes longer than 0 s to look at everything (--max-seconds)');
    // Also where it is git that takes so long.
    const { PATH } = withGit('case "$*" in *--batch|*--batch\\ *) exec sleep 300;; *) exec "$GIT" "$@";; esac');
    hook(remote, 'pre-receive', `PATH='${PATH!}' exec ${inHook} --pre-receive --max-seconds 1`);
    expect(remoteWords(push(top))).toContain('failed: it takes longer than 1 s');
    expectBroken(keylint(['--pre-push', '--max-bytes', '1'], { cwd: top }), /--max-bytes goes with --pre-receive/);
  });

  test('is refused where the hook has read it before, or it is something else', () => {
    const { remote } = receiving();
    expectBroken(keylint(['--pre-receive'], { cwd: remote, input: '' }), /nothing came on standard input/);
    expectBroken(keylint(['--pre-receive'], { cwd: remote, input: 'refs/heads/main\n' }), /standard input is not what git gives a pre-receive hook/);
    expectBroken(keylint(['--pre-receive', 'x'], { cwd: remote, input: '' }), /--pre-receive takes no paths/);
    expectBroken(keylint(['--pre-receive'], { cwd: remote, input: `${zeros} ${'12'.repeat(20)} refs/heads/x\n` }), /git rev-list: bad object/);
    expect(keylint(['--pre-receive'], { cwd: remote, input: `${'12'.repeat(20)} ${zeros} refs/heads/x\n` })).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  test('of an SHA-256 repository', () => {
    const top = repository({ format: 'sha256' });
    const remote = join(folder('remote'), 'remote.git');
    git(top, 'init', '-q', '--bare', '--object-format=sha256', remote);
    hook(remote, 'pre-receive', `exec ${inHook} --pre-receive`);
    const id = commit(top, { a: key.text });
    refused(remote, push(top, remote, 'main'), 'a', id, /pre-receive hook declined/);
  });
});

describeWith(['script'], 'hooks by hand', () => {
  test('say where they belong', () => {
    // A terminal on standard input.
    const terminal = (option: string): Ran => spawn('script', ['-qec', `${inHook} ${option}`, '/dev/null'], { cwd: repository(), env: { SHELL: '/bin/sh' } });
    expect(terminal('--pre-push').stdout).toMatch(/--pre-push reads what git gives a pre-push hook on standard input\r?\nkeylint: hint: put it into the hook: exec keylint --pre-push "\$@"/);
    expect(terminal('--pre-receive').stdout).toMatch(/exec keylint --pre-receive\r?\n/);
  });
});

describeWith(['git'], 'a small push', () => {
  test('starts git six times at most', () => {
    const { top, remote } = pushing();
    commit(top, { a: 'x' });
    git(top, 'push', '-q', '--no-verify', 'origin', 'main');
    commit(top, { b: 'x' });
    const log = join(base, 'calls');
    const env = withGit(`echo "$@" >> '${log}'; exec "$GIT" "$@"`);
    const line = `refs/heads/main ${git(top, 'rev-parse', 'HEAD')} refs/heads/main ${git(top, 'rev-parse', 'HEAD~1')}\n`;
    expect(keylint(['--pre-push', 'origin', remote], { cwd: top, env, input: line })).toEqual({ status: 0, stdout: '', stderr: '' });
    const calls = readFileSync(log, 'utf8').trim().split('\n').map((call) => /--no-pager (\S+)/.exec(call)![1]);
    expect(calls).toEqual(['cat-file', 'rev-parse', 'config', 'rev-list', 'cat-file']);
  });
});

describeWith(['git'], '--since and --range', () => {
  const top = repository();
  const [first, second, third] = [commit(top, { a: key.text }), commit(top, { b: other.text }), commit(top, { a: undefined })];
  const found = (...args: readonly string[]): readonly (readonly unknown[])[] => keylintJson(args, { cwd: top }).keys.map(({ path, commit: id, inHead }) => [path, id, inHead]);

  test('name commits as git does', () => {
    expect(found('--since', first)).toEqual([['b', second, true]]);
    expect(found('--since', 'HEAD~1')).toEqual([]);
    expect(found('--range', `${first}^..${first}`)).toEqual([['a', first, false]]);
    expect(found('--range', 'HEAD')).toEqual([['a', first, false], ['b', second, true]]);
    expect(found('--range', 'HEAD~2...HEAD')).toEqual([['b', second, true]]);
    expect(found('--history', 'HEAD', `^${second}`)).toEqual([]);
    expect(found('--history', `${second}..${third}`)).toEqual([]);
    expect(found('--history', `${second}^!`)).toEqual([['b', second, true]]);
    expect(found('--since', 'HEAD~3', '--', 'b')).toEqual([['b', second, true]]);
  });

  test('and nothing else', () => {
    expectBroken(keylint(['--since', 'nowhere'], { cwd: top }), /git rev-list: bad revision 'nowhere\.\.HEAD'/);
    expectBroken(keylint(['--range', '--all'], { cwd: top }), /--range needs a value|names no commits/);
    expectBroken(keylint(['--range=--all'], { cwd: top }), /names no commits/);
    expectBroken(keylint(['--range', ''], { cwd: top }), /names no commits/);
    expectBroken(keylint(['--range', 'HEAD\n--all'], { cwd: top }), /names no commits/);
    expectBroken(keylint(['--range', 'HEAD', '--history'], { cwd: top }), /exclude each other/);
    expectBroken(keylint(['--range', 'HEAD', '--reflog'], { cwd: top }), /--reflog goes with the whole history/);
    expectBroken(keylint(['--range', 'auto'], { cwd: top }), /no variables of a GitHub, GitLab or Azure job are set/);
  });
});

describeWith(['git'], '--range auto', () => {
  /** A repository with commits on main, a topic branch of the first of them, and a merge of it into main as it is now. */
  const server = repository();
  const [base0, base1] = [commit(server, { old: makeKey().text }), commit(server, { main: makeKey().text })];
  git(server, 'checkout', '-q', '-b', 'topic', base0);
  const [topic1, topic2] = [commit(server, { 'topic/1': key.text }), commit(server, { 'topic/2': other.text })];
  git(server, 'checkout', '-q', '--detach', 'main');
  git(server, 'merge', '-q', '--no-ff', '-m', 'merge', 'topic');
  const merge = git(server, 'rev-parse', 'HEAD');
  git(server, 'update-ref', 'refs/pull/1/merge', merge);
  git(server, 'checkout', '-q', 'main');

  function clone(ref: string, depth?: number): string {
    const top = folder('clone');
    git(top, 'init', '-q');
    git(top, 'remote', 'add', 'origin', `file://${server}`);
    git(top, 'fetch', '-q', ...depth === undefined ? ['origin', '+refs/heads/*:refs/remotes/origin/*'] : [`--depth=${depth}`, 'origin'], ref);
    git(top, 'checkout', '-q', '--detach', 'FETCH_HEAD');
    return top;
  }

  const full = clone('refs/pull/1/merge');
  const paths = (env: Readonly<Record<string, string>>, cwd = full): readonly string[] => keylintJson(['--range', 'auto'], { cwd, env }).keys.map(({ path }) => path);

  /** The variables of a GitHub job, with its event in a file. */
  function ofGitHub(name: string, sha: string, event: object): Readonly<Record<string, string>> {
    const file = join(folder('event'), 'event.json');
    writeFileSync(file, JSON.stringify(event));
    return { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: name, GITHUB_EVENT_PATH: file, GITHUB_SHA: sha };
  }
  const request = { pull_request: { base: { ref: 'main', sha: base0 }, head: { ref: 'topic', sha: topic2 } } };
  const topics = ['topic/1', 'topic/2'];
  const everything = ['old', ...topics];

  test('GitHub: a pull request, whose base has moved on since', () => {
    expect(paths(ofGitHub('pull_request', merge, request))).toEqual(topics);
    expect(paths(ofGitHub('pull_request_target', base1, request))).toEqual(topics);
    // Where the head itself was checked out.
    expect(paths(ofGitHub('pull_request', merge, request), clone('topic'))).toEqual(topics);
    // A clone just deep enough for the merge's parents has not all of the commits.
    expectBroken(keylint(['--range', 'auto'], { cwd: clone('refs/pull/1/merge', 2), env: ofGitHub('pull_request', merge, request) }), /the history is not whole: 1 commit whose parents .*fetch-depth: 0/);
    expect(paths(ofGitHub('pull_request', merge, request), clone('refs/pull/1/merge', 3))).toEqual(topics);
  });

  test('GitHub: a push, of new commits, by force, of a new branch, of a tag, and one that deletes', () => {
    const of = (before: string, after: string, more = {}): readonly string[] => paths(ofGitHub('push', after, { before, after, ...more }));
    expect(of(topic1, topic2)).toEqual(['topic/2']);
    expect(of(zeros, topic2, { created: true })).toEqual(everything);
    expect(of('ab'.repeat(20), topic2, { forced: true })).toEqual(everything);
    expect(of(topic2, topic1, { forced: true })).toEqual([]);
    expect(of(topic2, zeros, { deleted: true })).toEqual([]);
    // Of a tag that is not here: what it leads to is checked out.
    expect(paths(ofGitHub('push', topic1, { before: zeros, after: 'cd'.repeat(20) }))).toEqual(['old', 'topic/1']);
  });

  test('GitHub: a merge queue, and what has no range of its own', () => {
    expect(paths(ofGitHub('merge_group', merge, { merge_group: { base_sha: base1, head_sha: merge } }))).toEqual(topics);
    expect(paths(ofGitHub('workflow_dispatch', topic1, { inputs: {} }))).toEqual(['old', 'topic/1']);
    expectBroken(keylint(['--range', 'auto'], { cwd: full, env: { ...ofGitHub('push', merge, {}), GITHUB_EVENT_PATH: '/nowhere' } }), /the event of this job .* cannot be read/);
    expectBroken(keylint(['--range', 'auto'], { cwd: full, env: ofGitHub('pull_request', merge, { pull_request: {} }) }), /names no commit/);
  });

  test('GitHub: a base that a shallow clone has not is an error, with what to do', () => {
    const shallow = clone('refs/pull/1/merge', 1);
    expectBroken(keylint(['--range', 'auto'], { cwd: shallow, env: ofGitHub('pull_request', merge, request) }), new RegExp(`${topic2}, which this job is about, is not in this clone: actions/checkout fetches it with fetch-depth: 0`));
    expectBroken(keylint(['--range', 'auto'], { cwd: clone('topic', 1), env: ofGitHub('push', topic2, { before: topic1, after: topic2 }) }), new RegExp(`${topic1}, where the commits of this job begin, is not in this clone, which is shallow: .*fetch-depth: 0`));
    expectBroken(keylint(['--range', 'auto'], { cwd: clone('topic', 1), env: ofGitHub('push', topic2, { before: zeros, after: topic2 }) }), /the history is not whole/);
    // The default checkout of pull_request_target has nothing of the request.
    expectBroken(keylint(['--range', 'auto'], { cwd: clone('main', 1), env: ofGitHub('pull_request_target', base1, request) }), /which this job is about, is not in this clone/);
  });

  test('GitLab: merge requests, with and without merged results; pushes', () => {
    const gitlab = { GITLAB_CI: 'true', CI_COMMIT_BEFORE_SHA: zeros, CI_COMMIT_SHA: topic2 };
    expect(paths({ ...gitlab, CI_MERGE_REQUEST_DIFF_BASE_SHA: base0, CI_MERGE_REQUEST_TARGET_BRANCH_SHA: '' })).toEqual(topics);
    expect(paths({ ...gitlab, CI_COMMIT_SHA: merge, CI_MERGE_REQUEST_DIFF_BASE_SHA: base0, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: topic2, CI_MERGE_REQUEST_TARGET_BRANCH_SHA: base1 })).toEqual(topics);
    expect(paths({ ...gitlab, CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA: base1 })).toEqual(topics);
    expect(paths({ ...gitlab, CI_COMMIT_BEFORE_SHA: topic1 })).toEqual(['topic/2']);
    expect(paths(gitlab)).toEqual(everything);
    expectBroken(keylint(['--range', 'auto'], { cwd: clone('topic', 1), env: { ...gitlab, CI_MERGE_REQUEST_DIFF_BASE_SHA: base0 } }), /is not in this clone, which is shallow: .*GIT_DEPTH: 0/);
  });

  test('Azure: pull requests by branch names of either kind; pushes', () => {
    const azure = { TF_BUILD: 'True', BUILD_SOURCEVERSION: merge };
    expect(paths({ ...azure, SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main', SYSTEM_PULLREQUEST_SOURCECOMMITID: topic2 })).toEqual(topics);
    expect(paths({ ...azure, SYSTEM_PULLREQUEST_TARGETBRANCH: 'main' })).toEqual(topics);
    expect(paths({ ...azure, BUILD_SOURCEVERSION: topic2 })).toEqual(everything);
    // The target's branch was not fetched: the merge was made on it.
    const alone = clone('refs/pull/1/merge', 3);
    expect(spawn('git', ['show-ref', 'origin/main'], { cwd: alone }).status).not.toBe(0);
    expect(paths({ ...azure, SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main', SYSTEM_PULLREQUEST_SOURCECOMMITID: topic2 }, alone)).toEqual(topics);
    expectBroken(keylint(['--range', 'auto'], { cwd: clone('refs/pull/1/merge', 1), env: { ...azure, SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main', SYSTEM_PULLREQUEST_SOURCECOMMITID: topic2 } }), /origin\/main, where the commits of this job begin, is not in this clone, which is shallow: .*fetchDepth: 0/);
  });
});
