/**
 * The nouns that travel from a source to a rule: plain, readonly, public facts only.
 * Private numbers never leave a format's reader, so no type here has a place for them.
 */

/** Where the bytes lie. */
export type Origin = 'file' | 'index' | 'commit' | 'stdin';

/** A folder on the way from a file up to the home or root folder, as `stat` saw it. */
export interface ParentFolder {
  readonly path: string;
  /** Permission bits, `st_mode & 0o7777`. */
  readonly mode: number;
  readonly uid: number;
  /** Device and number: the same folder under every name. */
  readonly dev?: number;
  readonly ino?: number;
}

/** A right that an access control list gives to others. */
export interface AclEntry {
  readonly kind: 'user' | 'group';
  /** Number of the user or group. */
  readonly id: number;
  /** What is left of it under the mask: `r--`, `rw-`. */
  readonly rights: string;
}

/** Who would take an untracked file along. */
export interface Exposure {
  /** `git add .`, `npm publish`, or `docker build`. */
  readonly by: 'git' | 'npm' | 'docker';
  /** Absolute path of the work tree, the package or the build context. */
  readonly root: string;
}

/** What became of a key at a path in the history of a repository. */
export interface History {
  /** Of the commit that first brought it: `Ann <ann@example.org>`. Absent where that commit is not known. */
  readonly author?: string;
  /** When that commit was written: ISO 8601 with the author's time zone. */
  readonly date?: string;
  /** That commit has no parent. */
  readonly isRoot?: boolean;
  /** Whether the commit that is checked out has it at this path. */
  readonly inHead: boolean;
  /** Short names of the branches whose history has it at this path; of some tags where no branch has. */
  readonly branches: readonly string[];
  /** How many versions of the file have it. */
  readonly versions?: number;
  /** What joins the reports of the shards of a run: absent where the place is not known. */
  readonly joint?: HistoryJoint;
}

/** By what versions of a file that different runs looked at are found to be of one key, and the oldest is chosen. */
export interface HistoryJoint {
  /** Which of several keys of that name in the file, counted from 1. */
  readonly time: number;
  /** When the commit was made, in seconds since 1970; absent where the commit is not known. */
  readonly committed?: number;
  /** Grows from a commit to its parents. */
  readonly age?: number;
  /** Full names of the branches and tags. */
  readonly refs: readonly string[];
}

/** What is known of a file beside its bytes. A fact that nobody knows is absent. */
export interface FileFacts {
  readonly origin: Origin;
  /** Absolute path, for judging the place; absent for bytes that have none. */
  readonly absolutePath?: string;
  /** Its path from the top of the work tree, where git was called in another folder than the one its hook runs in: there `path` names nothing. */
  readonly pathFromTop?: string;
  /** Permission bits, `st_mode & 0o7777`; absent where the source has no file modes (index, commit, pipe). */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Device and number: the same file under every name. */
  readonly dev?: number;
  readonly ino?: number;
  /** How many names it has: hard links. */
  readonly nlink?: number;
  /** Whose file it should be by its place: the user whose home has the `.ssh` folder it lies in, root in `/etc/ssh`. */
  readonly placeUid?: number;
  /** Rights of named users and groups; absent where there are none, or nobody asked. */
  readonly acl?: readonly AclEntry[];
  /** The user who runs keylint: `process.geteuid()`. */
  readonly runnerUid?: number;
  /** When keylint looked: milliseconds since 1970. Rules have no other clock. */
  readonly now?: number;
  /** Milliseconds since 1970. */
  readonly mtime?: number;
  readonly isSymlink?: boolean;
  /** Where a symbolic link leads in the end: absolute path. Owner, mode and parents are those of the target. */
  readonly target?: string;
  /** Whether git tracks the path (in the index, or in a commit). */
  readonly tracked?: boolean;
  /** Object id of the blob, where the bytes come from git's object store. */
  readonly blob?: string;
  /** Object id of the commit that holds the bytes: of those in a history, the one that first brought the key to this path. */
  readonly commit?: string;
  readonly history?: History;
  /** The commits that bring it are on their way to another repository, and not there yet. */
  readonly isPushed?: true;
  /** Folders from the file's own upward, ending with the home folder or the root. */
  readonly parents?: readonly ParentFolder[];
  /** Who would take it along; absent where nobody asked. */
  readonly exposures?: readonly Exposure[];
}

/** How a file is read that OpenSSH reads line by line. */
export type LineFormat = 'authorized_keys' | 'known_hosts' | 'ssh_config';

