import { fileKindIn, type FileKind } from './file-kind.ts';

/** Programs, settings and modules that have to do with keys whatever else stands there. */
export const keyWords = /ssh-keygen|puttygen|keytool\b|age-keygen|\b(?:open|libre)ssl["']?[\s,]|\bgpg[12]?\b["']?[\s,]|%no-protection|\ba?wg genkey|\bstep(?:-cli)? (?:crypto|certificate)|cfssl|"algo"|certtool|mkcert|sshpass|StrictHostKeyChecking|UserKnownHostsFile|host_key_checking|openssh_keypair|openssl_privatekey|generate_ssh_key|tls_private_key|ssh_genkeytypes|privateKey:|(?:PRIVATE|SSH|DEPLOY|SIGNING)_?KEY/i;
/** Names of private keys, which are of interest where something is done with them. */
export const keyNames = /id_(?:rsa|dsa|ecdsa|ed25519)|priv(?:ate)?[-_.]?key|privkey|\.key\b|-key\.pem|private\.pem|deploy[-_]key|\.ssh\b|ssh-?key/i;
const deeds = /\b(?:chmod|install|umask|cat|less|more|head|tail|bat|batcat|type|get-content|gc|echo|printf|pbcopy|xclip|xsel|wl-copy|clip|set-clipboard|scb|termux-clipboard-set|docker|podman|mode|permissions|defaultMode|file_permission|COPY|ADD|ARG|ENV)\b/i;

const calls = /\bmodulusLength\b|rsa\.(?:GenerateKey|generateKeyPair|newkeys)|dsa\.GenerateParameters|[RD]SA\.generate|[rd]sa\.generate_private_key|(?:RSA|DSS)Key\.generate|PKey::[RD]SA|private_key_bits|RSACryptoServiceProvider|RSA\.Create\(|RsaPrivateKey::new|Rsa::generate|KeyPairGenerator\.getInstance/;

/** Whether there may be a command of interest in a text: said at once, where reading it in earnest would take a parser. */
export function isAboutKeys(text: string): boolean {
  return keyWords.test(text) || keyNames.test(text) && deeds.test(text);
}

/** Whether a program may call what makes keys. */
export function callsKeyMaker(text: string): boolean {
  return calls.test(text);
}

/** The same of a file of some kind, by its bytes. */
function mayHoldCommands(kind: FileKind, bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  if (kind === 'program') return callsKeyMaker(text);
  return isAboutKeys(text) || (kind === 'ruby' || kind === 'markdown' || kind === 'asciidoc' || kind === 'restructuredtext') && callsKeyMaker(text);
}

/** How a file is read for commands, where it may have some. */
export function kindToRead(path: string, bytes: Buffer): FileKind | undefined {
  const kind = fileKindIn(path, bytes);
  return kind !== undefined && mayHoldCommands(kind, bytes) ? kind : undefined;
}

/** Larger files are no texts that people write. Reading takes time by length and no more, so that the bound is one against data under such a name. */
export const MAX_BYTES = 1 << 21;
/** Of YAML and JSON, whose parser takes longest. */
export const MAX_YAML = 1 << 18;
export const TOO_LARGE = 'too large to be read for commands';

/** Why a file that may hold commands is not read for them; `undefined` where it is. A shell drops zero bytes. */
export function whyUnread(kind: FileKind, bytes: Buffer): string | undefined {
  if (bytes.length > (kind === 'yaml' || kind === 'package-json' ? MAX_YAML : MAX_BYTES)) return TOO_LARGE;
  return kind !== 'shell' && bytes.subarray(0, 1024).includes(0) ? 'not read for commands: no text' : undefined;
}
