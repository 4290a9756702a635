import type { Format, ReadKey } from '../format.ts';
import { sha256Hex } from '../hash.ts';
import { signifyLock } from '../locks/ssh.ts';
import { identify } from '../public-key.ts';
import { commentBefore, readCommented } from './minisign.ts';

/** signify secret keys: `Ed`, `BK`, rounds (big-endian u32), salt[16], checksum[8], keynum[8], seed and public key[64], XORed where rounds is not 0. */
export const signify: Format = {
  name: 'signify',
  title: 'signify secret key',
  sources: ['OpenBSD signify.c, struct enckey'],
  // The default of 42 rounds, and none.
  anchors: ['\nRWRCSwAAAC', '\nRWRCSwAAAA'],
  magics: [Buffer.from('untrusted comment: ')],

  readAt(text, at) {
    const start = at + 1;
    const line = text.toString('latin1', start, start + BASE64);
    const facts = BODY.test(line) ? readSignify(Buffer.from(line, 'base64')) : undefined;
    return facts && { start, end: start + BASE64, key: { ...facts, ...commentBefore(text, start) } };
  },

  read(bytes) {
    const found = readCommented(bytes, BODY);
    const facts = found && readSignify(found.bytes);
    return facts && [{ ...facts, ...(found.comment !== undefined && { comment: found.comment }) }];
  },
};

const LENGTH = 104;
const BASE64 = 140;
const BODY = /^[A-Za-z0-9+/]{139}=$/;

function readSignify(bytes: Buffer): ReadKey | undefined {
  if (bytes.length !== LENGTH || bytes.toString('latin1', 0, 4) !== 'EdBK') return undefined;
  const rounds = bytes.readUInt32BE(4);
  if (rounds === 0) return { kind: 'private', format: 'signify', ...identify({ type: 'raw', algorithm: 'ed25519', key: bytes.subarray(72, 104) }) };
  return { kind: 'private', format: 'signify', algorithm: 'ed25519', bits: 256, encryption: { cipher: 'xor', kdf: 'bcrypt', rounds }, container: sha256Hex(bytes), lock: signifyLock(bytes, rounds) };
}
