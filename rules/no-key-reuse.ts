import type { Key } from '../src/key.ts';
import { folderOf, isPast, isSecret, locationOf, promiseOf } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

/** How many other places a message names. */
const named = 3;

/** What is the same in every copy of a key, in whatever format: its public half; else the very bytes of its encrypted container, or of the key. */
function identityOf({ spki, fingerprint, container, digest }: Key): string | undefined {
  return spki ?? fingerprint ?? container ?? digest;
}

function placesText(places: readonly string[]): string {
  const rest = places.length - named;
  return places.slice(0, named).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** One file, whatever it is called. */
function fileOf(key: Key): string {
  const { dev, ino } = key.file;
  return dev === undefined || ino === undefined ? locationOf(key) : `${dev} ${ino}`;
}

export const noKeyReuse = defineRule({
  meta: {
    id: 'no-key-reuse',
    type: 'suggestion',
    docs: {
      description: 'One private key in several files',
      why: 'With one key for development and production, or for two services, whoever gets the weaker place has both, and neither can be replaced alone. Every copy, a converted one as well, is one more file to protect and one more to find when the key is replaced.',
      fix: 'Make a key for each purpose and each machine. Delete copies that are not needed.',
      sources: [
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 5.2 (a single key shall be used for only one purpose)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
        { title: 'Mozilla OpenSSH guidelines, Protection of machine keys (unique per usage)', url: 'https://infosec.mozilla.org/guidelines/openssh#protection-of-machine-keys' },
      ],
      recommended: 'warn',
    },
    messages: {
      reused: { text: '{key}: the same key is in {places}', help: 'make a key of its own for each purpose, and delete copies that are not needed' },
      converted: { text: '{key}: {places} beside it is the same key in another format', help: 'keep the one that is used, and delete the other: each copy has to be protected' },
    },
    options: {},
  },
  checkAll(keys) {
    const groups = new Map<string, Map<string, Key>>();
    for (const key of keys) {
      // What was moved is no copy: of a history only what is there now counts.
      if (isPast(key)) continue;
      // A symbolic link is no copy, a handle is of no use without its token, and in a public file a key has no business at all.
      if (key.kind !== 'private' || !isSecret(key) || key.file.isSymlink || promiseOf(key.path) !== undefined) continue;
      const identity = identityOf(key);
      if (identity === undefined) continue;
      const places = groups.get(identity) ?? new Map<string, Key>();
      groups.set(identity, places);
      // Two names of one file are no copies either.
      const file = fileOf(key);
      if (!places.has(file)) places.set(file, key);
    }
    return [...groups.values()].filter((places) => places.size > 1).flatMap((places) => {
      const copies = [...places.values()];
      return copies.map((key) => {
        const others = copies.filter((other) => other !== key);
        const isConversion = others.every((other) => other.format !== key.format && folderOf(locationOf(other)) === folderOf(locationOf(key)));
        const data = { places: placesText(others.map(({ path }) => path).sort()) };
        return { key, messageId: isConversion ? 'converted' : 'reused', data } as const;
      });
    });
  },
});
