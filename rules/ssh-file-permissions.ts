import type { JudgedFile } from '../src/key.ts';
import { accessText, firstUnsafeFolder, folderFix, isForeign, isWritableForOthers, mayChangeFile, octal, userOf } from '../src/permissions.ts';
import { baseName, folderOf, locationOf } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';
import { shellQuote } from '../src/shell-quote.ts';

/** What comes of it when others can write to a file in `.ssh`: the end of a sentence. */
const ownFiles: ReadonlyMap<string, string> = new Map([
  ['authorized_keys', 'sshd ignores it'],
  ['authorized_keys2', 'sshd ignores it'],
  ['config', 'ssh refuses to run with it'],
  ['environment', 'what they write is set at each login'],
  ['known_hosts', 'they can have any server taken for a known one'],
  ['known_hosts2', 'they can have any server taken for a known one'],
  ['rc', 'what they write is run at each login'],
]);

/** The same for those in `/etc/ssh`. */
const systemFiles: ReadonlyMap<string, string> = new Map([
  ['moduli', 'they can choose the groups in which keys are exchanged'],
  ['ssh_config', 'they can change how everybody on the machine connects'],
  ['ssh_known_hosts', 'they can have any server taken for a known one'],
  ['ssh_known_hosts2', 'they can have any server taken for a known one'],
  ['sshd_config', 'they can change who may log in'],
  ['sshrc', 'what they write is run at each login'],
]);

/** sshd looks at the folders above these as well (auth.c, auth_openfile). */
function isAuthorizedKeys(name: string): boolean {
  return name.startsWith('authorized_keys');
}

function outcomeOf(file: JudgedFile): string | undefined {
  const folder = folderOf(locationOf(file));
  return (folder === '/etc/ssh' ? systemFiles : baseName(folder) === '.ssh' ? ownFiles : undefined)?.get(baseName(file.path));
}

export const sshFilePermissions = defineRule({
  meta: {
    id: 'ssh-file-permissions',
    type: 'problem',
    docs: {
      description: 'Files that OpenSSH goes by (authorized_keys, config, known_hosts, rc, environment; sshd_config and others in /etc/ssh) that others can write to',
      why: 'Whoever can write to authorized_keys can log in, whoever can write to config or rc can run commands as the user, whoever can write to known_hosts can pass off another server. OpenSSH checks some of it itself: sshd passes over an authorized_keys file that others can write to, or whose folders up to the home folder others can write to; ssh ends with "Bad owner or permissions". A user who is locked out by that seldom learns why. The rules are those of OpenSSH as its authors publish it: the file belongs to the user or to root, and only its owner may write. Debian and what is made of it also takes files that a group may write to which has no other member.',
      fix: 'chmod go-w FILE, and chmod go-w FOLDER; keylint --fix does both where the file or folder is the user\'s own.',
      sources: [
        { title: 'OpenSSH, misc.c, safe_path (authorized_keys and the folders above it)', url: 'https://github.com/openssh/openssh-portable/blob/master/misc.c' },
        { title: 'OpenSSH, readconf.c, read_config_file_depth (config)', url: 'https://github.com/openssh/openssh-portable/blob/master/readconf.c' },
        { title: 'OpenSSH, auth.c, check_key_in_hostfiles (known_hosts)', url: 'https://github.com/openssh/openssh-portable/blob/master/auth.c' },
        { title: 'sshd(8), FILES (writable only by root or the user)', url: 'https://man.openbsd.org/sshd.8#FILES' },
        { title: 'sshd_config(5), StrictModes', url: 'https://man.openbsd.org/sshd_config.5#StrictModes' },
      ],
      recommended: 'error',
    },
    messages: {
      fileMode: { text: 'others can write to {name} ({access}), and {outcome}', help: 'chmod go-w {file}' },
      groupMode: { text: 'group {gid} can write to {name} ({access}), and {outcome} (Debian\'s OpenSSH only where the group has another member)', help: 'chmod g-w {file}' },
      fileOwner: { text: '{name} belongs to user {uid}, who can write to it, and {outcome}', help: 'chown {owner} {file}' },
      folderMode: { text: 'others can write to {parent} (mode {mode}) and put another {name} there, and {outcome}', help: 'chmod go-w {quotedParent}' },
      folderOwner: { text: '{parent} belongs to user {uid}, who can put another {name} there, and {outcome}', help: 'chown {owner} {quotedParent}' },
    },
    options: {},
  },
  checkFile(judged) {
    const { file } = judged;
    const outcome = outcomeOf(judged);
    const user = outcome === undefined ? undefined : userOf(file);
    if (user === undefined || outcome === undefined || file.mode === undefined) return undefined;
    const { mode, uid = user, gid = 0, acl } = file;
    const name = baseName(judged.path);
    if (isForeign(uid, user)) return { messageId: 'fileOwner', data: { name, outcome, uid, owner: user } };
    if (isWritableForOthers(mode)) {
      const data = { name, outcome, access: accessText(mode, acl) };
      const fix = mayChangeFile(file) && { fix: { chmod: mode & ~0o022 } };
      return (mode & 0o002) !== 0 || acl ? { messageId: 'fileMode', data, ...fix } : { messageId: 'groupMode', data: { ...data, gid }, ...fix };
    }
    const unsafe = isAuthorizedKeys(name) ? firstUnsafeFolder(file, user) : undefined;
    if (!unsafe) return undefined;
    const place = { name, outcome, parent: unsafe.path, quotedParent: shellQuote(unsafe.path) };
    const fix = folderFix(unsafe, file, user);
    return isWritableForOthers(unsafe.mode)
      ? { messageId: 'folderMode', data: { ...place, mode: octal(unsafe.mode) }, ...fix && { fix } }
      : { messageId: 'folderOwner', data: { ...place, uid: unsafe.uid, owner: user } };
  },
});
