/**
 * Counts which four bytes ordinary files are full of, and writes them down in src/common-words.ts. usage: node scripts/common-words.mjs FOLDER...
 * Each folder counts as much as any other, however much it holds: sources of several languages, settings and guides.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const TEXTS = /\.(c|cc|cpp|h|rs|go|java|js|mjs|ts|tsx|py|rb|php|json|ya?ml|toml|md|rst|adoc|txt|sh|S|html|css)$/;
const MOST_BYTES = 64e6;
const LARGEST = 1e6;
/** Steps through files so that some of each part are read. */
const PRIME = 7919;
/** Rarer words than one in so many, in powers of 2, are not common. */
const RAREST = 14;

const shares = new Map();
for (const folder of process.argv.slice(2)) {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile() && TEXTS.test(entry.name)).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const counts = new Map();
  let words = 0;
  // From everywhere in the folder, where it holds more than is read.
  const texts = [];
  let bytes = 0;
  for (let i = 0; i < files.length && bytes < MOST_BYTES; i++) {
    const text = readFileSync(files[(i * PRIME) % files.length]);
    if (text.length > LARGEST || text.includes(0)) continue;
    texts.push(text);
    bytes += text.length;
  }
  for (const text of texts) {
    for (let at = 0; at + 4 <= text.length; at += 4) {
      const word = text.readInt32LE(at);
      counts.set(word, (counts.get(word) ?? 0) + 1);
      words++;
    }
  }
  for (const [word, count] of counts) shares.set(word, (shares.get(word) ?? 0) + count / words / (process.argv.length - 2));
  console.log(`${folder}: ${(bytes / 1e6).toFixed(0)} MB`);
}

/** By how many bits of information a word has, rounded down. */
const tiers = new Map();
for (const [word, share] of [...shares].sort(([, a], [, b]) => b - a)) {
  const bits = Math.floor(-Math.log2(share));
  if (bits >= RAREST) break;
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(word);
  tiers.set(bits, (tiers.get(bits) ?? '') + bytes.toString('latin1'));
}
writeFileSync(resolve(import.meta.dirname, '../src/common-words.ts'), `/** What ordinary files are full of, as scripts/common-words.mjs counts it: four bytes in a row, by their bits of information, rounded down; one word behind the other. */
export const commonWords: Readonly<Record<number, string>> = {
${[...tiers].map(([bits, words]) => `  ${bits}: ${quoted(words)},`).join('\n')}
};
`);

function quoted(text) {
  return `'${JSON.stringify(text).slice(1, -1).replace(/\\(["\\])/g, (pair, char) => (char === '"' ? '"' : pair)).replaceAll("'", "\\'").replace(/[\x7f-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`)}'`;
}
