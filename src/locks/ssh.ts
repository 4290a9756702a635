import { bcryptPbkdf } from '../bcrypt-pbkdf.ts';
import type { Lock } from '../format.ts';
import { rc4 } from '../password.ts';
import { attempt, cipherSizes, crypto, decipher, digest } from './ciphers.ts';

/** OpenSSH's cipher.c, by OpenSSL's names. chacha20-poly1305@openssh.com is a construction of its own. */
const ciphers: ReadonlyMap<string, string> = new Map([
  ...['ctr', 'cbc'].flatMap((mode) => [128, 192, 256].map((bits) => [`aes${bits}-${mode}`, `aes-${bits}-${mode}`] as const)),
  ['aes128-gcm@openssh.com', 'aes-128-gcm'], ['aes256-gcm@openssh.com', 'aes-256-gcm'], ['rijndael-cbc@lysator.liu.se', 'aes-256-cbc'], ['3des-cbc', 'des-ede3-cbc'],
]);

/** A private section begins with a random number, twice (PROTOCOL.key, 3). */
export function opensshLock(name: string, salt: Buffer, rounds: number, body: Buffer): Lock | undefined {
  const cipher = ciphers.get(name);
  const sizes = cipher === undefined ? undefined : cipherSizes(cipher);
  if (cipher === undefined || !sizes || body.length < 16 || rounds < 1) return undefined;
  return {
    opens(passphrase) {
      // OpenSSH takes no empty passphrase for an encrypted key.
      if (passphrase === '') return false;
      const derived = bcryptPbkdf(Buffer.from(passphrase), salt, rounds, sizes.key + sizes.iv);
      const plain = decipher(cipher, derived.subarray(0, sizes.key), derived.subarray(sizes.key), body.subarray(0, 16));
      return plain !== undefined && plain.subarray(0, 4).equals(plain.subarray(4, 8));
    },
  };
}

/** signify: the key XORed, and the beginning of its SHA-512 (OpenBSD signify.c, struct enckey). */
export function signifyLock(bytes: Buffer, rounds: number): Lock {
  const [salt, checksum, sealed] = [bytes.subarray(8, 24), bytes.subarray(24, 32), bytes.subarray(40, 104)];
  return {
    opens(passphrase) {
      if (passphrase === '') return false;
      const pad = bcryptPbkdf(Buffer.from(passphrase), salt, rounds, sealed.length);
      return digest('sha512', sealed.map((byte, i) => byte ^ pad[i]!) as Buffer).subarray(0, 8).equals(checksum);
    },
  };
}

/** ssh.com: 3DES under two MD5 hashes; the length of what is inside comes first (PuTTY, import.c, sshcom_do_work). */
export function sshComLock(name: string, body: Buffer): Lock | undefined {
  if (name !== '3des-cbc' || body.length < 16 || body.length % 8 !== 0) return undefined;
  return {
    opens(passphrase) {
      const secret = Buffer.from(passphrase);
      const first = digest('md5', secret);
      const key = Buffer.concat([first, digest('md5', secret, first)]).subarray(0, 24);
      const rest = body.length - 4 - (decipher('des-ede3-cbc', key, Buffer.alloc(8), body)?.readUInt32BE(0) ?? -1);
      return rest >= 0 && rest < 8;
    },
  };
}

/** PVK: RC4 under SHA-1 of salt and passphrase, of which exports use 40 bits; `RSA2` or `DSS2` comes first (OpenSSL, crypto/pem/pvkfmt.c). */
export function pvkLock(salt: Buffer, body: Buffer): Lock {
  return {
    opens(passphrase) {
      const key = digest('sha1', salt, Buffer.from(passphrase)).subarray(0, 16);
      const short = Buffer.concat([key.subarray(0, 5), Buffer.alloc(11)]);
      return [key, short].some((one) => /^(?:RSA|DSS)2$/.test(rc4(one, body.subarray(0, 4)).toString('latin1')));
    },
  };
}

/** The lines of a PPK file that its MAC covers, and what else it takes to check it. */
export interface PpkParts {
  readonly version: number;
  readonly algorithm: string;
  readonly comment: string;
  readonly publicBlob: Buffer;
  readonly privateBlob: Buffer;
  readonly mac: Buffer;
  /** Version 3. */
  readonly argon2?: { readonly type: 'argon2d' | 'argon2i' | 'argon2id'; readonly salt: Buffer; readonly memory: number; readonly passes: number; readonly parallelism: number };
}

/** PuTTY User Manual, C.3 and C.4: the MAC is over the key in the clear. */
export function ppkLock({ version, algorithm, comment, publicBlob, privateBlob, mac, argon2 }: PpkParts): Lock | undefined {
  if (version === 1 || (version === 3) !== (argon2 !== undefined) || privateBlob.length === 0 || privateBlob.length % 16 !== 0) return undefined;
  const name = 'aes256-cbc';
  return {
    async opens(passphrase, derivations) {
      const secret = Buffer.from(passphrase);
      let key: Buffer, iv: Buffer, macKey: Buffer;
      if (argon2) {
        const derived = await derivations.argon2(argon2.type, secret, argon2.salt, argon2, 80);
        if (!derived) return false;
        [key, iv, macKey] = [derived.subarray(0, 32), derived.subarray(32, 48), derived.subarray(48)];
      } else {
        key = Buffer.concat([0, 1].map((count) => digest('sha1', Buffer.from([0, 0, 0, count]), secret))).subarray(0, 32);
        iv = Buffer.alloc(16);
        macKey = digest('sha1', Buffer.from('putty-private-key-file-mac-key'), secret);
      }
      const plain = decipher('aes-256-cbc', key, iv, privateBlob);
      const covered = plain && [algorithm, name, Buffer.from(comment, 'latin1'), publicBlob, plain].map((part) => {
        const bytes = Buffer.from(part);
        const length = Buffer.alloc(4);
        length.writeUInt32BE(bytes.length);
        return Buffer.concat([length, bytes]);
      });
      return covered !== undefined && attempt(() => crypto().createHmac(version === 3 ? 'sha256' : 'sha1', macKey).update(Buffer.concat(covered)).digest().equals(mac)) === true;
    },
  };
}
