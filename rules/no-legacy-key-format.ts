import type { Generation } from '../src/key.ts';
import { adviceText, rewrite, type Rewritten } from '../src/made-key.ts';
import { defineRule } from '../src/rule.ts';

/** NIST SP 800-131A Rev. 2, 2: three-key TDEA disallowed for encryption after 2023, two-key and DES before. */
const oldCiphers: ReadonlyMap<string, string> = new Map([['des-cbc', 'DES, of 56 bits'], ['des-ede3-cbc', 'Triple DES'], ['rc2-40-cbc', 'RC2 of 40 bits'], ['idea-cbc', 'IDEA'], ['seed-cbc', 'SEED']]);

export const noLegacyKeyFormat = defineRule({
  meta: {
    id: 'no-legacy-key-format',
    type: 'problem',
    docs: {
      description: 'Commands that put a passphrase in front of a key in a format that hardly slows guesses: ssh-keygen -m PEM, openssl -traditional, -v1 and -legacy, PPK 2, -des3',
      why: 'A passphrase is worth what a guess at it costs. In the old PEM format a guess is one MD5 hash, in PPK 2 two of SHA-1, and a graphics card makes billions of them a second; the key seems protected and is not. Triple DES is disallowed since 2024.',
      fix: 'Leave the option away: OpenSSH\'s own format (bcrypt), PKCS #8 with scrypt or PBKDF2 and AES, PPK 3 (Argon2).',
      sources: [
        { title: 'OpenSSL, PEM_write_PrivateKey(3), PEM ENCRYPTION FORMAT (one round of MD5)', url: 'https://docs.openssl.org/master/man3/PEM_read_bio_PrivateKey/#pem-encryption-format' },
        { title: 'ssh-keygen(1), -a and -m (bcrypt_pbkdf rounds)', url: 'https://man.openbsd.org/ssh-keygen.1#a' },
        { title: 'PuTTY manual, Appendix C: PPK file format', url: 'https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html' },
        { title: 'NIST SP 800-131A Rev. 2, 2 (Triple DES disallowed for encryption after 2023)', url: 'https://doi.org/10.6028/NIST.SP.800-131Ar2' },
      ],
      recommended: 'warn',
    },
    messages: {
      derivation: { text: '{tool} puts the passphrase behind {cost}, which slows no guess', help: '{advice}' },
      cipher: { text: '{tool} encrypts the key with {cipher}, which is outdated', help: '{advice}' },
    },
    options: {},
  },
  checkCommand(command) {
    const { does, tool } = command;
    if (does.act !== 'generate' || does.passphrase === 'none' || !does.key.encryption) return undefined;
    const { kdf, cipher } = does.key.encryption;
    const cost = costs.get(kdf);
    const old = oldCiphers.get(cipher);
    if (cost === undefined && old === undefined) return undefined;
    const better = betterCommand(command, does);
    const advice = adviceText(better, adviceFor(does));
    const fix = better && { fix: { replace: better.replace } };
    return cost === undefined ? { messageId: 'cipher', data: { tool, cipher: old!, advice }, ...fix } : { messageId: 'derivation', data: { tool, cost, advice }, ...fix };
  },
});

const costs: ReadonlyMap<string, string> = new Map([['md5', 'a single MD5 hash'], ['sha1', 'two SHA-1 hashes'], ['pbkdf1', 'the old derivation of PKCS #5 v1.5'], ['pkcs12', 'the old derivation of PKCS #12']]);

function adviceFor({ isSsh }: Generation): string {
  return isSsh ? 'leave -m away: OpenSSH\'s own format slows guesses with bcrypt' : 'protect the key with: openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt';
}

function betterCommand(command: Parameters<typeof rewrite>[0], { said, isSsh, key }: Generation): Rewritten | undefined {
  const { words } = command;
  if (words.length === 0) return undefined;
  if (said.format) return rewrite(command, [{ at: said.format }], isSsh && command.tool === 'ssh-keygen' && !words.some(({ text }) => text.startsWith('-a')) ? ['-a', '100'] : []);
  const at = words.findIndex(({ text }) => /^-(?:des3?|3des|idea|seed)$/i.test(text));
  return at > 0 && oldCiphers.has(key.encryption?.cipher ?? '') ? rewrite(command, [{ at: { first: at, last: at, form: '-{}' }, value: 'aes256' }]) : undefined;
}
