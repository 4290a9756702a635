import { expect, test } from 'vitest';
import { attempt, describeWith } from '../tools.ts';
import { makeGuide } from './guide.ts';

const PASSPHRASE = 'correct horse';
/** A hundred rounds take a second each time: once is enough to see that the advice holds. */
const quick = ['-a', '16'];
const all = ['ssh-user', 'ssh-deploy', 'recommended'] as const;

describeWith(['ssh-keygen'], 'a key of one\'s own in ~/.ssh', () => {
  const guide = makeGuide();
  guide.run('mkdir', '-m', '700', '~/.ssh');
  guide.run('ssh-keygen', '-o', '-a', '100', '-t', 'ed25519', '-N', PASSPHRASE, '-f', '~/.ssh/id_ed25519');

  test('is as it should be', () => {
    guide.expectOfAll(all, []);
    guide.expectOfAll(all, [], `${guide.home}/.ssh`);
  });

  test('has no passphrase', () => {
    guide.run('ssh-keygen', '-p', '-P', PASSPHRASE, '-N', '', '-f', '~/.ssh/id_ed25519');
    const [finding] = guide.expectOfAll(['ssh-user', 'recommended'], ['.ssh/id_ed25519:1 error require-passphrase'], '.ssh');
    expect(finding).toMatchObject({ message: 'Ed25519 private key without a passphrase: whoever gets the file can use it', help: 'ssh-keygen -p -a 100 -f .ssh/id_ed25519' });
    // Of a machine's key nobody is there to type one.
    guide.expectVerdicts('ssh-deploy', [], '.ssh');
    guide.paste(finding!.help, ...quick, '-P', '', '-N', PASSPHRASE);
    guide.expectOfAll(all, [], '.ssh');
  });

  test('has a passphrase that can be guessed fast', () => {
    guide.run('ssh-keygen', '-p', '-a', '1', '-P', PASSPHRASE, '-N', PASSPHRASE, '-f', '~/.ssh/id_ed25519');
    const [finding] = guide.expectOfAll(['ssh-user', 'ssh-deploy'], ['.ssh/id_ed25519:1 error weak-passphrase-kdf'], '.ssh');
    guide.expectVerdicts('recommended', ['.ssh/id_ed25519:1 warn weak-passphrase-kdf'], '.ssh');
    expect(finding!.message).toBe('Ed25519 private key protected by a passphrase: a guess at the passphrase costs 1 round of bcrypt, and should cost 16 or more: a graphics card makes some 40,000 guesses a second');
    guide.paste(finding!.help, '-P', PASSPHRASE, '-N', PASSPHRASE);
    guide.expectOfAll(all, [], '.ssh');
  });

  test('lies where others can get at it', () => {
    guide.run('chmod', '644', '~/.ssh/id_ed25519');
    const [file] = guide.expectOfAll(all, ['.ssh/id_ed25519:1 error private-key-permissions'], '.ssh');
    expect(file!.message).toContain('others can get at the file (mode 0644), and ssh ignores it');
    guide.paste(file!.help);
    guide.run('chmod', '777', '~/.ssh');
    const [folder] = guide.expectOfAll(all, ['.ssh/id_ed25519:1 error private-key-permissions'], '.ssh');
    expect(folder!.message).toContain(`others can write to ${guide.home}/.ssh (mode 0777)`);
    guide.paste(folder!.help);
    guide.expectOfAll(all, [], '.ssh');
  });

  test('is of a kind that a person should not begin with', () => {
    guide.run('ssh-keygen', ...quick, '-t', 'ecdsa', '-N', PASSPHRASE, '-f', '~/.ssh/id_ecdsa');
    guide.run('ssh-keygen', ...quick, '-t', 'rsa', '-b', '2048', '-N', PASSPHRASE, '-f', '~/.ssh/id_rsa');
    for (const preset of ['ssh-user', 'ssh-deploy']) {
      guide.expectVerdicts(preset, ['.ssh/id_ecdsa:1 error no-weak-algorithm', '.ssh/id_rsa.pub:1 error min-key-size', '.ssh/id_rsa:1 error min-key-size'], '.ssh');
    }
    guide.expectVerdicts('recommended', [], '.ssh');
    guide.run('rm', '~/.ssh/id_ecdsa', '~/.ssh/id_ecdsa.pub', '~/.ssh/id_rsa', '~/.ssh/id_rsa.pub');
  });
});

