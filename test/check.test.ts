import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import { check } from '../src/check.ts';
import type { Key } from '../src/key.ts';
import { baseSettings, defaultPolicy, type Allowed, type Policy } from '../src/policy.ts';
import { defineRule, type AnyRule } from '../src/rule.ts';
import { fingerprintOf, makeKey } from './rules/key.ts';

const everyKey = defineRule({
  meta: {
    id: 'every-key', type: 'problem',
    docs: { description: 'All keys', why: '.', fix: '.', sources: [{ title: 't', url: 'https://example.com' }], recommended: 'warn' },
    messages: { found: { text: '{key} in {path}, {word}', help: 'rm {file} in {folder}: {fingerprint}, {word}' } },
    options: { word: { type: 'string', description: 'What to say', default: 'default' } },
  },
  checkKey: (_, { word }) => ({ messageId: 'found', data: { word } }),
});

const everyPair = defineRule({
  meta: { ...everyKey.meta, id: 'every-pair', messages: { found: { text: '{count} keys, {word}', help: 'none' } } },
  checkAll: (keys, { word }) => keys.map((key) => ({ key, messageId: 'found', data: { count: keys.length, word } })),
});

const everyFile = defineRule({
  meta: { ...everyKey.meta, id: 'every-file', messages: { found: { text: 'a file in {folder}, {word}', help: 'rm {file}' } } },
  checkFile: (_, { word }) => ({ messageId: 'found', data: { word } }),
});

function policyOf(rulesInUse: readonly AnyRule[], facts: Partial<Policy> = {}): Policy {
  return { ...defaultPolicy(rulesInUse, '/work'), ...facts };
}

function allowed(fingerprint: string, isExpired = false): Allowed {
  return { fingerprint, reason: 'a test key', isExpired, place: { path: 'keylint.config.json', line: 1, column: 1, endLine: 1, endColumn: 2 } };
}

