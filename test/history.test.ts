import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeWith } from './tools.ts';
import { base, commit, expectBroken, folder, git, keylint, keylintJson, makeKey, pipeToGit, repository, spawn, write, type JsonReport } from './program.ts';

const key = makeKey();
const other = makeKey();

type Report = JsonReport & { readonly status: number | null; readonly stderr: string };

function history(top: string, ...args: readonly string[]): Report {
  return keylintJson(['--history', ...args], { cwd: top });
}

/** What was found, by path: which key, in which commit, still in HEAD or not. */
function found({ keys }: JsonReport): readonly (readonly unknown[])[] {
  const names = new Map([[key.fingerprint, 'key'], [other.fingerprint, 'other']]);
  return keys.map(({ path, fingerprint, commit: id, inHead }) => [path, names.get(fingerprint ?? '') ?? fingerprint, id, inHead]);
}

describeWith(['git'], 'what hides a key from a diff', () => {
  test.each(['-diff', 'binary', '-text -diff', 'diff=secret', 'export-ignore', 'filter=lfs diff=lfs merge=lfs'])('.gitattributes: *.pem %s', (attributes) => {
    const top = repository();
    git(top, 'config', 'diff.secret.textconv', 'echo nothing');
    const id = commit(top, { '.gitattributes': `*.pem ${attributes}\n`, 'a.pem': key.text });
    expect(found(history(top))).toEqual([['a.pem', 'key', id, true]]);
  });

  test('texts in UTF-16, NUL bytes around it, DER', () => {
    const top = repository();
    const id = commit(top, {
      'utf-16le': Buffer.from(`\ufeff${key.text}`, 'utf16le'),
      'utf-16be': Buffer.from(`\ufeff${key.text}`, 'utf16le').swap16(),
      'nul': Buffer.concat([Buffer.from('\0'), Buffer.from(key.text), Buffer.alloc(100)]),
      'der': generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }),
    });
    expect(history(top).keys.map(({ path, format, commit: by }) => [path, format, by])).toEqual([['der', 'pkcs8', id], ['nul', 'openssh', id], ['utf-16be', 'openssh', id], ['utf-16le', 'openssh', id]]);
  });

  test('a rename, alone and with a change: each path has its commit', () => {
    const top = repository();
    const lines = Array.from({ length: 200 }, (_, i) => `line ${i}\n`).join('');
    const [first, second, third] = [commit(top, { a: lines + key.text }), commit(top, { a: undefined, b: lines + key.text }), commit(top, { b: undefined, c: `${lines}more\n${key.text}` })];
    const report = history(top);
    expect(found(report)).toEqual([['a', 'key', first, false], ['b', 'key', second, false], ['c', 'key', third, true]]);
    expect(report.keys.map(({ line }) => line)).toEqual([201, 201, 202]);
  });

  test('a link that a key takes the place of', () => {
    const top = repository();
    symlinkSync('elsewhere', join(top, 'link'));
    commit(top);
    rmSync(join(top, 'link'));
    const id = commit(top, { link: key.text });
    commit(top, { link: undefined });
    expect(git(top, 'show', '--raw', '--format=', 'HEAD~1')).toMatch(/T\tlink$/);
    expect(found(history(top))).toEqual([['link', 'key', id, false]]);
  });

  test('a key whose first line comes with a second commit', () => {
    const top = repository();
    const [begin, ...rest] = key.text.split('\n');
    commit(top, { a: rest.join('\n') });
    const id = commit(top, { a: [begin, ...rest].join('\n') });
    expect(git(top, 'show', '--format=', '--unified=0', id).split('\n').filter((line) => /^\+[^+]/.test(line))).toEqual([`+${begin}`]);
    expect(history(top).keys).toContainEqual(expect.objectContaining({ path: 'a', fingerprint: key.fingerprint, commit: id, line: 1, endLine: rest.length, inHead: true }));
  });

  test('a key in a commit that is undone by the next one', () => {
    const top = repository();
    const id = commit(top, { a: key.text });
    git(top, 'revert', '--no-edit', 'HEAD');
    expect(found(history(top))).toEqual([['a', 'key', id, false]]);
  });

  test('settings that change what a log says, from a subfolder', () => {
    const top = repository({ commit: false });
    const id = commit(top, { 'sub/a': key.text, 'b': other.text });
    write(join(top, '.mailmap'), 'Nobody <nobody@example.org> <ann@example.org>\n');
    for (const [name, value] of [['log.showRoot', 'false'], ['diff.relative', 'true'], ['diff.orderFile', '/nowhere'], ['diff.renames', 'copies'], ['log.diffMerges', 'off'], ['log.follow', 'true'], ['log.mailmap', 'true'], ['log.decorate', 'full'],
      ['log.showSignature', 'true'], ['log.abbrevCommit', 'true'], ['log.date', 'relative'], ['format.pretty', 'oneline'], ['color.ui', 'always'], ['core.abbrev', '4'], ['core.quotePath', 'true'], ['diff.noprefix', 'true'], ['diff.external', 'false'],
      ['i18n.logOutputEncoding', 'UTF-16'], ['diff.ignoreSubmodules', 'all'], ['diff.statGraphWidth', '1'], ['notes.displayRef', '*']] as const) git(top, 'config', name, value);
    const report = keylintJson(['--history'], { cwd: join(top, 'sub') });
    expect(found(report)).toEqual([[join(top, 'b'), 'other', id, true], ['a', 'key', id, true]]);
    expect(report.keys[0]).toMatchObject({ author: 'Ann <ann@example.org>', branches: ['main'] });
  });
});