/** A file that is judged itself, whether there are keys in it or not. */
export interface JudgedFile {
  /** As it is shown to the user. */
  readonly path: string;
  readonly file: FileFacts;
  /** Set where OpenSSH reads it line by line. */
  readonly readAs?: LineFormat;
  /** What its lines say, from top to bottom, but for those with a key: what these say rides on the key. */
  readonly lines?: readonly FileLine[];
  /** Set for what people write commands in: those that have to do with keys, from top to bottom. */
  readonly commands?: readonly Command[];
  /** The comments in it that ask for silence, from top to bottom. */
  readonly suppressions?: readonly Suppression[];
}

/** A stretch of a file. Lines and columns count from 1; columns count characters of the line, ends are exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A command, task, setting or call that does something with keys, as it is written down: what is not surely known of it is absent. */
export interface Command extends Span {
  /** What it is a command of: `ssh-keygen`, `openssl genrsa`, `COPY`, `tls_private_key`. */
  readonly tool: string;
  /** Where it stands: in a text for people, in a script, in what an image is built by, or in what machines run by themselves (CI, cloud-init, Ansible, Terraform). */
  readonly place: 'guide' | 'script' | 'image' | 'machine' | 'program';
  /** Its words as they are written, but for passphrases and keys, which are left out; empty where it is no command of a shell. */
  readonly words: readonly CommandWord[];
  readonly does: Action;
}

export interface CommandWord extends Span {
  readonly text: string;
}

export type Action = Generation | ModeChange | ImageKey | KeyDisplay | KeyWrite | HostKeyBypass | ToldSecret;

/** Makes a key. */
export interface Generation {
  readonly act: 'generate';
  /** The key as a reader would find it in the file, as far as that is known before it is made. */
  readonly key: Pick<KeyFacts, 'algorithm' | 'bits' | 'curve' | 'format' | 'encryption'>;
  /** `prompt`: the command asks for one; `never`: it knows none. Absent: not known. */
  readonly passphrase?: 'none' | 'given' | 'prompt' | 'never';
  /** Where the private key is written to, as it stands there; absent where it is not known or printed. */
  readonly path?: string;
  /** The key is one for ssh. */
  readonly isSsh?: true;
  /** A later command removes the file. */
  readonly isRemoved?: true;
  /** Only the protection or format of a key that is there already is changed. */
  readonly isRewritten?: true;
  /** Which words say it; a span in a word where only a part of it does. */
  readonly said: { readonly [name in 'algorithm' | 'bits' | 'curve' | 'passphrase' | 'format' | 'path']?: SaidAt };
}

/** Words, by their indexes, of which a change would leave nothing; and what may stand for them, with `{}` in the place of a value. */
export interface SaidAt {
  readonly first: number;
  readonly last: number;
  /** `-b {}`, `rsa:{}`. */
  readonly form: string;
}

/** Gives a key's file, a folder of keys or what is made next a mode. */
export interface ModeChange {
  readonly act: 'set-mode';
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly isFolder?: true;
  readonly said?: SaidAt;
}

/** Puts a private key into an image for good. */
export interface ImageKey {
  readonly act: 'put-into-image';
  readonly how: 'copy' | 'argument' | 'variable';
  /** The file, or the variable's name. */
  readonly name: string;
  /** In a stage that another one follows: it is in the builder's cache, and not in the image. */
  readonly isLeftBehind?: true;
}

/** Shows a private key on a terminal, in a log or through the clipboard. */
export interface KeyDisplay {
  readonly act: 'show';
  readonly what: 'file' | 'variable';
  readonly name: string;
  readonly to: 'terminal' | 'clipboard';
}

/** Writes a private key to a file that others can read at first. */
export interface KeyWrite {
  readonly act: 'write';
  readonly path: string;
  /** The variable it comes from; absent where a command prints it. */
  readonly variable?: string;
  /** Whether a later command takes the permissions away. */
  readonly isClosedLater: boolean;
  /** A later command removes the file. */
  readonly isRemoved?: true;
}

/** Tells ssh not to look whom it speaks to. */
export interface HostKeyBypass {
  readonly act: 'trust-any-host';
  /** As it is written: `StrictHostKeyChecking no`. */
  readonly setting: string;
  readonly said?: SaidAt;
}

/** A passphrase or key among the words of a command, where every user of the machine can read it. */
export interface ToldSecret {
  readonly act: 'tell-secret';
  /** `-N`, `-passout pass:`. */
  readonly option: string;
  readonly what: 'passphrase' | 'key';
  /** It comes from a variable or another command, and is not in the file. */
  readonly isVariable: boolean;
}

/** A comment that asks for silence. */
export interface Suppression extends Span {
  /** Whose sign it is. */
  readonly sign: 'keylint' | 'gitleaks:allow' | 'pragma: allowlist secret';
  /** Lines whose findings it is about. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** The line on which a key must begin or end to be excused; absent for a stretch that somebody may put a key into later. */
  readonly keyLine?: number;
  /** Rules it names; other scanners' signs name none. */
  readonly rules: readonly string[];
  /** Whether it says why: what it says is nobody's but the reader's of the file. */
  readonly hasReason?: true;
  /** Why it cannot be followed; a clause without a full stop. */
  readonly defect?: string;
}

