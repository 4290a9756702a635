import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import type { Finding } from '../src/finding.ts';
import { html } from '../src/reporters/html.ts';
import { expectAccessible, useChromium } from './browser.ts';
import { makeFinding, makeKey, makeReport, plainOptions } from './reports.ts';
import { describeWith, scratch } from './tools.ts';

const folder = scratch();
let count = 0;

function written(report: Parameters<typeof makeReport>[0]): string {
  const file = join(folder, `${++count}.html`);
  writeFileSync(file, html(makeReport(report), { ...plainOptions, rules, date: '2026-03-01T12:30:59.123Z', cwd: '/home/me/project' }));
  return file;
}

const ids = rules.map(({ meta }) => meta.id);

/** By path, as reports have them. */
function findings(number: number): readonly Finding[] {
  return Array.from({ length: number }, (_, i) => makeFinding({
    path: `services/area-${String(Math.floor(i / 40)).padStart(3, '0')}/keys/id_${String(i).padStart(5, '0')}`, line: 1 + i % 7, rule: ids[i % ids.length]!, severity: i % 3 === 0 ? 'warn' : 'error',
    fingerprint: `SHA256:${String(i).padStart(43, 'A')}`, ...i % 50 === 0 && { help: '' }, ...i % 9 === 0 && { commit: String(i).padStart(40, 'c'), author: 'Ann <ann@example.org>', date: '2026-01-01', branches: ['main', 'topic'] },
  }));
}

/** Paths of the rows that are shown, from top to bottom. */
async function shown(page: Page): Promise<readonly string[]> {
  return page.locator('#findings tbody tr:visible .path bdi').allTextContents();
}

