import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import { check } from '../src/check.ts';
import { detect } from '../src/detect.ts';
import { defaultPolicy } from '../src/policy.ts';
import { defineRule } from '../src/rule.ts';
import { disguises } from './disguises.ts';
import { base, folder, git, keylint, repository, spawn, write, type Ran } from './program.ts';
import { describeWith } from './tools.ts';
import { isBinary, makeSamples } from './samples.ts';

/**
 * Nothing that keylint prints holds a part of a key, wherever the key stood and whatever went wrong: no 24 characters of its secret part
 * in base64, of either alphabet, or hex, whole or broken into lines or by escapes.
 */
const samples = makeSamples(base);
const secrets = samples.map(({ secret }) => secret).filter((secret) => secret !== '');
/** Whoever prints 24 characters prints twelve that begin at a multiple of twelve. */
const BLOCK = 12;

const blocks = new Set<string>();
for (const secret of secrets) {
  for (const text of [secret.replace(/=+$/, ''), Buffer.from(secret, 'base64').toString('hex')]) for (let i = 0; i + BLOCK <= text.length; i++) blocks.add(text.slice(i, i + BLOCK));
}

function expectNothingOf(text: string, what: string): void {
  const plain = text.replace(/\x1b\[[\d;]*m/g, '').replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const joined = plain.replace(/\\+(?:[nrtbf]|u00[0-9a-f]{2}|x[0-9a-f]{2})/gi, '');
  const views: Readonly<Record<string, string>> = {
    'in base64': joined.replace(/[^A-Za-z0-9+/]+/g, ''),
    'in the other alphabet': joined.replaceAll('-', '+').replaceAll('_', '/').replace(/[^A-Za-z0-9+/]+/g, ''),
    'in hex': joined.toLowerCase().replace(/[^0-9a-f]+/g, ''),
  };
  for (const [view, seen] of Object.entries(views)) {
    for (let i = 0; i + BLOCK <= seen.length; i += BLOCK) {
      // What was found is not shown here either.
      if (blocks.has(seen.slice(i, i + BLOCK))) expect.fail(`${what}: part of a key stands at ${i} of ${seen.length}, ${view}`);
    }
  }
}

function expectSilence({ stdout, stderr }: Ran, what: string): void {
  expectNothingOf(stdout, `${what}, standard output`);
  expectNothingOf(stderr, `${what}, standard error`);
}

const formats = ['stylish', 'json', 'sarif', 'html', 'github'] as const;
const inventoryFormats = ['table', 'json', 'html', 'cyclonedx', 'cyclonedx-1.6'] as const;
const secretSamples = samples.filter(({ secret }) => secret !== '');
const wordsOf = (secret: string): readonly string[] => [secret.slice(0, 64), secret.slice(-70), secret.slice(40, 72)];

test('what is looked for is found', () => {
  const secret = secretSamples[0]!.secret;
  for (const text of [secret, secret.slice(100, 124), Buffer.from(secret, 'base64').toString('hex').slice(60, 90).toUpperCase(), secret.replace(/.{10}/g, '$&\\n'), secret.replace(/.{7}/g, '$&\n'), encodeURIComponent(secret), Buffer.from(secret, 'base64').toString('base64url'), JSON.stringify(secret).replaceAll('/', '\\/')]) {
    expect(() => expectNothingOf(`before ${text} after`, '')).toThrow('part of a key');
  }
  expect(() => expectNothingOf('SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU', '')).not.toThrow();
});

describe('reports', () => {
  const top = folder('reports');
  let count = 0;
  const put = (where: string, content: string | Buffer): void => write(join(top, where, `${++count}`), content);
  for (const { bytes } of samples) {
    put('whole', bytes);
    if (!isBinary(bytes)) {
      const text = bytes.toString('latin1');
      for (const [name, disguise] of Object.entries(disguises)) if (bytes[0] === 0x2d || !name.startsWith('lines of')) put('disguised', disguise(text));
      for (const [from, to] of [['PRIVATE KEY', 'PUBLIC KEY'], [/BEGIN (RSA |EC |DSA |OPENSSH )?PRIVATE/g, 'BEGIN ENCRYPTED PRIVATE'], [/(RSA |EC |DSA |OPENSSH |ENCRYPTED )/g, ''], ['PRIVATE KEY', 'CERTIFICATE']] as const) put('mislabelled', text.replaceAll(from, to));
    }
    for (let i = 0; i < 12; i++) {
      const at = Math.floor(bytes.length * (i + 0.5) / 12);
      put('truncated', bytes.subarray(0, at));
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= 1 << (i & 7);
      put('flipped', flipped);
    }
  }

  test.each(formats)('%s, in colour', (format) => {
    for (const more of [['--color', '--jobs', '2'], ...(format === 'stylish' ? [['--no-color', '--jobs', '1']] : [])]) {
      const ran = keylint(['-f', format, ...more, top]);
      expect(ran.status).toBe(1);
      expect(ran.stdout.length).toBeGreaterThan(10_000);
      expectSilence(ran, format);
    }
  });

  test.each(inventoryFormats)('an inventory as %s, and what is made of it', (format) => {
    const ran = keylint(['inventory', '-f', format, top]);
    expect(ran.status).toBe(0);
    expect(ran.stdout.length).toBeGreaterThan(10_000);
    expectSilence(ran, format);
    if (format !== 'json') return;
    const file = join(folder('inventory'), 'host.json');
    writeFileSync(file, ran.stdout);
    for (const made of ['table', 'html'] as const) expectSilence(keylint(['merge', '-f', made, file]), `merged, ${made}`);
  });

  test('of what is staged and what was piped in', () => {
    const work = repository();
    for (const { name, bytes } of samples) write(join(work, name), bytes);
    git(work, 'add', '.');
    for (const format of formats) {
      const ran = keylint(['--staged', '-f', format], { cwd: work });
      expect(ran.status).toBe(1);
      expectSilence(ran, `--staged -f ${format}`);
    }
    for (const { name, bytes } of secretSamples) expectSilence(keylint(['--stdin', '-f', 'json'], { input: bytes }), `--stdin with ${name}`);
  });
});

describeWith(['ssh-keygen', 'puttygen'], 'words of files that reports show', () => {
  const top = folder('words');
  const word = wordsOf(secretSamples.find(({ name }) => name === 'openssh ed25519')!.secret);
  const publicLine = samples.find(({ name }) => name === 'ssh-public ed25519')!.bytes.toString().split(' ').slice(0, 2).join(' ');
  const putty = samples.find(({ name }) => name === 'ppk 3 ed25519')!.bytes.toString();
  word.forEach((text, i) => {
    write(join(top, `${i}.pub`), `${publicLine} ${text}\n`);
    write(join(top, `${i}-words.pub`), `${publicLine} my key ${text} for work\n`);
    write(join(top, `${i}-hex.pub`), `${publicLine} ${Buffer.from(text, 'base64').toString('hex')}\n`);
    write(join(top, `${i}.ppk`), putty.replace('sample@host', text));
    write(join(top, `${i}-cut.ppk`), putty.replace('sample@host', text).slice(0, -200));
    write(join(top, `${i}.rfc4716`), `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "${text}"\n${publicLine.split(' ')[1]!}\n---- END SSH2 PUBLIC KEY ----\n`);
    write(join(top, `${i}.pem`), `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ${text.replace(/\W/g, '')},00\n\n${secrets[0]!}\n-----END RSA PRIVATE KEY-----\n`);
    spawn('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', text, '-f', join(top, `${i}-id`)]);
    spawn('openssl', ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-keyout', join(top, `${i}.key`), '-out', join(top, `${i}.crt`), '-subj', `/CN=${text.slice(0, 60).replaceAll('/', '\\/').replaceAll('+', '\\+')}`]);
  });

  test.each(inventoryFormats)('comments, subjects and headers in an inventory as %s', (format) => {
    const ran = keylint(['inventory', '-f', format, top]);
    expect(ran.status).toBe(0);
    expectSilence(ran, format);
  });

  test.each(formats)('comments, subjects and headers in %s', (format) => {
    const ran = keylint(['-f', format, top]);
    expect(ran.status).toBe(1);
    expectSilence(ran, format);
  });

  test('a file that is named after a key is called by its name, and by nothing else of it', () => {
    const here = folder('named');
    const name = word[0]!.replaceAll('/', '_');
    writeFileSync(join(here, name), samples.find(({ name }) => name === 'pkcs1')!.bytes, { mode: 0o644 });
    for (const format of formats) {
      const { stdout, stderr } = keylint(['-f', format, here]);
      expectNothingOf([encodeURIComponent(name), name].reduce((text, part) => text.replaceAll(part, '.'), `${stdout}${stderr}`), format);
    }
  });
});

describeWith(['openssl'], 'errors', () => {
  const sample = secretSamples.find(({ name }) => name === 'pkcs1');
  const pem = sample!.bytes.toString();
  const line = sample!.secret.slice(128, 192);
  const hex = Buffer.from(line, 'base64').toString('hex');

  test.each([
    ['the key is the policy', pem],
    ['the key is in a string of it', JSON.stringify({ extends: pem })],
    ['a string is not closed', `{ "extends": "${line}`],
    ['a line of the key stands in it', `{ "extends": "keylint:recommended",\n${line}\n}`],
    ['a rule is called by it', JSON.stringify({ rules: { [line]: 'error' } })],
    ['a severity is called by it', JSON.stringify({ rules: { 'min-key-size': line } })],
    ['an option is called by it', JSON.stringify({ rules: { 'min-key-size': ['error', { [line]: 1 }] } })],
    ['an option has it', JSON.stringify({ rules: { 'no-weak-algorithm': ['error', { only: [line] }] } })],
    ['a preset is called by it', JSON.stringify({ extends: line })],
    ['a preset is called by it, in hex', JSON.stringify({ extends: [hex] })],
    ['a setting is called by it', JSON.stringify({ [line]: true })],
    ['a glob is it', JSON.stringify({ ignores: [line, 1] })],
    ['an allowance is for it', JSON.stringify({ allow: [{ fingerprint: line, reason: 'a test' }] })],
    ['an allowance ends with it', JSON.stringify({ allow: [{ fingerprint: `SHA256:${'A'.repeat(43)}`, reason: 'a test', expires: line }] })],
  ])('a policy that cannot be read: %s', (_name, content) => {
    const here = folder('policy');
    write(join(here, 'keylint.config.json'), content);
    for (const args of [['-f', 'github'], ['--print-config', 'x']]) {
      const ran = keylint(args, { cwd: here });
      expect(ran.status).toBe(2);
      expectSilence(ran, args.join(' '));
    }
  });

  test.each([
    ['as a path', [pem]],
    ['as a path without breaks', [pem.replaceAll('\n', '')]],
    ['a line of it as a path', [line]],
    ['its hex as a path', [hex]],
    ['as several paths', pem.split('\n').filter((word) => word !== '')],
    ['as a path, for programs', ['-f', 'json', line]],
    ['as a path, in SARIF', ['-f', 'sarif', line]],
    ['as a path, in GitHub annotations', ['-f', 'github', line]],
    ['as a path to be staged', ['--staged', line]],
    ['as an option', [`--${line}`]],
    ['as a format', ['-f', line]],
    ['as a policy', ['-c', line]],
    ['as a rule', ['--rule', `${line}: error`]],
    ['as a severity', ['--rule', `min-key-size: ${line}`]],
    ['as a number', ['--max-warnings', line]],
    ['as a report', ['-o', `${line}/x/y`]],
    ['as a name for standard input without it', ['--stdin-filename', line]],
    ['as a rule to explain', ['explain', line]],
    ['as a folder to begin in', ['init', line]],
  ])('the key on the command line: %s', (_name, args) => {
    const ran = keylint(args, { cwd: folder('empty') });
    expect(ran.status).toBe(2);
    expect(`${ran.stdout}${ran.stderr}`).toMatch(/keylint: error: |failed: |no such file|not looked at/);
    expectSilence(ran, args[0]!.slice(0, 10));
  });

  test('an error that nobody foresaw', () => {
    const here = folder('crash');
    write(join(here, 'key.pem'), pem);
    // What goes wrong quotes what it was doing, over several lines.
    const broken = join(here, 'broken.cjs');
    write(broken, `const { stringify } = JSON; JSON.stringify = (value, ...more) => { if (value && value.findings) throw new Error(${JSON.stringify(`it went wrong at ${line}\n${pem}`)}); return stringify(value, ...more); };`);
    const ran = keylint(['-f', 'json', '.'], { cwd: here, env: { NODE_OPTIONS: `--require ${broken}` } });
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('internal error');
    expectSilence(ran, 'a message');
  });

  test('a rule that throws knows nothing to tell', () => {
    const throwing = defineRule({
      meta: {
        id: 'throwing', type: 'problem', messages: { none: { text: '', help: '' } }, options: {},
        docs: { description: '', why: '', fix: '', sources: [{ title: '', url: '' }], recommended: 'error' },
      },
      checkKey(key) {
        throw new Error(JSON.stringify(key));
      },
    });
    const policy = defaultPolicy([throwing], base);
    for (const { name, bytes } of samples) {
      const keys = detect({ path: name, bytes, facts: () => ({ origin: 'file' }) });
      expect(keys.length).toBeGreaterThan(0);
      let stack = '';
      try {
        check(keys, policy, [throwing]);
      } catch (error) {
        stack = (error as Error).stack!;
      }
      expect(stack).toContain('"kind"');
      expectNothingOf(stack, name);
      expectNothingOf(JSON.stringify(check(keys, defaultPolicy(rules, base), rules)), name);
    }
  });

  test('what git cannot do', () => {
    const work = repository();
    write(join(work, 'key.pem'), pem);
    git(work, 'add', '.');
    // An object is lost: git calls it by its name, and quotes what it was asked.
    for (const name of readdirSync(join(work, '.git/objects')).filter((name) => name.length === 2)) {
      for (const object of readdirSync(join(work, '.git/objects', name))) spawn('rm', ['-f', join(work, '.git/objects', name, object)]);
    }
    const ran = keylint(['--staged'], { cwd: work });
    expect(ran.status).toBe(2);
    expectSilence(ran, 'a lost object');
    write(join(work, '.git/index'), pem);
    const damaged = keylint(['--staged'], { cwd: work });
    expect(damaged.status).toBe(2);
    expectSilence(damaged, 'a damaged index');
  });
});
