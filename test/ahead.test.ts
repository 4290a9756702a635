import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startAhead } from '../src/sources/ahead.ts';
import { GitError } from '../src/sources/git.ts';
import { commit, folder, git, keylintJson, makeKey, repository } from './program.ts';

const quiet = { input: '', signal: undefined };

async function printed(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

test('what git prints is all there, however long nobody asks for it', async () => {
  const top = repository();
  for (let i = 0; i < 20; i++) commit(top, { 'a.txt': `${i}\n` });
  const ahead = startAhead(['log', '--all', '-p'], { cwd: top, ...quiet })!;
  expect((await printed(ahead.output())).trim()).toBe(git(top, 'log', '--all', '-p').trim());
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
