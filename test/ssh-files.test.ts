import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { examine } from '../src/detect.ts';
import type { Directive, FileLine, Key, LineFormat } from '../src/key.ts';
import { lineFormatOf } from '../src/place.ts';
import { readLines } from '../src/ssh-files/index.ts';
import { readSshConfig } from '../src/ssh-files/ssh-config.ts';
import { publicKey } from './rules/ssh-text.ts';
import { attempt, describeWith, hasTool, run, scratch, toolPath } from './tools.ts';

const folder = scratch();
const read = (format: LineFormat, text: string | Buffer): { readonly keys: readonly Key[]; readonly lines: readonly FileLine[] } => {
  const { keys, lines = [] } = examine({ path: 'some', readAs: format, bytes: Buffer.from(text), facts: () => ({ origin: 'file' }) });
  return { keys, lines };
};
const made: Record<string, string> = {};
/** A key pair of ssh-keygen; gives the path. */
const keygen = (name: string, ...args: readonly string[]): string => made[name] ??= (() => {
  const path = join(folder, name);
  run('ssh-keygen', ['-q', '-N', '', '-C', 'me@there', ...args, '-f', path]);
  return path;
})();
/** `TYPE BASE64` */
const half = (path: string): string => readFileSync(`${path}.pub`, 'latin1').split(' ').slice(0, 2).join(' ');

describe('which files are read line by line', () => {
  test.each([
    ['/home/me/.ssh/authorized_keys', 'authorized_keys'], ['authorized_keys2', 'authorized_keys'], ['/etc/ssh/authorized_keys/ann', 'authorized_keys'], ['authorized_keys.d/ann', 'authorized_keys'],
    ['C:\\Users\\me\\.ssh\\known_hosts', 'known_hosts'], ['/etc/ssh/ssh_known_hosts', 'known_hosts'],
    ['/home/me/.ssh/config', 'ssh_config'], ['.ssh/config', 'ssh_config'], ['/etc/ssh/ssh_config', 'ssh_config'],
    ['config', undefined], ['/work/config', undefined], ['/work/not.ssh/config', undefined], ['/etc/ssh/sshd_config', undefined], ['authorized_keys.js', undefined], ['my_authorized_keys', undefined], ['/x/my_authorized_keys/ann', undefined], ['', undefined],
  ])('%s: %s', (path, format) => {
    expect(lineFormatOf(path)).toBe(format);
  });
});

describe('authorized_keys', () => {
  const [key, other] = [publicKey(1), publicKey(2)];

  test('options ride on the key of their line, what they say in secret does not', () => {
    const { keys, lines } = read('authorized_keys', [
      '# remarks', `# ${other}`, key,
      `Restrict,FROM="10.0.0.0/8,!10.0.0.1,*.example.org",command="curl -H \\"Token: s3cret\\" x, y",environment="TOKEN=s3cret" ${key} a comment`,
      `\tcert-authority,principals="ann,bob"\t${other}`,
    ].join('\n'));
    expect(keys.map(({ line, authorized, comment }) => [line, authorized, comment])).toEqual([
      [2, undefined, undefined],
      [3, { options: [] }, undefined],
      [4, { options: [{ name: 'restrict' }, { name: 'from', value: '10.0.0.0/8,!10.0.0.1,*.example.org' }, { name: 'command' }, { name: 'environment', value: 'TOKEN' }] }, 'a comment'],
      [5, { options: [{ name: 'cert-authority' }, { name: 'principals', value: 'ann,bob' }] }, undefined],
    ]);
    expect(lines).toEqual([]);
    expect(JSON.stringify(keys)).not.toContain('s3cret');
  });

  test.each([
    ['UTF-16', Buffer.from(`\ufeff${key}\n`, 'utf16le'), 'the file is written in UTF-16'],
    ['bytes', Buffer.from([1, 0, 2, 0x0a]), 'the file is no text'],
    ['a byte order mark', `\ufeff${key}\n`, 'a byte order mark stands before it'],
    ['PEM', '-----BEGIN PUBLIC KEY-----\n', 'a key in the format of another program'],
    ['a line that was wrapped', `${key.slice(0, 40)}\n`, 'the key is damaged or cut off'],
    ['the rest of it', `${key.slice(40)}\n`, 'there is no key in it'],
    ['no type', `${key.split(' ')[1]} me\n`, 'the type of the key is missing before it'],
    ['a type alone', 'ssh-rsa\n', 'there is no key behind its type'],
    ['another type than that of the key', `ssh-rsa ${key.split(' ')[1]}\n`, 'it says ssh-rsa, and the key is of type ssh-ed25519'],
    ['a type of others', 'ssh-ed448 AAAA me\n', 'OpenSSH knows no keys of type ssh-ed448'],
    ['a type of others behind options', 'no-pty x509v3-ssh-rsa AAAA\n', 'OpenSSH knows no keys of type x509v3-ssh-rsa'],
  ])('%s', (_, text, defect) => {
    expect(read('authorized_keys', text).lines).toMatchObject([{ line: 1, defect }]);
  });
});

