import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acrossHosts } from '../src/across.ts';
import type { Inventory, InventoryKey, Place } from '../src/inventory.ts';
import { joinInventories } from '../src/join-inventories.ts';
import type { SshCertificate } from '../src/key.ts';
import { loginGraph } from '../src/login-graph.ts';
import { html } from '../src/inventory-reporters/html.ts';
import { table } from '../src/inventory-reporters/table.ts';
import { expectAccessible, useChromium } from './browser.ts';
import { base, expectBroken, folder, keylint, write } from './program.ts';
import { describeWith, run } from './tools.ts';

function place(part: Partial<Place> = {}): Place {
  return { host: 'a', path: '/p', line: 1, column: 1, endLine: 1, endColumn: 2, kind: 'private', format: 'openssh', wrapping: [], weaknesses: [], origin: 'file', ...part };
}

function inventory(keys: readonly InventoryKey[], part: Partial<Inventory> = {}): Inventory {
  return { version: '1.2.3', hosts: [...new Set(keys.flatMap(({ places }) => places.map(({ host }) => host)))], summary: { files: 1, bytes: 10, skipped: [], ms: 1 }, keys, problems: [], ...part };
}

const options = { color: false, date: '2026-03-01T12:30:59.123Z', serialNumber: '3e671687-395b-41f5-a30f-a58921a69b79' };
const authorized = (host: string, user: string, part: Partial<Place> = {}): Place => place({ host, user, path: `/home/${user}/.ssh/authorized_keys`, kind: 'public', role: 'authorized-key', format: 'ssh-public', ...part });
const held = (host: string, user: string, part: Partial<Place> = {}): Place => place({ host, user, path: `/home/${user}/.ssh/id`, ...part });

describe('across hosts', () => {
  const names = (list: readonly { readonly key: InventoryKey }[]): readonly (string | undefined)[] => list.map(({ key }) => key.names[0]);
  const across = (...entries: (readonly Place[])[]): ReturnType<typeof acrossHosts> => acrossHosts(inventory(entries.map((places, i) => ({ names: [`SHA256:${i}`], places }))));

  test('who can log in where is told for each key that somebody holds, on one host, too', () => {
    const { logins, authorizedWithoutOwner } = across([held('a', 'ann'), authorized('b', 'bob'), authorized('a', 'root')], [authorized('b', 'bob', { line: 2 })], [held('a', 'carl')]);
    expect(logins.map(({ from, to }) => [from.map(({ place: { host, user } }) => `${user}@${host}`), to.map(({ host, user }) => `${user}@${host}`)])).toEqual([[['ann@a'], ['bob@b', 'root@a']]]);
    expect(names(authorizedWithoutOwner)).toEqual(['SHA256:1']);
  });

  test('one private key on two hosts is told, its copies on one host, its public half and a handle in two places are not', () => {
    const { sharedKeys } = across([held('a', 'ann'), held('b', 'bob')], [held('a', 'x'), held('a', 'y')], [held('a', 'x'), held('b', 'x', { kind: 'public' })], [held('a', 'x', { hardware: true }), held('b', 'x', { hardware: true })], [held('a', 'x'), held('b', 'x', { defect: 'cut off' })]);
    expect(names(sharedKeys)).toEqual(['SHA256:0']);
  });

  test('shared keys of hosts are told by themselves, also by their public halves; one that a user has, too, is in both lists', () => {
    const host = (name: string, part: Partial<Place> = {}): Place => place({ host: name, role: 'host-key', path: '/etc/ssh/ssh_host_rsa_key', ...part });
    const { sharedKeys, sharedHostKeys } = across([host('a'), host('b')], [host('a', { kind: 'public' }), host('b', { kind: 'public' })], [host('a'), host('b'), held('b', 'ann')], [host('a'), host('a', { kind: 'public' })]);
    expect(names(sharedHostKeys)).toEqual(['SHA256:0', 'SHA256:1', 'SHA256:2']);
    expect(names(sharedKeys)).toEqual(['SHA256:2']);
  });

  test('an encrypted key that hides its public half is taken for that of the public key beside it', () => {
    const hidden: InventoryKey = { names: ['container:1'], places: [held('a', 'ann', { encryption: { cipher: 'aes-128-cbc', kdf: 'md5' } }), place({ host: 'b', path: '/backup/id' })] };
    const half: InventoryKey = { names: ['SHA256:x'], places: [held('a', 'ann', { kind: 'public', path: '/home/ann/.ssh/id.pub' }), authorized('c', 'root')] };
    const { logins, sharedKeys, authorizedWithoutOwner } = acrossHosts(inventory([hidden, half]));
    expect(logins).toMatchObject([{ key: { names: ['SHA256:x'] }, from: [{ isAssumed: true, place: { host: 'a' } }, { isAssumed: true, place: { host: 'b' } }] }]);
    // It is told of once.
    expect(names(sharedKeys)).toEqual(['SHA256:x']);
    expect(authorizedWithoutOwner).toEqual([]);
    const apart = acrossHosts(inventory([{ names: ['container:1'], places: [held('b', 'ann')] }, half]));
    expect(names(apart.authorizedWithoutOwner)).toEqual(['SHA256:x']);
  });
});

