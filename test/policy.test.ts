import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Validator, type Schema } from '@cfworker/json-schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import { allowFindings, defaultPolicy, isIgnored, PolicyError, settingsFor, type Policy } from '../src/policy.ts';
import { loadPolicy, withRule, type LoadOptions } from '../src/policy-file.ts';
import { policySchema } from '../src/policy-schema.ts';
import { isSoundPolicy } from '../src/policy-sound.ts';
import { findPolicyFile } from '../src/policy-search.ts';
import { presets } from '../src/presets/index.ts';
import { scratch } from './tools.ts';

const top = scratch();
const fingerprint = `SHA256:${'a'.repeat(43)}`;

/** Writes files into a new folder and gives the folder. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(top, 'policy-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function load(policy: unknown, options: LoadOptions & { readonly files?: Readonly<Record<string, string>> } = {}): Policy & { readonly folder: string } {
  const { files, ...rest } = options;
  const folder = folderWith({ 'keylint.config.json': typeof policy === 'string' ? policy : JSON.stringify(policy), ...files });
  return { ...loadPolicy(join(folder, 'keylint.config.json'), { cwd: folder, ...rest }), folder };
}

function errorOf(action: () => unknown): PolicyError {
  try {
    action();
  } catch (error) {
    if (error instanceof PolicyError) return error;
    throw error;
  }
  throw new Error('no error');
}

function severityAt(policy: Policy, rule: string, path = 'x'): unknown {
  return settingsFor(policy, path).get(rule)?.severity;
}

function optionsAt(policy: Policy, rule: string, path = 'x'): unknown {
  return settingsFor(policy, path).get(rule)?.options;
}

describe('rules', () => {
  test('without a policy file and without "extends" the recommended ones are on', () => {
    for (const policy of [defaultPolicy(rules, '/work'), load({}), load({ allow: [] })]) {
      for (const { meta } of rules) expect(severityAt(policy, meta.id), meta.id).toBe(meta.docs.recommended);
    }
  });

  test('"extends": [] starts from nothing', () => {
    const policy = load({ extends: [], rules: { 'min-key-size': 'warn' } });
    for (const { meta } of rules) expect(severityAt(policy, meta.id)).toBe(meta.id === 'min-key-size' ? 'warn' : 'off');
  });

  test.each([['off', 'off'], ['warn', 'warn'], ['error', 'error'], [0, 'off'], [1, 'warn'], [2, 'error']] as const)('severity %j means %s', (written, severity) => {
    for (const entry of [written, [written], [written, { rsa: 4096 }]]) expect(severityAt(load({ rules: { 'min-key-size': entry } }), 'min-key-size')).toBe(severity);
  });

  test('a bare severity keeps the options of what is extended; options replace them, with defaults for the rest', () => {
    const files = { 'base.json': '{"rules": {"min-key-size": ["error", {"rsa": 4096, "ec": 384}]}}' };
    for (const entry of ['warn', ['warn'], 1]) expect(optionsAt(load({ extends: './base.json', rules: { 'min-key-size': entry } }, { files }), 'min-key-size')).toEqual({ rsa: 4096, ec: 384, dsa: 2048, dh: 2048 });
    expect(optionsAt(load({ extends: './base.json', rules: { 'min-key-size': ['warn', { dsa: 3072 }] } }, { files }), 'min-key-size')).toEqual({ rsa: 2048, ec: 224, dsa: 3072, dh: 2048 });
  });

  test('later bases go over earlier ones, own rules over all', () => {
    const files = { 'a.json': '{"rules": {"min-key-size": "off", "no-key-reuse": "off"}}', 'b.jsonc': '{"rules": {"min-key-size": "warn"}}' };
    const policy = load({ extends: ['./a.json', './b.jsonc'], rules: { 'no-weak-algorithm': 'warn' } }, { files });
    expect(['min-key-size', 'no-key-reuse', 'no-weak-algorithm', 'key-pair-mismatch'].map((id) => severityAt(policy, id))).toEqual(['warn', 'off', 'warn', 'off']);
  });

  test('comments and trailing commas are fine, a byte order mark too', () => {
    expect(severityAt(load('\uFEFF// why\n{\n  /* this */ "rules": { "min-key-size": "off", },\n}\n'), 'min-key-size')).toBe('off');
  });

  test('package.json has the policy under "keylint"', () => {
    const folder = folderWith({ 'package.json': '{"name": "x", "keylint": {"rules": {"min-key-size": "off"}}}' });
    expect(severityAt(loadPolicy(join(folder, 'package.json')), 'min-key-size')).toBe('off');
  });
});

