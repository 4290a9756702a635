import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sshpk from 'sshpk';
import { describe, expect, test } from 'vitest';
import { detect } from '../src/detect.ts';
import type { Key } from '../src/key.ts';
import { attempt, describeWith, run, scratch } from './tools.ts';

/**
 * Whole files, as tools write them, read as the program reads them: one format claims each, once, and what it says is what
 * ssh-keygen, openssl, puttygen and sshpk say. The readers by themselves are held to the tools in formats-*.test.ts.
 */
const folder = scratch();
let made = 0;
const newPath = (): string => join(folder, `file-${++made}`);
const written = (content: string | Buffer): string => {
  const path = newPath();
  writeFileSync(path, content, { mode: 0o600 });
  return path;
};

const detectFile = (path: string): readonly Key[] => detect({ path, bytes: readFileSync(path), facts: () => ({ origin: 'file', absolutePath: path }) });
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const PASSPHRASE = 'correct horse';

/** What a tool says of the key in a file. What it does not say is absent. */
interface Said {
  readonly by: string;
  readonly algorithm?: string;
  readonly bits?: number;
  readonly fingerprint?: string;
  readonly spki?: string;
  /** Whether it opened without a passphrase. */
  readonly clear?: boolean;
}

const sshAlgorithms: Readonly<Record<string, string>> = { RSA: 'rsa', DSA: 'dsa', ECDSA: 'ec', ED25519: 'ed25519', ED448: 'ed448' };

function askSshKeygen(path: string): Said | undefined {
  const { status, stdout } = attempt('ssh-keygen', ['-l', '-f', path]);
  const [, bits, fingerprint, type] = /^(\d+) (SHA256:\S+) .*\((\S+?)(?:-CERT)?\)$/m.exec(stdout) ?? [];
  if (status !== 0 || type === undefined) return undefined;
  const isPrivate = readFileSync(path, 'latin1').includes('PRIVATE KEY');
  return { by: 'ssh-keygen', algorithm: sshAlgorithms[type]!, bits: Number(bits), fingerprint: fingerprint!, ...(isPrivate && { clear: attempt('ssh-keygen', ['-y', '-P', '', '-f', path]).status === 0 }) };
}

const opensslNames: readonly (readonly [RegExp, string])[] = [[/^ED25519 /m, 'ed25519'], [/^ED448 /m, 'ed448'], [/^X25519 /m, 'x25519'], [/^X448 /m, 'x448'], [/PSS parameter/, 'rsa-pss'], [/^modulus:|^RSA |^Modulus:/im, 'rsa'], [/^ASN1 OID:|^Field Type:/m, 'ec'], [/^G:/m, 'dsa'], [/DH (Private|Public)-Key/, 'dh']];

