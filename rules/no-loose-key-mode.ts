import type { ModeChange } from '../src/key.ts';
import { adviceText, rewrite } from '../src/made-key.ts';
import { isInUserSshFolder, isSshKeyName } from '../src/place.ts';
import { octal } from '../src/permissions.ts';
import { defineRule } from '../src/rule.ts';

/** A group that may read a key is often meant: Debian's ssl-cert, a database's. ssh takes no such key (authfile.c, sshkey_perm_ok). */
function isLoose({ path, mode, isFolder }: ModeChange): boolean {
  if (isFolder) return (mode & 0o022) !== 0;
  return (mode & (isSshKeyName(path) || isInUserSshFolder(path) ? 0o066 : 0o026)) !== 0;
}

export const noLooseKeyMode = defineRule({
  meta: {
    id: 'no-loose-key-mode',
    type: 'problem',
    docs: {
      description: 'Commands, tasks and manifests that let others read a private key: chmod 644 id_rsa, install -m 644, umask 000, mode: and defaultMode: of a key\'s file',
      why: 'Every user and program of the machine can then copy the key. ssh refuses such a file: "UNPROTECTED PRIVATE KEY FILE". And what others may write to they can put another key into.',
      fix: 'Write 600, and 700 for ~/.ssh. A program of another user gets the file by chown, or by a group of its own and 640.',
      sources: [
        { title: 'ssh(1), FILES (ssh ignores a private key file that is accessible by others)', url: 'https://man.openbsd.org/ssh.1#FILES' },
        { title: 'OpenSSH, authfile.c, sshkey_perm_ok', url: 'https://github.com/openssh/openssh-portable/blob/master/authfile.c' },
        { title: 'CWE-732: Incorrect Permission Assignment for Critical Resource', url: 'https://cwe.mitre.org/data/definitions/732.html' },
      ],
      recommended: 'error',
    },
    messages: {
      file: { text: '{tool} lets others get at the private key {name} (mode {mode})', help: '{advice}' },
      unnamed: { text: '{tool} lets others get at a private key (mode {mode})', help: '{advice}' },
      folder: { text: '{tool} lets others write to {name} (mode {mode}), and put their own keys there', help: '{advice}' },
      umask: { text: 'umask 000 lets others read and write the key that is made next', help: '{advice}' },
    },
    options: {},
  },
  checkCommand(command) {
    const { does, tool } = command;
    if (does.act !== 'set-mode' || !isLoose(does)) return undefined;
    const { path, mode, isFolder, said } = does;
    const isUmask = tool === 'umask';
    // The number of digits stays as it was.
    const old = said ? command.words[said.first]?.text.replace(/^\D*/, '') ?? '' : '';
    const value = `${old.startsWith('0') && old.length > 3 ? '0' : ''}${isUmask ? '077' : isFolder ? '700' : '600'}`;
    const better = said && rewrite(command, [{ at: said, value }]);
    const advice = adviceText(better, `write ${value}`);
    const common = { tool, mode: octal(mode), advice };
    const fix = better && { fix: { replace: better.replace } };
    if (isUmask) return { messageId: 'umask', data: { advice }, ...fix };
    if (isFolder) return { messageId: 'folder', data: { ...common, name: path }, ...fix };
    return path === '' ? { messageId: 'unnamed', data: common, ...fix } : { messageId: 'file', data: { ...common, name: path }, ...fix };
  },
});