/** A line of a file, or adjacent ones of which the same is to be said. Lines and columns count as those of a key. */
export interface FileLine {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** Why OpenSSH has no use for it; a clause without a full stop. */
  readonly defect?: string;
  /** What it sets, where it is one of ssh_config(5). */
  readonly directive?: Directive;
}

/** A setting of ssh_config(5). */
export interface Directive {
  /** In lower case. */
  readonly keyword: string;
  readonly values: readonly string[];
  /** The Host or Match line it stands below; absent for what is said of every host. */
  readonly block?: Block;
  /** What its values name, where that was looked up. */
  readonly files?: readonly NamedFile[];
}

export interface Block {
  readonly line: number;
  readonly keyword: 'host' | 'match';
  /** The patterns of Host, or all words behind Match. */
  readonly patterns: readonly string[];
}

/** A file that a directive names. */
export interface NamedFile {
  /** Absolute. */
  readonly path: string;
  readonly state: 'file' | 'missing' | 'other';
  /** Whether there is a file of that name with `.pub` behind it. */
  readonly hasPublicHalf?: boolean;
}

/** A stretch of bytes to look for keys in. `bytes` may be a reused buffer: valid only until the next file is asked for. */
export interface SourceFile {
  /** As it is shown to the user: relative to the working folder where that is shorter, else absolute. */
  readonly path: string;
  readonly bytes: Buffer;
  /** Looked up only when a key is found, since a `stat` per file is what a large tree cannot afford. */
  facts(): FileFacts;
  /** Set when `bytes` is one window of a file too large to be held whole. */
  readonly window?: Window;
  /** All bytes of a file that comes in windows, unless there are more than `most` or they cannot be read again. */
  whole?(most: number): Buffer | undefined;
  /** How it is read line by line, where its name does not tell. */
  readonly readAs?: LineFormat;
  /** The archives it lies in, outermost first: `['gzip', 'tar']`. */
  readonly within?: readonly string[];
}

/** Which part of a large file a window covers. */
export interface Window {
  /** Offset in the file of the window's first byte. */
  readonly offset: number;
  /** Counts what lies before the window: lines that have ended, characters since then, and what ends a line if any line has. */
  before(): { readonly lines: number; readonly columns: number; readonly breaker?: number | undefined };
  /** Anchors found at window offsets outside `[ownStart, ownEnd)` belong to a neighbouring window. */
  readonly ownStart: number;
  readonly ownEnd: number;
}

export type KeyKind = 'private' | 'public' | 'certificate' | 'symmetric';

/** How a key is protected by a passphrase. Absent on a key means: stored in the clear. */
export interface Encryption {
  /** For instance `aes-256-cbc`, `aes256-ctr`, `des-ede3-cbc`. */
  readonly cipher: string;
  /** `bcrypt`, `pbkdf2`, `scrypt`, `argon2id`, `argon2i`, `argon2d`, `pbkdf1`, `pkcs12`, `md5`, `sha1`, ... */
  readonly kdf: string;
  /** Iterations (PBKDF2, PBES1, PKCS#12) or bcrypt rounds. One for a single hash. */
  readonly rounds?: number;
  /** PBKDF2's pseudo-random function: `hmac-sha1`, `hmac-sha256`, ... */
  readonly prf?: string;
  /** scrypt's cost parameters (RFC 7914, 2). */
  readonly N?: number;
  readonly r?: number;
  readonly p?: number;
  /** Argon2: KiB of memory, passes, lanes (RFC 9106, 3.1). */
  readonly memory?: number;
  readonly passes?: number;
  readonly parallelism?: number;
  /** PKCS#12: what guards the whole store under the same passphrase, `hmac-sha256`, and with how many iterations: a guess can be checked against either. */
  readonly mac?: string;
  readonly macRounds?: number;
}

/** What an X.509 certificate says beside the key in it (RFC 5280, 4.1). What cannot be read is absent. */
export interface X509Certificate {
  /** As RFC 4514 writes names: `CN=example.org,O=Example`. */
  readonly subject?: string;
  readonly issuer?: string;
  /** ISO 8601, UTC: `2026-03-01T12:30:00Z`. */
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** Dotted identifier of the algorithm that it was signed with. */
  readonly signature?: string;
}

/** A setting with a name, and the value of one that has any. */
export interface NamedOption {
  readonly name: string;
  readonly value?: string;
}

/** What is known of a key that is only mentioned, for instance because it has signed another. */
export type KeyMention = Pick<KeyFacts, 'algorithm' | 'bits' | 'curve' | 'fingerprint'>;

