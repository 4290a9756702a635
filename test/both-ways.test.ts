import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { blobId, encodeDelta, writePack, type PackEntry } from './packs.ts';
import { commit, folder, git, keylint, keylintAsNobody, leaveToGit, makeKey, pipeToGit, repository, spawn, withGit, write, type Ran, type RunOptions } from './program.ts';
import { describeWith } from './tools.ts';

/** Whether git is asked for blobs where the store can be read without it. */
type Left = 'none' | 'some';

/** A repository, and how it is looked at. */
interface Example {
  readonly cwd: string;
  readonly args?: readonly string[];
  readonly options?: RunOptions;
  /** Default: 1, findings. */
  readonly status?: number;
  /** What earlier runs left is used. Before it is looked at another time, this is done. */
  readonly again?: () => void;
}

const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'ab'.repeat(32)}\nsize 12345\n`;
const text = (lines: number): string => Array.from({ length: lines }, (_, line) => `  line ${line}, ${(line * 7919) % 1013}\n`).join('');

/** A repository with many versions of a few files: keys that come, move, change and go, and what there is to be said of files without one. */
function grow(format: 'sha1' | 'sha256'): string {
  const top = repository({ format });
  let long = text(2000);
  for (let i = 0; i < 24; i++) {
    long = long.replace(`  line ${i * 60},`, `  changed ${i},${i % 5 === 0 ? `\n${makeKey().text}` : ''}`);
    if (i % 7 === 6) long = long.replace(/-----BEGIN OPENSSH PRIVATE KEY[^]*?END OPENSSH PRIVATE KEY-----\n/, '');
    commit(top, { long, short: `${i}\n`, ...(i % 6 === 0 && { [`keys/${i}`]: makeKey().text, utf16: Buffer.from(`\ufeff${makeKey().text}`, 'utf16le') }) });
  }
  commit(top, { lfs: LFS, 'packed.gz': gzipSync(makeKey().text), empty: '', 'with\nline': makeKey().text, again: long });
  git(top, 'branch', 'other', 'HEAD~5');
  return top;
}

const templates = new Map<string, string>();

/** Each its own copy. */
function grown(format: 'sha1' | 'sha256' = 'sha1'): string {
  const template = templates.get(format) ?? grow(format);
  templates.set(format, template);
  const top = join(folder('grown'), 'repository');
  cpSync(template, top, { recursive: true, verbatimSymlinks: true });
  return top;
}

function packs(top: string): readonly string[] {
  const objects = join(git(top, 'rev-parse', '--path-format=absolute', '--git-common-dir'), 'objects/pack');
  return readdirSync(objects).map((name) => join(objects, name));
}

function repacked(top = grown(), ...args: readonly string[]): string {
  git(top, 'repack', '-q', '-a', '-d', '-f', '--depth=50', '--window=50', ...args);
  return top;
}

function looseFile(top: string, name: string): string {
  const id = git(top, 'rev-parse', name);
  return join(top, '.git/objects', id.slice(0, 2), id.slice(2));
}

/** Where each blob lies in the only pack, how many bytes it has there, and from how many it is made. */
function placesIn(top: string): readonly { readonly offset: number; readonly size: number; readonly depth: number }[] {
  const lines = git(top, 'verify-pack', '-v', packs(top).find((name) => name.endsWith('.idx'))!).split('\n');
  return lines.flatMap((line) => {
    const [, size, offset, depth = '0'] = /^\w+ blob +\d+ (\d+) (\d+)(?: (\d+) \w+)?$/.exec(line) ?? [];
    return offset === undefined ? [] : [{ offset: Number(offset), size: Number(size), depth: Number(depth) }];
  });
}

/** Bytes near the end of one stored blob change, so that it can no longer be expanded. */
function damaged(top: string, choose: (places: ReturnType<typeof placesIn>) => { offset: number; size: number }): string {
  const { offset, size } = choose(placesIn(top));
  change(packs(top).find((name) => name.endsWith('.pack'))!, (bytes) => bytes.fill(0xa5, offset + size - 6, offset + size));
  return top;
}

function change(file: string, how: (bytes: Buffer) => void): void {
  const bytes = readFileSync(file);
  how(bytes);
  chmodSync(file, 0o644);
  writeFileSync(file, bytes);
}

const deepest = (places: ReturnType<typeof placesIn>): (typeof places)[number] => places.reduce((a, b) => (b.depth > a.depth ? b : a));
const largest = (places: ReturnType<typeof placesIn>): (typeof places)[number] => places.filter(({ depth }) => depth === 0).reduce((a, b) => (b.size > a.size ? b : a));

/** A repository with a pack made by hand beside its own. */
function withPack(entries: readonly PackEntry[]): string {
  const top = repacked();
  writePack(join(top, '.git/objects'), entries);
  return top;
}

const keyText = makeKey().text;
const blob = (content: string | Buffer): PackEntry => ({ type: 'blob', content: Buffer.from(content), id: blobId(Buffer.from(content)) });
const base = blob(text(100));

const kinds: readonly (readonly [string, () => Example, Left | undefined])[] = [
  ['loose objects only', () => ({ cwd: grown() }), 'none'],
  ['one pack with chains of deltas', () => ({ cwd: repacked() }), 'none'],
  ['packs and loose objects, some of them in several places', () => {
    const top = repacked();
    commit(top, { more: makeKey().text, long: text(1999) });
    git(top, 'repack', '-q');
    commit(top, { more: makeKey().text });
    const all = git(top, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)');
    pipeToGit(top, `${all}\n`, 'pack-objects', '-q', '--depth=3', '.git/objects/pack/pack');
    return { cwd: top };
  }, 'none'],
  ['deltas by the names of objects, and an index of version 1', () => ({ cwd: (() => {
    const top = grown();
    git(top, '-c', 'repack.useDeltaBaseOffset=false', '-c', 'pack.indexVersion=1', 'repack', '-q', '-a', '-d', '-f');
    return top;
  })() }), 'none'],
  ['what git keeps beside packs: an index of several, reverse indexes, bitmaps, graphs of commits, marks', () => {
    const top = grown();
    git(top, '-c', 'pack.writeReverseIndex=true', 'repack', '-q');
    commit(top, { more: makeKey().text });
    git(top, '-c', 'pack.writeReverseIndex=true', 'repack', '-q');
    git(top, 'multi-pack-index', 'write', '--bitmap');
    git(top, 'commit-graph', 'write', '--reachable');
    writeFileSync(packs(top).find((name) => name.endsWith('.pack'))!.replace(/pack$/, 'keep'), '');
    expect(packs(top).map((name) => /\.(\w+)$/.exec(name)?.[1] ?? 'multi')).toEqual(expect.arrayContaining(['rev', 'keep', 'multi', 'bitmap']));
    return { cwd: top };
  }, 'none'],
  ['a pack of what nothing leads to any more', () => {
    const top = grown();
    git(top, 'reset', '-q', '--hard', 'HEAD~8');
    git(top, 'branch', '-D', 'other');
    git(top, 'reflog', 'expire', '--expire=now', '--all');
    git(top, 'repack', '-q', '-d', '--cruft');
    expect(packs(top).some((name) => name.endsWith('.mtimes'))).toBe(true);
    return { cwd: top };
  }, 'none'],
  ['the same, told too', () => {
    const top = repacked();
    git(top, 'reset', '-q', '--hard', 'HEAD~8');
    return { cwd: top, args: ['--unreachable'] };
  }, 'none'],
  ['names of SHA-256', () => ({ cwd: repacked(grown('sha256')) }), 'none'],
  ['alternates, of alternates too', () => {
    const [first, second, third] = [repacked(), join(folder(), 'second'), join(folder(), 'third')];
    git(first, 'clone', '-q', '--shared', first, second);
    commit(second, { second: makeKey().text });
    git(first, 'clone', '-q', '--shared', second, third);
    commit(third, { third: makeKey().text });
    return { cwd: third };
  }, 'none'],
  ['alternates whose names git quotes', () => {
    const [first, odd] = [repacked(), join(folder(), 'odd\n"name')];
    const clone = join(folder(), 'clone');
    git(first, 'clone', '-q', '--bare', '.', odd);
    git(first, 'clone', '-q', first, clone);
    for (const name of packs(clone)) rmSync(name);
    writeFileSync(join(clone, '.git/objects/info/alternates'), `"${join(odd, 'objects').replace('\n', '\\n').replace('"', '\\"')}"\n`);
    return { cwd: clone };
  }, 'some'],
  ['an object folder that the environment names', () => {
    const top = repacked();
    const other = grown();
    const objects = (of: string): string => join(of, '.git/objects');
    const env = { GIT_OBJECT_DIRECTORY: objects(top), GIT_ALTERNATE_OBJECT_DIRECTORIES: objects(other) };
    return { cwd: top, args: ['--unreachable'], options: { env } };
  }, 'none'],
  ['a linked work tree, and a folder of git elsewhere', () => {
    const top = repacked();
    const linked = join(folder(), 'linked');
    git(top, 'worktree', 'add', '-q', '--detach', linked, 'HEAD~3');
    commit(linked, { here: makeKey().text });
    return { cwd: linked };
  }, 'none'],
  ['a bare repository', () => {
    const bare = join(folder(), 'bare');
    git(grown(), 'clone', '-q', '--bare', '--no-local', '.', bare);
    return { cwd: bare };
  }, 'none'],
  ['without a blob', () => ({ cwd: repository(), status: 0 }), 'none'],
  ['a folder of packs that is a link', () => {
    const top = repacked();
    const elsewhere = folder('elsewhere');
    spawn('mv', [join(top, '.git/objects/pack'), join(elsewhere, 'pack')]);
    symlinkSync(join(elsewhere, 'pack'), join(top, '.git/objects/pack'));
    return { cwd: top };
  }, 'none'],
  ['archives', () => ({ cwd: repacked(), args: ['--archives'] }), 'none'],
  ['one part of several', () => ({ cwd: repacked(), args: ['--shard', '2/3'] }), 'none'],
  ['a few paths', () => ({ cwd: repacked(), args: ['--', 'keys', 'long'] }), 'none'],
  ['replaced objects and grafts', () => {
    const top = grown();
    git(top, 'replace', 'HEAD:long', pipeToGit(top, 'nothing\n', 'hash-object', '-w', '--stdin'));
    write(join(top, '.git/info/grafts'), `${git(top, 'rev-parse', 'HEAD')}\n`);
    return { cwd: repacked(top) };
  }, 'none'],
  ['blobs that are too large to be held, and what is made from them', () => {
    const top = grown();
    const large = `${'lorem ipsum dolor\n'.repeat(1_000_000)}${makeKey().text}`;
    commit(top, { large });
    commit(top, { large: `${large}${makeKey().text}` });
    git(top, '-c', 'core.bigFileThreshold=1g', 'repack', '-q', '-a', '-d', '-f');
    return { cwd: top };
  }, 'some'],
  ['a shallow clone', () => {
    const clone = join(folder(), 'clone');
    git(folder(), 'clone', '-q', '--depth=4', `file://${repacked()}`, clone);
    return { cwd: clone, status: 2 };
  }, 'none'],
  ['a shallow clone, as it is', () => {
    const clone = join(folder(), 'clone');
    git(folder(), 'clone', '-q', '--depth=4', `file://${repacked()}`, clone);
    return { cwd: clone, args: ['--allow-missing'] };
  }, 'none'],
  ...(['blob:none', 'blob:limit=900', 'tree:0'] as const).flatMap((filter) => ([2, 1] as const).map((status): (typeof kinds)[number] => [`a partial clone, ${filter}${status === 1 ? ', as it is' : ''}`, () => {
    const server = repacked();
    git(server, 'config', 'uploadpack.allowFilter', 'true');
    const clone = join(folder(), 'clone');
    git(folder(), 'clone', '-q', `--filter=${filter}`, `file://${server}`, clone);
    return { cwd: clone, status, args: status === 1 ? ['--allow-missing'] : [] };
  }, 'none'])),
  ['a second run', () => {
    const top = repacked();
    const cache = (): void => {
      rmSync(join(top, '.git/keylint'), { recursive: true, force: true });
      keylint(['--history'], { cwd: top });
      commitOnce();
    };
    let isMade = false;
    const commitOnce = (): void => {
      if (!isMade) commit(top, { fresh: makeKey().text });
      isMade = true;
    };
    cache();
    return { cwd: top, again: cache };
  }, 'none'],

  // What is damaged is said, and the rest is looked at.
  ['a damaged delta at the end of a chain', () => ({ cwd: damaged(repacked(), deepest), status: 2 }), 'some'],
  ['a damaged blob that others are made from', () => ({ cwd: damaged(repacked(), largest), status: 2 }), 'some'],
  ['a damaged blob that lies whole elsewhere', () => {
    const top = repacked();
    const { offset, size } = deepest(placesIn(top));
    const [pack] = packs(top).filter((name) => name.endsWith('.pack'));
    pipeToGit(top, `${git(top, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)')}\n`, 'pack-objects', '-q', '--no-reuse-delta', '--depth=2', '.git/objects/pack/pack');
    change(pack!, (bytes) => bytes.fill(0xa5, offset + size - 6, offset + size));
    return { cwd: top };
  }, undefined],
  ['a damaged loose blob', () => {
    const top = grown();
    truncateSync(unlocked(looseFile(top, 'HEAD:long')), 100);
    return { cwd: top, status: 2 };
  }, 'some'],
  ['a loose blob without a byte', () => {
    const top = grown();
    truncateSync(unlocked(looseFile(top, 'HEAD:long')), 0);
    return { cwd: top, status: 2 };
  }, 'some'],
  ...[1, 900, 1_000_000].map((size): (typeof kinds)[number] => [`a loose blob that says it has ${size} bytes`, () => {
    const top = grown();
    writeFileSync(unlocked(looseFile(top, 'HEAD:short')), deflateSync(`blob ${size}\0 23\n`));
    return { cwd: top, status: 2 };
  }, 'some']),
  // Which objects there should be is told by git fsck.
  ['a blob that is gone', () => {
    const top = grown();
    rmSync(looseFile(top, 'HEAD:short'));
    return { cwd: top };
  }, 'none'],
  ['a pack that is cut off', () => {
    const top = repacked();
    const pack = packs(top).find((name) => name.endsWith('.pack'))!;
    truncateSync(unlocked(pack), readFileSync(pack).length - 100);
    return { cwd: top, status: 2 };
  }, 'none'],
  ['an index that is cut off', () => {
    const top = repacked();
    truncateSync(unlocked(packs(top).find((name) => name.endsWith('.idx'))!), 1500);
    return { cwd: top, status: 2 };
  }, 'none'],
  ['a pack without an index', () => {
    const top = repacked();
    rmSync(packs(top).find((name) => name.endsWith('.idx'))!);
    return { cwd: top, status: 2 };
  }, 'none'],
  ['an index without a pack', () => {
    const top = repacked();
    commit(top, { more: makeKey().text });
    rmSync(packs(top).find((name) => name.endsWith('.pack'))!);
    return { cwd: top, status: 2 };
  }, 'some'],
  ['what is neither: other files among the packs', () => {
    const top = repacked();
    for (const name of ['tmp_pack_x', 'pack-x.pack.tmp', '.hidden', 'README']) writeFileSync(join(top, '.git/objects/pack', name), 'not a pack');
    return { cwd: top };
  }, 'none'],

  // Packs that somebody made to be read by others.
  ['a pack with a key in it that nothing leads to', () => ({ cwd: withPack([blob(`${keyText}\n`)]), args: ['--unreachable'] }), 'none'],
  ['a delta that puts a key together from two ends', () => {
    const halves = [keyText.slice(20), '\n'.repeat(3000), keyText.slice(0, 20)] as const;
    const whole = blob(halves.join(''));
    const instructions = [{ copy: whole.content.length - 20, size: 20 }, { copy: 0, size: halves[0].length }];
    return { cwd: withPack([whole, { type: 'offset delta', base: 0, content: encodeDelta(whole.content.length, keyText.length, instructions), id: blobId(Buffer.from(keyText)) }]), args: ['--unreachable'] };
  }, 'none'],
  ['a delta from what is not there', () => ({ cwd: withPack([base, { type: 'id delta', content: encodeDelta(10, 10, [{ copy: 0, size: 10 }]), id: Buffer.alloc(20, 1), baseId: Buffer.alloc(20, 2) }]), status: 2 }), 'some'],
  ['a delta that copies from behind the end', () => ({ cwd: withPack([base, { type: 'offset delta', base: 0, content: encodeDelta(base.content.length, 100, [{ copy: base.content.length - 50, size: 100 }]), id: Buffer.alloc(20, 1) }]), status: 2 }), 'some'],
  ['a blob that expands without an end', () => ({ cwd: withPack([{ ...blob('x'), size: 100, stored: deflateSync(Buffer.alloc(1 << 26)) }]), status: 2 }), 'some'],
  ['a type that git does not know', () => ({ cwd: withPack([base, { ...blob('x'), type: 5 }]), status: 2 }), 'some'],
  ['a blob under another\'s name', () => ({ cwd: withPack([{ ...blob(keyText), id: Buffer.alloc(20, 7) }]), args: ['--unreachable'] }), 'none'],
];