describe('overrides and globs', () => {
  test('apply to paths below the folder of the policy, in order', () => {
    const policy = load({
      overrides: [
        { files: ['test/**', '*.test.pem'], rules: { 'min-key-size': 'off' } },
        { files: ['test/real/**'], rules: { 'min-key-size': ['warn', { rsa: 3072 }] } },
      ],
    });
    expect(['a.pem', 'test/a.pem', 'a.test.pem', 'x/a.test.pem', 'test/real/a.pem', 'x/test/a.pem'].map((path) => severityAt(policy, 'min-key-size', path))).toEqual(['error', 'off', 'off', 'error', 'warn', 'error']);
    expect(optionsAt(policy, 'min-key-size', 'test/real/a.pem')).toMatchObject({ rsa: 3072 });
    expect(severityAt(policy, 'min-key-size', join(policy.folder, 'test/a.pem'))).toBe('off');
  });

  test('relative paths count from where keylint was started, globs from the policy\'s folder', () => {
    const folder = folderWith({ 'keylint.config.json': '{"overrides": [{"files": ["deploy/keys/**"], "rules": {"min-key-size": "off"}}]}', 'deploy/keys/a': '' });
    const policy = loadPolicy(join(folder, 'keylint.config.json'), { cwd: join(folder, 'deploy') });
    expect(severityAt(policy, 'min-key-size', 'keys/a')).toBe('off');
    expect(severityAt(policy, 'min-key-size', 'deploy/keys/a')).toBe('error');
  });

  test('a policy given by hand may count from elsewhere', () => {
    const folder = folderWith({ 'company.json': '{"overrides": [{"files": ["test/**"], "rules": {"min-key-size": "off"}}]}' });
    const policy = loadPolicy(join(folder, 'company.json'), { cwd: '/work', root: '/work' });
    expect(severityAt(policy, 'min-key-size', 'test/a')).toBe('off');
  });

  test('dotfiles are files like others', () => {
    const policy = load({ overrides: [{ files: ['**/id_*'], rules: { 'min-key-size': 'off' } }] });
    expect(severityAt(policy, 'min-key-size', '.config/.hidden/id_x')).toBe('off');
  });

  test.each([
    ['**/.ssh/**', '/home/me/.ssh/id_x', true],
    ['**/.ssh/**', '/home/me/ssh/id_x', false],
    ['.ssh/**', '/home/me/.ssh/id_x', false],
    ['~/.ssh/**', join(homedir(), '.ssh/id_x'), true],
    ['~/.ssh/**', '/elsewhere/.ssh/id_x', false],
    ['/etc/ssl/**', '/etc/ssl/private/x.key', true],
    ['/etc/ssl/**', '/srv/etc/ssl/x.key', false],
    ['./a/*', 'a/x', true],
    ['../*/x', '../other/x', true],
    ['{a,b}/*.pem', 'b/x.pem', true],
    ['!(a)/x', 'b/x', true],
  ])('%s and %s: %s', (glob, path, matches) => {
    const policy = load({ overrides: [{ files: [glob], rules: { 'min-key-size': 'off' } }] });
    expect(severityAt(policy, 'min-key-size', path)).toBe(matches ? 'off' : 'error');
  });

  test('an extended file counts from its own folder', () => {
    const policy = load({ extends: './shared/base.json' }, { files: { 'shared/base.json': '{"rules": {"min-key-size": "error"}, "overrides": [{"files": ["keys/**"], "rules": {"min-key-size": "off"}}]}' } });
    expect(severityAt(policy, 'min-key-size', 'shared/keys/a')).toBe('off');
    expect(severityAt(policy, 'min-key-size', 'keys/a')).toBe('error');
  });

  test('what is extended never goes over what extends it', () => {
    const files = { 'base.json': '{"overrides": [{"files": ["**"], "rules": {"min-key-size": "off"}}]}' };
    expect(severityAt(load({ extends: './base.json', rules: { 'min-key-size': 'warn' } }, { files }), 'min-key-size')).toBe('warn');
  });
});