describeWith(['git'], 'merges', () => {
  /** main and some branches of it, each with a commit of its own, HEAD on main. */
  function branched(...names: readonly string[]): string {
    const top = repository();
    commit(top, { base: 'x' });
    for (const name of names) {
      git(top, 'checkout', '-q', '-b', name, 'main');
      commit(top, { [name]: name });
    }
    git(top, 'checkout', '-q', 'main');
    commit(top, { main: 'x' });
    return top;
  }

  test('a key that only the merge has', () => {
    const top = branched('side');
    git(top, 'merge', '-q', '--no-commit', 'side');
    const id = commit(top, { evil: key.text });
    commit(top, { evil: undefined });
    expect(git(top, 'rev-list', '--parents', '-1', id).split(' ')).toHaveLength(3);
    expect(found(history(top))).toEqual([['evil', 'key', id, false]]);
  });

  test('a key that came with one of the parents belongs to the commit that brought it there', () => {
    const top = branched('side');
    git(top, 'checkout', '-q', 'side');
    const id = commit(top, { a: key.text });
    git(top, 'checkout', '-q', 'main');
    git(top, 'merge', '-q', '--no-edit', 'side');
    expect(found(history(top))).toEqual([['a', 'key', id, true]]);
  });

  test('of five branches, with a key in one of them and another in the merge alone', () => {
    const names = ['b1', 'b2', 'b3', 'b4', 'b5'];
    const top = branched(...names);
    git(top, 'checkout', '-q', 'b3');
    const id = commit(top, { a: key.text });
    git(top, 'checkout', '-q', 'main');
    git(top, 'merge', '-q', '--no-commit', ...names);
    const octopus = commit(top, { evil: other.text });
    expect(git(top, 'rev-list', '--parents', '-1', octopus).split(' ')).toHaveLength(7);
    commit(top, { a: undefined, evil: undefined });
    expect(found(history(top))).toEqual([['a', 'key', id, false], ['evil', 'other', octopus, false]]);
  });

  test('which move a key of one parent to another path, or take another key for a path that both have', () => {
    const top = branched('side');
    git(top, 'checkout', '-q', 'side');
    const id = commit(top, { a: key.text, b: 'side' });
    git(top, 'checkout', '-q', 'main');
    commit(top, { b: 'main' });
    spawn('git', ['merge', '-q', '--no-commit', 'side'], { cwd: top });
    const merge = commit(top, { 'a': undefined, 'moved/a': key.text, 'b': other.text });
    expect(git(top, 'rev-list', '--parents', '-1', merge).split(' ')).toHaveLength(3);
    expect(found(history(top))).toEqual([['a', 'key', id, false], ['b', 'other', merge, true], ['moved/a', 'key', merge, true]]);
  });

  test('of histories without a common root', () => {
    const top = repository();
    git(top, 'checkout', '-q', '--orphan', 'orphan');
    const id = commit(top, { a: key.text });
    git(top, 'checkout', '-q', 'main');
    git(top, 'merge', '-q', '--no-edit', '--allow-unrelated-histories', 'orphan');
    git(top, 'branch', '-q', '-D', 'orphan');
    expect(found(history(top))).toEqual([['a', 'key', id, true]]);
  });
});