describe('authorities', () => {
  const certificate = (part: Partial<SshCertificate> = {}): SshCertificate => ({ role: 'user', serial: '1', keyId: 'x', principals: ['ann'], criticalOptions: [], extensions: [], authority: { fingerprint: 'SHA256:ca' }, signature: 'ssh-ed25519', ...part });
  const trusting = (host: string, user: string, ...options: { name: string; value?: string }[]): Place => authorized(host, user, { authorized: { options: [{ name: 'cert-authority' }, ...options] } });
  const logins = (authority: readonly Place[], certified: readonly Place[]): readonly string[] => acrossHosts(inventory([{ names: ['SHA256:ca'], places: authority }, { names: ['SHA256:k'], places: certified }]))
    .logins.map(({ key, from, to, via }) => `${key.names[0]}${via ? ` via ${via.names[0]}` : ''}: ${from.map(({ place: { host } }) => host).join()} -> ${to.map(({ host, user }) => `${user}@${host}`).join()}`);
  const key = (part?: Partial<SshCertificate>): readonly Place[] => [held('laptop', 'ann'), place({ host: 'laptop', kind: 'certificate', path: '/home/ann/.ssh/id-cert.pub', sshCertificate: certificate(part) })];

  test('let in whom they have certified, under the names that the certificate and the entry have', () => {
    expect(logins([trusting('web', 'ann'), trusting('web', 'root')], key())).toEqual(['SHA256:k via SHA256:ca: laptop -> ann@web']);
    expect(logins([trusting('web', 'root', { name: 'principals', value: 'ops,ann' })], key())).toEqual(['SHA256:k via SHA256:ca: laptop -> root@web']);
    expect(logins([trusting('web', 'ann', { name: 'principals', value: 'ops' })], key())).toEqual([]);
    expect(logins([trusting('web', 'root')], key({ principals: [] }))).toEqual(['SHA256:k via SHA256:ca: laptop -> root@web']);
    expect(logins([trusting('web', 'root', { name: 'principals', value: 'ops' })], key({ principals: [] }))).toEqual([]);
  });

  test('and nobody with a certificate for a host, of another authority, or without its key', () => {
    expect(logins([trusting('web', 'ann')], key({ role: 'host' }))).toEqual([]);
    expect(logins([trusting('web', 'ann')], key({ authority: { fingerprint: 'SHA256:other' } }))).toEqual([]);
    expect(logins([trusting('web', 'ann')], key().slice(1))).toEqual([]);
    // An entry that names no authority lets in the key itself.
    expect(logins([authorized('web', 'ann')], key())).toEqual([]);
  });

  test('are no logins of their own: whoever holds one can issue certificates, and none of the hosts need hold it', () => {
    expect(logins([held('vault', 'ca'), trusting('web', 'ann')], [])).toEqual(['SHA256:ca via SHA256:ca: vault -> ann@web']);
    expect(acrossHosts(inventory([{ names: ['SHA256:ca'], places: [trusting('web', 'ann')] }])).authorizedWithoutOwner).toEqual([]);
  });
});

