import { expect, test } from 'vitest';
import { noMisplacedKeygen as rule } from '../../rules/no-misplaced-keygen.ts';
import { ofCommand } from './command-text.ts';

test.each([
  ['ssh-keygen -t rsa -b 4096 -f ~/Desktop/key', 'ssh-keygen makes an RSA 4096-bit key in Desktop, where files are shown, shared and forgotten'],
  ['openssl genrsa -out "$HOME/Downloads/key.pem" 4096', 'openssl genrsa makes an RSA 4096-bit key in Downloads, where files are shown, shared and forgotten'],
  ['openssl genrsa 4096 > ~/Desktop/key.pem', 'openssl genrsa makes an RSA 4096-bit key in Desktop, where files are shown, shared and forgotten'],
  ['ssh-keygen -t ed25519 -f /Users/ann/Dropbox/keys/id', 'ssh-keygen makes an Ed25519 key in a folder that Dropbox copies to other machines'],
])('%s', (command, message) => {
  expect(ofCommand(rule, command).map((finding) => finding.message)).toEqual([message]);
});

test.each(['ssh-keygen -t ed25519', 'ssh-keygen -t ed25519 -f ~/.ssh/Desktop', 'openssl rsa -in ~/Desktop/key -pubout -out p', 'openssl genrsa -out /tmp/key.pem 4096'])('nothing of %s', (command) => {
  expect(ofCommand(rule, command)).toEqual([]);
});

test('where desks are no matter of the policy, they are none here', () => {
  expect(ofCommand(rule, 'ssh-keygen -f ~/Desktop/key -t ed25519', {}, { 'no-misplaced-key': ['warn', { places: ['sync'] }] })).toEqual([]);
});
