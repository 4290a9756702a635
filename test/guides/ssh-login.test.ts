import { expect, test } from 'vitest';
import { describeWith } from '../tools.ts';
import { makeGuide } from './guide.ts';

const both = ['ssh-login', 'recommended'] as const;

describeWith(['ssh-keygen'], 'a key for logging in, in PEM', () => {
  const guide = makeGuide();
  guide.run('mkdir', '-m', '700', '~/.ssh');
  guide.run('ssh-keygen', '-m', 'PEM', '-t', 'ecdsa', '-b', '521', '-f', '~/.ssh/id_ecdsa_work', '-N', 'passphrase');

  test('has its passphrase behind a single MD5 hash, until the advice is taken', () => {
    guide.expectVerdicts('recommended', ['.ssh/id_ecdsa_work:1 warn weak-passphrase-kdf'], '.ssh');
    const [finding] = guide.expectVerdicts('ssh-login', ['.ssh/id_ecdsa_work:1 error weak-passphrase-kdf'], '.ssh');
    expect(finding).toMatchObject({ message: expect.stringContaining('a guess at the passphrase costs an attacker one MD5 hash'), help: 'ssh-keygen -p -a 100 -f .ssh/id_ecdsa_work' });
    guide.paste(finding!.help, '-P', 'passphrase', '-N', 'a better passphrase');
    expect(guide.read('.ssh/id_ecdsa_work')).toContain('OPENSSH PRIVATE KEY');
    guide.expectOfAll(both, [], '.ssh');
  });

  test('others can read it, or put another in its place', () => {
    guide.run('chmod', '644', '~/.ssh/id_ecdsa_work');
    const [file] = guide.expectOfAll(both, ['.ssh/id_ecdsa_work:1 error private-key-permissions'], '.ssh');
    expect(file).toMatchObject({ message: expect.stringContaining('(mode 0644), and ssh ignores it'), help: 'chmod 600 .ssh/id_ecdsa_work' });
    guide.paste(file!.help);
    guide.run('chmod', '775', '~/.ssh');
    guide.paste(guide.expectOfAll(both, ['.ssh/id_ecdsa_work:1 error private-key-permissions'], '.ssh')[0]!.help);
    guide.expectOfAll(both, [], '.ssh');
  });

  test('has no passphrase', () => {
    guide.run('rm', '~/.ssh/id_ecdsa_work', '~/.ssh/id_ecdsa_work.pub');
    guide.run('ssh-keygen', '-m', 'PEM', '-t', 'ecdsa', '-b', '521', '-f', '~/.ssh/id_ecdsa_work', '-N', '');
    const [finding] = guide.expectOfAll(both, ['.ssh/id_ecdsa_work:1 error require-passphrase'], '.ssh');
    expect(finding!.message).toBe('EC P-521 private key without a passphrase: whoever gets the file can use it');
    guide.paste(finding!.help, '-a', '16', '-P', '', '-N', 'a passphrase');
    guide.expectOfAll(both, [], '.ssh');
    guide.run('ssh-keygen', '-p', '-m', 'PEM', '-P', 'a passphrase', '-N', '', '-f', '~/.ssh/id_ecdsa_work');
    guide.run('mkdir', '~/backup');
    guide.run('mv', '.ssh/id_ecdsa_work', 'backup');
    guide.expectVerdicts('ssh-login', ['backup/id_ecdsa_work:1 error require-passphrase'], 'backup');
    guide.expectVerdicts('recommended', [], 'backup');
  });
});

describeWith(['puttygen'], 'its PuTTY twin', () => {
  const guide = makeGuide();
  guide.write('phrase', 'passphrase');
  guide.write('nothing', '');
  const make = (file: string, phrase: string, ...more: readonly string[]): string => guide.run('puttygen', '-q', '-t', 'ecdsa', '-b', '521', '-C', 'me', '--new-passphrase', phrase, ...more, '-O', 'private', '-o', file);

  test('in the format of before 2021 and in today\'s', () => {
    guide.run('mkdir', 'keys');
    make('keys/two.ppk', 'phrase', '--ppk-param', 'version=2');
    // As many passes as PuTTY makes on a machine that is not busy.
    make('keys/three.ppk', 'phrase', '--ppk-param', 'passes=13');
    guide.expectVerdicts('recommended', ['keys/two.ppk:1 warn weak-passphrase-kdf'], 'keys');
    const [finding] = guide.expectVerdicts('ssh-login', ['keys/two.ppk:1 error weak-passphrase-kdf'], 'keys');
    expect(finding).toMatchObject({ message: 'EC P-521 private key protected by a passphrase: a guess at the passphrase costs an attacker one SHA-1 hash: a graphics card makes billions of guesses a second', help: 'puttygen keys/two.ppk --reencrypt --ppk-param memory=8192,passes=13 -o keys/two.ppk' });
    guide.paste(finding!.help, '--old-passphrase', 'phrase', '--new-passphrase', 'phrase');
    expect(guide.read('keys/two.ppk')).toMatch(/^PuTTY-User-Key-File-3: /);
    guide.expectOfAll(both, [], 'keys');
  });

  test('a cheap derivation in today\'s format', () => {
    guide.run('mkdir', 'cheap');
    make('cheap/cheap.ppk', 'phrase', '--ppk-param', 'memory=1024,passes=1');
    guide.expectVerdicts('recommended', ['cheap/cheap.ppk:1 warn weak-passphrase-kdf'], 'cheap');
    const [finding] = guide.expectVerdicts('ssh-login', ['cheap/cheap.ppk:1 error weak-passphrase-kdf'], 'cheap');
    expect(finding!.message).toContain('costs 1 pass of Argon2 over 1,024 KiB, and should take 8,192 KiB or more: a graphics card makes some 500,000 guesses a second');
    guide.paste(finding!.help, '--old-passphrase', 'phrase', '--new-passphrase', 'phrase');
    guide.expectVerdicts('ssh-login', [], 'cheap');
  });

  test('without a passphrase', () => {
    guide.run('mkdir', 'clear');
    make('clear/clear.ppk', 'nothing');
    const [finding] = guide.expectVerdicts('ssh-login', ['clear/clear.ppk:1 error require-passphrase'], 'clear');
    expect(finding!.help).toBe('puttygen clear/clear.ppk -P --ppk-param memory=8192,passes=13 -o clear/clear.ppk');
    guide.expectVerdicts('recommended', [], 'clear');
    guide.paste(finding!.help, '--new-passphrase', 'phrase');
    guide.expectOfAll(both, [], 'clear');
  });
});
