import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeGuide } from './guide.ts';

/** The guides as people read them, before anybody has followed them. */
const guide = makeGuide();
for (const name of ['jwt-signing', 'jwt-openssl', 'ssh-login', 'engine-rsa', 'ssh-user']) guide.write(`docs/${name}.md`, readFileSync(join(import.meta.dirname, 'texts', `${name}.md`), 'utf8'));

const of = (preset: string, name: string, ...verdicts: readonly string[]): readonly { readonly rule: string; readonly message: string; readonly help: string }[] => guide.expectVerdicts(preset, verdicts.map((verdict) => verdict.replace(/^(\d+) /, `docs/${name}.md:$1 `)), `docs/${name}.md`);

describe('a guide to keys for tokens', () => {
  const shown = ['15 warn no-key-echo', '16 warn no-key-echo'];

  test('no passphrase is a remark where tokens are signed, and an error where people log in', () => {
    const [made] = of('jwt-signing', 'jwt-signing', '8 note no-unprotected-keygen', ...shown);
    expect(made!.message).toBe('ssh-keygen makes an RSA 4096-bit key without a passphrase: whoever gets the file can use it');
    of('ssh-user', 'jwt-signing', '8 error no-unprotected-keygen', ...shown);
    of('ssh-deploy', 'jwt-signing', ...shown);
  });

  test('of what fits everywhere only the showing of the key is told', () => {
    const [, clipboard] = of('recommended', 'jwt-signing', ...shown);
    expect(clipboard!.message).toBe('cat puts the private key private.key into the clipboard, which every program can read');
  });

  test('by openssl alone it is as it should be', () => {
    of('recommended', 'jwt-openssl');
    of('jwt-signing', 'jwt-openssl', '4 note no-unprotected-keygen');
  });
});

test('a guide to logging in: the passphrase that is asked for counts for nothing in the old format', () => {
  const [finding] = of('recommended', 'ssh-login', '6 warn no-legacy-key-format');
  expect(finding).toMatchObject({ message: 'ssh-keygen puts the passphrase behind a single MD5 hash, which slows no guess', help: 'write: ssh-keygen -t ecdsa -b 521 -f ~/.ssh/id_ecdsa_work -a 100' });
  of('ssh-login', 'ssh-login', '6 error no-legacy-key-format');
  // People's own keys are Ed25519 there.
  of('ssh-user', 'ssh-login', '6 error no-legacy-key-format', '6 error no-weak-keygen');
});

test('a guide to the pair of an engine: the day on which the size is over, and a place where keys do not belong', () => {
  const [place, size] = of('recommended', 'engine-rsa', '6 warn no-misplaced-keygen', '6 warn no-weak-keygen');
  expect(place!.message).toBe('ssh-keygen makes an RSA 2048-bit key in Desktop, where files are shown, shared and forgotten');
  expect(size!.message).toBe('ssh-keygen makes an RSA 2048-bit key, which is strong enough until the end of 2030 only');
  of('engine-rsa', 'engine-rsa', '6 note no-unprotected-keygen', '6 warn no-misplaced-keygen', '6 warn no-weak-keygen');
});

test('a guide to one\'s own key is as it should be', () => {
  for (const preset of ['recommended', 'ssh-user', 'ssh-login', 'ssh-deploy', 'strict']) of(preset, 'ssh-user');
});