describeWith(['git'], 'every ref and HEAD', () => {
  test('root commits and branches without a common root', () => {
    const top = repository({ commit: false });
    const root = commit(top, { a: key.text });
    git(top, 'checkout', '-q', '--orphan', 'orphan');
    const orphan = commit(top, { a: undefined, b: other.text });
    const report = history(top);
    expect(found(report)).toEqual([['a', 'key', root, false], ['b', 'other', orphan, true]]);
    expect(report.keys.map(({ branches }) => branches)).toEqual([['main'], ['orphan']]);
  });

  test('tags of files and folders, and tags of tags', () => {
    const top = repository();
    const blob = pipeToGit(top, key.text, 'hash-object', '-w', '--stdin');
    git(top, 'tag', 'light', blob);
    git(top, 'tag', '-a', '-m', 'x', 'heavy', blob);
    git(top, 'tag', '-a', '-m', 'x', 'nested', 'heavy');
    const tree = pipeToGit(top, `100644 blob ${pipeToGit(top, other.text, 'hash-object', '-w', '--stdin')}\tb\n`, 'mktree');
    git(top, 'tag', '-a', '-m', 'x', 'tree', pipeToGit(top, `040000 tree ${tree}\tsub\n`, 'mktree'));
    expect(found(history(top))).toEqual([['refs/tags/heavy', 'key', undefined, undefined], ['refs/tags/light', 'key', undefined, undefined], ['refs/tags/nested', 'key', undefined, undefined], ['refs/tags/tree/sub/b', 'other', undefined, undefined]]);
    expect(keylint(['--history'], { cwd: top }).stdout).toContain('refs/tags/light:1:1  error  Ed25519 private key without a passphrase is stored in git outside of any commit');
    expect(found(keylintJson(['--history', 'tree'], { cwd: top }))).toEqual([['tree/sub/b', 'other', undefined, undefined]]);
  });

  test('tags that lead to commits, also by way of other tags, name what no branch has', () => {
    const top = repository();
    git(top, 'checkout', '-q', '--detach');
    const id = commit(top, { a: key.text });
    git(top, 'tag', '-a', '-m', 'x', 'v1');
    git(top, 'tag', '-a', '-m', 'x', 'v1-signed', 'v1');
    git(top, 'checkout', '-q', 'main');
    const report = history(top);
    expect(found(report)).toEqual([['a', 'key', id, false]]);
    expect(report.keys[0]!['branches']).toEqual(['v1', 'v1-signed']);
  });

  test('notes, stashes (also of what is not tracked), and what other refs lead to', () => {
    const top = repository();
    const [third, fourth] = [makeKey(), makeKey()];
    write(join(top, 'note'), key.text);
    git(top, 'notes', 'add', '-F', 'note', 'HEAD');
    rmSync(join(top, 'note'));
    commit(top, { a: 'x' });
    write(join(top, 'a'), other.text);
    write(join(top, 'untracked'), third.text);
    git(top, 'stash', '-q', '-u');
    commit(top, { hidden: fourth.text });
    git(top, 'update-ref', 'refs/pull/1/head', 'HEAD');
    git(top, 'reset', '-q', '--hard', 'HEAD~1');
    const report = history(top);
    const [note] = git(top, 'ls-tree', '-r', '--name-only', 'refs/notes/commits').split('\n');
    expect(found(report)).toEqual([[note, 'key', git(top, 'rev-parse', 'refs/notes/commits'), false], ['a', 'other', git(top, 'rev-parse', 'stash'), false],
      ['hidden', fourth.fingerprint, git(top, 'rev-parse', 'refs/pull/1/head'), false], ['untracked', third.fingerprint, git(top, 'rev-parse', 'stash^3'), false]].sort(([a], [b]) => (a! < b! ? -1 : 1)));
    expect(report.keys.every(({ branches }) => (branches as string[]).length === 0)).toBe(true);
  });

  test('a HEAD that is on no branch, here and in other work trees', () => {
    const top = repository();
    const linked = folder('linked');
    git(top, 'worktree', 'add', '-q', '--detach', linked);
    const there = commit(linked, { there: other.text });
    git(top, 'checkout', '-q', '--detach');
    const here = commit(top, { here: key.text });
    expect(found(history(top))).toEqual([['here', 'key', here, true], ['there', 'other', there, false]]);
    expect(found(history(linked))).toEqual([['here', 'key', here, false], ['there', 'other', there, true]]);
  });

  test('submodules are named, and not entered', () => {
    const inner = repository();
    commit(inner, { a: key.text });
    const top = repository();
    git(top, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'libs/inner');
    const id = commit(top, { b: other.text });
    const report = history(top);
    expect(found(report)).toEqual([['b', 'other', id, true]]);
    expect(report.summary.skipped).toEqual([{ path: 'libs/inner', reason: 'submodule' }]);
    expect(found(history(join(top, 'libs/inner')))).toHaveLength(1);
  });

  test('replaced objects and grafts: what is stored counts', () => {
    const top = repository();
    const clean = pipeToGit(top, 'clean', 'hash-object', '-w', '--stdin');
    const first = commit(top, { a: key.text });
    const second = commit(top, { a: other.text });
    const last = commit(top, { a: 'x' });
    // The key's blob by a clean one, a commit by one without parents, and the parents of another.
    git(top, 'replace', `${first}:a`, clean);
    git(top, 'replace', '--graft', last);
    write(join(top, '.git/info/grafts'), `${second}\n`);
    expect(spawn('git', ['log', '--format=%H'], { cwd: top }).stdout.split('\n').filter(Boolean)).toEqual([last]);
    expect(found(history(top))).toEqual([['a', 'key', first, false], ['a', 'other', second, false]]);
  });

  test('what replaces an object is looked at, too', () => {
    const top = repository();
    const blob = pipeToGit(top, key.text, 'hash-object', '-w', '--stdin');
    commit(top, { a: 'x' });
    git(top, 'replace', 'HEAD:a', blob);
    expect(found(history(top))).toEqual([[`refs/replace/${git(top, 'rev-parse', 'HEAD:a')}`, 'key', undefined, undefined]]);
  });
});

