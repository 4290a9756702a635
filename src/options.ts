import { parseArgs } from 'node:util';
import { didYouMean } from './did-you-mean.ts';
import { withoutPastedKey } from './text.ts';

/** Bad words on the command line: exit code 2. `hint` says what was probably meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(withoutPastedKey(message));
    this.hint = hint;
  }
}

interface Option {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly multiple?: true;
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly help: string;
  /** Shown as `--no-NAME`: it is on by default. */
  readonly on?: true;
}

/** One table feeds the parser, the help and the suggestions. */
export const options = {
  staged: { type: 'boolean', help: 'lint what is about to be committed: the blobs in git\'s index' },
  history: { type: 'boolean', help: 'lint every blob in git\'s history: of all refs, or of the commits and ranges that are named (paths go behind --)' },
  range: { type: 'string', value: 'A..B', help: 'lint what these commits brought; "auto": the range of this GitHub, GitLab or Azure job' },
  since: { type: 'string', value: 'REF', help: 'lint what the commits since REF brought' },
  reflog: { type: 'boolean', help: 'with --history: also what only reflogs lead to' },
  unreachable: { type: 'boolean', help: 'with --history: also stored blobs that nothing leads to' },
  'allow-missing': { type: 'boolean', help: 'with --history: go on where a shallow or partial clone has not everything' },
  shard: { type: 'string', value: 'I/N', help: 'with --history: one part of N; "auto": as the CI job says' },
  cache: { type: 'boolean', on: true, help: 'with --history: look at every blob again, and keep no record of it' },
  'pre-push': { type: 'boolean', help: 'lint what is about to be pushed, as git\'s pre-push hook' },
  'pre-receive': { type: 'boolean', help: 'lint what was pushed, as a server\'s pre-receive hook' },
  'max-bytes': { type: 'string', value: 'N', help: 'with --pre-receive: refuse a push that brings more bytes' },
  'max-seconds': { type: 'string', value: 'N', help: 'with --pre-receive: refuse a push that takes longer to look at' },
  stdin: { type: 'boolean', help: 'lint what is piped in' },
  'stdin-filename': { type: 'string', value: 'NAME', help: 'judge standard input as this file' },
  config: { type: 'string', short: 'c', value: 'FILE', help: 'use this policy instead of the nearest keylint.config.json' },
  rule: { type: 'string', multiple: true, value: "'ID: error'", help: 'set a rule, also with options: \'min-key-size: [error, {"rsa": 3072}]\'' },
  guess: { type: 'boolean', help: 'try a short list of passphrases on encrypted keys; says whether one fits, never which' },
  'guess-seconds': { type: 'string', value: 'N', help: 'how long to try them, in all (default: 10)' },
  fix: { type: 'boolean', help: 'take permissions away from key files and their folders where findings ask for it' },
  'fix-dry-run': { type: 'boolean', help: 'say what --fix would do, and change nothing' },
  ignore: { type: 'boolean', on: true, help: 'look at files that git ignores, too' },
  archives: { type: 'boolean', help: 'look into zip, jar, tar and gzip files, too' },
  quiet: { type: 'boolean', help: 'show errors only' },
  'max-warnings': { type: 'string', value: 'N', help: 'fail when there are more warnings than this' },
  'exit-zero': { type: 'boolean', help: 'exit with 0 although there are findings' },
  format: { type: 'string', short: 'f', multiple: true, value: 'NAME[:FILE]', help: 'stylish, json, sarif, html or github; repeat it for several, each into its own file' },
  host: { type: 'string', value: 'NAME', help: 'what an inventory calls this host (default: its host name)' },
  output: { type: 'string', short: 'o', value: 'FILE', help: 'write the report here instead of standard output' },
  jobs: { type: 'string', value: 'N', help: 'read with this many threads (default: as the number of files suggests)' },
  color: { type: 'boolean', on: true, help: 'plain text' },
  'print-config': { type: 'string', value: 'FILE', help: 'print the rules that are in force for this file' },
  help: { type: 'boolean', short: 'h', help: 'show this' },
  version: { type: 'boolean', short: 'v', help: 'show the version' },
} as const satisfies Readonly<Record<string, Option>>;

interface Command {
  /** What stands for its operands in the help. */
  readonly operands?: string;
  readonly help: string;
}

