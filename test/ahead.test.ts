import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startAhead } from '../src/sources/ahead.ts';
import { GitError } from '../src/sources/git.ts';
import { commit, folder, git, keylintJson, makeKey, repository, withGit } from './program.ts';

const quiet = { input: '', signal: undefined };

async function printed(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

test('what git prints is all there, however long nobody asks for it', async () => {
  const top = repository();
  // More than a pipe holds.
  for (let i = 0; i < 3; i++) commit(top, { 'a.txt': `${i}\n`.repeat(1 << 19) });
  const ahead = startAhead(['log', '--all', '-p'], { cwd: top, ...quiet })!;
  const expected = git(top, 'log', '--all', '-p').trim();
  expect(expected.length).toBeGreaterThan(1 << 20);
  await setTimeout(500);
  expect((await printed(ahead.output())).trim()).toBe(expected);
});

test('more than a temporary file should hold is given up, also while nobody reads', async () => {
  const top = repository();
  commit(top, { 'a.txt': 'a'.repeat(1 << 20) });
  const id = git(top, 'rev-parse', 'HEAD:a.txt').trim();
  const ahead = startAhead(['cat-file', '--batch', '--buffer'], { cwd: top, input: `${id}\n`.repeat(200), signal: undefined })!;
  await setTimeout(3000);
  await expect(printed(ahead.output())).rejects.toThrow(/too much/);
});

test('where git fails, that is thrown at the end', async () => {
  const ahead = startAhead(['log', '0123456789'], { cwd: repository(), ...quiet })!;
  await expect(printed(ahead.output())).rejects.toThrow(GitError);
});

test('one whose time is over is ended', async () => {
  const controller = new AbortController();
  const ahead = startAhead(['log', '--all'], { cwd: repository(), input: '', signal: controller.signal })!;
  controller.abort();
  await expect(printed(ahead.output())).rejects.toThrow(GitError);
});

test('what fails ahead is asked for again, and said where it fails then', () => {
  const top = repository();
  for (let i = 0; i < 3; i++) commit(top, { [`${i}.pem`]: makeKey().text });
  const told = (script: string): unknown => {
    const { keys, findings, status } = keylintJson(['--history'], { cwd: top, env: withGit(script) });
    return { keys, findings, status };
  };
  const plain = told('exec "$GIT" "$@"');
  // The first log fails, and what comes behind it does not.
  const mark = join(folder(), 'failed');
  expect(told(`case " $* " in *" log "*) [ -e '${mark}' ] || { touch '${mark}'; echo 'fatal: no' >&2; exit 3; };; esac; exec "$GIT" "$@"`)).toEqual(plain);
  expect(existsSync(mark)).toBe(true);
});

test('a history is told the same where no temporary file can be, and no file is left where it can', () => {
  const top = repository();
  for (let i = 0; i < 3; i++) commit(top, { [`${i}.pem`]: makeKey().text });
  commit(top, { '1.pem': undefined });
  const temporary = folder();
  mkdirSync(temporary, { recursive: true });
  const [withFile, without] = [temporary, join(temporary, 'not', 'there')].map((TMPDIR) => {
    const { keys, findings, status } = keylintJson(['--history'], { cwd: top, env: { TMPDIR } });
    return { keys, findings, status };
  });
  expect(withFile!.keys).toHaveLength(3);
  expect(without).toEqual(withFile);
  expect([readdirSync(temporary), existsSync(join(temporary, 'not'))]).toEqual([[], false]);
});
