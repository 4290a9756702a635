import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import { ruleTable } from '../src/explain.ts';

const root = resolve(import.meta.dirname, '..');
const files = ['src', 'rules'].flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => join(folder, name)));

/** `from` -> what it imports, as paths from the top; packages and node: modules by their names. */
const imports = new Map(files.map((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const found = [...text.matchAll(/(?:^|\n)(?:import|export)\s(?:[^'";]*?\sfrom\s)?'([^']+)'|\bimport\('([^']+)'\)/g)].map(([, fixed, lazy]) => (fixed ?? lazy)!);
  return [file, found.map((name) => (name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name))] as const;
}));

const room = (file: string): string => (file.includes('/', 4) ? dirname(file) : file.replace(/\.ts$/, ''));

describe('who may import whom', () => {
  /** The pure rooms: no file system, no git, no clock. `src/hash` gets node:crypto by itself. */
  const pure = files.filter((file) => /^(rules|src\/formats|src\/locks|src\/wrappings|src\/ssh-files|src\/recipes|src\/reporters|src\/inventory-reporters)\//.test(file)
    || /^src\/(detect|prefilter|anchors|sieve|sieve-plan|sieve-memory|sieve-loop|common-words|check|policy|describe|place|permissions|guess-rate|advice|key|finding|rule|format|encoded|der|wire|text|text-line|oids|curve|lattice|pbe|public-key|ssh-blob|key-der|ec-parameters|password|bcrypt-pbkdf|object-literal|protobuf|hash|secret-digest|terminal|shell-quote|did-you-mean|explain|policy-findings|policy-schema|report|summary-line|excuses|made-key|suppressions|sorted|help-text|contract|html|page|page-style|page-script|document|union|join-places|join-reports|join-inventories|inventory|inventory-words|across|login-graph|dates|ssh-directive)\.ts$/.test(file));

  test.each(pure)('%s touches no file, process or network', (file) => {
    const allowed = new Set(['node:path', 'node:util', 'node:buffer', 'node:url', ...(file === 'src/hash.ts' ? ['node:crypto'] : [])]);
    expect(imports.get(file)!.filter((name) => name.startsWith('node:') && !allowed.has(name))).toEqual([]);
    expect(imports.get(file)!.filter((name) => name.startsWith('src/sources/'))).toEqual([]);
  });

  test.each([
    ['src/key', []],
    ['src/finding', []],
    ['src/sieve', ['src/sieve-loop', 'src/sieve-memory']],
    ['src/sieve-plan', ['src/sieve', 'src/common-words']],
    ['src/sieve-memory', []],
    ['src/prefilter', ['src/anchors', 'src/sieve', 'src/sieve-memory']],
    ['src/rule', ['src/key', 'src/finding']],
    ['src/format', ['src/key']],
    ['src/formats', /^src\/(formats|locks|key|format|der|wire|text|text-line|oids|curve|lattice|pbe|public-key|ssh-blob|key-der|ec-parameters|password|bcrypt-pbkdf|object-literal|protobuf|hash|secret-digest)$/],
    ['src/locks', /^src\/(locks|format|der|password|bcrypt-pbkdf)$/],
    ['src/wrappings', /^src\/(wrappings|format|encoded|text|text-line)$/],
    ['rules', /^(rules|src\/(rule|key|describe|place|permissions|guess-rate|advice|shell-quote|oids|finding|dates|ssh-directive|made-key))$/],
    ['src/made-key', ['src/key', 'src/finding', 'src/describe', 'src/shell-quote']],
    ['src/reporters', /^src\/(reporters|report|finding|policy-findings|key|rule|terminal|describe|summary-line|hash|help-text|contract|html|page)$/],
    ['src/inventory-reporters', /^src\/(inventory-reporters|inventory|inventory-words|across|login-graph|contract|key|describe|oids|summary-line|terminal|html|page)$/],
    ['src/inventory', ['src/key', 'src/describe', 'src/place', 'src/report']],
    ['src/html', ['src/terminal']],
    ['src/page', ['src/html', 'src/hash', 'src/page-style', 'src/page-script']],
    ['src/detect', /^src\/(prefilter|formats|wrappings|ssh-files|suppressions|format|key|place|hash|secret-digest|text)$/],
    ['src/check', /^src\/(rule|key|finding|policy|describe|excuses|place|shell-quote)$/],
    ['src/excuses', ['src/key', 'src/finding', 'src/policy', 'src/rule']],
    ['src/suppressions', ['src/key', 'src/text']],
    ['src/recipes', /^src\/(recipes|recipes\/tools|recipes\/texts|recipes\/readers|key|place|sorted|suppressions|text)$/],
    ['src/recipes/tools', /^src\/(recipes|recipes\/tools|key|place)$/],
    ['src/recipes/readers', /^src\/(recipes|recipes\/tools|key)$/],
    ['src/recipes/texts', /^src\/(recipes|recipes\/texts|key)$/],
    ['src/ssh-files', /^src\/(ssh-files|key|ssh-blob|dates|text)$/],
    ['src/sources', /^src\/(sources|sieve-memory|key|report|text|terminal|place|join-places)$/],
  ])('%s', (from, to) => {
    const wrong = [...imports].filter(([file]) => room(file) === from).flatMap(([file, names]) => names
      .filter((name) => name.startsWith('src/') || name.startsWith('rules/'))
      .filter((name) => (to instanceof RegExp ? !to.test(room(name)) : !(to).includes(room(name))))
      .map((name) => `${file} -> ${name}`));
    expect(wrong).toEqual([]);
  });

  test('nothing imports a face', () => {
    const faces = new Set(['src/cli.ts', 'src/index.ts', 'src/eslint.ts', 'src/worker.ts']);
    expect([...imports].flatMap(([file, names]) => names.filter((name) => faces.has(name)).map((name) => `${file} -> ${name}`))).toEqual([]);
  });

  test('each package is imported by one file', () => {
    const users = new Map<string, Set<string>>();
    for (const [file, names] of imports) {
      for (const name of names) if (!name.startsWith('node:') && !name.startsWith('src/') && !name.startsWith('rules/')) users.set(name, (users.get(name) ?? new Set<string>()).add(file));
    }
    expect([...users].filter(([, list]) => list.size > 1)).toEqual([]);
  });
});

describe('every file of a room is in its index', () => {
  test.each(['src/formats', 'src/wrappings', 'src/reporters', 'src/inventory-reporters', 'src/presets', 'rules'])('%s', (folder) => {
    const index = readFileSync(join(root, folder, 'index.ts'), 'utf8');
    const missing = files.filter((file) => dirname(file) === folder && basename(file) !== 'index.ts' && !index.includes(`'./${basename(file)}'`));
    expect(missing).toEqual([]);
  });
});

test('a rule looks at keys one by one or compares them: when reports are merged, what the ones found stays, and the others judge anew', () => {
  expect(rules.filter(({ checkKey, checkAll }) => checkKey && checkAll).map(({ meta }) => meta.id)).toEqual([]);
});

test('the rule table of the README is the one that the rules make', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  expect(/<!-- rules -->\n([^]*?)<!-- \/rules -->/.exec(readme)?.[1]).toBe(`${ruleTable().trim()}\n`);
});
