import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import json from '@eslint/json';
import markdown from '@eslint/markdown';
import { ESLint, Linter } from 'eslint';
import { expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import keylint from '../src/eslint.ts';
import { describeWith, run, scratch } from './tools.ts';

const base = realpathSync(scratch());

/** Files in a folder of their own, and ESLint at work in it. */
function project(files: Readonly<Record<string, string>>, ...config: readonly Linter.Config[]): ESLint {
  const cwd = join(base, String(Math.random()).slice(2));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  return new ESLint({ cwd, overrideConfigFile: true, overrideConfig: [...config] });
}

interface Said { readonly file: string; readonly rule: string; readonly severity: number; readonly place: string; readonly message: string }

async function lint(eslint: ESLint, pattern = '**/*'): Promise<readonly Said[]> {
  const results = await eslint.lintFiles([pattern]);
  return results.flatMap(({ filePath, messages }) => messages.map((m) => ({
    file: filePath.split('/').at(-1)!, rule: String(m.ruleId), severity: m.severity, place: `${m.line}:${m.column}-${m.endLine}:${m.endColumn}`, message: m.message,
  })));
}

const only = (said: readonly Said[], rule: string): readonly Said[] => said.filter((entry) => entry.rule === `keylint/${rule}`);

function opensslKey(...options: readonly string[]): string {
  return run('openssl', ['genpkey', ...options]);
}

function sshKey(...options: readonly string[]): { privateKey: string; publicKey: string; fingerprint: string } {
  const file = join(base, `key-${String(Math.random()).slice(2)}`);
  run('ssh-keygen', ['-q', '-f', file, '-C', 'test', ...options]);
  return { privateKey: readFileSync(file, 'utf8'), publicKey: readFileSync(`${file}.pub`, 'utf8'), fingerprint: run('ssh-keygen', ['-l', '-f', file]).split(' ')[1]! };
}

/** What no report may hold: lines of the armor's inside. */
function bodyOf(pem: string): readonly string[] {
  return pem.split('\n').filter((line) => /^[A-Za-z0-9+/=]{24,}$/.test(line));
}

describeWith(['openssl', 'ssh-keygen'], 'key files, under the language keylint/keys', () => {
  test('are found by their names and judged by the recommended rules', async () => {
    const clear = sshKey('-t', 'ed25519', '-N', '');
    const locked = sshKey('-t', 'ed25519', '-N', 'correct horse', '-a', '1');
    const pem = opensslKey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024');
    const certificate = run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null', '-subj', '/CN=test', '-days', '1']);
    const said = await lint(project({
      'server.pem': pem, 'deploy/id_ed25519': clear.privateKey, 'deploy/id_ed25519.pub': clear.publicKey, 'locked.key': locked.privateKey, 'chain.crt': certificate,
      'id_mapper.js': 'export const idMapper = 1;\n', 'notes.pem': 'no key at all\n',
    }, ...keylint.configs.recommended, { files: ['**/*.js'] }));

    expect(only(said, 'no-committed-private-key').map(({ file, place }) => [file, place]).sort()).toEqual([
      ['id_ed25519', `1:1-${clear.privateKey.trimEnd().split('\n').length}:${1 + '-----END OPENSSH PRIVATE KEY-----'.length}`],
      ['server.pem', `1:1-${pem.trimEnd().split('\n').length}:${1 + '-----END PRIVATE KEY-----'.length}`],
    ]);
    expect(only(said, 'no-committed-encrypted-key').map(({ file }) => file)).toEqual(['locked.key']);
    expect(only(said, 'min-key-size').map(({ file }) => file)).toEqual(['server.pem']);
    expect(only(said, 'weak-passphrase-kdf').map(({ file }) => file)).toEqual(['locked.key']);
    expect(said.filter(({ file }) => ['id_ed25519.pub', 'chain.crt', 'id_mapper.js', 'notes.pem'].includes(file))).toEqual([]);
    expect(said.every(({ rule }) => rule.startsWith('keylint/'))).toBe(true);

    const text = said.map(({ message }) => message).join('\n');
    expect(only(said, 'min-key-size')[0]!.message).toMatch(/^RSA 1024-bit private key without a passphrase.*\.$/);
    for (const line of [clear.privateKey, locked.privateKey, pem].flatMap(bodyOf)) expect(text).not.toContain(line.slice(0, 24));
  });

  test('severities are those of each rule', async () => {
    const said = await lint(project({ 'a.pem': opensslKey('-algorithm', 'ED25519') }, ...keylint.configs.recommended));
    const levels = new Map<string, number>(rules.map(({ meta }) => [`keylint/${meta.id}`, ['off', 'warn', 'error'].indexOf(meta.docs.recommended)]));
    expect(said.length).toBeGreaterThan(0);
    for (const { rule, severity } of said) expect(severity).toBe(levels.get(rule));
  });

  test('other people\'s rules can visit the keys', async () => {
    const { privateKey, fingerprint } = sshKey('-t', 'ecdsa', '-N', '');
    const seen: unknown[] = [];
    const visitor = { rules: { visit: { create: () => ({ 'KeyFile > Key': (node: { key: { fingerprint?: string; algorithm?: string } }) => { seen.push([node.key.algorithm, node.key.fingerprint]); } }) } } };
    await lint(project({ 'id_ecdsa': privateKey }, ...keylint.configs.recommended, { files: ['**/id_*'], plugins: { visitor: visitor }, rules: { 'visitor/visit': 'error' } }));
    expect(seen).toEqual([['ec', fingerprint]]);
  });

  test('line breaks of any kind are counted as the command line counts them', async () => {
    const pem = opensslKey('-algorithm', 'ED25519');
    const two = `# one\n${pem}`;
    for (const [text, place] of [[two, '2:1-4:26'], [two.replaceAll('\n', '\r\n'), '2:1-4:26'], [two.replaceAll('\n', '\r'), '2:1-4:26'], [`\ufeff${two}`, '2:1-4:26']] as const) {
      const [said] = only(await lint(project({ 'a.pem': text }, ...keylint.configs.recommended)), 'no-committed-private-key');
      expect(said!.place).toBe(place);
    }
  });

  test('options and their defaults are the rule\'s own, and wrong ones are refused', async () => {
    const files = { 'a.pem': opensslKey('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048') };
    const sized = async (...options: readonly unknown[]): Promise<number> => only(await lint(project(files, ...keylint.configs.recommended, { rules: { 'keylint/min-key-size': ['error', ...options] as never } })), 'min-key-size').length;
    const [option] = Object.keys(rules.find(({ meta }) => meta.id === 'min-key-size')!.meta.options).filter((name) => name.startsWith('rsa'));
    expect(await sized()).toBe(0);
    expect(await sized({ [option!]: 4096 })).toBe(1);
    await expect(sized({ [option!]: 'large' })).rejects.toThrow(/min-key-size/);
    await expect(sized({ nonsense: 1 })).rejects.toThrow(/nonsense/);
  });

  test('a key is excused by its name, wherever it lies', async () => {
    const { privateKey, fingerprint } = sshKey('-t', 'ed25519', '-N', '');
    const files = { 'id_ed25519': privateKey, 'test/a.js': `export const key = \`${privateKey}\`;\n`, 'other.pem': opensslKey('-algorithm', 'ED25519') };
    const said = await lint(project(files, ...keylint.configs.recommended, { settings: { keylint: { allow: [fingerprint] } } }));
    expect([...new Set(said.map(({ file }) => file))]).toEqual(['other.pem']);
    await expect(lint(project(files, ...keylint.configs.recommended, { settings: { keylint: { allow: fingerprint } } }))).rejects.toThrow('settings.keylint.allow');
  });
});

describeWith(['openssl', 'ssh-keygen'], 'texts in other languages', () => {
  const recommended = keylint.configs.recommended;

  test('JavaScript: literals, positions, comments that switch rules off', async () => {
    const pem = opensslKey('-algorithm', 'ED25519').trimEnd();
    const escaped = JSON.stringify(`${pem}\n`);
    const eslint = project({
      'literal.js': `const a = 1;\nexport const key = \`${pem}\`;\n`,
      'escaped.js': `export const key = ${escaped};\n`,
      'emoji.js': `export const x = ['👩‍💻 ключ', ${escaped}];\n`,
      'excused.js': `// eslint-disable-next-line keylint/no-committed-private-key -- for tests\nexport const key = ${escaped};\n`,
      'mention.js': 'export const header = \'-----BEGIN PRIVATE KEY-----\';\n',
    }, ...recommended, { files: ['**/*.js'], languageOptions: { ecmaVersion: 2025, sourceType: 'module' } });
    const said = only(await lint(eslint), 'no-committed-private-key');
    expect(said.map(({ file }) => file).sort()).toEqual(['emoji.js', 'escaped.js', 'literal.js']);
    const at = (name: string): string => said.find(({ file }) => file === name)!.place;
    expect(at('literal.js')).toBe(`2:${1 + 'export const key = `'.length}-4:26`);
    expect(at('escaped.js')).toMatch(new RegExp(`^1:${2 + 'export const key = '.length}-1:`));
    expect(at('emoji.js')).toMatch(new RegExp(`^1:${2 + 'export const x = [\'👩‍💻 ключ\', '.length}-1:`));
    for (const { message } of said) for (const line of bodyOf(pem)) expect(message).not.toContain(line.slice(0, 24));
  });

  test('JSON and Markdown count lines and columns as those languages do', async () => {
    const { privateKey } = sshKey('-t', 'ed25519', '-N', '');
    const lines = privateKey.trimEnd().split('\n').length;
    const eslint = project({
      'account.json': `{\n  "ключ 🔑": ${JSON.stringify(privateKey)}\n}\n`,
      'README.md': `# A key\n\n\`\`\`\n${privateKey}\`\`\`\n`,
      'mention.md': 'Put your key between `-----BEGIN OPENSSH PRIVATE KEY-----` and the end.\n',
    }, ...recommended,
    { files: ['**/*.json'], plugins: { json }, language: 'json/json' },
    { files: ['**/*.md'], plugins: { markdown }, language: 'markdown/gfm' });
    const said = only(await lint(eslint), 'no-committed-private-key');
    expect(said.map(({ file }) => file).sort()).toEqual(['README.md', 'account.json']);
    expect(said.find(({ file }) => file === 'account.json')!.place).toMatch(new RegExp(`^2:${2 + '  "ключ 🔑": '.length}-2:`));
    expect(said.find(({ file }) => file === 'README.md')!.place).toBe(`4:1-${3 + lines}:${1 + '-----END OPENSSH PRIVATE KEY-----'.length}`);
  });

  test('commands are judged by the rules about the keys that they make', async () => {
    const said = await lint(project({ 'README.md': '# Use\n\n```sh\nssh-keygen -t dsa\nssh-keygen -t rsa -b 1024\n```\n' }, { name: 'one', plugins: { keylint }, rules: { 'keylint/no-weak-keygen': 'error' } }, { files: ['**/*.md'], plugins: { markdown }, language: 'markdown/gfm' }));
    expect(only(said, 'no-weak-keygen').map(({ place, message }) => `${place} ${message}`)).toEqual([
      '4:1-4:18 ssh-keygen makes a key of 1024 bits, fewer than the 2048 that DSA needs.',
      '5:1-5:26 ssh-keygen makes a key of 1024 bits, fewer than the 2048 that RSA needs.',
    ]);
  });

  test('code blocks in Markdown, linted as files of their own', async () => {
    const pem = opensslKey('-algorithm', 'ED25519');
    const eslint = project({ 'README.md': `# Use\n\n\`\`\`js\nconst key = ${JSON.stringify(pem)};\n\`\`\`\n` }, ...recommended, { files: ['**/*.md'], plugins: { markdown }, processor: 'markdown/markdown' }, { files: ['**/*.md/*.js'] });
    const said = only(await lint(eslint), 'no-committed-private-key');
    expect(said.map(({ place }) => place.split('-')[0])).toEqual([`4:${2 + 'const key = '.length}`]);
  });

  test('a language whose root has a name that no selector can spell', () => {
    const odd: Linter.Config = {
      files: ['**/*.odd'], language: 'odd/odd',
      plugins: {
        odd: {
          languages: {
            odd: {
              fileType: 'text', lineStart: 1, columnStart: 0, nodeTypeKey: 'type', validateLanguageOptions() { /* none */ },
              parse: () => ({ ok: true, ast: { type: 'the root' } }),
              createSourceCode: ({ body }: { body: string }, { ast }: { ast: object }) => ({
                text: body, ast, getLoc: () => ({ start: { line: 1, column: 0 }, end: { line: 1, column: 0 } }), getRange: () => [0, 0],
                getLocFromIndex: (index: number) => ({ line: 7, column: index }), traverse: () => [{ kind: 1, target: ast, phase: 1, args: [ast] }],
              }),
            },
          } as never,
        },
      },
    };
    const messages = new Linter({ cwd: base }).verify(opensslKey('-algorithm', 'ED25519'), [...recommended, odd], { filename: join(base, 'x.odd') });
    expect(messages.filter(({ ruleId }) => ruleId === 'keylint/no-committed-private-key').map(({ line, column }) => [line, column])).toEqual([[7, 1]]);
  });

  test('texts without a file name', () => {
    const messages = new Linter({ cwd: base }).verify(`export default ${JSON.stringify(opensslKey('-algorithm', 'ED25519'))};`, [...recommended, { files: ['**/*.js'] }]);
    expect(messages.map(({ ruleId }) => ruleId)).toContain('keylint/no-committed-private-key');
  });
});

test('every rule is there, described, with its options as a schema', () => {
  expect(Object.keys(keylint.rules)).toEqual(rules.map(({ meta }) => meta.id));
  for (const { meta } of rules) {
    const adapted = keylint.rules[meta.id]!.meta!;
    expect(adapted).toMatchObject({ type: meta.type, docs: { description: meta.docs.description, url: meta.docs.sources[0].url } });
    expect(Object.keys((adapted.defaultOptions as [object])[0])).toEqual(Object.keys(meta.options));
  }
});
