import { daysBetween } from './dates.ts';
import { nameOf } from './describe.ts';
import type { Key, SshCertificate } from './key.ts';
import { isEmbedded, isPast, isSshPlace } from './place.ts';
import { gitQuote, shellQuote } from './shell-quote.ts';

/** What several rules advise: halves of sentences and commands that fit the key and its place, ready to be put into a message's help. */

/** A parenthesis on how to keep a key that lies there on purpose; empty for a key without a public name. */
export function allowAdvice(key: Key): string {
  const name = nameOf(key);
  return name === undefined ? '' : ` (a key made for tests: put ${name} with a reason into "allow" of keylint.config.json)`;
}

/** How to get a tracked key out of git: the file where it is the key's own, else the key out of the file. Two halves of a sentence, around what may stand between. */
export function removalAdvice(key: Key): { readonly from: string; readonly command: string } {
  return isEmbedded(key) ? { from: ` from ${key.path}`, command: '' } : { from: '', command: `: git rm --cached -- ${gitQuote(key.path)}` };
}

/** A staged file for a git command that is pasted where git was called, which need not be where a hook runs: `git reset` says nothing of a path that is not there. */
export function stagedPathspec({ path, file: { pathFromTop } }: Key): string {
  return pathFromTop === undefined ? gitQuote(path) : gitQuote(pathFromTop, true);
}

/** How to keep a key from being pushed that the commits on their way bring. */
export function pushAdvice(key: Key): string {
  const { path, file: { commit, history } } = key;
  // A tag of a file, for instance.
  if (commit === undefined) return `do not push it${allowAdvice(key)}${/^refs\/tags\//.test(path) ? `: git tag -d ${shellQuote(path.slice('refs/tags/'.length))}` : ''}`;
  return `take it out of every commit that has it, not only of the last one${allowAdvice(key)}: git rebase -i ${history?.isRoot ? '--root' : `${commit}^`}`;
}

/** Curves that ssh-keygen reads from PEM files. */
const sshCurves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/** What a policy asks of a passphrase's derivation, as far as a command can be told to give it. */
export interface Derivation {
  readonly bcrypt?: number;
  readonly pbkdf2?: number;
  readonly mac?: number;
  readonly scrypt?: number;
  readonly argon2Memory?: number;
  readonly argon2Work?: number;
  /** The passphrase is to be another one. */
  readonly isNew?: boolean;
}

/** OWASP Password Storage Cheat Sheet, PBKDF2 with HMAC-SHA-256. */
const OWASP_ITERATIONS = 600_000;
/** OpenSSL reads no scrypt that takes 32 MiB or more (crypto/evp/pbe_scrypt.c, SCRYPT_MAX_MEM): 16384 is the most at r = 8. */
const MOST_SCRYPT = 16_384;

/** Ciphers of PKCS #5 v1.5, PKCS #12 and old PEM files that OpenSSL 3 has in its legacy provider only. */
const isLegacyCipher = /^(?:des-(?!ede)|rc[245]|bf|cast5|idea|seed)/;

/**
 * How to encrypt a private key file anew under a passphrase: with ssh-keygen's bcrypt, PuTTY's Argon2, OpenSSL's scrypt or PBKDF2,
 * whichever the programs that use the file can read, and as dear as the policy wants it.
 */
