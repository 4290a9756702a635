import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reporters } from '../src/reporters/index.ts';
import { github } from '../src/reporters/github.ts';
import { json } from '../src/reporters/json.ts';
import { stylish } from '../src/reporters/stylish.ts';
import { printable, printableJson, wrap } from '../src/terminal.ts';
import { makeFinding, makeKey, makeReport, plainOptions } from './reports.ts';

/** What a terminal obeys, an eye misreads, or a reader of lines takes for a new line. */
const harmful = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const hostile = ['\x1b[2J\x1b]0;owned\x07', 'a\u202egpj.exe', 'a\nkeylint: no keys', 'a\r::error::x', '\u009b31m', '\u2066x\u2069', '\u2028', '\ud800', '\u{e0041}', '::add-mask::x', '##[error]x'];
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile), fc.string());

test('every reporter loads by its name', async () => {
  for (const [name, load] of Object.entries(reporters)) {
    const reporter = await load();
    expect(reporter.name).toBe(name);
    expect(reporter(makeReport({ keys: [makeKey()], findings: [makeFinding()] }), plainOptions)).toMatch(/no-committed-private-key[^]*\n$/);
  }
});

describe('printable', () => {
  test('writes out what a terminal would obey', () => {
    expect(hostile.slice(0, 5).map(printable)).toEqual(['\\x1b[2J\\x1b]0;owned\\x07', 'a\\u202egpj.exe', 'a\\x0akeylint: no keys', 'a\\x0d::error::x', '\\x9b31m']);
    expect(printable('\ud800 \u{e0041} \u2028 ##[debug]')).toBe('\\ud800 \\u{e0041} \\u2028 #\\x23[debug]');
  });

  test('leaves letters of any script, emoji and their joiners', () => {
    for (const name of ['id_rsa', 'ключ.pem', '鍵', 'می‌خواهم', '👩‍💻.key', 'a b\\c', '#[x']) expect(printable(name)).toBe(name);
  });

  test('JSON reads back as it was', () => {
    fc.assert(fc.property(fc.array(anyText), (values) => {
      const text = printableJson({ values });
      expect(text).not.toMatch(harmful);
      expect(JSON.parse(text)).toEqual({ values });
    }));
  });

  test('wrapping loses nothing and keeps to the columns where words allow', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), fc.integer({ min: 12, max: 100 }), (words, columns) => {
      const lines = wrap(words.join(' '), columns);
      expect(lines.join(' ')).toBe(words.join(' '));
      expect(lines.every((line) => line.length <= columns)).toBe(true);
    }));
  });
});

