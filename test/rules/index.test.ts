import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rules } from '../../rules/index.ts';

const files = readdirSync('rules').filter((name) => name !== 'index.ts').map((name) => name.replace(/\.ts$/, ''));

test('every file in rules/ is in the index, and nothing else is', () => {
  expect(rules.map(({ meta }) => meta.id).sort()).toEqual(files.sort());
});

describe.each(rules.map((rule) => [rule.meta.id, rule] as const))('%s', (id, rule) => {
  const { docs, messages, options } = rule.meta;

  test('stands in the file of its name, and has a test file', () => {
    expect(readFileSync(`rules/${id}.ts`, 'utf8')).toContain(`id: '${id}'`);
    expect(existsSync(`test/rules/${id}.test.ts`)).toBe(true);
  });

  test('says what, why and how to mend it, with citations', () => {
    expect(docs.description).toMatch(/^[A-Z].*[^.]$/);
    expect(docs.why).toMatch(/\.$/);
    expect(docs.fix).toMatch(/\.$/);
    expect(docs.sources.length).toBeGreaterThan(0);
    for (const { title, url } of docs.sources) {
      expect(title).not.toBe('');
      expect(new URL(url).protocol).toBe('https:');
    }
    expect(['off', 'note', 'warn', 'error']).toContain(docs.recommended);
  });

  test('messages are one sentence without a full stop, and have a help', () => {
    for (const { text, help } of Object.values(messages)) {
      // What is said of a file or a command knows no key.
      expect(text).toMatch(rule.checkFile ?? rule.checkLine ?? rule.checkCommand ? /^(?!.*\{key\}).*[^.]$/ : /^\{key\}.*[^.]$/);
      expect(help).not.toBe('');
      expect(`${text}${help}`).not.toMatch(/\n/);
    }
  });

  test('options are described, and their defaults are values that they take', () => {
    for (const option of Object.values(options)) {
      expect(option.description).toMatch(/[^.]$/);
      if (option.type === 'string' && option.enum) expect(option.enum).toContain(option.default);
      if (option.type === 'array' && option.items.enum) expect(option.items.enum).toEqual(expect.arrayContaining([...option.default]));
    }
  });

  test('judges keys alone or among each other, or files, or commands', () => {
    expect([rule.checkKey, rule.checkAll, rule.checkFile, rule.checkLine, rule.checkCommand].filter(Boolean)).toHaveLength(1);
  });
});

test('rules import nothing but types, facts about keys and words', () => {
  const allowed = ['../src/rule.ts', '../src/key.ts', '../src/describe.ts', '../src/place.ts', '../src/permissions.ts', '../src/guess-rate.ts', '../src/advice.ts', '../src/shell-quote.ts', '../src/oids.ts', '../src/dates.ts', '../src/ssh-directive.ts', '../src/made-key.ts', '../src/finding.ts'];
  for (const file of files) {
    const imports = [...readFileSync(`rules/${file}.ts`, 'utf8').matchAll(/from '([^']+)'/g)].map(([, from]) => from);
    expect(allowed, file).toEqual(expect.arrayContaining(imports));
  }
});
