import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';

/** Builds the program once before the tests that run it, where any of these is asked for. KEYLINT_BUILT=1: it is built already. */
export default async function setup(project: TestProject): Promise<void> {
  if (process.env['KEYLINT_BUILT'] === '1') return;
  const named = process.argv.slice(2).filter((argument) => argument.endsWith('.test.ts'));
  const { testFiles } = await project.globTestFiles(named.length > 0 ? named : undefined);
  if (!testFiles.some((file) => readFileSync(file, 'utf8').includes("'./program.ts'"))) return;
  execFileSync(process.execPath, [resolve(import.meta.dirname, '../scripts/build.mjs')], { stdio: 'inherit' });
}
