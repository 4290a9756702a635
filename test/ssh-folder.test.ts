import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import keylintPlugin from '../src/eslint.ts';
import { describeWith } from './tools.ts';
import { folder, git, keylint, keylintAsNobody, keylintJson, makeKey, repository, spawn, write, type JsonReport } from './program.ts';
import { publicKey } from './rules/ssh-text.ts';

/** A home folder with an empty `.ssh`. */
function makeHome(): { readonly home: string; readonly ssh: string; put(name: string, text: string, mode?: number): void; lint(...args: readonly string[]): ReturnType<typeof keylintJson> } {
  const home = folder('home');
  const ssh = join(home, '.ssh');
  chmodSync(home, 0o755);
  mkdirSync(ssh, { mode: 0o700 });
  const put = (name: string, text: string, mode = 0o600): void => {
    write(join(ssh, name), text);
    chmodSync(join(ssh, name), mode);
  };
  return { home, ssh, put, lint: (...args) => keylintJson(args.length > 0 ? args : ['.ssh'], { cwd: home, env: { HOME: home } }) };
}

const short = ({ findings }: JsonReport): readonly string[] => findings.map(({ path, line, severity, rule }) => `${path}:${line} ${severity} ${rule}`);
const keyPaths = ({ keys }: JsonReport): readonly string[] => keys.map(({ path }) => path);

