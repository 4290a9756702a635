import { spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from 'node:child_process';
import type { Writable } from 'node:stream';
import { findProgram } from './program.ts';

/** git failed, or is not there. The message says which command and what git said; never file content. */
export class GitError extends Error {
  override readonly name = 'GitError';
  /** git's exit code, where it ended by itself. */
  readonly status: number | undefined;

  constructor(message: string, options?: ErrorOptions & { readonly status?: number }) {
    super(message, options);
    this.status = options?.status;
  }
}

/**
 * A repository under scan must not run anything: no fsmonitor, no hooks, no pager. Replace refs and optional index writes are off too,
 * and so is the commit graph: a file that says of commits what only they can know.
 */
const SAFE = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.commitGraph=false', '--no-replace-objects', '--no-optional-locks', '--no-pager'];

/**
 * A promisor remote is never asked for what is missing: not by gits that know the first variable (2.45, 2.39.4), and by others not through
 * any transport. An empty list allows none, whatever the repository's `protocol.*.allow` says (git(1), GIT_ALLOW_PROTOCOL).
 */
const OFFLINE = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: ':', GIT_TERMINAL_PROMPT: '0' };

/** Grafts tell of other parents than the commits do. There is no option that turns them off, but another file can be named. */
const UNGRAFTED = { GIT_GRAFT_FILE: '/dev/null' };

/** Names git's own variables for "this repository", which belong to the hook that called us and to no other folder (git rev-parse --local-env-vars). */
const LOCAL: ReadonlySet<string> = new Set(['GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_CONFIG', 'GIT_OBJECT_DIRECTORY', 'GIT_DIR', 'GIT_WORK_TREE', 'GIT_IMPLICIT_WORK_TREE', 'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE', 'GIT_REPLACE_REF_BASE', 'GIT_PREFIX', 'GIT_SHALLOW_FILE', 'GIT_COMMON_DIR', 'GIT_INTERNAL_SUPER_PREFIX']);

export interface GitOptions {
  readonly cwd: string;
  readonly input?: string | Buffer;
  /** Largest output to hold, in bytes. */
  readonly maxBuffer?: number;
  /** Keep the variables a hook was given (the index of the commit being made, a quarantine); else the folder decides alone. */
  readonly inHook?: boolean;
  /** Paths are patterns; they are literal otherwise. */
  readonly patterns?: boolean;
}

export function gitEnvironment(inHook: boolean): NodeJS.ProcessEnv {
  // The other ways to read paths exclude the literal one.
  const inherited = Object.entries(process.env).filter(([name]) => (inHook || !LOCAL.has(name)) && !/^GIT_(?:NO)?GLOB_PATHSPECS$|^GIT_ICASE_PATHSPECS$/.test(name));
  return { ...Object.fromEntries(inherited), LC_ALL: 'C', GIT_LITERAL_PATHSPECS: '1', ...OFFLINE, ...UNGRAFTED };
}

export const gitArguments = (args: readonly string[]): string[] => [...SAFE, ...args];

/** Where git is. Throws GitError. */
export function gitProgram(): string {
  const { PATH } = process.env;
  if (!found || found.path !== PATH) found = { path: PATH, program: findProgram('git') };
  if (found.program === undefined) throw new GitError('git is not on PATH');
  return found.program;
}

/** What was found for the last PATH. */
let found: { readonly path: string | undefined; readonly program: string | undefined } | undefined;

/** Runs git and gives its output. Throws GitError. */
export function git(args: readonly string[], { cwd, input, maxBuffer = 1 << 30, inHook = false, patterns = false }: GitOptions): Buffer {
  const env = gitEnvironment(inHook);
  if (patterns) delete env['GIT_LITERAL_PATHSPECS'];
  const run = (given?: string | Buffer): SpawnSyncReturns<Buffer> => spawnSync(gitProgram(), gitArguments(args), { cwd, maxBuffer, env, ...(given !== undefined && { input: given }) });
  let result = run(input);
  // A git that ends before it has read everything says why; where Node has ended it for the broken pipe first, one that is given nothing does.
  if (isBrokenPipe(result) && result.status === null) {
    const again = run('');
    if (!again.error && again.status !== 0) result = again;
  }
  if (result.error && !(result.status !== null && isBrokenPipe(result))) throw gitFailure(args, { error: result.error });
  const { status, signal, stderr, stdout } = result;
  if (status !== 0) throw gitFailure(args, { status, signal, stderr });
  return stdout;
}

function isBrokenPipe({ error }: SpawnSyncReturns<Buffer>): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'EPIPE';
}

/** Writes what a git reads. It may end before it has read everything: its exit says why, not the broken pipe. */
export type Feed = (stdin: Writable) => Promise<void>;

