import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type * as Keylint from '../src/index.ts';
import { describeWith } from './tools.ts';
import { folder, git, makeKey, repository, spawn, write } from './program.ts';

const root = resolve(import.meta.dirname, '..');
const { detect, defineRule, lint, rules, check, defaultPolicy, loadPolicy, PolicyError, version } = await import(pathToFileURL(join(root, 'dist/index.js')).href) as typeof Keylint;
const key = makeKey();

describeWith(['git'], 'the built package', () => {
  test('lint gives a report', async () => {
    const top = repository();
    write(join(top, 'a'), key.text);
    chmodSync(join(top, 'a'), 0o600);
    write(join(top, 'sub/b'), 'x');
    const report = await lint({ cwd: top });
    expect(report).toMatchObject({ version, problems: [], findings: [{ rule: 'no-misplaced-key', severity: 'warn', path: 'a' }], summary: { files: 2, keys: 1, errors: 0 }, keys: [{ path: 'a', kind: 'private', algorithm: 'ed25519', fingerprint: key.fingerprint, file: { tracked: false, absolutePath: join(top, 'a') } }] });
    // A second run knows nothing of the first.
    git(top, 'add', '.');
    expect((await lint({ cwd: top })).findings).toMatchObject([{ rule: 'no-committed-private-key', severity: 'error', path: 'a', fingerprint: key.fingerprint }]);
    expect((await lint({ cwd: top, staged: true })).findings).toMatchObject([{ rule: 'no-committed-private-key' }]);
    expect((await lint({ cwd: join(top, 'sub'), paths: ['../a'] })).keys).toMatchObject([{ path: join(top, 'a') }]);
    expect((await lint({ cwd: top, rules: ['no-committed-private-key: off'] })).findings).toEqual([]);
  });

  test('what cannot be done is in the report, a policy that cannot be used is thrown', async () => {
    expect((await lint({ cwd: folder(), staged: true })).problems).toMatchObject([{ message: expect.stringContaining('not a git repository') }]);
    expect((await lint({ cwd: folder(), paths: ['missing'] })).problems).toEqual([{ path: 'missing', message: 'no such file or folder' }]);
    await expect(lint({ cwd: folder(), config: 'missing.json' })).rejects.toThrow(PolicyError);
    await expect(lint({ cwd: folder(), rules: ['nonsense'] })).rejects.toThrow(PolicyError);
  });

  test('threads are found from the package, too', async () => {
    const place = folder();
    for (let i = 0; i < 1000; i++) writeFileSync(join(place, `f${i}`), i % 250 === 0 ? key.text : 'x');
    const report = await lint({ cwd: place, jobs: 3 });
    expect(report.summary).toMatchObject({ files: 1000, keys: 4 });
  });

  test('two runs at a time do not read each other\'s files', () => {
    const [one, other] = [folder(), folder()];
    write(join(one, 'a'), key.text);
    write(join(other, 'b'), 'x'.repeat(5000));
    // In a program of its own, where nothing has been loaded yet.
    const script = `const { lint } = await import(${JSON.stringify(pathToFileURL(join(root, 'dist/index.js')).href)});
      const reports = await Promise.all(${JSON.stringify([one, other])}.map((cwd) => lint({ cwd, jobs: 1 })));
      console.log(reports.map(({ keys }) => keys.length).join());`;
    expect(spawn(process.execPath, ['--input-type=module', '-e', script])).toMatchObject({ status: 0, stdout: '1,0\n' });
  });

  test('an error ends the threads, too', () => {
    const place = folder();
    for (let i = 0; i < 1100; i++) writeFileSync(join(place, `f${i}`), 'x');
    const script = `const { lint } = await import(${JSON.stringify(pathToFileURL(join(root, 'dist/index.js')).href)});
      await lint({ cwd: ${JSON.stringify(place)}, jobs: 2, progress() { throw new RangeError('enough'); } }).catch(({ message }) => console.log(message));`;
    expect(spawn(process.execPath, ['--input-type=module', '-e', script])).toMatchObject({ status: 0, stdout: 'enough\n' });
  });

  test('progress is told', async () => {
    const place = folder();
    for (let i = 0; i < 1100; i++) writeFileSync(join(place, `f${i}`), 'x');
    const seen: number[] = [];
    await lint({ cwd: place, jobs: 1, progress: ({ files }) => seen.push(files) });
    expect(seen).toEqual([512, 1024]);
  });

  test('permissions are those of now', async () => {
    const place = folder();
    write(join(place, 'id_a'), key.text);
    chmodSync(join(place, 'id_a'), 0o600);
    mkdirSync(join(place, '.ssh'));
    write(join(place, '.ssh/id_b'), key.text);
    chmodSync(join(place, '.ssh/id_b'), 0o600);
    chmodSync(join(place, '.ssh'), 0o700);
    const about = async (): Promise<readonly string[]> => (await lint({ cwd: place, paths: ['.ssh'] })).findings.map(({ rule }) => rule);
    expect(await about()).toEqual(['require-passphrase']);
    chmodSync(join(place, '.ssh'), 0o777);
    expect(await about()).toEqual(['private-key-permissions', 'require-passphrase']);
  });

  test('detect reads keys from bytes, check judges them, also by a rule of one\'s own', () => {
    const keys = detect({ path: 'id', bytes: Buffer.from(key.text), facts: () => ({ origin: 'file', tracked: true }) });
    expect(keys).toMatchObject([{ path: 'id', line: 1, column: 1, kind: 'private', format: 'openssh', fingerprint: key.fingerprint }]);
    const rule = defineRule({
      meta: {
        id: 'no-ed25519', type: 'suggestion', messages: { found: { text: '{key} in {place}', help: 'none' } }, options: {},
        docs: { description: 'd', why: 'w', fix: 'f', sources: [{ title: 't', url: 'https://example.org/' }], recommended: 'warn' },
      },
      checkKey: ({ algorithm }) => (algorithm === 'ed25519' ? { messageId: 'found', data: { place: 'a test' } } : undefined),
    });
    const { findings } = check(keys, defaultPolicy([...rules, rule], '/'), [...rules, rule]);
    expect(findings.map(({ rule: id, message }) => [id, message])).toContainEqual(['no-ed25519', 'Ed25519 private key without a passphrase in a test']);
    expect(rules.map(({ meta }) => meta.id)).toContain('min-key-size');
    expect(loadPolicy).toBeTypeOf('function');
  });
});

