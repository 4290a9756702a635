import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { der, OCTET_STRING, SEQUENCE } from '../src/der.ts';
import type { KeyFacts } from '../src/key.ts';
import { wireString } from '../src/wire.ts';
import { advanced, armor, base64Number, bcfksStore, bech32, bindHead, bindRsa, bksEntry, bksHead, bksSealed, bksStore, canonical, checks, commented, compositeKey, cosignEnvelope, edKey, field, fingerprintOf, jwkOf, lockedMinisignBody, minisignBody, ML_DSA_44_EXPANDED, natsSeed, nebulaSealed, number, octet, oneAsymmetricKey, opensshContainer, openvpnStatic, openvpnV2, packet, padded, pgpArmor, pgpChecksum, pgpHead, pgpRsaPublic, pgpRsaSecret, rsaMembers, rsaPublicSexp, rsaSexp, signifyBody, spkiOf, storedCertificate, tinkEd25519, tinkKeyset, torSecret, tpmEcArea, tpmKey, tpmRsaArea, tufKey, uberBlob, userId, wireguardConfig, wireguardNetdev, xmlElement } from './key-layouts.ts';
import { factsOf, makeSamples, sampleTools } from './samples.ts';
import { hasTool, run } from './tools.ts';

/** A file in which a key is, and what is to be said of the keys in it, from top to bottom. */
export interface Form {
  readonly name: string;
  readonly bytes: Buffer;
  /** `line` is 1 and `wrapping` none where nothing else is said; `encryption` absent says that there is none. */
  readonly keys: readonly FormKey[];
}
export type FormKey = Partial<KeyFacts> & { readonly format: string; readonly line?: number; readonly wrapping?: readonly string[] };

export const formTools = sampleTools;

