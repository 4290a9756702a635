import type { Key } from '../src/key.ts';
import { isHostKey, isInSshFolder, isSecret } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

/** Whether a key stands for a host: its own file, its certificate, or a line that trusts it. */
function isHosts(key: Key): boolean {
  return (key.kind === 'private' && isHostKey(key)) || (key.knownHost !== undefined && key.knownHost.marker === undefined) || key.sshCertificate?.role === 'host';
}

/** Whether a key stands for a user: a private key among a user's, or a line that lets it in. */
function isUsers(key: Key): boolean {
  if (key.authorized) return !key.authorized.options.some(({ name }) => name === 'cert-authority');
  return key.kind === 'private' && isSecret(key) && isInSshFolder(key) && !isHostKey(key);
}

export const noSharedUserHostKey = defineRule({
  meta: {
    id: 'no-shared-user-host-key',
    type: 'problem',
    docs: {
      description: 'Keys of users that are also keys of hosts',
      why: 'A host key lies on the host in the clear, for sshd to read when it starts. As a user\'s key it lets everybody in who has been root on that host, or has one of its backups; and the user can stand in for the host.',
      fix: 'Make a key of its own for each.',
      sources: [
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 5.2 (a single key shall be used for only one purpose)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
        { title: 'RFC 4251, 4.1 (host keys) and 9.4.4 (public key authentication)', url: 'https://www.rfc-editor.org/rfc/rfc4251#section-4.1' },
      ],
      recommended: 'warn',
    },
    messages: {
      shared: { text: '{key}: it is the key of a user, and of a host in {place}', help: 'make a key of its own for the user, and one for the host' },
    },
    options: {},
  },
  checkAll(keys) {
    const hosts = new Map<string, Key>();
    for (const key of keys) if (key.fingerprint !== undefined && isHosts(key) && !hosts.has(key.fingerprint)) hosts.set(key.fingerprint, key);
    return keys.flatMap((key) => {
      const host = key.fingerprint !== undefined && isUsers(key) ? hosts.get(key.fingerprint) : undefined;
      return host ? [{ key, messageId: 'shared', data: { place: `${host.path}:${host.line}` } } as const] : [];
    });
  },
});
