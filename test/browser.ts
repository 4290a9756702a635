import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { source as axe } from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

/** A page in a real browser, and everything in it that a clean page has none of. */
export interface Visit {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, dialogs, and requests for anything but the file itself. */
  readonly complaints: readonly string[];
}

/** The browser of the tests of one file. */
export function useChromium(): { visit(file: string, options?: BrowserContextOptions): Promise<Visit> } {
  let browser: Browser | undefined;
  beforeAll(async () => {
    const program = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'chromium')).find((path) => existsSync(path));
    if (program === undefined) return;
    browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
  });
  afterAll(() => browser?.close());

  return {
    async visit(file, options = {}) {
      const context = await browser!.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      const complaints: string[] = [];
      const url = pathToFileURL(file).href;
      page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`); });
      page.on('pageerror', ({ message }) => complaints.push(`exception: ${message}`));
      page.on('dialog', (dialog) => { complaints.push('dialog'); void dialog.dismiss(); });
      page.on('request', (request) => { if (request.url().split('#')[0] !== url) complaints.push(`request: ${request.url()}`); });
      await page.goto(url);
      return { page, complaints };
    },
  };
}

/** What breaks the rules of WCAG 2.2, level AA, as far as a program can tell, contrast of text included. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }> } };
    const result = await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} (${node.failureSummary ?? ''})`).join(' | ')}`);
  });
  expect(violations).toEqual([]);
}
