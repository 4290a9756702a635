import { issueAdvice } from '../src/advice.ts';
import { describeType } from '../src/describe.ts';
import { isPublicOfThePast } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

/** Signatures over SHA-1. */
const sha1: ReadonlyMap<string, string> = new Map([['ssh-rsa', 'RSA with SHA-1'], ['ssh-dss', 'DSA with SHA-1']]);

export const noWeakCertificateAuthority = defineRule({
  meta: {
    id: 'no-weak-certificate-authority',
    type: 'problem',
    docs: {
      description: 'Certificates of OpenSSH signed with SHA-1, or by a key that is too weak',
      why: 'A certificate is worth as much as the signature on it. Two documents with the same SHA-1 hash can be made for less than 50,000 dollars, so that an authority signs one and another one is used; and whoever works out the key of an authority issues certificates for everybody. OpenSSH accepts no SHA-1 signatures on certificates since 8.2.',
      fix: 'Have the certificate issued anew: an RSA authority signs with ssh-keygen -t rsa-sha2-512 -s CA, which is the default since OpenSSH 8.2. Replace an authority that is too weak by one with an Ed25519 key.',
      sources: [
        { title: 'OpenSSH 8.2 release notes (ssh-rsa removed from CASignatureAlgorithms)', url: 'https://www.openssh.com/txt/release-8.2' },
        { title: 'G. Leurent, T. Peyrin: SHA-1 is a Shambles (USENIX Security 2020)', url: 'https://eprint.iacr.org/2020/014' },
        { title: 'NIST SP 800-131A Rev. 2, 3 (RSA below 2048 bits and SHA-1 disallowed for digital signatures)', url: 'https://doi.org/10.6028/NIST.SP.800-131Ar2' },
      ],
      recommended: 'error',
    },
    messages: {
      sha1: { text: '{key}: it is signed by {algorithm}, which OpenSSH refuses since 8.2', help: 'have it issued anew: {command}' },
      weak: { text: '{key}: the key that signed it is {authority}', help: 'replace the authority by one with an Ed25519 key, and have the certificate issued anew' },
    },
    options: {
      rsa: { type: 'integer', default: 2048, minimum: 0, description: 'Least bits of an RSA authority' },
    },
  },
  checkKey(key, { rsa }) {
    const { sshCertificate: certificate } = key;
    if (!certificate || isPublicOfThePast(key)) return undefined;
    const { authority, signature } = certificate;
    if (authority.algorithm === 'dsa' || (authority.algorithm === 'rsa' && authority.bits !== undefined && authority.bits < rsa)) {
      return { messageId: 'weak', data: { authority: describeType(authority) } };
    }
    const algorithm = sha1.get(signature);
    return algorithm === undefined ? undefined : { messageId: 'sha1', data: { algorithm, command: issueAdvice(key, signature === 'ssh-rsa' ? { signature: 'rsa-sha2-512' } : {}) } };
  },
});
