import { spawn as start } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { environment, expectBroken, folder, git, keylint, leaveToGit, makeKey, program, repository, withGit, write } from './program.ts';
import { describeWith } from './tools.ts';

interface Json {
  readonly shard?: { readonly index: number; readonly count: number };
  readonly summary: { readonly files: number; readonly bytes: number; ms?: number };
  readonly keys: readonly { readonly path: string; readonly fingerprint?: string }[];
  readonly findings: readonly { readonly rule: string }[];
}

const read = (file: string): Json => JSON.parse(readFileSync(file, 'utf8')) as Json;

/** Without the time that it took. */
function timeless(report: Json): Json {
  delete report.summary.ms;
  return report;
}

/** As every machine tells it: which of `count` parts a blob is in, counted from 1. */
const partOf = (id: string, count: number): number => Number.parseInt(id.slice(0, 8), 16) % count + 1;

function commit(top: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) write(join(top, path), content);
  git(top, 'add', '-A');
  git(top, 'commit', '-q', '-m', Object.keys(files)[0]!);
}

/** What a process of its own does. `variables`: how it is told which part is its own. */
interface Part {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Runs all parts at the same time, and gives which blobs each asked git for. */
async function runAll(top: string, parts: readonly Part[], files: readonly string[]): Promise<readonly (readonly string[])[]> {
  const lists = parts.map(() => join(folder('asked'), 'list'));
  const runs = parts.map(({ args, env }, i) => {
    const git = withGit(`case " $* " in *' cat-file --batch '*) tee '${lists[i]!}' | "$GIT" "$@" ;; *) exec "$GIT" "$@" ;; esac`);
    const child = start(process.execPath, [program, '--history', ...args, '-f', `json:${files[i]!}`], { cwd: top, env: { ...environment, ...git, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
    return new Promise<string>((done, failed) => {
      let said = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => { said += text; });
      child.on('error', failed).on('close', (status) => done(status === 0 || status === 1 ? said : `${status}: ${said}`));
    });
  });
  expect(await Promise.all(runs)).toEqual(parts.map(() => ''));
  return lists.map((list) => (existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : []));
}

describeWith(['git'], 'parts of a history, each a process of its own', () => {
  const top = repository();
  const [moving, copied, removed] = [makeKey(), makeKey(), makeKey()];
  for (let i = 0; i < 12; i++) commit(top, { 'config.yml': `${'# a line\n'.repeat(i)}${moving.text}`, [`lib/${i}`]: `${i}\n` });
  for (let i = 0; i < 6; i++) commit(top, { [`keys/${i}`]: `${copied.text}# ${i}\n` });
  commit(top, { removed: removed.text });
  git(top, 'rm', '-q', 'removed');
  git(top, 'commit', '-q', '-m', 'removed');
  const blobs = git(top, 'cat-file', '--batch-check=%(objecttype) %(objectname)', '--batch-all-objects').split('\n').filter((line) => line.startsWith('blob ')).map((line) => line.slice(5)).sort();
  const versions = git(top, 'log', '--format=', '--raw', '--no-abbrev', '--', 'config.yml').split('\n').map((line) => line.split(' ')[3]!);
  const truth = read(outputOf('--no-cache'));

  function outputOf(...args: readonly string[]): string {
    const file = join(folder('report'), 'one.json');
    keylint(['--history', ...args, '-f', `json:${file}`], { cwd: top });
    return file;
  }

  const tell: readonly (readonly [string, (index: number, count: number) => Part])[] = [
    ['a number', (index, count) => ({ args: ['--shard', `${index}/${count}`], env: {} })],
    ['an Indexed Job', (index, count) => ({ args: ['--shard', 'auto'], env: { JOB_COMPLETION_INDEX: String(index - 1), JOB_COMPLETION_COUNT: String(count) } })],
    ['GitLab', (index, count) => ({ args: ['--shard', 'auto'], env: { CI_NODE_INDEX: String(index), CI_NODE_TOTAL: String(count) } })],
  ];

  describe.each(tell)('told by %s', (_, part) => {
    test.each([1, 2, 3, 7])('%i look at every blob once, and merged say what one run says', async (count) => {
      if (count > 1) {
        // One key at one path in several parts, and one that is reused across parts.
        expect(new Set(versions.map((id) => partOf(id, count))).size).toBeGreaterThan(1);
        expect(new Set(Array.from({ length: 6 }, (__, i) => partOf(git(top, 'rev-parse', `HEAD:keys/${i}`), count))).size).toBeGreaterThan(1);
      }
      const out = folder('parts');
      const files = Array.from({ length: count }, (__, i) => join(out, `${i + 1}.json`));
      const parts = files.map((__, i) => part(i + 1, count));
      // The second time around the parts find what all of them have left in one place. Then once more without git, which sees none of it.
      for (const round of ['first', 'second', 'without git']) {
        if (round !== 'second') rmSync(join(top, '.git/keylint'), { recursive: true, force: true });
        rmSync(join(top, '.git/objects/info/alternates'), { force: true });
        if (round !== 'without git') leaveToGit(top);
        const asked = await runAll(top, parts, files);
        expect(asked.flat().sort()).toEqual(round === 'first' ? blobs : []);
        asked.forEach((ids, i) => expect(ids.every((id) => partOf(id, count) === i + 1)).toBe(true));
        const reports = files.map(read);
        expect(reports.map(({ shard }) => shard)).toEqual(files.map((__, i) => ({ index: i + 1, count })));
        expect(reports.reduce((sum, { summary }) => sum + summary.files, 0)).toBe(blobs.length);
        const merged = join(out, 'merged', 'all.json');
        write(merged, '');
        expect(keylint(['merge', ...files, '-f', `json:${merged}`], { cwd: top })).toMatchObject({ status: 1, stderr: '' });
        expect(timeless(read(merged))).toEqual(timeless(truth));
      }
      expect(truth.findings.filter(({ rule }) => rule === 'no-key-reuse')).toHaveLength(6);
      expect(truth.keys).toHaveLength(8);
      expect(timeless(read(outputOf()))).toEqual(timeless(truth));
    });
  });

  test('what names no part, and a job that says nothing of parts, are refused', () => {
    const refused = (shard: string, env: Readonly<Record<string, string>>, message: RegExp): void => expectBroken(keylint(['--history', `--shard=${shard}`], { cwd: top, env }), message);
    for (const shard of ['0/3', '4/3', '1', '1/', '/3', '1/0', 'one/three', '1/3/3', '-1/3', '1.5/3']) refused(shard, {}, /--shard takes I\/N, I from 1 to N/);
    refused('auto', {}, /--shard auto needs JOB_COMPLETION_INDEX and JOB_COMPLETION_COUNT, or CI_NODE_INDEX and CI_NODE_TOTAL/);
    refused('auto', { JOB_COMPLETION_INDEX: '0' }, /--shard auto needs/);
    refused('auto', { CI_NODE_INDEX: '1' }, /--shard auto needs/);
    refused('auto', { JOB_COMPLETION_INDEX: '4', JOB_COMPLETION_COUNT: '4' }, /--shard takes I\/N/);
    refused('auto', { JOB_COMPLETION_INDEX: '', JOB_COMPLETION_COUNT: '4' }, /--shard/);
    expectBroken(keylint(['--shard', '1/2'], { cwd: top }), /go with --history/);
  });
});
