import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Ajv, type AnySchemaObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { base, environment, folder, git, keylint, leaveToGit, makeKey, program, repository, spawn, withGit, write, type Ran } from './program.ts';
import { describeWith } from './tools.ts';

/** What stands in examples/ is valid, and does what it says: its commands are run as the system that it is for runs them. */
const examples = resolve(import.meta.dirname, '../examples');

const text = (name: string): string => readFileSync(join(examples, name), 'utf8');
function documents(name: string): readonly Yaml[] {
  // To Azure Pipelines every value is a text.
  return parseAllDocuments(text(name), name.startsWith('azure-') ? { schema: 'failsafe' } : {}).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS();
  });
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Yaml = any;

const schemaOf = (name: string): AnySchemaObject => JSON.parse(gunzipSync(readFileSync(new URL(`./schemas/${name}.json.gz`, import.meta.url))).toString()) as AnySchemaObject;
// Some of their patterns are none under the flag for Unicode.
const options = { strict: false, validateFormats: false, unicodeRegExp: false } as const;
const plain = (name: string): ((value: unknown) => unknown) => {
  const validate = new Ajv(options).compile(schemaOf(name));
  return (value) => (validate(value) ? [] : validate.errors);
};
const kubernetes = new Ajv2020(options).addSchema(schemaOf('kubernetes-1.37-job'));
const ofKubernetes = (value: { readonly apiVersion: string; readonly kind: string }): unknown => {
  const group = value.apiVersion.includes('/') ? value.apiVersion.split('/')[0]! : 'core';
  const validate = kubernetes.getSchema(`https://kubernetes.io/api/_definitions.json#/$defs/io.k8s.api.${group}.v1.${value.kind}`)!;
  return validate(value) ? [] : validate.errors;
};
const validators: Readonly<Record<string, (value: Yaml) => unknown>> = { github: plain('github-workflow'), gitlab: plain('gitlab-ci'), azure: plain('azure-pipelines'), kubernetes: ofKubernetes };
const validatorOf = (name: string): ((value: Yaml) => unknown) => validators[name.split('-')[0]!]!;

describe('against the official schemas', () => {
  const names = readdirSync(examples);

  test.each(names)('%s', (name) => {
    for (const value of documents(name)) expect(validatorOf(name)(value)).toEqual([]);
  });

  test.each([
    ['github-history-matrix.yml', (value: Yaml) => { value.jobs.look['runs-in'] = 'ubuntu'; }],
    ['github-history-matrix.yml', (value: Yaml) => { value.jobs.look.steps[0].with = 0; }],
    ['github-pull-request.yml', (value: Yaml) => { value.on = { pull_requests: null }; }],
    ['gitlab-history-matrix.yml', (value: Yaml) => { value['keylint-history'].parallel = 'four'; }],
    ['gitlab-merge-request.yml', (value: Yaml) => { value.keylint.scripts = ['true']; }],
    ['azure-pull-request.yml', (value: Yaml) => { value.steps[2] = { scripts: 'true' }; }],
    ['kubernetes-indexed-job.yaml', (_: Yaml, job: Yaml) => { job.spec.completionsMode = 'Indexed'; }],
    ['kubernetes-indexed-job.yaml', (_: Yaml, job: Yaml) => { job.spec.template.spec.containers[0].env[3].value = 4; }],
  ])('%s with a mistake is refused', (name, spoil) => {
    const values = documents(name) as Yaml[];
    spoil(values[0], values[1]);
    expect(values.flatMap((value) => validatorOf(name)(value))).not.toEqual([]);
  });

  test('the README names each of them', () => {
    const readme = readFileSync(resolve(examples, '../README.md'), 'utf8');
    expect(names.filter((name) => !readme.includes(`examples/${name}`))).toEqual([]);
  });
});

/** What `npx --yes keylint` would fetch is the program that was built. */
const bin = folder('npx');
write(join(bin, 'npx'), `#!/bin/sh\n[ "$1 $2" = '--yes keylint' ] || exit 127\nshift 2\nexec '${process.execPath}' '${program}' "$@"\n`);
chmodSync(join(bin, 'npx'), 0o755);