export function passphraseAdvice(key: Key, wanted: Derivation = {}): string {
  const file = shellQuote(key.path);
  if (isPast(key)) return 'git keeps this copy under the old passphrase for good: replace the key wherever it is trusted';
  const isInside = key.wrapping.some((wrapping) => wrapping !== 'pem');
  // gpg's own files begin with lines about the key.
  if (key.format === 'gnupg' && !isInside) return gnupgAdvice(key);
  // Inside another file, or in an encoding of its own: no program would write it back there.
  if (isInside || followsOthers(key)) return 'take the key out into a file of its own, and protect it there with a passphrase';
  const iterations = Math.max(OWASP_ITERATIONS, wanted.pbkdf2 ?? 0, wanted.mac ?? 0);
  const sshKeygen = `ssh-keygen -p -a ${Math.max(100, wanted.bcrypt ?? 0)} -f ${file}`;
  switch (key.format) {
    case 'openssh': return sshKeygen;
    case 'openpgp': {
      const user = key.comment === undefined ? 'KEY' : shellQuote(`=${key.comment}`);
      return `let gpg derive it anew, and put what it writes in the place of the file: gpg --import ${file} && gpg --passwd ${user} && gpg --armor --output ${shellQuote(`${key.path}.new`)} --export-secret-keys ${user}`;
    }
    // -P asks for another passphrase, --reencrypt keeps the one there is.
    case 'ppk': return `puttygen ${file} ${key.encryption && !wanted.isNew ? '--reencrypt' : '-P'} --ppk-param ${ppkParameters(wanted)} -o ${file}`;
    case 'sshcom': return `save it as a PuTTY key: puttygen ${file} -O private --ppk-param ${ppkParameters(wanted)} -o ${shellQuote(`${key.path}.ppk`)}`;
    case 'jks': return keytoolAdvice(key, `${key.path}.p12`, iterations);
    case 'pkcs12': return key.kind === 'symmetric' ? keytoolAdvice(key, `${key.path}.new`, iterations) : pkcs12Advice(key, iterations);
    case 'minisign': return `minisign -C -s ${file}`;
    case 'pkcs1':
    case 'sec1':
    case 'dsa':
    case 'pkcs8':
    case 'legacy-pem':
    case 'encrypted-pkcs8': {
      const isPem = key.wrapping.length > 0;
      // ssh-keygen -p rewrites PEM files in OpenSSH's own format (since OpenSSH 7.8): what ssh wants, and no JOSE or TLS library reads.
      if (isPem && isSshPlace(key) && isReadBySshKeygen(key)) return sshKeygen;
      const derivation = (wanted.scrypt ?? 0) > MOST_SCRYPT ? `-v2prf hmacWithSHA256 -iter ${iterations}` : '-scrypt';
      const legacy = isLegacyCipher.test(key.encryption?.cipher ?? '') ? ' -provider default -provider legacy' : '';
      // Not over the file itself: certificates that stand beside the key in it would be lost.
      return `make an encrypted copy and put it in its place: openssl pkcs8 -topk8 -v2 aes-256-cbc ${derivation}${legacy}${isPem ? '' : ' -inform DER -outform DER'} -in ${file} -out ${file}.new`;
    }
    default: return 'save it again under a good passphrase with the newest release of the program that made it';
  }
}

/** PuTTY's memory, and as many passes as it makes in 100 ms on a good machine: left to itself it makes fewer on a busy one. */
function ppkParameters({ argon2Memory = 0, argon2Work = 0 }: Derivation): string {
  const memory = Math.max(8192, argon2Memory);
  return `memory=${memory},passes=${Math.max(13, Math.ceil(argon2Work / memory))}`;
}

/** gpg-agent names key files by their keygrips, and takes those. */
function gnupgAdvice({ path }: Key): string {
  const keygrip = /(?:^|[/\\])([0-9A-F]{40})\.key$/.exec(path)?.[1];
  return keygrip === undefined ? 'have gpg set the passphrase anew: gpg --passwd KEY' : `have gpg's agent set the passphrase anew: gpg-connect-agent 'PASSWD ${keygrip}' /bye`;
}

/**
 * keytool knows the stores of Java and writes PKCS #12, as dear as these properties say (OpenJDK, conf/security/java.security), and readable for all
 * where the umask does not forbid it.
 */
function keytoolAdvice({ path }: Key, target: string, iterations: number): string {
  const properties = ['certPbe', 'keyPbe', 'mac'].map((name) => `-J-Dkeystore.pkcs12.${name}IterationCount=${iterations}`).join(' ');
  return `move its keys into a PKCS #12 store: keytool -importkeystore -srckeystore ${shellQuote(path)} -destkeystore ${shellQuote(target)} -deststoretype PKCS12 ${properties} && chmod 600 ${shellQuote(target)}`;
}

/** In two steps, since each asks for a passphrase; what is written between them is encrypted too. */
function pkcs12Advice({ path, comment, encryption }: Key, iterations: number): string {
  const [file, between, target] = [path, `${path}.pem`, `${path}.new`].map(shellQuote);
  const legacy = encryption?.kdf === 'pkcs12' ? ' -legacy' : '';
  const name = comment === undefined ? '' : ` -name ${shellQuote(comment)}`;
  return `write the store anew and put it in its place: openssl pkcs12 -in ${file}${legacy} -aes256 -out ${between} && openssl pkcs12 -export -in ${between}${name} -iter ${iterations} -out ${target} && rm ${between}`;
}

/** Whether something else stands before the key: a certificate, another key. The three lines of `EC PARAMETERS` do not count. */
function followsOthers({ line, format }: Key): boolean {
  return line > (format === 'sec1' || format === 'legacy-pem' ? 4 : 1);
}

