import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rules } from '../rules/index.ts';
import { didYouMean } from './did-you-mean.ts';
import { lint, policyFor, reportRoot, type LintOptions } from './lint.ts';
import { helpText, parseCommandLine, UsageError, wholeNumber, type Values } from './options.ts';
import { PolicyError } from './policy.ts';
import type { Report, ReporterOptions } from './report.ts';
import { reporters, type ReporterName } from './reporters/index.ts';
import { printable } from './terminal.ts';
import { homepage, version } from './version.ts';

/** ESLint's exit codes: 2 whenever the job could not be done, whatever was found. */
const CLEAN = 0;
const FINDINGS = 1;
const BROKEN = 2;

async function main(args: readonly string[]): Promise<number> {
  const { command, values, paths } = parseCommandLine(args);
  if (values.help) return say(helpText());
  if (values.version) return say(`${version}\n`);
  if (command === 'explain') return explainRules(paths);
  if (command === 'init') return initialise(paths);
  const options = lintOptions(values, paths);
  if (values['print-config'] !== undefined) return printConfig(values['print-config'], options);
  const outputs = outputsOf(values);
  const maxWarnings = wholeNumber('max-warnings', values['max-warnings'], 0);
  const report = await lint(options);
  // Set before anything is written: a reader that closes the pipe must not change it.
  process.exitCode = exitCode(report, maxWarnings, values['exit-zero'] ?? false);
  await write(report, outputs, values);
  return process.exitCode;
}

function exitCode({ summary, problems }: Report, maxWarnings: number | undefined, exitZero: boolean): number {
  if (problems.length > 0) return BROKEN;
  const failed = summary.errors > 0 || (maxWarnings !== undefined && summary.warnings > maxWarnings);
  return failed && !exitZero ? FINDINGS : CLEAN;
}

function lintOptions(values: Values, paths: readonly string[]): LintOptions {
  if (values.staged && values.stdin) throw new UsageError('--staged and --stdin exclude each other');
  if (values.stdin && paths.length > 0) throw new UsageError('--stdin takes no paths', 'name the place of what is piped in with --stdin-filename');
  if (values['stdin-filename'] !== undefined && !values.stdin) throw new UsageError('--stdin-filename goes with --stdin');
  const jobs = wholeNumber('jobs', values.jobs, 1);
  const filename = values['stdin-filename'];
  return {
    paths,
    ...(values.staged && { staged: true }),
    ...(values.stdin && { stdin: filename === undefined ? true : { filename } }),
    ...(values.config !== undefined && { config: values.config }),
    ...(values.rule && { rules: values.rule }),
    ...(values.ignore === false && { noIgnore: true }),
    ...(jobs !== undefined && { jobs }),
    ...(process.stderr.isTTY && { progress: progressLine() }),
  };
}

interface Output {
  readonly reporter: ReporterName;
  /** Absent: standard output. */
  readonly file?: string;
}

/** `-f NAME[:FILE]`, repeated; `-o FILE` for the one that names no file. */
function outputsOf(values: Values): readonly Output[] {
  const outputs = (values.format ?? ['stylish']).map((text): Output => {
    const [, name = '', file] = /^([^:]*)(?::(.*))?$/s.exec(text)!;
    if (!Object.hasOwn(reporters, name)) {
      const near = didYouMean(name, Object.keys(reporters));
      throw new UsageError(`there is no format ${JSON.stringify(name)}`, near ? `did you mean ${near}?` : `there are ${Object.keys(reporters).join(', ')}`);
    }
    const target = file ?? values.output;
    return { reporter: name as ReporterName, ...(target !== undefined && { file: target }) };
  });
  const files = outputs.map(({ file }) => file ?? '');
  if (new Set(files).size < files.length) throw new UsageError('two formats cannot go to the same place', 'give each a file: -f stylish -f sarif:keylint.sarif');
  return outputs;
}

async function write(report: Report, outputs: readonly Output[], { quiet, color, staged }: Values): Promise<void> {
  const shown = quiet ? { ...report, findings: report.findings.filter(({ severity }) => severity === 'error') } : report;
  const cwd = process.cwd();
  for (const { reporter, file } of outputs) {
    const toTerminal = file === undefined && process.stdout.isTTY;
    const options: ReporterOptions = {
      rules,
      color: color ?? (file === undefined && hasColor()),
      cwd,
      root: reportRoot(cwd),
      homepage,
      ...(toTerminal && { columns: process.stdout.columns }),
      ...((quiet || staged) && { quietWhenClean: true }),
    };
    const text = (await reporters[reporter]())(shown, options);
    if (file === undefined) process.stdout.write(text);
    else writeReport(file, text);
  }
  // Whichever format is read, and where the report goes to a program: what could not be done is said to the person too.
  if (outputs.every(({ reporter, file }) => reporter !== 'stylish' || file !== undefined)) {
    for (const { path, message } of report.problems) complain(`${path === undefined ? '' : `${path}: `}${message}`);
  }
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(resolve(file), text);
  } catch (error) {
    throw new UsageError(`the report cannot be written to ${file}: ${(error as NodeJS.ErrnoException).code ?? 'failed'}`);
  }
}