describe('stylish', () => {
  const findings = [
    makeFinding(),
    makeFinding({ path: 'certs/old.pem', line: 12, column: 3, rule: 'min-key-size', severity: 'warn', message: 'an RSA key of 1024 bits', help: '', commit: 'f00d' }),
    makeFinding({ rule: 'require-passphrase', help: 'ssh-keygen -p -f deploy/id_ed25519' }),
  ];
  const skipped = [{ path: 'a', reason: 'symbolic link' }, { path: 'b', reason: 'socket' }, { path: 'c', reason: 'symbolic link' }];
  const report = makeReport({ keys: [makeKey(), makeKey(), makeKey()], findings, summary: { skipped } });

  test('says where, how bad, what, which rule, which key and what to do, file by file, and how much was looked at', () => {
    expect(stylish(report, plainOptions)).toBe(`\
deploy/id_ed25519:1:1  error  an Ed25519 private key without a passphrase is tracked by git  no-committed-private-key
    SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU
    fix: git rm --cached -- deploy/id_ed25519

deploy/id_ed25519:1:1  error  an Ed25519 private key without a passphrase is tracked by git  require-passphrase
    SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU
    fix: ssh-keygen -p -f deploy/id_ed25519

certs/old.pem:12:3  warn  an RSA key of 1024 bits  min-key-size
    SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU
    in commit f00d

2 errors, 1 warning in 3 keys (1,234 files, 5.6 MB, 0.12 s)
3 skipped: 2 symbolic links, 1 socket
`);
  });

  test('says what was skipped in the singular and the plural', () => {
    const skipped = ['git directory', 'git directory', 'symbolic link', 'ignored by policy', 'ignored by policy'].map((reason, i) => ({ path: `p${i}`, reason }));
    expect(stylish({ ...report, summary: { ...report.summary, skipped } }, plainOptions)).toContain('5 skipped: 2 git directories, 2 ignored by policy, 1 symbolic link\n');
  });

  test('keeps sentences within the terminal and never breaks a path or a command', () => {
    const long = makeFinding({ message: 'an RSA private key of 1024 bits, stored in the clear, is tracked by git and can be read by everyone who can read the repository', help: `git rm --cached -- ${'deep/'.repeat(30)}id` });
    const lines = stylish(makeReport({ findings: [long] }), { ...plainOptions, columns: 80 }).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([`    fix: ${long.help}`]);
    expect(lines[0]).toBe('deploy/id_ed25519:1:1  error  no-committed-private-key');
    expect(lines.slice(1, 3).map((line) => line.trim()).join(' ')).toBe(long.message);
  });

  test('puts a command on a line of its own behind the words about it', () => {
    const help = 'replace the key wherever it is trusted, then remove it (made for tests: allow it): git rm --cached -- \'a: git x\'';
    const shown = (columns?: number): string => stylish(makeReport({ findings: [makeFinding({ help })] }), { ...plainOptions, ...columns !== undefined && { columns } });
    expect(shown()).toContain(`
    fix: replace the key wherever it is trusted, then remove it (made for tests: allow it):
         git rm --cached -- 'a: git x'
`);
    expect(shown(60)).toContain(`
    fix: replace the key wherever it is trusted, then remove
         it (made for tests: allow it):
         git rm --cached -- 'a: git x'
`);
  });

  test('colour adds escapes and changes no text', () => {
    const coloured = stylish(report, { ...plainOptions, color: true });
    expect(coloured).toContain('\x1b[31m');
    expect(stripVTControlCharacters(coloured)).toBe(stylish(report, plainOptions));
    expect(stylish(report, plainOptions)).not.toContain('\x1b');
  });

  test('a clean run has a summary, or nothing at all for a hook', () => {
    expect(stylish(makeReport(), plainOptions)).toBe('no keys (1,234 files, 5.6 MB, 0.12 s)\n');
    expect(stylish(makeReport({ keys: [makeKey()] }), plainOptions)).toBe('nothing to complain of in 1 key (1,234 files, 5.6 MB, 0.12 s)\n');
    expect(stylish(makeReport(), { ...plainOptions, quietWhenClean: true })).toBe('');
    expect(stylish(makeReport({ findings: [makeFinding()] }), { ...plainOptions, quietWhenClean: true })).toContain('1 error');
  });

  test('a run that could not do its job says what failed and never looks clean', () => {
    const failed = makeReport({ problems: [{ path: 'locked/\x1b[2Jx', message: 'permission denied' }, { message: 'git is not on PATH' }] });
    for (const quietWhenClean of [true, false]) {
      expect(stylish(failed, { ...plainOptions, quietWhenClean })).toBe(`\
failed: locked/\\x1b[2Jx: permission denied
failed: git is not on PATH

no keys (1,234 files, 5.6 MB, 0.12 s); 2 things could not be done
`);
    }
  });

  test('counts from bytes to terabytes and from milliseconds to minutes', () => {
    const line = (bytes: number, ms: number, files = 1): string => stylish(makeReport({ summary: { bytes, ms, files } }), plainOptions).trim();
    expect(line(1, 4)).toBe('no keys (1 file, 1 byte, 0.00 s)');
    expect(line(999, 59_990)).toBe('no keys (1 file, 999 bytes, 59.99 s)');
    expect(line(999_960, 61_000, 1_000_000)).toBe('no keys (1,000,000 files, 1.0 MB, 1 min 1 s)');
    expect(line(7_340_000_000_000, 0, 0)).toBe('no keys (0 files, 7.3 TB, 0.00 s)');
  });
});