describe('ignores', () => {
  const ignored = (ignores: readonly string[], paths: readonly string[]): readonly string[] => {
    const policy = load({ ignores });
    return paths.filter((path) => isIgnored(policy, path));
  };

  test('a file, a folder and all in it', () => {
    expect(ignored(['a.pem', 'vendor', 'build/', '**/fixtures'], ['a.pem', 'x/a.pem', 'vendor', 'vendor/x/y', 'build', 'build/x', 'src/fixtures/deep/x', 'src/x'])).toEqual(['a.pem', 'vendor', 'vendor/x/y', 'build/x', 'src/fixtures/deep/x']);
  });

  test('! takes back, and the last one that matches decides', () => {
    expect(ignored(['test/**', '!test/real/**', 'test/real/old.pem'], ['test/a', 'test/real/a', 'test/real/old.pem'])).toEqual(['test/a', 'test/real/old.pem']);
    expect(ignored(['!test/**', 'test/**'], ['test/a'])).toEqual(['test/a']);
  });

  test('by absolute path as well, and nothing outside of the folder unless it says so', () => {
    const policy = load({ ignores: ['x', '**/y'] });
    expect(isIgnored(policy, join(policy.folder, 'x'))).toBe(true);
    expect(isIgnored(policy, '/elsewhere/x')).toBe(false);
    expect(isIgnored(policy, '/elsewhere/y/z')).toBe(true);
  });

  test('nothing is ignored by default, and extended files add theirs', () => {
    expect(isIgnored(defaultPolicy(rules, '/work'), 'node_modules/x')).toBe(false);
    const policy = load({ extends: './base.json', ignores: ['!keep'] }, { files: { 'base.json': '{"ignores": ["*"]}' } });
    expect(['keep', 'other'].map((path) => isIgnored(policy, path))).toEqual([false, true]);
  });
});

describe('allow', () => {
  const today = new Date('2026-06-15T12:00:00Z');

  test('an entry holds through the day it expires on', () => {
    const expires = ['2026-06-14', '2026-06-15', '2026-06-16', undefined];
    const policy = load({ allow: expires.map((day, i) => ({ fingerprint: `spki:${String(i).repeat(64)}`, reason: 'r', ...day !== undefined && { expires: day } })) }, { today });
    expect(policy.allow.map(({ isExpired }) => isExpired)).toEqual([true, false, false, false]);
  });

  test('expired entries are always reported, unused ones after a complete run, each at its place', () => {
    const policy = load(`{
  "allow": [
    { "fingerprint": "${fingerprint}", "reason": "old", "expires": "2026-01-01" },
    { "fingerprint": "spki:${'1'.repeat(64)}", "reason": "test server" },
    { "fingerprint": "spki:${'2'.repeat(64)}", "reason": "in use" }
  ]
}`, { today });
    const used = new Set([`spki:${'2'.repeat(64)}`]);
    expect(allowFindings(policy, used, false).map(({ rule }) => rule)).toEqual(['expired-allow']);
    expect(allowFindings(policy, used, true)).toEqual([
      expect.objectContaining({ rule: 'expired-allow', severity: 'warn', path: 'keylint.config.json', line: 3, column: 5, endLine: 3, fingerprint, message: 'the allowance for this key ended on 2026-01-01 (old)' }),
      expect.objectContaining({ rule: 'unused-allow', severity: 'warn', path: 'keylint.config.json', line: 4, column: 5, message: 'no finding was excused by this entry (test server)' }),
    ]);
    expect(allowFindings(policy, used, true)[0]).not.toHaveProperty('reason');
  });

  test('a real leap day is a day', () => {
    expect(load({ allow: [{ fingerprint, reason: 'r', expires: '2028-02-29' }] }, { today }).allow).toHaveLength(1);
  });
});

