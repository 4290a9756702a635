import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { detectionHash } from './detection-hash.mjs';

process.chdir(resolve(import.meta.dirname, '..'));
const { version, homepage, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

const common = {
  platform: 'node',
  // The packages a user installs with keylint, and the host of the ESLint plugin; each is loaded by the one file that needs it.
  external: [/^node:/, ...Object.keys(dependencies), /^eslint(\/|$)/, /^@eslint\//],
  transform: { target: 'node20.19', define: { KEYLINT_VERSION: JSON.stringify(version), KEYLINT_HOMEPAGE: JSON.stringify(homepage ?? '') } },
  logLevel: 'warn',
};
const output = { dir: 'dist', minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } } };

/**
 * Writes down the values of src/anchors.ts in its place: the literals and how the sieve finds them.
 * A run that finds none of them then loads no reader.
 */
async function anchorsByValue() {
  await build({ ...common, input: 'src/anchors.ts', output: { file: 'dist/anchors.mjs', format: 'es' } });
  const { ends, magics, plan, reach, sizes } = await import(pathToFileURL(resolve('dist/anchors.mjs')).href);
  rmSync('dist/anchors.mjs');
  const code = `export const ends = ${JSON.stringify(ends)};
export const magics = ${JSON.stringify(magics.map((magic) => magic.toString('latin1')))}.map((magic) => Buffer.from(magic, 'latin1'));
export const plan = ${JSON.stringify(plan)};
export const sizes = ${JSON.stringify(sizes)};
export const reach = ${reach};`;
  return { name: 'anchors-by-value', load: (id) => (id.endsWith(join('src', 'anchors.ts')) ? code : undefined) };
}

rmSync('dist', { recursive: true, force: true });
common.transform.define.KEYLINT_DETECTION = JSON.stringify(await detectionHash(process.cwd()));
const plugins = [await anchorsByValue()];
/** What the program, its threads and its lazy parts share, and every run needs: one chunk, however many parts come to share it. */
const shared = { groups: [{ name: 'collect', test: /[\\/]src[\\/](?:collect|prefilter|anchors|sieve|sieve-loop|sieve-memory|place|text|terminal|order|version|policy-search|recipes[\\/](?:about-keys|file-kind))\.ts$|[\\/]src[\\/]sources[\\/](?:archive-kind|blobs|facts|git|source|staged|windows|work-tree)\.ts$/ }] };
// CommonJS for the program: Node 20 starts it some milliseconds faster than a module. Everything a run can do without is a chunk of its own.
await build({ ...common, plugins, input: { cli: 'src/cli.ts', worker: 'src/worker.ts' }, output: { ...output, codeSplitting: shared, format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name]-[hash].cjs', banner: (chunk) => (chunk.name === 'cli' ? '#!/usr/bin/env node' : '') } });
await build({ ...common, plugins, input: { index: 'src/index.ts', eslint: 'src/eslint.ts' }, output: { ...output, format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' } });
// Small parts of these packages are built in: as they are installed they take longer to load than to run.
writeFileSync('dist/LICENSES.txt', ['unbash', 'yaml'].map((name) => `${name}\n\n${readFileSync(`node_modules/${name}/LICENSE`, 'utf8').trim()}\n`).join('\n'));
chmodSync('dist/cli.cjs', 0o755);
if (existsSync('node_modules/typescript')) execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.types.json'], { stdio: 'inherit' });
