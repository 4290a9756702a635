import { readFileSync } from 'node:fs';
import { git, GitError } from './git.ts';
import { existing, idsOf, NOTHING, ProtocolError } from './revisions.ts';

/** Which commits a CI job was started for. */

type Environment = Readonly<Record<string, string | undefined>>;

/** What a job's variables say of its commits. */
interface Job {
  /** The newest commits that it is about. An id of zeros: none, a branch was deleted. */
  readonly tips: readonly string[];
  /** What was there before, by several names, of which some may not be here. Empty ones and ids of zeros say that there was nothing. */
  readonly bases: readonly string[];
  /** How the job is given more of the history. */
  readonly deeper: string;
}

/**
 * The commits that a job of GitHub, GitLab or Azure Pipelines was started for, told from its variables: those of a merge request or a push.
 * Where there was nothing before (an id of zeros), or it cannot be told, the whole branch. `undefined` in no such job. Throws GitError.
 */
export function revisionsOfJob(cwd: string, env: Environment): readonly string[] | undefined {
  const job = env['GITHUB_ACTIONS'] === 'true' ? ofGitHub(cwd, env) : env['GITLAB_CI'] === 'true' ? ofGitLab(env) : env['TF_BUILD'] !== undefined ? ofAzure(cwd, env) : undefined;
  return job && rangeOf(cwd, job);
}

function rangeOf(cwd: string, { tips, bases, deeper }: Job): readonly string[] {
  const ends = tips.filter((name) => !NOTHING.test(name));
  const named = bases.filter((name) => name !== '' && !NOTHING.test(name));
  const here = new Set(existing(cwd, [...ends, ...named]));
  const lost = ends.find((name) => !here.has(name));
  if (lost !== undefined) throw new GitError(`${lost}, which this job is about, is not in this clone: ${deeper}`);
  const begins = named.filter((name) => here.has(name));
  // After a forced push what was there before is in no complete clone either: then all of the branch is looked at.
  if (named.length > 0 && begins.length === 0 && isShallow(cwd)) throw new GitError(`${named[0]!}, where the commits of this job begin, is not in this clone, which is shallow: ${deeper}`);
  return ends.length === 0 ? [] : [...ends, ...begins.map((name) => `^${name}`)];
}

function isShallow(cwd: string): boolean {
  return git(['rev-parse', '--is-shallow-repository'], { cwd, inHook: true }).toString().startsWith('true');
}

/** The parent that a merge commit was made on, where it is here and merges the other commit into it. Throws GitError. */
function baseOfMerge(cwd: string, merge: string | undefined, merged: string | undefined): readonly string[] {
  if (merge === undefined || merged === undefined) return [];
  const [base, other] = idsOf(cwd, [`${merge}^1`, `${merge}^2`]);
  return base !== undefined && other === merged ? [base] : [];
}

/** GitHub Docs, Events that trigger workflows; Webhook events and payloads: the event lies in a file. */
function ofGitHub(cwd: string, env: Environment): Job {
  const deeper = 'actions/checkout fetches it with fetch-depth: 0';
  const { pull_request: request, merge_group: group, before, after } = githubEvent(env['GITHUB_EVENT_PATH']);
  const checkedOut = env['GITHUB_SHA'];
  if (request) {
    const head = request.head?.sha;
    if (head === undefined) throw new ProtocolError('the event of this job (GITHUB_EVENT_PATH) names no commit');
    // The event's base is that of the time when the request was opened. Checked out is a merge into the branch as it is now; for pull_request_target that branch itself.
    const isMerge = env['GITHUB_EVENT_NAME'] !== 'pull_request_target';
    const current = isMerge ? baseOfMerge(cwd, checkedOut, head) : [checkedOut ?? ''];
    return { tips: [head, ...current.length > 0 && isMerge ? [checkedOut!] : []], bases: [request.base?.sha ?? '', ...current], deeper };
  }
  if (group) return { tips: [group.head_sha ?? checkedOut ?? 'HEAD'], bases: [group.base_sha ?? ''], deeper };
  // Of a tag that was pushed the commit is checked out, and the tag itself may not be here.
  const tip = after !== undefined && (NOTHING.test(after) || existing(cwd, [after]).length > 0) ? after : checkedOut ?? after ?? 'HEAD';
  return { tips: [tip], bases: [before ?? ''], deeper };
}

interface GitHubEvent {
  readonly pull_request?: { readonly base?: { readonly sha?: string }; readonly head?: { readonly sha?: string } };
  readonly merge_group?: { readonly base_sha?: string; readonly head_sha?: string };
  readonly before?: string;
  readonly after?: string;
}

function githubEvent(file: string | undefined): GitHubEvent {
  try {
    return file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8')) as GitHubEvent;
  } catch {
    throw new ProtocolError('the event of this job (GITHUB_EVENT_PATH) cannot be read');
  }
}

/** GitLab Docs, Predefined CI/CD variables. In merged results pipelines a merge is checked out, and the tips of both branches are named. */
function ofGitLab(env: Environment): Job {
  const deeper = 'GitLab fetches it with GIT_DEPTH: 0 under variables';
  const base = env['CI_MERGE_REQUEST_DIFF_BASE_SHA'] ?? env['CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA'] ?? env['CI_COMMIT_BEFORE_SHA'] ?? '';
  return { tips: [env['CI_COMMIT_SHA'] ?? 'HEAD'], bases: [base, env['CI_MERGE_REQUEST_TARGET_BRANCH_SHA'] ?? ''], deeper };
}

/** Microsoft Learn, Azure Pipelines, Use predefined variables. Nothing tells what was there before a push: then all of the branch is looked at. */
function ofAzure(cwd: string, env: Environment): Job {
  const deeper = 'Azure Pipelines fetches it with fetchDepth: 0 in the checkout step';
  const checkedOut = env['BUILD_SOURCEVERSION'] ?? 'HEAD';
  const target = env['SYSTEM_PULLREQUEST_TARGETBRANCH'];
  if (target === undefined) return { tips: [checkedOut], bases: [], deeper };
  return { tips: [checkedOut], bases: [`refs/remotes/origin/${target.replace(/^refs\/heads\//, '')}`, ...baseOfMerge(cwd, checkedOut, env['SYSTEM_PULLREQUEST_SOURCECOMMITID'])], deeper };
}