describe('check', () => {
  test('fills in what the templates name', () => {
    const { findings } = check([makeKey('my keys/id_x')], policyOf([everyKey]), [everyKey]);
    expect(findings).toEqual([{
      rule: 'every-key', severity: 'warn', path: 'my keys/id_x', line: 1, column: 1, endLine: 7, endColumn: 1, fingerprint: fingerprintOf('a'),
      message: 'Ed25519 private key without a passphrase in my keys/id_x, default',
      help: `rm 'my keys/id_x' in 'my keys': ${fingerprintOf('a')}, default`,
    }]);
  });

  test('files are judged for themselves, under the settings of their paths; no allowance for a key excuses them', () => {
    const files = ['.ssh/config', 'off/.ssh/my config'].map((path) => ({ path, file: { origin: 'file' } as const }));
    const layers = [{ rules: { 'every-file': 'error' } }, { matches: (path: string) => path.startsWith('/work/off/'), rules: { 'every-file': ['warn', { word: 'there' }] } }] as const;
    const { findings } = check([makeKey('.ssh/config')], policyOf([everyFile], { layers, allow: [allowed(fingerprintOf('a'))] }), [everyFile], files);
    const place = { rule: 'every-file', line: 1, column: 1, endLine: 1, endColumn: 1 };
    expect(findings).toEqual([
      { ...place, severity: 'error', path: '.ssh/config', message: 'a file in .ssh, default', help: 'rm .ssh/config' },
      { ...place, severity: 'warn', path: 'off/.ssh/my config', message: 'a file in off/.ssh, there', help: "rm 'off/.ssh/my config'" },
    ]);
    const off = policyOf([everyFile], { layers: [...layers, { rules: { 'every-file': 'off' } }] });
    expect(check([], off, [everyFile], files).findings).toEqual([]);
  });

  test('what a value says is text: placeholders in a path stay what they are', () => {
    const { findings } = check([makeKey('{word}/{file}')], policyOf([everyKey]), [everyKey]);
    expect(findings[0]!.message).toBe('Ed25519 private key without a passphrase in {word}/{file}, default');
    const rude = policyOf([everyKey], { layers: [{ rules: { 'every-key': ['warn', { word: '{path}$&$1' }] } }] });
    expect(check([makeKey('p')], rude, [everyKey]).findings[0]!.message).toBe('Ed25519 private key without a passphrase in p, {path}$&$1');
  });

  test('begins a sentence with a capital letter where it begins with words', () => {
    expect(check([makeKey('k', { algorithm: undefined, format: 'encrypted-pkcs8', encryption: { cipher: 'aes-256-cbc', kdf: 'scrypt' } })], policyOf([everyKey]), [everyKey]).findings[0]!.message).toMatch(/^Encrypted PKCS#8/);
    expect(check([makeKey('k', { algorithm: 'x25519' })], policyOf([everyKey]), [everyKey]).findings[0]!.message).toMatch(/^X25519/);
  });

  test('names a key by its SPKI or its container where it has no fingerprint, and by nothing where it has no name', () => {
    const names = ([{ spki: '5'.repeat(64) }, { container: 'c'.repeat(64) }, {}] as const).map((facts) => check([makeKey('k', { algorithm: undefined, ...facts })], policyOf([everyKey]), [everyKey]).findings[0]!.fingerprint);
    expect(names).toEqual([`spki:${'5'.repeat(64)}`, `container:${'c'.repeat(64)}`, undefined]);
  });

  test('findings come by path, line and rule, whatever the order of keys and rules', () => {
    const keys = [makeKey('b', { line: 9 }), makeKey('a', { line: 3 }), makeKey('b', { line: 10 }), makeKey('B'), makeKey('a', { line: 1 })];
    const both = [everyPair, everyKey];
    const order = (list: readonly Key[], by: readonly AnyRule[]): string[] => check(list, policyOf(both), by).findings.map(({ path, line, rule }) => `${path} ${line} ${rule}`);
    const expected = ['B 1', 'a 1', 'a 3', 'b 9', 'b 10'].flatMap((place) => [`${place} every-key`, `${place} every-pair`]);
    expect(order(keys, both)).toEqual(expected);
    expect(order(keys.toReversed(), [everyKey, everyPair])).toEqual(expected);
  });

  test('a rule that is off, or unknown to the policy, is not asked', () => {
    const asked = { ...everyKey, checkKey: () => { throw new Error('asked'); } };
    expect(check([makeKey('k')], policyOf([asked], { layers: [] }), [asked]).findings).toEqual([]);
    expect(check([makeKey('k')], policyOf([everyPair]), [asked]).findings).toEqual([]);
  });

  test('settings are those of the path: the absolute one where there is one', () => {
    const layers = [{ rules: { 'every-key': 'warn' } }, { matches: (path: string) => path.startsWith('/work/test/'), rules: { 'every-key': ['error', { word: 'test' }] } }, { matches: (path: string) => path.startsWith('/elsewhere/'), rules: { 'every-key': 'off' } }] as const;
    const keys = [makeKey('test/a'), makeKey('src/a'), makeKey('../elsewhere/a'), makeKey('x', { file: { absolutePath: '/work/test/x' } })];
    const found = check(keys, policyOf([everyKey], { layers }), [everyKey]).findings;
    expect(found.map(({ path, severity, message }) => [path, severity, message.split(', ').at(-1)])).toEqual([['src/a', 'warn', 'default'], ['test/a', 'error', 'test'], ['x', 'error', 'test']]);
  });

  test('a rule that compares keys sees all of them under each setting, and speaks of those that have it', () => {
    const layers = [{ rules: { 'every-pair': 'warn' } }, { matches: (path: string) => path.startsWith('/work/test/'), rules: { 'every-pair': ['error', { word: 'test' }] } }, { matches: (path: string) => path.startsWith('/work/off/'), rules: { 'every-pair': 'off' } }] as const;
    const found = check([makeKey('a'), makeKey('test/b'), makeKey('off/c')], policyOf([everyPair], { layers }), [everyPair]).findings;
    expect(found.map(({ path, severity, message }) => [path, severity, message])).toEqual([['a', 'warn', '3 keys, default'], ['test/b', 'error', '3 keys, test']]);
  });

  test('throws when a rule names a message it does not have', () => {
    const broken: AnyRule = { meta: everyKey.meta, checkKey: () => ({ messageId: 'toString' }) };
    expect(() => check([makeKey('k')], policyOf([everyKey]), [broken])).toThrow('rule every-key has no message "toString"');
  });
});

describe('allow', () => {
  const names = { fingerprint: fingerprintOf('a'), spki: '5'.repeat(64), container: 'c'.repeat(64) };

  test.each([names.fingerprint, `spki:${names.spki}`, `container:${names.container}`])('excuses a key by %s wherever it lies', (name) => {
    const keys = [makeKey('a', names), makeKey('b/c', names), makeKey('d', { fingerprint: fingerprintOf('d') })];
    const { findings, usedAllow } = check(keys, policyOf([everyKey, everyPair], { allow: [allowed(name)] }), [everyKey, everyPair]);
    expect(findings.map(({ path }) => path)).toEqual(['d', 'd']);
    expect([...usedAllow]).toEqual([name]);
  });

  test('excuses the public half with the private one', () => {
    expect(check([makeKey('a.pub', { ...names, kind: 'public' })], policyOf([everyKey], { allow: [allowed(names.fingerprint)] }), [everyKey]).findings).toEqual([]);
  });

  test('counts as used only when it excused something', () => {
    const policy = policyOf([everyKey], { layers: [], allow: [allowed(names.fingerprint)] });
    expect(check([makeKey('a', names)], policy, [everyKey]).usedAllow.size).toBe(0);
  });

  test('excuses nothing when it is over', () => {
    const { findings, usedAllow } = check([makeKey('a', names)], policyOf([everyKey], { allow: [allowed(names.fingerprint, true)] }), [everyKey]);
    expect(findings).toHaveLength(1);
    expect(usedAllow.size).toBe(0);
  });

  test('does not excuse by half a name', () => {
    const { findings } = check([makeKey('a', { algorithm: undefined, spki: names.spki })], policyOf([everyKey], { allow: [allowed(names.spki), allowed(`container:${names.spki}`)] }), [everyKey]);
    expect(findings).toHaveLength(1);
  });
});

/** Keys of any shape that the types allow. */
const anyKey = fc.record({
  path: fc.constantFrom('id_x', 'id_x.pub', '.ssh/id_x', 'private.pem', 'public.pem', 's.key', 's.crt', '-x', '\n'),
  kind: fc.constantFrom('private' as const, 'public' as const, 'certificate' as const, 'symmetric' as const),
  format: fc.constantFrom('openssh', 'ppk', 'pkcs8', 'legacy-pem', 'spki', 'toString'),
  algorithm: fc.constantFrom(undefined, 'rsa', 'ec', 'dsa', 'ed25519', 'toString', '__proto__'),
  curve: fc.constantFrom(undefined, 'prime256v1', 'explicit', 'sect163k1', 'constructor'),
  bits: fc.constantFrom(undefined, 0, 512, 2048),
  fingerprint: fc.constantFrom(undefined, fingerprintOf('a'), fingerprintOf('b')),
  spki: fc.constantFrom(undefined, 'a'.repeat(64)),
  defect: fc.constantFrom(undefined, 'cut off'),
  hardware: fc.constantFrom(undefined, true as const),
  encryption: fc.constantFrom(undefined, ...['md5', 'sha1', 'pbkdf1', 'pkcs12', 'pbkdf2', 'scrypt', 'argon2id', 'bcrypt', 'toString'].flatMap((kdf) => [{ cipher: 'des-cbc', kdf }, { cipher: 'toString', kdf, rounds: 1, N: 2, r: 1, p: 1, memory: 1, passes: 1, prf: 'constructor' }])),
  file: fc.record({
    origin: fc.constantFrom('file' as const, 'index' as const, 'commit' as const, 'stdin' as const), tracked: fc.constantFrom(undefined, true, false), mode: fc.constantFrom(undefined, 0o600, 0o644), uid: fc.constantFrom(undefined, 0, 1), runnerUid: fc.constantFrom(undefined, 0, 1),
    parents: fc.constantFrom(undefined, [{ path: '/tmp', mode: 0o1777, uid: 0 }]),
  }),
}).map(({ path, ...facts }) => makeKey(path, facts));

test('all rules, on any keys: no exception, no unfilled template, at most one finding of a rule for a key', () => {
  const policy = { ...defaultPolicy(rules, '/work'), layers: [{ rules: Object.fromEntries(rules.map(({ meta }) => [meta.id, 'error'])) }] } satisfies Policy;
  fc.assert(fc.property(fc.array(anyKey, { maxLength: 6 }).map((keys) => keys.map((key, i) => ({ ...key, line: i + 1 }))), (keys) => {
    const { findings } = check(keys, policy, rules);
    for (const { message, help } of findings) {
      expect(message).not.toMatch(/\{\w+\}|undefined|\[object/);
      expect(help).not.toMatch(/\{\w+\}|undefined|\[object/);
      expect(help).not.toBe('');
    }
    const places = findings.map(({ rule, line }) => `${rule} ${line}`);
    expect(new Set(places).size).toBe(places.length);
  }), { numRuns: 2000 });
});

test('base settings hold every rule, off, with its defaults', () => {
  expect([...baseSettings(rules).keys()]).toEqual(rules.map(({ meta }) => meta.id));
  expect(baseSettings(rules).get('min-key-size')).toEqual({ severity: 'off', options: { rsa: 2048, dsa: 2048, ec: 224, dh: 2048 } });
});
