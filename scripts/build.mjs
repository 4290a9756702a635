import { build } from 'esbuild';
import { chmodSync, readFileSync, rmSync } from 'node:fs';

const { version, homepage, dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What stays a package of its own: the lazily loaded ones that the user installs with keylint, and the host of the ESLint plugin. */
const external = [...Object.keys(dependencies), '@eslint/*', 'eslint'];

const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  outdir: 'dist',
  external,
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  legalComments: 'none',
  define: { KEYLINT_VERSION: JSON.stringify(version), KEYLINT_HOMEPAGE: JSON.stringify(homepage ?? '') },
  logLevel: 'warning',
};

rmSync('dist', { recursive: true, force: true });
// The command line is built by itself, so that a hook loads one file and not the pieces that other entries share with it.
await build({ ...common, entryPoints: ['src/cli.ts'], splitting: true, chunkNames: 'chunks/[name]-[hash]', banner: { js: '#!/usr/bin/env node' } });
await build({ ...common, entryPoints: ['src/worker.ts'] });
await build({ ...common, entryPoints: ['src/index.ts', 'src/eslint.ts'], splitting: true, chunkNames: 'chunks/[name]-[hash]' });
chmodSync('dist/cli.js', 0o755);
