import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base, environment, folder, git, keylint, leaveToGit, makeKey, program, repository, spawn, withGit, write, type Ran, type RunOptions } from './program.ts';
import { makeSamples } from './samples.ts';
import { describeWith } from './tools.ts';

const cacheOf = (top: string): string => join(git(top, 'rev-parse', '--path-format=absolute', '--git-common-dir'), 'keylint/history');

/** What is said, but for how long it took. */
const said = ({ status, stdout }: Ran): { readonly status: number | null; readonly report: string } => ({ status, report: stdout.replace(/"ms": ?\d+/, '') });

function history(top: string, args: readonly string[] = [], options: RunOptions = {}): Ran {
  const ran = keylint([...args.includes('--range') ? [] : ['--history'], '-f', 'json', ...args], { cwd: top, ...options });
  if (ran.stdout === '') throw new Error(ran.stderr);
  return ran;
}

/** A run that uses what earlier ones left says what one says that does not. */
function expectSame(top: string, args: readonly string[] = [], options?: RunOptions): Ran {
  const cached = history(top, args, options);
  expect(said(cached)).toEqual(said(history(top, [...args, '--no-cache'], options)));
  return cached;
}

function commit(top: string, files: Readonly<Record<string, string | Buffer>>, message = 'a change'): void {
  for (const [path, content] of Object.entries(files)) write(join(top, path), content);
  git(top, 'add', '-A');
  git(top, 'commit', '-q', '-m', message);
}

/** With a key that is still there, one that is gone, and files without any. */
function example(options?: Parameters<typeof repository>[0]): string {
  const top = repository(options);
  commit(top, { 'deploy/key': makeKey().text, 'readme': 'hello\n', 'old': makeKey().text });
  rmSync(join(top, 'old'));
  commit(top, { 'readme': 'hello again\n', 'lib/a': 'a\n' });
  return top;
}

/** Runs keylint with a git that tells which blobs it is asked for. */
function asked(top: string, args: readonly string[] = [], options: RunOptions = {}): { readonly ran: Ran; readonly ids: readonly string[] } {
  const list = join(folder('asked'), 'list');
  write(list, '');
  leaveToGit(top);
  const env = withGit(`case " $* " in *' cat-file --batch '*) tee -a '${list}' | "$GIT" "$@" ;; *) exec "$GIT" "$@" ;; esac`);
  const ran = history(top, args, { ...options, env: { ...options.env, ...env } });
  return { ran, ids: readFileSync(list, 'utf8').split('\n').filter(Boolean) };
}

