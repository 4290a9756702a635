import type { Key } from '../src/key.ts';
import { baseName, folderOf, locationOf } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';
import { shellQuote } from '../src/shell-quote.ts';

/** Where the public half or the certificate of a private key file lies by custom, in the same folder. */
function publicNamesOf(name: string): readonly string[] {
  const dot = name.lastIndexOf('.');
  const stem = /\.(pem|key|ppk|der|p8)$/i.test(name) ? name.slice(0, dot) : undefined;
  const names = [`${name}.pub`, `${name}-cert.pub`];
  if (stem !== undefined) names.push(`${stem}.pub`, `${stem}.crt`, `${stem}.cer`, `${stem}.cert`, `${stem}.pub.pem`, `${stem}_pub.pem`, `${stem}-pub.pem`);
  const match = /private|priv/i.exec(name);
  if (match) {
    const word = match[0].length === 7 ? 'public' : 'pub';
    const cased = match[0] === match[0].toUpperCase() ? word.toUpperCase() : /^P/.test(match[0]) ? `P${word.slice(1)}` : word;
    const publicName = name.slice(0, match.index) + cased + name.slice(match.index + match[0].length);
    names.push(publicName);
    if (stem !== undefined) names.push(...['.pem', '.key', '.pub', '.crt', '.der'].map((ending) => publicName.slice(0, publicName.lastIndexOf('.')) + ending));
  }
  // key.pem and cert.pem, server-key.pem and server-cert.pem, privkey.pem and cert.pem (certbot).
  if (/(^|[._-])(priv)?key\.pem$/i.test(name)) names.push(name.replace(/(priv)?key\.pem$/i, 'cert.pem'));
  return [...new Set(names)].filter((other) => other !== name);
}

/** The keys of one file as it was at one time. */
interface Held {
  readonly privates: Key[];
  readonly publics: Key[];
}

/** Whether two keys are surely different: they have a name of the same sort, and none in common. */
function areDifferent(a: Key, b: Key): boolean {
  // The same curve may be written by its name or by its parameters.
  if (a.curve !== b.curve && (a.curve === 'explicit' || b.curve === 'explicit')) return false;
  const comparable = ([['spki', a.spki, b.spki], ['fingerprint', a.fingerprint, b.fingerprint]] as const).filter(([, ours, theirs]) => ours !== undefined && theirs !== undefined);
  return comparable.length > 0 && comparable.every(([, ours, theirs]) => ours !== theirs);
}

export const keyPairMismatch = defineRule({
  meta: {
    id: 'key-pair-mismatch',
    type: 'problem',
    docs: {
      description: 'A private key beside a public key or certificate of the same name that belongs to another key',
      why: 'Whoever installs the public half gives access to a key that is not there, and perhaps to a forgotten one that is elsewhere. ssh offers what the .pub file says and fails to sign ("private key contents do not match public"); a TLS server does not start.',
      fix: 'Find out which of the two is current. Write the public half anew from the private key: ssh-keygen -y -f PRIVATE > PUBLIC, or openssl pkey -in PRIVATE -pubout -out PUBLIC.',
      sources: [
        { title: 'OpenSSH, sshconnect2.c, identity_sign', url: 'https://github.com/openssh/openssh-portable/blob/master/sshconnect2.c' },
        { title: 'ssh-keygen(1), -y', url: 'https://man.openbsd.org/ssh-keygen.1#y' },
        { title: 'OpenSSL, X509_check_private_key(3)', url: 'https://docs.openssl.org/master/man3/X509_check_private_key/' },
      ],
      recommended: 'error',
    },
    messages: {
      sshPublic: { text: '{key} is not the public half of {privatePath} beside it', help: 'ssh-keygen -y -f {privateFile} > {file}' },
      public: { text: '{key} is not the public half of {privatePath} beside it', help: 'openssl pkey -in {privateFile} -pubout -out {file}' },
      certificate: { text: '{key} was not issued for {privatePath} beside it', help: 'use the key that the certificate was issued for, or have one issued for this key' },
    },
    options: {},
  },
  checkAll(keys) {
    const folders = new Map<string, Map<string, Held>>();
    for (const key of keys) {
      // Files of different commits were never beside each other.
      const folder = [key.file.origin, key.file.commit ?? '', folderOf(locationOf(key))].join('\0');
      const files = folders.get(folder) ?? new Map<string, Held>();
      folders.set(folder, files);
      const name = baseName(locationOf(key));
      const held = files.get(name) ?? { privates: [], publics: [] };
      files.set(name, held);
      if (key.kind === 'private') held.privates.push(key);
      else if (key.kind === 'public' || key.kind === 'certificate') held.publics.push(key);
    }
    return [...folders.values()].flatMap((files) => [...mayBelongTo(files)].flatMap(([theirs, ours]) => {
      const [first] = ours;
      // `deploy.pub` may be the half of `deploy` and have nothing to do with `deploy.pem`: one that fits is enough.
      if (!first || !ours.every((key) => areDifferent(key, theirs))) return [];
      return [{ key: theirs, ...problemOf(theirs, first) }];
    }));
  },
});

/** The lone public keys of a folder, each with the lone private keys that custom pairs it with. */
function mayBelongTo(files: ReadonlyMap<string, Held>): ReadonlyMap<Key, readonly Key[]> {
  const pairs = new Map<Key, Key[]>();
  for (const [name, { privates }] of files) {
    const [ours, second] = privates;
    if (!ours || second || ours.defect !== undefined) continue;
    for (const publicName of publicNamesOf(name)) {
      const held = files.get(publicName);
      const [theirs, another] = held?.publics ?? [];
      if (!held || held.privates.length > 0 || !theirs || another || theirs.defect !== undefined) continue;
      pairs.set(theirs, [...pairs.get(theirs) ?? [], ours]);
    }
  }
  return pairs;
}

function problemOf(theirs: Key, { path: privatePath }: Key) {
  if (theirs.kind === 'certificate') return { messageId: 'certificate', data: { privatePath } } as const;
  return { messageId: theirs.format.startsWith('ssh') ? 'sshPublic' : 'public', data: { privatePath, privateFile: shellQuote(privatePath) } } as const;
}
