import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { examine } from '../src/detect.ts';
import type { Derivations, Lock } from '../src/format.ts';
import { startGuessing } from '../src/guess.ts';
import { lint } from '../src/lint.ts';
import { emptyLog } from '../src/sources/source.ts';
import { makeKey as keyAt } from './rules/key.ts';
import { base, folder as newFolder, git, keylint, keylintJson, repository, write } from './program.ts';
import { attempt, describeWith, run, toolPath } from './tools.ts';

const WORD = 'changeit';
/** Nothing that anybody tries. */
const GOOD = 'Xanten-61-Otter-rhombus';

const folder = newFolder('guess');
const gnupg = join(folder, 'gnupg');
mkdirSync(gnupg, { mode: 0o700 });
for (const word of [WORD, GOOD]) writeFileSync(join(folder, `${word}.txt`), word);

function make(program: string, ...args: readonly string[]): void {
  run(toolPath(program)!, args, { cwd: folder, env: { ...process.env, GNUPGHOME: gnupg } });
}

/** The one key of a file, with what can be tried on it. */
function lockOf(path: string): Lock {
  const { keys: [key, ...more], locks: [lock] } = examine({ path, bytes: readFileSync(join(folder, path)), facts: () => ({ origin: 'file' }) });
  expect(more).toEqual([]);
  expect(key?.encryption, path).toBeDefined();
  expect(lock, path).toBeDefined();
  return lock!;
}

/** What keylint says of a file under --guess: whether the passphrase was guessed. */
async function isGuessed(...paths: readonly string[]): Promise<readonly boolean[]> {
  for (const path of paths) chmodSync(join(folder, path), 0o600);
  const { keys, findings, problems, summary } = await lint({ cwd: folder, paths, guess: { seconds: 600 } });
  expect(problems).toEqual([]);
  expect(summary.skipped).toEqual([]);
  return paths.map((path) => {
    const isKnown = keys.some((key) => key.path === path && key.weaknesses.includes('guessable-passphrase'));
    expect(findings.some((finding) => finding.path === path && finding.rule === 'no-guessable-passphrase'), path).toBe(isKnown);
    return isKnown;
  });
}

/** Files under the word, which is found, and under the other, which is not. */
async function expectTold(weak: string, good: string): Promise<void> {
  expect(await isGuessed(weak, good), weak).toEqual([true, false]);
}

const derivations: Derivations = { argon2: () => Promise.resolve(undefined) };

