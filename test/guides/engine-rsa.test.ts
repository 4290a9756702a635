import { expect, test } from 'vitest';
import { describeWith } from '../tools.ts';
import { makeGuide } from './guide.ts';

const both = ['engine-rsa', 'recommended'] as const;

describeWith(['ssh-keygen', 'openssl'], 'key pairs of engines', () => {
  const guide = makeGuide();
  guide.run('ssh-keygen', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-f', 'mixer.pem', '-N', '');
  guide.run('mv', 'mixer.pem.pub', 'mixer.pub');

  test('are as they should be, whichever way the public half was written', () => {
    guide.expectOfAll(both, []);
    guide.run('openssl', 'rsa', '-in', 'mixer.pem', '-pubout', '-out', 'mixer.pub');
    guide.expectOfAll(both, []);
    guide.run('openssl', 'rsa', '-in', 'mixer.pem', '-RSAPublicKey_out', '-out', 'mixer.pub');
    guide.expectOfAll(both, []);
  });

  test('in the format that ssh-keygen writes by default', () => {
    guide.run('mkdir', 'default');
    guide.run('ssh-keygen', '-t', 'rsa', '-f', 'default/id_rsa', '-N', '');
    guide.expectOfAll(both, [], 'default');
  });

  test('a public half that belongs to another engine', () => {
    guide.run('ssh-keygen', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-f', 'other.pem', '-N', '');
    guide.run('cp', 'other.pem.pub', 'mixer.pub');
    const [ssh] = guide.expectOfAll(both, ['mixer.pub:1 error key-pair-mismatch']);
    expect(ssh).toMatchObject({ message: 'RSA 2048-bit public key is not the public half of mixer.pem beside it', help: 'ssh-keygen -y -f mixer.pem > mixer.pub' });
    guide.run('openssl', 'rsa', '-in', 'other.pem', '-pubout', '-out', 'mixer.pub');
    const [pem] = guide.expectOfAll(both, ['mixer.pub:1 error key-pair-mismatch']);
    guide.paste(pem!.help);
    guide.expectOfAll(both, []);
  });

  test('one pair for two engines', () => {
    guide.run('mkdir', 'twins');
    guide.run('cp', '-p', 'mixer.pem', 'twins/grinder.pem');
    guide.expectVerdicts('engine-rsa', ['mixer.pem:1 error no-key-reuse', 'twins/grinder.pem:1 error no-key-reuse']);
    guide.expectVerdicts('recommended', ['mixer.pem:1 warn no-key-reuse', 'twins/grinder.pem:1 warn no-key-reuse']);
    guide.run('rm', '-r', 'twins');
  });

  test('others can read it', () => {
    guide.run('chmod', '640', 'mixer.pem');
    const [finding] = guide.expectOfAll(both, ['mixer.pem:1 error private-key-permissions']);
    guide.paste(finding!.help);
    guide.expectOfAll(both, []);
  });

  test('another kind of key than the engine can sign with', () => {
    guide.run('mkdir', 'kinds');
    guide.run('ssh-keygen', '-t', 'ed25519', '-f', 'kinds/engine.pem', '-N', '');
    const [finding] = guide.expectVerdicts('engine-rsa', ['kinds/engine.pem.pub:1 error no-weak-algorithm', 'kinds/engine.pem:1 error no-weak-algorithm'], 'kinds');
    expect(finding!.message).toBe('Ed25519 private key without a passphrase: the policy wants no other keys than RSA');
    guide.expectVerdicts('recommended', [], 'kinds');
  });

  test('too small', () => {
    guide.run('mkdir', 'sizes');
    guide.run('ssh-keygen', '-t', 'rsa', '-b', '1024', '-m', 'PEM', '-f', 'sizes/engine.pem', '-N', '');
    const [finding] = guide.expectOfAll(both, ['sizes/engine.pem.pub:1 error min-key-size', 'sizes/engine.pem:1 error min-key-size'], 'sizes');
    expect(finding!.message).toBe('RSA 1024-bit private key without a passphrase: 1024 bits are fewer than the 2048 that RSA needs');
  });
});