/** Every form in which a key is stored, one a file, but for those of missing tools. `folder` is for the tools' files. */
export function makeForms(folder: string, samples = makeSamples(folder)): readonly Form[] {
  const forms: Form[] = [];
  const add = (name: string, content: string | Buffer, ...keys: readonly FormKey[]): void => void forms.push({ name, bytes: Buffer.from(content), keys });

  for (const { name, format, bytes, facts } of samples) {
    add(name, bytes, { format, kind: 'private', ...facts, wrapping: /^-----BEGIN/.test(bytes.toString('latin1')) ? ['pem'] : [] });
  }

  const [rsa, ec, ed, x] = [generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, generateKeyPairSync('ed25519').privateKey, generateKeyPairSync('x25519').privateKey] as const;
  const [rsaJwk, ecJwk, edJwk, xJwk] = [rsa, ec, ed, x].map(jwkOf) as [ReturnType<typeof jwkOf>, ReturnType<typeof jwkOf>, ReturnType<typeof jwkOf>, ReturnType<typeof jwkOf>];
  const [ofRsa, ofEc, ofEd, ofX] = [rsa, ec, ed, x].map(factsOf) as [Partial<KeyFacts>, Partial<KeyFacts>, Partial<KeyFacts>, Partial<KeyFacts>];
  const pem = ['pem'];

  // Text: PKCS#8 by other names, and after the quantum.
  add('AuthKey_ABCDEFGHIJ.p8', ec.export({ type: 'pkcs8', format: 'pem' }).toString().trimEnd(), { format: 'pkcs8', ...ofEc, wrapping: pem });
  add('SEC 1, DER', ec.export({ type: 'sec1', format: 'der' }), { format: 'sec1', ...ofEc });
  // RFC 9881, C.3, and RFC 9935, C.3: the examples whose seeds count 00 01 02 ...
  const seed = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => i));
  const [mlDsa44, mlKem512] = ['2.16.840.1.101.3.4.3.17', '2.16.840.1.101.3.4.4.1'];
  const dsaSpki = '837832708c5236d951581f1fddf2b79991b3424a0486d16da1ddad0fd69701be', kemSpki = '0e3c8b89b54202d2545f7aba2e2aaa3cffa7b6191919ad738fab35b4f313cf71';
  add('ML-DSA seed', armor('PRIVATE KEY', oneAsymmetricKey(mlDsa44, der(0x80, seed(32)))), { format: 'pkcs8', kind: 'private', algorithm: 'ml-dsa-44', spki: dsaSpki, wrapping: pem });
  add('ML-KEM seed', armor('PRIVATE KEY', oneAsymmetricKey(mlKem512, der(0x80, seed(64)))), { format: 'pkcs8', kind: 'private', algorithm: 'ml-kem-512', spki: kemSpki, wrapping: pem });
  add('ML-DSA expanded', armor('PRIVATE KEY', oneAsymmetricKey(mlDsa44, der(OCTET_STRING, ML_DSA_44_EXPANDED))), { format: 'pkcs8', kind: 'private', algorithm: 'ml-dsa-44', spki: dsaSpki, wrapping: pem });
  add('ML-DSA seed and expanded', armor('PRIVATE KEY', oneAsymmetricKey(mlDsa44, der(SEQUENCE, der(OCTET_STRING, seed(32)), der(OCTET_STRING, ML_DSA_44_EXPANDED)))), { format: 'pkcs8', kind: 'private', algorithm: 'ml-dsa-44', spki: dsaSpki, wrapping: pem });
  const slh = seed(64);
  add('SLH-DSA', armor('PRIVATE KEY', oneAsymmetricKey('2.16.840.1.101.3.4.3.20', slh)), { format: 'pkcs8', kind: 'private', algorithm: 'slh-dsa-sha2-128s', wrapping: pem });
  const composite = compositeKey('ssh-mldsa44-ed25519@openssh.com');
  add('OpenSSH composite', armor('OPENSSH PRIVATE KEY', composite.file), { format: 'openssh', kind: 'private', algorithm: 'ssh-mldsa44-ed25519@openssh.com', fingerprint: fingerprintOf(composite.blob), comment: 'pq', wrapping: pem });
  const handle = Buffer.concat([wireString('sk-ssh-ed25519@openssh.com'), wireString(number(edJwk.x)), wireString('ssh:')]);
  const section = Buffer.concat([handle, octet(1), wireString(randomBytes(64)), wireString(''), wireString('my token')]);
  add('OpenSSH handle', armor('OPENSSH PRIVATE KEY', opensshContainer([handle], padded(Buffer.concat([checks, section])))), { format: 'openssh', kind: 'private', algorithm: 'ed25519-sk', bits: 256, fingerprint: fingerprintOf(handle), hardware: true, comment: 'my token', wrapping: pem });

  // OpenPGP: every version of the packet, every sort of protection; what lies on cards.
  const [material, secret, salt] = [pgpRsaPublic(rsaJwk), pgpRsaSecret(rsaJwk), randomBytes(8)];
  const iv = randomBytes(16);
  const ofPgp = { format: 'openpgp', kind: 'private', algorithm: 'rsa', bits: 2048, spki: spkiOf(rsa) } as const;
  const pgp = (name: string, body: Buffer, facts: Partial<KeyFacts> = {}): void => add(`OpenPGP ${name}`, pgpArmor(Buffer.concat([packet(5, body), userId('Ann <ann@example.org>')])), { ...ofPgp, comment: 'Ann <ann@example.org>', ...facts, wrapping: pem });
  pgp('version 3', Buffer.concat([pgpHead[3](1, material), octet(0), secret, pgpChecksum(secret)]));
  pgp('version 3 with IDEA', Buffer.concat([pgpHead[3](1, material), octet(1), salt, secret, octet(0, 0)]), { encryption: { cipher: 'idea-cfb', kdf: 'md5', rounds: 1 } });
  pgp('version 4', Buffer.concat([pgpHead[4](1, material), octet(0), secret, pgpChecksum(secret)]));
  pgp('version 4, salted', Buffer.concat([pgpHead[4](1, material), octet(254, 3, 1, 2), salt, salt, secret]), { encryption: { cipher: 'cast5-cfb', kdf: 's2k-salted', rounds: 1 } });
  pgp('version 4, iterated', Buffer.concat([pgpHead[4](1, material), octet(254, 9, 3, 8), salt, octet(0xff), iv, secret]), { encryption: { cipher: 'aes-256-cfb', kdf: 's2k-iterated', rounds: 65_011_712 } });
  pgp('version 5', Buffer.concat([pgpHead[5](1, material), octet(254, 28, 7, 3, 2), salt, octet(0x60), iv, Buffer.from([0, 0, secret.length >> 8, secret.length & 255]), secret]), { encryption: { cipher: 'aes-128-cfb', kdf: 's2k-iterated', rounds: 65_536 } });
  pgp('version 6, Argon2', Buffer.concat([pgpHead[6](1, material), octet(253, 39, 13, 1, 20, 4), iv, octet(3, 1, 16), iv, secret]), { encryption: { cipher: 'camellia-256-eax', kdf: 'argon2id', memory: 65_536, passes: 3, parallelism: 1 } });
  pgp('gnu-dummy', Buffer.concat([pgpHead[4](1, material), octet(255, 0, 101, 0), Buffer.from('GNU'), octet(1)]), { hardware: true });
  pgp('on a card', Buffer.concat([pgpHead[4](1, material), octet(255, 0, 101, 0), Buffer.from('GNU'), octet(2, 4, 1, 2, 3, 4)]), { hardware: true });
  add('secring.gpg', packet(5, pgpHead[4](1, material), octet(0), secret, pgpChecksum(secret)), ofPgp);
  add('PGP 2 secret block', pgpArmor(packet(5, Buffer.concat([pgpHead[3](1, material), octet(0), secret, pgpChecksum(secret)])), 'PGP SECRET KEY BLOCK', 'Version: 2.6.3i\n'), { ...ofPgp, wrapping: pem });

  // private-keys-v1.d.
  const ofAgent = { format: 'gnupg', ...ofRsa };
  add('agent, canonical', canonical(rsaSexp(rsaJwk)), { ...ofAgent, comment: 'a key (of mine)' });
  add('agent, extended', `Created: 20261121T002848\nKey: ${advanced(rsaSexp(rsaJwk)).replaceAll('\n', '\n ')}\n`, { ...ofAgent, line: 2, comment: 'a key (of mine)' });
  const protectedKey = ['protected-private-key', ['rsa', ...rsaPublicSexp(rsaJwk), ['protected', 'openpgp-s2k3-ocb-aes', [['sha1', salt, '5242880'], iv.subarray(4)], randomBytes(600)]]];
  add('agent, protected', `Created: 20261121T002848\nKey: ${advanced(protectedKey).replaceAll('\n', '\n ')}\n`, { ...ofAgent, line: 2, encryption: { cipher: 'aes-128-ocb', kdf: 's2k-iterated', rounds: 5_242_880 } });
  add('agent, on a card', canonical(['shadowed-private-key', ['rsa', ...rsaPublicSexp(rsaJwk), ['shadowed', 't1-v1', [Buffer.from('D2760001240102000005000011730000', 'hex'), 'OPENPGP.1']]]]), { ...ofAgent, hardware: true });

  // What puttygen writes for others.
  const [pass, key, out] = ['pass', 'key', 'out'].map((name) => join(folder, `form-${name}`)) as [string, string, string];
  writeFileSync(pass, 'secret\n');
  writeFileSync(key, rsa.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  if (hasTool('puttygen')) {
    run('puttygen', ['-q', key, '-C', 'me', '-O', 'private-sshcom', '-o', out]);
    add('ssh.com', readFileSync(out), { format: 'sshcom', ...ofRsa });
    run('puttygen', ['-q', key, '-C', 'me', '-O', 'private-sshcom', '-P', '--new-passphrase', pass, '-o', out]);
    add('ssh.com, encrypted', readFileSync(out), { format: 'sshcom', kind: 'private', algorithm: 'rsa', bits: 2048, inferred: true, encryption: { cipher: '3des-cbc', kdf: 'md5', rounds: 1 } });
    run('puttygen', ['-q', '-t', 'rsa1', '-b', '1024', '-C', 'me at home', '--new-passphrase', '/dev/null', '-o', out]);
    add('SSH 1', readFileSync(out), { format: 'ssh1', kind: 'private', algorithm: 'rsa1', bits: 1024, comment: 'me at home' });
    run('puttygen', ['-q', out, '--new-passphrase', pass, '-P', '-o', `${out}-encrypted`]);
    add('SSH 1, encrypted', readFileSync(`${out}-encrypted`), { format: 'ssh1', kind: 'private', algorithm: 'rsa1', bits: 1024, comment: 'me at home', encryption: { cipher: '3des', kdf: 'md5', rounds: 1 } });
  }

  // JSON Web Keys.
  for (const [name, jwk, facts] of [['RSA', rsaJwk, ofRsa], ['EC', ecJwk, ofEc], ['OKP', edJwk, ofEd]] as const) {
    add(`JWK ${name}`, JSON.stringify({ ...jwk, kid: 'mine' }), { format: 'jwk', ...facts, comment: 'mine' });
    add(`JWK ${name} in JavaScript`, `const key = {\n${Object.entries(jwk).map(([member, value]) => `  ${member}: '${String(value)}',`).join('\n')}\n};\n`, { format: 'jwk', ...facts });
    add(`JWK ${name} in Python`, `KEY = {${Object.entries(jwk).map(([member, value]) => `'${member}': '${String(value)}'`).join(', ')}}\n`, { format: 'jwk', ...facts });
    add(`JWK ${name} in JSON in JSON`, JSON.stringify({ config: JSON.stringify(jwk) }), { format: 'jwk', ...facts });
    add(`JWK ${name} in YAML`, `jwt:\n  key:\n${Object.entries(jwk).map(([member, value]) => `    ${member}: ${String(value)}`).join('\n')}\n  other: 1\n`, { format: 'jwk', ...facts, line: 3 });
  }
  add('JWKS', JSON.stringify({ keys: [{ ...ecJwk, kid: 'one' }, { ...edJwk, kid: 'two' }] }, null, 2), { format: 'jwk', ...ofEc, comment: 'one', line: 3 }, { format: 'jwk', ...ofEd, comment: 'two', line: 11 });
  add('JWK oct', JSON.stringify({ kty: 'oct', alg: 'HS384', k: randomBytes(48).toString('base64url') }), { format: 'jwk', kind: 'symmetric', bits: 384 });
  add('JWK AKP', JSON.stringify({ kty: 'AKP', alg: 'ML-DSA-44', priv: seed(32).toString('base64url') }), { format: 'jwk', kind: 'private', algorithm: 'ml-dsa-44', spki: dsaSpki });

  // Small text formats.
  add('RSAKeyValue', `<?xml version="1.0"?>\n${xmlElement(rsaMembers(rsaJwk))}\n`, { format: 'xml-rsa', ...ofRsa, line: 2 });
  add('.NET parameters', JSON.stringify({ KeyId: 'x', Parameters: rsaMembers(rsaJwk) }), { format: 'xml-rsa', ...ofRsa });
  add('age', `# created: 2026-01-02\n${bech32('AGE-SECRET-KEY-', number(xJwk.d)).toUpperCase()}\n`, { format: 'age', ...ofX, line: 2 });
  add('age plugin', `${bech32('AGE-PLUGIN-YUBIKEY-', randomBytes(12)).toUpperCase()}\n`, { format: 'age', kind: 'private', hardware: true });
  const { both, seed: edSeed, key: edHalf, spki: edSpki } = edKey();
  const ofBoth = { kind: 'private', algorithm: 'ed25519', bits: 256, spki: edSpki } as const;
  add('minisign', commented('minisign secret key', minisignBody(both, randomBytes(8))), { format: 'minisign', ...ofBoth });
  add('minisign, encrypted', commented('minisign encrypted secret key', lockedMinisignBody()), { format: 'minisign', kind: 'private', algorithm: 'ed25519', bits: 256, encryption: { cipher: 'xor', kdf: 'scrypt', N: 2 ** 20, r: 8, p: 1 } });
  add('signify', commented('signify secret key', signifyBody(both, 0, randomBytes(8))), { format: 'signify', ...ofBoth });
  add('signify, encrypted', commented('signify secret key', signifyBody(both, 42, randomBytes(8))), { format: 'signify', kind: 'private', algorithm: 'ed25519', bits: 256, encryption: { cipher: 'xor', kdf: 'bcrypt', rounds: 42 } });
  const [own, peer] = [base64Number(xJwk.d), base64Number(xJwk.x)];
  const shared = randomBytes(32).toString('base64');
  const psk = { format: 'wireguard', kind: 'symmetric', bits: 256 } as const;
  add('wg0.conf', wireguardConfig(own, peer, shared), { format: 'wireguard', ...ofX, line: 2 }, { ...psk, line: 8 });
  add('wg0.netdev', wireguardNetdev(own, peer, shared), { format: 'wireguard', ...ofX, line: 7 }, { ...psk, line: 11 });
  add('wg0.psk', `${shared}\n`, psk);
  add('ta.key', openvpnStatic(), { format: 'openvpn', kind: 'symmetric', bits: 2048, line: 4 });
  add('tls-crypt-v2', openvpnV2('server', 128), { format: 'openvpn', kind: 'symmetric', bits: 1024 });
  add('client.ovpn', `client\n<key>\n${ec.export({ type: 'pkcs8', format: 'pem' }).toString()}</key>\n<tls-auth>\n${openvpnStatic()}</tls-auth>\n`, { format: 'pkcs8', ...ofEc, line: 3, wrapping: pem }, { format: 'openvpn', kind: 'symmetric', bits: 2048, line: 13 });
  add('Kexample.org.+008+00001.private', bindHead('8 (RSASHA256)') + bindRsa(rsaJwk), { format: 'bind', ...ofRsa });
  add('Kexample.org.+015+00002.private', `${bindHead('15 (ED25519)')}PrivateKey: ${base64Number(edJwk.d)}\n`, { format: 'bind', ...ofEd });
  add('DNSSEC key in a token', `${bindHead('13 (ECDSAP256SHA256)')}Label: cGtjczExOm9iamVjdD1rc2s=\n`, { format: 'bind', kind: 'private', algorithm: 'ec', curve: 'prime256v1', hardware: true });
  add('hs_ed25519_secret_key', torSecret(edSeed), { format: 'tor', ...ofBoth });
  const cosign = { format: 'cosign', kind: 'private', algorithm: 'ec', bits: 256, inferred: true, encryption: { cipher: 'nacl/secretbox', kdf: 'scrypt', N: 65536, r: 8, p: 1 }, wrapping: pem } as const;
  add('cosign', armor('ENCRYPTED COSIGN PRIVATE KEY', JSON.stringify(cosignEnvelope(138 + 16))), cosign);
  add('sigstore', armor('ENCRYPTED SIGSTORE PRIVATE KEY', JSON.stringify(cosignEnvelope(138 + 16))), cosign);
  add('Tink', JSON.stringify(tinkKeyset(['Ed25519PrivateKey', 'ASYMMETRIC_PRIVATE', tinkEd25519(number(edJwk.d), number(edJwk.x))], ['AesGcmKey', 'SYMMETRIC', field(3, randomBytes(16))])), { format: 'tink', ...ofEd }, { format: 'tink', kind: 'symmetric', algorithm: 'aes', bits: 128 });
  const nats = natsSeed(20 << 3, edSeed);
  add('user.nk', `${nats}\n`, { format: 'nkey', ...ofBoth, comment: 'user' });
  add('user.creds', `-----BEGIN NATS USER JWT-----\neyJ0eXAiOiJqd3QifQ.e30.x\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${nats}\n------END USER NKEY SEED------\n`, { format: 'nkey', ...ofBoth, comment: 'user', line: 6 });
  add('TPM, RSA', tpmKey(tpmRsaArea(rsaJwk)), { format: 'tss2', ...ofRsa, hardware: true, wrapping: pem });
  add('TPM, ECDSA', tpmKey(tpmEcArea(ecJwk)), { format: 'tss2', ...ofEc, hardware: true, wrapping: pem });
  add('Nebula', armor('NEBULA X25519 PRIVATE KEY', number(xJwk.d)), { format: 'nebula', ...ofX, wrapping: pem });
  add('Nebula, encrypted', armor('NEBULA ED25519 ENCRYPTED PRIVATE KEY', nebulaSealed()), { format: 'nebula', kind: 'private', algorithm: 'ed25519', bits: 256, encryption: { cipher: 'aes-256-gcm', kdf: 'argon2id', memory: 65536, passes: 2, parallelism: 4 }, wrapping: pem });
  add('in-toto', JSON.stringify(tufKey(edHalf, edSeed.toString('hex'))), { format: 'tuf', ...ofBoth });

  // Stores.
  if (hasTool('openssl')) {
    const openssl = (...args: string[]): Buffer => { run('openssl', [...args, '-out', out]); return readFileSync(out); };
    const certificate = openssl('req', '-x509', '-key', key, '-subj', '/CN=form', '-days', '2').toString();
    writeFileSync(pass, certificate);
    add('trust store', openssl('pkcs12', '-export', '-nokeys', '-in', pass, '-passout', 'pass:secret'));
    add('legacy store named .txt', openssl('pkcs12', '-export', '-inkey', key, '-in', pass, '-passout', 'pass:secret', '-legacy', '-certpbe', 'NONE'), { format: 'pkcs12', ...ofRsa, encryption: { cipher: 'des-ede3-cbc', kdf: 'pkcs12', rounds: 2048, mac: 'hmac-sha1', macRounds: 2048 } });
    add('PFX in base64', `PFX=${openssl('pkcs12', '-export', '-inkey', key, '-in', pass, '-passout', 'pass:secret', '-certpbe', 'NONE').toString('base64')}\n`, { format: 'pkcs12', ...ofRsa, encryption: { cipher: 'aes-256-cbc', kdf: 'pbkdf2', prf: 'hmac-sha256', rounds: 2048, mac: 'hmac-sha256', macRounds: 2048 }, wrapping: ['base64'] });
  const sealed = { cipher: 'des-ede3-cbc', kdf: 'pkcs12', rounds: 1777 };
    for (const version of [1, 2]) add(`BKS ${version}`, bksStore(version, bksEntry(4, 'mine', [storedCertificate(certificate)], bksSealed(640))), { format: 'bks', ...ofRsa, comment: 'mine', encryption: sealed });
    add('UBER', Buffer.concat([bksHead(1), uberBlob()]), { format: 'bks', kind: 'private', encryption: { cipher: 'twofish-cbc', kdf: 'pkcs12', rounds: 1234 } });
    add('BCFKS', bcfksStore(2000), { format: 'bcfks', kind: 'private', encryption: { cipher: 'aes-256-ccm', kdf: 'pbkdf2', prf: 'hmac-sha512', rounds: 51200 } });
  }
  if (hasTool('keytool')) {
    const store = join(folder, 'form.jceks');
    run('keytool', ['-genkeypair', '-keystore', store, '-storetype', 'JCEKS', '-storepass', 'secret', '-keypass', 'secret', '-alias', 'form', '-dname', 'CN=form', '-keyalg', 'RSA', '-keysize', '2048']);
    add('JCEKS', readFileSync(store), { format: 'jks', kind: 'private', algorithm: 'rsa', bits: 2048, comment: 'form', encryption: { cipher: 'des-ede3-cbc', kdf: 'pbkdf1', rounds: 200_000 } });
  }

  return [...forms, ...makeWrapped()];
}

