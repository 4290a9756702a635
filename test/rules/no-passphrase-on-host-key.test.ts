import { expect, test } from 'vitest';
import { noPassphraseOnHostKey as rule } from '../../rules/no-passphrase-on-host-key.ts';
import { encrypted, findings, makeKey, messageId } from './key.ts';

test('no-passphrase-on-host-key: sshd has nobody to type one', () => {
  const path = '/etc/ssh/ssh_host_ed25519_key';
  const [finding] = findings(rule, makeKey(path, { encryption: encrypted }));
  expect(finding).toMatchObject({ message: 'Ed25519 private key protected by a passphrase: sshd cannot read a host key under a passphrase', help: `remove the passphrase, and keep the file for root alone: ssh-keygen -p -N '' -f ${path}` });
  expect(messageId(rule, makeKey(path))).toBeUndefined();
  expect(messageId(rule, makeKey(path, { encryption: encrypted, weaknesses: ['empty-password'] }))).toBeUndefined();
  expect(messageId(rule, makeKey('/home/me/.ssh/id_ed25519', { encryption: encrypted }))).toBeUndefined();
  expect(messageId(rule, makeKey(path, { encryption: encrypted, defect: 'cut off' }))).toBeUndefined();
});