export const commands = {
  init: { help: 'write a policy file and the pre-commit hook' },
  explain: { operands: 'RULE', help: 'what a rule finds, why it matters, what to do and where that comes from' },
  inventory: { operands: '[paths ...]', help: 'all keys with their facts and places, unjudged: -f table, json, html, cyclonedx, cyclonedx-1.6' },
  merge: { operands: 'FILE ...', help: 'join JSON reports of the shards of a run, or JSON inventories of hosts' },
} as const satisfies Readonly<Record<string, Command>>;

type Name = keyof typeof options;
type Value<O extends Option> = O extends { multiple: true } ? readonly string[] : O extends { type: 'boolean' } ? boolean : string;

export type Values = { readonly [name in Name]?: Value<(typeof options)[name]> };

/** Whether git runs this, while a person waits for git: they are told what is wrong, and nothing else. */
export function isHook(values: Values): boolean {
  return Boolean(values.staged || values['pre-push'] || values['pre-receive']);
}

export interface CommandLine {
  readonly command?: keyof typeof commands;
  readonly values: Values;
  readonly paths: readonly string[];
  /** Those of the paths that stand behind `--`. */
  readonly behind: readonly string[];
}

/** Throws UsageError for an option or command that does not exist, or a value that cannot be. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const known: Record<string, { type: 'boolean' | 'string'; short?: string; multiple?: boolean }> = {};
  for (const [name, option] of Object.entries(options) as [string, Option][]) {
    known[name] = { type: option.type, ...(option.short && { short: option.short }), ...(option.multiple && { multiple: true }) };
  }
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], options: known, allowPositionals: true, allowNegative: true, tokens: true });
  } catch (error) {
    throw usageError(error as NodeJS.ErrnoException);
  }
  const separator = parsed.tokens.find((token) => token.kind === 'option-terminator');
  for (const token of parsed.tokens) {
    if (token.kind === 'option' && token.rawName.startsWith('--no-') && !(options[token.name as Name] as Option | undefined)?.on) {
      throw new UsageError(`there is no option ${token.rawName}`);
    }
  }
  const [first] = parsed.positionals;
  const command = !separator && first !== undefined && Object.hasOwn(commands, first) ? (first as keyof typeof commands) : undefined;
  const behind = separator ? args.slice(separator.index + 1) : [];
  return { ...(command && { command }), values: parsed.values, paths: command ? parsed.positionals.slice(1) : parsed.positionals, behind };
}

function usageError({ code, message }: NodeJS.ErrnoException): UsageError {
  // Node names both forms of an option: '-f, --format <value>'.
  const option = /'(?:-\w, )?(-[^' ]*)/.exec(message)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const names = Object.entries(options).flatMap(([name, { on }]: [string, Option]) => (on ? [`--${name}`, `--no-${name}`] : [`--${name}`]));
    const near = didYouMean(option, names);
    return new UsageError(`there is no option ${option}`, near ? `did you mean ${near}?` : 'keylint --help shows them all');
  }
  if (/argument missing|argument is ambiguous/.test(message)) return new UsageError(`${option} needs a value`);
  return new UsageError(`${option} takes no value`);
}

/** A whole number from the command line. */
export function wholeNumber(name: Name, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw new UsageError(`--${name} takes a whole number from ${least} on, not ${JSON.stringify(text)}`);
  return Number(text);
}

export function helpText(): string {
  const left = ([name, option]: [string, Option]): string => {
    const long = option.on ? `--no-${name}` : `--${name}`;
    return `  ${option.short ? `-${option.short}, ` : '    '}${long}${option.value ? ` ${option.value}` : ''}`;
  };
  const table = (Object.entries(options) as [string, Option][]).map((entry) => `${left(entry).padEnd(32)} ${entry[1].help}`);
  return `keylint finds the keys in a place and judges their hygiene.

  keylint ~/.ssh                   audit a folder
  keylint                          lint this work tree (git's own list of files)
  keylint --staged                 lint the commit being made, as a pre-commit hook
  keylint --history                lint every blob that git ever stored
  keylint -f sarif:keylint.sarif   report to a file, as a CI job
  keylint inventory ~/.ssh         list the keys there are

Usage: keylint [options] [files, folders or 'globs' ...]

Commands:
${(Object.entries(commands) as [string, Command][]).map(([name, { operands, help }]) => `  ${(operands === undefined ? name : `${name} ${operands}`).padEnd(32)} ${help}`).join('\n')}

Options:
${table.join('\n')}

Exit codes: 0 clean; 1 findings of severity error, or too many warnings; 2 the job could not be done.
`;
}
