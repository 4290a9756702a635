import { chmodSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupKeys, inventoryOf, type InventoryKey, type Place } from '../src/inventory.ts';
import type { Key } from '../src/key.ts';
import { expectBroken, folder, git, keylint, keylintAsNobody, makeKey, repository, write } from './program.ts';
import { makeKey as keyFacts, makeReport } from './reports.ts';
import { describeWith, run } from './tools.ts';

/** The JSON inventory, as programs read it. */
interface JsonInventory {
  readonly inventory: number;
  readonly host: string;
  readonly folder: string;
  readonly summary: { files: number; keys: number; places: number; skipped: unknown[] };
  readonly keys: { names: string[]; algorithm: string | null; bits: number | null; places: Record<string, unknown>[] }[];
  readonly problems: { path?: string; message: string }[];
}

function inventory(args: readonly string[], cwd: string): JsonInventory & { status: number | null; stderr: string } {
  const { status, stdout, stderr } = keylint(['inventory', '-f', 'json', ...args], { cwd });
  return { ...JSON.parse(stdout) as JsonInventory, status, stderr };
}

function place(part: Partial<Place> = {}): Place {
  return { host: 'a', path: 'p', line: 1, column: 1, endLine: 1, endColumn: 2, kind: 'private', format: 'openssh', wrapping: [], weaknesses: [], origin: 'file', ...part };
}

describe('keys that have a name in common are one', () => {
  test('directly, or through others, and nothing else is', () => {
    const names = fc.uniqueArray(fc.integer({ min: 0, max: 12 }).map((i) => `spki:${i}`), { maxLength: 3 });
    fc.assert(fc.property(fc.array(names, { maxLength: 20 }), (lists) => {
      const entries = lists.map((list, i): InventoryKey => ({ names: list, places: [place({ path: String(i).padStart(3, '0') })] }));
      // As slowly as it can be said: those that share a name get the same number until nothing changes.
      const numbers = lists.map((_, i) => i);
      for (let isDone = false; !isDone;) {
        isDone = true;
        lists.forEach((one, i) => lists.forEach((other, j) => {
          if (numbers[i] === numbers[j] || !one.some((name) => other.includes(name))) return;
          numbers[i] = numbers[j] = Math.min(numbers[i]!, numbers[j]!);
          isDone = false;
        }));
      }
      const expected = [...new Set(numbers)].map((number) => [...numbers.keys()].filter((i) => numbers[i] === number));
      const found = groupKeys(entries).map(({ places }) => places.map(({ path }) => Number(path)));
      expect(found).toEqual(expected);
      expect(new Set(groupKeys(entries).flatMap((key) => key.names))).toEqual(new Set(lists.flat()));
    }));
  });

  test('what is sure goes before what was judged by a length', () => {
    const [joined] = groupKeys([
      { names: ['container:1', 'SHA256:x'], bits: 1000, places: [place({ inferred: true })] },
      { names: ['SHA256:x', 'spki:2'], algorithm: 'rsa', bits: 1024, places: [place({ path: 'q' })] },
    ]);
    expect(joined).toMatchObject({ names: ['SHA256:x', 'spki:2', 'container:1'], algorithm: 'rsa', bits: 1024 });
  });
});

describe('what a path says', () => {
  const placeOf = (absolutePath: string, part: Partial<Key> = {}): Place => {
    const key = keyFacts({ path: absolutePath, kind: 'public', format: 'ssh-public', file: { origin: 'file', absolutePath }, ...part });
    return inventoryOf(makeReport({ keys: [key] }), { host: 'h', folder: '/', accounts: [{ name: 'postgres', home: '/var/lib/postgresql' }, { name: 'root', home: '/root' }] }).keys[0]!.places[0]!;
  };

  test.each<[string, Place['role'], string | undefined]>([
    ['/home/ann/.ssh/authorized_keys', 'authorized-key', 'ann'],
    ['/root/.ssh/authorized_keys2', 'authorized-key', 'root'],
    ['/var/lib/postgresql/.ssh/authorized_keys', 'authorized-key', 'postgres'],
    ['/mnt/disk/home/bob/.ssh/authorized_keys', 'authorized-key', 'bob'],
    ['/etc/ssh/authorized_keys/carl', 'authorized-key', 'carl'],
    ['/etc/ssh/authorized_keys.d/carl', 'authorized-key', 'carl'],
    ['C:\\Users\\dora\\.ssh\\authorized_keys', 'authorized-key', 'dora'],
    ['/home/ann/.ssh/known_hosts', 'known-host', 'ann'],
    ['/home/ann/.ssh/known_hosts.old', 'known-host', 'ann'],
    ['/etc/ssh/ssh_known_hosts', 'known-host', undefined],
    ['/etc/ssh/ssh_host_rsa_key.pub', 'host-key', undefined],
    ['/etc/ssh/ssh_host_rsa_key-cert.pub', 'host-key', undefined],
    ['/home/ann/.ssh/id_rsa.pub', undefined, 'ann'],
    ['/home/ann/.ssh/keys/work/id_rsa.pub', undefined, 'ann'],
    ['/home/ann/authorized_keys.txt', undefined, undefined],
    ['/.ssh/id_rsa.pub', undefined, undefined],
  ])('%s', (path, role, user) => {
    expect([placeOf(path).role, placeOf(path).user]).toEqual([role, user]);
  });

  test('a private key among authorized keys lets nobody in', () => {
    expect(placeOf('/home/ann/.ssh/authorized_keys', { kind: 'private' }).role).toBeUndefined();
    expect(placeOf('/etc/ssh/ssh_host_rsa_key', { kind: 'private' }).role).toBe('host-key');
    expect(placeOf('/etc/ssh/ssh_host_rsa_key', { kind: 'public' }).role).toBe('host-key');
  });
});