describeWith(['ssh-keygen'], 'the SSH folder of somebody', () => {
  const keygen = (home: string, ...args: readonly string[]): void => {
    const { status, stderr } = spawn('ssh-keygen', ['-q', ...args], { cwd: home });
    if (status !== 0) throw new Error(stderr);
  };

  test('who takes care has nothing to hear', () => {
    const { home, ssh, put, lint } = makeHome();
    keygen(home, '-t', 'ed25519', '-a', '24', '-N', 'a passphrase', '-C', 'ann@laptop', '-f', '.ssh/id_ed25519');
    keygen(home, '-t', 'ed25519', '-N', '', '-f', 'authority');
    keygen(home, '-s', 'authority', '-I', 'ann', '-n', 'ann', '-V', '-1h:+12h', '.ssh/id_ed25519.pub');
    put('known_hosts', `web.example.org,192.0.2.7 ${publicKey(1)}\n[git.example.org]:2222 ${publicKey(2)} remark\n@cert-authority *.example.org ${publicKey(3)}\n`);
    keygen(home, '-H', '-f', join(ssh, 'known_hosts'));
    rmSync(join(ssh, 'known_hosts.old'));
    put('authorized_keys', `# people\n${publicKey(4)} bob@desk\nrestrict,command="/usr/bin/rrsync /srv" ${publicKey(5)} backup\nfrom="10.0.0.0/8",expiry-time="20990101" ${publicKey(6)}\n`);
    put('config', 'Host bastion\n  ForwardAgent yes\nHost vm\n  HostName 127.0.0.1\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\nHost *\n  IdentityFile ~/.ssh/id_ed25519\n  HashKnownHosts yes\n  KexAlgorithms -diffie-hellman-group14-sha1\n');
    const report = lint();
    expect(short(report)).toEqual([]);
    expect(report).toMatchObject({ status: 0, stderr: '' });
    expect(report.keys).toHaveLength(9 + 1);
  });

  test('each thing that is wrong, once', () => {
    const { home, ssh, put, lint } = makeHome();
    keygen(home, '-t', 'ed25519', '-N', 'a passphrase', '-f', '.ssh/id_ed25519');
    keygen(home, '-t', 'rsa', '-b', '2048', '-N', '', '-f', 'authority');
    keygen(home, '-s', 'authority', '-t', 'ssh-rsa', '-I', 'ann', '-n', 'ann', '.ssh/id_ed25519.pub');
    keygen(home, '-t', 'ed25519', '-N', '', '-f', '.ssh/gone');
    rmSync(join(ssh, 'gone'));
    keygen(home, '-t', 'ed25519', '-N', '', '-f', '.ssh/other');
    keygen(home, '-s', 'authority', '-I', 'ann', '-n', 'ann', '-V', '20200101:20210101', '.ssh/other.pub');
    keygen(home, '-p', '-P', '', '-N', 'a passphrase', '-f', '.ssh/other');
    const other = readFileSync(join(ssh, 'other.pub'), 'latin1').split(' ').slice(0, 2).join(' ');
    put('authorized_keys', `${publicKey(1)}\nrestrict ${publicKey(1)}\ncommand="x" ${publicKey(2)}\n${publicKey(3).slice(0, -5)}\nno-ptty ${publicKey(3)}\nexpiry-time="20200101" ${publicKey(4)}\n${publicKey(5)}\n`);
    put('known_hosts', `web ${publicKey(6)}\nweb ${publicKey(7)}\ndb ${publicKey(6)}\ndb ${publicKey(6)}\n@revoked * ${publicKey(5)}\nown ${other}\nlost ssh-ed25519\n`);
    put('config', 'Host old\n HostKeyAlgorithms +ssh-rsa\n IdentityFile ~/.ssh/nowhere\nHost test\n StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\nHost *\n ForwardAgent yes\n');
    expect(short(lint())).toEqual([
      '.ssh/authorized_keys:2 warn no-duplicate-entry',
      '.ssh/authorized_keys:3 warn no-risky-authorized-key-option',
      '.ssh/authorized_keys:4 warn no-unreadable-line',
      '.ssh/authorized_keys:5 warn no-unreadable-line',
      '.ssh/authorized_keys:6 warn no-expired-key',
      '.ssh/authorized_keys:7 error no-revoked-key',
      '.ssh/config:2 warn no-weak-ssh-algorithm',
      '.ssh/config:3 warn no-missing-identity-file',
      '.ssh/config:5 warn require-host-key-check',
      '.ssh/config:8 warn no-global-agent-forwarding',
      '.ssh/gone.pub:1 warn no-lone-key-half',
      '.ssh/id_ed25519-cert.pub:1 warn max-certificate-lifetime',
      '.ssh/id_ed25519-cert.pub:1 error no-weak-certificate-authority',
      '.ssh/known_hosts:2 warn no-conflicting-host-keys',
      '.ssh/known_hosts:4 warn no-duplicate-entry',
      '.ssh/known_hosts:7 warn no-unreadable-line',
      '.ssh/other:1 warn no-shared-user-host-key',
      '.ssh/other-cert.pub:1 warn no-expired-key',
    ]);
  });

  test('a certificate beside a key that it was not issued for', () => {
    const { home, ssh, lint } = makeHome();
    keygen(home, '-t', 'ed25519', '-N', 'a passphrase', '-f', '.ssh/id');
    keygen(home, '-t', 'ed25519', '-N', '', '-f', 'another');
    keygen(home, '-t', 'ed25519', '-N', '', '-f', 'authority');
    keygen(home, '-s', 'authority', '-I', 'ann', '-n', 'ann', '-V', '+1d', 'another.pub');
    writeFileSync(join(ssh, 'id-cert.pub'), readFileSync(join(home, 'another-cert.pub')));
    expect(short(lint())).toEqual(['.ssh/id-cert.pub:1 error key-pair-mismatch']);
  });

  test('host keys: no passphrase, nothing open, no key of a user', () => {
    const { home } = makeHome();
    const etc = join(home, 'etc/ssh');
    mkdirSync(etc, { recursive: true });
    for (const [name, passphrase] of [['ed25519', ''], ['rsa', ''], ['ecdsa', 'secret']] as const) keygen(home, '-t', name, '-N', passphrase, '-f', join(etc, `ssh_host_${name}_key`));
    chmodSync(join(etc, 'ssh_host_rsa_key'), 0o640);
    write(join(home, '.ssh/authorized_keys'), readFileSync(join(etc, 'ssh_host_ed25519_key.pub')));
    chmodSync(join(home, '.ssh/authorized_keys'), 0o600);
    expect(short(keylintJson(['etc', '.ssh'], { cwd: home, env: { HOME: home } }))).toEqual([
      '.ssh/authorized_keys:1 warn no-shared-user-host-key',
      'etc/ssh/ssh_host_ecdsa_key:1 warn no-passphrase-on-host-key',
      'etc/ssh/ssh_host_rsa_key:1 error private-key-permissions',
    ]);
  });

  test('age is judged where a policy asks for it', () => {
    const { home, ssh, lint } = makeHome();
    keygen(home, '-t', 'ed25519', '-N', 'a passphrase', '-f', '.ssh/id');
    utimesSync(join(ssh, 'id'), new Date(), new Date(Date.now() - 800 * 86_400_000));
    expect(short(lint())).toEqual([]);
    expect(short(lint('--rule', 'max-key-age: warn', '.ssh'))).toEqual(['.ssh/id:1 warn max-key-age']);
    expect(short(lint('--rule', 'max-key-age: [warn, {"days": 900}]', '.ssh'))).toEqual([]);
  });
});