describeWith(['git'], 'a project that depends on the package', () => {
  const project = folder('consumer');
  mkdirSync(join(project, 'node_modules/@types'), { recursive: true });
  symlinkSync(root, join(project, 'node_modules/keylint'));
  for (const name of ['eslint', '@types/node']) symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  write(join(project, 'package.json'), '{ "type": "module" }');
  write(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: { strict: true, module: 'NodeNext', target: 'ES2022', lib: ['ES2023'], types: ['node'], outDir: 'out', exactOptionalPropertyTypes: true, skipLibCheck: true }, include: ['*.ts'] }));
  write(join(project, 'index.ts'), `
import { lint, detect, defineRule, rules, type Finding, type Key, type LintOptions, type Report } from 'keylint';
import plugin from 'keylint/eslint';
const options: LintOptions = { cwd: '.', paths: ['a'], jobs: 1 };
const report: Report = await lint(options);
const findings: readonly Finding[] = report.findings;
const keys: readonly Key[] = detect({ path: 'a', bytes: Buffer.from(''), facts: () => ({ origin: 'file' }) });
export const mine = defineRule({
  meta: {
    id: 'mine', type: 'problem', messages: { small: { text: '{key} has {bits} bits', help: 'none' } },
    options: { least: { type: 'integer', default: 10, description: 'd' } },
    docs: { description: 'd', why: 'w', fix: 'f', sources: [{ title: 't', url: 'u' }], recommended: 'error' },
  },
  checkKey: (key, { least }) => ((key.bits ?? 0) < least ? { messageId: 'small', data: { bits: key.bits ?? 0 } } : undefined),
});
console.log(findings.length + keys.length, rules.length > 5, Object.keys(plugin.configs ?? {}).includes('recommended'));
// @ts-expect-error: a number
export const jobs: LintOptions = { jobs: 'one' };
// @ts-expect-error: no string
export const text: string = report.findings;
// @ts-expect-error: not for everybody to write
report.summary.errors = 0;
// @ts-expect-error: no such export
export type { Manager } from 'keylint';
export const wrong = defineRule({
  // @ts-expect-error: no such message
  ...mine, checkKey: () => ({ messageId: 'tiny', data: { bits: 1 } }),
});
`);

  test('is checked with its types, and runs', () => {
    expect(spawn(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(spawn(process.execPath, ['out/index.js'], { cwd: project })).toEqual({ status: 0, stdout: '0 true true\n', stderr: '' });
  });

  test('can name the schema', () => {
    const code = "import { createRequire } from 'node:module'; console.log(createRequire(import.meta.url)('keylint/schema.json').type)";
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: project, encoding: 'utf8' })).toBe('object\n');
  });
});