/** sshd in inetd mode at the end of a pipe: it serves one client and ends, so that nothing listens anywhere. */
describeWith(['ssh', 'sshd', 'ssh-keygen'], 'sshd lets in by a line exactly where keylint reads an entry', () => {
  const sshd = toolPath('sshd')!;
  const list = join(folder, 'authorized');
  const id = hasTool('ssh-keygen') ? keygen('user', '-t', 'ed25519') : '';
  const host = hasTool('ssh-keygen') ? keygen('host', '-t', 'ed25519') : '';
  const config = join(folder, 'sshd_config');
  writeFileSync(config, [`HostKey ${host}`, `AuthorizedKeysFile ${list}`, 'StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PermitRootLogin yes', 'PermitUserEnvironment yes'].join('\n'));
  // As root it wants its empty folder (sshd(8), FILES), which a package makes when the service starts.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const isLetIn = (text: string | Buffer): boolean => {
    writeFileSync(list, text);
    const { status, stderr } = attempt('ssh', [
      '-F', 'none', '-T', '-o', 'BatchMode=yes', '-o', `ProxyCommand=${sshd} -i -f ${config} -E /dev/null`, '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'LogLevel=ERROR',
      '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=none', '-o', 'ConnectTimeout=60', '-i', id, 'localhost', 'true',
    ], { timeout: 120_000 });
    if (status !== 0 && !/Permission denied \(publickey/.test(stderr)) throw new Error(stderr);
    return status === 0;
  };
  const key = id === '' ? '' : half(id);
  const isEntry = (text: string | Buffer): boolean => read('authorized_keys', text).keys.some(({ authorized }) => authorized && !authorized.options.some(({ name }) => name === 'cert-authority'));

  const lines: readonly (readonly [what: string, line: string, isGood: boolean])[] = [
    ['a key', key, true], ['a comment', `${key} me, the "first"`, true], ['blanks around', ` \t${key}  `, true], ['tabs', key.replace(' ', '\t \t'), true],
    ['an end of Windows', `${key}\r`, true], ['a remark', `#${key}`, false],
    ['every flag', `restrict,pty,port-forwarding,agent-forwarding,x11-forwarding,user-rc,touch-required,no-pty,No-X11-Forwarding,no-verify-required ${key}`, true],
    ['a command', `command="true" ${key}`, true], ['quotes in it', `command="echo \\"a b\\"; true" ${key}`, true], ['a comma and blanks in it', `command="true a, b",no-pty ${key}`, true],
    ['an environment', `environment="A=1",environment="B=a b" ${key}`, true], ['places to forward to', `permitopen="127.0.0.1:80",permitopen="[::1]:*",permitlisten="8080",permitlisten="localhost:*" ${key}`, true],
    ['a time to come', `expiry-time="20990101" ${key}`, true], ['one to the second', `expiry-time="20990101123059Z" ${key}`, true], ['a tunnel', `tunnel="0" ${key}`, true],
    ['an unknown option', `nopty ${key}`, false], ['one with a tail', `restricted ${key}`, false], ['one without a name', `="x" ${key}`, false], ['a no- that is none', `no-restrict ${key}`, false],
    ['a value without quotes', `command=true ${key}`, false], ['a flag with a value', `no-pty="x" ${key}`, false], ['a setting without a value', `command ${key}`, false],
    ['a quote that is not closed', `command="true ${key}`, false], ['a backslash before the last quote', `command="true\\" ${key}`, false], ['two commands', `command="a",command="b" ${key}`, false],
    ['two froms', `from="*",from="*" ${key}`, false], ['a comma at the end', `no-pty, ${key}`, true], ['a blank between options', `no-pty, no-user-rc ${key}`, false], ['empty options', `,no-pty,,restrict ${key}`, true],
    ['a bad time', `expiry-time="2099" ${key}`, false], ['a month that is none', `expiry-time="20991301" ${key}`, false], ['a bad variable', `environment="A B=1" ${key}`, false], ['a variable without a value', `environment="A" ${key}`, false],
    ['a place without a port', `permitopen="127.0.0.1" ${key}`, false], ['a tunnel that is none', `tunnel="x" ${key}`, false], ['principals without an authority', `principals="root" ${key}`, false],
    ['an authority', `cert-authority ${key}`, false], ['another type', key.replace('ssh-ed25519 ', 'ssh-rsa '), false], ['no type', key.split(' ')[1] ?? '', false], ['the key cut off', key.slice(0, -10), false],
    ['signs inside it', key.replace(/(.{40})/, '$1*'), false], ['padding that is missing', key.replace(/=*$/, '').slice(0, -1), false], ['words before it', `please take ${key}`, false], ['a marker', `@cert-authority * ${key}`, false],
  ];

  test.each(lines)('%s', (_, line, isGood) => {
    expect(isEntry(`${line}\n`)).toBe(isGood);
    expect(isLetIn(`${line}\n`)).toBe(isGood);
    // What is no entry and no remark is said to be none.
    const isSaid = !isGood && !line.startsWith('#') && !line.startsWith('cert-authority');
    expect(read('authorized_keys', `${line}\n`).lines.length).toBe(isSaid ? 1 : 0);
  });

  test('a file of which one line is good', () => {
    const others = lines.filter(([, , isGood]) => !isGood).map(([, line]) => line);
    const { keys } = read('authorized_keys', [...others, key].join('\n'));
    expect(keys.filter(({ authorized }) => authorized && !authorized.options.some(({ name }) => name === 'cert-authority')).map(({ line }) => line)).toEqual([others.length + 1]);
    expect(isLetIn([...others, key].join('\n'))).toBe(true);
    expect(isLetIn(others.join('\n'))).toBe(false);
  });

  test('the first entry for a key is the one that counts, in a file without a line break at its end', () => {
    expect(isLetIn(`expiry-time="20990101" ${key}\nexpiry-time="20200101" ${key}`)).toBe(true);
    writeFileSync(list, '');
    expect(isLetIn(Buffer.from(`\ufeff${key}\n`, 'utf16le'))).toBe(false);
    expect(isLetIn(`\ufeff${key}\n`)).toBe(false);
  });

  test('a certificate is no key to log in with', () => {
    run('ssh-keygen', ['-q', '-s', host, '-I', 'id', '-n', 'root', `${id}.pub`]);
    const certificate = readFileSync(`${id}-cert.pub`, 'latin1');
    run('rm', [`${id}-cert.pub`]);
    expect(read('authorized_keys', certificate)).toMatchObject({ keys: [{ kind: 'certificate' }], lines: [{ defect: expect.stringContaining('sshd looks for no certificates here') as string }] });
    expect(isLetIn(certificate)).toBe(false);
  });
});

