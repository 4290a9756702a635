import { readFileSync } from 'node:fs';
import { Validator, type Schema } from '@cfworker/json-schema';
import fc from 'fast-check';
import type { Fix, Log, Result, Run } from 'sarif';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import type { Finding } from '../src/finding.ts';
import { allowFindings, defaultPolicy } from '../src/policy.ts';
import type { Report, ReporterOptions } from '../src/report.ts';
import { policyFindings } from '../src/policy-findings.ts';
import { sarif } from '../src/reporters/sarif.ts';
import { defineRule } from '../src/rule.ts';
import { makeFinding, makeReport } from './reports.ts';
import { ofText } from './rules/command-text.ts';

const schema = JSON.parse(readFileSync(new URL('./schemas/sarif-2.1.0-rtm.5.json', import.meta.url), 'utf8')) as Schema;
const validator = new Validator(schema, '4', false);

const rule = defineRule({
  meta: {
    id: 'no-committed-private-key', type: 'problem', messages: { it: { text: 'it', help: '' } }, options: {},
    docs: {
      description: 'A private key that git tracks', why: 'Everyone who can read the repository can use it.\n'.repeat(60), fix: 'Take it out and make a new one', recommended: 'error',
      sources: [{ title: 'NIST SP 800-57 Part 1 Rev. 5, 6.2.2', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' }],
    },
  },
});
const options: ReporterOptions = { color: false, rules: [rule], root: '/home/me/project', cwd: '/home/me/project/packages', homepage: 'https://example.org/keylint' };

function read(part: Parameters<typeof makeReport>[0], more: Partial<ReporterOptions> = {}): Log {
  return JSON.parse(sarif(makeReport(part), { ...options, ...more })) as Log;
}

function results(...findings: readonly Finding[]): readonly Result[] {
  return read({ findings }).runs[0]!.results!;
}

function expectValid(log: unknown): void {
  expect(validator.validate(log).errors.map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`)).toEqual([]);
}

describe('against the schema of the standard', () => {
  test('a report of everything is valid', () => {
    expectValid(read({
      findings: [makeFinding(), makeFinding({ severity: 'warn', rule: 'from-elsewhere', help: '', commit: 'f00d' })],
      problems: [{ message: 'git failed' }, { path: 'locked/x y', message: 'permission denied' }],
      summary: { skipped: [{ path: 'a', reason: 'socket' }] },
    }));
  });

  test('an empty report is valid, without the optional facts too', () => {
    expectValid(read({}));
    expectValid(JSON.parse(sarif(makeReport(), { color: false, rules: [], homepage: '' })));
  });

  test('whatever names and sentences hold, the log is valid', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('C:\\keys\\a b', '/abs/\ud800', '../x?#%', '[a](http://x)', 'a:b', ''));
    const place = fc.integer({ min: 1, max: 1 << 30 });
    fc.assert(fc.property(fc.array(fc.record({ path: text, message: text, help: text, fingerprint: text, line: place, column: place })), text, (parts, reason) => {
      expectValid(read({ findings: parts.map((part) => makeFinding({ ...part, endLine: part.line, endColumn: part.column })), summary: { skipped: [{ path: 'x', reason }] }, problems: [{ path: reason, message: reason }] }));
    }), { numRuns: 40 });
  });

  test('a log that is wrong is refused', () => {
    const log = read({ findings: [makeFinding()] });
    const broken: ((run: Run) => void)[] = [
      (run) => { run.results![0]!.level = 'fatal' as 'error'; },
      (run) => { run.results![0]!.locations![0]!.physicalLocation!.region!.startLine = 0; },
      (run) => { run.results![0]!.locations![0]!.physicalLocation!.artifactLocation!.uri = 'a b'; },
      (run) => { delete (run.tool.driver as { name?: string }).name; },
      (run) => { Object.assign(run, { extra: 1 }); },
    ];
    for (const damage of broken) {
      const copy = structuredClone(log);
      damage(copy.runs[0]!);
      expect(validator.validate(copy).valid).toBe(false);
    }
  });
});

describe('the better command', () => {
  test.each([
    ['ssh-keygen -t rsa -b 1024 -f k', 'ssh-keygen -t rsa -b 4096 -f k'],
    ['openssl genrsa -out k.pem 512', 'openssl genrsa -out k.pem 4096'],
    ['chmod 0644 ~/.ssh/id_rsa', 'chmod 0600 ~/.ssh/id_rsa'],
    ['ssh -o StrictHostKeyChecking=no a.example.org', 'ssh -o StrictHostKeyChecking=accept-new a.example.org'],
  ])('of %s is a fix that changes the file and nothing else', (command, better) => {
    const lines = ['#!/bin/sh', '# é 😀', `if true; then  ${command} # why`, 'fi', ''];
    const path = 'make keys.sh';
    const found = rules.filter(({ meta }) => /^no-(?:weak-keygen|loose-key-mode|host-key-bypass)$/.test(meta.id)).flatMap((one) => ofText(one, path, lines.join('\n')));
    const log = read({ findings: found }, { rules });
    expectValid(log);
    const [result, ...others] = log.runs[0]!.results!;
    expect(others).toEqual([]);
    const [{ artifactChanges: [change, ...changes], description }, ...fixes] = result!.fixes! as Required<Fix>[] as [Required<Fix>, ...Required<Fix>[]];
    expect([fixes, changes]).toEqual([[], []]);
    const { replacements } = change!;
    expect(description!.text).toContain(replacements.map(({ insertedContent }) => insertedContent!.text).join(''));
    expect(change!.artifactLocation).toEqual(result!.locations![0]!.physicalLocation!.artifactLocation);
    const changed = [...lines];
    for (const { deletedRegion: { startLine, startColumn, endLine, endColumn }, insertedContent } of replacements.toReversed()) {
      expect([startLine, endLine]).toEqual([3, 3]);
      const old = Array.from(changed[2]!);
      changed[2] = old.slice(0, startColumn! - 1).join('') + insertedContent!.text! + old.slice(endColumn! - 1).join('');
    }
    expect(changed).toEqual(lines.with(2, `if true; then  ${better} # why`));
  });

  test('is in no log where there is none', () => {
    expect(results(makeFinding())[0]).not.toHaveProperty('fixes');
  });
});