describeWith(['git'], 'repositories of every kind', () => {
  test('of SHA-256 names', () => {
    const top = repository({ format: 'sha256' });
    const id = commit(top, { a: key.text });
    expect(id).toHaveLength(64);
    git(top, 'tag', 'blob', 'HEAD:a');
    commit(top, { a: undefined });
    expect(found(history(top))).toEqual([['a', 'key', id, false]]);
    expect(found(keylintJson(['--range', 'HEAD~2..HEAD'], { cwd: top }))).toEqual([['a', 'key', id, false]]);
  });

  test('without a work tree, and from inside of the git folder', () => {
    const top = repository();
    const id = commit(top, { 'sub/a': key.text });
    const bare = join(folder(), 'bare');
    git(top, 'clone', '-q', '--bare', '.', bare);
    expect(found(history(bare))).toEqual([['sub/a', 'key', id, true]]);
    expect(found(history(join(top, '.git')))).toEqual([['sub/a', 'key', id, true]]);
    expect(found(history(bare, '--', 'sub'))).toHaveLength(1);
    expect(found(history(bare, '--', 'sub/a'))).toHaveLength(1);
    expectBroken(keylint(['--history', '--', 'typo'], { cwd: bare }), /typo: no such file or folder, now or in history/);
  });

  test('without a commit', () => {
    const top = repository({ commit: false });
    expect(history(top)).toMatchObject({ status: 0, summary: { files: 0, skipped: [] } });
    write(join(top, 'a'), key.text);
    git(top, 'add', 'a');
    expect(history(top)).toMatchObject({ status: 0, keys: [], summary: { skipped: [{ reason: 'blob with a key that nothing leads to (--unreachable looks at those)' }] } });
    expect(found(history(top, '--unreachable'))).toEqual([[`blob ${git(top, 'rev-parse', ':a')}`, 'key', undefined, undefined]]);
  });

  test('that borrow from another, and do not find it any more', () => {
    const server = repository();
    const id = commit(server, { a: key.text });
    const place = folder();
    git(place, 'clone', '-q', '--shared', server, 'clone');
    const clone = join(place, 'clone');
    const own = commit(clone, { b: other.text });
    expect(readFileSync(join(clone, '.git/objects/info/alternates'), 'utf8')).toContain(server);
    expect(found(history(clone))).toEqual([['a', 'key', id, true], ['b', 'other', own, true]]);
    writeFileSync(join(clone, '.git/objects/info/alternates'), '/nowhere/objects\n');
    expectBroken(keylint(['--history'], { cwd: clone }), /alternate object path: \/nowhere\/objects|object directory \/nowhere\/objects does not exist/);
  });

  test('shallow: what was left out is said', () => {
    const server = repository();
    commit(server, { a: key.text });
    const second = commit(server, { a: undefined, b: other.text });
    commit(server, { c: 'x' });
    const place = folder();
    git(place, 'clone', '-q', '--depth', '2', `file://${server}`, 'clone');
    const clone = join(place, 'clone');
    const ran = keylint(['--history'], { cwd: clone });
    expectBroken(ran, /the history is not whole: 1 commit whose parents this shallow clone left out; .*fetch-depth: 0.*--allow-missing/);
    // All the same, what is here has been looked at.
    expect(ran.stdout).toContain('b:1:1  error');
    const allowed = history(clone, '--allow-missing');
    expect(found(allowed)).toEqual([['b', 'other', second, true]]);
    expect(allowed).toMatchObject({ status: 1, summary: { skipped: [{ path: '.git', reason: 'part of the history: 1 commit whose parents this shallow clone left out' }] } });
    // A range that does not come near the cut is whole.
    expect(keylintJson(['--range', 'HEAD~1..HEAD'], { cwd: clone })).toMatchObject({ status: 0, summary: { skipped: [] } });
    expectBroken(keylint(['--range', 'HEAD'], { cwd: clone }), /not whole/);
    expectBroken(keylint(['--since', 'HEAD~2'], { cwd: clone }), /bad revision 'HEAD~2\.\.HEAD'; this clone is shallow: .*fetch-depth: 0/);
    git(clone, 'fetch', '-q', '--unshallow');
    expect(history(clone)).toMatchObject({ status: 1, keys: [{ path: 'a' }, { path: 'b' }] });
  });

  test.each(['blob:none', 'blob:limit=500', 'tree:0'])('partial, %s: what was left out is said, and nothing is fetched', (filter) => {
    const server = repository();
    git(server, 'config', 'uploadpack.allowFilter', 'true');
    commit(server, { a: `${key.text}${'x'.repeat(600)}`, b: 'small' });
    commit(server, { 'a': undefined, 'sub/c': `${other.text}${'x'.repeat(600)}` });
    const place = folder();
    // A checkout fetches what HEAD has.
    git(place, 'clone', '-q', `--filter=${filter}`, `file://${server}`, 'clone');
    const clone = join(place, 'clone');
    const count = (): number => Number(/in-pack: (\d+)/.exec(git(clone, 'count-objects', '-v'))![1]);
    const before = count();
    const ran = keylint(['--history'], { cwd: clone });
    expectBroken(ran, /the history is not whole: \d objects? that (is|are) not in this clone; git fetch --refetch --no-filter .*--allow-missing/);
    expect(ran.stdout).toContain('sub/c:1:1  error');
    const allowed = history(clone, '--allow-missing');
    expect(allowed).toMatchObject({ status: 1, keys: [{ path: 'sub/c', inHead: true }] });
    expect(allowed.summary.skipped).toContainEqual({ path: '.git', reason: expect.stringMatching(/^part of the history: \d object/) });
    if (filter !== 'tree:0') expect(found(allowed)).toEqual([['sub/c', 'other', git(clone, 'rev-parse', 'HEAD'), true]]);
    expect(count()).toBe(before);
    // What the advice says makes it whole.
    git(clone, 'fetch', '-q', '--refetch', '--no-filter');
    expect(history(clone)).toMatchObject({ status: 1, keys: [{ path: 'a' }, { path: 'sub/c' }] });
  });
});

