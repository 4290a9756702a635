import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { existsSync } from 'node:fs';
import { afterAll, describe, test } from 'vitest';

/** Where a program is: on PATH, or where programs for administrators are, which is not on everybody's. */
export function toolPath(name: string): string | undefined {
  return [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'].filter(Boolean).map((folder) => join(folder, name)).find((path) => existsSync(path));
}

export function hasTool(name: string): boolean {
  return toolPath(name) !== undefined;
}

/**
 * A `describe` for tests that use real programs as oracles. Where one is missing the block is skipped by name;
 * with CI set it fails instead, so that a missing oracle never passes for an agreement.
 */
export function describeWith(tools: readonly string[], name: string, body: () => void): void {
  const missing = tools.filter((tool) => !hasTool(tool));
  if (missing.length === 0) return void describe(name, body);
  if (process.env['CI']) describe(name, () => test('has its tools', () => { throw new Error(`missing: ${missing.join(', ')}`); }));
  // Its body is not even looked at: it may use them to make what it tests.
  else describe.skip(`${name} (missing: ${missing.join(', ')})`, () => test('has its tools', () => {}));
}

/** A folder for the tests of one file, removed after them. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keylint-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a program and gives its standard output; throws with its standard error when it fails. One that has no use for its input may end before it is written. */
export function run(program: string, args: readonly string[], options: { input?: string | Buffer; cwd?: string; env?: NodeJS.ProcessEnv } = {}): string {
  const { status, signal, error, stdout, stderr } = spawnSync(program, [...args], { stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 1 << 28, ...options });
  if (status !== 0 || (error && (error as NodeJS.ErrnoException).code !== 'EPIPE')) throw new Error(`${[program, ...args].join(' ')}: ${error?.message ?? signal ?? `status ${status}`}\n${String(stderr)}`);
  return String(stdout);
}

/** Runs a program that may fail. One that is not done after `timeout` milliseconds is ended, and has no status. */
export function attempt(program: string, args: readonly string[], options: { input?: string | Buffer; cwd?: string; env?: NodeJS.ProcessEnv; timeout?: number } = {}): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(program, [...args], { maxBuffer: 1 << 28, killSignal: 'SIGKILL', ...options });
  return { status, stdout: String(stdout), stderr: String(stderr) };
}