export interface StreamOptions extends Pick<GitOptions, 'cwd' | 'inHook'> {
  readonly feed?: Feed;
  /** Is given the beginning of what git says on standard error, when it has ended well. */
  readonly heed?: (stderr: string) => void;
  /** Ends git. */
  readonly signal?: AbortSignal | undefined;
}

/** A git that is at work. */
export interface Running {
  readonly child: ChildProcess;
  readonly stdin: Writable;
  /** What went wrong, when it has ended. */
  readonly ended: Promise<GitError | undefined>;
  /** The beginning of what it has said on standard error. */
  readonly said: () => string;
}

/** Starts one; what it prints goes into a pipe, or a file that is open. Throws GitError where there is none. */
export function runGit(args: readonly string[], { cwd, inHook = false, signal }: Pick<StreamOptions, 'cwd' | 'inHook' | 'signal'>, stdout: 'pipe' | number): Running {
  const child = spawn(gitProgram(), gitArguments(args), { cwd, env: gitEnvironment(inHook), stdio: ['pipe', stdout, 'pipe'], ...(signal && { signal }) });
  const stdin = child.stdin!;
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => { if (stderr.length < 1 << 16) stderr += text; });
  const ended = new Promise<GitError | undefined>((resolve) => {
    child.on('error', (error) => resolve(gitFailure(args, { error })));
    child.on('close', (status, signal) => resolve(status === 0 ? undefined : gitFailure(args, { status, signal, stderr })));
  });
  stdin.on('error', () => {});
  return { child, stdin, ended, said: () => stderr };
}

/** What git prints, as it comes. Throws GitError when it has failed; what `feed` throws ends it, and is thrown instead. */
export async function* streamGit(args: readonly string[], { feed, heed, ...options }: StreamOptions): AsyncGenerator<Buffer> {
  const { child, stdin, ended, said } = runGit(args, options, 'pipe');
  const fed = feed ? feed(stdin).then(() => { stdin.end(); }) : Promise.resolve(void stdin.end());
  fed.catch(() => child.kill());
  let isRead = false;
  try {
    for await (const chunk of child.stdout! as AsyncIterable<Buffer>) yield chunk;
    isRead = true;
  } finally {
    if (!isRead) child.kill();
  }
  const failure = await ended;
  await fed;
  if (failure) throw failure;
  heed?.(said());
}

/** Feeds text, line by line or piece by piece, no faster than it is read. */
export function feedOf(pieces: Iterable<string> | AsyncIterable<string>): Feed {
  return async (stdin) => {
    for await (const piece of pieces) {
      if (stdin.destroyed) return;
      if (!stdin.write(piece)) await drained(stdin);
    }
  };
}

function drained(stdin: Writable): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      stdin.off('drain', go).off('close', go);
      resolve();
    };
    stdin.on('drain', go).on('close', go);
  });
}

export interface Output {
  readonly stdout: Buffer;
  /** Its beginning. */
  readonly stderr: string;
}

/** Starts git and gives its output when it has ended. Rejects with GitError. */
export async function startGit(args: readonly string[], options: StreamOptions): Promise<Output> {
  const chunks: Buffer[] = [];
  let stderr = '';
  for await (const chunk of streamGit(args, { ...options, heed: (said) => { stderr = said; } })) chunks.push(chunk);
  return { stdout: Buffer.concat(chunks), stderr };
}

/** git's list of the paths in an index, from the top. Throws GitError where one is empty: git takes what is missing of an index that is cut off for zeros. */
export function trackedPaths(top: string): Buffer {
  const paths = git(['ls-files', '-z', '--cached'], { cwd: top });
  // An empty path as it is seen from the top.
  if (paths.toString('latin1', 0, 3) === './\0' || paths.includes('\0./\0')) throw damagedIndex();
  return paths;
}

export function damagedIndex(): GitError {
  return new GitError('the index of git is damaged: it has an entry without a name');
}

interface Ending {
  readonly error?: NodeJS.ErrnoException;
  readonly status?: number | null;
  readonly signal?: NodeJS.Signals | null;
  readonly stderr?: Buffer | string;
}

export function gitFailure(args: readonly string[], { error, status, signal, stderr }: Ending): GitError {
  const command = `git ${args[0]}`;
  if (error) return new GitError(`${command} cannot be run: ${error.code ?? error.name}`, { cause: error });
  if (signal) return new GitError(`${command}: ended by ${signal}`);
  // Warnings and traces may stand before what counts.
  const said = String(stderr ?? '').split('\n').map((line) => line.trim()).filter(Boolean);
  const sentence = said.find((line) => line.startsWith('fatal: ')) ?? said.find((line) => line.startsWith('error: ')) ?? said.find((line) => !/^(?:hint|warning): /.test(line)) ?? said[0];
  return new GitError(`${command}: ${sentence?.replace(/^(fatal|error): /, '') ?? 'failed'}`, { ...(typeof status === 'number' && { status }) });
}