describeWith(['git'], 'a second run', () => {
  test('looks at new blobs only, and says what a first one would say', () => {
    const top = example();
    const first = asked(top);
    expect(first.ids).toHaveLength(5);
    expect(first.ran.stderr).toBe('');
    expect(JSON.parse(first.ran.stdout).keys).toHaveLength(2);
    const second = asked(top);
    expect(second.ids).toEqual([]);
    expect(second.ran).toMatchObject({ stderr: '', status: 1 });
    expect(said(second.ran)).toEqual(said(first.ran));
    commit(top, { 'lib/b': 'b\n', 'new': makeKey().text });
    const third = asked(top);
    expect([...third.ids].sort()).toEqual([git(top, 'rev-parse', 'HEAD:lib/b'), git(top, 'rev-parse', 'HEAD:new')].sort());
    expect(JSON.parse(third.ran.stdout).keys).toHaveLength(3);
    expect(asked(top).ids).toEqual([]);
    expectSame(top);
  });

  test.each(['stylish', 'sarif', 'github'])('prints the same as %s', (format) => {
    const top = example();
    const print = (): string => keylint(['--history', '-f', format], { cwd: top }).stdout.replace(/\d+\.\d+ s\)/, '');
    expect(print()).toBe(print());
  });

  test('in a repository of SHA-256, in a bare one and in a linked work tree', () => {
    const sha256 = example({ format: 'sha256' });
    expectSame(sha256);
    expect(asked(sha256).ids).toEqual([]);
    expectSame(sha256);
    const bare = join(folder('bare'), 'r.git');
    git(base, 'clone', '-q', '--bare', sha256, bare);
    expectSame(bare);
    expect(asked(bare).ids).toEqual([]);
    expect(existsSync(join(bare, 'keylint/history'))).toBe(true);
    const top = example();
    const linked = join(folder('linked'), 'tree');
    git(top, 'worktree', 'add', '-q', '-b', 'side', linked);
    history(linked);
    expect(existsSync(join(top, '.git/keylint/history'))).toBe(true);
    expect(asked(top).ids).toEqual([]);
    expectSame(linked);
  });

  test('takes 24 bytes of a blob, in a file and a folder that nobody else can read', () => {
    const top = repository();
    const write100 = (name: string): void => commit(top, Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${name}/${i}`, `${name} ${i}\n`])));
    write100('a');
    spawn('sh', ['-c', `umask 000; exec '${process.execPath}' '${program}' --history`], { cwd: top });
    const before = statSync(cacheOf(top));
    write100('b');
    history(top);
    expect(statSync(cacheOf(top)).size - before.size).toBe(2400);
    for (const [path, mode] of [[cacheOf(top), 0o600], [dirname(cacheOf(top)), 0o700], [join(environment['HOME']!, '.local/state/keylint/secret'), 0o600], [join(environment['HOME']!, '.local/state/keylint'), 0o700]] as const) expect(statSync(path).mode & 0o777).toBe(mode);
  });

  test('of nothing new writes nothing', () => {
    const top = example();
    history(top);
    const before = statSync(cacheOf(top), { bigint: true });
    history(top);
    expect(statSync(cacheOf(top), { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs });
    const empty = repository({ commit: false });
    expect(history(empty)).toMatchObject({ status: 0, stderr: '' });
    expect(existsSync(cacheOf(empty))).toBe(false);
  });

  test('forgets what is not stored any more', () => {
    const top = example();
    commit(top, Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}`, `${i}\n`])));
    history(top);
    const before = statSync(cacheOf(top)).size;
    git(top, 'reset', '-q', '--hard', 'HEAD^');
    git(top, 'reflog', 'expire', '--expire=now', '--all');
    git(top, 'gc', '-q', '--prune=now');
    expectSame(top);
    expect(before - statSync(cacheOf(top)).size).toBeGreaterThanOrEqual(50 * 24);
    expectSame(top);
  });

  test('does not take a file that was looked at as it is for one whose inside was', () => {
    const top = repository();
    const key = makeKey();
    write(join(top, 'plain.txt'), 'nothing\n');
    const inside = folder('inside');
    write(join(inside, 'id'), key.text);
    spawn('tar', ['-czf', join(top, 'keys.tgz'), '-C', inside, 'id']);
    git(top, 'add', '-A');
    git(top, 'commit', '-q', '-m', 'archives');
    expect(JSON.parse(history(top).stdout).keys).toEqual([]);
    for (let times = 0; times < 2; times++) expect(JSON.parse(expectSame(top, ['--archives']).stdout).keys).toMatchObject([{ fingerprint: key.fingerprint }]);
    expect(JSON.parse(expectSame(top).stdout).keys).toEqual([]);
  });

  test('compares only new commits with their parents', () => {
    const top = example();
    const list = join(folder('log'), 'list');
    const env = withGit(`case " $* " in *' --raw '*) "$GIT" "$@" | tee -a '${list}' ;; *) exec "$GIT" "$@" ;; esac`);
    const compared = (...args: readonly string[]): readonly string[] => {
      write(list, '');
      history(top, args, { env });
      return [...readFileSync(list, 'latin1').matchAll(/\x01([0-9a-f]{40})/g)].map(([, id]) => id!);
    };
    expect(compared()).toHaveLength(3);
    expect(compared()).toEqual([]);
    const seen = git(top, 'rev-parse', 'HEAD');
    commit(top, { 'lib/b': 'b\n' });
    git(top, 'checkout', '-q', '-b', 'side', 'HEAD~2');
    commit(top, { 'copy': readFileSync(join(top, 'deploy/key')) });
    expect([...compared()].sort()).toEqual(git(top, 'rev-list', '--all', `^${seen}`).split('\n').sort());
    expect(compared()).toEqual([]);
    // A blob with a key may have been in any commit.
    commit(top, { another: makeKey().text });
    expect(compared()).toHaveLength(6);
    expect(compared()).toEqual([]);
    expect(compared('--no-cache')).toHaveLength(6);
    expectSame(top);
  });

  test('of the whole after one of a part, and of other parts', () => {
    const top = repository();
    const keys = Array.from({ length: 8 }, () => makeKey().text);
    keys.forEach((key, i) => commit(top, { [`${i}`]: key }));
    // The same blobs at more paths, in commits that the first run has walked already.
    keys.forEach((key, i) => commit(top, { [`copy/${i}`]: key }));
    const shards = [1, 2, 3].map((index) => ['--shard', `${index}/3`]);
    expect(JSON.parse(expectSame(top, shards[0]).stdout).keys.length).toBeLessThan(16);
    expect(JSON.parse(expectSame(top).stdout).keys).toHaveLength(16);
    for (let round = 0; round < 3; round++) {
      for (const args of [...shards, []]) expectSame(top, args);
      commit(top, { [`more/${round}`]: keys[round]! });
    }
  });

  test('says again what was passed over', () => {
    const top = repository();
    commit(top, { 'big.bin': `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`, 'lib': 'x\n' });
    for (let times = 0; times < 3; times++) expect(JSON.parse(expectSame(top).stdout).summary.skipped).toMatchObject([{ reason: 'Git LFS pointer' }]);
  });

  test('sees what a shallow clone did not have', () => {
    const origin = example();
    const top = join(folder('shallow'), 'clone');
    git(base, 'clone', '-q', '--depth=1', `file://${origin}`, top);
    for (let times = 0; times < 2; times++) expectSame(top, ['--allow-missing']);
    git(top, 'fetch', '-q', '--unshallow');
    for (let times = 0; times < 2; times++) expect(JSON.parse(expectSame(top).stdout).keys).toHaveLength(2);
  });
});

