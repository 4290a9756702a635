import type { Key } from '../src/key.ts';
import { fileId } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

/** The keys of each file as it was at one time, from top to bottom. */
function byFile(keys: readonly Key[]): readonly (readonly Key[])[] {
  const files = new Map<string, Key[]>();
  for (const key of keys) {
    if (!key.authorized && !key.knownHost) continue;
    const id = fileId(key);
    const list = files.get(id);
    if (list) list.push(key);
    else files.set(id, [key]);
  }
  return [...files.values()].map((list) => list.sort((a, b) => a.line - b.line));
}

/** Options in an order of their own: each kind of restriction counts wherever it stands. */
function optionsText({ authorized }: Key): string {
  return JSON.stringify((authorized?.options ?? []).map(({ name, value = '' }) => `${name}=${value}`).sort());
}

/** Of entries that let the same key in, sshd takes the first that fits. A key and an authority are different things. */
function repeatedAuthorized(keys: readonly Key[]) {
  const first = new Map<string, Key>();
  return keys.flatMap((key) => {
    if (!key.authorized || key.fingerprint === undefined) return [];
    const id = `${key.fingerprint} ${key.authorized.options.some(({ name }) => name === 'cert-authority')}`;
    const before = first.get(id);
    if (!before) {
      first.set(id, key);
      return [];
    }
    return [{ key, messageId: optionsText(before) === optionsText(key) ? 'repeated' : 'overruled', data: { line: before.line } } as const];
  });
}

/** Entries of known_hosts that say nothing new; one problem for each file, at the first of them. */
function repeatedKnown(keys: readonly Key[]) {
  const said = new Map<string, number>();
  const repeated = keys.flatMap((key) => {
    if (!key.knownHost || key.fingerprint === undefined) return [];
    const { hosts, marker = '' } = key.knownHost;
    const ids = hosts.map((host) => `${marker} ${key.fingerprint!} ${host}`);
    const lines = ids.map((id) => said.get(id));
    for (const id of ids) if (!said.has(id)) said.set(id, key.line);
    const [line] = lines;
    return line !== undefined && !lines.includes(undefined) ? [{ key, line }] : [];
  });
  const [first] = repeated;
  if (!first) return [];
  const others = repeated.length - 1;
  const more = others === 0 ? '' : `; ${others} more ${others === 1 ? 'line repeats' : 'lines repeat'} others as well`;
  return [{ key: first.key, messageId: 'known', data: { line: first.line, more } } as const];
}

export const noDuplicateEntry = defineRule({
  meta: {
    id: 'no-duplicate-entry',
    type: 'suggestion',
    docs: {
      description: 'Keys that are listed twice in authorized_keys or known_hosts',
      why: 'Of several entries for one key sshd takes the first that fits: options on the second one are never applied, and whoever removes one of the two believes that the key is locked out. In known_hosts a repeated line has no effect, and one that is removed leaves the other.',
      fix: 'Keep one entry, with the options that are meant.',
      sources: [
        { title: 'OpenSSH, auth2-pubkeyfile.c, auth_check_authkeys_file (reading ends with the first key that fits)', url: 'https://github.com/openssh/openssh-portable/blob/master/auth2-pubkeyfile.c' },
        { title: 'sshd(8), SSH_KNOWN_HOSTS FILE FORMAT (several lines for the same names are permissible but not recommended)', url: 'https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT' },
      ],
      recommended: 'warn',
    },
    messages: {
      repeated: { text: '{key}: line {line} lets the same key in', help: 'remove one of the two lines' },
      overruled: { text: '{key}: line {line} lets the same key in with other options, and sshd takes the first that fits', help: 'keep the one line whose options are meant' },
      known: { text: '{key}: line {line} says the same already{more}', help: 'remove the line' },
    },
    options: {},
  },
  checkAll(keys) {
    return byFile(keys).flatMap((file) => [...repeatedAuthorized(file), ...repeatedKnown(file)]);
  },
});