describe('what GitHub code scanning asks for', () => {
  const { tool, results: [only] } = read({ findings: [makeFinding()] }).runs[0]! as Run & { results: Result[] };

  test('the tool and its rules are described', () => {
    expect(tool.driver).toMatchObject({ name: 'keylint', version: '1.2.3', semanticVersion: '1.2.3', informationUri: 'https://example.org/keylint' });
    const [described] = tool.driver.rules!;
    expect(described!.id).toBe(rule.meta.id);
    expect(described!.shortDescription!.text).toBe('A private key that git tracks.');
    expect(described!.fullDescription!.text).toMatch(/^A private key that git tracks\. Everyone .*…$/s);
    expect(described!.fullDescription!.text.length).toBeLessThanOrEqual(1024);
    expect(described!.help!.text).toContain('Take it out and make a new one.');
    expect(described!.help!.markdown).toContain('[NIST SP 800-57 Part 1 Rev. 5, 6.2.2](https://doi.org/10.6028/NIST.SP.800-57pt1r5)');
    expect(described!.helpUri).toBe('https://doi.org/10.6028/NIST.SP.800-57pt1r5');
    expect(described!.defaultConfiguration).toEqual({ level: 'error' });
    expect(described!.properties).toMatchObject({ precision: 'very-high', 'security-severity': '8.5' });
    expect(described!.properties!.tags).toContain('security');
  });

  test('a result has its rule, level, sentence, path and all four numbers', () => {
    expect(only).toMatchObject({
      ruleId: rule.meta.id, ruleIndex: 0, level: 'error',
      message: { text: 'an Ed25519 private key without a passphrase is tracked by git.\nFix: git rm --cached -- deploy/id_ed25519' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'packages/deploy/id_ed25519', uriBaseId: '%SRCROOT%' }, region: { startLine: 1, startColumn: 1, endLine: 7, endColumn: 36 } } }],
    });
  });

  test('every result points at a described rule, also of a rule that the tool does not list', () => {
    const { tool, results } = read({ findings: [makeFinding({ rule: 'from-elsewhere' }), makeFinding(), makeFinding({ rule: 'from-elsewhere' })] }).runs[0]!;
    for (const { ruleId, ruleIndex } of results!) expect(tool.driver.rules![ruleIndex!]!.id).toBe(ruleId);
    expect(tool.driver.rules!.map(({ id }) => id)).toEqual([rule.meta.id, ...policyFindings.map(({ id }) => id), 'from-elsewhere']);
  });
});

