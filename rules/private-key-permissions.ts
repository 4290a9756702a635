import { accessText, firstUnsafeFolder, folderFix, isForeign, isOpenToOthers, isWritableForOthers, mayChangeFile, octal, userOf } from '../src/permissions.ts';
import type { Key } from '../src/key.ts';
import { isCommitted, isEmbedded, isSecret, isSshPlace } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';
import { shellQuote } from '../src/shell-quote.ts';

/** ssh wants the handle of a FIDO key as closed as any other key file. */
function isKeyFile(key: Key): boolean {
  return (isSecret(key) || (key.hardware === true && key.defect === undefined && isSshPlace(key))) && !isEmbedded(key);
}

export const privateKeyPermissions = defineRule({
  meta: {
    id: 'private-key-permissions',
    type: 'problem',
    docs: {
      description: 'Private key files that others can read, and folders in which others can replace them',
      why: 'Other users and programs of the machine can copy a key whose file they can read, and put their own in its place where they can write to a folder above it. ssh ignores such a key: "UNPROTECTED PRIVATE KEY FILE". The rules are those of OpenSSH: no permission for group and others on the file; every folder up to the home folder owned by root or the user, and writable for nobody else. A file in the .ssh folder of somebody\'s home is judged as that user\'s ssh would, also when root asks. Rights from access control lists show in the mode, as what its group bits allow at most; who has them is said where getfacl is installed. On Windows nothing is judged: its access control lists are not read.',
      fix: 'chmod 600 FILE, and chmod go-w FOLDER; keylint --fix does both where the file or folder is the user\'s own. If others may have read the key, replace it.',
      sources: [
        { title: 'OpenSSH, authfile.c, sshkey_perm_ok', url: 'https://github.com/openssh/openssh-portable/blob/master/authfile.c' },
        { title: 'OpenSSH, misc.c, safe_path', url: 'https://github.com/openssh/openssh-portable/blob/master/misc.c' },
        { title: 'acl(5), ACCESS CHECK ALGORITHM and CORRESPONDENCE BETWEEN ACL ENTRIES AND FILE PERMISSION BITS', url: 'https://man7.org/linux/man-pages/man5/acl.5.html' },
        { title: 'ssh(1), FILES (ssh ignores a private key file that is accessible by others)', url: 'https://man.openbsd.org/ssh.1#FILES' },
      ],
      recommended: 'error',
    },
    messages: {
      file: { text: '{key}: others can get at the file ({access})', help: 'chmod 600 {file}' },
      sshFile: { text: '{key}: others can get at the file ({access}), and ssh ignores it', help: 'chmod 600 {file}' },
      rootFile: { text: '{key}: others can get at the file ({access}), which belongs to root', help: 'chown {owner} {file} && chmod 600 {file}' },
      fileOwner: { text: '{key}: the file belongs to user {uid}, who can read it and put another key into it', help: 'chown {owner} {file} && chmod 600 {file}' },
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
    const user = isKeyFile(key) && !isCommitted(key) ? userOf(key.file) : undefined;
    if (user === undefined) return undefined;
    const { mode, uid = user, acl } = key.file;
    if (isForeign(uid, user)) return { messageId: 'fileOwner', data: { uid, owner: user } };
    if (mode !== undefined && isOpenToOthers(mode)) {
      const access = accessText(mode, acl);
      if (uid !== user) return { messageId: 'rootFile', data: { access, owner: user } };
      return { messageId: isSshPlace(key) ? 'sshFile' : 'file', data: { access }, ...mayChangeFile(key.file) && { fix: { chmod: 0o600 } } };
    }
    if (parents === 'never' || (parents === 'ssh' && !isSshPlace(key))) return undefined;
    const unsafe = firstUnsafeFolder(key.file, user);
    if (!unsafe) return undefined;
    const place = { parent: unsafe.path, quotedParent: shellQuote(unsafe.path) };
    const fix = folderFix(unsafe, key.file, user);
    return isWritableForOthers(unsafe.mode)
      ? { messageId: 'folderMode', data: { ...place, mode: octal(unsafe.mode) }, ...fix && { fix } }
      : { messageId: 'folderOwner', data: { ...place, uid: unsafe.uid, owner: user } };
  },
});