describeWith(['git'], 'whatever became of a repository', () => {
  const keys = Array.from({ length: 4 }, () => makeKey().text);
  const path = fc.constantFrom('a', 'b', 'dir/a', 'dir/c', 'ключ');
  const content = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...keys) }, { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...keys), fc.nat(3)).map(([key, i]) => `# ${i}\n${key}`) }, { weight: 1, arbitrary: fc.nat(5).map((i) => `nothing ${i}\n`) });
  const branch = fc.constantFrom('main', 'side', 'more');
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('write' as const), path, content }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('remove' as const), path }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('move' as const), path, to: path }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('branch' as const), branch }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('merge' as const), branch }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('tag' as const), name: fc.constantFrom('v1', 'v2', 'v3') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), branch }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('amend' as const), path, content }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('back' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('gc' as const), isPruned: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('shard' as const), index: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('look' as const) }) },
  );

  /** Does what can be done; git refuses the rest. */
  function take(top: string, action: typeof step extends fc.Arbitrary<infer S> ? S : never, time: number): void {
    const env = { GIT_AUTHOR_DATE: `${1_700_000_000 + 10 * time} +0000`, GIT_COMMITTER_DATE: `${1_700_000_000 + 10 * (time >> 1)} +0000` };
    const attempt = (...args: readonly string[]): void => void spawn('git', args, { cwd: top, env });
    const save = (...args: readonly string[]): void => {
      attempt('add', '-A');
      attempt('commit', '-q', '-m', `step ${time}`, ...args);
    };
    switch (action.do) {
      case 'write': case 'amend':
        write(join(top, action.path), action.content);
        save(...action.do === 'amend' ? ['--amend'] : []);
        break;
      case 'remove': attempt('rm', '-q', action.path); save(); break;
      case 'move': mkdirSync(dirname(join(top, action.to)), { recursive: true }); attempt('mv', '-f', action.path, action.to); save(); break;
      case 'branch': attempt('checkout', '-q', action.branch); attempt('checkout', '-q', '-b', action.branch); break;
      case 'merge': attempt('merge', '-q', '-m', `step ${time}`, action.branch); save(); break;
      case 'tag': attempt('tag', '-f', '-a', '-m', 'tag', action.name); break;
      case 'drop': attempt('branch', '-D', action.branch); break;
      case 'back': attempt('reset', '-q', '--hard', 'HEAD^'); break;
      case 'gc': if (action.isPruned) attempt('reflog', 'expire', '--expire=now', '--all'); attempt('gc', '-q', ...action.isPruned ? ['--prune=now'] : []); break;
      case 'shard': expectSame(top, ['--shard', `${action.index}/3`]); break;
      case 'look': expectSame(top, ...time % 3 === 0 ? [['--reflog', '--unreachable']] : []); break;
    }
  }

  test('runs with and without what earlier ones left say the same', { timeout: 600_000 }, () => {
    fc.assert(fc.property(fc.array(step, { minLength: 10, maxLength: 25 }), (steps) => {
      const top = repository();
      steps.forEach((action, time) => take(top, action, time));
      expectSame(top);
      expectSame(top);
      rmSync(top, { recursive: true, force: true });
    }), { numRuns: Number(process.env['HISTORY_RUNS'] ?? 8), endOnFailure: true });
  });
});

