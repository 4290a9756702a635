import type { Key } from '../src/key.ts';
import { fileId } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

/** Names with wildcards cannot be hashed. */
function isInTheClear({ knownHost }: Key): boolean {
  return knownHost !== undefined && !knownHost.isHashed && knownHost.hosts.some((host) => !/[*?!]/.test(host));
}

export const hashKnownHosts = defineRule({
  meta: {
    id: 'hash-known-hosts',
    type: 'suggestion',
    docs: {
      description: 'Names of hosts in the clear in known_hosts',
      why: 'The file is a list of where its owner logs in, and of where whoever has taken the account over goes next. Hashed names do not show that by themselves; names that can be guessed can still be found.',
      fix: 'ssh-keygen -H -f FILE hashes what is there, and leaves a copy FILE.old to be deleted; HashKnownHosts yes in ssh_config hashes what will be added.',
      sources: [
        { title: 'ssh_config(5), HashKnownHosts', url: 'https://man.openbsd.org/ssh_config.5#HashKnownHosts' },
      ],
      recommended: 'off',
    },
    messages: {
      clear: { text: '{key}: {count} of the {total} entries here name their hosts in the clear', help: 'hash them, and delete the copy that is left in {path}.old: ssh-keygen -H -f {file}' },
    },
    options: {},
  },
  checkAll(keys) {
    const files = new Map<string, Key[]>();
    for (const key of keys) {
      if (!key.knownHost) continue;
      const id = fileId(key);
      const list = files.get(id);
      if (list) list.push(key);
      else files.set(id, [key]);
    }
    return [...files.values()].flatMap((entries) => {
      const clear = entries.filter(isInTheClear);
      const [key] = clear;
      return key ? [{ key, messageId: 'clear', data: { count: clear.length, total: entries.length } } as const] : [];
    });
  },
});