describe('files that a config names', () => {
  const key = makeKey();

  test('a key elsewhere is read and judged where it lies', () => {
    const { home, put, lint } = makeHome();
    write(join(home, 'keys/deploy'), key.text);
    chmodSync(join(home, 'keys/deploy'), 0o644);
    for (const name of ['~/keys/deploy', '%d/keys/deploy', '"~/keys/deploy"', join(home, 'keys/deploy')]) {
      put('config', `Host web\n  IdentityFile ${name}\n`);
      const report = lint();
      expect(keyPaths(report)).toEqual(['keys/deploy']);
      expect(short(report)).toEqual(['keys/deploy:1 error private-key-permissions']);
      expect(short(lint('.ssh/config'))).toEqual(['keys/deploy:1 error private-key-permissions']);
    }
  });

  test('with what lies beside it', () => {
    const { home, put, lint } = makeHome();
    write(join(home, 'keys/deploy'), key.text);
    chmodSync(join(home, 'keys/deploy'), 0o600);
    write(join(home, 'keys/deploy.pub'), `${publicKey(1)}\n`);
    write(join(home, 'keys/other.pub'), `${publicKey(2)}\n`);
    put('config', 'IdentityFile ~/keys/deploy\n');
    const report = lint();
    expect(keyPaths(report)).toEqual(['keys/deploy', 'keys/deploy.pub']);
    expect(short(report)).toEqual(['keys/deploy.pub:1 error key-pair-mismatch']);
  });

  test('one that was read already is not read again, under whatever name', () => {
    const { home, ssh, put, lint } = makeHome();
    put('id', key.text);
    symlinkSync(ssh, join(home, 'linked'));
    put('config', 'IdentityFile ~/.ssh/id\nIdentityFile ~/linked/id\nIdentityFile ~/.ssh/../.ssh/id\n');
    expect(keyPaths(lint())).toEqual(['.ssh/id']);
    expect(keyPaths(lint('linked/'))).toEqual(['linked/id']);
  });

  test('names that stand for nothing, and such as nobody can tell', () => {
    const { put, lint } = makeHome();
    put('agent.pub', `${publicKey(1)}\n`);
    put('config', ['~/.ssh/nowhere', '~/.ssh/agent', '~/.ssh/agent.pub', '~/.ssh', 'none', '~/.ssh/%h', '${HOME}/.ssh/x', '~somebody/x', 'relative', '~/.ssh/50%%'].map((name) => `IdentityFile ${name}\n`).join(''));
    expect(short(lint())).toEqual(['.ssh/config:1 warn no-missing-identity-file', '.ssh/config:10 warn no-missing-identity-file']);
  });

  test('included configs, and what they name', () => {
    const { home, put, lint } = makeHome();
    write(join(home, 'keys/work'), key.text);
    chmodSync(join(home, 'keys/work'), 0o600);
    put('config', 'Include config.d/* ~/.ssh/more nothing/*.conf\nInclude config\n');
    put('config.d/10-work', 'Host work\n  IdentityFile ~/keys/work\n  Include ../more\n');
    put('config.d/.hidden', 'ForwardAgent yes\n');
    put('config.d/20-old', 'Ciphers 3des-cbc\n');
    put('more', 'Host more\n  IdentityFile ~/.ssh/nowhere\n');
    const report = lint('.ssh/config');
    expect(short(report)).toEqual(['.ssh/config.d/20-old:1 warn no-weak-ssh-algorithm', '.ssh/more:2 warn no-missing-identity-file']);
    expect(keyPaths(report)).toEqual(['keys/work']);
    expect(short(lint())).toEqual(short(report));
  });

  test('lists of hosts under other names', () => {
    const { put, lint } = makeHome();
    put('config', 'UserKnownHostsFile ~/.ssh/known_hosts ~/.ssh/hosts_of_work\n');
    put('known_hosts', `a ${publicKey(1)}\n`);
    put('hosts_of_work', `a ${publicKey(1)}\na ${publicKey(2)}\nbroken ssh-ed25519\n`);
    const report = lint();
    expect(short(report)).toEqual(['.ssh/hosts_of_work:2 warn no-conflicting-host-keys', '.ssh/hosts_of_work:3 warn no-unreadable-line']);
    expect(keyPaths(report)).toEqual(['.ssh/hosts_of_work', '.ssh/hosts_of_work', '.ssh/known_hosts']);
    expect(report.keys.every(({ knownHost }) => knownHost !== undefined)).toBe(true);
  });

  test('those of a config that ssh does not read where it lies are left alone', () => {
    const top = repository();
    write(join(top, 'dotfiles/.ssh/config'), 'IdentityFile ~/.ssh/nowhere\nIdentityFile ~/key\nForwardAgent yes\n');
    write(join(top, 'dotfiles/key'), key.text);
    write(join(top, '.gitignore'), 'key\n');
    git(top, 'add', '.');
    for (const args of [['.'], ['--staged']]) {
      const report = keylintJson(args, { cwd: top });
      expect(short(report)).toEqual(['dotfiles/.ssh/config:3 warn no-global-agent-forwarding']);
      expect(report.keys).toEqual([]);
    }
    // A home folder may be a work tree itself.
    const { home, put, lint } = makeHome();
    git(home, 'init', '-q');
    put('config', 'IdentityFile ~/.ssh/nowhere\n');
    expect(short(lint())).toEqual(['.ssh/config:1 warn no-missing-identity-file']);
  });

  test.skipIf(!keylintAsNobody)('what may not be read was not asked for: it is skipped, and the run does not fail', () => {
    const { home, put } = makeHome();
    write(join(home, 'keys/secret'), key.text);
    put('config', 'IdentityFile ~/keys/secret\n', 0o644);
    chmodSync(join(home, '.ssh'), 0o755);
    chmodSync(join(home, 'keys/secret'), 0);
    const { status, stdout } = keylintAsNobody!(['-f', 'json', '.ssh'], { cwd: home, env: { HOME: home } });
    const report = JSON.parse(stdout) as JsonReport;
    expect(report.summary.skipped).toEqual([{ path: 'keys/secret', reason: 'permission denied' }]);
    expect(report.keys).toEqual([]);
    expect(status).toBe(0);
  });

  test('nor what the policy leaves out', () => {
    const { home, put, lint } = makeHome();
    write(join(home, 'keys/deploy'), key.text);
    put('config', 'IdentityFile ~/keys/deploy\n');
    write(join(home, 'keylint.config.json'), '{ "ignores": ["keys/**"] }');
    const report = lint('-c', 'keylint.config.json', '.ssh');
    expect(report.keys).toEqual([]);
    expect(report.summary.skipped).toEqual([{ path: 'keys/deploy', reason: 'ignored by policy' }]);
  });

  test('an endless device and a pipe are no files', () => {
    const { home, put, lint } = makeHome();
    spawn('mkfifo', [join(home, 'pipe')]);
    put('config', 'IdentityFile /dev/zero\nIdentityFile ~/pipe\nInclude /dev/zero\nUserKnownHostsFile ~/pipe\n');
    expect(lint()).toMatchObject({ status: 0, keys: [], findings: [] });
  });

  test.skipIf(!existsSync('/etc/ssh/ssh_config'))('the config of this machine', () => {
    const report = keylintJson(['/etc/ssh/ssh_config']);
    expect(report.status).not.toBe(2);
    expect(report.findings.filter(({ rule }) => rule === 'no-unreadable-line')).toEqual([]);
  });
});