/** NO_COLOR and FORCE_COLOR (no-color.org, force-color.org), a terminal that can, in that order. */
function hasColor(): boolean {
  if (process.env['NO_COLOR']) return false;
  if (process.env['FORCE_COLOR'] !== undefined) return process.env['FORCE_COLOR'] !== '0';
  return process.stdout.isTTY && process.stdout.hasColors();
}

async function explainRules(ids: readonly string[]): Promise<number> {
  const { explain } = await import('./explain.ts');
  if (ids.length === 0) throw new UsageError('explain needs a rule', `there are ${rules.map(({ meta }) => meta.id).join(', ')}`);
  const texts = ids.map((id) => {
    const text = explain(id);
    if (text === undefined) {
      const near = didYouMean(id, rules.map(({ meta }) => meta.id));
      throw new UsageError(`there is no rule ${JSON.stringify(id)}`, near ? `did you mean ${near}?` : undefined);
    }
    return text;
  });
  return say(texts.join('\n'));
}

async function initialise(paths: readonly string[]): Promise<number> {
  const { init } = await import('./init.ts');
  if (paths.length > 1) throw new UsageError('init takes one folder at most');
  const done = await init(resolve(paths[0] ?? '.'));
  for (const { path, action, note, todo } of done) {
    say(`${action.padEnd(8)} ${printable(path)}: ${printable(note)}\n`);
    if (todo !== undefined) complain(`${path} does not run keylint yet`, todo);
  }
  // A hook that the user must still see to is not a hook.
  return done.some(({ todo }) => todo !== undefined) ? BROKEN : CLEAN;
}

async function printConfig(file: string, options: LintOptions): Promise<number> {
  const { settingsFor } = await import('./policy.ts');
  const policy = await policyFor({ ...options, paths: [file] }, process.cwd());
  const settings = Object.fromEntries([...settingsFor(policy, file)].map(([id, { severity, options: given }]) => [id, Object.keys(given).length > 0 ? [severity, given] : severity]));
  return say(`${JSON.stringify({ policy: policy.path ?? 'keylint:recommended', rules: settings, ignores: policy.ignores.map(({ glob }) => glob), allow: policy.allow.map(({ fingerprint, reason, expires }) => ({ fingerprint, reason, expires })) }, undefined, 2)}\n`);
}

/** One line on standard error, rewritten, for runs that take long; gone at the end. */
function progressLine(): NonNullable<LintOptions['progress']> {
  let next = performance.now() + 300;
  let shown = false;
  const clear = (): void => void (shown && process.stderr.write('\r\x1b[K'));
  process.on('exit', clear);
  return (log, keys) => {
    const now = performance.now();
    if (now < next) return;
    next = now + 100;
    shown = true;
    process.stderr.write(`\r\x1b[K${log.files.toLocaleString('en')} files, ${Math.round(log.bytes / 1e6).toLocaleString('en')} MB, ${keys} keys`);
  };
}

function say(text: string): number {
  process.stdout.write(text);
  return CLEAN;
}

function complain(message: string, hint?: string): void {
  process.stderr.write(`keylint: error: ${printable(message)}\n${hint === undefined ? '' : `keylint: hint: ${printable(hint)}\n`}`);
}

/**
 * An error nobody foresaw. Its message may quote what was being read (JSON.parse's does), so only its kind
 * and the places in keylint's own code are shown.
 */
function crash(error: unknown): void {
  const places = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 6).join('\n') : '';
  process.stderr.write(`keylint: error: internal error: ${error instanceof Error ? error.name : typeof error}\n${places}\n`);
}

// A reader that has seen enough, `head` for instance, closes the pipe: nothing is wrong.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? BROKEN);
  throw error;
});
process.on('uncaughtException', (error) => {
  crash(error);
  process.exit(BROKEN);
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = BROKEN;
  if (error instanceof UsageError) complain(error.message, error.hint);
  else if (error instanceof PolicyError) complain(error.message);
  else crash(error);
}
