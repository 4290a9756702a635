import { algorithmTitle, curveTitle } from '../src/describe.ts';
import type { Key } from '../src/key.ts';
import { fileId } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';
import { shellQuote } from '../src/shell-quote.ts';

/** What ssh tells keys of a host apart by: their type, and of ECDSA the curve (OpenSSH, hostfile.c). */
function typeOf({ algorithm = '', curve }: Key): string {
  return curve === undefined ? algorithmTitle(algorithm) : `${algorithmTitle(algorithm)} ${curveTitle(curve)}`;
}

function isPattern(host: string): boolean {
  return /[*?!]/.test(host);
}

export const noConflictingHostKeys = defineRule({
  meta: {
    id: 'no-conflicting-host-keys',
    type: 'suggestion',
    docs: {
      description: 'Two keys of the same type for one host in known_hosts',
      why: 'ssh accepts the host with either key. One of them is probably the key from before the host was set up anew, and whoever has it can still stand in for the host. Several machines behind one name are the other reason: then each of them vouches for all.',
      fix: 'Find out which key the host has now, and remove the other. Machines behind one name can be given names or a certificate authority of their own.',
      sources: [
        { title: 'sshd(8), SSH_KNOWN_HOSTS FILE FORMAT (several lines or different host keys for the same names are permissible but not recommended)', url: 'https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT' },
        { title: 'OpenSSH, hostfile.c, check_hostkeys_by_key_or_type', url: 'https://github.com/openssh/openssh-portable/blob/master/hostfile.c' },
      ],
      recommended: 'warn',
    },
    messages: {
      conflict: { text: '{key}: line {line} has another {type} key for {host}, and ssh accepts either', help: 'remove both, and compare the key that the host shows next time with its administrator\'s: ssh-keygen -R {quotedHost} -f {file}' },
    },
    options: {},
  },
  checkAll(keys) {
    const files = new Map<string, Map<string, Key>>();
    return keys.flatMap((key) => {
      const { knownHost } = key;
      if (!knownHost || knownHost.marker !== undefined || key.fingerprint === undefined) return [];
      const id = fileId(key);
      const known = files.get(id) ?? new Map<string, Key>();
      files.set(id, known);
      const type = typeOf(key);
      let other: { readonly host: string; readonly line: number } | undefined;
      for (const host of knownHost.hosts.filter((name) => !isPattern(name)).map((name) => name.toLowerCase())) {
        const before = known.get(`${type} ${host}`);
        if (!before) known.set(`${type} ${host}`, key);
        else if (before.fingerprint !== key.fingerprint) other ??= { host, line: before.line };
      }
      // A hash is no name to be read.
      return other && !knownHost.isHashed ? [{ key, messageId: 'conflict', data: { ...other, type, quotedHost: shellQuote(other.host) } } as const] : [];
    });
  },
});
