import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { options } from '../src/options.ts';
import { rules } from '../rules/index.ts';
import { describeWith } from './tools.ts';
import { environment, folder, git, keylint, keylintJson, makeKey, program, repository, spawn, write } from './program.ts';

const key = makeKey();
const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8')) as { version: string };

/** A folder with one finding of severity error (a key without a passphrase in .ssh) and two warnings (the same key twice). */
const errors = folder('errors');
for (const name of ['.ssh/id_a', 'copy']) {
  write(join(errors, name), key.text);
  chmodSync(join(errors, name), 0o600);
}
chmodSync(join(errors, '.ssh'), 0o700);

/** A folder with two warnings. */
const warnings = folder('warnings');
for (const name of ['a', 'b']) {
  write(join(warnings, name), key.text);
  chmodSync(join(warnings, name), 0o600);
}

const clean = folder('clean');
write(join(clean, 'a'), 'x');

function preload(code: string): Readonly<Record<string, string>> {
  const file = join(folder('preload'), 'preload.cjs');
  writeFileSync(file, code);
  return { NODE_OPTIONS: `--require=${file}` };
}

const shell = (script: string, cwd = errors): ReturnType<typeof spawn> => spawn('bash', ['-c', script.replaceAll('keylint', `'${process.execPath}' '${program}'`)], { cwd });

