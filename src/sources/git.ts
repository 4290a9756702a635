import { spawn, spawnSync } from 'node:child_process';

/** git failed, or is not there. The message says which command and what git said; never file content. */
export class GitError extends Error {
  override readonly name = 'GitError';
}

/**
 * A repository under scan must not run anything: no fsmonitor, no hooks, and no transport, so that a promisor remote is
 * never asked for what is missing. Replace refs and optional index writes are off too.
 */
const SAFE = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'protocol.allow=never', '--no-replace-objects', '--no-optional-locks', '--no-pager'];

/** Names git's own variables for "this repository", which belong to the hook that called us and to no other folder (git rev-parse --local-env-vars). */
const LOCAL: ReadonlySet<string> = new Set(['GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_CONFIG', 'GIT_OBJECT_DIRECTORY', 'GIT_DIR', 'GIT_WORK_TREE', 'GIT_IMPLICIT_WORK_TREE', 'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE', 'GIT_REPLACE_REF_BASE', 'GIT_PREFIX', 'GIT_SHALLOW_FILE', 'GIT_COMMON_DIR', 'GIT_INTERNAL_SUPER_PREFIX']);

export interface GitOptions {
  readonly cwd: string;
  readonly input?: string;
  /** Largest output to hold, in bytes. */
  readonly maxBuffer?: number;
  /** Keep the variables a hook was given (the index of the commit being made, a quarantine); else the folder decides alone. */
  readonly inHook?: boolean;
  /** Paths are patterns; they are literal otherwise. */
  readonly patterns?: boolean;
}

export function gitEnvironment(inHook: boolean): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => inHook || !LOCAL.has(name));
  return { ...Object.fromEntries(inherited), LC_ALL: 'C', GIT_NO_LAZY_FETCH: '1', GIT_LITERAL_PATHSPECS: '1', GIT_TERMINAL_PROMPT: '0' };
}

export const gitArguments = (args: readonly string[]): string[] => [...SAFE, ...args];

/** Runs git and gives its output. Throws GitError. */
export function git(args: readonly string[], { cwd, input, maxBuffer = 1 << 30, inHook = false, patterns = false }: GitOptions): Buffer {
  const env = gitEnvironment(inHook);
  if (patterns) delete env['GIT_LITERAL_PATHSPECS'];
  const result = spawnSync('git', gitArguments(args), { cwd, maxBuffer, env, ...(input !== undefined && { input }) });
  if (result.error) throw gitFailure(args, result.error);
  if (result.status !== 0) throw gitFailure(args, undefined, result.stderr, result.signal);
  return result.stdout;
}

/** Starts git and gives its output when it has ended. Rejects with GitError. */
export function startGit(args: readonly string[], cwd: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', gitArguments(args), { cwd, env: gitEnvironment(false), stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.setEncoding('utf8').on('data', (text: string) => { if (stderr.length < 4096) stderr += text; });
    child.on('error', (error) => reject(gitFailure(args, error)));
    child.on('close', (status, signal) => (status === 0 ? resolve(Buffer.concat(chunks)) : reject(gitFailure(args, undefined, stderr, signal))));
  });
}

export function gitFailure(args: readonly string[], error: Error | undefined, stderr?: Buffer | string, signal?: NodeJS.Signals | null): GitError {
  const command = `git ${args[0] === '-C' ? args[2] : args[0]}`;
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return new GitError('git is not on PATH');
  if (error) return new GitError(`${command}: ${error.message}`, { cause: error });
  const said = String(stderr ?? '').split('\n').map((line) => line.trim()).filter(Boolean)[0];
  return new GitError(`${command}: ${signal ? `ended by ${signal}` : said?.replace(/^(fatal|error): /, '') ?? 'failed'}`);
}