describe('hostile names and sentences', () => {
  const anyFinding = fc.record({ path: anyText, message: anyText, help: anyText, commit: anyText })
    .map(({ help, ...texts }) => makeFinding({ ...texts, help: help === '' ? 'x' : help }));

  test('reach neither the terminal nor the runner, and forge no line', () => {
    fc.assert(fc.property(anyFinding, anyText, (finding, reason) => {
      const report = makeReport({ findings: [finding], summary: { skipped: [{ path: finding.path, reason }] } });
      for (const [reporter, lines] of [[stylish, 8], [github, 4]] as const) {
        const text = reporter(report, plainOptions);
        expect(text).not.toMatch(harmful);
        expect(text).not.toContain('##[');
        expect(text.split('\n')).toHaveLength(lines);
      }
      for (const line of stylish(report, plainOptions).split('\n')) expect(line.trimStart().startsWith('::')).toBe(false);
    }));
  });

  test('the runner reads back exactly what was said', () => {
    fc.assert(fc.property(anyFinding, (finding) => {
      const [line] = github(makeReport({ findings: [finding] }), plainOptions).split('\n');
      const { name, properties, data } = readCommand(line!);
      expect(name).toBe('error');
      expect(properties.get('title')).toBe(finding.rule);
      expect(properties.get('file') ?? '').toBe(printable(finding.path));
      expect(data).toBe([finding.message, finding.fingerprint!, `in commit ${finding.commit}`, `fix: ${finding.help}`].map(printable).join('\n'));
    }));
  });
});

