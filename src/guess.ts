import type { Derivations, Lock } from './format.ts';
import type { Encryption, Key } from './key.ts';
import { baseName, folderOf, locationOf } from './place.ts';
import type { Log } from './sources/source.ts';

/** Tries passphrases that anybody would try. What comes of it is one word on the key: that one fits. Which one is said nowhere. */
export interface Guesser {
  /** Gives the key, with `guessable-passphrase` among its weaknesses if a guess was right. What could not be tried is in the log as skipped. */
  tryOn(key: Key, lock: Lock | undefined, log: Log): Promise<Key>;
}

/**
 * What programs and manuals set (keytool's `changeit`, Android's debug key, Google's `notasecret`, WSO2's store), and the heads of the lists of
 * passwords that have leaked. In the order of what is found most.
 */
const COMMON: readonly string[] = [
  'changeit', 'password', 'changeme', 'secret', 'passphrase', '123456', '12345678', 'test', 'android', 'notasecret', 'wso2carbon', 'password1', 'Password1', 'passw0rd', 'P@ssw0rd', 'admin', 'root', 'qwerty',
  '12345', '1234', '123456789', '1234567890', '111111', '000000', 'abc123', 'letmein', 'welcome', 'iloveyou', 'test123', 'test1234', 'testing', 'testtest', 'password123', 'admin123', 'secret123', 'hunter2', 'foobar', 'default', 'demo', 'example',
  'keystore', 'storepass', 'keypass', 'private', 'server', 'client', 'toor', 'vagrant', 'ubuntu', 'docker', 'jenkins', 'tomcat', 'weblogic', 'confluent', 'correct horse battery staple',
];

/** Rough milliseconds of one guess on an ordinary machine, so that one that takes longer than there is time is not begun. */
function costOf({ kdf, rounds = 1, N = 0, r = 8, p = 1, memory = 0, passes = 1, mac, macRounds = 1 }: Encryption): number {
  if (mac !== undefined) return macRounds / 500;
  switch (kdf) {
    case 'bcrypt': return rounds * 10;
    case 'pbkdf2': return rounds / 1000;
    case 'pkcs12':
    case 'pbkdf1': return rounds / 200;
    case 's2k-iterated': return rounds / 1e6;
    case 'scrypt': return (N * r * p) / 3000;
    case 'argon2d':
    case 'argon2i':
    case 'argon2id': return (memory * passes) / 300;
    default: return 0.1;
  }
}

/** Bytes that one guess takes (RFC 7914, 2; RFC 9106, 3.1). Counts are in the file, and the file may be hostile. */
function memoryOf({ N = 0, r = 8, memory = 0 }: Encryption): number {
  return Math.max(128 * N * r, memory * 1024);
}

/** PuTTY takes 8 MiB, OpenSSL at most 32, age and cosign no more than 256. */
const MOST_MEMORY = 1 << 28;

/** No key takes more than this part of the time that is left, unless a guess takes longer: there may be many. */
const SHARE = 4;

/** `time`: milliseconds left, for all threads together. */
export function startGuessing(time: Int32Array<SharedArrayBuffer>, now: () => number = () => performance.now()): Guesser {
  const words = personalWords();
  return {
    async tryOn(key, lock, log) {
      // Of what is known to be under no passphrase, or is damaged, there is nothing to find out.
      if (!key.encryption || key.defect !== undefined || key.weaknesses.includes('empty-password')) return key;
      const skip = (reason: string): Key => {
        log.skipped.push({ path: key.path, reason });
        return key;
      };
      if (!lock) return skip(`encrypted key that no passphrase can be tried on (${key.format}, ${key.encryption.cipher})`);
      if (memoryOf(key.encryption) > MOST_MEMORY) return skip('encrypted key for which a guess takes too much memory');
      const cost = costOf(key.encryption);
      const began = Atomics.load(time, 0);
      const share = Math.max(began / SHARE, cost);
      let spent = 0;
      for (const guess of guessesFor(key, words)) {
        const left = Atomics.load(time, 0);
        if (left <= 0 || cost > left || (spent > 0 && spent + cost > share)) return skip('encrypted key for which the time for guessing was too short (--guess-seconds)');
        const start = now();
        const isRight = await lock.opens(guess, derivations);
        const took = Math.max(0, now() - start);
        spent += took;
        Atomics.sub(time, 0, Math.ceil(took));
        if (isRight) return { ...key, weaknesses: [...key.weaknesses, 'guessable-passphrase'] };
      }
      return key;
    },
  };
}

/** The empty one, what the place and the key itself suggest, then what everybody uses. */
function guessesFor(key: Key, personal: readonly string[]): ReadonlySet<string> {
  const location = locationOf(key);
  const name = baseName(location);
  const folder = baseName(folderOf(location));
  const home = /^(?:\/home|\/Users|[A-Za-z]:[/\\]Users)[/\\]([^/\\]+)[/\\]/.exec(location)?.[1];
  const [, user, host] = /^([^@\s]{1,64})@([^@\s]{1,255})$/.exec(key.comment ?? '') ?? [];
  const near = [name, name.replace(/\.[^.]*$/, ''), folder, home, user, host, key.comment, ...personal].filter((word): word is string => word !== undefined && word !== '' && word !== '.' && word.length <= 64);
  return new Set(['', ...near, ...near.flatMap((word) => [word.toLowerCase(), `${word}1`, `${word}123`]), ...COMMON]);
}

/** The names of the user and of the machine. */
function personalWords(): readonly string[] {
  const { hostname, userInfo } = process.getBuiltinModule('node:os');
  const words = [hostname(), hostname().split('.')[0] ?? ''];
  try {
    words.unshift(userInfo().username);
  } catch {
    // A user who is in no list of users, as in a container.
  }
  return words;
}

/** Loaded when the first key needs it. */
const derivations: Derivations = {
  async argon2(type, password, salt, { memory, passes, parallelism }, length) {
    const hashWasm = await import('hash-wasm');
    try {
      // It takes no empty password, and has no need to: a key under one is not encrypted.
      const derived = await hashWasm[type]({ password, salt, memorySize: memory, iterations: passes, parallelism, hashLength: length, outputType: 'binary' });
      return Buffer.from(derived);
    } catch {
      return undefined;
    }
  },
};