describeWith(['chromium'], 'the page of a report, in Chromium', () => {
  const { visit } = useChromium();

  test.each([0, 5, 2000])('with %i findings it is quiet, and can be read by everybody in light and dark', async (number) => {
    const file = written({ keys: Array.from({ length: number }, () => makeKey()), findings: findings(number), problems: number === 5 ? [{ path: 'locked', message: 'permission denied' }] : [], summary: { skipped: number === 5 ? [{ path: 'pipe', reason: 'socket' }] : [] } });
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints } = await visit(file, { colorScheme });
      expect(await page.locator('#findings tbody tr').count()).toBe(number);
      // It looks at each of so many rows.
      if (number < 100) await expectAccessible(page);
      expect(complaints).toEqual([]);
    }
  });

  test('text, severity and rule filter it, together and word by word', async () => {
    const all = findings(2000);
    const { page, complaints } = await visit(written({ findings: all }));
    const output = page.locator('#findings output');
    expect(await output.textContent()).toBe('2,000 shown');
    await page.getByLabel('Text').fill('AREA-003  id_0013');
    const named = all.filter(({ path }) => path.includes('area-003') && path.includes('id_0013'));
    expect(named.length).toBeGreaterThan(5);
    expect(await shown(page)).toEqual(named.map(({ path }) => path));
    expect(await output.textContent()).toBe(`${named.length} of 2,000 shown`);
    await page.getByLabel('Severity').selectOption('warn');
    expect(await shown(page)).toEqual(named.filter(({ severity }) => severity === 'warn').map(({ path }) => path));
    await page.getByLabel('Text').fill('');
    await page.getByLabel('Rule').selectOption(ids[3]!);
    expect(await shown(page)).toEqual(all.filter(({ severity, rule }) => severity === 'warn' && rule === ids[3]).map(({ path }) => path));
    await page.getByLabel('Text').fill('no such thing');
    expect(await shown(page)).toEqual([]);
    expect(await page.getByText('Nothing fits the filter.').isVisible()).toBe(true);
    // The return key is no reason to load the page anew.
    await page.getByLabel('Text').press('Enter');
    expect(page.url()).not.toContain('?');
    expect(complaints).toEqual([]);
  });

  test('columns sort it, by mouse and by keyboard, and say so', async () => {
    const all = findings(60);
    const { page, complaints } = await visit(written({ findings: all }));
    const head = (name: string): ReturnType<Page['locator']> => page.locator('#findings thead th', { hasText: name });
    const paths = all.map(({ path }) => path);
    expect(await head('Place').getAttribute('aria-sort')).toBe('ascending');
    expect(await shown(page)).toEqual(paths);
    await page.getByRole('button', { name: 'Place' }).click();
    expect(await head('Place').getAttribute('aria-sort')).toBe('descending');
    expect(await shown(page)).toEqual([...paths].reverse());
    await page.getByRole('button', { name: 'Place' }).click();
    await page.getByRole('button', { name: 'Severity' }).focus();
    await page.keyboard.press('Enter');
    expect(await head('Severity').getAttribute('aria-sort')).toBe('ascending');
    expect(await head('Place').getAttribute('aria-sort')).toBeNull();
    const bySeverity = [...all.filter(({ severity }) => severity === 'error'), ...all.filter(({ severity }) => severity === 'warn')];
    expect(await shown(page)).toEqual(bySeverity.map(({ path }) => path));
    await page.getByRole('button', { name: 'Rule' }).press('Space');
    expect(await shown(page)).toEqual([...bySeverity].sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)).map(({ path }) => path));
    // What is filtered stays filtered.
    await page.getByLabel('Severity').selectOption('warn');
    await page.getByRole('button', { name: 'Place' }).click();
    expect(await shown(page)).toEqual(all.filter(({ severity }) => severity === 'warn').map(({ path }) => path));
    expect(complaints).toEqual([]);
  });

  test('it can be used without scripting', async () => {
    const { page, complaints } = await visit(written({ findings: findings(30), summary: { skipped: [{ path: 'pipe', reason: 'socket' }] } }), { javaScriptEnabled: false });
    expect(await shown(page)).toHaveLength(30);
    for (const hidden of ['form', 'button']) expect(await page.locator(`${hidden}:visible`).count()).toBe(0);
    // A link to a rule opens what is folded up.
    await page.locator('#findings tbody a').first().click();
    expect(await page.locator(`#rule-${ids[0]!}`).isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('the colours follow the system until a person chooses', async () => {
    const { page } = await visit(written({ findings: findings(3) }), { colorScheme: 'light' });
    const ground = (): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await ground();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await ground();
    expect(dark).not.toBe(light);
    await page.getByRole('button', { name: 'Switch to light colours' }).click();
    expect(await ground()).toBe(light);
    await page.getByRole('button', { name: 'Switch to dark colours' }).click();
    expect(await ground()).toBe(dark);
  });

  test('hostile names and comments are text, and a script that came in all the same would not run', async () => {
    const evil = '"><img src=x onerror="globalThis.owned=1"><script>globalThis.owned=1</script><style>body{display:none}</style>\u202e\'';
    const { page, complaints } = await visit(written({ findings: [makeFinding({ path: evil, message: evil, help: evil, fingerprint: evil, rule: 'from-elsewhere' })], problems: [{ path: evil, message: evil }], summary: { skipped: [{ path: evil, reason: evil }] } }));
    expect(await page.evaluate('globalThis.owned')).toBeUndefined();
    expect(await page.locator('img, main script, main style').count()).toBe(0);
    expect(await shown(page)).toEqual([evil.replace('\u202e', '\\u202e')]);
    expect(complaints).toEqual([]);
    const refused = page.waitForEvent('requestfailed');
    await page.evaluate(`document.body.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.owned = 1' }), Object.assign(document.createElement('img'), { src: 'https://example.org/x.png' }))`);
    expect(await page.evaluate('globalThis.owned')).toBeUndefined();
    expect((await refused).failure()!.errorText).toBe('csp');
    expect(complaints.filter((text) => text.includes('Content Security Policy'))).toHaveLength(2);
  });

  test.each([320, 768])('it fits a window of %i pixels', async (width) => {
    const long = makeFinding({ path: `${'a-long-folder/'.repeat(20)}id`, message: 'm'.repeat(300) });
    const { page } = await visit(written({ findings: [...findings(3), long], problems: [{ path: 'p'.repeat(300), message: 'x' }] }), { viewport: { width, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });
});
