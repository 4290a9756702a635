import { chmodSync, chownSync, linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, git, keylint, keylintJson, makeKey, repository, spawn, write } from './program.ts';
import { describeWith } from './tools.ts';

const key = makeKey();

/** Writes the key, closed to others, at each path below a folder. */
function keysAt(top: string, ...paths: readonly string[]): string {
  for (const path of paths) {
    write(join(top, path), key.text);
    chmodSync(join(top, path), 0o600);
  }
  return top;
}

/** What one rule says, as `path: message`. */
function said(rule: string, cwd: string, args: readonly string[] = [], env: Readonly<Record<string, string | undefined>> = {}): readonly string[] {
  return keylintJson(['--rule', 'no-key-reuse: off', ...args], { cwd, env }).findings.filter((finding) => finding.rule === rule).map(({ path, message }) => `${path}: ${String(message)}`);
}

describeWith(['git'], 'a work tree', () => {
  test('an untracked key is misplaced there unless git ignores it', () => {
    const top = keysAt(repository(), 'a.pem', 'ignored.pem', 'sub/b.pem', 'sub/ignored/c.pem', 'tracked.pem');
    write(join(top, '.gitignore'), 'ignored*\n');
    git(top, 'add', 'tracked.pem', '.gitignore');
    expect(said('no-misplaced-key', top).map((line) => line.split(':')[0])).toEqual(['a.pem', 'sub/b.pem']);
    expect(said('no-misplaced-key', top, ['--no-ignore']).map((line) => line.split(':')[0])).toEqual(['a.pem', 'sub/b.pem']);
    expect(said('no-misplaced-key', join(top, 'sub'), ['ignored/c.pem', 'b.pem']).map((line) => line.split(':')[0])).toEqual(['b.pem']);
  });

  test('a key in source code is about to be committed as well', () => {
    const top = repository();
    write(join(top, 'app.js'), `const key = ${JSON.stringify(key.text)};\n`);
    expect(said('no-misplaced-key', top)).toEqual([expect.stringMatching(/^app\.js: .* does not ignore it/)]);
  });

  test('asks git once for a thousand keys', () => {
    const top = keysAt(repository(), ...Array.from({ length: 300 }, (_, i) => `keys/k${i}`));
    const log = join(folder(), 'log');
    const bin = folder('bin');
    write(join(bin, 'git'), `#!/bin/sh\necho "$@" >> '${log}'\nexec '${spawn('sh', ['-c', 'command -v git']).stdout.trim()}' "$@"\n`);
    chmodSync(join(bin, 'git'), 0o755);
    expect(said('no-misplaced-key', top, [], { PATH: `${bin}:${process.env['PATH']}` })).toHaveLength(300);
    expect(spawn('grep', ['-c', 'check-ignore', log]).stdout).toBe('1\n');
  });
});

const tree = ['k.pem', 'sub/k.pem', 'sub/deep/k.pem', 'dist/k.pem', 'dist/deep/k.pem', 'certs/k.key', 'certs/public/k.key', 'lib/x.swp', 'lib/.k.swp', 'lib/k.orig', 'node_modules/dep/k.pem', '.npmrc', 'build/config.gypi', 'test/k.pem'];