describe('inventories are joined', () => {
  test('keys by their names, places under their hosts, paths made absolute as on the host', () => {
    const one = inventory([{ names: ['SHA256:x'], places: [place({ host: 'a', path: '.ssh/id' })] }], { hosts: ['a'], folder: '/home/ann', problems: [{ host: 'a', path: 'locked', message: 'permission denied' }] });
    const other = inventory([{ names: ['SHA256:x', 'spki:y'], algorithm: 'rsa', places: [place({ host: 'b', path: 'keys\\id' }), place({ host: 'b', path: 'D:\\id' })] }], { hosts: ['b'], folder: 'C:\\Users\\bob', summary: { files: 2, bytes: 5, ms: 2, skipped: [{ host: 'b', path: 'x', reason: 'socket' }] } });
    expect(joinInventories([one, other], '1.2.3')).toMatchObject({
      hosts: ['a', 'b'], summary: { files: 3, bytes: 15, ms: 3, skipped: [{ host: 'b', path: 'C:\\Users\\bob\\x' }] },
      keys: [{ names: ['SHA256:x', 'spki:y'], places: [{ host: 'a', path: '/home/ann/.ssh/id' }, { host: 'b', path: 'C:\\Users\\bob\\keys\\id' }, { host: 'b', path: 'D:\\id' }] }],
      problems: [{ host: 'a', path: '/home/ann/locked' }],
    });
  });

  test('places that several inventories of one host have count once, in whatever order they come', () => {
    const entries = fc.array(fc.record({ name: fc.constantFrom('SHA256:1', 'SHA256:2', 'SHA256:3'), path: fc.constantFrom('/a', '/b', '/c', '/d'), host: fc.constantFrom('h', 'i') }), { maxLength: 6 });
    const of = (list: readonly { name: string; path: string; host: string }[]): Inventory => inventory(list.map(({ name, path, host }) => ({ names: [name], places: [place({ host, path: path + name })] })));
    fc.assert(fc.property(entries, entries, (one, other) => {
      const joined = joinInventories([of(one), of(other)], '1.2.3');
      expect(joined.keys.flatMap(({ names, places }) => places.map(({ host, path }) => `${names[0]} ${host} ${path}`)).sort()).toEqual([...new Set([...one, ...other].map(({ name, path, host }) => `${name} ${host} ${path}${name}`))].sort());
      expect(joined.problems).toEqual([]);
      expect(joinInventories([of(other), of(one)], '1.2.3').keys).toEqual(joined.keys);
      // Joined ones can be joined again.
      expect(joinInventories([joined, of(one)], '1.2.3').keys).toEqual(joined.keys);
    }));
  });

  test('two hosts of one name are found out', () => {
    const of = (name: string, ...more: string[]): Inventory => inventory([name, ...more].map((each) => ({ names: [each], places: [place({ path: '/etc/ssh/ssh_host_rsa_key' })] })));
    expect(joinInventories([of('SHA256:1'), of('SHA256:2')], '1').problems).toMatchObject([{ host: 'a', path: '/etc/ssh/ssh_host_rsa_key', message: expect.stringContaining('two hosts have one name') }]);
    // A store with two keys at one place is nothing of that kind.
    expect(joinInventories([of('SHA256:1', 'SHA256:2'), of('SHA256:2', 'SHA256:1')], '1').problems).toEqual([]);
  });
});

