import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import { html, type Content } from '../src/html.ts';
import { html as lintPage } from '../src/reporters/html.ts';
import { makeFinding, makeKey, makeReport, plainOptions } from './reports.ts';

const hostile = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' onmouseover='x", '</style><b>', '--><!--', '&lt;', 'javascript:alert(1)', '\x1b[2J', '\u202egpj', '\ud800', ']]>', '`${x}`', '{{x}}', '\0'];
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile));

/** All tags of a page, without what stands in their attributes. */
function skeleton(page: string): readonly string[] {
  return [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replace(/"[^"]*"/g, '""'));
}

describe('text in a template', () => {
  test('stays text, between tags and in attributes', () => {
    fc.assert(fc.property(anyText, anyText, (one, other) => {
      const { text } = html`<p title="${one}">${other}</p>`;
      expect(skeleton(text)).toEqual(['<p title="">', '</p>']);
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/);
    }));
    expect(html`<p>${'a & <b> "c" \'d\' é \u202e'}</p>`.text).toBe('<p>a &#38; &#60;b&#62; &#34;c&#34; &#39;d&#39; é \\u202e</p>');
  });

  test('templates in templates are taken as they are, lists one after the other, and nothing for what is missing', () => {
    const content: Content = [html`<b>${1}</b>`, undefined, false, ['x', 0], html`<i>${'<'}</i>`];
    expect(html`${content}`.text).toBe('<b>1</b>x0<i>&#60;</i>');
  });
});

describe('the page of a report', () => {
  const options = { ...plainOptions, rules, date: '2026-03-01T12:30:59.123Z', cwd: '/home/me/project' };

  test('says all that the report says', () => {
    const findings = [makeFinding(), makeFinding({ rule: 'min-key-size', severity: 'warn', path: 'b', line: 7, column: 3, help: 'replace it: ssh-keygen -t ed25519', commit: 'f00d', author: 'Ann <ann@example.org>', date: '2026-01-01T00:00:00Z', branches: ['main'] }), makeFinding({ rule: 'from-elsewhere' })];
    const page = lintPage(makeReport({ keys: [makeKey()], findings, problems: [{ path: 'locked', message: 'permission denied' }], summary: { skipped: [{ path: 'pipe', reason: 'socket' }] } }), options);
    for (const text of [
      '2026-03-01 12:30 UTC', '/home/me/project', 'keylint 1.2.3', '<dt>errors</dt><dd>2</dd>', '<dt>warning</dt><dd>1</dd>', '<dt>files</dt><dd>1,234</dd>', '5.6 MB', 'permission denied', '1 thing could not be done',
      'deploy/id_ed25519', 'an Ed25519 private key without a passphrase is tracked by git', 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU', '<code class="command">git rm --cached -- deploy/id_ed25519</code>',
      'replace it:<code class="command">ssh-keygen -t ed25519</code>', 'in commit f00d by Ann &#60;ann@example.org&#62;, 2026-01-01, on main', '1 socket', 'pipe', rules.find(({ meta }) => meta.id === 'min-key-size')!.meta.docs.sources[0].url,
    ]) expect(page).toContain(text);
    // Every link within the page leads somewhere.
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(page).toContain(` id="${target!}"`);
  });

  test('is one file that fetches nothing and runs nothing but its own script', () => {
    const page = lintPage(makeReport({ findings: [makeFinding()] }), options);
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)!;
    const plain = policy!.replaceAll('&#39;', '\'');
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [, style] = /<style>([^]*?)<\/style>/.exec(page)!;
    const [, script] = /<script>([^]*?)<\/script>/.exec(page)!;
    expect(plain).toBe(`default-src 'none'; script-src ${hash(script!)}; style-src ${hash(style!)}; base-uri 'none'; form-action 'none'`);
    expect(page).not.toMatch(/<(?:link|img|iframe|object|embed|base)\b| style=| on\w+=|url\(|@import|\bsrc=/i);
    // The policy has to come before what it governs.
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'));
  });

  test('whatever names and sentences hold, the page has the same tags', () => {
    const pageOf = (text: (i: number) => string): string => lintPage(makeReport({
      findings: [0, 1].map((i) => makeFinding({ path: `p${text(i)}`, message: text(i + 1), help: `h${text(i + 2)}`, fingerprint: text(i), commit: text(i), author: text(i + 1), branches: [text(i)] })),
      problems: [{ path: text(0), message: text(1) }],
      summary: { skipped: [{ path: text(2), reason: text(3) }] },
    }), { ...options, cwd: text(0) });
    const plain = skeleton(pageOf(() => 'x').replaceAll(/<(?:script|style)>[^]*?<\/(?:script|style)>/g, ''));
    fc.assert(fc.property(fc.array(anyText, { minLength: 5, maxLength: 5 }), (texts) => {
      const page = pageOf((i) => texts[i]!);
      expect(skeleton(page.replaceAll(/<(?:script|style)>[^]*?<\/(?:script|style)>/g, ''))).toEqual(plain);
    }), { numRuns: 200 });
  });

  test.each([
    ['no keys', makeReport(), 'No keys were found.'],
    ['nothing to complain of', makeReport({ keys: [makeKey(), makeKey()] }), 'Nothing to complain of in 2 keys.'],
  ])('%s: says so', (_, report, sentence) => {
    const page = lintPage(report, options);
    expect(page).toContain(sentence);
    expect(page).not.toContain('<table');
  });

  test('what could not be looked at never looks clean', () => {
    const page = lintPage(makeReport({ problems: [{ message: 'git failed' }] }), options);
    expect(page).toContain('git failed');
    expect(page).toContain('<title>keylint: Not everything could be done</title>');
    expect(page).not.toContain('No keys were found');
  });
});
