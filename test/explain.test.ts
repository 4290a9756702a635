import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import { explain, ruleTable } from '../src/explain.ts';

describe.each(rules.map((rule) => [rule.meta.id, rule.meta] as const))('explain %s', (id, { docs, options }) => {
  const text = explain(id)!;
  const flat = text.replace(/\s+/g, ' ');

  test('says what, why, how to fix it, the recommended severity and every citation', () => {
    for (const part of [id, docs.description, docs.why, docs.fix, `Recommended: ${docs.recommended}.`]) expect(flat).toContain(part);
    for (const { title, url } of docs.sources) {
      expect(flat).toContain(title);
      expect(text).toContain(url);
    }
  });

  test('names every option with its default', () => {
    for (const [name, option] of Object.entries(options)) {
      expect(flat).toContain(option.description);
      expect(text).toMatch(new RegExp(`^  ${name}: .*by default ${JSON.stringify(option.default).replace(/[[\]]/g, '\\$&')}$`, 'm'));
    }
  });

  test('fits a terminal, but for URLs, lists of values and the entry to copy', () => {
    for (const line of text.split('\n')) if (!/https:|by default|"rules":/.test(line)) expect(line.length).toBeLessThanOrEqual(88);
  });

  test('shows an entry that JSON can read', () => {
    const [, entry] = /In keylint.config.json\n {2}("rules": .*)\n/.exec(text)!;
    expect(Object.keys((JSON.parse(`{${entry}}`) as { rules: object }).rules)).toEqual([id]);
  });
});

test.each(['unused-allow', 'expired-allow', 'invalid-suppression', 'unused-suppression'])('%s, which a policy or a comment is told of, is explained too', (id) => {
  expect(explain(id)).toMatch(new RegExp(`^${id}\\n  (?:Entries under "allow"|Comments that ask for silence)[^]*\\n\\nWhy\\n[^]*\\.\\n\\nHow to fix it\\n  [^]*[Rr]emove the (?:entry|comment)[^]*\\.\\n$`));
});

test('there is nothing to say about a rule that does not exist', () => {
  expect(explain('no-such-rule')).toBeUndefined();
  expect(explain('toString')).toBeUndefined();
});

test('the table has one row for each rule', () => {
  const lines = ruleTable().split('\n');
  expect(lines[0]).toBe('| rule | recommended | what it finds |');
  expect(lines.slice(2).map((line) => line.split('|').slice(1, 3).map((cell) => cell.trim()))).toEqual(rules.map(({ meta }) => [`\`${meta.id}\``, meta.docs.recommended]));
  for (const line of lines) expect(line.match(/(?<!\\)\|/g)).toHaveLength(4);
});