describe('however such a file comes', () => {
  const list = `${publicKey(1)}\nnonsense here\n${publicKey(1)}\n`;
  const expected = ['authorized_keys:2 warn no-unreadable-line', 'authorized_keys:3 warn no-duplicate-entry'];

  test('by its name, from a folder, in threads, through a pipe, about to be committed', () => {
    const top = repository();
    write(join(top, 'authorized_keys'), list);
    git(top, 'add', '.');
    const runs = [['authorized_keys'], ['.'], ['--jobs', '3', '.'], ['--no-ignore', '.'], ['--staged'], ['--staged', 'authorized_keys']];
    for (const args of runs) expect(short(keylintJson(args, { cwd: top })), args.join(' ')).toEqual(expected);
    expect(short(keylintJson(['--stdin', '--stdin-filename', 'authorized_keys'], { cwd: top, input: list }))).toEqual(expected);
    expect(short(keylintJson(['--stdin'], { cwd: top, input: list }))).toEqual([]);
    write(join(top, 'keylint.config.json'), '{ "ignores": ["authorized_keys"] }');
    for (const args of [['.'], ['--staged']]) expect(short(keylintJson(args, { cwd: top }))).toEqual([]);
  });

  test('in an archive', () => {
    const here = folder('archive');
    write(join(here, 'in/.ssh/authorized_keys'), list);
    write(join(here, 'in/.ssh/config'), 'ForwardAgent yes\nIdentityFile ~/.ssh/nowhere\n');
    spawn('tar', ['-cf', 'home.tar', '-C', 'in', '.ssh'], { cwd: here });
    expect(short(keylintJson(['--archives', 'home.tar'], { cwd: here })).map((line) => line.replace(/^home\.tar!\/\.ssh\//, '')).sort()).toEqual([...expected, 'config:1 warn no-global-agent-forwarding']);
  });

  test('longer than what is read at once', () => {
    const here = folder('long');
    const count = 25_000;
    const text = Array.from({ length: count }, (_, i) => `host${i}.example.org,192.0.${i >> 8}.${i & 255} ${publicKey(i & 255)} ${i}\n`).join('');
    expect(text.length).toBeGreaterThan(2 * (1 << 20));
    write(join(here, 'known_hosts'), `${text}lost ssh-ed25519\nhost0.example.org ${publicKey(1)}\n`);
    const report = keylintJson(['known_hosts'], { cwd: here });
    expect(report.keys).toHaveLength(count + 1);
    expect(report.keys.every(({ knownHost }, i) => i === count || (knownHost as { hosts: string[] }).hosts[0] === `host${i}.example.org`)).toBe(true);
    expect(short(report)).toEqual([`known_hosts:${count + 1} warn no-unreadable-line`, `known_hosts:${count + 2} warn no-conflicting-host-keys`]);
  });

  test('too long to be read line by line: said, and looked through for keys', () => {
    const here = folder('longer');
    write(join(here, 'authorized_keys'), Buffer.concat([Buffer.from(list), Buffer.alloc((1 << 26) + 1, '#\n')]));
    const report = keylintJson(['authorized_keys'], { cwd: here });
    expect(report.keys).toHaveLength(2);
    expect(report.summary.skipped).toEqual([{ path: 'authorized_keys', reason: 'too large to be read line by line' }]);
    expect(short(report)).toEqual([]);
  });

  test('with nothing in it, or nothing but remarks', () => {
    const { put, lint } = makeHome();
    for (const name of ['authorized_keys', 'known_hosts', 'config']) put(name, name === 'config' ? '' : '# nobody\n');
    expect(lint()).toMatchObject({ status: 0, keys: [], findings: [] });
  });

  test('every report can speak of a line without a key', () => {
    const here = folder('reports');
    write(join(here, 'authorized_keys'), list);
    const [stylish, sarif, github] = ['stylish', 'sarif', 'github'].map((format) => keylint(['-f', format, 'authorized_keys'], { cwd: here }).stdout) as [string, string, string];
    expect(stylish).toMatch(/^authorized_keys:2:1 {2}warn {2}line 2: there is no key in it; .* {2}no-unreadable-line\n {4}fix: mend the line/);
    expect(github).toContain('::warning file=authorized_keys,line=2,endLine=2,col=1,endColumn=14,title=no-unreadable-line::line 2');
    const [result] = (JSON.parse(sarif) as { runs: { results: { ruleId: string; locations: { physicalLocation: { region: object } }[] }[] }[] }).runs[0]!.results;
    expect(result).toMatchObject({ ruleId: 'no-unreadable-line', locations: [{ physicalLocation: { region: { startLine: 2, startColumn: 1, endLine: 2, endColumn: 14 } } }] });
  });

  test('in ESLint', async () => {
    const here = realpathSync(folder('eslint'));
    write(join(here, 'authorized_keys'), list);
    const eslint = new ESLint({ cwd: here, overrideConfigFile: true, overrideConfig: keylintPlugin.configs.recommended });
    const [result] = await eslint.lintFiles(['authorized_keys']);
    expect(result!.messages.map(({ line, column, endColumn, ruleId }) => [line, column, endColumn, ruleId])).toEqual([[2, 1, 14, 'keylint/no-unreadable-line'], [3, 1, 81, 'keylint/no-duplicate-entry']]);
  });
});
