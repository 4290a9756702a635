import { nameOf } from './describe.ts';
import type { Key } from './key.ts';
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

/** How to keep a key from being pushed that the commits on their way bring. */
export function pushAdvice(key: Key): string {
  const { path, file: { commit, history } } = key;
  // A tag of a file, for instance.
  if (commit === undefined) return `do not push it${allowAdvice(key)}${/^refs\/tags\//.test(path) ? `: git tag -d ${shellQuote(path.slice('refs/tags/'.length))}` : ''}`;
  return `take it out of every commit that has it, not only of the last one${allowAdvice(key)}: git rebase -i ${history?.isRoot ? '--root' : `${commit}^`}`;
}

/** Curves that ssh-keygen reads from PEM files. */
const sshCurves = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

/**
 * How to encrypt a private key file anew under a passphrase: with ssh-keygen's bcrypt, PuTTY's Argon2 or OpenSSL's scrypt,
 * whichever the programs that use the file can read.
 */
export function passphraseAdvice(key: Key): string {
  const file = shellQuote(key.path);
  if (isPast(key)) return 'git keeps this copy under the old passphrase for good: replace the key wherever it is trusted';
  // Inside another file, or in an encoding of its own: no program would write it back there.
  if (key.wrapping.some((wrapping) => wrapping !== 'pem') || followsOthers(key)) return 'take the key out into a file of its own, and protect it there with a passphrase';
  switch (key.format) {
    case 'openssh': return `ssh-keygen -p -a 100 -f ${file}`;
    case 'openpgp':
    case 'gnupg': return 'save it again by setting the passphrase anew: gpg --edit-key KEY passwd';
    case 'ppk': return `puttygen ${file} -P -o ${file}`;
    case 'pkcs1':
    case 'sec1':
    case 'dsa':
    case 'pkcs8':
    case 'legacy-pem':
    case 'encrypted-pkcs8': {
      const isPem = key.wrapping.length > 0;
      // ssh-keygen -p rewrites PEM files in OpenSSH's own format (since OpenSSH 7.8): what ssh wants, and no JOSE or TLS library reads.
      if (isPem && isSshPlace(key) && isReadBySshKeygen(key)) return `ssh-keygen -p -a 100 -f ${file}`;
      // Not over the file itself: certificates that stand beside the key in it would be lost.
      return `make an encrypted copy and put it in its place: openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt${isPem ? '' : ' -inform DER -outform DER'} -in ${file} -out ${file}.new`;
    }
    default: return 'save it again under a good passphrase with the newest release of the program that made it';
  }
}

/** Whether something else stands before the key: a certificate, another key. The three lines of `EC PARAMETERS` do not count. */
function followsOthers({ line, format }: Key): boolean {
  return line > (format === 'sec1' || format === 'legacy-pem' ? 4 : 1);
}

/** What ssh-keygen reads of the PEM family: RSA, DSA and ECDSA on the NIST curves. An algorithm hidden by encryption may be one of them. */
function isReadBySshKeygen({ algorithm, curve }: Key): boolean {
  return algorithm === undefined || algorithm === 'rsa' || algorithm === 'dsa' || algorithm === 'ec' && (curve === undefined || sshCurves.has(curve));
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