describeWith(['openssl'], 'openssl', () => {
  make('openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024', '-out', 'rsa.pem');
  make('openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'ec.pem');
  make('openssl', 'genpkey', '-algorithm', 'ed25519', '-out', 'ed.pem');
  make('openssl', 'req', '-x509', '-key', 'rsa.pem', '-subj', '/CN=a', '-days', '30', '-out', 'cert.pem');
  const legacy = ['-provider', 'default', '-provider', 'legacy'];

  test.each([
    ['dek-aes', ['rsa', '-traditional', '-aes256', '-in', 'rsa.pem']],
    ['dek-3des', ['ec', '-des3', '-in', 'ec.pem']],
    ['dek-des', ['rsa', '-traditional', '-des', '-in', 'rsa.pem', ...legacy]],
    ['dek-camellia', ['ec', '-camellia128', '-in', 'ec.pem']],
    ['pbes2-sha256', ['pkcs8', '-topk8', '-in', 'ec.pem']],
    ['pbes2-sha1', ['pkcs8', '-topk8', '-v2', 'des3', '-v2prf', 'hmacWithSHA1', '-in', 'ed.pem']],
    ['pbes2-sha512', ['pkcs8', '-topk8', '-v2', 'aes-192-cbc', '-v2prf', 'hmacWithSHA512', '-in', 'rsa.pem']],
    ['pbes2-des', ['pkcs8', '-topk8', '-v2', 'des-cbc', '-in', 'rsa.pem', ...legacy]],
    ['scrypt', ['pkcs8', '-topk8', '-scrypt', '-scrypt_N', '1024', '-in', 'ec.pem']],
    ['pbes1-md5-des', ['pkcs8', '-topk8', '-v1', 'PBE-MD5-DES', '-in', 'rsa.pem', ...legacy]],
    ['pbes1-sha1-des', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-DES', '-in', 'ec.pem', ...legacy]],
    ['pkcs12-3des', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-3DES', '-in', 'ec.pem']],
    ['pkcs12-2des', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-2DES', '-in', 'ec.pem']],
    ['pkcs12-rc4', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-RC4-128', '-in', 'rsa.pem', ...legacy]],
    ['pkcs12-rc4-40', ['pkcs8', '-topk8', '-v1', 'PBE-SHA1-RC4-40', '-in', 'rsa.pem', ...legacy]],
    ['der', ['pkcs8', '-topk8', '-in', 'ec.pem', '-outform', 'DER']],
  ])('%s', async (name, args) => {
    for (const word of [WORD, GOOD]) make('openssl', ...args, '-passout', `pass:${word}`, '-out', `${name}-${word}`);
    await expectTold(`${name}-${WORD}`, `${name}-${GOOD}`);
    // No other word opens it.
    const lock = lockOf(`${name}-${GOOD}`);
    for (let i = 0; i < 600; i++) expect(lock.opens(`word ${i}`, derivations), String(i)).toBe(false);
    expect(lock.opens(GOOD, derivations)).toBe(true);
  });

  test.each([['new', []], ['old', ['-legacy']], ['unguarded', ['-nomac']], ['sha512', ['-macalg', 'SHA512']]])('a PKCS #12 store: %s', async (name, args) => {
    for (const word of [WORD, GOOD]) make('openssl', 'pkcs12', '-export', '-inkey', 'rsa.pem', '-in', 'cert.pem', ...args, '-passout', `pass:${word}`, '-out', `${name}-${word}.p12`);
    await expectTold(`${name}-${WORD}.p12`, `${name}-${GOOD}.p12`);
  });

  test('words beyond ASCII, and what the file and its folder are called', async () => {
    mkdirSync(join(folder, 'Zürich'));
    for (const [path, word] of [['Zürich/a.key', 'Zürich'], ['Zürich/Geheimfach.key', 'Geheimfach'], ['Zürich/b.p12', 'Zürich']] as const) {
      if (path.endsWith('.p12')) make('openssl', 'pkcs12', '-export', '-inkey', 'rsa.pem', '-in', 'cert.pem', '-passout', `pass:${word}`, '-out', path);
      else make('openssl', 'pkcs8', '-topk8', '-in', 'ec.pem', '-passout', `pass:${word}`, '-out', path);
    }
    expect(await isGuessed('Zürich/a.key', 'Zürich/Geheimfach.key', 'Zürich/b.p12')).toEqual([true, true, true]);
  });

  test('what there is no way to try is said', async () => {
    make('openssl', 'pkcs8', '-topk8', '-v1', 'PBE-SHA1-RC2-128', '-in', 'rsa.pem', ...legacy, '-passout', `pass:${WORD}`, '-out', 'rc2.key');
    const { summary } = await lint({ cwd: folder, paths: ['rc2.key'], guess: true });
    expect(summary.skipped).toEqual([{ path: 'rc2.key', reason: 'encrypted key that no passphrase can be tried on (encrypted-pkcs8, rc2-cbc)' }]);
  });
});

describeWith(['ssh-keygen'], 'ssh-keygen', () => {
  test.each(['aes256-ctr', 'aes128-cbc', 'aes256-gcm@openssh.com', '3des-cbc'])('%s', async (cipher) => {
    for (const word of [WORD, GOOD]) make('ssh-keygen', '-q', '-t', 'ed25519', '-a', '1', '-Z', cipher, '-N', word, '-f', `${cipher}-${word}`);
    await expectTold(`${cipher}-${WORD}`, `${cipher}-${GOOD}`);
  });

  test('the user who is named in the comment of a key without one in the clear is not known; that of the home is', async () => {
    make('ssh-keygen', '-q', '-t', 'ed25519', '-a', '1', '-N', 'id_mine', '-f', 'id_mine');
    expect(await isGuessed('id_mine')).toEqual([true]);
  });
});

describeWith(['puttygen'], 'puttygen', () => {
  test.each([['two', ['--ppk-param', 'version=2']], ['id', ['--ppk-param', 'memory=64,passes=1']], ['i', ['--ppk-param', 'memory=64,passes=1,kdf=argon2i']], ['d', ['--ppk-param', 'memory=64,passes=2,parallelism=2,kdf=argon2d']]])('%s', async (name, args) => {
    for (const word of [WORD, GOOD]) make('puttygen', '-q', '-t', 'ecdsa', '-C', 'a comment', ...args, '--new-passphrase', `${word}.txt`, '-O', 'private', '-o', `${name}-${word}.ppk`);
    await expectTold(`${name}-${WORD}.ppk`, `${name}-${GOOD}.ppk`);
  });

  test('ssh.com', async () => {
    for (const word of [WORD, GOOD]) make('puttygen', '-q', '-t', 'rsa', '-b', '1024', '--new-passphrase', `${word}.txt`, '-O', 'private-sshcom', '-o', `com-${word}`);
    await expectTold(`com-${WORD}`, `com-${GOOD}`);
  });
});

describeWith(['keytool'], 'keytool', () => {
  test.each(['JKS', 'JCEKS', 'PKCS12'])('%s', async (type) => {
    for (const word of [WORD, GOOD]) make('keytool', '-genkeypair', '-alias', 'a', '-keyalg', 'EC', '-dname', 'CN=a', '-storetype', type, '-J-Djdk.jceks.iterationCount=10000', '-keystore', `store-${word}.${type}`, '-storepass', word, '-keypass', word);
    await expectTold(`store-${WORD}.${type}`, `store-${GOOD}.${type}`);
  });

  test('a symmetric key in JCEKS', async () => {
    for (const word of [WORD, GOOD]) make('keytool', '-genseckey', '-alias', 's', '-keyalg', 'AES', '-keysize', '256', '-storetype', 'JCEKS', '-J-Djdk.jceks.iterationCount=10000', '-keystore', `secret-${word}.jceks`, '-storepass', word, '-keypass', word);
    await expectTold(`secret-${WORD}.jceks`, `secret-${GOOD}.jceks`);
  });
});

describeWith(['gpg'], 'gpg', () => {
  test('exported keys and files of the agent, of several algorithms', async () => {
    const gpg = (word: string, ...args: readonly string[]): string => run(toolPath('gpg')!, ['--batch', '--quiet', '--pinentry-mode', 'loopback', '--passphrase', word, ...args], { cwd: folder, env: { ...process.env, GNUPGHOME: gnupg } });
    writeFileSync(join(gnupg, 'gpg-agent.conf'), 's2k-count 65536\n');
    try {
      for (const algorithm of ['rsa2048', 'ed25519']) {
        const files = [WORD, GOOD].map((word) => {
          const user = `${algorithm}-${word}@example.org`;
          gpg(word, '--quick-gen-key', user, algorithm);
          writeFileSync(join(folder, `${user}.asc`), gpg(word, '--armor', '--export-secret-keys', user));
          const keygrip = /^grp:+([0-9A-F]{40}):$/m.exec(gpg(word, '--with-colons', '--with-keygrip', '--list-secret-keys', user))![1]!;
          return [`${user}.asc`, `gnupg/private-keys-v1.d/${keygrip}.key`] as const;
        });
        await expectTold(files[0]![0], files[1]![0]);
        await expectTold(files[0]![1], files[1]![1]);
        // Libgcrypt quotes bytes that can be printed, as many a salt can be (src/sexp.c, suitable_encoding); here all salts are quoted.
        const quoted = files.map(([, path]) => {
          const text = readFileSync(join(folder, path), 'latin1');
          const other = text.replace(/(sha1\s+)#([0-9A-F\s]+)#/, (_, before: string, hex: string) => `${before}"${hex.replace(/\s/g, '').replace(/../g, (byte) => `\\x${byte.toLowerCase()}`)}"`);
          expect(other).toMatch(/sha1\s+"/);
          writeFileSync(join(folder, `quoted-${path.slice(-10)}`), other, 'latin1');
          return `quoted-${path.slice(-10)}`;
        });
        await expectTold(quoted[0]!, quoted[1]!);
      }
    } finally {
      attempt(toolPath('gpgconf')!, ['--kill', 'gpg-agent'], { env: { ...process.env, GNUPGHOME: gnupg } });
    }
  });
});

describe('what it costs', () => {
  const encryption = { cipher: 'aes256-ctr', kdf: 'bcrypt', rounds: 100 } as const;

  function time(milliseconds: number): Int32Array<SharedArrayBuffer> {
    const shared = new Int32Array(new SharedArrayBuffer(4));
    shared[0] = milliseconds;
    return shared;
  }

  /** A lock that opens to one word, and a clock that each try moves on by so much. */
  function slow(word: string, milliseconds: number): { readonly lock: Lock; readonly now: () => number; readonly tried: string[] } {
    let clock = 0;
    const tried: string[] = [];
    return { tried, now: () => clock, lock: { opens: (guess) => (clock += milliseconds, tried.push(guess), guess === word) } };
  }

  test('is bounded by the time for all keys together', async () => {
    const left = time(10_000);
    const log = emptyLog();
    const { lock, now, tried } = slow('nothing', 1000);
    const guesser = startGuessing(left, now);
    for (let i = 0; i < 20; i++) await guesser.tryOn(keyAt(`k${i}`, { encryption }), lock, log);
    expect(tried.length).toBeLessThanOrEqual(10);
    expect(tried.length).toBeGreaterThan(5);
    expect(log.skipped).toHaveLength(20);
    expect(new Set(log.skipped.map(({ reason }) => reason))).toEqual(new Set(['encrypted key for which the time for guessing was too short (--guess-seconds)']));
  });

  test('no key takes it all', async () => {
    const left = time(100_000);
    const { lock, now, tried } = slow('nothing', 1000);
    const guesser = startGuessing(left, now);
    await guesser.tryOn(keyAt('k', { encryption }), lock, emptyLog());
    expect(tried.length).toBeLessThanOrEqual(25);
    expect(tried[0]).toBe('');
  });

  test('a guess that takes longer than there is time is not begun', async () => {
    const log = emptyLog();
    const { lock, now, tried } = slow('', 1);
    for (const facts of [{ kdf: 'bcrypt', rounds: 100_000_000 }, { kdf: 'pbkdf2', rounds: 4_000_000_000 }, { kdf: 'scrypt', N: 2 ** 14, r: 8, p: 2 ** 20 }, { kdf: 'argon2id', memory: 2 ** 10, passes: 2 ** 30 }, { kdf: 's2k-iterated', rounds: 1e12 }]) {
      await startGuessing(time(5000), now).tryOn(keyAt('k', { encryption: { cipher: 'aes-256-cbc', ...facts } }), lock, log);
    }
    expect(tried).toEqual([]);
    expect(log.skipped.map(({ reason }) => reason)).toEqual(Array(5).fill('encrypted key for which the time for guessing was too short (--guess-seconds)'));
  });

  test('a guess that takes more memory than can be spared is not begun, however much time there is', async () => {
    const log = emptyLog();
    const { lock, now, tried } = slow('', 1);
    for (const facts of [{ kdf: 'scrypt', N: 2 ** 22, r: 8, p: 1 }, { kdf: 'scrypt', N: 2, r: 2 ** 24, p: 1 }, { kdf: 'argon2id', memory: 2 ** 19, passes: 1 }, { kdf: 'argon2d', memory: 2 ** 31, passes: 1 }]) {
      await startGuessing(time(2 ** 31 - 1), now).tryOn(keyAt('k', { encryption: { cipher: 'aes-256-cbc', ...facts } }), lock, log);
    }
    expect(tried).toEqual([]);
    expect(log.skipped.map(({ reason }) => reason)).toEqual(Array(4).fill('encrypted key for which a guess takes too much memory'));
  });

  test.each([
    ['a key in the clear', {}],
    ['a key under an empty password that is known', { encryption, weaknesses: ['empty-password'] }],
    ['a damaged key', { encryption, defect: 'cut off' }],
  ])('nothing is tried on %s', async (_, facts) => {
    const log = emptyLog();
    const { lock, now, tried } = slow('', 1);
    const key = keyAt('k', facts);
    expect(await startGuessing(time(1000), now).tryOn(key, lock, log)).toBe(key);
    expect([tried, log.skipped]).toEqual([[], []]);
  });

  test('hostile parameters of every format end in a refusal, not in a hang', () => {
    const dek = (cipher: string, iv: string): string => `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher},${iv}\n\n${Buffer.alloc(640, 7).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END RSA PRIVATE KEY-----\n`;
    for (const [cipher, iv] of [['AES-256-CBC', '00'.repeat(8)], ['AES-256-CBC', '00'.repeat(16)], ['NONSENSE', '00'.repeat(8)], ['DES-CBC', '00'.repeat(8)]]) {
      for (const lock of examine({ path: 'k', bytes: Buffer.from(dek(cipher!, iv!)), facts: () => ({ origin: 'file' }) }).locks) expect(lock?.opens('x', derivations) ?? false).toBe(false);
    }
  });
});

describeWith(['openssl'], '--guess', () => {
  test('says that it was guessed, and nowhere what it was', () => {
    const home = newFolder('home');
    const plain = run(toolPath('openssl')!, ['genpkey', '-algorithm', 'ed25519']);
    const word = 'P@ssw0rd';
    write(join(home, 'a.key'), run(toolPath('openssl')!, ['pkcs8', '-topk8', '-scrypt', '-scrypt_N', '1024', '-passout', `pass:${word}`], { input: plain }));
    write(join(home, 'b.key'), run(toolPath('openssl')!, ['pkcs8', '-topk8', '-scrypt', '-scrypt_N', '1024', '-passout', `pass:${GOOD}`], { input: plain }));
    for (const name of ['a.key', 'b.key']) chmodSync(join(home, name), 0o600);
    expect(keylint([], { cwd: home }).status).toBe(0);
    const { status, findings, keys } = keylintJson(['--guess', '--guess-seconds', '600'], { cwd: home });
    expect(status).toBe(1);
    expect(findings.filter(({ rule }) => rule !== 'weak-passphrase-kdf')).toMatchObject([{ rule: 'no-guessable-passphrase', severity: 'error', path: 'a.key', message: 'Encrypted PKCS#8 private key (type hidden): its passphrase is one of those that anybody tries first' }]);
    expect(keys.map(({ path, weaknesses }) => [path, weaknesses])).toEqual([['a.key', ['guessable-passphrase']], ['b.key', []]]);
    for (const format of ['stylish', 'json', 'sarif', 'github']) {
      const { stdout, stderr } = keylint(['--guess', '--guess-seconds', '600', '-f', format], { cwd: home });
      expect(stdout + stderr, format).not.toContain(word);
      expect(stdout, format).toContain('no-guessable-passphrase');
    }
  });

  test('several threads share the time, and find the same', () => {
    const place = newFolder('many');
    const plain = run(toolPath('openssl')!, ['genpkey', '-algorithm', 'ed25519']);
    const sealed = run(toolPath('openssl')!, ['pkcs8', '-topk8', '-passout', 'pass:test123'], { input: plain });
    for (let i = 0; i < 600; i++) write(join(place, `${i}.txt`), i % 100 === 0 ? sealed : 'nothing');
    for (let i = 0; i < 600; i += 100) chmodSync(join(place, `${i}.txt`), 0o600);
    for (const jobs of ['1', '3']) {
      const { keys } = keylintJson(['--guess', '--guess-seconds', '600', '--jobs', jobs], { cwd: place });
      expect(keys.map(({ path, weaknesses }) => [path, weaknesses]), jobs).toEqual(['0', '100', '200', '300', '400', '500'].map((i) => [`${i}.txt`, ['guessable-passphrase']]));
    }
  });

  test('what is staged, what is in history and what is piped in are tried as well', () => {
    const plain = run(toolPath('openssl')!, ['genpkey', '-algorithm', 'ed25519']);
    const sealed = run(toolPath('openssl')!, ['pkcs8', '-topk8', '-passout', 'pass:secret'], { input: plain });
    const top = repository();
    write(join(top, 'a.key'), sealed);
    git(top, 'add', '.');
    const rulesOf = (...args: readonly string[]): readonly string[] => keylintJson(args, { cwd: top }).findings.map(({ rule }) => rule);
    expect(rulesOf('--staged')).not.toContain('no-guessable-passphrase');
    expect(rulesOf('--staged', '--guess')).toContain('no-guessable-passphrase');
    git(top, 'commit', '-qm', 'a');
    // What a run without guesses has kept for the next one says nothing of this.
    for (const [guess, isFound] of [[[], false], [['--guess'], true], [[], false]] as const) expect(rulesOf('--history', ...guess).includes('no-guessable-passphrase')).toBe(isFound);
    expect(keylintJson(['--guess', '--stdin'], { input: sealed }).findings.map(({ rule }) => rule)).toContain('no-guessable-passphrase');
  });

  test('has nothing to try on reports that are merged', () => {
    expect(keylint(['merge', '--guess', 'a.json'], { cwd: base })).toMatchObject({ status: 2, stderr: expect.stringContaining('--guess does not go with keylint merge') });
  });

  test('goes with a number of seconds', () => {
    expect(keylint(['--guess-seconds', '3'], { cwd: base })).toMatchObject({ status: 2, stderr: expect.stringContaining('--guess-seconds goes with --guess') });
    expect(keylint(['--guess', '--guess-seconds', '0'], { cwd: base })).toMatchObject({ status: 2 });
  });
});
