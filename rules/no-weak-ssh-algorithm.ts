import { blockText, directiveTitle } from '../src/ssh-directive.ts';
import { defineRule } from '../src/rule.ts';

/** What OpenSSH has switched off in its client because it is weak, by what is said of it; names as patterns, since there are many variants. */
const weak: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^ssh-dss(?:-cert-v01@openssh\.com)?$/, 'DSA, removed in OpenSSH 10.0'],
  [/^ssh-rsa(?:-cert-v01@openssh\.com)?$/, 'RSA with SHA-1, off since OpenSSH 8.8'],
  [/^diffie-hellman-group1-sha1$/, 'a group of 1024 bits, off since OpenSSH 7.0'],
  [/^(?:diffie-hellman-group14|diffie-hellman-group-exchange|rsa1024|gss-[\w-]+)-sha1(?:-.*)?$/, 'SHA-1, off since OpenSSH 8.2'],
  [/^(?:arcfour(?:128|256)?)$/, 'RC4, off since OpenSSH 7.2'],
  [/^(?:3des|blowfish|cast128|des|idea|rijndael|aes\d+|twofish\d*|serpent\d+)-cbc(?:@.*)?$/, 'CBC mode, off since OpenSSH 7.6'],
  [/^none$/, 'no encryption at all'],
  [/^hmac-md5(?:-96)?(?:-etm@openssh\.com)?$/, 'MD5, off since OpenSSH 7.2'],
  [/^hmac-sha1-96(?:-etm@openssh\.com)?$/, 'a tag cut to 96 bits, off since OpenSSH 7.2'],
  [/^hmac-ripemd160(?:@openssh\.com|-etm@openssh\.com)?$/, 'RIPEMD-160, off since OpenSSH 7.2'],
];

/** Directives that take lists of algorithms, by their names of today and of before. */
const lists: ReadonlySet<string> = new Set([
  'ciphers', 'macs', 'kexalgorithms', 'hostkeyalgorithms', 'casignaturealgorithms',
  'pubkeyacceptedalgorithms', 'pubkeyacceptedkeytypes', 'hostbasedacceptedalgorithms', 'hostbasedkeytypes',
]);

export const noWeakSshAlgorithm = defineRule({
  meta: {
    id: 'no-weak-ssh-algorithm',
    type: 'problem',
    docs: {
      description: 'Algorithms that OpenSSH has switched off, switched on again in ssh_config: ssh-rsa, ssh-dss, SHA-1 key exchange, CBC, RC4, MD5',
      why: 'ssh offers what it is told to offer, and a server, or somebody in between who can choose what the server seems to offer, takes the weak one. What was added for one old device is often written for all hosts, and stays when the device is gone.',
      fix: 'Renew the other side. Until then keep the setting in a Host block that names that one host.',
      sources: [
        { title: 'OpenSSH 8.8 release notes (RSA signatures with SHA-1 disabled)', url: 'https://www.openssh.com/txt/release-8.8' },
        { title: 'OpenSSH 8.2 release notes (diffie-hellman-group14-sha1 removed from the defaults)', url: 'https://www.openssh.com/txt/release-8.2' },
        { title: 'OpenSSH 7.6 release notes (CBC ciphers no longer offered; RC4, Blowfish and CAST removed)', url: 'https://www.openssh.com/txt/release-7.6' },
        { title: 'OpenSSH 7.2 release notes (MD5 and truncated MACs, RC4 and Blowfish disabled)', url: 'https://www.openssh.com/txt/release-7.2' },
        { title: 'RFC 9142, 4 (key exchange methods that SHOULD NOT or MUST NOT be used)', url: 'https://www.rfc-editor.org/rfc/rfc9142#section-4' },
        { title: 'RFC 8758 (RC4 MUST NOT be used in SSH)', url: 'https://www.rfc-editor.org/rfc/rfc8758' },
        { title: 'ssh_config(5), Ciphers, KexAlgorithms, MACs, HostKeyAlgorithms, PubkeyAcceptedAlgorithms', url: 'https://man.openbsd.org/ssh_config.5#Ciphers' },
      ],
      recommended: 'warn',
    },
    messages: {
      weak: { text: '{directive} allows {algorithms} for {block}: {reason}', help: 'remove it as soon as the other side knows something better, and until then name that one host in a Host line' },
    },
    options: {
      accept: { type: 'array', default: [], items: { type: 'string' }, description: 'Algorithms to accept all the same, by their names in ssh_config' },
    },
  },
  checkLine({ directive }, _file, { accept }) {
    if (!directive || !lists.has(directive.keyword)) return undefined;
    const [list = ''] = directive.values;
    // Behind a minus stand those that are taken out.
    if (list.startsWith('-')) return undefined;
    const found = list.replace(/^[+^]/, '').split(',').flatMap((name) => {
      const reason = accept.includes(name) ? undefined : weak.find(([pattern]) => pattern.test(name))?.[1];
      return reason === undefined ? [] : [{ name, reason }];
    });
    if (found.length === 0) return undefined;
    const reasons = [...new Set(found.map(({ reason }) => reason))];
    const data = { directive: directiveTitle(directive), algorithms: found.map(({ name }) => name).join(', '), block: blockText(directive), reason: reasons.join('; ') };
    return { messageId: 'weak', data };
  },
});