/** Runs the lines of a job. `shell`: as the system starts one. */
function runIn(cwd: string, script: string, env: Readonly<Record<string, string>>, shell: readonly string[] = ['bash', '-e']): Ran {
  expect(script).not.toContain('${{');
  const file = join(folder('script'), 'script');
  write(file, script);
  const path = `${bin}:${env['PATH'] ?? environment['PATH']!}`;
  return spawn(shell[0]!, [...shell.slice(1), file], { cwd, env: { ...env, PATH: path } });
}

/** With keys of which one lies in many versions of a file, and one in several files. */
function example(): string {
  const top = repository();
  const [moving, copied] = [makeKey(), makeKey()];
  for (let i = 0; i < 5; i++) {
    write(join(top, 'config.yml'), `${'# a line\n'.repeat(i)}${moving.text}`);
    git(top, 'add', '-A');
    git(top, 'commit', '-q', '-m', `config ${i}`);
  }
  for (const name of ['a', 'b', 'c']) write(join(top, 'keys', name), `${copied.text}# ${name}\n`);
  // Enough that there is something in every part.
  for (let i = 0; i < 60; i++) write(join(top, 'lib', `${i}`), `${i}\n`);
  git(top, 'add', '-A');
  git(top, 'commit', '-q', '-m', 'copies');
  git(top, 'rm', '-q', '-r', 'keys');
  git(top, 'commit', '-q', '-m', 'gone');
  return top;
}

/** The lines of a report for people that are about findings. */
const findingsIn = ({ stdout }: Ran): readonly string[] => stdout.split('\n').filter((line) => /^\S+:\d+:\d+ {2}/.test(line) || line.startsWith('::')).sort();

