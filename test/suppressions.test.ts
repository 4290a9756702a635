import { describe, expect, test } from 'vitest';
import { judge } from '../src/judge.ts';
import { defaultPolicy, type Policy } from '../src/policy.ts';
import { loadPolicy } from '../src/policy-file.ts';
import { readSuppressions } from '../src/suppressions.ts';
import { rules } from '../rules/index.ts';
import { base, git, keylint, keylintJson, makeKey, repository, write } from './program.ts';
import { describeWith } from './tools.ts';
import { join } from 'node:path';
import { detect } from '../src/detect.ts';
import { readRecipe } from '../src/recipes/index.ts';
import type { FileFacts } from '../src/key.ts';

const weak = 'ssh-keygen -t rsa -b 1024';
/** Put together here, so that a run over this repository takes it for no comment. */
const ours = 'keylint';
const key = makeKey();

function judged(path: string, text: string, suppressions?: Policy['suppressions'], facts: Partial<FileFacts> = {}): readonly string[] {
  const bytes = Buffer.from(text);
  const file: FileFacts = { origin: 'file', ...facts };
  const recipe = readRecipe(path, bytes);
  const policy = { ...defaultPolicy(rules, '/'), ...suppressions && { suppressions } };
  return judge(detect({ path, bytes, facts: () => file }), policy, true, recipe ? [{ path, file, ...recipe }] : []).findings.map(({ line, rule }) => `${line} ${rule}`);
}

describe('comments that ask for silence', () => {
  test.each([
    ['on the line', 'a.sh', `${weak} # keylint-disable-line no-weak-keygen -- a test of old clients\n`],
    ['on the line before', 'a.sh', `# keylint-disable-next-line no-weak-keygen\n${weak}\n`],
    ['around a stretch', 'a.sh', `# keylint-disable no-weak-keygen\n${weak}\n${weak}\n# keylint-enable no-weak-keygen\n`],
    ['before a block of Markdown', 'a.md', `<!-- keylint-disable-next-line no-weak-keygen -- do not do this -->\n\n\`\`\`sh\n${weak}\n${weak}\n\`\`\`\n`],
    ['in MDX', 'a.mdx', `{/* ${ours}-disable-next-line no-weak-keygen */}\n\`\`\`sh\n${weak}\n\`\`\`\n`],
    ['in a block of Markdown', 'a.md', `\`\`\`sh\n# keylint-disable-next-line no-weak-keygen\n${weak}\n\`\`\`\n`],
    ['of several rules', 'a.sh', `ssh-keygen -t rsa -b 1024 -N "" # keylint-disable-line no-weak-keygen, no-unprotected-keygen\n`],
  ])('%s', (_, path, text) => {
    expect(judged(path, text)).toEqual([]);
  });

  test('excuse nothing else', () => {
    expect(judged('a.sh', `# keylint-disable-next-line no-weak-keygen\n${weak}\n${weak}\n`)).toEqual(['3 no-weak-keygen']);
    expect(judged('a.sh', `# keylint-disable-next-line no-unprotected-keygen\n${weak}\n`)).toEqual(['1 unused-suppression', '2 no-weak-keygen']);
    expect(judged('a.sh', `# keylint-disable no-weak-keygen\n${weak}\n# keylint-enable no-weak-keygen\n${weak}\n`)).toEqual(['4 no-weak-keygen']);
  });

  test('that cannot be followed are told', () => {
    expect(judged('a.sh', `${weak} # keylint-disable-line\n`)).toEqual(['1 no-weak-keygen', '1 invalid-suppression']);
    expect(judged('a.sh', `# keylint-disable no-weak-keygen\n${weak}\n`)).toEqual(['1 invalid-suppression', '2 no-weak-keygen']);
    expect(judged('a.sh', `# keylint-disable-next-line no-weak-kegyen\n${weak}\n`)).toEqual(['1 invalid-suppression', '2 no-weak-keygen']);
  });

  test('of their words nothing is kept but what may be the name of a rule', () => {
    const secret = 'c2VjcmV0c2VjcmV0c2VjcmV0';
    const hex = 'a1'.repeat(20);
    for (const comment of [`no-weak-keygen ${secret}`, secret, `no-weak-keygen ${hex}`, `no-weak-keygen -- ${secret} ${hex}`, `no-weak-keygen -- a reason -- ${secret}`]) {
      const read = readSuppressions('a.sh', Buffer.from(`# keylint-disable-next-line ${comment}\n${weak}\n`));
      expect(read).toHaveLength(1);
      expect(JSON.stringify(read)).not.toMatch(new RegExp(`${secret}|${hex}`));
    }
    expect(judged('a.sh', `# keylint-disable-next-line no-weak-keygen, ${secret} -- why\n${weak}\n`)).toEqual(['1 invalid-suppression', '2 no-weak-keygen']);
    expect(judged('a.sh', `# keylint-disable no-weak-keygen\n# keylint-enable ${secret}\n${weak}\n`)).toEqual(['1 invalid-suppression', '3 no-weak-keygen']);
  });

  test('are not text in prose, nor in strings', () => {
    expect(readSuppressions('a.md', Buffer.from('Write `# keylint-disable-line no-weak-keygen` behind it.\n'))).toEqual([]);
    expect(readSuppressions('a.ts', Buffer.from('const help = "write keylint-disable-line no-weak-keygen";\n'))).toEqual([]);
  });

  test('the policy may ask for a reason, or allow none', () => {
    const text = (reason: string): string => `${weak} # keylint-disable-line no-weak-keygen${reason}\n`;
    const required = { allowed: true, reason: 'required', honor: [] } as const;
    expect(judged('a.sh', text(' -- old clients'), required)).toEqual([]);
    expect(judged('a.sh', text(''), required)).toEqual(['1 no-weak-keygen', '1 invalid-suppression']);
    expect(judged('a.sh', text(' -- '), required)).toHaveLength(2);
    expect(judged('a.sh', text(' -- old clients'), { ...required, allowed: false })).toHaveLength(2);
  });

  test('a committed key is excused on the line where it begins, and others\' signs only where the policy honours them', () => {
    const committed = { tracked: true };
    const before = `# keylint-disable-next-line no-committed-private-key -- for tests\n${key.text}`;
    expect(judged('a.txt', before, undefined, committed)).toEqual([]);
    expect(judged('a.txt', before, { allowed: false, reason: 'optional', honor: [] }, committed)).toEqual(['1 invalid-suppression', '2 no-committed-private-key']);
    const sign = (mark: string): string => `key: "${key.text.trim().replaceAll('\n', '\\n')}" # ${mark}\n`;
    for (const mark of ['gitleaks:allow', 'pragma: allowlist secret'] as const) {
      expect(judged('a.yaml', sign(mark), undefined, committed)).toEqual(['1 no-committed-private-key']);
      expect(judged('a.yaml', sign(mark), { allowed: true, reason: 'required', honor: [mark] }, committed)).toEqual([]);
    }
  });

  test('a comment cannot excuse a key that somebody puts somewhere into a stretch', () => {
    expect(judged('a.txt', `# keylint-disable no-committed-private-key\n\n${key.text}\n# keylint-enable no-committed-private-key\n`, undefined, { tracked: true })).toContain('3 no-committed-private-key');
  });
});