function askOpenssl(path: string, kind: Key['kind']): Said | undefined {
  const form = readFileSync(path)[0] === 0x30 ? ['-inform', 'DER'] : [];
  const isPrivate = kind === 'private';
  const input = kind === 'certificate' ? attempt('openssl', ['x509', '-in', path, ...form, '-noout', '-pubkey']).stdout : undefined;
  const source = input === undefined ? ['-in', path, ...form] : [];
  // The public half as PEM, and behind it the numbers in words.
  const { status, stdout } = attempt('openssl', ['pkey', ...(isPrivate ? ['-passin', `pass:${PASSPHRASE}`] : ['-pubin']), ...source, '-pubout', '-text'], input === undefined ? {} : { input });
  const [, body] = /-----BEGIN PUBLIC KEY-----([^-]+)-----END/.exec(stdout) ?? [];
  if (status !== 0 || body === undefined) return undefined;
  const algorithm = opensslNames.find(([pattern]) => pattern.test(stdout))?.[1];
  const bits = /\((\d+) bit/.exec(stdout)?.[1];
  return {
    by: 'openssl',
    ...(algorithm !== undefined && { algorithm }),
    ...(bits !== undefined && { bits: Number(bits) }),
    spki: sha256(Buffer.from(body, 'base64')),
    ...(isPrivate && { clear: attempt('openssl', ['pkey', '-in', path, ...form, '-passin', 'pass:', '-noout']).status === 0 }),
  };
}

function askPuttygen(path: string): Said | undefined {
  if (!readFileSync(path, 'latin1').startsWith('PuTTY')) return undefined;
  const [, bits, fingerprint] = /^\S+ (\d+) (SHA256:\S+)/m.exec(run('puttygen', [path, '-l', '-E', 'sha256'])) ?? [];
  // Of Ed25519 and Ed448 it counts the bits of the field.
  return { by: 'puttygen', fingerprint: fingerprint!, ...(Number(bits) % 2 === 0 && Number(bits) !== 448 && { bits: Number(bits) }) };
}

const sshpkAlgorithms: Readonly<Record<string, string>> = { rsa: 'rsa', dsa: 'dsa', ecdsa: 'ec', ed25519: 'ed25519' };

/** It reads less than the others, and the public half of nothing encrypted in a way it does not know. */
function askSshpk(path: string): Said | undefined {
  const bytes = readFileSync(path);
  for (const parse of [(): sshpk.PrivateKey => sshpk.parsePrivateKey(bytes, 'auto', { passphrase: PASSPHRASE }), (): sshpk.Key => sshpk.parseKey(bytes, 'auto'), (): sshpk.Key => sshpk.parseCertificate(bytes, 'pem').subjectKey]) {
    try {
      const key = parse();
      // It gives X25519 a name in SSH, which has no such keys.
      if (key.type === 'curve25519') return undefined;
      return { by: 'sshpk', algorithm: sshpkAlgorithms[key.type]!, bits: key.size, fingerprint: key.fingerprint('sha256').toString() };
    } catch { /* Not its kind. */ }
  }
  return undefined;
}

const oracles = [askSshKeygen, askOpenssl, askPuttygen, askSshpk];

/** One key in the file, of this format; and whoever else can read the file says the same of it. */
function expectAgreement(path: string, format: string, kind: Key['kind'] = 'private'): void {
  const [key, ...more] = detectFile(path);
  expect(more).toEqual([]);
  expect(key).toMatchObject({ kind, format, weaknesses: [] });
  expect(key!.defect).toBeUndefined();
  const answers = oracles.map((ask) => ask(path, kind)).filter((said) => said !== undefined);
  expect(answers.length).toBeGreaterThan(0);
  const isHidden = key!.spki === undefined && key!.fingerprint === undefined;
  for (const { by, algorithm, bits, fingerprint, spki, clear } of answers) {
    const ours = {
      by,
      ...(algorithm !== undefined && { algorithm: isHidden ? key!.algorithm ?? algorithm : key!.algorithm }),
      ...(bits !== undefined && { bits: isHidden ? key!.bits ?? bits : key!.bits }),
      ...(fingerprint !== undefined && { fingerprint: isHidden ? fingerprint : key!.fingerprint }),
      ...(spki !== undefined && { spki: isHidden ? spki : key!.spki }),
      ...(clear !== undefined && { clear: key!.encryption === undefined }),
    };
    expect(ours).toEqual({ by, ...(algorithm !== undefined && { algorithm }), ...(bits !== undefined && { bits }), ...(fingerprint !== undefined && { fingerprint }), ...(spki !== undefined && { spki }), ...(clear !== undefined && { clear }) });
  }
  // Only what is encrypted hides its public half.
  expect(isHidden && key!.encryption === undefined).toBe(false);
}

describeWith(['openssl', 'ssh-keygen', 'puttygen'], 'files of openssl', () => {
  const rsa = (bits: number): readonly string[] => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`];
  const ec = (curve: string): readonly string[] => ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`];
  const dsa = (): readonly string[] => ['-paramfile', written(run('openssl', ['genpkey', '-genparam', '-algorithm', 'DSA', '-pkeyopt', 'dsa_paramgen_bits:1024', '-pkeyopt', 'dsa_paramgen_q_bits:160']))];
  const keys: Readonly<Record<string, { recipe: readonly string[]; traditional?: string }>> = {
    'RSA 1024': { recipe: rsa(1024), traditional: 'pkcs1' },
    'RSA 2048': { recipe: rsa(2048), traditional: 'pkcs1' },
    'RSA 3072': { recipe: rsa(3072), traditional: 'pkcs1' },
    'RSA-PSS': { recipe: ['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:1024', '-pkeyopt', 'rsa_pss_keygen_md:sha256'] },
    'DSA 1024': { recipe: dsa(), traditional: 'dsa' },
    ...Object.fromEntries(['prime256v1', 'secp384r1', 'secp521r1', 'secp224r1', 'secp256k1', 'brainpoolP384r1'].map((curve) => [curve, { recipe: ec(curve), traditional: 'sec1' }])),
    Ed25519: { recipe: ['-algorithm', 'ED25519'] },
    Ed448: { recipe: ['-algorithm', 'ED448'] },
    X25519: { recipe: ['-algorithm', 'X25519'] },
    X448: { recipe: ['-algorithm', 'X448'] },
    'DH ffdhe2048': { recipe: ['-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048'] },
  };

  describe.each(Object.entries(keys))('%s', (name, { recipe, traditional }) => {
    const pem = run('openssl', ['genpkey', ...recipe]);
    const converted = (args: readonly string[]): string => {
      const out = newPath();
      run('openssl', [...args, '-out', out], { input: pem });
      return out;
    };

    test('private, as text and as DER', () => {
      expectAgreement(written(pem), 'pkcs8');
      expectAgreement(converted(['pkcs8', '-topk8', '-nocrypt', '-outform', 'DER']), 'pkcs8');
      if (traditional === undefined) return;
      expectAgreement(converted(['pkey', '-traditional']), traditional);
      expectAgreement(converted(['pkey', '-traditional', '-outform', 'DER']), traditional);
    });

    test('under a passphrase', () => {
      for (const more of [['-v2', 'aes-256-cbc'], ['-v2', 'des3', '-iter', '10', '-outform', 'DER'], ['-scrypt', '-scrypt_N', '2'], ['-v1', 'PBE-SHA1-3DES']]) {
        expectAgreement(converted(['pkcs8', '-topk8', ...more, '-passout', `pass:${PASSPHRASE}`]), 'encrypted-pkcs8');
      }
      if (traditional === undefined) return;
      for (const cipher of ['-aes128', '-des3']) {
        expectAgreement(converted(['pkey', '-traditional', cipher, '-passout', `pass:${PASSPHRASE}`]), 'legacy-pem');
      }
    });

    test('public, as text and as DER', () => {
      expectAgreement(converted(['pkey', '-pubout']), 'spki', 'public');
      expectAgreement(converted(['pkey', '-pubout', '-outform', 'DER']), 'spki', 'public');
      if (!name.startsWith('RSA ')) return;
      expectAgreement(converted(['rsa', '-RSAPublicKey_out']), 'rsa-public', 'public');
      expectAgreement(converted(['rsa', '-RSAPublicKey_out', '-outform', 'DER']), 'rsa-public', 'public');
    });

    test.skipIf(/^(X|DH)/.test(name))('certificates and requests', () => {
      const subject = ['-key', written(pem), '-subj', '/CN=example.org'];
      for (const form of [[], ['-outform', 'DER']]) {
        expectAgreement(converted(['req', '-x509', '-days', '2', ...subject, ...form]), 'x509', 'certificate');
        expect(detectFile(converted(['req', '-new', ...subject, ...form]))).toEqual([]);
      }
    });
  });

  test('what goes along with keys and is none', () => {
    const key = written(run('openssl', ['genpkey', ...ec('prime256v1')]));
    const certificate = written(run('openssl', ['req', '-x509', '-key', key, '-subj', '/CN=example.org', '-days', '2']));
    const settings = written(`[ca]\ndefault_ca=d\n[d]\ndatabase=${written('')}\ndefault_md=sha256\ndefault_crl_days=1\n`);
    const files: Readonly<Record<string, readonly string[]>> = {
      'revocation list': ['crl', '-in', written(run('openssl', ['ca', '-gencrl', '-config', settings, '-keyfile', key, '-cert', certificate]))],
      'PKCS#7': ['crl2pkcs7', '-nocrl', '-certfile', certificate],
      'signed CMS': ['cms', '-sign', '-signer', certificate, '-inkey', key, '-in', written('text'), '-nodetach'],
      'encrypted CMS': ['cms', '-encrypt', '-aes256', '-in', written('text'), certificate],
      'EC parameters': ['ecparam', '-name', 'secp384r1'],
      'explicit EC parameters': ['ecparam', '-name', 'secp384r1', '-param_enc', 'explicit'],
      'DSA parameters': ['dsaparam', '1024'],
      'DH parameters': ['dhparam', '-2', '512'],
    };
    for (const [name, [command, ...args]] of Object.entries(files)) {
      for (const form of ['PEM', 'DER']) {
        const out = newPath();
        run('openssl', [command!, '-outform', form, '-out', out, ...args]);
        expect(detectFile(out).filter(({ kind }) => kind === 'private' || kind === 'symmetric'), `${name}, ${form}`).toEqual([]);
      }
    }
    // What openssl prints beside a key and in front of it.
    expect(detectFile(written(run('openssl', ['ecparam', '-name', 'prime256v1', '-genkey']))).map(({ format }) => format)).toEqual(['sec1']);
    expect(detectFile(written(run('openssl', ['x509', '-text', '-in', certificate]))).map(({ format }) => format)).toEqual(['x509']);
    expect(detectFile(written(run('openssl', ['pkey', '-text', '-in', key]))).map(({ format }) => format)).toEqual(['pkcs8']);
  });
});