/** A workflow command as the runner of GitHub jobs reads it (actions/runner, ActionCommand.TryParseV2). */
function readCommand(line: string): { name: string; properties: Map<string, string>; data: string } {
  const end = line.indexOf('::', 2);
  const [name, list = ''] = line.slice(2, end).split(/ (.*)/s);
  const unescape = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
  const properties = new Map(list.trim().split(',').filter(Boolean).map((pair) => pair.split(/=(.*)/s)).map(([key, value]) => [key!, unescape(value!)]));
  return { name: name!, properties, data: line.slice(end + 2).replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%') };
}

describe('github', () => {
  test('annotates, the most severe first, then sums up', () => {
    const warning = makeFinding({ severity: 'warn', rule: 'min-key-size', path: 'a:b,c%.pem', line: 3, column: 5, endLine: 3, endColumn: 40, message: '100% weak', help: '' });
    expect(github(makeReport({ keys: [makeKey()], findings: [warning, makeFinding()], problems: [{ path: 'locked', message: 'permission denied' }] }), plainOptions)).toBe(`\
::error file=locked,title=keylint%3A not looked at::permission denied
::error file=deploy/id_ed25519,line=1,endLine=7,title=no-committed-private-key::an Ed25519 private key without a passphrase is tracked by git%0ASHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU%0Afix: git rm --cached -- deploy/id_ed25519
::warning file=a%3Ab%2Cc%25.pem,line=3,endLine=3,col=5,endColumn=40,title=min-key-size::100%25 weak%0ASHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU
keylint: 1 error, 1 warning in 1 key (1,234 files, 5.6 MB, 0.12 s); 1 thing could not be done
`);
  });

  test('a clean run has one line, or none for a hook', () => {
    expect(github(makeReport(), plainOptions)).toBe('keylint: no keys (1,234 files, 5.6 MB, 0.12 s)\n');
    expect(github(makeReport(), { ...plainOptions, quietWhenClean: true })).toBe('');
  });
});

describe('json', () => {
  test('is the contract, field by field and in order', () => {
    const key = makeKey({
      curve: 'prime256v1', encryption: { cipher: 'aes256-ctr', kdf: 'bcrypt', rounds: 24 }, spki: 'ab', container: 'cd', digest: 'ef', comment: 'me', defect: 'cut off', hardware: true, inferred: true, weaknesses: ['w'],
      x509: { subject: 'CN=me', issuer: 'CN=you', notBefore: '2026-01-01T00:00:00Z', notAfter: '2027-01-01T00:00:00Z', signature: '1.3.101.112' },
      file: {
        origin: 'commit', commit: 'f00d', history: { author: 'Ann', date: '2026-01-01', isRoot: true, inHead: true, branches: ['main'], versions: 2, joint: { time: 1, committed: 5, age: 3, refs: ['refs/heads/main'] } }, tracked: true, isSymlink: true, isPushed: true,
        uid: 4711, runnerUid: 4711, absolutePath: '/home/me/x', parents: [{ path: '/home/me', mode: 0o755, uid: 4711 }],
      },
    });
    const text = json(makeReport({ keys: [key], findings: [makeFinding({ commit: 'f00d', fix: { chmod: 0o600 } })], summary: { skipped: [{ path: 'a', reason: 'socket' }] }, problems: [{ path: 'b', message: 'gone' }, { message: 'git failed' }] }));
    const value = JSON.parse(text);
    expect(Object.keys(value)).toEqual(['version', 'summary', 'keys', 'findings', 'problems']);
    expect(value.version).toBe('1.2.3');
    expect(value.summary).toEqual({ files: 1234, bytes: 5_600_000, keys: 1, errors: 1, warnings: 0, skipped: [{ path: 'a', reason: 'socket' }], ms: 120, suppressed: 0 });
    expect(Object.keys(value.summary)).toEqual(['files', 'bytes', 'keys', 'errors', 'warnings', 'skipped', 'ms', 'suppressed']);
    expect(Object.keys(value.keys[0])).toEqual(['path', 'line', 'column', 'endLine', 'endColumn', 'commit', 'author', 'date', 'inHead', 'branches', 'versions', 'kind', 'format', 'wrapping', 'algorithm', 'bits', 'curve',
      'encryption', 'fingerprint', 'spki', 'container', 'digest', 'comment', 'x509', 'defect', 'hardware', 'inferred', 'weaknesses', 'origin', 'tracked', 'isSymlink', 'isPushed', 'isRoot']);
    expect(value.problems).toEqual([{ path: 'b', message: 'gone' }, { message: 'git failed' }]);
    expect(value.keys[0].encryption).toEqual({ cipher: 'aes256-ctr', kdf: 'bcrypt', rounds: 24 });
    expect(Object.keys(value.findings[0])).toEqual(['rule', 'severity', 'message', 'help', 'path', 'line', 'column', 'endLine', 'endColumn', 'commit', 'fingerprint', 'fix']);
    expect(value.findings[0]).toEqual(makeFinding({ commit: 'f00d', fix: { chmod: 0o600 } }));
    // What joins the reports of shards is in those alone.
    const shard = JSON.parse(json({ ...makeReport({ keys: [key] }), shard: { index: 2, count: 3 } }));
    expect(Object.keys(shard)).toEqual(['version', 'shard', 'summary', 'keys', 'findings', 'problems']);
    expect(shard.keys[0].joint).toEqual({ time: 1, committed: 5, age: 3, refs: ['refs/heads/main'] });
    expect(text).not.toContain('4711');
    expect(text).not.toContain('/home/me');
  });

  test('what is unknown is null where the field is promised, and absent elsewhere', () => {
    const { algorithm, bits, fingerprint, ...bare } = makeKey();
    expect(JSON.parse(json(makeReport({ keys: [bare] }))).keys[0]).toEqual({
      path: 'deploy/id_ed25519', line: 1, column: 1, endLine: 7, endColumn: 36, kind: 'private', format: 'openssh', wrapping: ['pem'], algorithm: null, bits: null, encryption: null, weaknesses: [], origin: 'file',
    });
  });
});
