import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { lint } from '../src/lint.ts';
import { attempt, describeWith, run, scratch, toolPath } from './tools.ts';

/**
 * Weak derivations made by the real programs, and the commands that keylint advises, run as they stand. Programs ask for passphrases on a terminal;
 * here a script of the same name in front of each gives them.
 */
const PASSPHRASE = 'correct horse';

const folder = scratch();
const bin = join(folder, 'bin');
const home = join(folder, 'gnupg');
const environment = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, GNUPGHOME: home };

/** The arguments with which each program takes the passphrase without asking. */
const answers: Readonly<Record<string, (program: string) => string>> = {
  'ssh-keygen': (program) => `exec ${program} "$@" -q -P '${PASSPHRASE}' -N '${PASSPHRASE}'`,
  openssl: (program) => `exec ${program} "$@" -passin 'pass:${PASSPHRASE}' -passout 'pass:${PASSPHRASE}'`,
  puttygen: (program) => `exec ${program} "$@" --old-passphrase '${join(folder, 'passphrase')}' --new-passphrase '${join(folder, 'passphrase')}'`,
  keytool: (program) => `exec ${program} "$@" -srcstorepass '${PASSPHRASE}' -deststorepass '${PASSPHRASE}' -noprompt`,
  gpg: (program) => `exec ${program} --batch --yes --quiet --pinentry-mode loopback --passphrase '${PASSPHRASE}' "$@"`,
  'gpg-connect-agent': (program) => `exec ${program} 'OPTION pinentry-mode=loopback' '/let PASS ${PASSPHRASE}' '/definq PASSPHRASE PASS' '/definq NEW_PASSPHRASE PASS' "$@"`,
};

mkdirSync(bin);
mkdirSync(home, { mode: 0o700 });
writeFileSync(join(folder, 'passphrase'), PASSPHRASE);
for (const [name, script] of Object.entries(answers)) {
  writeFileSync(join(bin, name), `#!/bin/sh\n${script(toolPath(name) ?? name)}\n`);
  chmodSync(join(bin, name), 0o755);
}

/** Runs the program itself, with the passphrase where the arguments say PASS. */
function make(program: string, ...args: readonly string[]): void {
  run(toolPath(program)!, args.map((arg) => arg.replace('PASS', PASSPHRASE)), { cwd: folder, env: { ...process.env, GNUPGHOME: home } });
}

/** The finding of the rule on a file, if there is one. */
async function judged(path: string, rules: readonly string[] = []): Promise<{ readonly message: string; readonly help: string } | undefined> {
  chmodSync(join(folder, path), 0o600);
  const { findings, keys, problems } = await lint({ cwd: folder, paths: [path], rules });
  expect(problems).toEqual([]);
  expect(keys.filter(({ kind }) => kind !== 'public'), path).not.toEqual([]);
  return findings.find(({ rule }) => rule === 'weak-passphrase-kdf');
}

/** Takes the advice; gives the file to look at afterwards. */
async function upgrade(path: string, message: string, { result = path, rules = [] }: { result?: string; rules?: readonly string[] } = {}): Promise<string> {
  const finding = await judged(path, rules);
  expect(finding?.message).toContain(message);
  const command = /(?:^|: )((?:ssh-keygen|openssl|puttygen|keytool|gpg|gpg-connect-agent) .*)$/.exec(finding!.help)?.[1];
  expect(command, finding!.help).toBeDefined();
  const { status, stdout, stderr } = attempt('sh', ['-c', command!], { cwd: folder, env: environment });
  expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
  // A copy is no more open than the file that it replaces.
  expect(statSync(join(folder, result)).mode & 0o077, command).toBe(0);
  expect(await judged(result, rules), command).toBeUndefined();
  return command!;
}

/** What the strictest policy asks for. */
const strict = ['weak-passphrase-kdf: [error, {"bcrypt": 24, "pbkdf2": 600000, "mac": 600000, "scrypt": 131072, "argon2Work": 35840}]'];