describeWith(['git'], 'what nothing leads to any more', () => {
  test('is looked at when it is asked for: by reflogs, or whatever is stored', () => {
    const top = repository();
    const gone = commit(top, { a: key.text });
    git(top, 'reset', '-q', '--hard', 'HEAD~1');
    const blob = git(top, 'rev-parse', `${gone}:a`);
    expect(history(top)).toMatchObject({ status: 0, keys: [], summary: { skipped: [{ path: `blob ${blob}`, reason: 'blob with a key that nothing leads to (--unreachable looks at those)' }] } });
    expect(found(history(top, '--reflog'))).toEqual([['a', 'key', gone, false]]);
    expect(found(history(top, '--unreachable'))).toEqual([['a', 'key', gone, false]]);
    git(top, 'reflog', 'expire', '--expire=now', '--all');
    expect(history(top, '--reflog')).toMatchObject({ status: 0, keys: [] });
    expect(found(history(top, '--unreachable'))).toEqual([['a', 'key', gone, false]]);
    git(top, 'gc', '-q', '--prune=now');
    expect(history(top, '--unreachable')).toMatchObject({ status: 0, keys: [], summary: { skipped: [] } });
  });

  test('a file that was staged and never committed', () => {
    const top = repository();
    const blob = pipeToGit(top, key.text, 'hash-object', '-w', '--stdin');
    const { stdout } = keylint(['--history', '--unreachable'], { cwd: top });
    expect(stdout).toContain(`blob ${blob}:1:1  error  Ed25519 private key without a passphrase is stored in git outside of any commit`);
  });
});

