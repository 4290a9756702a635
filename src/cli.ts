import { complain } from './complain.ts';
import { lint } from './lint.ts';
import { progressLine } from './progress-line.ts';

/** The exit code for a job that could not be done. */
const BROKEN = 2;

async function main(args: readonly string[]): Promise<number> {
  if (args.length !== 1 || args[0] !== '--staged') return (await import('./run.ts')).run(args);
  // As a hook calls it. Most commits leave nothing to say: then nothing is loaded that parses options or writes reports.
  const progress = progressLine();
  const report = await lint({ staged: true, progress: progress.show });
  progress.clear();
  if (report.findings.length === 0 && report.problems.length === 0) return 0;
  return (await import('./run.ts')).conclude(report, { staged: true });
}

/**
 * An error nobody foresaw. Its message may quote what was being read (JSON.parse's does), so only its kind
 * and the places in keylint's own code are shown.
 */
function crash(error: unknown): void {
  // Standard output is the only place that is written to without a look at what comes of it: a full disk, for instance.
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall === 'write' && code !== undefined) {
    complain(`standard output cannot be written: ${code}`);
    return;
  }
  const places = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)).slice(0, 6).join('\n') : '';
  process.stderr.write(`keylint: error: internal error: ${error instanceof Error ? error.name : typeof error}\n${places}\n`);
}

// A reader that has seen enough, `head` for instance, closes the pipe: nothing is wrong.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? BROKEN);
  crash(error);
  process.exit(BROKEN);
});

/** Errors whose messages are written for users and hold no file content. Known by name: the modules that throw them are loaded on demand. */
const FORESEEN: ReadonlySet<string> = new Set(['UsageError', 'PolicyError', 'InitError', 'GitError', 'DocumentError']);

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
}, (error: unknown) => {
  process.exitCode = BROKEN;
  if (error instanceof Error && FORESEEN.has(error.name)) complain(error.message, (error as Error & { readonly hint?: string }).hint);
  else if ((error as NodeJS.ErrnoException).syscall === 'uv_cwd') complain('the working folder is gone');
  else crash(error);
});