describe('the graph', () => {
  const hosts = fc.constantFrom('web1', 'web2', 'db', 'bastion');
  const users = fc.constantFrom('ann', 'bob', 'root');
  const keys = fc.array(fc.tuple(fc.array(fc.tuple(hosts, users, fc.boolean()), { maxLength: 4 }), fc.array(fc.tuple(hosts, users), { minLength: 1, maxLength: 5 })), { maxLength: 25 })
    .map((list) => list.map(([from, to], i): InventoryKey => ({ names: [`SHA256:${i}`], algorithm: 'ed25519', places: [...from.map(([host, user, isClear]) => held(host, user, isClear ? {} : { encryption: { cipher: 'x', kdf: 'y' } })), ...to.map(([host, user]) => authorized(host, user))] })));

  test('shows every key once, every login as a way through it, and no two boxes in one place', () => {
    fc.assert(fc.property(keys, (list) => {
      const across = acrossHosts(inventory(list));
      const { nodes, edges, width, height, left, isByHost } = loginGraph(across);
      expect([left, isByHost]).toEqual([0, false]);
      expect(nodes.filter(({ column }) => column === 1).flatMap((node) => node.keys.map(({ names }) => names[0])).sort()).toEqual(list.map(({ names }) => names[0]).sort());
      for (const { key, from, to } of across.logins) {
        const middle = nodes.find((node) => node.keys.includes(key))!;
        const into = edges.filter((edge) => edge.to === middle), outOf = edges.filter((edge) => edge.from === middle);
        expect(new Set(into.map((edge) => edge.from.title))).toEqual(new Set(from.map(({ place: { host, user } }) => `${user}@${host}`)));
        expect(new Set(outOf.map((edge) => edge.to.title))).toEqual(new Set(to.map(({ host, user }) => `${user}@${host}`)));
        for (const edge of into) expect(edge.isClear).toBe(from.some(({ place: { host, user, encryption } }) => `${user}@${host}` === edge.from.title && !encryption));
      }
      for (const { key } of across.authorizedWithoutOwner) expect(nodes.find((node) => node.keys.includes(key))!.isOwnerless).toBe(true);
      nodes.forEach((one, i) => {
        expect(one.x >= 0 && one.y >= 0 && one.x + one.width <= width && one.y + one.height <= height).toBe(true);
        for (const other of nodes.slice(i + 1)) expect(one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y).toBe(true);
      });
      expect(loginGraph(across)).toEqual(loginGraph(across));
    }), { numRuns: 60 });
  });

  test('untangles what can be drawn without crossings', () => {
    const list = [5, 2, 9, 0, 7, 3, 1, 8, 6, 4].map((i): InventoryKey => ({ names: [`SHA256:${i}`], places: [held(`from${(i * 7) % 10}`, 'ann'), authorized(`to${(i * 3) % 10}`, 'bob')] }));
    const { edges } = loginGraph(acrossHosts(inventory(list)));
    for (const { from, to } of edges) expect(from.y).toBe(to.y);
  });

  test('where there are too many accounts hosts are drawn, and where these are too many what reaches farthest; the rest is left to the tables, and said', () => {
    const accounts = Array.from({ length: 500 }, (_, i): InventoryKey => ({ names: [`SHA256:${i}`], places: [held('a', `ann${i}`), authorized(`b${i % 3}`, `bob${i}`)] }));
    const byHost = loginGraph(acrossHosts(inventory(accounts)));
    expect([byHost.isByHost, byHost.left, byHost.nodes.map(({ title }) => title).sort()]).toEqual([true, 0, ['166 keys', '167 keys', '167 keys', 'a', 'b0', 'b1', 'b2']]);
    const hosts = Array.from({ length: 500 }, (_, i): InventoryKey => ({ names: [`SHA256:${i}`], places: [held(`a${i}`, 'ann'), ...Array.from({ length: i === 321 ? 30 : 1 }, (_, j) => authorized(`b${i}-${j}`, 'bob'))] }));
    const { nodes, left } = loginGraph(acrossHosts(inventory(hosts)));
    const keys = nodes.flatMap((node) => node.keys.map(({ names }) => names[0]));
    expect(keys).toContain('SHA256:321');
    expect(keys.length + left).toBe(500);
    for (const column of [0, 1, 2]) expect(nodes.filter((node) => node.column === column).length).toBeLessThanOrEqual(60);
    expect(html(inventory(hosts), options)).toContain(`${left} more keys in the tables only.`);
  });
});

