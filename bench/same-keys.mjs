/**
 * Proves on real repositories that what is read from git's packs is what git itself hands over: `node bench/same-keys.mjs REPOSITORY...` looks at every
 * stored blob both ways and compares the keys, where they lay, and what is said beside them. Ends with 1 where anything differs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'keylint-bench-'));
const entry = `export { collect } from ${JSON.stringify(join(root, 'src/collect.ts'))}; export { sought } from ${JSON.stringify(join(root, 'src/slice.ts'))}; export { openHistory } from ${JSON.stringify(join(root, 'src/sources/history.ts'))};`;
await build({
  cwd: root, input: 'entry', platform: 'node', external: (id) => /^node:/.test(id) || /^[^./\0]/.test(id) && id !== 'entry', logLevel: 'warn',
  plugins: [{ name: 'entry', resolveId: (id) => (id === 'entry' ? '\0entry' : null), load: (id) => (id === '\0entry' ? entry : null) }],
  output: { dir: folder, format: 'es', entryFileNames: 'entry.mjs' },
});
const { collect, sought, openHistory } = await import(pathToFileURL(join(folder, 'entry.mjs')).href);

let isSame = true;
try {
  for (const cwd of process.argv.slice(2)) {
    const [byGit, own] = [await look(cwd, {}), await look(cwd, { sought })];
    const differing = Object.keys(byGit.said).filter((name) => JSON.stringify(byGit.said[name]) !== JSON.stringify(own.said[name]));
    isSame &&= differing.length === 0;
    const { files, bytes, keys } = byGit.said;
    const distinct = new Set(keys.map((key) => key.fingerprint ?? key.spki ?? JSON.stringify([key.kind, key.container])));
    console.log(`${cwd}: ${files.toLocaleString('en')} blobs, ${(bytes / 1e9).toFixed(2)} GB; by git ${byGit.found} keys in ${byGit.blobs} blobs, without ${own.found} in ${own.blobs}; ${keys.length} places, ${distinct.size} distinct keys: ${differing.length === 0 ? 'the same' : `DIFFERENT: ${differing.join(', ')}`} (reading ${byGit.seconds.toFixed(1)} s, ${own.seconds.toFixed(1)} s)`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = isSame ? 0 : 1;

async function look(cwd, options) {
  const source = await openHistory({ cwd, unreachable: true, allowMissing: true, ...options });
  const started = performance.now();
  const { keys: found } = await collect(source);
  const seconds = (performance.now() - started) / 1000;
  const { files, bytes, skipped, failures, notes } = source.log;
  const keys = await source.place(found);
  return { seconds, found: found.length, blobs: new Set(found.map(({ file }) => file.blob)).size, said: { keys, files, bytes, skipped: sorted(skipped), failures: sorted(failures), notes } };
}

function sorted(list) {
  return list.map((each) => JSON.stringify(each)).sort();
}
