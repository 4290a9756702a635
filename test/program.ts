import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect } from 'vitest';

/** The built program. */
export const program = resolve(import.meta.dirname, '../dist/cli.cjs');

/** A folder of the tests of one file, by its real path, readable for all, removed after them. */
export const base = realpathSync(freshFolder());
chmodSync(base, 0o755);
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Its name is not random: one in some hundred random names, with what stands around it, looks like key text, and would be shortened in messages. */
function freshFolder(): string {
  for (let i = 0; ; i++) {
    const path = join(tmpdir(), `keylint-test-${process.pid}-${i}`);
    if (existsSync(path)) continue;
    mkdirSync(path);
    return path;
  }
}

let count = 0;

/** A home folder without anything in it. */
const home = folder('home');

/** Nothing of the user's own settings has a say: not git's, not those of a hook that may be running the tests, not Node's. */
export const environment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8', TMPDIR: tmpdir(),
  GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ann', GIT_AUTHOR_EMAIL: 'ann@example.org', GIT_COMMITTER_NAME: 'Ann', GIT_COMMITTER_EMAIL: 'ann@example.org',
};

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Buffer;
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the clean environment. */
export function spawn(command: string, args: readonly string[], { cwd = base, env, input = '' }: RunOptions = {}): Ran {
  const { status, stdout, stderr, error } = spawnSync(command, [...args], { cwd, input, maxBuffer: 1 << 28, timeout: 50_000, env: { ...environment, ...env } });
  if (error) throw error;
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

export function keylint(args: readonly string[], options?: RunOptions): Ran {
  return spawn(process.execPath, [program, ...args], options);
}

/** How to run a program as a user for whom file modes count, and who is in no list of users: root reads everything. `undefined` where that cannot be had. */
const unprivileged: readonly string[] | undefined = process.getuid?.() !== 0 ? []
  : [['setpriv', '--reuid=65533', '--regid=65533', '--clear-groups']].find(([command, ...args]) => spawnSync(command!, [...args, process.execPath, '-e', '0']).status === 0);

/** keylint as a user who is not root, from a place that everybody can read. */
export const keylintAsNobody = unprivileged && ((args: readonly string[], options?: RunOptions): Ran => {
  const copy = join(base, 'dist');
  if (!existsSync(copy)) {
    cpSync(dirname(program), copy, { recursive: true });
    // What is loaded for files of ssh.
    cpSync(resolve(import.meta.dirname, '../node_modules/ssh-config'), join(base, 'node_modules/ssh-config'), { recursive: true });
  }
  const [command, ...rest] = [...unprivileged, process.execPath, join(copy, 'cli.cjs'), ...args];
  return spawn(command!, rest, options);
});

/** The JSON report, as programs read it. */
export interface JsonReport {
  readonly summary: { files: number; bytes: number; keys: number; errors: number; warnings: number; skipped: { path: string; reason: string }[]; ms: number };
  readonly keys: { path: string; line: number; column: number; endLine: number; fingerprint?: string; [field: string]: unknown }[];
  readonly findings: { rule: string; severity: string; path: string; line: number; column: number; [field: string]: unknown }[];
}

/** Runs keylint with `-f json` and gives what it printed beside its status. */
export function keylintJson(args: readonly string[], options?: RunOptions): JsonReport & { readonly status: number | null; readonly stderr: string } {
  const { status, stdout, stderr } = keylint(['-f', 'json', ...args], options);
  if (stdout === '') throw new Error(`no report: ${stderr}`);
  return { ...JSON.parse(stdout) as JsonReport, status, stderr };
}

/** Runs git; throws when it fails. */
export function git(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawn('git', args, { cwd });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.replace(/\n$/, '');
}

/** A new folder. */
export function folder(name = 'folder'): string {
  const path = join(base, `${name}-${++count}`);
  mkdirSync(path);
  return path;
}

/** A new repository with one commit, or with none. */
export function repository({ commit = true, format = 'sha1' } = {}): string {
  const top = folder('repository');
  git(top, 'init', '-q', '-b', 'main', `--object-format=${format}`);
  if (commit) git(top, 'commit', '-q', '--allow-empty', '-m', 'first');
  return top;
}

/** Commits all that is in the work tree, after writing these files (`undefined`: deleting them), and gives the commit's id. */
export function commit(top: string, files: Readonly<Record<string, string | Buffer | undefined>> = {}, message = 'change'): string {
  for (const [name, content] of Object.entries(files)) {
    if (content === undefined) rmSync(join(top, name), { recursive: true });
    else write(join(top, name), content);
  }
  git(top, 'add', '-A');
  git(top, 'commit', '-q', '--allow-empty', '--no-verify', '-m', message);
  return git(top, 'rev-parse', 'HEAD');
}

/** Runs git with something on its standard input. */
export function pipeToGit(cwd: string, input: string | Buffer, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawn('git', args, { cwd, input });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.replace(/\n$/, '');
}

/** Makes a script the hook of this name. */
export function hook(top: string, name: string, script: string): void {
  const file = join(git(top, 'rev-parse', '--path-format=absolute', '--git-path', 'hooks'), name);
  write(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** How a hook runs the built program. */
export const inHook = `'${process.execPath}' '${program}'`;

export function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** A PATH with a git of our own in front: the script sees the arguments, and the real one as $GIT. */
export function withGit(script: string): Readonly<Record<string, string>> {
  const bin = folder('bin');
  write(join(bin, 'git'), `#!/bin/sh\nGIT='${spawn('sh', ['-c', 'command -v git']).stdout.trim()}'\n${script}\n`);
  chmodSync(join(bin, 'git'), 0o755);
  return { PATH: `${bin}:${environment['PATH']}` };
}

export interface TestKey {
  readonly text: string;
  readonly fingerprint: string;
}

/** A new Ed25519 key without a passphrase, as ssh-keygen writes it (openssh-portable, PROTOCOL.key). */
export function makeKey(): TestKey {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [seed, point] = [jwk.d!, jwk.x!].map((part) => Buffer.from(part, 'base64url')) as [Buffer, Buffer];
  const number = (value: number): Buffer => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);
  const string = (value: string | Buffer): Buffer => Buffer.concat([number(value.length), Buffer.from(value)]);
  const publicHalf = Buffer.concat([string('ssh-ed25519'), string(point)]);
  const secret = Buffer.concat([randomBytes(4), publicHalf, string(Buffer.concat([seed, point])), string('test')]);
  const checked = Buffer.concat([secret.subarray(0, 4), secret]);
  const padded = Buffer.concat([checked, Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, -checked.length & 7)]);
  const whole = Buffer.concat([Buffer.from('openssh-key-v1\0'), string('none'), string('none'), string(''), number(1), string(publicHalf), string(padded)]);
  const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${whole.toString('base64').replace(/.{70}/g, '$&\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
  return { text, fingerprint: `SHA256:${createHash('sha256').update(publicHalf).digest('base64').replace(/=+$/, '')}` };
}

/** What keylint says when it cannot do its work: one clear line, exit code 2, no stack. */
export function expectBroken({ status, stdout, stderr }: Ran, message: RegExp): void {
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => /^(keylint: error:|failed:)/.test(line));
  expect(lines.join('\n')).toMatch(message);
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at |internal error/m);
  expect(status).toBe(2);
}

/** Lets a repository borrow from a folder that only git can tell the name of: whatever the repository has is then had from git, too. */
export function leaveToGit(top: string): void {
  const objects = join(git(top, 'rev-parse', '--path-format=absolute', '--git-common-dir'), 'objects');
  const odd = join(folder('borrowed'), 'odd\tname');
  mkdirSync(odd);
  appendFileSync(join(objects, 'info/alternates'), `${odd}\n`);
}
