import { describe, expect, test } from 'vitest';
import { noUnprotectedKeygen as rule } from '../../rules/no-unprotected-keygen.ts';
import { mended, ofCommand, ofText } from './command-text.ts';

const everywhere = { where: 'everywhere' };
const said = (command: string, options?: Readonly<Record<string, unknown>>): readonly string[] => ofCommand(rule, command, options).map(({ message }) => message);

describe('no-unprotected-keygen', () => {
  test.each([
    'ssh-keygen -t ed25519 -N ""', 'ssh-keygen -t ed25519 -N \'\' -f ~/.ssh/id_ed25519', 'ssh-keygen -q -t ed25519 -N "" -f "$HOME/.ssh/id_ed25519"', 'ssh-keygen -t ed25519 -f /home/ann/.ssh/id_ed25519 -qN ""',
  ])('a key for a person: %s', (command) => {
    expect(said(command)).toEqual(['ssh-keygen makes an Ed25519 key without a passphrase: whoever gets the file can use it']);
  });

  test('a passphrase is taken away', () => {
    expect(said('ssh-keygen -p -N "" -f ~/.ssh/id_rsa')).toEqual(['ssh-keygen writes the key without a passphrase: whoever gets the file can use it']);
  });

  test.each([
    ['openssl req -x509 -newkey rsa:4096 -nodes -keyout k.pem', 'openssl req makes an RSA 4096-bit key without a passphrase: whoever gets the file can use it'],
    ['openssl genrsa -out k.pem 4096', 'openssl genrsa makes an RSA 4096-bit key without a passphrase: whoever gets the file can use it'],
    ['openssl pkcs8 -topk8 -nocrypt -in k -out k8', 'openssl pkcs8 writes the key without a passphrase: whoever gets the file can use it'],
    ['openssl pkcs12 -in k.p12 -nodes -out k.pem', 'openssl pkcs12 writes the key without a passphrase: whoever gets the file can use it'],
    ['gpg --batch --passphrase "" --quick-gen-key ann ed25519', 'gpg makes an Ed25519 key without a passphrase: whoever gets the file can use it'],
    ['step certificate create a a.crt a.key --no-password --insecure', 'step certificate create makes an EC P-256 key without a passphrase: whoever gets the file can use it'],
    ['ssh-keygen -t ed25519 -N "" -f deploy', 'ssh-keygen makes an Ed25519 key without a passphrase: whoever gets the file can use it'],
  ])('where keys of machines count: %s', (command, message) => {
    expect(said(command, everywhere)).toEqual([message]);
    expect(said(command)).toEqual([]);
  });

  test.each(['ssh-keygen -t ed25519', 'ssh-keygen -t ed25519 -N "$PHRASE"', 'ssh-keygen -t rsa -N "" -f /etc/ssh/ssh_host_rsa_key', 'openssl genrsa -aes256 -out k.pem 4096', 'openssl rsa -in k -pubout -out p', 'ssh-keygen -y -N "" -f k'])('nothing of %s', (command) => {
    expect(said(command, everywhere)).toEqual([]);
  });

  test('the better command asks for one, and its key is slow to guess at', () => {
    const text = 'ssh-keygen -t ed25519 -N "" -f ~/.ssh/id_ed25519 -q\n';
    const [finding] = ofText(rule, 'a.sh', text);
    expect(finding!.help).toBe('let it ask for a passphrase: ssh-keygen -t ed25519 -f ~/.ssh/id_ed25519 -q -a 100');
    expect(mended(text, finding!)).toBe('ssh-keygen -t ed25519 -f ~/.ssh/id_ed25519 -q -a 100\n');
  });
});
