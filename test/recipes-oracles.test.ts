import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { minKeySize } from '../rules/min-key-size.ts';
import { noWeakAlgorithm } from '../rules/no-weak-algorithm.ts';
import { noKeyEcho } from '../rules/no-key-echo.ts';
import { noLooseKeyMode } from '../rules/no-loose-key-mode.ts';
import { noWeakKeygen } from '../rules/no-weak-keygen.ts';
import { detect } from '../src/detect.ts';
import type { Generation, Key } from '../src/key.ts';
import { readCommands } from '../src/recipes/index.ts';
import { ofCommand } from './rules/command-text.ts';
import { findings } from './rules/key.ts';
import { attempt, describeWith, scratch } from './tools.ts';

const folder = scratch();

/** Runs a command in a folder of its own, and gives what it was said to make beside what it made. */
function make(command: string, before = ''): { readonly claimed: Generation; readonly key: Key; readonly at: string } {
  const at = mkdtempSync(join(folder, 'run-'));
  mkdirSync(join(at, '.ssh'), { mode: 0o700 });
  writeFileSync(join(at, 'word'), 'correct horse');
  const { status, stderr } = attempt('sh', ['-euc', `umask 077\n${before}\n${command}`], { cwd: at, env: { PATH: process.env['PATH'], HOME: at, LANG: 'C.UTF-8' } });
  expect(status, stderr).toBe(0);
  const claimed = claimOf(command);
  const path = join(at, claimed.path!.replace(/^~\//, ''));
  const keys = detect({ path, bytes: readFileSync(path), facts: () => ({ origin: 'file' }) }).filter(({ kind }) => kind === 'private');
  expect(keys).toHaveLength(1);
  return { claimed, key: keys[0]!, at };
}

function claimOf(command: string): Generation {
  const made = readCommands('make.sh', Buffer.from(command)).map(({ does }) => does).filter((does) => does.act === 'generate');
  expect(made).toHaveLength(1);
  return made[0]!;
}

/** What is known of a key before it is made is so when it is made, and the rules say the same of both. */
function agrees(command: string, before?: string): void {
  const { claimed, key } = make(command, before);
  const { encryption, ...facts } = claimed.key;
  // What is encrypted cannot be seen.
  const isHidden = key.algorithm === undefined;
  const visible = Object.entries(facts).filter(([name]) => !key.encryption || key[name as keyof Key] !== undefined);
  expect(visible).toEqual(visible.map(([name]) => [name, key[name as keyof Key]]));
  expect(claimed.passphrase).toBe(key.encryption ? 'given' : 'none');
  if (encryption) expect({ cipher: encryption.cipher, kdf: encryption.kdf }).toEqual({ cipher: key.encryption!.cipher, kdf: key.encryption!.kdf });
  if (isHidden || claimed.isRewritten) return;
  const ofKey = [...findings(minKeySize, key), ...findings(noWeakAlgorithm, key)];
  const ofWritten = ofCommand(noWeakKeygen, command).filter(({ severity }) => severity === 'error');
  expect(ofWritten.length > 0, command).toBe(ofKey.length > 0);
}

describeWith(['ssh-keygen'], 'ssh-keygen makes what its words are read as', () => {
  test.each([
    'ssh-keygen -q -t rsa -b 1024 -N "" -f key', 'ssh-keygen -qtrsa -b2048 -N "" -fkey', 'ssh-keygen -q -t rsa -N "" -f key', 'ssh-keygen -qN "" -t ecdsa -f key', 'ssh-keygen -q -t ecdsa -b 384 -N "" -f key', 'ssh-keygen -q -b 521 -N "" -f key -t ECDSA', 'ssh-keygen -q -t ed25519 -N "" -f ~/.ssh/id_ed25519',
    'ssh-keygen -q -t ed25519 -a 20 -N "correct horse" -f key', 'ssh-keygen -q -m PEM -t rsa -b 2048 -N "" -f key', 'ssh-keygen -q -m PEM -t rsa -b 2048 -N "correct horse" -f key', 'ssh-keygen -q -m pem -t ecdsa -b 521 -N "correct horse" -f key', 'ssh-keygen -q -m PKCS8 -t rsa -b 2048 -N "" -f key',
    'ssh-keygen -q -m PKCS8 -t ecdsa -N "correct horse" -f key', 'ssh-keygen -q -m PEM -t ed25519 -N "correct horse" -f key', 'K=key; ssh-keygen -q -t rsa -b 1024 -N "" -f "$K"', 'ssh-keygen -q -o -a 100 -t ed25519 -N "" -f key',
  ])('%s', (command) => agrees(command));

  test('a key is rewritten', () => {
    agrees('ssh-keygen -q -p -m PEM -P "" -N "correct horse" -f key', 'ssh-keygen -q -t rsa -b 2048 -N "" -f key');
    agrees('ssh-keygen -q -p -P "correct horse" -N "" -f key', 'ssh-keygen -q -t rsa -b 2048 -N "correct horse" -f key');
  });

  test('a better command is one that works, and makes a key that nothing is said of', () => {
    const [finding] = ofCommand(noWeakKeygen, 'ssh-keygen -q -t rsa -b 1024 -N "" -f key');
    agrees(finding!.help.replace('write: ', ''));
    expect(ofCommand(noWeakKeygen, finding!.help.replace('write: ', ''))).toEqual([]);
  });
});

describeWith(['openssl'], 'openssl makes what its words are read as', () => {
  const make = 'openssl genrsa -out k 2048 2> /dev/null';
  test.each([
    'openssl genrsa -out key', 'openssl genrsa -out key 1024', 'openssl genrsa -traditional -out key 1024', 'openssl genrsa -aes256 -passout pass:correct -out key 2048', 'openssl genrsa -traditional -aes128 -passout file:word -out key 2048', 'openssl genrsa -des3 -passout file:word -out key 2048', 'openssl genrsa 1024 > key',
    'openssl genpkey -algorithm RSA -out key', 'openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:1024 -out key', 'openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out key', 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key', 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out key',
    'openssl genpkey -algorithm ED25519 -out key', 'openssl genpkey -algorithm X448 -out key', 'openssl genpkey -algorithm ED25519 -aes-256-cbc -pass file:word -out key', 'openssl ecparam -genkey -noout -name prime192v1 -out key', 'openssl ecparam -name secp384r1 -genkey -noout > key', 'openssl dsaparam -genkey -noout -out key 1024',
    'openssl req -x509 -newkey rsa:1024 -nodes -keyout key -subj /CN=a -out cert', 'openssl req -x509 -newkey rsa -noenc -keyout key -subj /CN=a -out cert', 'openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key -subj /CN=a -out csr', 'openssl req -x509 -newkey rsa:2048 -passout file:word -keyout key -subj /CN=a -out cert',
  ])('%s', (command) => agrees(command));

  test.each([
    'openssl rsa -in k -out key', 'openssl rsa -traditional -in k -out key', 'openssl rsa -aes256 -passout file:word -in k -out key', 'openssl rsa -traditional -des3 -passout file:word -in k -out key', 'openssl pkey -aes256 -passout file:word -in k -out key', 'openssl pkcs8 -topk8 -nocrypt -in k -out key',
    'openssl pkcs8 -topk8 -passout file:word -in k -out key', 'openssl pkcs8 -topk8 -v2 aes128 -iter 1000 -passout file:word -in k -out key', 'openssl pkcs8 -topk8 -scrypt -passout file:word -in k -out key', 'openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout file:word -in k -out key', 'openssl pkcs8 -topk8 -v1 PBE-MD5-DES -provider legacy -provider default -passout file:word -in k -out key',
  ])('%s', (command) => agrees(command, make));

  test('pkcs12', () => {
    const store = `${make}; openssl req -x509 -key k -subj /CN=a -out c`;
    agrees('openssl pkcs12 -export -inkey k -in c -passout file:word -out key', store);
    agrees('openssl pkcs12 -export -legacy -inkey k -in c -passout file:word -out key', store);
    agrees('openssl pkcs12 -nodes -nocerts -passin file:word -in p -out key', `${store}; openssl pkcs12 -export -inkey k -in c -passout file:word -out p`);
  });
});

describeWith(['puttygen'], 'puttygen makes what its words are read as', () => {
  test.each([
    'puttygen -q -t rsa -b 1024 --new-passphrase /dev/null -o key', 'puttygen -q -t ecdsa --new-passphrase /dev/null -o key', 'puttygen -q -t ecdsa -b 521 --new-passphrase /dev/null -o key', 'puttygen -q -t ed25519 --new-passphrase word -o key', 'puttygen -q -t rsa -b 2048 --new-passphrase word --ppk-param version=2 -o key', 'puttygen -q -t rsa -b 2048 --new-passphrase word -O private-openssh -o key',
  ])('%s', (command) => agrees(command));
});

describeWith(['gpg'], 'gpg makes what its words are read as', () => {
  test.each([
    'gpg --homedir .g --batch --passphrase "" --quick-gen-key ann rsa1024', 'gpg --homedir .g --batch --pinentry-mode loopback --passphrase "" --quick-generate-key ann ed25519', 'gpg --homedir .g --batch --gen-key <<EOF\n%no-protection\nKey-Type: RSA\nKey-Length: 1024\nName-Real: Ann\n%commit\nEOF',
  ])('%s', (command) => {
    const at = mkdtempSync(join(folder, 'gpg-'));
    mkdirSync(join(at, '.g'), { mode: 0o700 });
    const { status, stdout, stderr } = attempt('sh', ['-euc', `${command}\ngpg --homedir .g --batch --armor --export-secret-keys; gpgconf --homedir .g --kill gpg-agent`], { cwd: at, env: { PATH: process.env['PATH'], HOME: at } });
    expect(status, stderr).toBe(0);
    const [key] = detect({ path: 'key.asc', bytes: Buffer.from(stdout), facts: () => ({ origin: 'file' }) });
    const claimed = claimOf(command);
    expect({ ...claimed.key, passphrase: claimed.passphrase }).toEqual({ format: key!.format, algorithm: key!.algorithm, ...claimed.key.bits !== undefined && { bits: key!.bits }, passphrase: key!.encryption ? 'given' : 'none' });
  });
});

describeWith(['keytool'], 'keytool makes what its words are read as', () => {
  test.each([['keytool -genkeypair -keyalg RSA -keysize 1024 -dname CN=a -alias a -keystore key -storepass:file word', '1024-bit RSA'], ['keytool -genkey -keyalg DSA -keysize 2048 -dname CN=a -alias a -keystore key -storepass:file word', '2048-bit DSA'], ['keytool -genkeypair -keyalg EC -groupname secp384r1 -dname CN=a -alias a -keystore key -storepass:file word', '384-bit EC']])('%s', (command, shown) => {
    const { claimed, at } = make(command);
    const { stdout } = attempt('keytool', ['-list', '-v', '-keystore', join(at, 'key'), '-storepass:file', join(at, 'word')], { env: { ...process.env, LC_ALL: 'C' } });
    expect(stdout).toContain(`Subject Public Key Algorithm: ${shown}`);
    expect(`${claimed.key.bits ?? /\d{3}/.exec(claimed.key.curve ?? '')?.[0]}-bit ${claimed.key.algorithm!.toUpperCase()}`).toBe(shown);
  });
});

describeWith(['age-keygen'], 'age-keygen makes what its words are read as', () => {
  test('a key without a passphrase, which it knows none of', () => {
    const { claimed, key } = make('age-keygen -o key');
    expect({ ...claimed.key, passphrase: claimed.passphrase }).toEqual({ format: key.format, algorithm: key.algorithm, bits: key.bits, passphrase: 'never' });
    expect(key.encryption).toBeUndefined();
  });
});

describeWith(['certtool'], 'certtool makes what its words are read as', () => {
  test.each([
    'certtool --generate-privkey --bits 1024 --outfile key', 'certtool --generate-privkey --sec-param medium --outfile key', 'certtool -p --key-type ed25519 --outfile key', 'certtool --generate-privkey --ecdsa --curve secp384r1 --outfile key', 'certtool --generate-privkey --key-type dsa --bits 2048 --outfile key',
  ])('%s', (command) => agrees(command));
});

describeWith(['mkcert'], 'mkcert makes what its words are read as', () => {
  test.each(['mkcert -key-file key -cert-file cert localhost 2> out', 'mkcert -ecdsa -key-file key -cert-file cert localhost 2> out'])('%s', (command) => {
    const { claimed, key } = make(command);
    const { format, ...facts } = claimed.key;
    expect({ ...facts, format }).toEqual({ ...Object.fromEntries(Object.keys(facts).map((name) => [name, key[name as keyof Key]])), format: key.format });
    expect([claimed.passphrase, key.encryption]).toEqual(['never', undefined]);
  });
});

describeWith(['cfssl'], 'cfssl makes what a request says', () => {
  test.each(['{"CN":"a","key":{"algo":"rsa","size":2048}}', '{"CN":"a","key":{"algo":"ecdsa","size":384}}'])('%s', (request) => {
    const { stdout } = attempt('cfssl', ['genkey', '-'], { input: request });
    const [key] = detect({ path: 'key', bytes: Buffer.from((JSON.parse(stdout) as { key: string }).key), facts: () => ({ origin: 'file' }) });
    const { algorithm, bits } = claimOf(`echo '${request}' | cfssl genkey -`).key;
    expect({ algorithm, bits }).toEqual({ algorithm: key!.algorithm, bits: key!.bits });
  });
});

describeWith(['wg'], 'wg makes what its words are read as', () => {
  test('a key that others can read, unless umask says otherwise', () => {
    const { claimed, key, at } = make('wg genkey > privatekey');
    expect(claimed.key).toEqual({ format: key.format, algorithm: key.algorithm, bits: key.bits });
    const { stderr } = attempt('sh', ['-c', 'umask 022; wg genkey > open'], { cwd: at });
    expect(stderr).toContain('world accessible');
    expect(ofCommand(noKeyEcho, 'umask 022; wg genkey > open')).toHaveLength(1);
    expect(attempt('sh', ['-c', 'umask 077; wg genkey > shut'], { cwd: at }).stderr).toBe('');
    expect(ofCommand(noKeyEcho, 'umask 077; wg genkey > shut')).toEqual([]);
  });
});

describeWith(['ssh-keygen', 'ssh'], 'ssh takes no key that a command opens to others', () => {
  test.each([['644', true], ['640', true], ['600', false], ['400', false]])('%s', (mode, isRefused) => {
    const at = mkdtempSync(join(folder, 'mode-'));
    attempt('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(at, 'id_ed25519')]);
    const { stderr } = attempt('sh', ['-c', `chmod ${mode} id_ed25519; ssh-keygen -y -f id_ed25519`], { cwd: at });
    expect(stderr.includes('UNPROTECTED PRIVATE KEY FILE')).toBe(isRefused);
    expect(ofCommand(noLooseKeyMode, `chmod ${mode} id_ed25519`)).toHaveLength(isRefused ? 1 : 0);
  });
});