describeWith(['git'], 'facts', () => {
  test('one key at several paths, also of the same blob, has a place for each; changed around, it is still one', () => {
    const top = repository();
    const first = commit(top, { 'a': key.text, 'copies/b': key.text });
    const second = commit(top, { c: key.text, a: `# comment\n${key.text}` });
    commit(top, { a: `# another\n\n${key.text}` });
    const report = history(top);
    expect(found(report)).toEqual([['a', 'key', first, true], ['c', 'key', second, true], ['copies/b', 'key', first, true]]);
    expect(report.keys.map(({ versions, line }) => [versions, line])).toEqual([[3, 1], [1, 1], [1, 1]]);
    // As long as it lies at several paths, it is a copy.
    expect(report.findings.filter(({ rule }) => rule === 'no-key-reuse')).toHaveLength(3);
    commit(top, { 'c': undefined, 'copies/b': undefined });
    expect(history(top).findings.filter(({ rule }) => rule === 'no-key-reuse')).toHaveLength(0);
  });

  test('a key that was replaced where it lay is another key', () => {
    const top = repository();
    // Where the public half lies in an OpenSSH key without a passphrase (PROTOCOL.key).
    const publicOf = ({ text }: typeof key): string => `ssh-ed25519 ${Buffer.from(text.split('\n').slice(1, -2).join(''), 'base64').subarray(43, 94).toString('base64')}\n`;
    const first = commit(top, { 'id': key.text, 'id.pub': publicOf(key) });
    const second = commit(top, { 'id': other.text, 'id.pub': publicOf(other) });
    const report = history(top);
    expect(report.keys.map(({ path, fingerprint, kind, commit: id, inHead }) => [path, fingerprint, kind, id, inHead])).toEqual([
      ['id', key.fingerprint, 'private', first, false], ['id', other.fingerprint, 'private', second, true],
      ['id.pub', key.fingerprint, 'public', first, false], ['id.pub', other.fingerprint, 'public', second, true],
    ]);
    // Old and new halves were never beside each other.
    expect(report.findings.map(({ rule }) => rule)).toEqual(['no-committed-private-key', 'no-committed-private-key']);
  });

  test('a public key that is only in history is nothing to complain of', () => {
    const top = repository();
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'pem', type: 'spki' });
    commit(top, { 'weak.pem': weak });
    expect(history(top)).toMatchObject({ status: 1, findings: [{ rule: 'min-key-size' }] });
    commit(top, { 'weak.pem': undefined });
    expect(history(top)).toMatchObject({ status: 0, findings: [], keys: [{ inHead: false }] });
  });

  test('several keys without a name of their own in one file are several', () => {
    const top = repository();
    const secret = (): object => ({ kty: 'oct', alg: 'HS256', k: randomBytes(32).toString('base64url') });
    commit(top, { jwks: JSON.stringify({ keys: [secret(), secret(), secret()] }) });
    expect(history(top).keys.map(({ path, kind }) => [path, kind])).toEqual(Array.from({ length: 3 }, () => ['jwks', 'symmetric']));
  });

  test('the author and the day are those of the commit, in words of any script and encoding', () => {
    const top = repository();
    const environment = { GIT_AUTHOR_NAME: 'Jürgen Ñandú <x', GIT_AUTHOR_EMAIL: 'j@example.org', GIT_AUTHOR_DATE: '2001-02-03T04:05:06+0730', GIT_COMMITTER_DATE: '2020-01-01T00:00:00Z' };
    write(join(top, 'a'), key.text);
    git(top, 'add', 'a');
    expect(spawn('git', ['-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '-q', '-m', 'x'], { cwd: top, env: { ...environment, GIT_AUTHOR_NAME: 'Ann' } }).status).toBe(0);
    expect(history(top).keys[0]).toMatchObject({ author: 'Ann <j@example.org>', date: '2001-02-03T04:05:06+07:30' });
    expect(spawn('git', ['commit', '-q', '--amend', '--reset-author', '-m', 'x'], { cwd: top, env: environment }).status).toBe(0);
    expect(history(top).keys[0]).toMatchObject({ author: 'Jürgen Ñandú x <j@example.org>' });
  });

  test('the branches are those that git names, here and of remotes', () => {
    const server = repository();
    commit(server, { a: key.text });
    git(server, 'branch', 'later');
    git(server, 'branch', 'before', 'HEAD~1');
    const place = folder();
    git(place, 'clone', '-q', server, 'clone');
    const clone = join(place, 'clone');
    git(clone, 'checkout', '-q', '-b', 'topic/x');
    commit(clone, { a: undefined });
    const { keys: [one] } = history(clone);
    const contains = git(clone, 'branch', '-a', '--format=%(refname)', '--contains', String(one!['commit'])).split('\n').filter((name) => !name.endsWith('/HEAD'));
    expect([...one!['branches'] as string[]].sort()).toEqual(contains.map((name) => name.replace(/^refs\/(heads|remotes)\//, '')).sort());
    expect(one!['branches']).toContain('origin/later');
    // Also of a range that ends before the branches do.
    expect(keylintJson(['--range', 'HEAD~2..HEAD~1'], { cwd: clone }).keys[0]!['branches']).toEqual(one!['branches']);
  });
});

describeWith(['git'], 'any history', () => {
  const names = ['a', 'b', 'dir/a', 'dir/c'];
  /** What a file can have: nothing, a key in two surroundings, another key, other text. */
  const contents: readonly (string | undefined)[] = [undefined, key.text, `# comment\n${key.text}`, other.text, 'text'];
  const keyIn: readonly (string | undefined)[] = [undefined, key.fingerprint, key.fingerprint, other.fingerprint, undefined];

  /** Commits, each with parents among those before it, the contents of its files, and a time that need not fit its parents'. */
  const commits = fc.array(fc.record({
    parents: fc.uniqueArray(fc.nat(), { maxLength: 3 }),
    files: fc.tuple(...names.map(() => fc.nat(contents.length - 1))),
    time: fc.nat(1000),
  }), { minLength: 1, maxLength: 12 });
  const refs = fc.record({ branches: fc.array(fc.nat(), { maxLength: 4 }), tags: fc.array(fc.nat(), { maxLength: 2 }), head: fc.nat(), isDetached: fc.boolean() });

  test('is told as its commits have it', () => {
    fc.assert(fc.property(commits, refs, (given, { branches, tags, head, isDetached }) => {
      // No two commits of one time, of which either could be called the first.
      const all = given.map(({ parents, files, time }, i) => ({ parents: [...new Set(i === 0 ? [] : parents.map((n) => n % i))], files, time: 1_600_000_000 + time * 100 + i }));
      const at = (n: number): number => n % all.length;
      const top = repository({ commit: false });
      const stream = all.map(({ parents, files, time }, i) => [
        `commit refs/made/${i}\nmark :${i + 1}\nauthor A${i} <a@example.org> ${time - 50} +0000\ncommitter Ann <ann@example.org> ${time} +0000\ndata 1\nx\n`,
        ...parents.map((n, j) => `${j === 0 ? 'from' : 'merge'} :${n + 1}\n`), 'deleteall\n',
        ...files.flatMap((n, j) => (contents[n] === undefined ? [] : [`M 100644 inline ${names[j]!}\ndata ${contents[n].length}\n${contents[n]}\n`])),
      ].join('')).join('');
      pipeToGit(top, stream, 'fast-import', '--quiet');
      const ids = git(top, 'rev-parse', ...all.map((_, i) => `refs/made/${i}`)).split('\n');
      pipeToGit(top, [...branches.map((n, i) => `create refs/heads/b${i} ${ids[at(n)]!}\n`), ...tags.map((n, i) => `create refs/tags/t${i} ${ids[at(n)]!}\n`), ...ids.map((_, i) => `delete refs/made/${i}\n`)].join(''), 'update-ref', '--stdin');
      const headCommit = isDetached ? at(head) : branches.length > 0 ? at(branches[head % branches.length]!) : undefined;
      if (isDetached) git(top, 'update-ref', '--no-deref', 'HEAD', ids[at(head)]!);
      else git(top, 'symbolic-ref', 'HEAD', `refs/heads/${branches.length > 0 ? `b${head % branches.length}` : 'unborn'}`);

      const historyFrom = (start: number): ReadonlySet<number> => {
        const seen = new Set<number>([start]);
        for (const n of seen) for (const parent of all[n]!.parents) seen.add(parent);
        return seen;
      };
      const reached = new Set([...branches.map(at), ...tags.map(at), ...headCommit === undefined ? [] : [headCommit]].flatMap((n) => [...historyFrom(n)]));
      const expected = names.flatMap((path, j) => [...new Set(keyIn.filter((name) => name !== undefined))].flatMap((fingerprint) => {
        const having = [...reached].filter((n) => keyIn[all[n]!.files[j]!] === fingerprint);
        if (having.length === 0) return [];
        const brought = having.filter((n) => all[n]!.parents.every((parent) => all[parent]!.files[j] !== all[n]!.files[j]));
        const first = brought.reduce((a, b) => (all[b]!.time < all[a]!.time ? b : a));
        const holding = (list: readonly number[], letter: string): readonly string[] => list.flatMap((n, i) => (having.some((one) => historyFrom(at(n)).has(one)) ? [`${letter}${i}`] : []));
        return [{
          path, fingerprint, commit: ids[first], author: `A${first} <a@example.org>`, inHead: headCommit !== undefined && having.includes(headCommit),
          branches: holding(branches, 'b').length > 0 ? holding(branches, 'b') : holding(tags, 't'), versions: new Set(having.map((n) => all[n]!.files[j])).size,
        }];
      }));
      const order = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
      const said = history(top).keys.map(({ path, fingerprint, commit: id, author, inHead, branches: on, versions }) => ({ path, fingerprint, commit: id, author, inHead, branches: [...on as string[]].sort(), versions }));
      expect(said.sort(order)).toEqual(expected.sort(order));
    }), { numRuns: 25 });
  });
});

describeWith(['git'], 'names of files', () => {
  test('odd ones', () => {
    const names = ['a b', '"quoted"', "it's", 'new\nline', 'tab\there', 'ключ', '-dash', ':(glob)x', ':!x', '*', '[a]', 'a?', '\\back', ' lead', 'trail ', 'é.pem', 'e\u0301.pem', '$(touch x)', 'a\u202eb', '\x01mark', ':100644 100644 x', '--', 'sub/\n/\x02'];
    const top = repository();
    const id = commit(top, Object.fromEntries(names.map((name) => [name, key.text])));
    expect(found(history(top))).toEqual([...names].sort().map((name) => [name, 'key', id, true]));
    git(top, 'rm', '-q', '-r', '.');
    commit(top);
    expect(found(history(top)).map(([name, , , inHead]) => [name, inHead])).toEqual([...names].sort().map((name) => [name, false]));
    expect(keylint(['--history'], { cwd: top }).stdout).not.toMatch(/[\t\u202e\x01\x02]/);
  });

  test('that are not UTF-8 are neither lost nor taken for each other', () => {
    const top = repository();
    for (const name of ['caf\xe9', 'caf\xe8', 'caf\xff']) writeFileSync(Buffer.from(`${top}/${name}`, 'latin1'), key.text);
    const first = commit(top);
    rmSync(Buffer.from(`${top}/caf\xe8`, 'latin1'));
    const second = commit(top, { ok: other.text });
    // Each is shown as the same text.
    const rows = found(history(top));
    expect(rows.filter(([path]) => path === 'ok')).toEqual([['ok', 'other', second, true]]);
    expect(rows.filter(([path]) => path === 'caf\ufffd').map(([, name, id, inHead]) => [name, id, inHead]).sort()).toEqual([['key', first, false], ['key', first, true], ['key', first, true]]);
    // Also among what is staged.
    for (const name of ['na\xefve', 'na\xeeve']) writeFileSync(Buffer.from(`${top}/${name}`, 'latin1'), key.text);
    git(top, 'add', '-A');
    expect(keylintJson(['--staged'], { cwd: top }).keys.map(({ path }) => path)).toEqual(['na\ufffdve', 'na\ufffdve']);
  });
});

describeWith(['git'], 'paths and policies', () => {
  const top = repository();
  const first = commit(top, { 'a.pem': key.text, 'sub/b.pem': other.text, 'sub/deep/c.pem': key.text });
  commit(top, { 'a.pem': undefined, 'sub': undefined });
  mkdirSync(join(top, 'sub'));
  const paths = (args: readonly string[], cwd = top): readonly string[] => keylintJson(args, { cwd }).keys.map(({ path }) => path);

  test.each([
    [['a.pem'], ['a.pem']], [['sub'], ['sub/b.pem', 'sub/deep/c.pem']], [['sub/'], ['sub/b.pem', 'sub/deep/c.pem']], [['sub/deep'], ['sub/deep/c.pem']], [['a.pem', 'sub/deep/c.pem'], ['a.pem', 'sub/deep/c.pem']],
    [[join(top, 'sub/b.pem')], ['sub/b.pem']], [['*.pem'], ['a.pem']], [['**/*.pem'], ['a.pem', 'sub/b.pem', 'sub/deep/c.pem']], [['sub/**/{c,d}.pem'], ['sub/deep/c.pem']], [['.'], ['a.pem', 'sub/b.pem', 'sub/deep/c.pem']],
    [['*.none'], []],
  ])('--history -- %j', (args, expected) => {
    expect(paths(['--history', '--', ...args])).toEqual(expected);
    expect(paths(['--history', 'main', '--', ...args])).toEqual(expected);
  });

  test('count from the working folder, and are shown from there', () => {
    expect(paths(['--history', '--', 'b.pem'], join(top, 'sub'))).toEqual(['b.pem']);
    expect(paths(['--history', '--', '../a.pem'], join(top, 'sub'))).toEqual([join(top, 'a.pem')]);
  });

  test('a path that never was is an error, and so is one elsewhere', () => {
    expectBroken(keylint(['--history', '--', 'typo'], { cwd: top }), /typo: no such file or folder, now or in history/);
    expectBroken(keylint(['--history', '--', 'a'], { cwd: top }), /a: no such file or folder/);
    expectBroken(keylint(['--history', '--', base], { cwd: top }), /outside of the repository/);
    expectBroken(keylint(['--history', '--', 'a.pem', 'typo'], { cwd: top }), /typo: no such/);
    expectBroken(keylint(['--since', 'HEAD', 'a.pem'], { cwd: top }), /paths go behind --/);
    expectBroken(keylint(['--history', 'a.pem'], { cwd: top }), /bad revision 'a.pem'/);
  });

  test('a path that only a branch had which was merged away', () => {
    const merged = repository();
    git(merged, 'checkout', '-q', '-b', 'side');
    const id = commit(merged, { 'side/a': key.text });
    commit(merged, { 'side/a': undefined, 'b': 'x' });
    git(merged, 'checkout', '-q', 'main');
    commit(merged, { c: 'x' });
    git(merged, 'merge', '-q', '--no-edit', 'side');
    git(merged, 'branch', '-q', '-D', 'side');
    expect(found(keylintJson(['--history', '--', 'side'], { cwd: merged }))).toEqual([['side/a', 'key', id, false]]);
  });

  test('a policy goes by the paths that a key had', () => {
    const file = join(folder('policy'), 'policy.json');
    const withPolicy = (policy: object): Report => {
      write(file, JSON.stringify(policy));
      return history(top, '-c', file);
    };
    // Patterns count from the folder of the policy, here from the repository's.
    write(join(top, 'keylint.config.json'), JSON.stringify({ overrides: [{ files: ['sub/**'], rules: { 'no-committed-private-key': 'warn' } }] }));
    expect(history(top).findings.map(({ path, severity }) => [path, severity])).toEqual([['a.pem', 'error'], ['sub/b.pem', 'warn'], ['sub/deep/c.pem', 'warn']]);
    write(join(top, 'keylint.config.json'), JSON.stringify({ ignores: ['sub/deep/'] }));
    expect(history(top)).toMatchObject({ keys: [{ path: 'a.pem' }, { path: 'sub/b.pem' }], summary: { keys: 2, skipped: [{ path: 'sub/deep/c.pem', reason: 'ignored by policy' }] } });
    rmSync(join(top, 'keylint.config.json'));
    expect(withPolicy({ allow: [{ fingerprint: key.fingerprint, reason: 'for tests' }] }).findings.map(({ path }) => path)).toEqual(['sub/b.pem']);
    expect(withPolicy({ allow: [{ fingerprint: key.fingerprint, reason: 'for tests' }, { fingerprint: other.fingerprint, reason: 'for tests' }] })).toMatchObject({ status: 0, findings: [] });
    expect(found(history(top)).map(([, , id]) => id)).toEqual([first, first, first]);
  });
});

describeWith(['git'], 'large histories', () => {
  /** Peak memory of the program in MB. */
  function measured(top: string): { report: Report; megabytes: number } {
    const preload = join(base, 'rss.cjs');
    const file = join(base, 'rss');
    writeFileSync(preload, `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)))`);
    const report = keylintJson(['--history'], { cwd: top, env: { NODE_OPTIONS: `--require=${preload}` } });
    return { report, megabytes: Number(readFileSync(file, 'utf8')) / 1024 };
  }

  test('a blob of 48 MB with a key at its end, in bounded memory', () => {
    const top = repository();
    const line = `${'x'.repeat(79)}\n`;
    write(join(top, 'large'), Buffer.concat([Buffer.alloc(600_000 * line.length, line), Buffer.from(key.text)]));
    const id = commit(top);
    const { report, megabytes } = measured(top);
    expect(report.keys).toMatchObject([{ path: 'large', line: 600_001, column: 1, fingerprint: key.fingerprint, commit: id }]);
    expect(report.summary).toMatchObject({ files: 1, bytes: 48_000_000 + key.text.length });
    expect(megabytes).toBeLessThan(150);
  });

  test('5,000 commits with 20,000 blobs on 100 branches, and a key that one of them had', () => {
    const top = repository({ commit: false });
    const stream = join(base, 'stream');
    writeFileSync(stream, '');
    const person = (i: number): string => `Ann <ann@example.org> ${1_600_000_000 + i * 60} +0000`;
    for (let i = 1; i <= 5000; i++) {
      const text = [`commit refs/heads/b${i % 100}\nmark :${i}\ncommitter ${person(i)}\ndata 1\nx\n`, i > 1 ? `from :${i <= 100 ? 1 : i - 100}\n` : ''];
      for (let j = 0; j < 4; j++) {
        const content = `${i} ${j}\n${'some text '.repeat(500)}`;
        text.push(`M 100644 inline f${(i * 7 + j) % 300}\ndata ${content.length}\n${content}\n`);
      }
      if (i === 2500) text.push(`M 100644 inline key\ndata ${key.text.length}\n${key.text}\n`);
      if (i === 2600) text.push('D key\n');
      appendFileSync(stream, text.join(''));
    }
    expect(spawn('sh', ['-c', `git fast-import --quiet --export-marks='${base}/marks' < '${stream}'`], { cwd: top }).status).toBe(0);
    const id = /^:2500 (\w+)$/m.exec(readFileSync(join(base, 'marks'), 'utf8'))![1];
    git(top, 'symbolic-ref', 'HEAD', 'refs/heads/b1');
    const { report, megabytes } = measured(top);
    expect(found(report)).toEqual([['key', 'key', id, false]]);
    expect(report.summary.files).toBe(20_001);
    expect(report.keys[0]).toMatchObject({ branches: ['b0'], date: new Date((1_600_000_000 + 2500 * 60) * 1000).toISOString().replace('.000Z', '+00:00') });
    expect(megabytes).toBeLessThan(150);
    expect(existsSync(join(top, '.git/index'))).toBe(false);
  });
});