describeWith(['git'], 'hooks and ranges', () => {
  test('read what is there where there is much to look at, and leave nothing', () => {
    const top = repository();
    commit(top, { key: makeKey().text, ...Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`f/${i}`, `${i}\n`])) });
    for (const args of [['--range', 'HEAD'], ['HEAD']]) {
      expect(asked(top, args).ids.length).toBeGreaterThanOrEqual(1201);
      expect(existsSync(cacheOf(top))).toBe(false);
    }
    const head = git(top, 'rev-parse', 'HEAD');
    const hooks = (): void => {
      for (const [hook, line] of [['--pre-push', `refs/heads/main ${head} refs/heads/main ${'0'.repeat(40)}`], ['--pre-receive', `${'0'.repeat(40)} ${head} refs/heads/new`]] as const) {
        expect(keylint([hook, '-f', 'json'], { cwd: top, input: `${line}\n` }).stdout).toContain('"summary"');
      }
    };
    hooks();
    expect(existsSync(cacheOf(top))).toBe(false);
    history(top);
    const before = readFileSync(cacheOf(top));
    commit(top, { more: 'more\n' });
    hooks();
    expect(asked(top, ['HEAD']).ids).toEqual([git(top, 'rev-parse', 'HEAD:more')]);
    expectSame(top, ['HEAD']);
    // So little is read faster.
    expect(asked(top, ['HEAD~1..HEAD']).ids).toContain(git(top, 'rev-parse', 'HEAD:more'));
    expect(readFileSync(cacheOf(top)).equals(before)).toBe(true);
  });
});

describeWith(['git'], '--no-cache', () => {
  test('neither uses nor leaves anything', () => {
    const top = example();
    history(top, ['--no-cache']);
    expect(existsSync(dirname(cacheOf(top)))).toBe(false);
    history(top);
    const before = readFileSync(cacheOf(top));
    commit(top, { more: 'more\n' });
    expect(asked(top, ['--no-cache']).ids).toHaveLength(6);
    expect(readFileSync(cacheOf(top)).equals(before)).toBe(true);
    truncateSync(cacheOf(top), 7);
    expect(history(top, ['--no-cache']).stderr).toBe('');
    expect(keylint(['--no-cache'], { cwd: top })).toMatchObject({ status: 2, stderr: expect.stringContaining('--no-cache, ') as string });
  });
});