describeWith(['openssl'], 'openssl', () => {
  make('openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'rsa.pem');
  make('openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'ec.pem');
  make('openssl', 'req', '-x509', '-key', 'rsa.pem', '-subj', '/CN=a', '-days', '30', '-out', 'cert.pem');

  test.each([
    ['one MD5 hash', ['rsa', '-traditional', '-aes128', '-in', 'rsa.pem']],
    ['one MD5 hash', ['ec', '-des3', '-in', 'ec.pem']],
    ['DES-CBC has so few keys', ['rsa', '-traditional', '-des', '-in', 'rsa.pem', '-provider', 'default', '-provider', 'legacy'], 'one MD5 hash'],
    ['2,048 iterations of PBKDF2', ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-in', 'rsa.pem']],
    ['2,048 iterations of PBKDF2', ['pkcs8', '-topk8', '-v2', 'des3', '-v2prf', 'hmacWithSHA1', '-in', 'ec.pem']],
    ['the PKCS #12 key derivation', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-3DES', '-in', 'rsa.pem']],
    ['DES-CBC has so few keys', ['pkcs8', '-topk8', '-v1', 'PBE-MD5-DES', '-in', 'rsa.pem', '-provider', 'default', '-provider', 'legacy']],
    ['RC2-40-CBC has so few keys', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-RC2-40', '-in', 'ec.pem', '-provider', 'default', '-provider', 'legacy']],
    ['RC4', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-RC4-128', '-in', 'ec.pem', '-provider', 'default', '-provider', 'legacy'], 'the PKCS #12 key derivation'],
    ['N=1,024', ['pkcs8', '-topk8', '-scrypt', '-scrypt_N', '1024', '-in', 'rsa.pem']],
  ] as const)('%s, by %j', async (message, args, actual: string = message) => {
    const name = `pem-${args.join(' ').replace(/[^\w]+/g, '-')}.key`;
    make('openssl', ...args, '-passout', 'pass:PASS', '-out', name);
    expect(await upgrade(name, actual, { result: `${name}.new` })).toContain('-scrypt');
    // The key is the same.
    const points = [`${name}.new`, name.includes('ec-pem') ? 'ec.pem' : 'rsa.pem'].map((path) => run(toolPath('openssl')!, ['pkey', '-in', join(folder, path), '-passin', `pass:${PASSPHRASE}`, '-pubout']));
    expect(points[0]).toBe(points[1]);
    // OpenSSL has no scrypt as dear as the strictest policy wants it.
    expect(await upgrade(name, actual, { result: `${name}.new`, rules: strict })).toContain('-v2prf hmacWithSHA256 -iter 600000');
  });

  test('in DER', async () => {
    make('openssl', 'pkcs8', '-topk8', '-v2', 'aes-128-cbc', '-in', 'ec.pem', '-outform', 'DER', '-passout', 'pass:PASS', '-out', 'ec.der');
    await upgrade('ec.der', '2,048 iterations', { result: 'ec.der.new' });
  });

  test.each([
    ['old.p12', 'the PKCS #12 key derivation', ['-legacy']],
    ['my store.p12', '2,048 iterations of PBKDF2', []],
    ['unguarded.p12', 'the MAC of the store shows whether a passphrase is right after 1 iteration', ['-iter', '600000', '-nomaciter']],
  ] as const)('a PKCS #12 store: %s', async (name, message, more) => {
    make('openssl', 'pkcs12', '-export', '-inkey', 'rsa.pem', '-in', 'cert.pem', '-name', 'a key', ...more, '-passout', 'pass:PASS', '-out', name);
    await upgrade(name, message, { result: `${name}.new`, rules: strict });
    expect(existsSync(join(folder, `${name}.pem`))).toBe(false);
    const [before, after] = [name, `${name}.new`].map((path) => run(toolPath('openssl')!, ['pkcs12', '-legacy', '-in', join(folder, path), '-passin', `pass:${PASSPHRASE}`, '-noenc', '-nocerts']).replace(/^(?!-|[A-Za-z0-9+/=]{10,}$).*\n/gm, ''));
    expect(after).toBe(before);
  });
});

describeWith(['ssh-keygen', 'openssl'], 'ssh-keygen', () => {
  test('too few rounds', async () => {
    make('ssh-keygen', '-q', '-t', 'ed25519', '-a', '4', '-N', 'PASS', '-f', 'id_low');
    await upgrade('id_low', '4 rounds of bcrypt', { rules: strict });
  });

  test.each([['rsa', 'a 2048-bit RSA key'], ['ecdsa', 'an ECDSA key']])('%s in a PEM file where ssh looks for it', async (type) => {
    make('ssh-keygen', '-q', '-t', type, ...type === 'rsa' ? ['-b', '2048'] : [], '-m', 'PEM', '-N', 'PASS', '-f', `id_pem_${type}`);
    expect(await upgrade(`id_pem_${type}`, 'one MD5 hash')).toBe(`ssh-keygen -p -a 100 -f id_pem_${type}`);
  });

  test('what it cannot read it is not advised for', async () => {
    make('openssl', 'genpkey', '-algorithm', 'ed448', '-out', 'ed448.pem');
    make('openssl', 'pkcs8', '-topk8', '-v1', 'PBE-MD5-DES', '-in', 'rsa.pem', '-provider', 'default', '-provider', 'legacy', '-passout', 'pass:PASS', '-out', 'id_des');
    expect(attempt(toolPath('ssh-keygen')!, ['-p', '-P', PASSPHRASE, '-N', PASSPHRASE, '-f', join(folder, 'id_des')]).status).not.toBe(0);
    expect(await upgrade('id_des', 'DES-CBC', { result: 'id_des.new' })).toMatch(/^openssl/);
  });
});

describeWith(['puttygen'], 'puttygen', () => {
  const generate = (...args: readonly string[]): void => make('puttygen', '-q', '-t', 'ecdsa', '--new-passphrase', join(folder, 'passphrase'), ...args);

  test.each([
    ['two.ppk', 'one SHA-1 hash', ['--ppk-param', 'version=2']],
    ['little.ppk', '20 passes of Argon2 over 1,024 KiB', ['--ppk-param', 'memory=1024,passes=20']],
    ['once.ppk', '1 pass of Argon2 over 8,192 KiB', ['--ppk-param', 'memory=8192,passes=1,kdf=argon2i']],
  ])('%s', async (name, message, args) => {
    generate('-O', 'private', '-o', name, ...args);
    await upgrade(name, message, { rules: strict });
  });

  test('ssh.com', async () => {
    make('puttygen', '-q', '-t', 'rsa', '-b', '2048', '--new-passphrase', join(folder, 'passphrase'), '-O', 'private-sshcom', '-o', 'com');
    await upgrade('com', 'one MD5 hash', { result: 'com.ppk' });
  });
});

describeWith(['keytool'], 'keytool', () => {
  test.each([
    ['a.jks', 'JKS', 'one SHA-1 hash', 'a.jks.p12'],
    ['a.jceks', 'JCEKS', 'the encryption of JCEKS stores', 'a.jceks.p12'],
  ])('%s', async (name, type, message, result) => {
    make('keytool', '-genkeypair', '-alias', 'a', '-keyalg', 'EC', '-dname', 'CN=a', '-storetype', type, '-keystore', name, '-storepass', 'PASS', '-keypass', 'PASS');
    await upgrade(name, message, { result, rules: strict });
  });

  test('a symmetric key, which openssl does not read', async () => {
    make('keytool', '-genseckey', '-alias', 's', '-keyalg', 'AES', '-keysize', '256', '-storetype', 'PKCS12', '-keystore', 'secret.p12', '-storepass', 'PASS', '-J-Dkeystore.pkcs12.keyPbeIterationCount=1000', '-J-Dkeystore.pkcs12.macIterationCount=1000');
    await upgrade('secret.p12', '1,000 iterations of PBKDF2', { result: 'secret.p12.new', rules: strict });
  });
});

describeWith(['gpg', 'gpg-connect-agent'], 'gpg', () => {
  const gpg = (...args: readonly string[]): string => run(toolPath('gpg')!, ['--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', PASSPHRASE, ...args], { cwd: folder, env: { ...process.env, GNUPGHOME: home } });
  const forget = (): void => void attempt(toolPath('gpgconf')!, ['--kill', 'gpg-agent'], { env: { ...process.env, GNUPGHOME: home } });

  test('an exported key and a key file of the agent', async () => {
    try {
      writeFileSync(join(home, 'gpg-agent.conf'), 's2k-count 65536\n');
      gpg('--quick-gen-key', 'Ann <ann@example.org>', 'ed25519');
      writeFileSync(join(folder, 'exported.asc'), gpg('--armor', '--export-secret-keys'));
      const keygrip = /^grp:+([0-9A-F]{40}):$/m.exec(gpg('--with-colons', '--with-keygrip', '--list-secret-keys'))![1]!;
      writeFileSync(join(home, 'gpg-agent.conf'), '');
      forget();
      await upgrade(join(basename(home), 'private-keys-v1.d', `${keygrip}.key`), 'hashing 65,536 bytes');
      await upgrade('exported.asc', 'hashing 65,536 bytes', { result: 'exported.asc.new' });
    } finally {
      forget();
    }
  });
});

describeWith(['openssl'], 'what no program can do', () => {
  test('is said in words', async () => {
    // A key behind a certificate, in one file: whatever writes the key anew would lose the certificate.
    make('openssl', 'rsa', '-traditional', '-aes128', '-in', 'rsa.pem', '-passout', 'pass:PASS', '-out', 'alone.pem');
    writeFileSync(join(folder, 'bundle.pem'), run('cat', [join(folder, 'cert.pem'), join(folder, 'alone.pem')]));
    expect((await judged('bundle.pem'))!.help).toBe('take the key out into a file of its own, and protect it there with a passphrase');
  });
});