describeWith(['git', 'bash'], 'the parts of a history', () => {
  const top = example();
  /** What one run says. */
  const truth = (cwd: string, ...args: readonly string[]): readonly string[] => findingsIn(keylint(['--history', '--no-cache', ...args], { cwd }));

  test('of an Indexed Job', () => {
    const [, history, merge] = documents('kubernetes-indexed-job.yaml') as [Yaml, Yaml, Yaml];
    const reports = folder('reports');
    const containerOf = ({ spec }: Yaml): Yaml => spec.template.spec.containers[0];
    const envOf = (job: Yaml): Record<string, string> => ({ ...Object.fromEntries(containerOf(job).env.map(({ name, value }: Yaml) => [name, value])), HOME: folder('pod'), REPOSITORY: `file://${top}`, REPORTS: reports });
    const pod = (job: Yaml, env: Readonly<Record<string, string>>): Ran => {
      const { command, args } = containerOf(job) as { command: string[]; args: string[] };
      return spawn(command[0]!, [...command.slice(1), ...args], { cwd: env['HOME']!, env: { ...env, PATH: `${bin}:${environment['PATH']!}` } });
    };
    expect(envOf(history)['JOB_COMPLETION_COUNT']).toBe(String(history.spec.completions));
    expect(merge.spec.suspend).toBe(true);
    for (let index = 0; index < history.spec.completions; index++) {
      // So long as a part is missing nothing is said to be merged.
      if (index > 0) expect(pod(merge, envOf(merge)).status).toBe(2);
      expect(pod(history, { ...envOf(history), JOB_COMPLETION_INDEX: String(index) })).toMatchObject({ status: 0, stderr: '' });
    }
    const merged = pod(merge, envOf(merge));
    expect(merged.status).toBe(1);
    expect(findingsIn(merged)).toEqual(truth(top));
    // A part that is not whole is not there.
    expect(pod(history, { ...envOf(history), JOB_COMPLETION_INDEX: String(history.spec.completions) }).status).toBe(2);
    expect(pod(history, { ...envOf(history), REPOSITORY: 'file:///nowhere', JOB_COMPLETION_INDEX: '0' }).status).not.toBe(0);
  });

  test('of a matrix of GitHub, whose second run reads nothing again', () => {
    const [{ jobs: { look, judge } }] = documents('github-history-matrix.yml') as [Yaml];
    const shards = look.strategy.matrix.shard as number[];
    const stepOf = (job: Yaml, word: string): Yaml => job.steps.find(({ uses, run }: Yaml) => (uses ?? run).includes(word));
    const expand = (value: string, shard: number): string => value.replaceAll('${{ matrix.shard }}', String(shard)).replaceAll('${{ strategy.job-total }}', String(shards.length));
    expect(stepOf(look, 'actions/checkout').with['fetch-depth']).toBe(0);
    const kept = (stepOf(look, 'actions/cache').with.path as string).trim().split('\n');
    expect(kept).toHaveLength(2);
    const round = (number: number): string => {
      const judged = folder('judge');
      for (const shard of shards) {
        // Another machine each time; what is kept lies at the same place again.
        const [home, workspace] = [join(base, `runner-${shard}`), join(base, `runner-${shard}`, 'work', 'project')];
        rmSync(home, { recursive: true, force: true });
        mkdirSync(dirname(workspace), { recursive: true });
        git(base, 'clone', '-q', top, workspace);
        leaveToGit(workspace);
        const places = kept.map((path) => ({ here: path.startsWith('~') ? join(home, path.slice(2)) : join(workspace, path), there: join(base, `kept-${shard}`, `${path.length}`) }));
        for (const { here, there } of places) if (existsSync(there)) cpSync(there, here, { recursive: true });
        const list = join(folder('asked'), 'list');
        const { run, env } = stepOf(look, '--shard') as { run: string; env: Record<string, string> };
        const ran = runIn(workspace, run, { HOME: home, ...withGit(`case " $* " in *' cat-file --batch '*) tee '${list}' | "$GIT" "$@" ;; *) exec "$GIT" "$@" ;; esac`), ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, expand(value, shard)])) });
        expect(ran).toMatchObject({ status: 0, stdout: '', stderr: '' });
        expect(readFileSync(list, 'utf8') === '').toBe(number > 0);
        for (const { here, there } of places) cpSync(here, there, { recursive: true });
        for (const file of readdirSync(workspace).filter((name) => /^keylint-.*\.json$/.test(name))) cpSync(join(workspace, file), join(judged, file));
      }
      expect(readdirSync(judged)).toHaveLength(shards.length);
      const ran = runIn(judged, stepOf(judge, 'keylint merge').run as string, {});
      expect(ran.status).toBe(1);
      expect(findingsIn(ran)).toEqual(truth(join(base, 'runner-1/work/project'), '-f', 'github'));
      expect(existsSync(join(judged, stepOf(judge, 'upload-sarif').with.sarif_file as string))).toBe(true);
      rmSync(join(judged, 'keylint-2.json'));
      expect(runIn(judged, stepOf(judge, 'keylint merge').run as string, {}).status).toBe(2);
      return ran.stdout.replace(/\d+\.\d+ s\)/, '');
    };
    expect(round(0)).toBe(round(1));
  });

  test('of parallel jobs of GitLab', () => {
    const [{ 'keylint-history': look, 'keylint-judge': judge }] = documents('gitlab-history-matrix.yml') as [Yaml];
    expect(look.variables.GIT_DEPTH).toBe('0');
    const builds = join(folder('builds'), 'project');
    git(base, 'clone', '-q', top, builds);
    const runner = (script: readonly string[], env: Readonly<Record<string, string>>): Ran => runIn(builds, script.join('\n'), { GITLAB_CI: 'true', ...env }, ['sh', '-e']);
    for (let index = 1; index <= look.parallel; index++) {
      expect(runner(look.script as string[], { CI_NODE_INDEX: String(index), CI_NODE_TOTAL: String(look.parallel) })).toMatchObject({ status: 0, stdout: '', stderr: '' });
    }
    expect(existsSync(join(builds, '.git/keylint'))).toBe(false);
    expect(look.artifacts.paths).toEqual(['keylint-*.json']);
    const ran = runner(judge.script as string[], {});
    expect(ran.status).toBe(1);
    expect(findingsIn(ran)).toEqual(truth(builds));
  });
});