describeWith(['ssh-keygen'], 'a key for deploying, on the desktop', () => {
  const guide = makeGuide();
  guide.run('mkdir', '~/Desktop');
  guide.run('ssh-keygen', '-o', '-a', '100', '-t', 'ed25519', '-N', '', '-f', '~/Desktop/id_ed25519_deploy');

  test('needs no passphrase where a machine uses it, and should have one where a person does', () => {
    guide.expectOfAll(['ssh-deploy', 'recommended'], []);
    const [finding] = guide.expectVerdicts('ssh-user', ['Desktop/id_ed25519_deploy:1 warn require-passphrase']);
    guide.paste(finding!.help, ...quick, '-P', '', '-N', PASSPHRASE);
    guide.expectOfAll(all, []);
  });

  test('is used for two things', () => {
    guide.run('mkdir', '~/Desktop/staging');
    guide.run('ssh-keygen', '-p', '-P', PASSPHRASE, '-N', '', '-f', '~/Desktop/id_ed25519_deploy');
    guide.run('cp', '-p', 'Desktop/id_ed25519_deploy', 'Desktop/staging');
    guide.expectVerdicts('ssh-deploy', ['Desktop/id_ed25519_deploy:1 error no-key-reuse', 'Desktop/staging/id_ed25519_deploy:1 error no-key-reuse']);
    guide.expectVerdicts('recommended', ['Desktop/id_ed25519_deploy:1 warn no-key-reuse', 'Desktop/staging/id_ed25519_deploy:1 warn no-key-reuse']);
  });
});

describeWith(['ssh-keygen'], 'public keys in a list of users', () => {
  const guide = makeGuide();
  const kinds = [['ed25519'], ['rsa', '-b', '4096'], ['rsa', '-b', '1024'], ['ecdsa'], ['dsa']].filter(([type, ...size]) => attempt('ssh-keygen', ['-q', '-t', type!, ...size, '-N', '', '-C', `${type}@host`, '-f', `${guide.home}/${type}${size.join('')}`]).status === 0);
  const keys = kinds.map((kind) => guide.read(`${kind.join('')}.pub`).trim());
  guide.run('sh', '-c', 'rm -- *');
  const list = keys.map((key, i) => `  - name: user${i}\n    keys:\n      - ${key}\n`).join('');
  guide.write('users.yml', `users:\n${list}`);
  guide.write('quoted.yaml', `users:\n${list.replace(/- (\w+-\S+ .*)$/gm, '- "$1"')}`);
  const hasDsa = kinds.some(([type]) => type === 'dsa');
  const lineOf = (kind: string): number => 4 + 3 * kinds.findIndex((words) => words.join('') === kind);

  test('each weak one is a finding at its own line', () => {
    const verdicts = ['quoted.yaml', 'users.yml'].flatMap((path) => [
      `${path}:${lineOf('rsa-b1024')} error min-key-size`,
      ...(hasDsa ? [`${path}:${lineOf('dsa')} error min-key-size`, `${path}:${lineOf('dsa')} error no-weak-algorithm`] : []),
    ]);
    const findings = guide.expectOfAll(['recommended', 'ssh-user', 'ssh-deploy', 'ssh-login'], verdicts);
    expect(findings.find(({ line }) => line === lineOf('rsa-b1024'))).toMatchObject({
      message: 'RSA 1024-bit public key: 1024 bits are fewer than the 2048 that RSA needs',
      help: 'have its owner replace the key pair, for instance with: ssh-keygen -t rsa -b 4096 -a 100',
    });
    expect(guide.stylish('ssh-user')).toContain(`users.yml:${lineOf('rsa-b1024')}:9  error  RSA 1024-bit public key`);
  });

  test('a list without them is clean', () => {
    guide.write('users.yml', `users:\n  - name: a\n    keys:\n      - ${keys[0]!}\n      - ${keys[1]!}\n`);
    guide.expectOfAll(all, [], 'users.yml');
  });
});
