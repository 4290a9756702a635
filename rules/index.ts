import type { AnyRule } from '../src/rule.ts';
import { hashKnownHosts } from './hash-known-hosts.ts';
import { keyPairMismatch } from './key-pair-mismatch.ts';
import { maxCertificateLifetime } from './max-certificate-lifetime.ts';
import { maxKeyAge } from './max-key-age.ts';
import { minKeySize } from './min-key-size.ts';
import { noCommittedEncryptedKey } from './no-committed-encrypted-key.ts';
import { noCommittedPrivateKey } from './no-committed-private-key.ts';
import { noConflictingHostKeys } from './no-conflicting-host-keys.ts';
import { noDuplicateEntry } from './no-duplicate-entry.ts';
import { noExpiredKey } from './no-expired-key.ts';
import { noGlobalAgentForwarding } from './no-global-agent-forwarding.ts';
import { noGuessablePassphrase } from './no-guessable-passphrase.ts';
import { noKeyReuse } from './no-key-reuse.ts';
import { noLinkedKey } from './no-linked-key.ts';
import { noLoneKeyHalf } from './no-lone-key-half.ts';
import { noMisplacedKey } from './no-misplaced-key.ts';
import { noMissingIdentityFile } from './no-missing-identity-file.ts';
import { noPassphraseOnHostKey } from './no-passphrase-on-host-key.ts';
import { noPrivateKeyInPublicFile } from './no-private-key-in-public-file.ts';
import { noRevokedKey } from './no-revoked-key.ts';
import { noRiskyAuthorizedKeyOption } from './no-risky-authorized-key-option.ts';
import { noSharedUserHostKey } from './no-shared-user-host-key.ts';
import { noUnknownAuthorizedKey } from './no-unknown-authorized-key.ts';
import { noUnprotectedKeygen } from './no-unprotected-keygen.ts';
import { noUnreadableKey } from './no-unreadable-key.ts';
import { noUnreadableLine } from './no-unreadable-line.ts';
import { noWeakAlgorithm } from './no-weak-algorithm.ts';
import { noWeakCertificateAuthority } from './no-weak-certificate-authority.ts';
import { noWeakKeygen } from './no-weak-keygen.ts';
import { noWeakSshAlgorithm } from './no-weak-ssh-algorithm.ts';
import { privateKeyPermissions } from './private-key-permissions.ts';
import { requireAuthorizedKeyOptions } from './require-authorized-key-options.ts';
import { requireCertificatePrincipals } from './require-certificate-principals.ts';
import { requireHostKeyCheck } from './require-host-key-check.ts';
import { requirePassphrase } from './require-passphrase.ts';
import { sshFilePermissions } from './ssh-file-permissions.ts';
import { weakPassphraseKdf } from './weak-passphrase-kdf.ts';
import { noLegacyKeyFormat } from './no-legacy-key-format.ts';
import { noMisplacedKeygen } from './no-misplaced-keygen.ts';
import { noLooseKeyMode } from './no-loose-key-mode.ts';
import { noKeyInImage } from './no-key-in-image.ts';
import { noKeyEcho } from './no-key-echo.ts';
import { noHostKeyBypass } from './no-host-key-bypass.ts';
import { noKeyInArgv } from './no-key-in-argv.ts';

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
  noGuessablePassphrase,
  privateKeyPermissions,
  sshFilePermissions,
  noMisplacedKey,
  noLinkedKey,
  noKeyReuse,
  keyPairMismatch,
  noLoneKeyHalf,
  noSharedUserHostKey,
  noPassphraseOnHostKey,
  maxKeyAge,
  noRevokedKey,
  noExpiredKey,
  requireCertificatePrincipals,
  noWeakCertificateAuthority,
  maxCertificateLifetime,
  noUnreadableLine,
  noDuplicateEntry,
  noRiskyAuthorizedKeyOption,
  requireAuthorizedKeyOptions,
  noUnknownAuthorizedKey,
  noConflictingHostKeys,
  hashKnownHosts,
  noMissingIdentityFile,
  noWeakSshAlgorithm,
  requireHostKeyCheck,
  noGlobalAgentForwarding,
  noWeakKeygen,
  noUnprotectedKeygen,
  noLegacyKeyFormat,
  noMisplacedKeygen,
  noLooseKeyMode,
  noKeyInImage,
  noKeyEcho,
  noHostKeyBypass,
  noKeyInArgv,
];
