import { passphraseAdvice } from '../src/advice.ts';
import { isSecret } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

export const noGuessablePassphrase = defineRule({
  meta: {
    id: 'no-guessable-passphrase',
    type: 'problem',
    docs: {
      description: 'Encrypted keys whose passphrase was guessed, which is tried with --guess only',
      why: 'A passphrase that is on every list, is the default of the program that made the key, or is the name of the file or of its owner, is tried first by whoever gets hold of the file: it keeps nobody out, however dear the derivation makes a guess. keylint tries the empty passphrase, such names and some fifty words, where the policy of the run asks for it, and says that one fits, never which.',
      fix: 'Take a passphrase that was made by chance: six words by dice, or what a password manager makes. The key itself stays the same. Where others may have had the file, replace the key.',
      sources: [
        { title: 'NIST SP 800-63B (2017), 5.1.1.2 (values known to be commonly-used, expected, or compromised; context-specific words, such as the username)', url: 'https://pages.nist.gov/800-63-3/sp800-63b.html' },
        { title: 'CWE-521: Weak Password Requirements', url: 'https://cwe.mitre.org/data/definitions/521.html' },
        { title: 'Mozilla OpenSSH guidelines, Protection of user keys (strong passphrase)', url: 'https://infosec.mozilla.org/guidelines/openssh#protection-of-user-keys' },
      ],
      recommended: 'error',
    },
    messages: {
      guessed: { text: '{key}: its passphrase is one of those that anybody tries first', help: '{advice}' },
    },
    options: {},
  },
  checkKey(key) {
    if (!isSecret(key) || !key.weaknesses.includes('guessable-passphrase')) return undefined;
    return { messageId: 'guessed', data: { advice: passphraseAdvice(key, { isNew: true }) } };
  },
});
