import type { AnyRule } from '../src/rule.ts';
import { keyPairMismatch } from './key-pair-mismatch.ts';
import { minKeySize } from './min-key-size.ts';
import { noCommittedEncryptedKey } from './no-committed-encrypted-key.ts';
import { noCommittedPrivateKey } from './no-committed-private-key.ts';
import { noKeyReuse } from './no-key-reuse.ts';
import { noPrivateKeyInPublicFile } from './no-private-key-in-public-file.ts';
import { noUnreadableKey } from './no-unreadable-key.ts';
import { noWeakAlgorithm } from './no-weak-algorithm.ts';
import { privateKeyPermissions } from './private-key-permissions.ts';
import { requirePassphrase } from './require-passphrase.ts';
import { weakPassphraseKdf } from './weak-passphrase-kdf.ts';

/** All rules, in the order in which lists show them. */
export const rules: readonly AnyRule[] = [
  noCommittedPrivateKey,
  noCommittedEncryptedKey,
  noPrivateKeyInPublicFile,
  noUnreadableKey,
  noWeakAlgorithm,
  minKeySize,
  requirePassphrase,
  weakPassphraseKdf,
  privateKeyPermissions,
  noKeyReuse,
  keyPairMismatch,
];
