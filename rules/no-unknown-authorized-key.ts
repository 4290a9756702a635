import { namesOf } from '../src/describe.ts';
import { defineRule } from '../src/rule.ts';

export const noUnknownAuthorizedKey = defineRule({
  meta: {
    id: 'no-unknown-authorized-key',
    type: 'problem',
    docs: {
      description: 'Keys in authorized_keys that are not on the policy\'s list; silent where it has none',
      why: 'A line in authorized_keys is all it takes to come back later, and nobody sees it. Where it is known whose keys may be there, every other one is either forgotten or planted.',
      fix: 'Find out whose key it is. Remove the line, or put the key on the list.',
      sources: [
        { title: 'NIST IR 7966, Security of Interactive and Automated Access Management Using Secure Shell (SSH)', url: 'https://doi.org/10.6028/NIST.IR.7966' },
        { title: 'MITRE ATT&CK T1098.004, Account Manipulation: SSH Authorized Keys', url: 'https://attack.mitre.org/techniques/T1098/004/' },
      ],
      recommended: 'error',
    },
    messages: {
      unknown: { text: '{key}: it is none of the keys that the policy knows', help: 'remove the line if nobody knows whose key it is, or put {fingerprint} on the policy\'s list' },
    },
    options: {
      known: { type: 'array', default: [], items: { type: 'string' }, description: 'Fingerprints of the keys that may be authorised; when empty, all may' },
    },
  },
  checkKey(key, { known }) {
    if (!key.authorized || known.length === 0 || namesOf(key).some((name) => known.includes(name))) return undefined;
    return { messageId: 'unknown' };
  },
});
