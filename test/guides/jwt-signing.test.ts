import { createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { git, keylint } from '../program.ts';
import { describeWith } from '../tools.ts';
import { makeGuide } from './guide.ts';

const both = ['jwt-signing', 'recommended'] as const;

describeWith(['ssh-keygen', 'openssl', 'git'], 'a pair for RS256, by ssh-keygen and openssl', () => {
  const guide = makeGuide();
  guide.run('ssh-keygen', '-t', 'rsa', '-b', '4096', '-m', 'PEM', '-N', '', '-f', 'jwtRS256.key');
  guide.run('openssl', 'rsa', '-in', 'jwtRS256.key', '-pubout', '-outform', 'PEM', '-out', 'jwtRS256.key.pub');

  test('is as it should be: without a passphrase on purpose, readable by its owner only', () => {
    guide.expectOfAll(both, []);
    const { stdout, status } = keylint(['.'], { cwd: guide.home, env: { HOME: guide.home } });
    expect([stdout, status]).toEqual([expect.stringMatching(/^nothing to complain of in 2 keys /), 0]);
  });

  test('others can read it', () => {
    guide.run('chmod', '644', 'jwtRS256.key');
    const [finding] = guide.expectOfAll(both, ['jwtRS256.key:1 error private-key-permissions']);
    expect(finding).toMatchObject({ message: 'RSA 4096-bit private key without a passphrase: others can get at the file (mode 0644)', help: 'chmod 600 jwtRS256.key' });
    guide.paste(finding!.help);
    guide.expectOfAll(both, []);
  });

  test('the same pair for development and production', () => {
    guide.run('mkdir', 'dev', 'prod');
    for (const place of ['dev', 'prod']) guide.run('cp', '-p', 'jwtRS256.key', 'jwtRS256.key.pub', place);
    const [finding] = guide.expectVerdicts('jwt-signing', ['dev/jwtRS256.key:1 error no-key-reuse', 'prod/jwtRS256.key:1 error no-key-reuse'], 'dev', 'prod');
    expect(finding!.message).toBe('RSA 4096-bit private key without a passphrase: the same key is in prod/jwtRS256.key');
    guide.expectVerdicts('recommended', ['dev/jwtRS256.key:1 warn no-key-reuse', 'prod/jwtRS256.key:1 warn no-key-reuse'], 'dev', 'prod');
    guide.run('rm', '-r', 'dev', 'prod');
  });

  test('is about to be committed, and is committed', () => {
    const work = guide.home;
    git(work, 'init', '-q', '-b', 'main');
    const [unignored] = guide.expectOfAll(both, ['jwtRS256.key:1 warn no-misplaced-key']);
    expect(unignored!.message).toBe('RSA 4096-bit private key without a passphrase is in a git work tree that does not ignore it: the next "git add ." takes it along');
    git(work, 'add', '.');
    const [staged] = guide.expectOfAll(both, ['jwtRS256.key:1 error no-committed-private-key'], '--staged');
    expect(staged!.message).toBe('RSA 4096-bit private key without a passphrase is about to be committed');
    git(work, 'commit', '-q', '-m', 'keys');
    const [tracked] = guide.expectOfAll(both, ['jwtRS256.key:1 error no-committed-private-key']);
    expect(tracked).toMatchObject({ message: 'RSA 4096-bit private key without a passphrase is tracked by git: everyone with the repository has it', help: expect.stringContaining('replace the key wherever it is trusted') });
    guide.paste(tracked!.help);
    git(work, 'commit', '-q', '-m', 'no keys');
    // The public half may stay, and the key itself lies where the service reads it.
    guide.write('.git/info/exclude', 'jwtRS256.key\n');
    guide.expectOfAll(both, []);
    git(work, 'add', '-f', '.');
    guide.paste(guide.expectOfAll(both, ['jwtRS256.key:1 error no-committed-private-key'], '--staged')[0]!.help);
    guide.expectOfAll(both, [], '--staged');
    guide.run('rm', '-rf', '.git');
  });

  test('is committed under a passphrase', () => {
    const work = guide.home;
    git(work, 'init', '-q', '-b', 'main');
    guide.run('openssl', 'pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-scrypt', '-passout', 'pass:correct horse', '-in', 'jwtRS256.key', '-out', 'sealed.key');
    git(work, 'add', 'sealed.key', 'jwtRS256.key.pub');
    guide.expectVerdicts('jwt-signing', ['sealed.key:1 error no-committed-encrypted-key'], '--staged');
    guide.expectVerdicts('recommended', ['sealed.key:1 warn no-committed-encrypted-key'], '--staged');
    guide.run('rm', '-rf', '.git', 'sealed.key');
  });

  test('the public half of another key', () => {
    const other = guide.run('openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
    guide.write('other.key', other, 0o600);
    guide.run('openssl', 'rsa', '-in', 'other.key', '-pubout', '-out', 'jwtRS256.key.pub');
    const [finding] = guide.expectOfAll(both, ['jwtRS256.key.pub:1 error key-pair-mismatch']);
    expect(finding!.message).toBe('RSA 2048-bit public key is not the public half of jwtRS256.key beside it');
    guide.paste(finding!.help);
    guide.run('rm', 'other.key');
    guide.expectOfAll(both, []);
  });

  test('keys that no signature of a token can be made with', () => {
    guide.run('openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024', '-out', 'small.pem');
    guide.run('openssl', 'genpkey', '-algorithm', 'X25519', '-out', 'x25519.pem');
    guide.run('openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'es256.pem');
    guide.run('openssl', 'genpkey', '-algorithm', 'ED25519', '-out', 'eddsa.pem');
    guide.expectVerdicts('jwt-signing', ['small.pem:1 error min-key-size', 'x25519.pem:1 error no-weak-algorithm']);
    guide.expectVerdicts('recommended', ['small.pem:1 error min-key-size']);
  });
});

describeWith(['openssl'], 'a pair for RS256, by openssl alone', () => {
  const guide = makeGuide();
  guide.run('openssl', 'genrsa', '-out', 'private.key', '4096');
  guide.run('openssl', 'rsa', '-in', 'private.key', '-pubout', '-out', 'public.key');

  test('is as it should be, and so is the public half as a JWK', () => {
    guide.expectOfAll(both, []);
    const jwk = { ...createPublicKey(guide.read('public.key')).export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: '2024-01' };
    guide.write('.well-known/jwks.json', JSON.stringify({ keys: [jwk] }, undefined, 2));
    guide.expectOfAll(both, []);
  });

  test('the private key, saved as the public one', () => {
    guide.run('cp', '-p', 'public.key', 'saved.pub');
    for (const args of [['cp', '-p', 'private.key', 'public.key'], ['openssl', 'rsa', '-traditional', '-in', 'private.key', '-out', 'public.key']]) {
      guide.run(...args);
      guide.run('chmod', '600', 'public.key');
      const [finding] = guide.expectOfAll(both, ['public.key:1 error no-private-key-in-public-file']);
      expect(finding).toMatchObject({
        message: 'RSA 4096-bit private key without a passphrase in a file that its name makes public',
        help: 'replace the key if anyone was given public.key, and keep only its public half there',
      });
    }
    guide.run('mv', 'saved.pub', 'public.key');
    guide.expectOfAll(both, []);
  });

  test('under a passphrase, as older releases and newer ones keep it', () => {
    guide.run('openssl', 'rsa', '-traditional', '-aes256', '-passout', 'pass:correct horse', '-in', 'private.key', '-out', 'old.key');
    const [finding] = guide.expectOfAll(both, ['old.key:1 warn weak-passphrase-kdf']);
    expect(finding!.message).toBe('RSA 4096-bit private key protected by a passphrase (judged by its length): a guess at the passphrase costs an attacker one MD5 hash: a graphics card makes billions of guesses a second');
    expect(finding!.help).toContain('openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt -in old.key -out old.key.new');
    guide.paste(finding!.help, '-passin', 'pass:correct horse', '-passout', 'pass:correct horse');
    guide.run('mv', 'old.key.new', 'old.key');
    guide.expectOfAll(both, []);
  });
});