describeWith(['npm'], 'an npm package', () => {
  const packages: readonly (readonly [string, Readonly<Record<string, unknown>>, Readonly<Record<string, string>>])[] = [
    ['without lists', {}, {}],
    ['with .gitignore', {}, { '.gitignore': 'certs/\n*.orig\n!sub/k.pem\nk.pem\n' }],
    ['with .npmignore, which takes the place of .gitignore', {}, { '.gitignore': '*.pem\n', '.npmignore': '/certs\nsub/deep\n' }],
    ['with lists in folders', {}, { 'sub/.npmignore': 'deep\n', 'dist/.gitignore': '*.pem\n!deep/k.pem\n', '.npmignore': '' }],
    ['with files', { files: ['dist', 'certs/*.key'] }, {}],
    ['with files, a list above and one below', { files: ['./dist/', 'sub/**'] }, { '.npmignore': 'dist\n', 'dist/.npmignore': 'deep\n' }],
    ['with files by name and left out', { files: ['k.pem', 'certs', '!certs/public'] }, {}],
    ['with an empty list of files and a main file', { files: [], main: 'sub/k.pem' }, {}],
    ['with everything', { files: ['*'] }, { '.gitignore': '*.pem\n' }],
  ];

  test.each(packages)('%s: what npm pack would take is told', (_, manifest, lists) => {
    const top = keysAt(folder(), ...tree);
    write(join(top, 'package.json'), JSON.stringify({ name: 'a', version: '1.0.0', ...manifest }));
    for (const [path, text] of Object.entries(lists)) write(join(top, path), text);
    const packed = JSON.parse(spawn('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: top }).stdout) as readonly { files: readonly { path: string }[] }[];
    const taken = packed[0]!.files.map(({ path }) => path).filter((path) => tree.includes(path)).sort();
    expect(said('no-misplaced-key', top, ['--rule', 'no-misplaced-key: [warn, {"places": ["npm"]}]']).map((line) => line.split(':')[0]).sort()).toEqual(taken);
  });

  test('a private one, and one without a version, is published by nobody', () => {
    for (const manifest of ['{"name":"a","version":"1.0.0","private":true}', '{"name":"a"}', '[]', '{']) {
      const top = keysAt(folder(), 'a.pem');
      write(join(top, 'package.json'), manifest);
      expect(said('no-misplaced-key', top)).toEqual([]);
    }
  });
});

describe('a Docker build context', () => {
  function taken(dockerignore: string | undefined, files: readonly string[] = tree.slice(0, 7), dockerfile = 'Dockerfile'): readonly string[] {
    const top = keysAt(folder(), ...files);
    write(join(top, dockerfile), 'FROM scratch\nCOPY . .\n');
    if (dockerignore !== undefined) write(join(top, '.dockerignore'), dockerignore);
    return said('no-misplaced-key', top, ['--rule', 'no-misplaced-key: [warn, {"places": ["docker"]}]']).map((line) => line.split(':')[0]!);
  }

  // docs.docker.com, Build context, .dockerignore files: patterns count from the root, the last that matches decides.
  test.each([
    [undefined, tree.slice(0, 7)],
    ['# keys\n\nk.pem\n', tree.slice(1, 7)],
    ['*.pem', tree.slice(1, 7)],
    ['*/k.pem', ['k.pem', ...tree.slice(2, 3), 'dist/deep/k.pem', 'certs/k.key', 'certs/public/k.key']],
    ['**/*.pem', ['certs/k.key', 'certs/public/k.key']],
    ['certs', tree.slice(0, 5)],
    [' /certs/ ', tree.slice(0, 5)],
    ['*\n!certs/public', ['certs/public/k.key']],
    ['*\n!sub/**\nsub/deep', ['sub/k.pem']],
    ['!k.pem\n*', []],
  ])('%j leaves out what Docker would', (dockerignore, expected) => {
    expect([...taken(dockerignore)].sort()).toEqual([...expected].sort());
  });

  test('is where a Dockerfile lies, whatever it is called', () => {
    for (const name of ['Dockerfile', 'Dockerfile.dev', 'api.Dockerfile', 'Containerfile']) expect(taken(undefined, ['a.pem'], name), name).toEqual(['a.pem']);
    for (const name of ['docker-compose.yml', 'Dockerfile-notes.md', 'Dockerfile.dockerignore']) expect(taken(undefined, ['a.pem'], name), name).toEqual([]);
  });

  test('a list of a Dockerfile\'s own goes before the one of the folder', () => {
    const top = keysAt(folder(), 'a.pem', 'b.pem');
    write(join(top, 'Dockerfile'), '');
    write(join(top, '.dockerignore'), 'a.pem\n');
    write(join(top, 'Dockerfile.dockerignore'), 'b.pem\n');
    expect(said('no-misplaced-key', top).map((line) => line.split(':')[0])).toEqual(['a.pem']);
  });
});

describe('links', () => {
  test('in a .ssh folder to a key elsewhere are followed, as ssh does, and nowhere else', () => {
    const home = keysAt(folder('home'), 'vault/id_a', '.ssh/id_b');
    symlinkSync('../vault/id_a', join(home, '.ssh/id_a'));
    symlinkSync('id_b', join(home, '.ssh/current'));
    symlinkSync('nowhere', join(home, '.ssh/dangling'));
    symlinkSync('circle', join(home, '.ssh/circle'));
    symlinkSync('/dev/zero', join(home, '.ssh/endless'));
    symlinkSync('../vault', join(home, '.ssh/folder'));
    mkdirSync(join(home, 'bin'));
    symlinkSync('../vault/id_a', join(home, 'bin/id_a'));
    const { keys, summary, status } = keylintJson(['.ssh', 'bin'], { cwd: home });
    expect(keys.map(({ path }) => path)).toEqual(['.ssh/id_a', '.ssh/id_b']);
    expect(summary.skipped.map(({ path, reason }) => `${path} ${reason}`)).toEqual(['.ssh/circle', '.ssh/current', '.ssh/dangling', '.ssh/endless', '.ssh/folder', 'bin/id_a'].map((path) => `${path} symbolic link`));
    expect(status).toBe(1);
    // The mode is that of the key, and so are the folders.
    chmodSync(join(home, 'vault/id_a'), 0o644);
    expect(said('private-key-permissions', home, ['.ssh'])).toEqual([expect.stringMatching(/^\.ssh\/id_a: .*mode 0644/)]);
    chmodSync(join(home, 'vault/id_a'), 0o600);
    chmodSync(join(home, 'vault'), 0o777);
    expect(said('private-key-permissions', home, ['.ssh'])).toEqual([expect.stringMatching(/^\.ssh\/id_a: .*others can write to .*\/vault \(mode 0777\)/)]);
    expect(said('no-linked-key', home, ['.ssh'])).toEqual([expect.stringContaining(`what lies at ${join(home, 'vault/id_a')} is the key`)]);
    // The whole home has the key at its own place.
    expect(keylintJson([], { cwd: home }).keys.map(({ path }) => path)).toEqual(['.ssh/id_b', 'vault/id_a']);
  });

  test('names of one file are told, and are no copies', () => {
    const top = keysAt(folder(), 'a.pem');
    linkSync(join(top, 'a.pem'), join(top, 'b.pem'));
    const { findings } = keylintJson([], { cwd: top });
    expect(findings.map(({ path, rule }) => `${path} ${rule}`)).toEqual(['a.pem no-linked-key', 'b.pem no-linked-key']);
    expect(findings[0]!['message']).toContain('the file has 2 names');
  });
});

describe('files of OpenSSH', () => {
  test('are judged though they hold no key', () => {
    const home = folder('home');
    for (const name of ['config', 'authorized_keys', 'known_hosts', 'rc', 'environment', 'notes']) {
      write(join(home, '.ssh', name), name === 'authorized_keys' ? '' : '# nothing\n');
      chmodSync(join(home, '.ssh', name), 0o666);
    }
    chmodSync(join(home, '.ssh'), 0o700);
    expect(said('ssh-file-permissions', home)).toEqual([
      '.ssh/authorized_keys: others can write to authorized_keys (mode 0666), and sshd ignores it',
      '.ssh/config: others can write to config (mode 0666), and ssh refuses to run with it',
      '.ssh/environment: others can write to environment (mode 0666), and what they write is set at each login',
      '.ssh/known_hosts: others can write to known_hosts (mode 0666), and they can have any server taken for a known one',
      '.ssh/rc: others can write to rc (mode 0666), and what they write is run at each login',
    ]);
    // Also from within, where no path says what folder this is.
    expect(said('ssh-file-permissions', join(home, '.ssh'))).toHaveLength(5);
    expect(keylint(['.ssh/config'], { cwd: home }).status).toBe(1);
  });
});

/** Only root can give files away. */
describe.skipIf(process.getuid?.() !== 0)('root over the homes of others', () => {
  test('each file is judged as its own user\'s ssh would', () => {
    const homes = folder('homes');
    for (const [i, name] of ['ann', 'bob'].entries()) {
      const uid = 40_001 + i;
      keysAt(homes, `${name}/.ssh/id_good`, `${name}/.ssh/id_open`, `${name}/.ssh/id_foreign`, `${name}/.ssh/id_root`);
      write(join(homes, name, '.ssh/authorized_keys'), '');
      write(join(homes, name, '.ssh/config'), '');
      for (const path of ['', '.ssh', '.ssh/id_good', '.ssh/id_open', '.ssh/authorized_keys']) chownSync(join(homes, name, path), uid, uid);
      chownSync(join(homes, name, '.ssh/id_foreign'), 40_009, 40_009);
      chownSync(join(homes, name, '.ssh/config'), 40_009, 40_009);
      chmodSync(join(homes, name, '.ssh/id_open'), 0o640);
      chmodSync(join(homes, name, '.ssh/id_root'), 0o644);
    }
    expect(said('private-key-permissions', homes).filter((line) => line.startsWith('bob'))).toEqual([
      expect.stringMatching(/^bob\/\.ssh\/id_foreign: .* belongs to user 40009/),
      expect.stringMatching(/^bob\/\.ssh\/id_open: .*\(mode 0640\), and ssh ignores it$/),
      expect.stringMatching(/^bob\/\.ssh\/id_root: .*\(mode 0644\), which belongs to root$/),
    ]);
    expect(said('private-key-permissions', homes)).toHaveLength(6);
    expect(said('ssh-file-permissions', homes)).toEqual([expect.stringMatching(/^ann\/\.ssh\/config: config belongs to user 40009/), expect.stringMatching(/^bob\/\.ssh\/config: config belongs to user 40009/)]);
    // A home that root owns, as users are locked into: the folder tells whose it is.
    chownSync(join(homes, 'ann'), 0, 0);
    expect(said('private-key-permissions', homes)).toHaveLength(6);
    // A folder that belongs to somebody else.
    chownSync(join(homes, 'bob/.ssh'), 40_009, 40_009);
    expect(said('private-key-permissions', homes, ['bob/.ssh/id_good'])).toEqual([expect.stringMatching(/\/bob\/\.ssh belongs to user 40009/)]);
    expect(said('ssh-file-permissions', homes, ['bob/.ssh/authorized_keys'])).toEqual([expect.stringMatching(/\/bob\/\.ssh belongs to user 40009, who can put another authorized_keys there/)]);
  });
});

describeWith(['setfacl', 'getfacl'], 'access control lists', () => {
  test('are told by who has them, whatever the files are called', () => {
    const names = ['plain', 'with space', 'with\nline', 'back\\slash', 'schlüssel', 'masked'];
    const top = keysAt(folder(), ...names);
    for (const name of names) {
      const { status, stderr } = spawn('setfacl', ['-m', 'u:33:rw,g:27:r', '--', name], { cwd: top });
      expect([status, stderr]).toEqual([0, '']);
    }
    spawn('setfacl', ['-m', 'm::r', 'masked'], { cwd: top });
    const messages = new Map(keylintJson(['--rule', 'no-key-reuse: off'], { cwd: top }).findings.map(({ path, message }) => [path, String(message)]));
    expect([...messages.keys()].sort()).toEqual([...names].sort());
    for (const [path, message] of messages) expect(message).toContain(path === 'masked' ? '(mode 0640; access control list: user 33 r--, group 27 r--)' : '(mode 0660; access control list: user 33 rw-, group 27 r--)');
    // What chmod leaves of them is nothing.
    for (const name of names) chmodSync(join(top, name), 0o600);
    expect(keylintJson(['--rule', 'no-key-reuse: off'], { cwd: top }).findings).toEqual([]);
  });

  test('are not asked about where there is no getfacl', () => {
    const top = keysAt(folder(), 'a');
    spawn('setfacl', ['-m', 'u:33:r', 'a'], { cwd: top });
    expect(said('private-key-permissions', top, [], { PATH: folder() })).toEqual([expect.stringContaining('(mode 0640)')]);
  });
});