const base64 = (bytes: Buffer | string): string => Buffer.from(bytes as string).toString('base64');
const wrap = (text: string, width: number, between = '\n'): string => text.match(new RegExp(`.{1,${width}}`, 'g'))!.join(between);

/** A key in every wrapping. */
function makeWrapped(): readonly Form[] {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const bytes = privateKey.export({ type: 'pkcs8', format: 'der' });
  const lines = pem.trimEnd().split('\n');
  const facts = { format: 'pkcs8', ...factsOf(privateKey) };
  const numbers = (write: (byte: number) => string): string => wrap([...bytes].map(write).join(', '), 72);
  const two = (byte: number): string => byte.toString(16).padStart(2, '0');

  /** By name: what stands in the file, the line it begins in, and the chain. */
  const wrapped: Readonly<Record<string, readonly [content: string | Buffer, line: number, ...wrapping: string[]]>> = {
    'UTF-16': [Buffer.from(`\ufeff${pem}`, 'utf16le'), 1, 'utf-16', 'pem'],
    'base64': [`key: ${base64(pem)}\n`, 1, 'base64', 'pem'],
    'base64, shifted by one': [`user: ${base64(`\n${pem}`)}\n`, 1, 'base64', 'pem'],
    'base64, shifted by two': [`user: ${base64(`x\n${pem}`)}\n`, 1, 'base64', 'pem'],
    'base64 for URLs': [`\nkey: ${Buffer.from(pem).toString('base64url')}\n`, 2, 'base64', 'pem'],
    'base64 at 76': [`${wrap(base64(pem), 76)}\n`, 1, 'base64', 'pem'],
    'base64 twice': [`key: ${base64(base64(pem))}\n`, 1, 'base64', 'base64', 'pem'],
    'base64 of DER': [`privateKey=${base64(bytes)}\n`, 1, 'base64'],
    'DER in hex': [`\n\nkey = ${bytes.toString('hex')}\n`, 3, 'hex'],
    'DER in a C array': [`unsigned char key[] = {\n${numbers((byte) => `0x${two(byte)}`)}\n};\n`, 2, 'byte-array'],
    'DER in Java bytes': [`byte[] key = {\n${wrap([...bytes].map((byte) => `(byte) 0x${two(byte)}`).join(', '), 1 << 20)} };\n`, 2, 'byte-array'],
    '\\n': [`KEY="${pem.replaceAll('\n', '\\n')}"\n`, 1, 'escaped', 'pem'],
    '\\r\\n': [`A=1\nKEY="${pem.replaceAll('\n', '\\r\\n')}"\n`, 2, 'escaped', 'pem'],
    'JSON in JSON': [JSON.stringify({ config: JSON.stringify({ key: pem }) }), 1, 'escaped', 'escaped', 'pem'],
    'XML entities': [`<add\n  value="${pem.replaceAll('\n', '&#xA;')}" />\n`, 2, 'entities', 'pem'],
    'HTML entities': [`<p>${pem.replace(/[+/=]/g, (sign) => `&#${sign.charCodeAt(0)};`).replaceAll('\n', '<br>')}</p>\n`, 1, 'entities', 'pem'],
    'percent-encoding': [`https://example.com/?key=${encodeURIComponent(pem)}`, 1, 'percent', 'pem'],
    'a form': [`key=${pem.replaceAll('\n', '%0A')}&x=1`, 1, 'percent', 'pem'],
    'quoted-printable': [pem.replaceAll('=', '=3D').replace(/^(.{40})(.+)$/gm, '$1=\n$2'), 1, 'quoted-printable', 'pem'],
    'Java': [`String key =\n${lines.map((line) => `    "${line}\\n"`).join(' +\n')};\n`, 2, 'string-literals', 'escaped', 'pem'],
    'C': [`const char *key =\n${lines.map((line) => `  "${line}\\n"`).join('\n')};\n`, 2, 'string-literals', 'escaped', 'pem'],
    'Go': [`var key = []byte(\`\n${pem}\`)\n`, 2, 'pem'],
    'PHP': [`$key =\n${lines.map((line) => `  '${line}'."\\n"`).join(' .\n')};\n`, 2, 'string-literals', 'pem'],
    'Python': [`KEY = (\n${lines.map((line) => `    b"${line}\\n"`).join('\n')}\n)\n`, 2, 'string-literals', 'escaped', 'pem'],
    'an array in Ruby': [`key = [\n${lines.map((line) => `  '${line}',`).join('\n')}\n].join("\\n")\n`, 2, 'string-literals', 'pem'],
    'an array in JavaScript': [`const key = [\n${lines.map((line) => `  "${line}",`).join('\n')}\n].join('\\n');\n`, 2, 'string-literals', 'pem'],
    'line comments': [`int x;\n${pem.replace(/^(?=.)/gm, '// ')}`, 2, 'comment', 'pem'],
    'a block comment': [`/*\n${pem.replace(/^(?=.)/gm, ' * ')} */\n`, 2, 'comment', 'pem'],
    'a diff': [`@@ -0,0 +1 @@\n${pem.replace(/^(?=.)/gm, '+')}`, 2, 'comment', 'pem'],
    'a YAML block': [`ssh:\n  key: |\n${pem.replace(/^(?=.)/gm, '    ')}  other: 1\n`, 3, 'pem'],
    'a notebook': [JSON.stringify({ cells: [{ cell_type: 'code', source: lines.map((line, i) => `${i === 0 ? 'key = """' : ''}${line}\n`) }], nbformat: 4 }, null, 1), 6, 'string-literals', 'escaped', 'pem'],
    'a Kubernetes Secret': [`apiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\ndata:\n  tls.key: ${base64(pem)}\n`, 5, 'base64', 'pem'],
    'a kubeconfig': [`apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    client-key-data: ${base64(pem)}\n`, 6, 'base64', 'pem'],
    'a service account': [JSON.stringify({ type: 'service_account', private_key: pem, client_email: 'x' }, null, 2), 3, 'escaped', 'pem'],
    'Terraform state': [JSON.stringify({ version: 4, resources: [{ type: 'tls_private_key', instances: [{ attributes: { private_key_pem: pem } }] }] }, null, 2), 9, 'escaped', 'pem'],
    'a Helm release': [`data:\n  release: ${base64(base64(gzipSync(JSON.stringify({ name: 'r', config: { tls: { key: pem } } }))))}\n`, 2, 'base64', 'base64', 'gzip', 'escaped', 'pem'],
    'a binary host': [Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\0\0\0', 'latin1'), Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 167 + 13) & 255)), Buffer.from(`\0${pem}\0`), randomBytes(500)]), 0, 'pem'],
    'firmware': [Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'), Buffer.alloc(3000, 0xff), bytes, Buffer.alloc(500)]), 1, 'embedded'],
  };
  return Object.entries(wrapped).map(([name, [content, line, ...wrapping]]) => ({ name: `in ${name}`, bytes: Buffer.from(content), keys: [{ ...facts, wrapping, ...(line > 0 && { line }) }] }));
}