describeWith(['ssh-keygen'], 'keylint inventory', () => {
  const home = folder('home');
  const ssh = join(home, 'ann/.ssh');
  mkdirSync(ssh, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(ssh, name);
  const make = (name: string, ...options: readonly string[]): string => {
    run('ssh-keygen', ['-q', '-C', `${name}@test`, '-f', file(name), ...options]);
    return run('ssh-keygen', ['-l', '-f', `${file(name)}.pub`]).split(' ')[1]!;
  };
  const clear = make('id_ed25519', '-t', 'ed25519', '-N', '');
  const locked = make('id_rsa', '-t', 'rsa', '-b', '2048', '-a', '7', '-N', 'secret words');
  const certified = make('ca', '-t', 'ecdsa', '-N', '');
  run('ssh-keygen', ['-q', '-s', file('ca'), '-I', 'ann on test', '-n', 'ann', file('id_ed25519.pub')]);
  write(file('authorized_keys'), [run('cat', [file('id_rsa.pub')]), run('cat', [file('id_ed25519.pub')])].join(''));
  cpSync(file('id_ed25519'), join(home, 'copy'));
  chmodSync(join(home, 'copy'), 0o644);
  symlinkSync('ca', file('link'));

  test('has every key once, by the name ssh-keygen gives it, with all its places and facts', () => {
    const { keys, summary, problems, status, host, folder: from, inventory: kind } = inventory(['--host', 'web1', '.'], home);
    expect([status, host, from, kind, problems]).toEqual([0, 'web1', home, 1, []]);
    expect(keys.map(({ names }) => names[0]).sort()).toEqual([clear, locked, certified].sort());
    expect(summary).toMatchObject({ keys: 3, places: keys.flatMap(({ places }) => places).length, skipped: [{ path: 'ann/.ssh/link', reason: 'symbolic link' }] });
    const of = (name: string): JsonInventory['keys'][number] => keys.find(({ names }) => names.includes(name))!;
    expect(of(clear)).toMatchObject({ algorithm: 'ed25519', bits: 256 });
    expect(of(clear).places).toMatchObject([
      { path: 'ann/.ssh/authorized_keys', line: 2, kind: 'public', role: 'authorized-key', user: 'ann', comment: 'id_ed25519@test' },
      { path: 'ann/.ssh/id_ed25519', kind: 'private', encryption: null, user: 'ann', mode: '0600', uid: process.getuid!(), format: 'openssh', modified: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) },
      { path: 'ann/.ssh/id_ed25519-cert.pub', kind: 'certificate', comment: 'id_ed25519@test' },
      { path: 'ann/.ssh/id_ed25519.pub', kind: 'public' },
      { path: 'copy', kind: 'private', mode: '0644' },
    ]);
    expect(of(clear).places[4]).not.toHaveProperty('user');
    expect(of(locked).places.find(({ kind }) => kind === 'private')).toMatchObject({ encryption: { kdf: 'bcrypt', rounds: 7 } });
  });

  test('as a table, a paragraph for each key and a row for each place', () => {
    const { status, stdout, stderr } = keylint(['inventory', '.'], { cwd: home });
    expect([status, stderr]).toEqual([0, '']);
    const paragraph = stdout.split('\n\n').find((text) => text.includes(clear))!;
    expect(paragraph.replaceAll(/ {2,}/g, '  ')).toBe(`Ed25519  ${clear}  id_ed25519@test
  authorized key  ann/.ssh/authorized_keys:2  ssh-public  0644
  private  ann/.ssh/id_ed25519:1  openssh  in the clear  0600
  certificate  ann/.ssh/id_ed25519-cert.pub:1  ssh-public  user certificate for ann  0644
  public  ann/.ssh/id_ed25519.pub:1  ssh-public  0644
  private  copy:1  openssh  in the clear  0644`);
    expect(stdout).toMatch(/^ {2}private +ann\/\.ssh\/id_rsa:1 +openssh +aes256-ctr, bcrypt 7 rounds +0600$/m);
    expect(stdout).toMatch(/\n\n3 keys in 10 places \(\d+ files, .*\)\n1 skipped: 1 symbolic link\n$/);
    // Columns stand under each other.
    expect(new Set(stdout.split('\n').filter((line) => line.startsWith('  ')).map((line) => line.search(/ssh-public|openssh/))).size).toBe(1);
  });

  test('the host is called by its name where nobody says another', () => {
    expect(inventory(['.'], home).host).toBe(hostname());
  });

  test('nothing is judged, and policies only leave files out', () => {
    const place = folder();
    cpSync(file('id_ed25519'), join(place, 'kept'));
    cpSync(file('id_rsa'), join(place, 'left/out'));
    write(join(place, 'keylint.config.json'), '{ "rules": { "require-passphrase": ["error", { "where": "everywhere" }] }, "ignores": ["left/**"] }');
    expect(keylint(['.'], { cwd: place }).status).toBe(1);
    const { status, keys, summary } = inventory(['.'], place);
    expect([status, keys.map(({ names }) => names[0]), summary.skipped]).toEqual([0, [clear], [{ path: 'left/out', reason: 'ignored by policy' }]]);
  });

  test('what cannot be read is told, and the rest is there', () => {
    const { status, stdout, stderr } = keylint(['inventory', 'ann', 'missing'], { cwd: home });
    expectBroken({ status, stdout, stderr }, /missing: no such file or folder/);
    expect(stdout).toContain(clear);
    const json = inventory(['ann', 'missing'], home);
    expect([json.status, json.problems, json.keys.length, json.stderr]).toEqual([2, [{ path: 'missing', message: 'no such file or folder' }], 3, 'keylint: error: missing: no such file or folder\n']);
  });

  test.skipIf(!keylintAsNobody)('a folder that may not be read fails the inventory', () => {
    const place = folder();
    write(join(place, 'open/key'), makeKey().text);
    mkdirSync(join(place, 'locked'), { mode: 0o000 });
    const { status, stdout } = keylintAsNobody!(['inventory', '-f', 'json', '.'], { cwd: place });
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ problems: [{ path: 'locked', message: 'permission denied' }], summary: { keys: 1 } });
  });

  test('of what is staged, in history and in a pipe', () => {
    const top = repository();
    const key = makeKey();
    write(join(top, 'deploy/key'), key.text);
    git(top, 'add', '.');
    expect(inventory(['--staged'], top).keys).toMatchObject([{ names: [key.fingerprint, expect.stringMatching(/^spki:/)], places: [{ path: 'deploy/key', origin: 'index', tracked: true }] }]);
    git(top, 'commit', '-q', '-m', 'key');
    git(top, 'rm', '-q', 'deploy/key');
    git(top, 'commit', '-q', '-m', 'gone');
    expect(inventory([], top).keys).toEqual([]);
    expect(inventory(['--history'], top).keys[0]!.places).toMatchObject([{ path: 'deploy/key', commit: git(top, 'rev-parse', 'HEAD~1'), author: 'Ann <ann@example.org>', inHead: false, branches: ['main'] }]);
    const piped = keylint(['inventory', '-f', 'json', '--stdin'], { input: key.text });
    expect(JSON.parse(piped.stdout)).toMatchObject({ summary: { keys: 1 } });
  });

  test('several formats at once, each into its file', () => {
    const place = folder();
    const { status, stdout } = keylint(['inventory', '-f', 'table', '-f', 'json:a.json', '-f', 'html:a.html', '-f', 'cyclonedx:a.cdx.json', '-f', 'cyclonedx-1.6:b.cdx.json', '--host', 'web1', ssh], { cwd: place });
    expect(status).toBe(0);
    expect(stdout).toContain(clear);
    const read = (name: string): string => run('cat', [join(place, name)]);
    expect(read('a.html')).toContain('<h1>Keys of web1</h1>');
    expect([JSON.parse(read('a.cdx.json')).specVersion, JSON.parse(read('b.cdx.json')).specVersion, JSON.parse(read('a.json')).host]).toEqual(['1.7', '1.6', 'web1']);
  });

  test.each<[readonly string[], string, string?]>([
    [['inventory', '-f', 'sarif'], 'there is no format "sarif"', 'there are table, json, html, cyclonedx, cyclonedx-1.6, cyclonedx-1.7'],
    [['inventory', '-f', 'cyclonedx-1.5'], 'there is no format "cyclonedx-1.5"', 'did you mean cyclonedx-1.6?'],
    [['inventory', '--host', ''], '--host is empty'],
    [['--host', 'x'], '--host goes with keylint inventory'],
  ])('%j', (args, message, hint) => {
    expect(keylint(args, { cwd: ssh })).toEqual({ status: 2, stdout: '', stderr: `keylint: error: ${message}\n${hint === undefined ? '' : `keylint: hint: ${hint}\n`}` });
  });
});
