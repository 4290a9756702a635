import type { Generation } from '../../key.ts';
import { callsKeyMaker } from '../about-keys.ts';
import type { Found, Reader } from '../snippet.ts';

/** A call of a library that makes keys and is no other's: the first group is what decides, a size or a curve. */
interface Call {
  readonly name: string;
  readonly pattern: RegExp;
  readonly key: (value: string) => Pick<Generation['key'], 'algorithm' | 'bits' | 'curve'>;
}

const rsa = (value: string): Pick<Generation['key'], 'algorithm' | 'bits'> => ({ algorithm: 'rsa', bits: Number(value) });
const dsa = (value: string): Pick<Generation['key'], 'algorithm' | 'bits'> => ({ algorithm: 'dsa', bits: Number(value) });

const calls: readonly Call[] = [
  // Node.js and Web Crypto: the options may stand on several lines.
  { name: 'generateKeyPair', pattern: /\bgenerateKeyPair(?:Sync)?\(\s*['"`]rsa(?:-pss)?['"`]\s*,\s*\{[^{}]*?\bmodulusLength\s*:\s*(\d{3,5})\b/dg, key: rsa },
  { name: 'generateKeyPair', pattern: /\bgenerateKeyPair(?:Sync)?\(\s*['"`]dsa['"`]\s*,\s*\{[^{}]*?\bmodulusLength\s*:\s*(\d{3,5})\b/dg, key: dsa },
  { name: 'generateKey', pattern: /\bname\s*:\s*['"`](?:RSA-OAEP|RSA-PSS|RSASSA-PKCS1-v1_5)['"`][^{}]{0,500}?\bmodulusLength\s*:\s*(\d{3,5})\b/dg, key: rsa },
  { name: 'forge.pki.rsa.generateKeyPair', pattern: /\bpki\.rsa\.generateKeyPair\(\s*(?:\{\s*bits\s*:\s*)?(\d{3,5})\b/dg, key: rsa },
  // Go
  { name: 'rsa.GenerateKey', pattern: /\brsa\.GenerateKey\(\s*(?:[\w.]+)\s*,\s*(\d{3,5})\s*\)/dg, key: rsa },
  { name: 'dsa.GenerateParameters', pattern: /\bdsa\.GenerateParameters\([^()]*\bdsa\.L(\d{4})N\d{3}\b/dg, key: dsa },
  // Python: PyCryptodome, cryptography, paramiko, rsa
  { name: 'RSA.generate', pattern: /\bRSA\.generate\(\s*(?:bits\s*=\s*)?(\d{3,5})\b/dg, key: rsa },
  { name: 'DSA.generate', pattern: /\bDSA\.generate\(\s*(?:bits\s*=\s*)?(\d{3,5})\b/dg, key: dsa },
  { name: 'rsa.generate_private_key', pattern: /\brsa\.generate_private_key\([^()]*?\bkey_size\s*=\s*(\d{3,5})\b/dg, key: rsa },
  { name: 'dsa.generate_private_key', pattern: /\bdsa\.generate_private_key\([^()]*?\bkey_size\s*=\s*(\d{3,5})\b/dg, key: dsa },
  { name: 'RSAKey.generate', pattern: /\bRSAKey\.generate\(\s*(?:bits\s*=\s*)?(\d{3,5})\b/dg, key: rsa },
  { name: 'DSSKey.generate', pattern: /\bDSSKey\.generate\(\s*(?:bits\s*=\s*)?(\d{3,5})\b/dg, key: dsa },
  { name: 'rsa.newkeys', pattern: /\brsa\.newkeys\(\s*(?:nbits\s*=\s*)?(\d{3,5})\b/dg, key: rsa },
  // Ruby, PHP, C#, Rust
  { name: 'OpenSSL::PKey::RSA', pattern: /\bPKey::RSA\.(?:new|generate)\(?\s*(\d{3,5})\b/dg, key: rsa },
  { name: 'OpenSSL::PKey::DSA', pattern: /\bPKey::DSA\.(?:new|generate)\(?\s*(\d{3,5})\b/dg, key: dsa },
  { name: 'openssl_pkey_new', pattern: /\bprivate_key_bits['"]\s*=>\s*(\d{3,5})\b/dg, key: rsa },
  { name: 'RSACryptoServiceProvider', pattern: /\bnew\s+RSACryptoServiceProvider\(\s*(\d{3,5})\b/dg, key: rsa },
  { name: 'RSA.Create', pattern: /\bRSA\.Create\(\s*(?:keySizeInBits\s*:\s*)?(\d{3,5})\s*\)/dg, key: rsa },
  { name: 'RsaPrivateKey::new', pattern: /\bRsaPrivateKey::new\(\s*&mut\s+[\w:()]+\s*,\s*(\d{3,5})\s*\)/dg, key: rsa },
  { name: 'Rsa::generate', pattern: /\bRsa::generate\(\s*(\d{3,5})\s*\)/dg, key: rsa },
];

/** Java and its kin: the algorithm stands where the generator is asked for, the size where it is set up. */
const generator = /\b(?:(?:(?:val|var|final)\s+)?(?:KeyPairGenerator\s+)?(\w+)\s*(?::\s*KeyPairGenerator\s*)?=\s*)?(?:java\.security\.)?KeyPairGenerator\.getInstance\(\s*"(RSA|DSA)"[^)]{0,200}\)/dg;

/** Calls of libraries that are unmistakable, with sizes that stand there. */
export const readProgram: Reader = ({ text }) => {
  const found: Found[] = [];
  if (!callsKeyMaker(text)) return found;
  // Rust keeps tests at the end of the file that they are about.
  const at = text.indexOf('#[cfg(test)]');
  const tests = at < 0 ? text.length : at;
  const add = (name: string, start: number, end: number, value: readonly [number, number], key: Pick<Generation['key'], 'algorithm' | 'bits' | 'curve'>): void => {
    if (isInComment(text, start) || start > tests) return;
    found.push({ start, end, tool: name, words: [{ start: value[0], end: value[1], text: text.slice(...value) }], does: { act: 'generate', key: { format: 'pkcs8', ...key }, said: { bits: { first: 0, last: 0, form: '{}' } } } });
  };
  for (const { name, pattern, key } of calls) {
    for (const match of text.matchAll(pattern)) add(name, match.index, match.index + match[0].length, match.indices![1]!, key(match[1]!));
  }
  for (const match of text.matchAll(generator)) {
    const end = match.index + match[0].length;
    const variable = match[1];
    // Up to where the variable gets another generator.
    const rest = text.slice(end, end + 1000);
    const size = new RegExp(variable === undefined ? '^\\s*\\.(?:apply\\s*\\{\\s*)?initialize\\(\\s*(\\d{3,5})\\b' : `^(?:(?!KeyPairGenerator\\.getInstance)[^])*?\\b${variable}\\s*\\.\\s*initialize\\(\\s*(\\d{3,5})\\b`, 'd').exec(rest);
    if (!size) continue;
    const [from, to] = size.indices![1]!;
    add('KeyPairGenerator', match.index, end + size[0].length, [end + from, end + to], match[2] === 'RSA' ? rsa(size[1]!) : dsa(size[1]!));
  }
  return found;
};

function isInComment(text: string, at: number): boolean {
  // No further back than this on a line that has no end.
  const before = text.slice(Math.max(0, at - 500), at);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return /^\s*(?:\/\/|#|\*|\/\*|--)/.test(line) || /(?:^|\s)\/\/(?!.*['"`])/.test(line);
}
