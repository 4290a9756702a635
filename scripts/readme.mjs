/** Writes the rule table into README.md from the rules' own meta. usage: npm run readme */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';

const readme = resolve(import.meta.dirname, '../README.md');
const file = resolve(import.meta.dirname, '../node_modules/.keylint-readme.mjs');
await build({ input: resolve(import.meta.dirname, '../src/explain.ts'), platform: 'node', output: { file, format: 'es' }, logLevel: 'warn' });
const { ruleTable } = await import(pathToFileURL(file).href);
rmSync(file);
writeFileSync(readme, readFileSync(readme, 'utf8').replace(/(<!-- rules -->\n)[^]*?(<!-- \/rules -->)/, (_, open, close) => `${open}${ruleTable().trim()}\n${close}`));
