import { readFileSync } from 'node:fs';
import { git, GitError } from './git.ts';

/** Which commits a hook or a CI job is about. */

/** git's id for "there is none", in SHA-1 and SHA-256. */
const NOTHING = /^0{40}(?:0{24})?$/;
const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** What a hook was told cannot be understood. */
class ProtocolError extends GitError {}

/** What a pre-push hook reads (githooks(5), pre-push): `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID` a line. What is deleted brings nothing. Throws GitError. */
export function pushedRevisions(cwd: string, input: string): readonly string[] {
  const lines = fieldsOf(input, 4, 'pre-push');
  const known = existing(cwd, lines.map(([, , , remote]) => remote!).filter((id) => !NOTHING.test(id)));
  const pushed = lines.map(([, local]) => local!).filter((id) => !NOTHING.test(id));
  return pushed.length === 0 ? [] : [...pushed, ...known.map((id) => `^${id}`)];
}

/** What a pre-receive hook reads (githooks(5), pre-receive): `OLD-ID NEW-ID REF` a line. Throws GitError. */
export function receivedRevisions(input: string): readonly string[] {
  return fieldsOf(input, 3, 'pre-receive').map(([, id]) => id!).filter((id) => !NOTHING.test(id));
}

function fieldsOf(input: string, count: number, hook: string): readonly (readonly string[])[] {
  return input.split('\n').filter(Boolean).map((line) => {
    const fields = line.split(' ');
    const ids = hook === 'pre-push' ? [fields[1], fields[3]] : [fields[0], fields[1]];
    if (fields.length !== count || !ids.every((id) => id !== undefined && ID.test(id))) throw new ProtocolError(`standard input is not what git gives a ${hook} hook`);
    return fields;
  });
}

/** Those of the objects that are here: a remote may have commits that were never fetched. */
function existing(cwd: string, ids: readonly string[]): readonly string[] {
  if (ids.length === 0) return [];
  const answers = git(['cat-file', '--batch-check=%(objectname)'], { cwd, inHook: true, input: `${ids.join('\n')}\n` }).toString('latin1').split('\n');
  return ids.filter((id, i) => answers[i] === id);
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The commits that a job of GitHub, GitLab or Azure Pipelines was started for, told from its variables: those of a merge request or a push.
 * Where there was nothing before (an id of zeros), the whole branch. `undefined` in no such job. Throws GitError.
 */
export function revisionsOfJob(env: Environment): readonly string[] | undefined {
  if (env['GITHUB_ACTIONS'] === 'true') return ofGitHub(env);
  if (env['GITLAB_CI'] === 'true') return between(env['CI_MERGE_REQUEST_DIFF_BASE_SHA'] ?? env['CI_COMMIT_BEFORE_SHA'], env['CI_COMMIT_SHA']);
  if (env['TF_BUILD'] === undefined) return undefined;
  const target = env['SYSTEM_PULLREQUEST_TARGETBRANCH']?.replace(/^refs\/heads\//, '');
  return between(target === undefined ? undefined : `refs/remotes/origin/${target}`, env['BUILD_SOURCEVERSION']);
}

function between(from: string | undefined, to = 'HEAD'): readonly string[] {
  return from === undefined || from === '' || NOTHING.test(from) ? [to] : [`${from}..${to}`];
}

/** GitHub Docs, Webhook events and payloads: the event lies in a file. */
function ofGitHub(env: Environment): readonly string[] {
  const file = env['GITHUB_EVENT_PATH'];
  let event: Event = {};
  try {
    if (file !== undefined) event = JSON.parse(readFileSync(file, 'utf8')) as Event;
  } catch {
    throw new ProtocolError('the event of this job (GITHUB_EVENT_PATH) cannot be read');
  }
  // Of a pull request the merge of it and its base is checked out.
  if (event.pull_request) return between(event.pull_request.base?.sha);
  if (event.merge_group) return between(event.merge_group.base_sha, event.merge_group.head_sha);
  return between(event.before, event.after ?? env['GITHUB_SHA']);
}

interface Event {
  readonly pull_request?: { readonly base?: { readonly sha?: string } };
  readonly merge_group?: { readonly base_sha?: string; readonly head_sha?: string };
  readonly before?: string;
  readonly after?: string;
}
