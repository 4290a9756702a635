import type { JudgedFile, Key, LineFormat } from './key.ts';

/** What a key's place says of it: judged by its path and facts alone. Both `/` and `\` separate folders. */

/** Git has it: in the index, in a commit, or in a work tree at a path that git tracks. */
export function isCommitted({ file }: Key): boolean {
  return file.tracked === true || file.origin === 'index' || file.origin === 'commit';
}

/** A version of a file that git still has, and the commit that is checked out does not. */
export function isPast({ file }: Key): boolean {
  return file.history?.inHead === false;
}

/** A public key or certificate that is only in history: nobody is given it any more, so that nobody has to replace it. */
export function isPublicOfThePast(key: Key): boolean {
  return (key.kind === 'public' || key.kind === 'certificate') && isPast(key);
}

/** A private or symmetric key that can be read and used from the file alone: no handle of a token, nothing damaged. */
export function isSecret(key: Key): boolean {
  return (key.kind === 'private' || key.kind === 'symmetric') && key.hardware === undefined && key.defect === undefined;
}

/** A path that names the same file wherever keylint was started, if there is one. */
export function locationOf({ path, file }: JudgedFile): string {
  return file.absolutePath ?? path;
}

/** The same for all that lies in one file as it was at one time, and for nothing else. */
export function fileId({ path, file: { commit = '' } }: JudgedFile): string {
  return `${commit}\0${path}`;
}

/** A line of known_hosts that says whom not to trust. */
export function isRevocation({ knownHost }: Key): boolean {
  return knownHost?.marker === 'revoked';
}

export function baseName(path: string): string {
  return path.slice(lastSeparator(path) + 1);
}

/** The folder that a path names something in: `.` for a bare name, `/` for the root. */
export function folderOf(path: string): string {
  const at = lastSeparator(path);
  return at < 0 ? '.' : at === 0 ? path.slice(0, 1) : path.slice(0, at);
}

function lastSeparator(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
}

/** Inside a `.ssh` folder, where OpenSSH keeps a user's keys (ssh(1), FILES). */
export function isInSshFolder(key: JudgedFile): boolean {
  return folderOf(locationOf(key)).split(/[/\\]/).includes('.ssh');
}

/** What OpenSSH reads beside keys, by the names that stand in FILES of ssh(1), sshd(8) and ssh-keygen(1). */
const sshFileNames: ReadonlySet<string> = new Set([
  'authorized_keys', 'authorized_keys2', 'config', 'environment', 'known_hosts', 'known_hosts2', 'known_hosts.old', 'rc',
  'ssh_config', 'ssh_known_hosts', 'ssh_known_hosts2', 'sshd_config', 'sshrc', 'moduli',
]);

/** Whether a path may be one of OpenSSH's own files, told by its last part alone. */
export function hasSshFileName(path: string): boolean {
  return sshFileNames.has(baseName(path));
}

const lineFormats: ReadonlyMap<string, LineFormat> = new Map([
  ['authorized_keys', 'authorized_keys'], ['authorized_keys2', 'authorized_keys'],
  ['known_hosts', 'known_hosts'], ['known_hosts2', 'known_hosts'], ['ssh_known_hosts', 'known_hosts'], ['ssh_known_hosts2', 'known_hosts'],
  ['ssh_config', 'ssh_config'],
]);

/**
 * How OpenSSH reads a file line by line, as its path tells: by its name, `config` in a `.ssh` folder, and what lies in a folder of authorized keys,
 * one file for each user (sshd_config(5), AuthorizedKeysFile).
 */
export function lineFormatOf(path: string): LineFormat | undefined {
  const at = lastSeparator(path);
  const name = path.slice(at + 1);
  const format = lineFormats.get(name);
  if (format !== undefined || at < 0) return format;
  const isIn = (folder: string): boolean => path.endsWith(folder, at) && (at === folder.length || /[/\\]/.test(path[at - folder.length - 1]!));
  if (name === 'config') return isIn('.ssh') ? 'ssh_config' : undefined;
  return isIn('authorized_keys') || isIn('authorized_keys.d') ? 'authorized_keys' : undefined;
}

/** A file of OpenSSH's that is judged for itself: in a `.ssh` folder, or of the whole machine in `/etc/ssh`. */
export function isSshFile(file: JudgedFile): boolean {
  return hasSshFileName(file.path) && (isInSshFolder(file) || folderOf(locationOf(file)) === '/etc/ssh');
}

/** `ssh_host_rsa_key` and its like: sshd reads them at boot, so they "must have an empty passphrase" (ssh-keygen(1)). */
export function isHostKey(key: JudgedFile): boolean {
  return /^ssh_host_.*_key$/.test(baseName(key.path));
}

/** The same of a path that a command names. */
export function isHostKeyName(path: string): boolean {
  return /^ssh_host_.*_key$/.test(baseName(path));
}

/** A key that ssh or sshd is given, by the names that ssh-keygen proposes. */
export function isSshKeyName(path: string): boolean {
  return isHostKeyName(path) || /^id_(?:rsa|dsa|ecdsa|ed25519)/.test(baseName(path));
}

/** Of a path as a command names it: in a `.ssh` folder. */
export function isInUserSshFolder(path: string): boolean {
  return folderOf(path).split(/[/\\]/).includes('.ssh');
}

/** A file that ssh is likely to be given: by its folder, or by the names that ssh-keygen proposes. */
export function isSshPlace(key: JudgedFile): boolean {
  return isInSshFolder(key) || isHostKey(key) || /^id_[^.]+$/.test(baseName(key.path));
}

/** A key inside a file that is more than a key file: source code, which programs are built from and not given as a key, or an archive. */
export function isEmbedded({ path, wrapping }: Key): boolean {
  return wrapping.some((name) => name === 'zip' || name === 'tar' || name === 'gzip') || wrapping.includes('string-literals') || wrapping.includes('comment')
    || /\.(?:[cm]?[jt]sx?|c|h|cc|cpp|cxx|hpp|cs|go|java|kt|scala|groovy|swift|m|mm|rs|rb|php|pl|pm|t|py|lua|dart|ex|exs|erl|hs|clj|vb|ps1|r|md|mdx|rst|adoc|html?|diff|patch)$/i.test(path);
}

/** Endings that files of keys have; of others (`public-key.test.ts`) the name says nothing about what is inside. */
const keyEnding = /\.(pem|key|der|pub|asc|gpg|pgp|jwk|jwks|json|txt|rsa|ec)$/;

/**
 * What a file's name promises. `server.pem`, `fullchain.pem` and `public.example.com.key` promise nothing:
 * bundles, and names of sites.
 */
export function promiseOf(path: string): 'public' | 'certificate' | undefined {
  const name = baseName(path).replace(/([a-z0-9])(?=[A-Z])/g, '$1-').toLowerCase();
  if (/(^|[^a-z])(priv|private|secret|pair|keypair)([^a-z]|$)/.test(name)) return undefined;
  if (name.endsWith('.pub')) return 'public';
  if (/\.(crt|cer|cert)(\.(pem|der))?$/.test(name)) return 'certificate';
  const ending = keyEnding.exec(name);
  if (!ending && name.includes('.') && !/\.public$/.test(name)) return undefined;
  const stem = ending ? name.slice(0, ending.index) : name;
  const isPublic = /(^|[._-])pub(lic)?$/.test(stem) || /(^|[._-])pub(lic)?[._-]?(key|rsa|ec|ecdsa|ed25519|jwks?|pem)s?($|[._-])/.test(stem);
  return isPublic ? 'public' : undefined;
}