describe('help', () => {
  test.each(['--help', '-h'])('%s', (flag) => {
    const { status, stdout, stderr } = keylint([flag, '--staged', 'x']);
    expect([status, stderr]).toEqual([0, '']);
    for (const [name, option] of Object.entries(options)) expect(stdout).toContain(`${'on' in option ? '--no-' : '--'}${name}${'value' in option ? ` ${option.value}` : ''} `);
    for (const word of ['init', 'explain RULE', 'Exit codes: 0 clean']) expect(stdout).toContain(word);
  });

  test.each(['--version', '-v'])('%s', (flag) => {
    expect(keylint([flag])).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  test('explain tells what a rule is about, of all rules', () => {
    const { status, stdout } = keylint(['explain', ...rules.map(({ meta }) => meta.id)]);
    expect(status).toBe(0);
    for (const { meta } of rules) {
      expect(stdout).toContain(meta.id);
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(meta.docs.sources[0].url);
    }
  });
});

describe('words that are wrong are an error', () => {
  test.each<[readonly string[], string, string?]>([
    [['--stagged'], 'there is no option --stagged', 'did you mean --staged?'],
    [['--colour'], 'there is no option --colour', 'did you mean --color?'],
    [['--no-colour'], 'there is no option --no-colour', 'did you mean --no-color?'],
    [['--fromat=json'], 'there is no option --fromat', 'did you mean --format?'],
    [['--utterly-unknown'], 'there is no option --utterly-unknown', 'keylint --help shows them all'],
    [['-x'], 'there is no option -x', 'keylint --help shows them all'],
    [['--no-staged'], 'there is no option --no-staged'],
    [['--quiet=1'], '--quiet takes no value'],
    [['--color=always'], '--color takes no value'],
    [['-f'], '--format needs a value'],
    [['--config'], '--config needs a value'],
    [['--max-warnings', '-1'], '--max-warnings needs a value'],
    [['--max-warnings=-1'], '--max-warnings takes a whole number from 0 on, not "-1"'],
    [['--max-warnings', 'many'], '--max-warnings takes a whole number from 0 on, not "many"'],
    [['--max-warnings', '1.5', '--staged'], '--max-warnings takes a whole number from 0 on, not "1.5"'],
    [['--jobs', '0'], '--jobs takes a whole number from 1 on, not "0"'],
    [['-f', 'jsn'], 'there is no format "jsn"', 'did you mean json?'],
    [['-f', 'xml'], 'there is no format "xml"', 'there are stylish, json, sarif, html, github'],
    [['-f', 'toString'], 'there is no format "toString"', 'there are stylish, json, sarif, html, github'],
    [['-f', 'json:'], '-f json: names no file'],
    [['-f', 'json:a', '-o', 'b'], '-o goes with a format that names no file of its own'],
    [['-f', 'json', '-f', 'sarif'], 'two formats cannot go to the same place', 'give each a file: -f stylish -f sarif:keylint.sarif'],
    [['-f', 'json:a', '-f', 'sarif:./a'], 'two formats cannot go to the same place', 'give each a file: -f stylish -f sarif:keylint.sarif'],
    [['--staged', '--stdin'], '--staged and --stdin exclude each other'],
    [['--stdin', 'a'], '--stdin takes no paths', 'name the place of what is piped in with --stdin-filename'],
    [['--stdin-filename', 'a'], '--stdin-filename goes with --stdin'],
    [[''], 'an empty path names nothing', 'a variable of the shell may be unset'],
    [['explain'], 'explain needs a rule', `there are ${rules.map(({ meta }) => meta.id).join(', ')}`],
    [['explain', 'min-key-sizes'], 'there is no rule "min-key-sizes"', 'did you mean min-key-size?'],
    [['init', 'a', 'b'], 'init takes one folder at most'],
    [['--rule', 'min-key-sise: error'], '--rule \'min-key-sise: error\': there is no rule "min-key-sise": did you mean "min-key-size"?'],
    [['--rule', 'min-key-size: eror'], '--rule \'min-key-size: eror\': "eror" is not a severity: did you mean "error"?'],
    [['--rule', 'nonsense'], '--rule \'nonsense\': write it as \'id: error\' or \'id: [error, {"option": value}]\''],
  ])('%j', (args, message, hint) => {
    const expected = `keylint: error: ${message}\n${hint === undefined ? '' : `keylint: hint: ${hint}\n`}`;
    expect(keylint(args, { cwd: clean })).toEqual({ status: 2, stdout: '', stderr: expected });
  });

  test('a word that every object knows is a path, and no command', () => {
    const place = repository();
    for (const name of ['constructor', 'toString']) write(join(place, name, 'a'), 'x');
    expect(keylintJson(['constructor', 'toString'], { cwd: place }).summary.files).toBe(2);
    expect(existsSync(join(place, 'keylint.config.json'))).toBe(false);
  });

  test('what follows -- is a path', () => {
    const place = folder();
    for (const name of ['init', '--staged', '-x']) {
      write(join(place, name), key.text);
      chmodSync(join(place, name), 0o600);
    }
    expect(keylintJson(['--', 'init', '--staged', '-x'], { cwd: place }).keys.map(({ path }) => path)).toEqual(['--staged', '-x', 'init']);
    expect(existsSync(join(place, 'keylint.config.json'))).toBe(false);
  });
});

describe( 'exit codes', () => {
  test.each<[string, readonly string[], number]>([
    [clean, [], 0],
    [warnings, [], 0],
    [warnings, ['--max-warnings', '2'], 0],
    [warnings, ['--max-warnings', '1'], 1],
    [warnings, ['--max-warnings', '0', '--quiet'], 1],
    [warnings, ['--max-warnings', '0', '--exit-zero'], 0],
    [warnings, ['--rule', 'no-key-reuse: error'], 1],
    [warnings, ['--rule', 'no-key-reuse: off', '--max-warnings', '0'], 0],
    [errors, [], 1],
    [errors, ['--exit-zero'], 0],
    [errors, ['--quiet'], 1],
    [errors, ['--rule', 'require-passphrase: 1'], 0],
    [errors, ['missing'], 2],
    [errors, ['missing', '--exit-zero'], 2],
    [errors, ['missing', '-f', 'json'], 2],
  ])('%s %j: %i', (cwd, args, status) => {
    expect(keylint(args, { cwd }).status).toBe(status);
  });

  test('too many warnings are told even where they are not shown', () => {
    expect(keylint(['--max-warnings', '1', '--quiet'], { cwd: warnings })).toEqual({ status: 1, stdout: '', stderr: 'keylint: error: 2 warnings, and --max-warnings is 1\n' });
  });
});

describe( 'reports', () => {
  test.skipIf(!existsSync('/dev/full'))('a standard output that takes nothing is an error with its reason, and no crash', () => {
    const { status, stderr } = spawn('sh', ['-c', `'${process.execPath}' '${program}' > /dev/full`], { cwd: errors });
    expect([status, stderr]).toEqual([2, 'keylint: error: standard output cannot be written: ENOSPC\n']);
  });

  test('findings go to standard output, and nothing else anywhere', () => {
    const { stdout, stderr } = keylint([], { cwd: errors });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\.ssh\/id_a:1:1 {2}error {2}Ed25519 private key without a passphrase: .* {2}require-passphrase\n {4}SHA256:.*\n {4}fix: ssh-keygen -p -a 100 -f \.ssh\/id_a\n\n/m);
    expect(stdout).toMatch(/\n1 error, 2 warnings in 2 keys \(2 files, \d+ bytes, [\d.]+ s\)\n$/);
    expect(stdout).toContain(key.fingerprint);
    expect(stdout).not.toMatch(/[A-Za-z0-9+/]{60}/);
  });

  test('--quiet shows errors only, and nothing where there are none', () => {
    expect(keylint(['--quiet'], { cwd: errors }).stdout).toMatch(/^\.ssh\/id_a:1:1 {2}error .*\n.*\n.*\n\n1 error, 2 warnings in 2 keys .*\n$/);
    expect(keylint(['--quiet'], { cwd: warnings })).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(keylintJson(['--quiet'], { cwd: errors }).findings.map(({ severity }) => severity)).toEqual(['error']);
  });

  test('several formats, each in its place', () => {
    const out = folder();
    const { status, stdout, stderr } = keylint(['-f', 'stylish', '-f', `json:${out}/a:b.json`, '-f', `sarif:${out}/r.sarif`, '-f', `github:${out}/g`], { cwd: errors });
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toContain('require-passphrase');
    expect((JSON.parse(readFileSync(join(out, 'a:b.json'), 'utf8')) as { findings: unknown[] }).findings).toHaveLength(3);
    expect((JSON.parse(readFileSync(join(out, 'r.sarif'), 'utf8')) as { version: string }).version).toBe('2.1.0');
    expect(readFileSync(join(out, 'g'), 'utf8')).toMatch(/^::error file=\.ssh\/id_a,line=1,/);
  });

  test('-o', () => {
    const out = join(folder(), 'report');
    expect(keylint(['-o', out], { cwd: errors })).toEqual({ status: 1, stdout: '', stderr: '' });
    expect(readFileSync(out, 'utf8')).toContain('require-passphrase');
    expect(keylint(['-f', 'json', '-o', out, 'missing'], { cwd: errors })).toEqual({ status: 2, stdout: '', stderr: 'keylint: error: missing: no such file or folder\n' });
    expect((JSON.parse(readFileSync(out, 'utf8')) as { keys: unknown[] }).keys).toEqual([]);
    expect(keylint(['--staged', '-f', 'json'], { cwd: repository() }).stdout).toContain('"keys": []');
  });

  test('colours: asked for, or where a terminal can', () => {
    const coloured = (args: readonly string[], env: Readonly<Record<string, string>> = {}): boolean => keylint(args, { cwd: errors, env }).stdout.includes('\x1b[');
    expect([coloured([]), coloured(['--color']), coloured(['--no-color'], { FORCE_COLOR: '1' }), coloured(['--color'], { NO_COLOR: '1' })]).toEqual([false, true, false, true]);
    expect(['1', '', '3', '0', 'false'].map((value) => coloured([], { FORCE_COLOR: value }))).toEqual([true, true, true, false, false]);
    expect([coloured([], { NO_COLOR: '1', FORCE_COLOR: '1' }), coloured([], { NO_COLOR: '', FORCE_COLOR: '1' })]).toEqual([false, true]);
    const out = join(folder(), 'report');
    keylint(['-o', out], { cwd: errors, env: { FORCE_COLOR: '1' } });
    expect(readFileSync(out, 'utf8')).not.toContain('\x1b[');
    expect(keylint(['-f', 'json'], { cwd: errors, env: { FORCE_COLOR: '1' } }).stdout).not.toContain('\x1b[');
  });
});

describeWith(['bash'], 'a reader that closes the pipe', () => {
  const many = folder('many');
  for (let i = 0; i < 400; i++) write(join(many, `k${i}`), key.text);

  test.each([['keylint', 1], ['keylint -f json', 1], ['keylint --exit-zero', 0], ['keylint . missing', 2], ['keylint --help', 0]])('%s', (command, status) => {
    const { stdout, stderr } = shell(`(${command}; echo "status $?" >&2) | head -1 >/dev/null; (${command}; echo "status $?" >&2) | true`, many);
    expect([stdout, stderr]).toEqual(['', `status ${status}\nstatus ${status}\n`]);
  });
});

describeWith(['bash'], 'standard input', () => {
  test('without a name nobody knows where it goes', () => {
    const { status, findings } = keylintJson(['--stdin'], { input: key.text });
    expect([status, findings.map(({ rule, path }) => [rule, path])]).toEqual([1, [['no-committed-private-key', '<stdin>']]]);
    expect(keylint(['--stdin'], { input: 'x' }).status).toBe(0);
    expect(keylint(['--stdin']).status).toBe(0);
  });

  test('with a name it is judged in that place', () => {
    const rulesFor = (name: string, cwd = clean): readonly string[] => keylintJson(['--stdin', '--stdin-filename', name], { cwd, input: key.text }).findings.map(({ rule, path }) => `${path}: ${rule}`);
    expect(rulesFor('.ssh/id_new')).toEqual(['.ssh/id_new: require-passphrase']);
    expect(rulesFor('notes.txt')).toEqual([]);
    expect(rulesFor('id_new.pub')).toEqual(['id_new.pub: no-private-key-in-public-file']);
    const top = repository();
    write(join(top, 'sub/tracked'), 'x');
    git(top, 'add', '.');
    expect(rulesFor('sub/tracked', top)).toEqual(['sub/tracked: no-committed-private-key']);
    expect(rulesFor('tracked', join(top, 'sub'))).toEqual(['tracked: no-committed-private-key']);
    expect(rulesFor('other', top)).toEqual([]);
    write(join(top, 'keylint.config.json'), JSON.stringify({ overrides: [{ files: ['sub/**'], rules: { 'no-committed-private-key': 'off' } }] }));
    expect(rulesFor('sub/tracked', top)).toEqual([]);
  });

  test('that comes slowly, and in more than a pipe holds', () => {
    const place = folder();
    write(join(place, 'filler'), 'a line\n'.repeat(30_000));
    write(join(place, 'key'), key.text);
    const { stdout } = shell("(cat filler; sleep 0.2; head -c 100 key; sleep 0.2; tail -c +101 key; cat filler) | keylint --stdin -f json", place);
    expect((JSON.parse(stdout) as { keys: unknown[] }).keys).toMatchObject([{ line: 30_001, column: 1, fingerprint: key.fingerprint }]);
  });
});

describeWith(['script'], 'on a terminal', () => {
  /** Every file takes two milliseconds. */
  const slow = preload('const fs = require("node:fs"); const real = fs.openSync; const cell = new Int32Array(new SharedArrayBuffer(4)); fs.openSync = (...args) => { Atomics.wait(cell, 0, 0, 2); return real(...args); };');
  const place = folder('slow');
  for (let i = 0; i < 1100; i++) writeFileSync(join(place, `f${i}`), 'x');
  write(join(place, '.ssh/id_a'), key.text);
  const onTerminal = (args: string, cwd: string, env: Readonly<Record<string, string>> = {}): string => spawn('script', ['-qec', `'${process.execPath}' '${program}' ${args}`, '/dev/null'], { cwd, env: { TERM: 'xterm-256color', ...env } }).stdout;

  test('a long run shows how far it has come, and takes it away before it reports', () => {
    const shown = onTerminal('', place, slow);
    expect(shown).toMatch(/\r\x1b\[K(512|1,024) files, 0 MB, [01] keys/);
    expect(shown).toMatch(/keys\r\x1b\[K\x1b\[1m\.ssh\/id_a:1:1\x1b\[22m/);
    expect(shown.split('\x1b[K').at(-1)).not.toContain(' files, 0 MB');
    expect(keylint([], { cwd: place, env: slow }).stderr).toBe('');
  });

  test('there are colours unless they are not wanted, and sentences are wrapped', () => {
    expect(onTerminal('', errors)).toContain('\x1b[31m');
    expect(onTerminal('--no-color', errors)).not.toContain('\x1b[');
    expect(onTerminal('', errors, { NO_COLOR: '1' })).not.toContain('\x1b[');
    expect(onTerminal('', errors, { TERM: 'dumb' })).not.toContain('\x1b[');
  });
});

describe( 'settings', () => {
  test('--config, --rule and --print-config', () => {
    const place = folder();
    write(join(place, 'strict.json'), '{ "extends": "keylint:strict", "ignores": ["x"] }');
    write(join(place, 'keylint.config.jsonc'), '// none\n{ "rules": { "no-key-reuse": "error" } }');
    const config = (...args: readonly string[]): { policy: string; rules: Record<string, unknown>; ignores: unknown } => JSON.parse(keylint(['--print-config', 'a', ...args], { cwd: place }).stdout) as ReturnType<typeof config>;
    expect(config()).toMatchObject({ policy: 'keylint.config.jsonc', rules: { 'no-key-reuse': 'error', 'min-key-size': [expect.any(String), expect.objectContaining({ rsa: expect.any(Number) as number })] } });
    expect(Object.keys(config().rules)).toEqual(rules.map(({ meta }) => meta.id));
    expect(config('-c', 'strict.json')).toMatchObject({ policy: 'strict.json', ignores: ['x'] });
    expect(config('--rule', 'no-key-reuse: off', '--rule', 'min-key-size: [warn, {rsa: 9999}]')).toMatchObject({ rules: { 'no-key-reuse': 'off', 'min-key-size': ['warn', expect.objectContaining({ rsa: 9999 })] } });
  });

  test('the policy of what is looked at counts, not that of another place', () => {
    const top = repository();
    write(join(top, 'sub/a'), key.text);
    write(join(top, 'keylint.config.json'), '{ "rules": { "no-committed-private-key": "off" } }');
    git(top, 'add', '.');
    expect(keylint([], { cwd: top }).status).toBe(0);
    expect(keylint([], { cwd: join(top, 'sub') }).status).toBe(0);
    expect(keylint([join(top, 'sub')], { cwd: clean }).status).toBe(0);
    expect(keylint(['--staged'], { cwd: join(top, 'sub') }).status).toBe(0);
    expect(keylint(['--staged', '--rule', 'no-committed-private-key: error'], { cwd: top }).status).toBe(1);
  });

  test('init says what it did, and what is left to do', () => {
    const top = repository();
    expect(keylint(['init'], { cwd: top })).toEqual({ status: 0, stdout: 'created  keylint.config.json: extends keylint:recommended\ncreated  .git/hooks/pre-commit: runs keylint --staged\n', stderr: '' });
    expect(keylint(['init', '.'], { cwd: top }).stdout).toMatch(/^kept .*\nkept .*\n$/);
    const other = repository();
    write(join(other, 'lefthook.yml'), '');
    const { status, stderr } = keylint(['init'], { cwd: other });
    expect([status, stderr]).toEqual([2, 'keylint: error: .git/hooks/pre-commit does not run keylint yet\nkeylint: hint: add to lefthook.yml:\npre-commit:\n  commands:\n    keylint:\n      run: keylint --staged\n']);
  });
});

describe( 'what nobody foresaw', () => {
  const secret = 'A-piece-of-a-key-in-a-message';

  test.each([
    ['an error', `throw new TypeError('${secret}')`, 'TypeError'],
    ['something else', `throw '${secret}'`, 'string'],
    ['an error of the file system without a code', `throw Object.assign(new Error('${secret}'), { path: '${secret}' })`, 'Error'],
  ])('%s is told without its message', (_, code, kind) => {
    const { status, stdout, stderr } = keylint([], { cwd: errors, env: preload(`Atomics.add = () => { ${code}; };`) });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^keylint: error: internal error: ${kind}\n`));
    expect(stderr).not.toContain(secret);
  });

  test('a promise that nobody waits for, and what a callback throws, too', () => {
    for (const code of [`Promise.reject(new Error('${secret}'))`, `setImmediate(() => { throw new Error('${secret}'); })`]) {
      const { status, stderr } = keylint([], { cwd: errors, env: preload(`const add = Atomics.add; Atomics.add = (...args) => { ${code}; return add(...args); };`) });
      expect(stderr).toMatch(/^keylint: error: internal error: Error\n/);
      expect(stderr).not.toContain(secret);
      expect(status).toBe(2);
    }
  });

  test('the environment of tests has no settings of its own', () => {
    expect(Object.keys(environment).filter((name) => /^(NO_COLOR|FORCE_COLOR|CI|NODE_)/.test(name))).toEqual([]);
  });
});