describe('all of keylint\'s own rules', () => {
  const { driver } = read({}, { rules }).runs[0]!.tool;

  test('fit the schema and GitHub\'s limits', () => {
    expectValid(read({}, { rules }));
    for (const { id, fullDescription, shortDescription, help, properties } of driver.rules!) {
      expect(fullDescription!.text.length, id).toBeLessThanOrEqual(1024);
      expect([shortDescription!.text, help!.text, help!.markdown].every(Boolean), id).toBe(true);
      expect(Number(properties!['security-severity']), id).toBeGreaterThan(0);
    }
  });

  test('and what is said of a policy\'s own entries is among them', () => {
    const place = { path: 'keylint.config.json', line: 3, column: 5, endLine: 3, endColumn: 60 };
    const allow = [{ fingerprint: 'SHA256:a', reason: 'x', isExpired: false, place }, { fingerprint: 'SHA256:b', reason: 'x', expires: '2020-01-01', isExpired: true, place }];
    const findings = allowFindings({ ...defaultPolicy(rules, '/'), allow }, new Set(), true);
    expect(findings).toHaveLength(2);
    const log = read({ findings }, { rules });
    expectValid(log);
    expect(log.runs[0]!.tool.driver.rules).toEqual(driver.rules);
  });
});

describe('fingerprints', () => {
  const names = (...findings: readonly Finding[]): readonly string[] => results(...findings).map(({ partialFingerprints }) => partialFingerprints!['primaryLocationLineHash']!);

  test('have the shape that GitHub uses', () => {
    expect(names(makeFinding())[0]).toMatch(/^[0-9a-f]{16}:1$/);
    expect(results(makeFinding())[0]!.partialFingerprints!['keylint/v1']).toMatch(/^[0-9a-f]{64}$/);
  });

  test('stay when the key moves within its file, and when it is reported from another working folder', () => {
    const [before] = names(makeFinding());
    expect(names(makeFinding({ line: 90, endLine: 97, column: 4, message: 'other words', severity: 'warn' }))).toEqual([before]);
    const log = read({ findings: [makeFinding({ path: 'packages/deploy/id_ed25519' })] }, { cwd: options.root! });
    expect(log.runs[0]!.results![0]!.partialFingerprints!['primaryLocationLineHash']).toBe(before);
  });

  test('tell apart rules, files, keys and repetitions', () => {
    const all = names(makeFinding(), makeFinding(), makeFinding({ rule: 'other' }), makeFinding({ path: 'other' }), makeFinding({ fingerprint: 'SHA256:other' }));
    expect(new Set(all).size).toBe(all.length);
    expect(all[1]).toBe(all[0]!.replace(/:1$/, ':2'));
  });
});

describe('places', () => {
  const uri = (path: string, more: Partial<ReporterOptions> = {}): object => read({ findings: [makeFinding({ path })] }, more).runs[0]!.results![0]!.locations![0]!.physicalLocation!.artifactLocation!;

  test('inside the repository count from its top, in percent-encoding', () => {
    expect(uri('/home/me/project/a b/ü#1?.pem')).toEqual({ uri: 'a%20b/%C3%BC%231%3F.pem', uriBaseId: '%SRCROOT%' });
    expect(uri('../c:/%41')).toEqual({ uri: 'c%3A/%2541', uriBaseId: '%SRCROOT%' });
    expect(uri('..hidden')).toEqual({ uri: 'packages/..hidden', uriBaseId: '%SRCROOT%' });
  });

  test('outside it are absolute', () => {
    expect(uri('/home/me/.ssh/id rsa')).toEqual({ uri: 'file:///home/me/.ssh/id%20rsa' });
    expect(uri('../../.ssh/id_rsa')).toEqual({ uri: 'file:///home/me/.ssh/id_rsa' });
  });

  test('without a repository stay as they were given', () => {
    const { root, cwd, ...bare } = options;
    const log = JSON.parse(sarif(makeReport({ findings: [makeFinding({ path: '<stdin>' })] }), bare)) as Log;
    expect(log.runs[0]!.results![0]!.locations![0]!.physicalLocation!.artifactLocation).toEqual({ uri: '%3Cstdin%3E', uriBaseId: '%SRCROOT%' });
  });
});

test('what could not be done is told, and the run is not called successful', () => {
  const problems: Report['problems'] = [{ path: 'locked', message: 'permission denied' }];
  const [failed] = read({ problems }).runs[0]!.invocations!;
  expect(failed!.executionSuccessful).toBe(false);
  expect(failed!.toolExecutionNotifications).toEqual([{ level: 'error', message: { text: 'permission denied.' }, locations: [{ physicalLocation: { artifactLocation: { uri: 'packages/locked', uriBaseId: '%SRCROOT%' } } }] }]);
  const [fine] = read({ summary: { skipped: [{ path: 'a', reason: 'socket' }, { path: 'b', reason: 'socket' }] } }).runs[0]!.invocations!;
  expect(fine).toEqual({ executionSuccessful: true, toolExecutionNotifications: [{ level: 'note', message: { text: 'Not looked at: 2 (socket).' } }] });
});

test('a file name makes no link in a message', () => {
  expect(results(makeFinding({ message: 'see [x](http://example.org)' }))[0]!.message.text).not.toMatch(/\]\(/);
});