function unlocked(file: string): string {
  chmodSync(file, 0o644);
  return file;
}

interface Looked {
  readonly ran: Ran;
  /** The blobs that git was asked for. */
  readonly asked: ReadonlySet<string>;
}

function look({ cwd, args = [], options = {}, again }: Example, ...more: readonly string[]): Looked {
  const list = join(folder('asked'), 'list');
  const env = withGit(`case " $* " in *' cat-file --batch '*) tee -a '${list}' | "$GIT" "$@" ;; *) exec "$GIT" "$@" ;; esac`);
  const ran = keylint(['--history', '-f', 'json', ...again ? [] : ['--no-cache'], ...more, ...args], { cwd, ...options, env: { ...options.env, ...env } });
  return { ran: { ...ran, stdout: ran.stdout.replace(/"ms": ?\d+/, '"ms":0') }, asked: new Set(existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : []) };
}

describeWith(['git'], 'read without git, by it, and in threads, a repository gives the same report, byte for byte', () => {
  test.each(kinds)('%s', (_, make, left) => {
    const example = make();
    const own = look(example);
    example.again?.();
    const inThreads = look(example, '--jobs', '3');
    example.again?.();
    leave(example);
    const byGit = look(example);
    expect(own.ran.status, own.ran.stderr).toBe(example.status ?? 1);
    expect({ ...own.ran }).toEqual({ ...byGit.ran });
    expect({ ...inThreads.ran }).toEqual({ ...byGit.ran });
    // Of two copies the sound one may come first.
    if (left) expect(own.asked.size === 0 ? 'none' : 'some').toBe(left);
  });

  test('but what git gives up at is passed over where it is not needed', () => {
    const top = repacked();
    git(top, 'multi-pack-index', 'write');
    const whole = look({ cwd: top });
    change(packs(top).find((name) => name.endsWith('multi-pack-index'))!, (bytes) => bytes.fill(0, 20, 200));
    expect(look({ cwd: top }).ran).toEqual(whole.ran);
    leaveToGit(top);
    expect(look({ cwd: top }).ran.status).toBe(2);
  });

  test('and what it would never come to an end with is not left to it', () => {
    const [a, b] = [Buffer.alloc(20, 1), Buffer.alloc(20, 2)];
    const delta = encodeDelta(10, 10, [{ copy: 0, size: 10 }]);
    const cwd = withPack([base, { type: 'id delta', content: delta, id: a, baseId: b }, { type: 'id delta', content: delta, id: b, baseId: a }]);
    const { ran } = look({ cwd });
    expect(ran.status).toBe(2);
    expect(ran.stderr).toBe('keylint: error: the object store is damaged: a pack has deltas that are made from each other\n');
  });

  test.skipIf(!keylintAsNobody)('where we may not read', () => {
    for (const ending of ['.pack', '.idx']) {
      const top = repacked();
      const file = packs(top).find((name) => name.endsWith(ending))!;
      if (process.getuid?.() === 0) spawn('chown', ['-R', '65533:65533', top]);
      chmodSync(file, 0);
      const own = keylintAsNobody!(['--history', '-f', 'json'], { cwd: top });
      expect(own.status).toBe(2);
      expect(own.stderr).toMatch(/permission denied/i);
    }
  });
});

/** Another place to borrow from, which git alone can tell. */
function leave({ cwd, options = {} }: Example): void {
  const { GIT_OBJECT_DIRECTORY: objects } = options.env ?? {};
  if (objects === undefined) leaveToGit(cwd);
  else {
    const odd = join(folder('borrowed'), 'odd\tname');
    mkdirSync(odd);
    mkdirSync(join(objects, 'info'), { recursive: true });
    appendFileSync(join(objects, 'info/alternates'), `${odd}\n`);
  }
}