describe('what is wrong is named with its place', () => {
  const allow = (entry: object): string => JSON.stringify({ allow: [entry] });
  test.each([
    ['', '1:1', 'the file is empty'],
    ['// nothing', '1:11', 'a value is missing'],
    ['[]', '1:1', 'a policy must be an object'],
    ['{\n  "rules": {\n    "min-key-size": "error"\n    "no-key-reuse": "warn"\n  }\n}', '4:5', 'a comma is missing'],
    ['{\r\n  "rules" {}\r\n}', '2:11', 'a colon is missing'],
    ['{"rules": {}', '1:13', 'a } is missing'],
    ["{'rules': {}}", '1:2', 'this is neither a value nor a name in double quotes'],
    ['{} {}', '1:4', 'there is more text after the end'],
    ['{"$schema": "\\x"}', '1:13', 'this escape does not exist in JSON'],
    ['{\n  "rulez": {}\n}', '2:3', '"rulez" is not a setting here: did you mean "rules"?'],
    ['{"__proto__": {}}', '1:2', '"__proto__" is not a setting here; there are extends, rules, overrides, ignores, suppressions, allow'],
    ['{"rules": {}, "rules": {}}', '1:15', '"rules" is written twice'],
    ['{"rules": {\n\t"min-keysize": "error"}}', '2:2', 'there is no rule "min-keysize": did you mean "min-key-size"?'],
    ['{"rules": {"constructor": "error"}}', '1:12', 'there is no rule "constructor"'],
    ['{"rules": []}', '1:11', '"rules" must be an object'],
    ['{"rules": {"min-key-size": "erorr"}}', '1:28', '"erorr" is not a severity: did you mean "error"?'],
    ['{"rules": {"min-key-size": 3}}', '1:28', '3 is not a severity: write "off", "warn" or "error", or [severity, options]'],
    ['{"rules": {"min-key-size": null}}', '1:28', 'null is not a severity: write "off", "warn" or "error", or [severity, options]'],
    ['{"rules": {"min-key-size": []}}', '1:28', 'an entry for a rule is a severity, or [severity, options]'],
    ['{"rules": {"min-key-size": ["error", {}, {}]}}', '1:28', 'an entry for a rule is a severity, or [severity, options]'],
    ['{"rules": {"min-key-size": ["fatal"]}}', '1:29', '"fatal" is not a severity: write "off", "warn" or "error", or [severity, options]'],
    ['{"rules": {"min-key-size": ["error", 2048]}}', '1:38', 'the second item of an entry for min-key-size, its options, must be an object'],
    ['{"rules": {"min-key-size": ["error", {"RSA": 2048}]}}', '1:39', 'min-key-size has no option "RSA": did you mean "rsa"?'],
    ['{"rules": {"no-key-reuse": ["error", {"rsa": 2048}]}}', '1:39', 'no-key-reuse has no option "rsa"; it has none'],
    ['{"rules": {"min-key-size": ["error", {"rsa": "2048"}]}}', '1:46', 'option "rsa" of min-key-size must be a whole number'],
    ['{"rules": {"min-key-size": ["error", {"rsa": 2048.5}]}}', '1:46', 'option "rsa" of min-key-size must be a whole number'],
    ['{"rules": {"min-key-size": ["error", {"rsa": -1}]}}', '1:46', 'option "rsa" of min-key-size must be at least 0'],
    ['{"rules": {"require-passphrase": ["error", {"where": "everwhere"}]}}', '1:54', 'option "where" of require-passphrase cannot be "everwhere": did you mean "everywhere"?'],
    ['{"rules": {"require-passphrase": ["error", {"where": 1}]}}', '1:54', 'option "where" of require-passphrase must be a string'],
    ['{"rules": {"no-weak-algorithm": ["error", {"only": "rsa"}]}}', '1:52', 'option "only" of no-weak-algorithm must be a list'],
    ['{"rules": {"no-weak-algorithm": ["error", {"only": ["rsa", "edd25519"]}]}}', '1:60', 'option "only" of no-weak-algorithm cannot be "edd25519": did you mean "ed25519"?'],
    ['{"rules": {"no-weak-algorithm": ["error", {"only": ["rsa", "rsa"]}]}}', '1:52', 'option "only" of no-weak-algorithm has the same item twice'],
    ['{"extends": 5}', '1:13', '"extends" takes the name of a preset, the path of a file, or a list of these'],
    ['{"extends": [""]}', '1:14', '"extends" takes the name of a preset, the path of a file, or a list of these'],
    ['{"extends": "recommended"}', '1:13', 'there is no preset "recommended": did you mean "keylint:recommended"?'],
    ['{"extends": ["keylint:strict", "keylint:jwt-sining"]}', '1:32', 'there is no preset "keylint:jwt-sining": did you mean "keylint:jwt-signing"?'],
    ['{"extends": "something-else"}', '1:13', `there is no preset "something-else"; there are ${presets.map(({ name }) => name).join(', ')}`],
    ['{"extends": "./nowhere.json"}', '1:13', 'cannot read nowhere.json: there is no such file'],
    ['{"extends": "./keylint.config.json"}', '1:13', '"./keylint.config.json" extends itself in a circle'],
    ['{"overrides": {}}', '1:15', '"overrides" must be a list'],
    ['{"overrides": [{"files": "x", "rules": {}}]}', '1:26', '"files" must be a list'],
    ['{"overrides": [{"files": ["x"]}]}', '1:16', 'an override needs "rules" too'],
    ['{"overrides": [{"file": ["x"], "rules": {}}]}', '1:17', '"file" is not a setting here: did you mean "files"?'],
    ['{"overrides": [{"files": [""], "rules": {}}]}', '1:27', 'an entry of "files" must not be empty'],
    ['{"overrides": [{"files": ["x"], "rules": {"no-reuse": 1}}]}', '1:43', 'there is no rule "no-reuse"'],
    ['{"overrides": [{"files": ["x"], "rules": {"min-key-size": "never"}}]}', '1:59', '"never" is not a severity: write "off", "warn" or "error", or [severity, options]'],
    ['{"ignores": "x"}', '1:13', '"ignores" must be a list'],
    ['{"ignores": ["a", 1]}', '1:19', 'an entry of "ignores" must be a string'],
    ['{"ignores": ["!/"]}', '1:14', '"!/" matches nothing'],
    [allow({ fingerprint: 'MD5:00', reason: 'r' }), '1:26', '"MD5:00" is not a fingerprint: write it as keylint prints it, SHA256: and 43 characters, or spki:, container: or digest: and 64 hex digits'],
    [allow({ fingerprint: 'a'.repeat(64), reason: 'r' }), '1:26', /^"a{56}\.\.\. is not a fingerprint/],
    [allow({ fingerprint }), '1:11', 'a key that is allowed needs "reason" too'],
    [allow({}), '1:11', 'a key that is allowed needs "fingerprint"'],
    [allow({ fingerprint, reason: '  ' }), '1:88', '"reason" must not be empty'],
    [allow({ fingerprint, reason: 'r', expires: 'soon' }), '1:102', '"soon" is not a day: write YYYY-MM-DD'],
    [allow({ fingerprint, reason: 'r', expires: '2026-02-30' }), '1:102', '"2026-02-30" is not a day of the calendar'],
    [allow({ fingerprint, reason: 'r', until: '2026-02-28' }), '1:92', '"until" is not a setting here; there are fingerprint, reason, expires'],
    [JSON.stringify({ allow: [{ fingerprint, reason: 'a' }, { fingerprint, reason: 'b' }] }), '1:108', 'this fingerprint is in the list already'],
    ['{"a\\ud800": 1}', '1:2', 'a \\u escape in this name is half of a character'],
    ['['.repeat(100_000), '1:65', 'lists and objects are nested too deep'],
    [`{"rules": ${'{"a":'.repeat(70)}1${'}'.repeat(71)}`, '1:326', 'lists and objects are nested too deep'],
  ])('%s', (text, place, sentence) => {
    const error = errorOf(() => load(text));
    expect(error.sentence).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence));
    expect(error.message).toBe(`keylint.config.json:${place}: ${error.sentence}`);
  });

  test('a name out of the file cannot act on the terminal', () => {
    expect(errorOf(() => load('{"\\u001b[2J\\u202e": 1}')).message).toBe('keylint.config.json:1:2: "\\x1b[2J\\u202e" is not a setting here; there are extends, rules, overrides, ignores, suppressions, allow');
  });

  test('in an extended file, that file is named', () => {
    expect(errorOf(() => load({ extends: ['./shared/base.json'] }, { files: { 'shared/base.json': '{\n  "rulez": {}}' } })).message).toBe('shared/base.json:2:3: "rulez" is not a setting here: did you mean "rules"?');
  });

  test('a circle over several files', () => {
    const files = { 'a.json': '{"extends": "./b/c.json"}', 'b/c.json': '{"extends": ["../a.json"]}' };
    expect(errorOf(() => load({ extends: './a.json' }, { files })).message).toBe('b/c.json:1:14: "../a.json" extends itself in a circle');
  });

  test('one file extended on two ways is no circle, a flood of them is refused', () => {
    expect(load({ extends: ['./a.json', './a.json'] }, { files: { 'a.json': '{}' } }).layers).toEqual([]);
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.json`, JSON.stringify({ extends: i === 19 ? [] : [`./${i + 1}.json`, `./${i + 1}.json`] })]));
    expect(errorOf(() => load({ extends: './0.json' }, { files })).sentence).toBe('more than 64 files are extended');
  });

  test('in package.json, where comments are not allowed', () => {
    const folder = folderWith({ 'package.json': '{\n  "keylint": {\n    "rules": { "min-keysize": 1 }\n  }\n}', 'b/package.json': '{\n // no\n "keylint": {}}', 'c/package.json': '{"name": "x"}' });
    expect(errorOf(() => loadPolicy('package.json', { cwd: folder })).message).toBe('package.json:3:16: there is no rule "min-keysize": did you mean "min-key-size"?');
    expect(errorOf(() => loadPolicy('b/package.json', { cwd: folder })).message).toBe('b/package.json:2:2: comments are not allowed here');
    expect(errorOf(() => loadPolicy('c/package.json', { cwd: folder })).message).toBe('c/package.json:1:1: there is no "keylint" key in it');
  });

  test('a file that cannot be read', () => {
    const folder = folderWith({ 'binary.json': '' });
    writeFileSync(join(folder, 'binary.json'), Buffer.from([0x7b, 0xff, 0x7d]));
    execFileSync('mkfifo', [join(folder, 'fifo.json')]);
    mkdirSync(join(folder, 'folder.json'));
    const messages = ['nowhere.json', 'binary.json', 'fifo.json', 'folder.json', 'binary.json/x.json'].map((name) => errorOf(() => loadPolicy(name, { cwd: folder })).message);
    expect(messages).toEqual(['cannot read nowhere.json: there is no such file', 'cannot read binary.json: it is not UTF-8', 'cannot read fifo.json: it is not a file', 'cannot read folder.json: it is not a file', 'cannot read binary.json/x.json: there is no such file']);
  });
});

/** JSON that is near to a policy in every part, and sometimes in none. */
const nearlyPolicy = ((): fc.Arbitrary<unknown> => {
  const odd = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('', 'error', 'toString', '2026-13-01', '0000-00-00', '__proto__', '\ud800', 'keylint:recommended', './keylint.config.json', '~/', '/', '../', '!', '**', '[', '{a', '+(a)', '\\'));
  const some = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ weight: 30, arbitrary: value }, { weight: 1, arbitrary: odd });
  const names = (list: readonly string[]): fc.Arbitrary<string> => fc.oneof({ weight: 60, arbitrary: fc.constantFrom(...list) }, { weight: 1, arbitrary: fc.string() }, { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'a/b~c%d#') });
  const severity = some(fc.constantFrom('off', 'warn', 'error', 0, 1, 2));
  const entry = some(fc.oneof(severity, fc.tuple(severity)));
  const optionsOf = (options: fc.Arbitrary<object>): fc.Arbitrary<unknown> => some(fc.oneof(entry, fc.tuple(severity, some(options))));
  const withOptions = fc.record({
    'min-key-size': optionsOf(fc.dictionary(names(['rsa', 'dsa', 'ec', 'dh']), some(fc.nat()))),
    'require-passphrase': optionsOf(fc.record({ where: some(fc.constantFrom('ssh', 'everywhere')) })),
    'no-weak-algorithm': optionsOf(fc.record({ only: some(fc.uniqueArray(some(fc.constantFrom('rsa', 'ed25519', 'nist-curves')))) })),
  }, { requiredKeys: [] });
  const entries = some(fc.oneof(withOptions, fc.dictionary(names(rules.map(({ meta }) => meta.id)), entry, { maxKeys: 4 })));
  const globs = some(fc.array(some(fc.oneof(fc.string(), fc.constantFrom('**/*.pem', '!a/', './x', '../y', '*'))), { maxLength: 3 }));
  const override = some(fc.record({ files: globs, rules: entries }));
  const allowed = some(fc.record({ fingerprint: some(fc.constant(fingerprint)), reason: some(fc.string({ minLength: 1 })), expires: some(fc.constant('2026-01-01')) }, { requiredKeys: ['fingerprint', 'reason'] }));
  return some(fc.record({
    extends: some(fc.oneof(fc.constantFrom(...presets.map(({ name }) => name)), fc.array(some(fc.constantFrom(...presets.map(({ name }) => name))), { maxLength: 3 }))),
    rules: entries, overrides: some(fc.array(override, { maxLength: 2 })), ignores: globs, allow: some(fc.array(allowed, { maxLength: 2 })), $schema: some(fc.string()),
  }, { requiredKeys: [] }));
})();

describe('any file gives a policy that works or a PolicyError', () => {
  const folder = mkdtempSync(join(top, 'any-'));
  const file = join(folder, 'keylint.config.json');
  const seen = { policies: 0, errors: 0, sound: 0 };

  function read(text: string | Buffer): void {
    writeFileSync(file, text);
    try {
      const policy = loadPolicy(file, { cwd: folder });
      seen.policies++;
      if (isSoundPolicy(file, rules, presets)) seen.sound++;
      for (const path of ['x', 'a/b.pem', '/etc/x', '../y', '']) {
        isIgnored(policy, path);
        for (const { severity } of settingsFor(policy, path).values()) expect(['off', 'note', 'warn', 'error']).toContain(severity);
      }
      // What was accepted fits the schema that editors are given.
      const value = JSON.parse(String(text).replace(/^\uFEFF/, '')) as unknown;
      expect(new Validator(policySchema(rules, presets) as Schema, '7').validate(value).valid).toBe(true);
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      seen.errors++;
      expect(isSoundPolicy(file, rules, presets), 'called sound and is not').toBe(false);
      expect(error.message).toMatch(/^keylint\.config\.json:\d+:\d+: \S|^cannot read /);
      expect(error.message).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
      expect(error.sentence.replace(/"[^]*"/, '')).not.toMatch(/undefined|\[object|#\//);
    }
  }

  test('nearly a policy', () => {
    fc.assert(fc.property(nearlyPolicy, (value) => read(JSON.stringify(value))), { numRuns: 1500 });
    expect(seen.policies).toBeGreaterThan(100);
    expect(seen.errors).toBeGreaterThan(100);
    expect(seen.sound).toBeGreaterThan(50);
  });

  test('any JSON, any text, any bytes', () => {
    fc.assert(fc.property(fc.json(), (text) => read(text)), { numRuns: 300 });
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'{}[]":,\\u019eE-+. \n\r\t/*a') }), (text) => {
      writeFileSync(file, text);
      try {
        loadPolicy(file, { cwd: folder });
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyError);
      }
    }), { numRuns: 500 });
    fc.assert(fc.property(fc.uint8Array(), (bytes) => read(Buffer.from(bytes))), { numRuns: 100 });
  });
});

describe('isSoundPolicy', () => {
  const sound = (text: string, name = 'keylint.config.json'): boolean => isSoundPolicy(join(folderWith({ [name]: text }), name), rules, presets);

  test.each([
    '{}',
    '{ "$schema": "./node_modules/keylint/schema.json", "extends": ["keylint:recommended"] }',
    JSON.stringify({ extends: 'keylint:ssh-user', rules: { 'min-key-size': ['error', { rsa: 4096 }], 'no-weak-algorithm': [2, { only: ['rsa'] }] }, ignores: ['vendor/**', '!a'], overrides: [{ files: ['test/**'], rules: { 'no-key-reuse': 0 } }], allow: [{ fingerprint, reason: 'a: "test" key' }] }),
  ])('is sure of %s', (text) => expect(sound(text)).toBe(true));

  test.each([
    '', '{', '[]', '// a comment\n{}', '{"rules": {}, "rules": {}}', '{"rulez": {}}', '{"extends": "./other.json"}', '{"extends": "keylint:nothing"}', '{"rules": {"min-key-size": ["error", {"rsa": -1}]}}', '{"ignores": ["!/"]}', `{"ignores": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    JSON.stringify({ allow: [{ fingerprint, reason: 'r', expires: '2026-02-30' }] }), JSON.stringify({ allow: [{ fingerprint, reason: 'r' }, { fingerprint, reason: 'r' }] }),
  ])('is not sure of %s', (text) => expect(sound(text)).toBe(false));

  test('nor of what is not there, no file, or in package.json', () => {
    expect(isSoundPolicy(join(top, 'nowhere.json'), rules, presets)).toBe(false);
    expect(isSoundPolicy(top, rules, presets)).toBe(false);
    expect(sound('{"keylint": {}}', 'package.json')).toBe(false);
  });

  test('is right about what presets say', () => {
    for (const { rules: entries, overrides = [] } of presets) expect(sound(JSON.stringify({ rules: entries, overrides }))).toBe(true);
  });
});