describeWith(['ssh-keygen', 'puttygen', 'openssl'], 'files of ssh-keygen', () => {
  const kinds = [['rsa', '-b', '1024'], ['rsa', '-b', '3072'], ['dsa'], ['ecdsa', '-b', '256'], ['ecdsa', '-b', '384'], ['ecdsa', '-b', '521'], ['ed25519']]
    .filter(([type, ...size]) => attempt('ssh-keygen', ['-q', '-t', type!, ...size, '-N', '', '-f', newPath()]).status === 0);
  const make = (kind: readonly string[]): string => {
    const path = newPath();
    run('ssh-keygen', ['-q', '-t', kind[0]!, ...kind.slice(1), '-N', '', '-C', 'me@example.org', '-f', path]);
    return path;
  };
  /** A copy in another form or under another passphrase. */
  const saved = (path: string, phrase: string, ...form: readonly string[]): string => {
    const copy = written(readFileSync(path));
    run('ssh-keygen', ['-q', '-p', '-P', '', '-N', phrase, '-a', '1', ...form, '-f', copy]);
    return copy;
  };
  const pemFormats: Readonly<Record<string, string>> = { rsa: 'pkcs1', dsa: 'dsa', ecdsa: 'sec1' };

  test.each(kinds)('%s %s %s', (...kind) => {
    const path = make(kind);
    expectAgreement(path, 'openssh');
    expectAgreement(`${path}.pub`, 'ssh-public', 'public');
    expectAgreement(written(run('ssh-keygen', ['-e', '-m', 'RFC4716', '-f', `${path}.pub`])), 'ssh2-public', 'public');
    for (const cipher of ['aes256-ctr', 'aes128-cbc', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com', '3des-cbc']) expectAgreement(saved(path, PASSPHRASE, '-Z', cipher), 'openssh');
    const inPem = pemFormats[kind[0]!];
    if (inPem === undefined) return;
    for (const [phrase, form, format] of [['', 'PEM', inPem], [PASSPHRASE, 'PEM', 'legacy-pem'], ['', 'PKCS8', 'pkcs8'], [PASSPHRASE, 'PKCS8', 'encrypted-pkcs8']] as const) {
      expectAgreement(saved(path, phrase, '-m', form), format);
    }
    expectAgreement(written(run('ssh-keygen', ['-e', '-m', 'PKCS8', '-f', `${path}.pub`])), 'spki', 'public');
    if (kind[0] === 'rsa') expectAgreement(written(run('ssh-keygen', ['-e', '-m', 'PEM', '-f', `${path}.pub`])), 'rsa-public', 'public');
  });

  test('certificates', () => {
    const authority = make(['ed25519']);
    for (const kind of kinds) {
      const path = make(kind);
      run('ssh-keygen', ['-q', '-s', authority, '-I', 'an id', '-n', 'me', `${path}.pub`]);
      expectAgreement(`${path}-cert.pub`, 'ssh-public', 'certificate');
    }
  });

  test('the files that ssh keeps beside the keys', () => {
    const [one, two] = [make(['ed25519']), make(['rsa', '-b', '1024'])].map((path) => readFileSync(`${path}.pub`, 'utf8').trim()) as [string, string];
    const signature = join(folder, 'text');
    writeFileSync(signature, 'text');
    run('ssh-keygen', ['-q', '-Y', 'sign', '-f', make(['ed25519']), '-n', 'file', signature]);
    expect(detectFile(`${signature}.sig`)).toEqual([]);
    const lists: Readonly<Record<string, string>> = {
      authorized_keys: `# mine\n${one}\nno-pty,from="10.0.0.0/8" ${two}\n`,
      known_hosts: `example.org,10.0.0.1 ${one}\n[example.org]:2222 ${two}\n`,
      allowed_signers: `me@example.org namespaces="git" ${one}\nyou@example.org ${two}\n`,
      config: `Host example.org\n  IdentityFile ~/.ssh/id_ed25519\n  # ${one}\n\n${two}\n`,
    };
    for (const [name, text] of Object.entries(lists)) {
      expect(detectFile(written(text)).map(({ kind, format, algorithm, bits, line }) => [kind, format, algorithm, bits, line > 0]), name)
        .toEqual([['public', 'ssh-public', 'ed25519', 256, true], ['public', 'ssh-public', 'rsa', 1024, true]]);
    }
  });
});

describeWith(['puttygen', 'ssh-keygen', 'openssl'], 'files of puttygen', () => {
  const phrases = ['', PASSPHRASE].map(written);
  test.each([['rsa', '-b', '1024'], ['dsa', '-b', '1024'], ['ecdsa', '-b', '384'], ['ed25519'], ['ed448']])('%s %s %s', (type, ...size: string[]) => {
    const first = newPath();
    run('puttygen', ['-q', '-t', type, ...size, '-C', 'me', '--new-passphrase', phrases[0]!, '-O', 'private', '-o', first]);
    for (const parameters of ['version=2', 'version=3,kdf=argon2id,memory=64,passes=1', 'version=3,kdf=argon2d,memory=64,passes=1']) {
      for (const phrase of phrases) {
        const path = newPath();
        run('puttygen', [first, '-q', '-C', 'again', '--old-passphrase', phrases[0]!, '--new-passphrase', phrase, '--ppk-param', parameters, '-O', 'private', '-o', path]);
        expectAgreement(path, 'ppk');
        expect(detectFile(path)[0]!.encryption !== undefined).toBe(phrase === phrases[1]);
      }
    }
    for (const [kind, format] of [['public', 'ssh2-public'], ['public-openssh', 'ssh-public']] as const) {
      const path = newPath();
      run('puttygen', [first, '-q', '--old-passphrase', phrases[0]!, '-O', kind, '-o', path]);
      if (type !== 'ed448') expectAgreement(path, format, 'public');
      else expect(detectFile(path).map((key) => [key.format, key.kind, key.algorithm])).toEqual([[format, 'public', 'ed448']]);
    }
    const path = newPath();
    run('puttygen', [first, '-q', '--old-passphrase', phrases[0]!, '--new-passphrase', phrases[1]!, '-O', 'private-openssh-new', '-o', path]);
    expect(detectFile(path).map((key) => [key.format, key.fingerprint, key.encryption?.kdf])).toEqual([['openssh', detectFile(first)[0]!.fingerprint, 'bcrypt']]);
  });
});