/** What an OpenSSH certificate says beside the key in it (draft-ietf-sshm-cert, 2). Times are seconds since 1970. */
export interface SshCertificate {
  readonly role: 'user' | 'host';
  /** In decimal: up to 2^64 - 1. */
  readonly serial: string;
  readonly keyId: string;
  /** Users or hosts it stands for. */
  readonly principals: readonly string[];
  /** Absent: since ever. */
  readonly validAfter?: number;
  /** Absent: for ever. */
  readonly validBefore?: number;
  readonly criticalOptions: readonly NamedOption[];
  readonly extensions: readonly NamedOption[];
  /** The key that signed it. */
  readonly authority: KeyMention;
  /** The algorithm it was signed with: `ssh-ed25519`, `rsa-sha2-512`, `ssh-rsa` (which is RSA with SHA-1). */
  readonly signature: string;
}

/** What stands before a key in authorized_keys (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
export interface AuthorizedEntry {
  /** Names in lower case. `command` comes without its value, `environment` with the name of its variable. */
  readonly options: readonly NamedOption[];
}

/** What stands before a key in known_hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  readonly marker?: 'cert-authority' | 'revoked';
  /** Names, addresses and patterns; of hashed names the one hash. */
  readonly hosts: readonly string[];
  readonly isHashed?: boolean;
}

/** What a reader learns of one key, wherever it lies. */
export interface KeyFacts {
  readonly kind: KeyKind;
  /** Name of the format that read it. */
  readonly format: string;
  /** node:crypto's `asymmetricKeyType` words: rsa, rsa-pss, dsa, ec, ed25519, x25519, dh, ml-dsa-44 ...; `ed25519-sk` and `ecdsa-sk` for FIDO handles; `hmac`, `aes` ... or just `symmetric` for a shared secret. Absent when hidden by encryption. */
  readonly algorithm?: string;
  readonly bits?: number;
  /** OpenSSL's name of the curve: prime256v1, secp384r1, brainpoolP256r1 ...; `explicit` for parameters that name none. */
  readonly curve?: string;
  readonly encryption?: Encryption;
  /** `SHA256:` + unpadded base64, as `ssh-keygen -l` prints it; absent where SSH has no form for the key. */
  readonly fingerprint?: string;
  /** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hex. */
  readonly spki?: string;
  /**
   * A name for a key whose public half cannot be read: SHA-256 of its encrypted or damaged container or of its handle, lower-case hex.
   * Never made from a readable private key.
   */
  readonly container?: string;
  /**
   * A name for a readable key that has no public half to be named by: a shared secret, or a private key of an algorithm that keylint cannot compute with.
   * A digest of the secret (secret-digest.ts), lower-case hex, so that a policy can allow the key.
   *
   * Whoever knows the name can try out guesses of the secret against it, and nothing else (RFC 7638, 7, says the same of thumbprints). That is no help where there are
   * 2^128 of them to try, so a shared secret has the name only where it is as long as that and looks as if a generator had made it. One that may be a word, as the
   * secrets of HMACs and TSIG often are, has no name and cannot be allowed by one: such a file is excused by its path. A secret that was itself hashed from a password
   * cannot be told from a random one; its name helps a guesser as much as a message that it authenticates, and lies in a policy beside the secret itself.
   * A private key of an asymmetric algorithm always has a name: its public half, which is anybody's, is as good to try guesses on.
   */
  readonly digest?: string;
  readonly comment?: string;
  readonly x509?: X509Certificate;
  /** Set for a certificate of OpenSSH. */
  readonly sshCertificate?: SshCertificate;
  /** Set for an entry of authorized_keys. */
  readonly authorized?: AuthorizedEntry;
  /** Set for an entry of known_hosts. */
  readonly knownHost?: KnownHost;
  /** Why it cannot be used as the key it says it is; a sentence without a full stop. */
  readonly defect?: string;
  /** The secret lies in a token or a TPM; the file holds a handle. */
  readonly hardware?: true;
  /** The algorithm or size was inferred from the length of the encrypted part. */
  readonly inferred?: true;
  /** Facts found in the reader that need the private numbers: `public-half-mismatch`, ... */
  readonly weaknesses?: readonly string[];
}

/** A key in its place. Lines and columns count from 1; columns count characters of the line, ends are exclusive. */
export interface Key extends KeyFacts, Span {
  readonly path: string;
  /** What the key is wrapped in, outermost first: `['utf-16', 'pem']`. */
  readonly wrapping: readonly string[];
  readonly weaknesses: readonly string[];
  /** Comments that ask for silence about it. */
  readonly suppressions?: readonly Suppression[];
  readonly file: FileFacts;
}
