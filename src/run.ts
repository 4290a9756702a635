import { complain } from './complain.ts';
import type { Inventory } from './inventory.ts';
import { lint, type LintOptions } from './lint.ts';
import { helpText, isHook, parseCommandLine, UsageError, wholeNumber, type Values } from './options.ts';
import type { Output } from './present.ts';
import { progressLine } from './progress-line.ts';
import type { Change, Report } from './report.ts';
import type { InventoryOutput } from './take-inventory.ts';
import { count } from './summary-line.ts';
import { printable } from './terminal.ts';
import { version } from './version.ts';

/** ESLint's exit codes: 2 whenever the job could not be done, whatever was found. */
const CLEAN = 0;
const FINDINGS = 1;
const BROKEN = 2;

/** What a command line asks for. Gives the exit code. Rejects with UsageError, PolicyError, InitError, GitError, DocumentError. */
export async function run(args: readonly string[]): Promise<number> {
  const { command, values, paths, behind } = parseCommandLine(args);
  if (values.help) return say(helpText());
  if (values.version) return say(`${version}\n`);
  const fix = fixOf(values);
  if (fix !== undefined && command !== undefined) throw new UsageError(`--${fix} does not go with keylint ${command}`);
  if (values.guess && command !== undefined && command !== 'inventory') throw new UsageError(`--guess does not go with keylint ${command}`);
  if (values.host !== undefined && command !== 'inventory') throw new UsageError('--host goes with keylint inventory');
  const options = await lintOptions(values, paths, behind);
  if (command === 'inventory' || command === 'merge') return runFleetCommand(command, paths, options, values);
  if (command !== undefined || values['print-config'] !== undefined) return runCommand(command, values['print-config'], paths, options);
  const maxWarnings = wholeNumber('max-warnings', values['max-warnings'], 0);
  // A clean hook has nothing to say and loads nothing to say it with; anything else is checked before the work begins.
  const isPlainHook = isHook(values) && !values.format && values.output === undefined;
  const outputs = isPlainHook ? undefined : (await import('./present.ts')).reportOutputsOf(values);
  const report = await withProgress((progress) => lint({ ...options, ...progress }));
  if (isPlainHook && report.findings.length === 0 && report.problems.length === 0) return CLEAN;
  for (const change of report.changes ?? []) tellChange(change);
  return conclude(report, values, outputs, maxWarnings);
}

/** Presents a report, and gives the exit code. */
export async function conclude(report: Report, values: Values, outputs?: readonly Output[], maxWarnings?: number): Promise<number> {
  // Before anything is written: a reader that closes the pipe must not change it.
  process.exitCode = exitCode(report, maxWarnings, values['exit-zero'] ?? false);
  const { present, reportOutputsOf } = await import('./present.ts');
  const written = outputs ?? reportOutputsOf(values);
  await present(report, written, values);
  // The stylish report tells what could not be done; where it goes elsewhere, the person is told too.
  if (!written.some(({ reporter, file }) => reporter === 'stylish' && file === undefined)) {
    for (const { path, message } of report.problems) complain(`${path === undefined ? '' : `${path}: `}${message}`);
  }
  for (const note of report.notes ?? []) process.stderr.write(`keylint: note: ${printable(note)}\n`);
  const { warnings } = report.summary;
  if (maxWarnings !== undefined && warnings > maxWarnings) complain(`${count(warnings, 'warning')}, and --max-warnings is ${maxWarnings}`);
  return process.exitCode;
}

function exitCode({ summary, problems }: Report, maxWarnings: number | undefined, exitZero: boolean): number {
  if (problems.length > 0) return BROKEN;
  const failed = summary.errors > 0 || (maxWarnings !== undefined && summary.warnings > maxWarnings);
  return failed && !exitZero ? FINDINGS : CLEAN;
}

/** The options that only a history has a use for; with one of them, or one that names a history, the module that reads them is loaded. */
const HISTORY_OPTIONS = ['history', 'range', 'since', 'pre-push', 'pre-receive', 'reflog', 'unreachable', 'allow-missing', 'shard', 'cache', 'max-bytes', 'max-seconds'] as const satisfies readonly (keyof Values)[];