/**
 * What ssh-keygen reads of the PEM family: RSA from 1024 bits on and ECDSA on the NIST curves; DSA no more (OpenSSH 10.0).
 * An algorithm hidden by encryption may be one of them; the ciphers that OpenSSL 3 keeps apart it does not read.
 */
function isReadBySshKeygen({ algorithm, bits = 2048, curve, encryption }: Key): boolean {
  if (isLegacyCipher.test(encryption?.cipher ?? '')) return false;
  return algorithm === undefined || algorithm === 'rsa' && bits >= 1024 || algorithm === 'ec' && (curve === undefined || sshCurves.has(curve));
}

/** What ssh-keygen allows the user of a certificate if it is told nothing (ssh-keygen(1), CERTIFICATES, -O). */
const usualPermissions = ['permit-X11-forwarding', 'permit-agent-forwarding', 'permit-port-forwarding', 'permit-pty', 'permit-user-rc'];
/** Other words that it knows by themselves. */
const knownOptions = new Set([...usualPermissions, 'no-touch-required', 'force-command', 'source-address', 'verify-required']);

/**
 * How to have a certificate of OpenSSH issued anew, for the public key beside it; in which file its authority is nobody knows here.
 * It allows no more and is valid for no longer than the one there is: `days`, where the policy asks for fewer; 52 weeks, where that one has no end.
 */
export function issueAdvice({ path, sshCertificate }: Key, { days, signature }: { readonly days?: number; readonly signature?: string } = {}): string {
  const { role, keyId = '', principals = [], validAfter = 0, validBefore } = sshCertificate ?? {};
  const names = principals.length === 0 ? 'NAME' : shellQuote(principals.join(','));
  const half = /-cert\.pub$/.test(path) ? shellQuote(path.replace(/-cert\.pub$/, '.pub')) : 'KEY.pub';
  const validity = days ?? (validAfter === 0 || validBefore === undefined ? undefined : Math.max(1, daysBetween(validAfter, validBefore)));
  return [
    'ssh-keygen -s CA', ...role === 'host' ? ['-h'] : [], ...signature === undefined ? [] : [`-t ${signature}`], `-I ${keyId === '' ? 'NAME' : shellQuote(keyId)}`, `-n ${names}`,
    ...sshCertificate ? certificateOptions(sshCertificate) : [], `-V ${validity === undefined ? '+52w' : `+${validity}d`}`, half,
  ].join(' ');
}

/** What has to be said so that a certificate is bound by what another is bound by. */
function certificateOptions({ role, criticalOptions, extensions }: SshCertificate): readonly string[] {
  const isUsual = role === 'host' || (extensions.length === usualPermissions.length && extensions.every(({ name }) => usualPermissions.includes(name)));
  const words = (list: SshCertificate['extensions'], kind: string): readonly string[] =>
    list.map(({ name, value }) => `${knownOptions.has(name) ? '' : `${kind}:`}${name}${value === undefined ? '' : `=${value}`}`);
  return [...words(criticalOptions, 'critical'), ...isUsual ? [] : ['clear', ...words(extensions, 'extension')]].map((word) => `-O ${shellQuote(word)}`);
}

const sshFormats = new Set(['openssh', 'ppk', 'ssh-public', 'ssh2-public', 'ssh1', 'sshcom']);

/** How to come by a better key in place of this one. RSA stays RSA: programs that use such keys often know no other. */
export function newKeyAdvice(key: Key): string {
  if (key.knownHost) {
    const [host] = key.knownHost.isHashed ? [] : key.knownHost.hosts;
    return host === undefined ? 'have the host given a better key, and remove the line' : `have the host given a better key, and let ssh learn that one: ssh-keygen -R ${shellQuote(host)} -f ${shellQuote(key.path)}`;
  }
  if (key.kind === 'certificate') return 'make a better key, and have a new certificate issued for it';
  const isSsh = sshFormats.has(key.format) || isSshPlace(key);
  const isRsa = key.algorithm?.startsWith('rsa') ?? false;
  const command = isSsh ? `ssh-keygen ${isRsa ? '-t rsa -b 4096' : '-t ed25519'} -a 100`
    : `openssl genpkey ${isRsa ? '-algorithm RSA -pkeyopt rsa_keygen_bits:4096' : '-algorithm EC -pkeyopt ec_paramgen_curve:P-256'} -out new.pem`;
  return key.kind === 'public' ? `have its owner replace the key pair, for instance with: ${command}` : `replace the key, for instance with: ${command}`;
}