describeWith(['git', 'bash'], 'a request to merge', () => {
  const origin = repository();
  const sha = (name: string): string => git(origin, 'rev-parse', name);
  const commit = (path: string, content: string): void => {
    write(join(origin, path), content);
    git(origin, 'add', '-A');
    git(origin, 'commit', '-q', '-m', path);
  };
  commit('old', makeKey().text);
  git(origin, 'checkout', '-q', '-b', 'clean');
  commit('lib', 'lib\n');
  git(origin, 'checkout', '-q', '-b', 'topic', 'main');
  commit('deploy/key', makeKey().text);
  git(origin, 'rm', '-q', 'deploy/key');
  git(origin, 'commit', '-q', '-m', 'as if it had never been there');
  git(origin, 'checkout', '-q', 'main');
  commit('docs', 'docs\n');

  /** A clone of all, with the merge that a system makes of a branch into main. */
  function clone(branch: string): string {
    const work = join(folder('work'), 'project');
    git(base, 'clone', '-q', origin, work);
    git(work, 'checkout', '-q', '--detach', 'origin/main');
    git(work, 'merge', '-q', '--no-ff', '-m', 'merge', `origin/${branch}`);
    return work;
  }

  const systems: readonly (readonly [string, (branch: string) => Ran])[] = [
    ['GitHub', (branch) => {
      const [{ jobs: { keylint: job } }] = documents('github-pull-request.yml') as [Yaml];
      expect(job.steps[0]).toMatchObject({ uses: expect.stringMatching(/^actions\/checkout@/) as unknown, with: { 'fetch-depth': 0 } });
      const work = clone(branch);
      const event = join(folder('event'), 'event.json');
      write(event, JSON.stringify({ pull_request: { base: { sha: sha('main~1') }, head: { sha: sha(branch) } } }));
      return runIn(work, job.steps.at(-1).run as string, { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: 'pull_request', GITHUB_EVENT_PATH: event, GITHUB_SHA: git(work, 'rev-parse', 'HEAD') });
    }],
    ['GitLab', (branch) => {
      const [{ keylint: job }] = documents('gitlab-merge-request.yml') as [Yaml];
      expect(job.variables.GIT_DEPTH).toBe('0');
      const work = clone(branch);
      git(work, 'checkout', '-q', `origin/${branch}`);
      return runIn(work, (job.script as string[]).join('\n'), { GITLAB_CI: 'true', CI_PIPELINE_SOURCE: 'merge_request_event', CI_COMMIT_SHA: sha(branch), CI_COMMIT_BEFORE_SHA: '0'.repeat(40), CI_MERGE_REQUEST_DIFF_BASE_SHA: sha('main~1') }, ['sh', '-e']);
    }],
    ['Azure', (branch) => {
      const [{ steps }] = documents('azure-pull-request.yml') as [Yaml];
      expect(steps[0]).toEqual({ checkout: 'self', fetchDepth: '0' });
      const work = clone(branch);
      return runIn(work, steps.at(-1).script as string, { TF_BUILD: 'True', BUILD_REASON: 'PullRequest', SYSTEM_PULLREQUEST_TARGETBRANCH: 'refs/heads/main', SYSTEM_PULLREQUEST_SOURCECOMMITID: sha(branch), BUILD_SOURCEVERSION: git(work, 'rev-parse', 'HEAD') }, ['bash', '--noprofile', '--norc']);
    }],
  ];

  test.each(systems)('of %s that brought a key in one of its commits fails, and one that did not passes', (_, ask) => {
    const refused = ask('topic');
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('deploy/key');
    expect(refused.stdout).not.toMatch(/\bold\b/);
    expect(ask('clean').status).toBe(0);
  });
});
