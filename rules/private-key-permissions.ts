import type { Key, ParentFolder } from '../src/key.ts';
import { isCommitted, isEmbedded, isSecret, isSshPlace } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';
import { shellQuote } from '../src/shell-quote.ts';

/**
 * Whether OpenSSH would apply its checks: it looks at files of the user who runs it only.
 * Root is asked about everybody's files, so each is judged as its owner's ssh would.
 */
function isJudged({ file }: Key): boolean {
  return file.origin === 'file' && file.uid !== undefined && file.runnerUid !== undefined && (file.uid === file.runnerUid || file.runnerUid === 0);
}

/** ssh wants the handle of a FIDO key as closed as any other key file. */
function isKeyFile(key: Key): boolean {
  return (isSecret(key) || (key.hardware === true && key.defect === undefined && isSshPlace(key))) && !isEmbedded(key);
}

/** authfile.c, sshkey_perm_ok. */
function isTooOpen(mode: number): boolean {
  return (mode & 0o077) !== 0;
}

/** misc.c, safe_path: the first folder on the way up that somebody else could put another file in. The sticky bit excuses nothing there. */
function firstUnsafe(folders: readonly ParentFolder[], owner: number): ParentFolder | undefined {
  return folders.find(({ mode, uid }) => (mode & 0o022) !== 0 || (uid !== 0 && uid !== owner));
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

export const privateKeyPermissions = defineRule({
  meta: {
    id: 'private-key-permissions',
    type: 'problem',
    docs: {
      description: 'Private key files that others can read, and folders in which others can replace them',
      why: 'Other users and programs of the machine can copy a key whose file they can read, and put their own in its place where they can write to a folder above it. ssh ignores such a key: "UNPROTECTED PRIVATE KEY FILE". The rules are those of OpenSSH: no permission for group and others on the file; every folder up to the home folder owned by root or the user, and writable for nobody else.',
      fix: 'chmod 600 FILE, and chmod go-w FOLDER. If others may have read the key, replace it.',
      sources: [
        { title: 'OpenSSH, authfile.c, sshkey_perm_ok', url: 'https://github.com/openssh/openssh-portable/blob/master/authfile.c' },
        { title: 'OpenSSH, misc.c, safe_path', url: 'https://github.com/openssh/openssh-portable/blob/master/misc.c' },
        { title: 'ssh(1), FILES (ssh ignores a private key file that is accessible by others)', url: 'https://man.openbsd.org/ssh.1#FILES' },
      ],
      recommended: 'error',
    },
    messages: {
      file: { text: '{key}: others can get at the file (mode {mode})', help: 'chmod 600 {file}' },
      sshFile: { text: '{key}: others can get at the file (mode {mode}), and ssh ignores it', help: 'chmod 600 {file}' },
      folderMode: { text: '{key}: others can write to {parent} (mode {mode}) and put another file in its place', help: 'chmod go-w {quotedParent}' },
      folderOwner: { text: '{key}: {parent} belongs to user {uid}, who can put another file in its place', help: 'chown {owner} {quotedParent}' },
    },
    options: {
      parents: {
        type: 'string', default: 'ssh', enum: ['ssh', 'always', 'never'],
        description: 'Whether to judge the folders above: for keys in .ssh folders or named id_* or ssh_host_*_key, for all keys, or never',
      },
    },
  },
  checkKey(key, { parents }) {
    // Git keeps no mode 0600: what it checks out is 0644, and the key is known to others anyway. Nor is source code a key file.
    if (!isKeyFile(key) || isCommitted(key) || !isJudged(key)) return undefined;
    const { mode, uid: owner = 0, parents: folders = [] } = key.file;
    if (mode !== undefined && isTooOpen(mode)) return { messageId: isSshPlace(key) ? 'sshFile' : 'file', data: { mode: octal(mode) }, fix: { chmod: 0o600 } };
    if (parents === 'never' || (parents === 'ssh' && !isSshPlace(key))) return undefined;
    const unsafe = firstUnsafe(folders, owner);
    if (!unsafe) return undefined;
    const place = { parent: unsafe.path, quotedParent: shellQuote(unsafe.path) };
    return (unsafe.mode & 0o022) !== 0
      ? { messageId: 'folderMode', data: { ...place, mode: octal(unsafe.mode) } }
      : { messageId: 'folderOwner', data: { ...place, uid: unsafe.uid, owner } };
  },
});
