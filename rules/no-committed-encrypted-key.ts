import { allowAdvice, pushAdvice, removalAdvice, stagedPathspec } from '../src/advice.ts';
import { isProtected } from '../src/describe.ts';
import { isCommitted, isSecret } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

export const noCommittedEncryptedKey = defineRule({
  meta: {
    id: 'no-committed-encrypted-key',
    type: 'problem',
    docs: {
      description: 'Private and symmetric keys under a passphrase that git tracks or that are staged',
      why: 'Everyone with a copy of the repository can guess at the passphrase, at home, for as long as they like, and nobody will notice. What protects the key is the passphrase alone, and it cannot be made better afterwards: the old copy stays in history.',
      fix: 'Keep the key outside of the repository, or hand it out by a store made for secrets. When the passphrase may be weak or known to others, replace the key.',
      sources: [
        { title: 'RFC 8018 (PKCS #5), 8 (password-based cryptography where off-line search is possible)', url: 'https://www.rfc-editor.org/rfc/rfc8018#section-8' },
        { title: 'CWE-540: Inclusion of Sensitive Information in Source Code', url: 'https://cwe.mitre.org/data/definitions/540.html' },
      ],
      recommended: 'warn',
    },
    messages: {
      staged: {
        text: '{key} is about to be committed: its passphrase will be all that protects it',
        help: 'take it out of the commit{allow}: git reset -q -- {pathspec}',
      },
      tracked: {
        text: '{key} is tracked by git: its passphrase is all that protects it',
        help: 'replace the key unless its passphrase is strong, then remove it{from}{allow}{command}',
      },
      pushed: {
        text: '{key} is about to be pushed: its passphrase will be all that protects it',
        help: '{advice}',
      },
      inHistory: {
        text: '{key} is in git history: its passphrase is all that protects it',
        help: 'replace the key unless its passphrase is strong{allow}',
      },
    },
    options: {},
  },
  checkKey(key) {
    if (!isSecret(key) || !isProtected(key) || !isCommitted(key)) return undefined;
    const { origin } = key.file;
    const data = { allow: allowAdvice(key) };
    if (origin === 'index') return { messageId: 'staged', data: { ...data, pathspec: stagedPathspec(key) } };
    if (key.file.isPushed) return { messageId: 'pushed', data: { advice: pushAdvice(key) } };
    return origin === 'commit' ? { messageId: 'inHistory', data } : { messageId: 'tracked', data: { ...data, ...removalAdvice(key) } };
  },
});
