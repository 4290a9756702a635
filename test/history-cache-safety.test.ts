import { spawn as start } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openCache, type HistoryCache } from '../src/sources/history-cache.ts';
import { emptyLog, type Log } from '../src/sources/source.ts';
import { environment, folder, git, keylint, keylintAsNobody, leaveToGit, makeKey, program, repository, spawn, withGit, write, type Ran, type RunOptions } from './program.ts';
import { describeWith } from './tools.ts';

const cacheOf = (top: string): string => join(top, '.git/keylint/history');
const secretOf = (home: string): string => join(home, '.local/state/keylint/secret');
const history = (top: string, options: RunOptions = {}, ...args: readonly string[]): Ran => keylint(['--history', '-f', 'json', ...args], { cwd: top, ...options });
const report = ({ status, stdout }: Ran): unknown => ({ status, report: JSON.parse(stdout.replace(/"ms": ?\d+/, '"ms": 0')) as unknown });

/** With one key. */
function example(): { readonly top: string; readonly blob: string } {
  const top = repository();
  write(join(top, 'deploy/key'), makeKey().text);
  write(join(top, 'readme'), 'hello\n');
  git(top, 'add', '.');
  git(top, 'commit', '-q', '-m', 'a key');
  return { top, blob: git(top, 'rev-parse', 'HEAD:deploy/key') };
}

/** The truth is told, with a note that it took longer than it might have, and the next run has a cache again. */
function expectPassedOver(top: string, truth: Ran, note: RegExp, options?: RunOptions): void {
  const ran = history(top, options);
  expect(ran.stderr).toMatch(note);
  expect(ran.stderr).toMatch(/^keylint: note: .*\n$/);
  expect(report(ran)).toEqual(report(truth));
  const again = history(top, options);
  expect(again.stderr).toBe('');
  expect(report(again)).toEqual(report(truth));
}