describe('in a policy file', () => {
  test('suppressions of an extended file stay, those of one\'s own go over them', () => {
    write(join(base, 'shared.json'), JSON.stringify({ suppressions: { reason: 'required', honor: ['gitleaks:allow'] } }));
    write(join(base, 'policy.json'), JSON.stringify({ extends: ['keylint:recommended', './shared.json'], suppressions: { honor: [] } }));
    expect(loadPolicy(join(base, 'policy.json')).suppressions).toEqual({ allowed: true, reason: 'required', honor: [] });
  });
});

describe('files of OpenSSH', () => {
  test('comments excuse what is found of their lines, and are told where they excuse nothing', () => {
    const folder = join(base, 'home', '.ssh');
    write(join(folder, 'config'), 'Host *\n  # keylint-disable-next-line require-host-key-check -- a lab\n  StrictHostKeyChecking no\n# keylint-disable-next-line require-host-key-check\nHost c\n');
    write(join(folder, 'known_hosts'), '# keylint-disable-next-line no-unreadable-line\nhost no-key-at-all AAAA\n\nhost no-key-at-all AAAA\n');
    const { findings, summary } = keylintJson(['--rule', 'require-host-key-check: error', '--rule', 'no-unreadable-line: error', join(folder, 'config'), join(folder, 'known_hosts')], { cwd: base });
    expect(findings.map(({ path, line, rule }) => `${path.split('/').at(-1)}:${line} ${rule}`).filter((found) => !/permissions/.test(found))).toEqual(['config:4 unused-suppression', 'known_hosts:4 no-unreadable-line']);
    expect(summary).toMatchObject({ suppressed: 2 });
  });
});

describeWith(['git'], 'the program', () => {
  test('counts what comments keep silent, in files and in what is staged', () => {
    const top = repository();
    write(join(top, 'make.sh'), `${weak} # keylint-disable-line no-weak-keygen -- old clients\n`);
    write(join(top, 'guide.md'), `    ${weak}\n`);
    git(top, 'add', '.');
    for (const args of [[], ['--staged']]) {
      const { findings, summary, status } = keylintJson(args, { cwd: top });
      expect(findings.map(({ path, rule }) => `${path} ${rule}`)).toEqual(['guide.md no-weak-keygen']);
      expect(summary).toMatchObject({ errors: 1, suppressed: 1 });
      expect(status).toBe(1);
    }
    expect(keylint([], { cwd: top }).stdout).toMatch(/1 error, 1 suppressed \(2 files/);
  });
});
