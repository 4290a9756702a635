import { describe, expect, test } from 'vitest';
import { noLegacyKeyFormat as rule } from '../../rules/no-legacy-key-format.ts';
import { mended, ofCommand, ofText } from './command-text.ts';

describe('no-legacy-key-format', () => {
  test.each([
    ['ssh-keygen -m PEM -t ecdsa -b 521', 'ssh-keygen puts the passphrase behind a single MD5 hash, which slows no guess'],
    ['ssh-keygen -p -m pem -f ~/.ssh/id_rsa', 'ssh-keygen puts the passphrase behind a single MD5 hash, which slows no guess'],
    ['openssl rsa -aes256 -traditional -in k -out k2', 'openssl rsa puts the passphrase behind a single MD5 hash, which slows no guess'],
    ['openssl genrsa -des3 -out k.pem 4096', 'openssl genrsa encrypts the key with Triple DES, which is outdated'],
    ['openssl pkcs8 -topk8 -v1 PBE-MD5-DES -in k -out k8', 'openssl pkcs8 puts the passphrase behind the old derivation of PKCS #5 v1.5, which slows no guess'],
    ['openssl pkcs12 -export -legacy -in k -out k.p12', 'openssl pkcs12 puts the passphrase behind the old derivation of PKCS #12, which slows no guess'],
    ['puttygen -t ed25519 -o k.ppk --ppk-param version=2', 'puttygen puts the passphrase behind two SHA-1 hashes, which slows no guess'],
  ])('%s', (command, message) => {
    expect(ofCommand(rule, command).map((finding) => finding.message)).toEqual([message]);
  });

  test.each([
    'ssh-keygen -m PEM -t rsa -b 4096 -N ""', 'ssh-keygen -t ed25519', 'ssh-keygen -m PEM -t ed25519', 'ssh-keygen -e -m PEM -f k.pub', 'ssh-keygen -m PKCS8 -t rsa', 'openssl genrsa -aes256 4096', 'openssl pkcs8 -topk8 -nocrypt -v1 PBE-MD5-DES -in k -out k8',
    'openssl pkcs12 -legacy -in k.p12 -nokeys', 'puttygen -t ed25519 -o k.ppk',
  ])('nothing of %s', (command) => {
    expect(ofCommand(rule, command)).toEqual([]);
  });

  test.each([
    ['ssh-keygen -m PEM -t ecdsa -b 521', 'ssh-keygen -t ecdsa -b 521 -a 100'],
    ['openssl genrsa -des3 -out k.pem 4096', 'openssl genrsa -aes256 -out k.pem 4096'],
    ['openssl rsa -aes256 -traditional -in k -out k2', 'openssl rsa -aes256 -in k -out k2'],
  ])('%s is written better', (command, better) => {
    const [finding] = ofText(rule, 'a.sh', command);
    expect(mended(command, finding!)).toBe(better);
    expect(finding!.help).toBe(`write: ${better}`);
    expect(ofText(rule, 'a.sh', better)).toEqual([]);
  });
});
