import { namesOf } from '../src/describe.ts';
import type { Key } from '../src/key.ts';
import { isRevocation } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

/** `marked`: by fingerprint, the line that revokes it. */
function problemOf(key: Key, listed: ReadonlySet<string>, marked: ReadonlyMap<string, Key>) {
  if (namesOf(key).some((name) => listed.has(name))) return { messageId: 'listed' } as const;
  const mark = key.fingerprint === undefined ? undefined : marked.get(key.fingerprint);
  if (mark) return { messageId: 'marked', data: { place: `${mark.path}:${mark.line}` } } as const;
  const authority = key.sshCertificate?.authority.fingerprint;
  return authority !== undefined && (listed.has(authority) || marked.has(authority)) ? { messageId: 'authority' } as const : undefined;
}

export const noRevokedKey = defineRule({
  meta: {
    id: 'no-revoked-key',
    type: 'problem',
    docs: {
      description: 'Keys that the policy lists as revoked or that known_hosts marks @revoked, and certificates signed by one',
      why: 'A key is revoked when somebody else may have it. Where it is still authorised, still trusted as a host\'s, or still kept as a private key, the revocation has not been carried out there.',
      fix: 'Remove the entry, delete the private key, and have certificates issued anew. ssh and sshd can be told of all revoked keys with RevokedHostKeys and RevokedKeys.',
      sources: [
        { title: 'sshd(8), SSH_KNOWN_HOSTS FILE FORMAT (@revoked: must not ever be accepted)', url: 'https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT' },
        { title: 'ssh-keygen(1), KEY REVOCATION LISTS', url: 'https://man.openbsd.org/ssh-keygen.1#KEY_REVOCATION_LISTS' },
      ],
      recommended: 'error',
    },
    messages: {
      listed: { text: '{key}: the policy lists it as revoked', help: 'take it out of use here, and wherever else it is accepted' },
      marked: { text: '{key}: {place} marks it as revoked', help: 'take it out of use here, and wherever else it is accepted' },
      authority: { text: '{key}: the key that signed it is revoked', help: 'have a new certificate issued, and delete this one' },
    },
    options: {
      revoked: { type: 'array', default: [], items: { type: 'string' }, description: 'Names of revoked keys as keylint prints them, which begin with SHA256:, spki:, container: or digest:' },
    },
  },
  checkAll(keys, { revoked }) {
    const marked = new Map<string, Key>();
    for (const key of keys) if (isRevocation(key) && key.fingerprint !== undefined) marked.set(key.fingerprint, key);
    const listed = new Set(revoked);
    if (marked.size === 0 && listed.size === 0) return [];
    return keys.filter((key) => !isRevocation(key)).flatMap((key) => {
      const problem = problemOf(key, listed, marked);
      return problem ? [{ key, ...problem }] : [];
    });
  },
});