describeWith(['git'], 'another keylint', () => {
  test('that reads other things looks at everything, and one with other comments does not', { timeout: 120_000 }, async () => {
    const root = resolve(import.meta.dirname, '..');
    const { detectionHash } = await import(pathToFileURL(join(root, 'scripts/detection-hash.mjs')).href) as { detectionHash(top: string): Promise<string> };
    const copy = realpathSync(folder('copy'));
    cpSync(join(root, 'src'), join(copy, 'src'), { recursive: true });
    const own = await detectionHash(root);
    expect(readFileSync(program, 'utf8') + readdirSync(join(dirname(program), 'chunks')).map((name) => readFileSync(join(dirname(program), 'chunks', name), 'utf8')).join('')).toContain(own);
    expect(await detectionHash(copy)).toBe(own);
    const change = (file: string, from: string, to: string): void => {
      const text = readFileSync(join(root, file), 'utf8');
      expect(text).toContain(from);
      write(join(copy, file), text.replace(from, to));
    };
    change('src/detect.ts', '/** How deep wrappings', '/** (Some more words.) How deep wrappings');
    expect(await detectionHash(copy)).toBe(own);
    const seen = new Set([own]);
    for (const [file, from, to] of [
      ['src/detect.ts', 'const MAX_DEPTH = 8', 'const MAX_DEPTH = 9'], ['src/formats/openssh.ts', 'openssh-key-v1', 'openssh-key-v2'], ['src/wrappings/index.ts', 'import {', 'import "./extra.ts";\nimport {'],
      ['src/sources/windows.ts', 'const AHEAD = 1 << 18', 'const AHEAD = 1 << 17'],
    ] as const) {
      if (to.includes('extra')) write(join(copy, 'src/wrappings/extra.ts'), 'globalThis.extra = 1;\n');
      change(file, from, to);
      const hash = await detectionHash(copy);
      expect(seen).not.toContain(hash);
      seen.add(hash);
    }

    const dist = join(copy, 'dist');
    cpSync(dirname(program), dist, { recursive: true });
    for (const name of ['cli.cjs', ...readdirSync(join(dist, 'chunks')).map((file) => `chunks/${file}`)]) {
      const text = readFileSync(join(dist, name), 'utf8');
      if (text.includes(own)) writeFileSync(join(dist, name), text.replaceAll(own, [...seen].at(-1)!));
    }
    const top = example();
    const first = history(top);
    leaveToGit(top);
    const list = join(copy, 'list');
    const other = spawn(process.execPath, [join(dist, 'cli.cjs'), '--history', '-f', 'json'], { cwd: top, env: withGit(`case " $* " in *' cat-file --batch '*) tee '${list}' | "$GIT" "$@" ;; *) exec "$GIT" "$@" ;; esac`) });
    expect(readFileSync(list, 'utf8').split('\n').filter(Boolean)).toHaveLength(5);
    expect(other.stderr).toBe('');
    expect(said(other)).toEqual(said(first));
  });
});

describeWith(['git'], 'key bytes', () => {
  test('are not in what is left', () => {
    const top = repository();
    const samples = makeSamples(base).filter(({ secret }) => secret !== '');
    samples.forEach(({ bytes }, i) => {
      write(join(top, `${i}`), bytes);
      write(join(top, `cut/${i}`), bytes.subarray(0, Math.floor(bytes.length / 2)));
    });
    git(top, 'add', '-A');
    git(top, 'commit', '-q', '-m', 'keys');
    const { keys } = JSON.parse(history(top).stdout) as { keys: { kind: string }[] };
    expect(keys.length).toBeGreaterThan(samples.length);
    const left = readFileSync(cacheOf(top));
    /** Twelve bytes of it, as they are, in base64 or in hex. */
    const holds = (bytes: Buffer, secret: Buffer): boolean => {
      const text = bytes.toString('latin1');
      for (let at = 0; at + 12 <= secret.length; at += 12) {
        const part = secret.subarray(at, at + 12);
        if (bytes.includes(part) || text.includes(part.toString('base64')) || text.toLowerCase().includes(part.toString('hex'))) return true;
      }
      return false;
    };
    for (const { name, secret } of samples) {
      const own = Buffer.from(secret, 'base64');
      expect(holds(left, own), name).toBe(false);
      for (const form of [own, own.toString('base64'), own.toString('hex')]) expect(holds(Buffer.concat([left, Buffer.from(form)]), own)).toBe(true);
    }
    // Nor is there anything but what a report may say of a key.
    const notes = left.toString('utf8', left.length - left.readUInt32BE(120));
    const { keys: kept } = JSON.parse(notes) as { keys: [string, Record<string, unknown>[]][] };
    const facts = ['kind', 'format', 'algorithm', 'bits', 'curve', 'encryption', 'fingerprint', 'spki', 'container', 'comment', 'defect', 'hardware', 'inferred', 'weaknesses', 'path', 'line', 'column', 'endLine', 'endColumn', 'wrapping'];
    expect(kept.flatMap(([, records]) => records)).toHaveLength(keys.length);
    for (const [, records] of kept) for (const record of records) expect(facts).toEqual(expect.arrayContaining(Object.keys(record)));
  });
});