async function lintOptions(values: Values, words: readonly string[], behind: readonly string[]): Promise<LintOptions> {
  const historyOption = HISTORY_OPTIONS.find((name) => values[name] !== undefined);
  const { historyRequest } = historyOption === undefined ? { historyRequest: undefined } : await import('./history-request.ts');
  const paths = historyRequest ? behind : words;
  if (historyRequest && (values.staged || values.stdin)) throw new UsageError(`--${historyOption!} and --${values.staged ? 'staged' : 'stdin'} exclude each other`);
  if (values.staged && values.stdin) throw new UsageError('--staged and --stdin exclude each other');
  if (values.stdin && paths.length > 0) throw new UsageError('--stdin takes no paths', 'name the place of what is piped in with --stdin-filename');
  if (values['stdin-filename'] !== undefined && !values.stdin) throw new UsageError('--stdin-filename goes with --stdin');
  const fix = fixOf(values);
  const unmendable = values.staged ? 'what is staged' : values.stdin ? 'what is piped in' : historyRequest ? 'what git has stored' : undefined;
  if (fix !== undefined && unmendable !== undefined) throw new UsageError(`--${fix} is for files, and ${unmendable} has no permissions`);
  if (paths.includes('')) throw new UsageError('an empty path names nothing', 'a variable of the shell may be unset');
  const jobs = wholeNumber('jobs', values.jobs, 1);
  const seconds = wholeNumber('guess-seconds', values['guess-seconds'], 1);
  if (seconds !== undefined && !values.guess) throw new UsageError('--guess-seconds goes with --guess');
  const filename = values['stdin-filename'];
  return {
    paths,
    ...(values.staged && { staged: true }),
    ...(historyRequest && { history: historyRequest(values, words.slice(0, words.length - behind.length), process.env) }),
    ...(values.stdin && { stdin: filename === undefined ? true : { filename } }),
    ...(values.config !== undefined && { config: values.config }),
    ...(values.rule && { rules: values.rule }),
    ...(values.ignore === false && { noIgnore: true }),
    ...(values.archives && { archives: true }),
    ...(values.guess && { guess: seconds === undefined ? true : { seconds } }),
    ...(fix !== undefined && { fix: fix === 'fix' || 'dry-run' as const }),
    ...(jobs !== undefined && { jobs }),
  };
}

function fixOf(values: Values): 'fix' | 'fix-dry-run' | undefined {
  if (values.fix && values['fix-dry-run']) throw new UsageError('--fix and --fix-dry-run exclude each other');
  return values.fix ? 'fix' : values['fix-dry-run'] ? 'fix-dry-run' : undefined;
}

/** Inventories, and reports of many runs or hosts. */
async function runFleetCommand(command: 'inventory' | 'merge', paths: readonly string[], options: LintOptions, values: Values): Promise<number> {
  const { inventoryOutputsOf, presentInventory, takeInventory } = await import('./take-inventory.ts');
  if (command === 'inventory') {
    const outputs = inventoryOutputsOf(values);
    return concludeInventory(await withProgress((progress) => takeInventory({ ...options, ...progress }, values.host)), outputs);
  }
  const { merge } = await import('./merge.ts');
  const { reportOutputsOf } = await import('./present.ts');
  const maxWarnings = wholeNumber('max-warnings', values['max-warnings'], 0);
  const merged = await merge(paths, options);
  if ('report' in merged) return conclude(merged.report, values, reportOutputsOf(values), maxWarnings);
  return concludeInventory(merged.inventory, inventoryOutputsOf(values));

  async function concludeInventory(inventory: Inventory, outputs: readonly InventoryOutput[]): Promise<number> {
    process.exitCode = inventory.problems.length > 0 ? BROKEN : CLEAN;
    await presentInventory(inventory, outputs, values);
    // The table tells what could not be done; where it goes elsewhere, the person is told too.
    if (!outputs.some(({ reporter, file }) => reporter === 'table' && file === undefined)) {
      for (const { host, path, message } of inventory.problems) complain([...command === 'merge' ? [host] : [], ...path === undefined ? [] : [path], message].join(': '));
    }
    return process.exitCode;
  }
}

async function runCommand(command: 'init' | 'explain' | undefined, file: string | undefined, paths: readonly string[], options: LintOptions): Promise<number> {
  const { explainRules, initialise, printConfig } = await import('./commands.ts');
  if (command === 'explain') return say(explainRules(paths));
  if (command === undefined) return say(await printConfig(file!, options));
  const steps = await initialise(paths);
  for (const { path, action, note } of steps) say(`${action.padEnd(8)} ${printable(path)}: ${printable(note)}\n`);
  const left = steps.flatMap(({ path, todo }) => (todo === undefined ? [] : [{ path, todo }]));
  for (const { path, todo } of left) complain(`${path} does not run keylint yet`, todo);
  // A hook that the user must still see to is no hook.
  return left.length > 0 ? BROKEN : CLEAN;
}

async function withProgress<T>(work: (options: Pick<LintOptions, 'progress'>) => Promise<T>): Promise<T> {
  const progress = progressLine();
  const done = await work({ progress: progress.show });
  progress.clear();
  return done;
}

function tellChange({ path, from, to, isDone }: Change): void {
  const [before, after] = [from, to].map((mode) => mode.toString(8).padStart(4, '0'));
  process.stderr.write(`keylint: ${isDone ? 'fixed' : 'would fix'}: ${printable(path)}: mode ${before} -> ${after}\n`);
}

function say(text: string): number {
  // Before anything is written: a reader that closes the pipe must not change it.
  process.exitCode = CLEAN;
  process.stdout.write(text);
  return CLEAN;
}
