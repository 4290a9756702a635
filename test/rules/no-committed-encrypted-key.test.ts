import { describe, expect, test } from 'vitest';
import { noCommittedEncryptedKey as rule } from '../../rules/no-committed-encrypted-key.ts';
import { encrypted, makeKey, messageId } from './key.ts';

describe('no-committed-encrypted-key', () => {
  test.each([
    ['tracked', { origin: 'file', tracked: true }],
    ['staged', { origin: 'index' }],
    ['inHistory', { origin: 'commit' }],
    [undefined, { origin: 'stdin' }],
    [undefined, { origin: 'file' }],
  ] as const)('%s: %o', (id, file) => {
    expect(messageId(rule, makeKey('id_x', { encryption: encrypted, file }))).toBe(id);
  });

  test.each([
    ['a key in the clear', { encryption: undefined }],
    ['a damaged key', { defect: 'its body is cut off' }],
    ['a handle of a token', { hardware: true }],
  ] as const)('stays silent for %s', (_, facts) => {
    expect(messageId(rule, makeKey('x', { encryption: encrypted, ...facts, file: { tracked: true } }))).toBeUndefined();
  });
});