const NOT_BELIEVED = /^keylint: note: the cache of earlier runs is not used, and everything is looked at: it is damaged, or was not made here by this user \(/;

/** In this process, as the user of a home folder. */
function opened(top: string, home = environment['HOME']!, detection = 'any'): { readonly cache: HistoryCache; readonly log: Log } {
  process.env['XDG_STATE_HOME'] = join(home, '.local/state');
  const log = emptyLog();
  return { cache: openCache({ gitFolder: join(top, '.git'), scanned: [top], detection, name: 'history' }, log), log };
}

const before = process.env['XDG_STATE_HOME'];
afterEach(() => {
  if (before === undefined) delete process.env['XDG_STATE_HOME'];
  else process.env['XDG_STATE_HOME'] = before;
});

describeWith(['git'], 'a file that somebody else made', () => {
  /** A cache, signed by the user of `home`, in which the key's blob has been seen and has no key. */
  function plant(top: string, blob: string, home: string): void {
    history(top, { env: { HOME: home } });
    const notes = Buffer.from('{"keys":[]}');
    const file = readFileSync(cacheOf(top));
    // All of it is right but for what it says of this blob.
    expect(file.includes(Buffer.from(blob, 'hex'))).toBe(true);
    const { createHash, createHmac } = process.getBuiltinModule('node:crypto');
    const records = file.subarray(128, 128 + 24 * file.readUInt32BE(116));
    const header = Buffer.from(file.subarray(0, 128));
    header.writeUInt32BE(notes.length, 120);
    createHash('sha256').update(records).update(notes).digest().copy(header, 48);
    createHmac('sha256', readFileSync(secretOf(home))).update(header.subarray(48)).update(join(top, '.git')).digest().copy(header, 16);
    writeFileSync(cacheOf(top), Buffer.concat([header, records, notes]));
  }

  test('and that says all is clean is not believed', () => {
    const { top, blob } = example();
    const truth = history(top, {}, '--no-cache');
    expect(truth.status).toBe(1);
    plant(top, blob, folder('attacker'));
    expectPassedOver(top, truth, NOT_BELIEVED);
    // It is the signature alone that tells: with the user's own the same file would be believed.
    plant(top, blob, environment['HOME']!);
    expect(JSON.parse(history(top).stdout)).toMatchObject({ keys: [] });
  });

  test('in another repository is not believed, though this user made it there', () => {
    const { top } = example();
    const truth = history(top, {}, '--no-cache');
    const elsewhere = join(folder('elsewhere'), 'copy');
    history(top);
    cpSync(top, elsewhere, { recursive: true });
    expectPassedOver(elsewhere, history(elsewhere, {}, '--no-cache'), NOT_BELIEVED);
    // Where it was made it is.
    expect(history(top).stderr).toBe('');
    expect(report(history(top))).toEqual(report(truth));
  });

  test('is not waited for, followed or read for long, whatever kind of file it is', () => {
    const { top } = example();
    const truth = history(top, {}, '--no-cache');
    const file = cacheOf(top);
    const place = (make: () => void): void => {
      rmSync(dirname(file), { recursive: true, force: true });
      mkdirSync(dirname(file), { mode: 0o700 });
      make();
    };
    place(() => spawn('mkfifo', [file]));
    expectPassedOver(top, truth, /note: the cache of earlier runs is not used, and everything is looked at: it is no file \(/);
    const target = join(folder('target'), 'file');
    write(target, 'mine\n');
    place(() => symlinkSync(target, file));
    expectPassedOver(top, truth, /everything is looked at: ELOOP \(/);
    expect(readFileSync(target, 'utf8')).toBe('mine\n');
    // Longer than there is memory for.
    place(() => {
      writeFileSync(file, '');
      truncateSync(file, 2 ** 42);
    });
    expectPassedOver(top, truth, NOT_BELIEVED);
    place(() => mkdirSync(file));
    const ran = history(top);
    expect(ran.stderr).toMatch(/everything is looked at: it is no file .*\nkeylint: note: no cache is kept for the next run: (EISDIR|ENOTEMPTY|EEXIST) /);
    expect(report(ran)).toEqual(report(truth));
  });

  test('does not lead out of the repository', () => {
    const { top } = example();
    const truth = history(top, {}, '--no-cache');
    const target = folder('target');
    symlinkSync(target, dirname(cacheOf(top)));
    for (let times = 0; times < 2; times++) {
      const ran = history(top);
      expect(ran.stderr).toMatch(/^keylint: note: no cache is kept for the next run: .*\/keylint is not a folder of this user's/);
      expect(report(ran)).toEqual(report(truth));
    }
    expect(readdirSync(target)).toEqual([]);
  });
});

describeWith(['git'], 'a damaged file', () => {
  test('is passed over wherever the damage is', { timeout: 120_000 }, () => {
    const { top, blob } = example();
    const { cache } = opened(top);
    cache.add(blob, 399);
    cache.add('00'.repeat(20), 1);
    cache.add('ff'.repeat(20), 2);
    cache.save([], { tips: ['00'.repeat(20)], blobs: [blob], changes: [] }, true, emptyLog());
    const whole = readFileSync(cacheOf(top));
    const isBelieved = (): boolean => {
      const { cache: again, log } = opened(top);
      const isKnown = again.recall(blob, emptyLog());
      expect(log.notes).toEqual(isKnown ? [] : [expect.stringMatching(NOT_BELIEVED.source.replace('^keylint: note: ', ''))]);
      return isKnown;
    };
    expect(isBelieved()).toBe(true);
    const wrong: string[] = [];
    for (let at = 0; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 1 << (at & 7);
      writeFileSync(cacheOf(top), flipped);
      if (isBelieved()) wrong.push(`a bit of byte ${at}`);
      writeFileSync(cacheOf(top), whole.subarray(0, at));
      if (isBelieved()) wrong.push(`the first ${at} bytes`);
    }
    for (const more of [Buffer.from([0]), Buffer.from('{}'), whole]) {
      writeFileSync(cacheOf(top), Buffer.concat([whole, more]));
      if (isBelieved()) wrong.push(`${more.length} bytes more`);
    }
    expect(wrong).toEqual([]);
    writeFileSync(cacheOf(top), whole);
    expect(isBelieved()).toBe(true);
    expect(opened(top, undefined, 'another').cache.recall(blob, emptyLog())).toBe(false);
    expect(opened(top, undefined, 'another').log.notes).toEqual([]);
  });

  test('is told, and made anew', () => {
    const { top } = example();
    const truth = history(top);
    const damages: readonly ((file: Buffer) => Buffer)[] = [() => Buffer.alloc(0), (file) => file.subarray(0, 127), (file) => file.subarray(0, -1), () => Buffer.from('{"version": 7}'), (file) => Buffer.alloc(file.length), (file) => Buffer.concat([file, file])];
    for (const damage of damages) {
      writeFileSync(cacheOf(top), damage(readFileSync(cacheOf(top))));
      expectPassedOver(top, truth, NOT_BELIEVED);
    }
  });
});

describeWith(['git'], 'the secret', () => {
  const secrets = (home: string): readonly string[] => readdirSync(dirname(secretOf(home)));

  test('lies where the XDG specification says, and nowhere in the repository', () => {
    const { top } = example();
    const state = folder('state');
    history(top, { env: { XDG_STATE_HOME: state } });
    expect(statSync(join(state, 'keylint/secret'))).toMatchObject({ size: 32 });
    // What is relative is not followed: it would be the repository's to say.
    const home = folder('home');
    history(top, { env: { XDG_STATE_HOME: 'deploy', HOME: home } });
    expect(statSync(secretOf(home)).size).toBe(32);
    expect(existsSync(join(top, 'deploy/keylint'))).toBe(false);
  });

  test('is not taken from what is looked at', () => {
    const { top } = example();
    const truth = history(top, {}, '--no-cache');
    const link = join(folder('link'), 'home');
    symlinkSync(top, link);
    for (const home of [top, join(top, '.git'), link]) {
      const ran = history(top, { env: { HOME: home } });
      expect(ran.stderr).toMatch(/^keylint: note: no cache is kept for the next run: the user's secret would lie in what is looked at /);
      expect(report(ran)).toEqual(report(truth));
      expect(existsSync(cacheOf(top))).toBe(false);
      expect(existsSync(secretOf(home))).toBe(false);
    }
  });

  test('is replaced where others may know it, or it is none', () => {
    const { top } = example();
    const home = folder('home');
    const env = { HOME: home };
    const truth = history(top, { env });
    for (const spoil of [() => chmodSync(secretOf(home), 0o644), () => truncateSync(secretOf(home), 16), () => writeFileSync(secretOf(home), Buffer.alloc(40))]) {
      const old = readFileSync(secretOf(home));
      spoil();
      expectPassedOver(top, truth, NOT_BELIEVED, { env });
      expect(readFileSync(secretOf(home)).equals(old)).toBe(false);
      expect(statSync(secretOf(home))).toMatchObject({ size: 32 });
      expect(statSync(secretOf(home)).mode & 0o777).toBe(0o600);
      expect(secrets(home)).toEqual(['secret']);
    }
  });

  test('is one, however many runs make it at once', async () => {
    const { top } = example();
    const home = folder('home');
    const runs = Array.from({ length: 8 }, () => ended(start(process.execPath, [program, '--history'], { cwd: top, env: { ...environment, HOME: home }, stdio: 'ignore' })));
    expect(await Promise.all(runs)).toEqual(runs.map(() => 1));
    expect(secrets(home)).toEqual(['secret']);
    expect(history(top, { env: { HOME: home } })).toMatchObject({ stderr: '', status: 1 });
  });

  test.skipIf(!keylintAsNobody)('that cannot be kept is a note, and so is one of another user', () => {
    const { top } = example();
    const home = folder('home');
    chmodSync(home, 0o555);
    spawn('chmod', ['-R', 'a+rwX', top]);
    const own = process.getuid?.() === 0;
    if (own) spawn('chown', ['-R', '65533:65533', top]);
    const truth = keylintAsNobody!(['--history', '-f', 'json', '--no-cache'], { cwd: top });
    const look = (): Ran => keylintAsNobody!(['--history', '-f', 'json'], { cwd: top, env: { HOME: home } });
    let ran = look();
    expect(ran.stderr).toMatch(/^keylint: note: no cache is kept for the next run: the (folder of the user's secret belongs to another user|user's secret cannot be kept in .*: EACCES) \(?/);
    expect(report(ran)).toEqual(report(truth));
    chmodSync(home, 0o777);
    if (own) {
      write(secretOf(home), Buffer.alloc(32));
      spawn('chmod', ['-R', 'a+rX', home]);
      ran = look();
      expect(ran.stderr).toMatch(/no cache is kept for the next run: the user's secret belongs to another user/);
      expect(report(ran)).toEqual(report(truth));
    }
  });
});

describeWith(['git'], 'a place where nothing can be written', () => {
  test.skipIf(!keylintAsNobody)('without permission', () => {
    const { top } = example();
    const own = process.getuid?.() === 0;
    if (own) spawn('chown', ['-R', '65533:65533', top]);
    const home = folder('home');
    chmodSync(home, 0o777);
    if (own) spawn('chown', ['65533:65533', home]);
    const look = (...args: readonly string[]): Ran => keylintAsNobody!(['--history', '-f', 'json', ...args], { cwd: top, env: { HOME: home } });
    const truth = look('--no-cache');
    expect(truth.status).toBe(1);
    const expectNote = (note: RegExp): void => {
      const ran = look();
      expect(ran.stderr).toMatch(note);
      expect(report(ran)).toEqual(report(truth));
    };
    chmodSync(join(top, '.git'), 0o555);
    expectNote(/^keylint: note: no cache is kept for the next run: EACCES \(.*\)\n$/);
    chmodSync(join(top, '.git'), 0o755);
    look();
    expect(existsSync(cacheOf(top))).toBe(true);
    chmodSync(cacheOf(top), 0);
    chmodSync(dirname(cacheOf(top)), 0o555);
    expectNote(/^keylint: note: the cache of earlier runs is not used, and everything is looked at: EACCES \(.*\)\nkeylint: note: no cache is kept for the next run: EACCES \(.*\)\n$/);
    chmodSync(cacheOf(top), 0o600);
    // What is there is of use still, and nothing is to be written.
    expect(look().stderr).toBe('');
    chmodSync(dirname(cacheOf(top)), 0o700);
    if (!own) return;
    spawn('chown', ['-R', '0:0', join(top, '.git/keylint')]);
    chmodSync(dirname(cacheOf(top)), 0o777);
    expectNote(/no cache is kept for the next run: .*\/keylint is not a folder of this user's/);
    rmSync(dirname(cacheOf(top)), { recursive: true });
    // Root, whom git lets, leaves nothing that the owner could not remove.
    const root = history(top, { env: { HOME: folder('home'), GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' } });
    expect(root.stderr).toMatch(/no cache is kept for the next run: the repository belongs to another user/);
    expect(root.status).toBe(1);
    expect(existsSync(dirname(cacheOf(top)))).toBe(false);
  });

  test('with a limit on the size of files', () => {
    const { top } = example();
    const files = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`f/${i}`, `${i}\n`]));
    for (const [path, content] of Object.entries(files)) write(join(top, path), content);
    history(top);
    const old = readFileSync(cacheOf(top));
    git(top, 'add', '.');
    git(top, 'commit', '-q', '-m', 'more');
    const truth = history(top, {}, '--no-cache');
    const ran = spawn('sh', ['-c', `trap '' XFSZ; ulimit -f 4; exec '${process.execPath}' '${program}' --history -f json`], { cwd: top });
    expect(ran.stderr).toMatch(/^keylint: note: no cache is kept for the next run: EFBIG \(.*\)\n$/);
    expect(report(ran)).toEqual(report(truth));
    expect(readFileSync(cacheOf(top)).equals(old)).toBe(true);
    expect(readdirSync(dirname(cacheOf(top)))).toEqual(['history']);
  });

  /** Whether a file system of our own can be put somewhere. */
  const canMount = spawn('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=16k', 'none', '/mnt']).status === 0;

  test.skipIf(!canMount)('on a full disk, and on one that is only read', () => {
    const { top } = example();
    for (let i = 0; i < 1000; i++) write(join(top, `f/${i}`), `${i}\n`);
    git(top, 'add', '.');
    git(top, 'commit', '-q', '-m', 'more');
    const truth = history(top, {}, '--no-cache');
    mkdirSync(dirname(cacheOf(top)), { mode: 0o700 });
    // Root in a user namespace of its own is the same user outside.
    const mounted = (options: string): Ran => spawn('unshare', ['-rm', 'sh', '-c', `mount -t tmpfs -o ${options},mode=700 none .git/keylint && '${process.execPath}' '${program}' --history -f json; status=$?; ls .git/keylint >&2; exit $status`], { cwd: top });
    const full = mounted('size=16k');
    expect(full.stderr).toMatch(/^keylint: note: no cache is kept for the next run: ENOSPC \(.*\)\n$/);
    expect(report(full)).toEqual(report(truth));
    const readOnly = mounted('ro');
    expect(readOnly.stderr).toMatch(/^keylint: note: no cache is kept for the next run: EROFS \(.*\)\n$/);
    expect(report(readOnly)).toEqual(report(truth));
    expect(mounted('size=1m').stderr).toBe('history\n');
  });
});

function ended(child: ReturnType<typeof start>): Promise<number | string | null> {
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', (status, signal) => resolve(signal ?? status));
  });
}

describeWith(['git'], 'a run that is ended', () => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGKILL'] as const;
  test.each(signals.flatMap((signal) => [[signal, 'reads blobs', 'cat-file --batch '], [signal, 'lists what is checked out, and all blobs are read without it', 'ls-tree ']] as const))('by %s while git %s leaves the cache as it was', async (signal, _, question) => {
    const { top } = example();
    if (question.startsWith('cat-file')) leaveToGit(top);
    history(top);
    const old = readFileSync(cacheOf(top));
    write(join(top, 'more'), 'more\n');
    git(top, 'add', '.');
    git(top, 'commit', '-q', '-m', 'more');
    const flag = join(folder('flag'), 'here');
    // A git that begins to answer and does not end.
    const env = withGit(`case " $* " in *' ${question}'*) touch '${flag}'; sleep 60 & echo $! > '${flag}'; wait ;; *) exec "$GIT" "$@" ;; esac`);
    const child = start(process.execPath, [program, '--history'], { cwd: top, env: { ...environment, ...env }, stdio: 'ignore' });
    const end = ended(child);
    while (!existsSync(flag) || readFileSync(flag, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill(signal);
    expect(await end).not.toBe(0);
    process.kill(Number(readFileSync(flag, 'utf8')));
    expect(readFileSync(cacheOf(top)).equals(old)).toBe(true);
    expect(readdirSync(dirname(cacheOf(top)))).toEqual(['history']);
    expect(report(history(top))).toEqual(report(history(top, {}, '--no-cache')));
  });

  test('by a git that fails leaves what was read to the end, and no more', () => {
    const { top } = example();
    leaveToGit(top);
    const env = withGit(`case " $* " in *' cat-file --batch '*) "$GIT" "$@" | head -c 300; exit 3 ;; *) exec "$GIT" "$@" ;; esac`);
    const broken = history(top, { env });
    expect(broken.status).toBe(2);
    const truth = history(top, {}, '--no-cache');
    expect(report(history(top))).toEqual(report(truth));
    expect(report(history(top))).toEqual(report(truth));
  });

  test('while it wrote leaves a file that is swept away in a day', () => {
    const { top } = example();
    history(top);
    const [young, old] = ['history.0123456789ab.tmp', 'history.ba9876543210.tmp'].map((name) => join(dirname(cacheOf(top)), name)) as [string, string];
    for (const path of [young, old]) write(path, 'cut off');
    utimesSync(old, new Date(), new Date(Date.now() - 2 * 86_400_000));
    write(join(top, 'more'), 'more\n');
    git(top, 'add', '.');
    git(top, 'commit', '-q', '-m', 'more');
    expect(history(top).stderr).toBe('');
    expect(existsSync(young)).toBe(true);
    expect(existsSync(old)).toBe(false);
  });
});

describeWith(['git'], 'runs at once', () => {
  const id = (n: number): string => n.toString(16).padStart(40, '0');

  test('that end one after the other keep what each of them has seen', () => {
    const { top, blob } = example();
    const [a, b] = [opened(top), opened(top)];
    for (let n = 0; n < 1000; n++) (n % 2 ? a : b).cache.add(id(n), n);
    const log = emptyLog();
    a.cache.save([], { tips: [id(1)], blobs: [blob], changes: [[id(1), blob, 'a']] }, false, log);
    b.cache.save([], { tips: [id(1)], blobs: [id(2)], changes: [[id(1), id(2), 'b']] }, true, log);
    const { cache } = opened(top);
    for (let n = 0; n < 1000; n++) expect(cache.recall(id(n), log)).toBe(true);
    expect(log).toEqual({ ...emptyLog(), files: 1000, bytes: 499_500 });
    expect(cache.walk).toEqual({ tips: [id(1)], blobs: [id(2), blob].sort(), changes: expect.arrayContaining([[id(1), blob, 'a'], [id(1), id(2), 'b']]) as unknown });
  });

  test('wait for each other, but neither long nor for one that is dead', () => {
    const { top } = example();
    history(top);
    const lock = `${cacheOf(top)}.lock`;
    const renew = (name: string): Ran => {
      write(join(top, name), name);
      git(top, 'add', '.');
      git(top, 'commit', '-q', '-m', name);
      const old = readFileSync(cacheOf(top));
      const ran = history(top);
      expect(ran.stderr).toBe('');
      expect(readFileSync(cacheOf(top)).equals(old)).toBe(false);
      return ran;
    };
    write(lock, '');
    renew('waited');
    expect(existsSync(lock)).toBe(true);
    utimesSync(lock, new Date(), new Date(Date.now() - 120_000));
    renew('dead');
    expect(existsSync(lock)).toBe(false);
    mkdirSync(lock);
    utimesSync(lock, new Date(), new Date(Date.now() - 120_000));
    write(join(top, 'folder'), 'folder');
    git(top, 'add', '.');
    git(top, 'commit', '-q', '-m', 'folder');
    const ran = history(top);
    expect(ran.stderr).toMatch(/^keylint: note: no cache is kept for the next run: /);
    expect(report(ran)).toEqual(report(history(top, {}, '--no-cache')));
  });

  test('leave no torn file, and say the truth', { timeout: 120_000 }, async () => {
    const { top } = example();
    const count = 6;
    const truth = history(top, {}, '--no-cache');
    for (let round = 0; round < 3; round++) {
      const runs = Array.from({ length: count }, (_, i) => start(process.execPath, [program, '--history', ...round < 2 ? ['--shard', `${i + 1}/${count}`] : []], { cwd: top, env: environment, stdio: ['ignore', 'ignore', 'pipe'] }));
      let notes = '';
      for (const { stderr } of runs) stderr.setEncoding('utf8').on('data', (text: string) => { notes += text; });
      for (const status of await Promise.all(runs.map(ended))) expect([0, 1]).toContain(status);
      expect(notes).toBe('');
      expect(readdirSync(dirname(cacheOf(top)))).toEqual(['history']);
    }
    const ran = history(top);
    expect(ran.stderr).toBe('');
    expect(report(ran)).toEqual(report(truth));
  });
});