/** Six machines: a key copied to a second one, two that are clones of each other, a key nobody there has, a login through an old PEM file. */
function fleet(): readonly string[] {
  const top = folder('fleet');
  const home = (host: string, user: string): string => {
    const path = user === 'root' ? join(top, host, 'root/.ssh') : join(top, host, 'home', user, '.ssh');
    mkdirSync(path, { recursive: true });
    return path;
  };
  const make = (file: string, comment: string, ...more: readonly string[]): string => {
    mkdirSync(join(file, '..'), { recursive: true });
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, ...more, '-f', file]);
    return readFileSync(`${file}.pub`, 'utf8');
  };
  const names = ['laptop', 'build', 'bastion', 'web1', 'web2', 'db'];
  for (const name of names) make(join(top, name, 'etc/ssh/ssh_host_ed25519_key'), `root@${name}`);
  for (const ending of ['', '.pub']) cpSync(join(top, `web1/etc/ssh/ssh_host_ed25519_key${ending}`), join(top, `web2/etc/ssh/ssh_host_ed25519_key${ending}`));
  const ann = make(join(home('laptop', 'ann'), 'id_ed25519'), 'ann@laptop', '-a', '4', '-N', 'secret words');
  const bob = make(join(home('laptop', 'bob'), 'id_ecdsa'), 'bob@laptop', '-t', 'ecdsa', '-m', 'PEM', '-N', 'secret');
  const ci = make(join(home('build', 'ci'), 'id_ed25519'), 'ci@build');
  cpSync(join(home('build', 'ci'), 'id_ed25519'), join(home('bastion', 'ann'), 'ci_key'));
  const gone = make(join(top, 'gone'), 'contractor <b>"&');
  const authority = make(join(top, 'ca'), 'user authority');
  run('ssh-keygen', ['-q', '-s', join(top, 'ca'), '-I', 'ann on laptop', '-n', 'ann,ops', '-V', '20200101:20300101', join(home('laptop', 'ann'), 'id_ed25519.pub')]);
  write(join(home('db', 'postgres'), 'authorized_keys'), `cert-authority,principals="ops" ${authority}`);
  write(join(home('bastion', 'bob'), 'authorized_keys'), ann + bob);
  for (const web of ['web1', 'web2']) {
    write(join(home(web, 'deploy'), 'authorized_keys'), ci + gone + ann);
    write(join(home(web, 'root'), 'authorized_keys'), `restrict,from="10.0.0.0/8",command="/bin/backup" ${ann}`);
  }
  write(join(home('db', 'root'), 'authorized_keys'), gone);
  return names.map((name) => {
    const file = join(top, `${name}.json`);
    const { status } = keylint(['inventory', '--host', name, '-f', `json:${file}`, '.'], { cwd: join(top, name) });
    expect(status).toBe(0);
    return file;
  });
}

interface JsonJoined {
  readonly hosts: string[];
  readonly keys: { names: string[]; places: { host: string; path: string }[] }[];
  readonly across: {
    sharedKeys: { key: string; hosts: string[] }[];
    sharedHostKeys: { key: string; hosts: string[] }[];
    authorizedWithoutOwner: { key: string; to: { host: string; user: string; path: string; line: number }[] }[];
    logins: { key: string; via?: string; from: { host: string; user: string; protected: boolean; assumed?: boolean }[]; to: { host: string; user: string; options?: { name: string; value?: string }[] }[] }[];
  };
  readonly problems: { host: string; path?: string; message: string }[];
}

