import type { JudgedFile, Key } from '../src/key.ts';
import { baseName, fileId, folderOf, isInSshFolder, isSecret, locationOf } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';
import { directivesOf } from '../src/ssh-directive.ts';

function identitiesOf({ spki, fingerprint }: Key): readonly string[] {
  return [spki, fingerprint].filter((name) => name !== undefined);
}

/** The names of a file and of its public half, where `IdentityFile` names either: a public half alone is how a key in an agent is chosen (ssh_config(5)). */
function namedBy(files: readonly JudgedFile[]): ReadonlySet<string> {
  const directives = files.flatMap(directivesOf).filter(({ keyword }) => keyword.startsWith('identityfile'));
  return new Set(directives.flatMap(({ files: named = [] }) => named.flatMap(({ path }) => [path, `${path}.pub`])));
}

/** What the keys of a run say of where halves are. */
interface Halves {
  /** How many keys a file holds. */
  readonly counts: ReadonlyMap<string, number>;
  /** The files in which a key is found, by each of its names. */
  readonly places: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files with a private key, of whatever public half. */
  readonly privates: ReadonlySet<string>;
  /** The public keys of a folder: `FOLDER` NUL a name of the key, or of the file. */
  readonly publics: ReadonlySet<string>;
}

/** `lone`: the keys that are asked about. Long lists of others are passed over quickly. */
function halvesOf(keys: readonly Key[], lone: readonly Key[]): Halves {
  const places = new Map<string, Set<string>>(lone.flatMap((key) => identitiesOf(key).map((name) => [name, new Set<string>()])));
  const folders = new Set(lone.map((key) => folderOf(locationOf(key))));
  const counts = new Map<string, number>();
  const publics = new Set<string>();
  const privates = new Set<string>();
  for (const key of keys) {
    const id = fileId(key);
    counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const name of identitiesOf(key)) places.get(name)?.add(id);
    if (key.kind === 'private') privates.add(locationOf(key));
    if (key.kind !== 'public' || key.knownHost || key.authorized) continue;
    const folder = folderOf(locationOf(key));
    if (folders.has(folder)) for (const name of [...identitiesOf(key), baseName(locationOf(key))]) publics.add(`${folder}\0${name}`);
  }
  return { counts, places, privates, publics };
}

function isPublicFile(key: Key): boolean {
  return key.kind === 'public' && key.path.endsWith('.pub');
}

/** A public key that is found elsewhere as well belongs to something else that is here; whether one belongs to the private key beside it is another rule's question. */
function isLonePublic(key: Key, { places, privates }: Halves, named: ReadonlySet<string>): boolean {
  const name = locationOf(key).slice(0, -'.pub'.length);
  if (['', '.pem', '.key', '.ppk'].some((ending) => privates.has(name + ending))) return false;
  return !named.has(locationOf(key)) && identitiesOf(key).every((name) => places.get(name)!.size === 1);
}

function hasPublicHalf(key: Key, { publics }: Halves): boolean {
  const location = locationOf(key);
  return [...identitiesOf(key), `${baseName(location)}.pub`].some((name) => publics.has(`${folderOf(location)}\0${name}`));
}

export const noLoneKeyHalf = defineRule({
  meta: {
    id: 'no-lone-key-half',
    type: 'suggestion',
    docs: {
      description: 'In .ssh folders: public keys without their private half, and private keys that nothing tells apart without their passphrase',
      why: 'A public key whose private half is gone, or was never here, is probably still let in somewhere, and nobody knows where the other half is. Of an encrypted PEM key nothing is known without its passphrase, not even which key it is: ssh has to ask for the passphrase before it can offer it, and nobody can find where it is let in.',
      fix: 'Delete a public key that is of no use, and find out where it is let in. Write the public half of a private key beside it: ssh-keygen -y -f FILE > FILE.pub.',
      sources: [
        { title: 'ssh(1), FILES (~/.ssh/id_*.pub)', url: 'https://man.openbsd.org/ssh.1#FILES' },
        { title: 'ssh_config(5), IdentityFile (a public key file selects a private key in the agent)', url: 'https://man.openbsd.org/ssh_config.5#IdentityFile' },
      ],
      recommended: 'warn',
    },
    messages: {
      public: { text: '{key}: its private half is not here', help: 'if the key is in no agent or token either, find out where it is let in, and delete it' },
      hidden: { text: '{key}: nobody can tell which key it is, as its public half is not beside it', help: 'write it there: ssh-keygen -y -f {file} > {file}.pub' },
      private: { text: '{key}: its public half is not beside it', help: 'write it there: ssh-keygen -y -f {file} > {file}.pub' },
    },
    options: {
      private: { type: 'string', default: 'hidden', enum: ['hidden', 'all', 'none'], description: 'Which private keys need a public half beside them: those that hide it under their passphrase, all, or none' },
      public: { type: 'boolean', default: true, description: 'Whether a public key needs its private half' },
    },
  },
  checkAll(keys, options, files) {
    const candidates = keys.filter((key) => key.file.origin === 'file' && key.defect === undefined && (isPublicFile(key) || (key.kind === 'private' && isSecret(key))) && isInSshFolder(key));
    if (candidates.length === 0) return [];
    const halves = halvesOf(keys, candidates);
    const named = namedBy(files);
    return candidates.filter((key) => halves.counts.get(fileId(key)) === 1).flatMap((key) => {
      const messageId = lacking(key, halves, named, options);
      return messageId ? [{ key, messageId }] : [];
    });
  },
});

function lacking(key: Key, halves: Halves, named: ReadonlySet<string>, options: { readonly private: 'hidden' | 'all' | 'none'; readonly public: boolean }): 'public' | 'hidden' | 'private' | undefined {
  if (key.kind === 'public') return options.public && isLonePublic(key, halves, named) ? 'public' : undefined;
  if (hasPublicHalf(key, halves)) return undefined;
  const isHidden = identitiesOf(key).length === 0;
  return options.private === 'all' || (options.private === 'hidden' && isHidden) ? isHidden ? 'hidden' : 'private' : undefined;
}
