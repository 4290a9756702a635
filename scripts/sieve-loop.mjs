/** Assembles src/sieve-loop.wat, and writes the code down in src/sieve-loop.ts. usage: node scripts/sieve-loop.mjs */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import openWabt from 'wabt';

const folder = resolve(import.meta.dirname, '../src');
const { parseWat } = await openWabt();
const module = parseWat('sieve-loop.wat', readFileSync(resolve(folder, 'sieve-loop.wat'), 'utf8'));
const { buffer } = module.toBinary({});
module.destroy();
writeFileSync(resolve(folder, 'sieve-loop.ts'), `/** src/sieve-loop.wat, assembled by scripts/sieve-loop.mjs: in base64. */
export const code = '${Buffer.from(buffer).toString('base64')}';
`);
