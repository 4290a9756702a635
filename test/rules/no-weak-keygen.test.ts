import { describe, expect, test } from 'vitest';
import { noWeakKeygen as rule } from '../../rules/no-weak-keygen.ts';
import { mended, ofCommand, ofText } from './command-text.ts';

const said = (command: string, ...more: readonly [Readonly<Record<string, unknown>>?, Readonly<Record<string, never>>?]): readonly string[] => ofCommand(rule, command, ...more).map(({ severity, message }) => `${severity}: ${message}`);

describe('no-weak-keygen', () => {
  test.each([
    ['ssh-keygen -t rsa -b 1024', 'error: ssh-keygen makes a key of 1024 bits, fewer than the 2048 that RSA needs'],
    ['ssh-keygen -b1024 -qtrsa', 'error: ssh-keygen makes a key of 1024 bits, fewer than the 2048 that RSA needs'],
    ['BITS=1024; ssh-keygen -t rsa -b "$BITS"', 'error: ssh-keygen makes a key of 1024 bits, fewer than the 2048 that RSA needs'],
    ['openssl genrsa -out k.pem 512', 'error: openssl genrsa makes a key of 512 bits, fewer than the 2048 that RSA needs'],
    ['openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:1024 -out k.pem', 'error: openssl genpkey makes a key of 1024 bits, fewer than the 2048 that RSA needs'],
    ['openssl req -x509 -newkey rsa:1024 -nodes -keyout k.pem', 'error: openssl req makes a key of 1024 bits, fewer than the 2048 that RSA needs'],
    ['keytool -genkeypair -keyalg RSA -keysize 1024 -keystore k.p12', 'error: keytool makes a key of 1024 bits, fewer than the 2048 that RSA needs'],
    ['puttygen -t rsa -b 1024 -o k.ppk', 'error: puttygen makes a key of 1024 bits, fewer than the 2048 that RSA needs'],
    ['gpg --batch --quick-gen-key ann@example.org rsa1024', 'error: gpg makes a key of 1024 bits, fewer than the 2048 that RSA needs'],
    ['certtool --generate-privkey --bits 1024 --outfile k.pem', 'error: certtool makes a key of 1024 bits, fewer than the 2048 that RSA needs'],
    ['ssh-keygen -t rsa -b 2048', 'warn: ssh-keygen makes an RSA 2048-bit key, which is strong enough until the end of 2030 only'],
    ['openssl genrsa -out k.pem', 'warn: openssl genrsa makes an RSA 2048-bit key, which is strong enough until the end of 2030 only'],
  ])('%s', (command, message) => {
    expect(said(command)).toEqual([message]);
  });

  test('DSA is one weakness, whatever its size', () => {
    expect(said('ssh-keygen -t dsa')).toHaveLength(1);
  });

  test.each([
    'ssh-keygen -t ed25519 -a 100', 'ssh-keygen -t rsa -b 4096', 'ssh-keygen -t rsa', 'ssh-keygen', 'ssh-keygen -t "$TYPE" -b "$BITS"', 'ssh-keygen -l -f key', 'ssh-keygen -p -f key', 'ssh-keygen -R host -b 1024',
    'openssl genrsa 4096', 'openssl genrsa "$BITS"', 'openssl ecparam -genkey -name prime256v1', 'openssl rsa -in k -pubout', 'product key generate --size 1024', '# ssh-keygen -t rsa -b 1024', 'echo ssh-keygen -t rsa -b 1024',
  ])('nothing of %s', (command) => {
    expect(said(command)).toEqual([]);
  });

  test('the numbers are those of min-key-size, and algorithms those of no-weak-algorithm', () => {
    const message = (command: string, others: Parameters<typeof ofCommand>[3]): string | undefined => ofCommand(rule, command, {}, others)[0]?.message;
    expect(message('ssh-keygen -t rsa -b 4096', { 'min-key-size': ['error', { rsa: 8192 }] })).toBe('ssh-keygen makes a key of 4096 bits, fewer than the 8192 that RSA needs');
    expect(message('ssh-keygen -t ecdsa -b 256', { 'no-weak-algorithm': ['error', { only: ['ed25519'] }] })).toBe('ssh-keygen makes an EC P-256 key, and the policy wants no other keys than Ed25519');
    expect(message('ssh-keygen -t rsa -b 1024', { 'min-key-size': 'off' })).toBe('ssh-keygen makes an RSA 1024-bit key, which is strong enough until the end of 2030 only');
    expect(ofCommand(rule, 'ssh-keygen -t rsa -b 2048', { until2030: false })).toEqual([]);
  });

  test('the better command is told, and written in the place of what is there', () => {
    const text = 'set -e\nsudo ssh-keygen -t rsa \\\n  -b 1024 -f "$HOME/key" # ü\n';
    const [finding] = ofText(rule, 'a.sh', text);
    expect(finding).toMatchObject({ line: 2, column: 1, endLine: 3, help: 'write: ssh-keygen -t rsa -b 4096 -f "$HOME/key"' });
    const better = mended(text, finding!);
    expect(better).toBe('set -e\nsudo ssh-keygen -t rsa \\\n  -b 4096 -f "$HOME/key" # ü\n');
    expect(ofText(rule, 'a.sh', better)).toEqual([]);
  });

  test('a curve is named as the tls provider of Terraform names it', () => {
    const text = 'resource "tls_private_key" "a" {\n  algorithm   = "ECDSA"\n  ecdsa_curve = "P224"\n}\n';
    const [finding] = ofText(rule, 'main.tf', text, {}, { 'min-key-size': ['error', { ec: 256 }] });
    expect(mended(text, finding!)).toBe(text.replace('P224', 'P256'));
  });
});