describe('--rule', () => {
  const policy = defaultPolicy(rules, '/work');

  test.each([
    ['min-key-size: off', 'off', undefined],
    ['min-key-size:warn', 'warn', undefined],
    [' "min-key-size" : "error"', 'error', undefined],
    ['min-key-size: 1', 'warn', undefined],
    ['min-key-size: [off]', 'off', undefined],
    ['min-key-size: [warn, {rsa: 4096}]', 'warn', { rsa: 4096 }],
    ['min-key-size: ["error", {"rsa": 4096, ec: 384}]', 'error', { rsa: 4096, ec: 384 }],
  ])('%s', (text, severity, options) => {
    const changed = withRule(policy, text);
    expect(severityAt(changed, 'min-key-size')).toBe(severity);
    expect(optionsAt(changed, 'min-key-size')).toMatchObject(options ?? { rsa: 2048 });
    expect(severityAt(policy, 'min-key-size')).toBe('error');
  });

  test('words of options need no quotes', () => {
    expect(optionsAt(withRule(policy, 'no-weak-algorithm: [error, {only: [rsa, rsa-pss]}]'), 'no-weak-algorithm')).toMatchObject({ only: ['rsa', 'rsa-pss'] });
  });

  test('goes over overrides, and keeps options with a bare severity', () => {
    const strict = load({ rules: { 'min-key-size': ['error', { rsa: 4096 }] }, overrides: [{ files: ['**'], rules: { 'min-key-size': 'off' } }] });
    const changed = withRule(strict, 'min-key-size: warn');
    expect([severityAt(changed, 'min-key-size'), optionsAt(changed, 'min-key-size')]).toEqual(['warn', expect.objectContaining({ rsa: 4096 })]);
  });

  test.each([
    ['min-key-size', 'write it as \'id: error\' or \'id: [error, {"option": value}]\''],
    ['min-key-size:', 'write it as \'id: error\' or \'id: [error, {"option": value}]\''],
    ['min-keysize: error', 'there is no rule "min-keysize": did you mean "min-key-size"?'],
    ['__proto__: error', 'there is no rule "__proto__"'],
    ['min-key-size: eror', '"eror" is not a severity: did you mean "error"?'],
    ['min-key-size: [error, {rsaa: 1}]', 'min-key-size has no option "rsaa": did you mean "rsa"?'],
    ['min-key-size: [error, {rsa: x}]', 'option "rsa" of min-key-size must be a whole number'],
    ['min-key-size: [error', 'what follows the colon is neither a severity nor [severity, options]'],
    ['min-key-size: error, no-key-reuse: warn', 'what follows the colon is neither a severity nor [severity, options]'],
  ])('%s is refused', (text, sentence) => {
    expect(errorOf(() => withRule(policy, text)).message).toBe(`--rule '${text}': ${sentence}`);
  });

  test('any text gives a policy or a PolicyError', () => {
    const pieces = fc.array(fc.constantFrom('min-key-size', ':', ' ', 'error', '[', ']', '{', '}', 'rsa', ',', '1', '"', '\\', '__proto__', 'null', '\n', '\ud800'), { maxLength: 14 }).map((list) => list.join(''));
    fc.assert(fc.property(fc.oneof(fc.string(), pieces.map((text) => `min-key-size:${text}`), pieces), (text) => {
      try {
        settingsFor(withRule(policy, text), 'x');
      } catch (error) {
        expect(error).toBeInstanceOf(PolicyError);
      }
    }), { numRuns: 1000 });
  });
});