describeWith(['ssh-keygen'], 'known_hosts', () => {
  const file = join(folder, 'known');
  const keys = ['ed25519', 'ecdsa', 'rsa'].map((type) => half(keygen(`known-${type}`, '-t', type)));
  const [key = ''] = keys;
  const fingerprint = (i: number): string => run('ssh-keygen', ['-lf', `${keygen(`known-${['ed25519', 'ecdsa', 'rsa'][i]!}`)}.pub`]).split(' ')[1]!;

  /** What ssh-keygen finds of a host: `LINE FINGERPRINT`. */
  const foundBy = (host: string): readonly string[] => {
    const { stdout } = attempt('ssh-keygen', ['-l', '-F', host, '-f', file]);
    return [...stdout.matchAll(/^# Host .* found: line (\d+).*\n.*?(SHA256:\S+)/gm)].map(([, line, name]) => `${line} ${name}`);
  };
  const entries = (text: string, host: string): readonly string[] => read('known_hosts', text).keys.flatMap(({ line, knownHost, fingerprint: name }) => (knownHost?.hosts.includes(host) ? [`${line} ${name}`] : []));

  test('hosts, markers and comments', () => {
    const { keys: found, lines } = read('known_hosts', `# remarks\n\na,192.0.2.1 ${key} in B7\n@cert-authority *.example.org,!b.example.org ${keys[1]}\n@revoked\t*  ${keys[2]}\n[c]:2222 ${key}\n`);
    expect(found.map(({ line, knownHost, fingerprint: name }) => [line, knownHost, name])).toEqual([
      [3, { hosts: ['a', '192.0.2.1'] }, fingerprint(0)],
      [4, { marker: 'cert-authority', hosts: ['*.example.org', '!b.example.org'] }, fingerprint(1)],
      [5, { marker: 'revoked', hosts: ['*'] }, fingerprint(2)],
      [6, { hosts: ['[c]:2222'] }, fingerprint(0)],
    ]);
    expect(lines).toEqual([]);
  });

  test.each([
    ['a key', `host ${key}`], ['more hosts', `other,host,third ${key}`], ['blanks', `  host \t ${key}  remark`], ['an end of Windows', `host ${key}\r`], ['another key', `host ${keys[1]}`],
    ['no key', 'host'], ['no blob', 'host ssh-ed25519'], ['a remark for a blob', 'host ssh-ed25519 # later'], ['a key cut off', `host ${key.slice(0, -9)}`], ['another type', `host ${key.replace('ssh-ed25519 ', 'ssh-rsa ')}`],
    ['an unknown type', 'host ssh-x AAAA'], ['a remark', `# host ${key}`], ['a key of protocol 1', 'host 2048 65537 2559'], ['an unknown marker', `@trusted host ${key}`], ['two markers', `@revoked @cert-authority host ${key}`], ['a marker alone', '@revoked'],
  ])('%s: an entry exactly where ssh-keygen finds one', (_, line) => {
    const text = `first ${key}\n${line}\nlast ${key}\n`;
    writeFileSync(file, text);
    expect(entries(text, 'host')).toEqual(foundBy('host'));
    expect(entries(text, 'last')).toEqual(foundBy('last'));
    const { lines } = read('known_hosts', text);
    expect(lines.map(({ line: at }) => at)).toEqual(entries(text, 'host').length === 0 && !line.startsWith('#') ? [2] : []);
  });

  test('hashed by ssh-keygen -H, and names removed by -R', () => {
    const text = `a.example.org ${key}\nb.example.org,192.0.2.7 ${keys[1]}\n@cert-authority *.example.com ${keys[2]}\n`;
    writeFileSync(file, text);
    run('ssh-keygen', ['-q', '-H', '-f', file]);
    const hashed = readFileSync(file, 'latin1');
    const { keys: found, lines } = read('known_hosts', hashed);
    expect(lines).toEqual([]);
    expect(found.filter(({ knownHost }) => knownHost?.isHashed).map(({ line, fingerprint: name }) => `${line} ${name}`)).toEqual([...foundBy('a.example.org'), ...foundBy('b.example.org'), ...foundBy('192.0.2.7')]);
    expect(found.filter(({ knownHost }) => !knownHost?.isHashed).map(({ knownHost }) => knownHost)).toEqual([{ marker: 'cert-authority', hosts: ['*.example.com'] }]);
    expect(found.every(({ knownHost }) => !knownHost?.isHashed || /^\|1\|[\w+/]{27}=\|[\w+/]{27}=$/.test(knownHost.hosts[0]!))).toBe(true);
    run('ssh-keygen', ['-R', 'b.example.org', '-f', file]);
    expect(read('known_hosts', readFileSync(file)).keys).toHaveLength(found.length - 1);
    expect(read('known_hosts', hashed.replace(/^(\|1\|.{10})./, '$1')).lines).toMatchObject([{ line: 1, defect: 'the hash of the host is damaged' }]);
  });
});

const directives = (text: string | Buffer): readonly Directive[] => readSshConfig(Buffer.from(text)).lines.flatMap(({ directive }) => directive ?? []);

describe('ssh_config', () => {
  test('directives with their blocks; what commands say is left out', () => {
    const { lines } = readSshConfig(Buffer.from('User=me\n\n# Host x\nHost a "b c" !d\n\tIdentityFile ~/.ssh/id # mine\n  ProxyCommand ssh -W %h:%p secret\nMatch host e exec "test s3cret" user me\n SETENV TOKEN=s3cret\n'));
    const block = { line: 4, keyword: 'host', patterns: ['a', 'b c', '!d'] };
    expect(lines.map(({ line, column, endColumn, directive }) => [line, column, endColumn, directive])).toEqual([
      [1, 1, 8, { keyword: 'user', values: ['me'] }],
      [4, 1, 16, { keyword: 'host', values: ['a', 'b c', '!d'], block }],
      [5, 2, 31, { keyword: 'identityfile', values: ['~/.ssh/id'], block }],
      [6, 3, 35, { keyword: 'proxycommand', values: [], block }],
      [7, 1, 40, expect.objectContaining({ keyword: 'match', block: expect.objectContaining({ line: 7, keyword: 'match' }) as object })],
      [8, 2, 21, { keyword: 'setenv', values: [], block: expect.objectContaining({ line: 7 }) as object }],
    ]);
  });

  test('a line that cannot be read hides no other', () => {
    const { lines } = readSshConfig(Buffer.from('Host a\nUser\nHost\n  IdentityFile "x\n  User me\n'));
    expect(lines.map(({ line, endLine, defect }) => [line, endLine, defect])).toEqual([[1, 1, undefined], [2, 3, 'a keyword without a value'], [4, 4, 'a quote is not closed'], [5, 5, undefined]]);
    expect(readSshConfig(Buffer.from('\ufeffHost a\n', 'utf16le')).lines).toMatchObject([{ line: 1, defect: 'the file is written in UTF-16' }]);
  });

  test('what may be a key is cut short, names of algorithms and paths are not', () => {
    const base64 = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW';
    expect(directives(`IdentityFile ${base64}\n`)[0]!.values).toEqual(['b3BlbnNz\u2026']);
    for (const value of ['+diffie-hellman-group1-sha1', 'chacha20-poly1305@openssh.com,aes256-gcm@openssh.com', '/home/Annabelle/keys/Production-2026/deploy_key_for_the_big_server']) expect(directives(`Ciphers ${value}\n`)[0]!.values).toEqual([value]);
  });
});

describeWith(['ssh'], 'ssh reads the same settings', () => {
  const file = join(folder, 'ssh_config');
  /** What ssh takes for a host named on a Host line of its own. */
  const settings = (text: string, host: string): ReadonlyMap<string, readonly string[]> => {
    writeFileSync(file, text);
    const map = new Map<string, string[]>();
    for (const line of run('ssh', ['-G', '-F', file, host]).split('\n')) {
      const [keyword = '', ...rest] = line.split(' ');
      map.set(keyword, [...map.get(keyword) ?? [], rest.join(' ')]);
    }
    return map;
  };
  /** The values of a keyword for such a host, by what keylint has read: the first, and all of IdentityFile. */
  const ours = (text: string, host: string, keyword: string): readonly string[] => directives(text)
    .filter(({ block, keyword: name }) => name === keyword && (!block || (block.keyword === 'host' ? block.patterns.includes(host) || block.patterns.includes('*') : block.patterns[0] === 'all')))
    .map(({ values }) => values.join(' '));

  test.each([
    'IdentityFile /k/a', 'identityfile=/k/a', 'IDENTITYFILE = /k/a', 'IdentityFile\t/k/a', '   IdentityFile   /k/a   ', 'IdentityFile "/k/a b"', 'IdentityFile="/k/a b"', 'IdentityFile \'/k/a b\'', 'IdentityFile /k/a # mine', 'IdentityFile "/k/a#b"',
    'IdentityFile /k/a\r', 'IdentityFile /k/é', 'User "a \\"b\\""', 'User a', 'HostName 192.0.2.1', 'ForwardAgent yes', 'StrictHostKeyChecking no', 'StrictHostKeyChecking accept-new', 'UserKnownHostsFile /dev/null', 'UserKnownHostsFile "/k/a b" /k/c',
    'Ciphers aes256-ctr,aes256-cbc', 'MACs hmac-sha1', 'KexAlgorithms diffie-hellman-group14-sha1', 'CASignatureAlgorithms ssh-rsa', 'PubkeyAcceptedAlgorithms ssh-rsa,ssh-ed25519',
  ])('%s', (line) => {
    const [{ keyword } = { keyword: '' }] = directives(line);
    for (const text of [`${line}\n`, `Host host other\n${line}\n`, `Host other\n${line}\nHost *\n${line}\n`, `Match all\n${line}\n`]) {
      const said = settings(text, 'host').get(keyword)!.map((value) => ({ no: 'false', off: 'false' }[value] ?? value));
      const read = ours(text, 'host', keyword).map((value) => ({ no: 'false', off: 'false' }[value] ?? value));
      expect(said, text).toEqual(read);
    }
  });

  test('of several values the first, of IdentityFile all, in the blocks that hold for the host', () => {
    const text = 'IdentityFile /k/1\nHost other\n IdentityFile /k/2\n User other\nHost host\n IdentityFile /k/3\n User me\nHost *\n IdentityFile /k/4\n User all\n';
    expect(settings(text, 'host').get('identityfile')).toEqual(ours(text, 'host', 'identityfile'));
    expect(settings(text, 'host').get('user')).toEqual([ours(text, 'host', 'user')[0]]);
  });

  test.each(['IdentityFile "/k/a', 'User', 'Host', 'Match'])('%s is refused by ssh, and said to be unreadable', (line) => {
    writeFileSync(file, `${line}\n`);
    expect(attempt('ssh', ['-G', '-F', file, 'host']).status).not.toBe(0);
    expect(readSshConfig(Buffer.from(`${line}\n`)).lines).toMatchObject([{ defect: expect.any(String) as string }]);
  });
});

describe('whatever the bytes', () => {
  const formats = ['authorized_keys', 'known_hosts', 'ssh_config'] as const;
  const readFormat = (format: LineFormat, bytes: Buffer): readonly FileLine[] => (format === 'ssh_config' ? readSshConfig(bytes) : readLines(format, bytes)).lines;
  const piece = fc.oneof(fc.constantFrom(publicKey(1), publicKey(2), 'restrict', 'command="', '"', '\\', ',', ' ', '\t', '\n', '\r\n', '#', '@revoked', '|1|', 'a.example.org', 'ssh-rsa', 'Host', 'Match', '=', 'IdentityFile', '\ufeff', 'é', '\0'), fc.string());
  const text = fc.oneof(fc.array(piece).map((pieces) => Buffer.from(pieces.join(''))), fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)));

  test.each(formats)('%s: never throws, and each line has its place', (format) => {
    fc.assert(fc.property(text, (bytes) => {
      const lines = readFormat(format, bytes);
      const ends = bytes.toString('latin1').split('\n');
      let last = 0;
      for (const { line, column, endLine, endColumn, defect, directive } of lines) {
        expect(defect !== undefined || directive !== undefined).toBe(true);
        expect(line).toBeGreaterThan(last);
        expect(endLine).toBeGreaterThanOrEqual(line);
        expect(endLine).toBeLessThanOrEqual(ends.length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(endColumn).toBeLessThanOrEqual(ends[endLine - 1]!.length + 1);
        last = endLine;
      }
    }), { numRuns: 300 });
  });

  test.each([['"', 'command="'], ['a', 'restrict,'], ['b', `${publicKey(1)} `], ['c', '\\"'], ['d', ' \t'], ['e', '|1|'], ['f', '= "'], ['g', 'no-']])('time grows with the size of the text: %s', (_, part) => {
    for (const format of formats) {
      const time = (size: number): number => {
        const bytes = Buffer.from(part.repeat(Math.ceil(size / part.length)));
        const start = process.cpuUsage();
        readFormat(format, bytes);
        const { user } = process.cpuUsage(start);
        return user / 1000;
      };
      time(10_000);
      // Four times the text in about four times the time, not in sixteen times as much.
      expect(time(400_000), format).toBeLessThan(12 * Math.max(time(100_000), time(100_000)) + 40);
    }
  });
});
