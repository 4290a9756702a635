import { defineRule } from '../src/rule.ts';

export const noUnreadableKey = defineRule({
  meta: {
    id: 'no-unreadable-key',
    type: 'problem',
    docs: {
      description: 'Private and symmetric keys that are cut off, damaged or contradict themselves',
      why: 'Such a file fails when it is needed, and it may still give the secret away: what is left of a damaged key is often enough to work out the rest.',
      fix: 'Copy the key again from where it came, or delete the file. Treat a damaged key that others could read as known to them.',
      sources: [
        { title: 'RFC 7468, 2 and 3 (textual encodings of keys)', url: 'https://www.rfc-editor.org/rfc/rfc7468#section-2' },
        { title: 'OpenSSH, PROTOCOL.key (private key format)', url: 'https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key' },
        { title: 'N. Heninger, H. Shacham: Reconstructing RSA Private Keys from Random Key Bits (CRYPTO 2009)', url: 'https://eprint.iacr.org/2008/510' },
      ],
      recommended: 'warn',
    },
    messages: {
      contradiction: { text: '{key}: the public half that is stored with it belongs to another key', help: 'restore the key from where it came, or delete it; whoever was given its public half trusts a key that nobody may have' },
      unreadable: { text: '{key}: {defect}', help: 'restore the key from where it came, or delete it; if others could read it, replace it' },
    },
    options: {},
  },
  checkKey({ kind, defect, weaknesses }) {
    if (kind !== 'private' && kind !== 'symmetric') return undefined;
    if (defect !== undefined) return { messageId: 'unreadable', data: { defect } };
    return weaknesses.includes('public-half-mismatch') ? { messageId: 'contradiction' } : undefined;
  },
});