describe('findPolicyFile', () => {
  test('the nearest upward, first of its folder', () => {
    const folder = folderWith({ '.git/HEAD': '', 'keylint.config.jsonc': '{}', 'package.json': '{"keylint": {}}', 'a/keylint.config.json': '{}', 'a/b/package.json': '{"keylint": {}}', 'a/b/c/package.json': '{"name": "keylint", "dependencies": {"keylint": "1"}}', 'd/e/x': '' });
    const found = (from: string): string | undefined => findPolicyFile(join(folder, from))?.slice(folder.length + 1);
    expect(['.', 'a', 'a/b', 'a/b/c', 'd/e'].map(found)).toEqual(['keylint.config.jsonc', 'a/keylint.config.json', 'a/b/package.json', 'a/b/package.json', 'keylint.config.jsonc']);
  });

  test('not beyond the top of a work tree, whether .git is a folder or a file, nor beyond the folder given', () => {
    const folder = folderWith({ 'keylint.config.json': '{}', 'repository/.git/HEAD': '', 'repository/src/x': '', 'linked/.git': 'gitdir: elsewhere', 'linked/src/x': '', 'plain/x/y': '' });
    expect(findPolicyFile(join(folder, 'repository/src'))).toBeUndefined();
    expect(findPolicyFile(join(folder, 'linked/src'))).toBeUndefined();
    expect(findPolicyFile(join(folder, 'plain/x'), join(folder, 'plain'))).toBeUndefined();
    expect(findPolicyFile(join(folder, 'plain/x'))).toBe(join(folder, 'keylint.config.json'));
  });

  test('takes nothing but files, by link too, and a broken package.json that speaks of keylint', () => {
    const folder = folderWith({ '.git': '', 'a/keylint.config.json/x': '', 'b/package.json': '{"keylint": {', 'c/package.json': '{"name": ', 'e/target': '{}' });
    mkdirSync(join(folder, 'd'));
    execFileSync('mkfifo', [join(folder, 'd/keylint.config.json')]);
    symlinkSync('target', join(folder, 'e/keylint.config.json'));
    const found = (from: string): string | undefined => findPolicyFile(join(folder, from))?.slice(folder.length + 1);
    expect(['a', 'b', 'c', 'd', 'e'].map(found)).toEqual([undefined, 'b/package.json', undefined, undefined, 'e/keylint.config.json']);
  });

  test.skipIf(process.getuid?.() === 0)('a package.json that cannot be read is not passed over', () => {
    const folder = folderWith({ '.git': '', 'package.json': '{}' });
    chmodSync(join(folder, 'package.json'), 0);
    expect(findPolicyFile(folder)).toBe(join(folder, 'package.json'));
  });

  test('what is found without a policy loads no third-party module', () => {
    for (const name of ['policy-search', 'policy-sound', 'policy-schema', 'policy', 'check', 'describe', 'place', 'shell-quote', 'advice', 'terminal', 'oids']) {
      const imports = [...readFileSync(`src/${name}.ts`, 'utf8').matchAll(/^import (?!type).*from '([^']+)'/gm)].map(([, from]) => from!);
      expect(imports.filter((from) => !from.startsWith('node:') && !from.startsWith('./')), name).toEqual([]);
    }
  });
});

describe('schema.json', () => {
  test('is what the rules and presets make', async () => {
    await expect(`${JSON.stringify(policySchema(rules, presets), undefined, 2)}\n`).toMatchFileSnapshot('../schema.json');
  });

  test('accepts what each preset says', () => {
    const validator = new Validator(policySchema(rules, presets), '7');
    for (const preset of presets) expect(validator.validate({ rules: preset.rules, overrides: preset.overrides ?? [] }).errors, preset.name).toEqual([]);
  });
});
