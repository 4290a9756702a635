import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutKeyText } from '../src/text.ts';

const secret = fc.uint8Array({ minLength: 32, maxLength: 64 }).map((bytes) => Buffer.from(bytes));
const hasDigitsOrSigns = (text: string): boolean => /\d/.test(text);

test('what could be key bytes does not pass as a word', () => {
  fc.assert(fc.property(secret, (bytes) => {
    for (const text of [bytes.toString('base64'), bytes.toString('hex'), bytes.toString('hex').replace(/..(?=.)/g, '$&:')]) {
      expect(withoutKeyText(`key ${text} end`)).not.toContain(text.slice(0, 24));
    }
    const url = bytes.toString('base64url');
    if (hasDigitsOrSigns(url) && new Set(url).size > 12) expect(withoutKeyText(url)).not.toContain(url);
  }));
});

test.each(['ann@laptop.example.org', 'sk-ssh-ed25519@openssh.com', 'deploy key of the build server', 'rsa-key-20261121', 'ecdsa-sha2-nistp256-cert-v01@openssh.com', 'ubuntu@ip-10-0-12-34.eu-west-1.compute.internal'])('%s stays', (text) => {
  expect(withoutKeyText(text)).toBe(text);
});