describeWith(['ssh-keygen'], 'keylint merge of inventories', () => {
  const files = fleet();
  const fingerprint = (host: string, path: string): string => run('ssh-keygen', ['-lf', join(files[0]!, '..', host, path)]).split(' ')[1]!;
  const ci = fingerprint('build', 'home/ci/.ssh/id_ed25519.pub'), ann = fingerprint('laptop', 'home/ann/.ssh/id_ed25519.pub'), bob = fingerprint('laptop', 'home/bob/.ssh/id_ecdsa.pub'), web = fingerprint('web1', 'etc/ssh/ssh_host_ed25519_key.pub'), gone = fingerprint('', 'gone.pub'), authority = fingerprint('', 'ca.pub');
  const merged = (list: readonly string[]): JsonJoined & { status: number | null; stderr: string } => {
    const { status, stdout, stderr } = keylint(['merge', '-f', 'json', ...list]);
    return { ...JSON.parse(stdout) as JsonJoined, status, stderr };
  };

  test('tells what only shows across them', () => {
    const { status, hosts, across } = merged(files);
    expect([status, hosts]).toEqual([0, ['laptop', 'build', 'bastion', 'web1', 'web2', 'db']]);
    expect(across.sharedKeys).toMatchObject([{ key: ci, hosts: ['bastion', 'build'] }]);
    expect(across.sharedHostKeys).toMatchObject([{ key: web, hosts: ['web1', 'web2'] }]);
    expect(across.authorizedWithoutOwner.map(({ key, to }) => [key, to.map(({ user, host, line }) => `${user}@${host}:${line}`)])).toEqual([[gone, ['root@db:1', 'deploy@web1:2', 'deploy@web2:2']]]);
    expect(Object.fromEntries(across.logins.map(({ key, via, from, to }) => [via === undefined ? key : `${key} via ${via}`, [from.map(({ user, host, protected: isProtected, assumed }) => `${user}@${host}${isProtected ? '' : ' clear'}${assumed ? ' assumed' : ''}`), to.map(({ user, host }) => `${user}@${host}`)]]))).toEqual({
      [ann]: [['ann@laptop'], ['bob@bastion', 'deploy@web1', 'root@web1', 'deploy@web2', 'root@web2']],
      [`${ann} via ${authority}`]: [['ann@laptop'], ['postgres@db']],
      [bob]: [['bob@laptop assumed'], ['bob@bastion']],
      [ci]: [['ann@bastion clear', 'ci@build clear'], ['deploy@web1', 'deploy@web2']],
    });
    expect(across.logins.find(({ key, via }) => key === ann && via === undefined)!.to.find(({ user }) => user === 'root')!.options).toEqual([{ name: 'restrict' }, { name: 'from', value: '10.0.0.0/8' }, { name: 'command' }]);
  });

  test('as a table', () => {
    const { status, stdout } = keylint(['merge', ...files]);
    expect(status).toBe(0);
    expect(stdout).toContain('\nOne private key on several hosts\n');
    expect(stdout).toContain('\nOne host key on several hosts\n');
    expect(stdout).toMatch(new RegExp(`\nAuthorized keys whose private halves are on none of the hosts\n {2}Ed25519 {2}${gone.replaceAll(/[+/]/g, '\\$&')} {2}contractor <b>"&\n {4}root@db `));
    expect(stdout).toMatch(/\nWho can log in where\n[^]*from laptop:\S*\/id_ecdsa:1 {2}aes-128-cbc, md5 1 round, by the public key beside it\n {4}to {3}bob@bastion /);
    expect(stdout).toMatch(/^ {4}to {3}root@web1 {2}\S+ {2}restrict, from="10\.0\.0\.0\/8", command$/m);
    expect(stdout).toMatch(new RegExp(`^ {4}by a certificate of Ed25519 ${authority.replaceAll(/[+/]/g, '\\$&')}\\n.*\\n {4}to {3}postgres@db {2}\\S+ {2}cert-authority, principals="ops"$`, 'm'));
    expect(stdout).toMatch(/^ {2}certificate .* {2}user certificate for ann, ops until 2030-01-01 /m);
    expect(stdout).toMatch(/\n\n\d+ keys in \d+ places on 6 hosts \(/);
  });

  test('a file without a host is called by its own name, and what was joined can be joined again', () => {
    const place = folder();
    const { host, ...nameless } = JSON.parse(readFileSync(files[0]!, 'utf8')) as { host: string };
    expect(host).toBe('laptop');
    writeFileSync(join(place, 'box7.json'), JSON.stringify(nameless));
    expect(merged([join(place, 'box7.json'), files[1]!]).hosts).toEqual(['box7', 'build']);
    const [first, second] = [files.slice(0, 3), files.slice(3)].map((part, i) => {
      const file = join(place, `part-${i}.json`);
      writeFileSync(file, keylint(['merge', '-f', 'json', ...part]).stdout);
      return file;
    }) as [string, string];
    const { summary, ...all } = merged(files) as unknown as { summary: unknown };
    const { summary: again, ...joined } = merged([first, second]) as unknown as { summary: unknown };
    expect(joined).toEqual(all);
    expect(again).toEqual(summary);
  });

  test('a host that is missing or failed is told of, and the others are there', () => {
    const place = folder();
    writeFileSync(join(place, 'cut.json'), readFileSync(files[0]!).subarray(0, 300));
    const failed = { ...JSON.parse(readFileSync(files[1]!, 'utf8')) as object, problems: [{ path: 'root', message: 'permission denied' }] };
    writeFileSync(join(place, 'failed.json'), JSON.stringify(failed));
    const { status, problems, hosts, stderr } = merged([join(place, 'cut.json'), join(place, 'failed.json'), files[2]!, join(place, 'none.json')]);
    expect([status, hosts]).toEqual([2, ['build', 'bastion']]);
    expect(problems).toMatchObject([{ host: 'build', path: expect.stringMatching(/\/build\/root$/), message: 'permission denied' }, { host: 'cut', message: 'is not JSON, or cut off' }, { host: 'none', message: 'does not exist' }]);
    expect(stderr).toMatch(/^keylint: error: build: \S*\/root: permission denied\nkeylint: error: cut: /);
    expectBroken(keylint(['merge', join(place, 'cut.json'), files[2]!]), /failed: cut: .*cut\.json: is not JSON, or cut off/);
  });

  test('inventories and reports do not mix', () => {
    const report = join(folder(), 'report.json');
    keylint(['-f', `json:${report}`, base]);
    expectBroken(keylint(['merge', files[0]!, report]), /is an inventory, and .*report\.json a report/);
    expectBroken(keylint(['merge', files[0]!, '-f', 'sarif']), /there is no format "sarif"/);
  });
});

describeWith(['chromium', 'ssh-keygen'], 'the page of a fleet, in Chromium', () => {
  const { visit } = useChromium();
  const files = fleet();
  const page = join(folder('page'), 'fleet.html');
  keylint(['merge', ...files, '-f', `html:${page}`]);
  const single = join(folder('page'), 'single.html');
  keylint(['inventory', '--host', 'laptop', '-f', `html:${single}`, join(files[0]!, '../laptop')]);

  test.each([['many hosts', page], ['one host', single]])('of %s is quiet, and can be read by everybody in light and dark', async (_, file) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints } = await visit(file, { colorScheme });
      await expectAccessible(page);
      expect(complaints).toEqual([]);
    }
  });

  test('the graph lights up the ways through what is pointed at or has the focus, and leads to the tables', async () => {
    const { page: view, complaints } = await visit(page);
    const lit = async (): Promise<readonly string[]> => (await view.locator('[data-graph] a.lit title').allTextContents()).map((text) => text.split(',')[0]!).sort();
    const node = (name: string): ReturnType<typeof view.locator> => view.locator('[data-graph] a').filter({ has: view.locator('title', { hasText: name }) });
    await node('ci@build').first().focus();
    expect(await lit()).toEqual(['Ed25519 ci@build', 'ci@build', 'deploy@web1', 'deploy@web2']);
    await node('contractor').hover();
    expect(await lit()).toEqual(['Ed25519 contractor <b>"&', 'deploy@web1', 'deploy@web2', 'root@db']);
    expect(await view.locator('[data-graph] path.lit').count()).toBe(3);
    await node('contractor').click();
    expect(await view.locator('tr:target').textContent()).toContain('contractor <b>"&');
    // Texts keep to their boxes.
    const overflow = await view.evaluate(`[...document.querySelectorAll('[data-graph] a')].filter((node) => [...node.querySelectorAll('text')].some((text) => text.getBoundingClientRect().right > node.querySelector('rect').getBoundingClientRect().right + 60)).length`);
    expect(overflow).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('keys can be filtered by what is there of them', async () => {
    const { page: view } = await visit(page);
    const keys = view.locator('#keys tbody tr:visible');
    const all = await keys.count();
    await view.getByLabel('What is there').selectOption('public');
    const publics = await keys.allTextContents();
    expect(publics.length).toBeGreaterThan(0);
    expect(publics.length).toBeLessThan(all);
    expect(publics.every((text) => !text.includes('openssh'))).toBe(true);
    await view.locator('#keys').getByLabel('Text').fill('contractor db:');
    expect(await keys.count()).toBe(1);
  });

  test('without scripting everything is there', async () => {
    const { page: view, complaints } = await visit(page, { javaScriptEnabled: false });
    expect(await view.locator('[data-graph] a').count()).toBeGreaterThan(8);
    expect(await view.locator('#keys tbody tr:visible').count()).toBeGreaterThan(8);
    expect(complaints).toEqual([]);
  });
});

test('hostile names in a table are text on their line', () => {
  const evil = 'a\x1b[2J\nb\u202e';
  const text = table(inventory([{ names: [evil], algorithm: evil, places: [held(evil, evil, { path: evil, comment: evil, format: evil, commit: evil, encryption: { cipher: evil, kdf: evil } }), authorized(evil, evil)] }], { problems: [{ host: evil, path: evil, message: evil }], summary: { files: 1, bytes: 1, ms: 1, skipped: [{ host: evil, path: evil, reason: evil }] } }), options);
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]|\nb/);
});
