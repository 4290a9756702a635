import { readFileSync } from 'node:fs';
import { isatty } from 'node:tty';
import type { HistoryRequest } from './lint.ts';
import { UsageError, wholeNumber, type Values } from './options.ts';
import type { Shard } from './report.ts';
import { revisionsOfJob } from './sources/job.ts';
import { readPush, readReceived } from './sources/revisions.ts';

/** The options that mean git's history, of which only one can be given. */
const modes = ['history', 'range', 'since', 'pre-push', 'pre-receive'] as const satisfies readonly (keyof Values)[];

/**
 * What the command line says of a history. `words`: what stands before `--`: commits and ranges, or what git tells a pre-push hook.
 * Throws UsageError for what does not go together, GitError for what a hook or a job was told and cannot be understood.
 */
export function historyRequest(values: Values, words: readonly string[], env: Readonly<Record<string, string | undefined>>): HistoryRequest {
  const given = modes.filter((name) => values[name] !== undefined);
  if (given.length > 1) throw new UsageError(`--${given[0]} and --${given[1]} exclude each other`);
  if (given.length === 0) throw new UsageError('--reflog, --unreachable, --allow-missing, --shard, --no-cache, --max-bytes and --max-seconds go with --history, --range, --since, --pre-push or --pre-receive');
  const isBudget = values['max-bytes'] !== undefined || values['max-seconds'] !== undefined;
  if (isBudget && !values['pre-receive']) throw new UsageError(`--${values['max-bytes'] === undefined ? 'max-seconds' : 'max-bytes'} goes with --pre-receive`);
  const shard = values.shard === undefined ? undefined : shardOf(values.shard, env);
  const common = { ...(values['allow-missing'] && { allowMissing: true }), ...(shard && { shard }), ...(values.cache === false && { noCache: true }) };
  if (values['pre-push']) return { ...common, ...pushRequest(words) };
  if (values['pre-receive']) return { ...common, ...receiveRequest(values, words) };
  const revisions = revisionsOf(values, words, env);
  if (!revisions) return { ...common, ...(values.reflog && { reflog: true }), ...(values.unreachable && { unreachable: true }) };
  if (values.reflog || values.unreachable) throw new UsageError(`--${values.reflog ? 'reflog' : 'unreachable'} goes with the whole history, not with a range`);
  for (const name of revisions) if (/^-|[\n\0]|^$/.test(name)) throw new UsageError(`${JSON.stringify(name)} names no commits`);
  return { ...common, revisions };
}

function revisionsOf({ range, since }: Values, words: readonly string[], env: Readonly<Record<string, string | undefined>>): readonly string[] | undefined {
  if ((range !== undefined || since !== undefined) && words.length > 0) throw new UsageError('paths go behind --', `keylint --${range === undefined ? 'since REF' : 'range A..B'} -- PATH`);
  if (range === 'auto') {
    const found = revisionsOfJob(process.cwd(), env);
    if (!found) throw new UsageError('no variables of a GitHub, GitLab or Azure job are set', 'name the range: --range A..B');
    return found;
  }
  if (range !== undefined) return [range];
  if (since !== undefined) return [`${since}..HEAD`];
  return words.length > 0 ? words : undefined;
}

/** git gives a pre-push hook the name of the remote, or its URL where it has none, and the URL (githooks(5)). */
function pushRequest([remote]: readonly string[]): HistoryRequest {
  return { ...readPush(process.cwd(), standardInput('pre-push')), isPushed: true, ...(remote !== undefined && { without: { remote } }) };
}

function receiveRequest(values: Values, words: readonly string[]): HistoryRequest {
  if (words.length > 0) throw new UsageError('--pre-receive takes no paths');
  const [maxBytes, maxSeconds] = [wholeNumber('max-bytes', values['max-bytes'], 0), wholeNumber('max-seconds', values['max-seconds'], 0)];
  return { ...readReceived(standardInput('pre-receive')), isPushed: true, isReceived: true, without: 'all', ...(maxBytes !== undefined && { maxBytes }), ...(maxSeconds !== undefined && { maxSeconds }) };
}

function standardInput(hook: string): string {
  // A person would wait for an answer to a question that is never asked.
  if (isatty(0)) throw new UsageError(`--${hook} reads what git gives a ${hook} hook on standard input`, `put it into the hook: exec keylint --${hook}${hook === 'pre-push' ? ' "$@"' : ''}`);
  return readFileSync(0, 'utf8');
}

/** `I/N`, counted from 1; or what a Kubernetes Indexed Job (counted from 0) or a GitLab job (counted from 1) says of itself. */
function shardOf(text: string, env: Readonly<Record<string, string | undefined>>): Shard {
  const [index, count, ...more] = text !== 'auto' ? text.split('/')
    : env['JOB_COMPLETION_INDEX'] !== undefined ? [env['JOB_COMPLETION_INDEX'].replace(/^\d{1,6}$/, (digits) => String(Number(digits) + 1)), env['JOB_COMPLETION_COUNT']]
    : [env['CI_NODE_INDEX'], env['CI_NODE_TOTAL']];
  const shard = { index: Number(index), count: Number(count) };
  if (text === 'auto' && (index === undefined || count === undefined)) throw new UsageError('--shard auto needs JOB_COMPLETION_INDEX and JOB_COMPLETION_COUNT, or CI_NODE_INDEX and CI_NODE_TOTAL');
  if (!/^\d{1,6}$/.test(index ?? '') || !/^\d{1,6}$/.test(count ?? '') || more.length > 0 || shard.index < 1 || shard.index > shard.count) throw new UsageError(`--shard takes I/N, I from 1 to N, not ${JSON.stringify(text === 'auto' ? `${index}/${count}` : text)}`);
  return shard;
}
