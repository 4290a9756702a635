import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rules } from '../rules/index.ts';
import { didYouMean } from './did-you-mean.ts';
import { isHook, UsageError, type Values } from './options.ts';
import type { Report, ReporterOptions } from './report.ts';
import { reporters, type ReporterName } from './reporters/index.ts';
import { repositoryOf } from './sources/repository.ts';
import { homepage } from './version.ts';

export interface Output<Name extends string = ReporterName> {
  readonly reporter: Name;
  /** Absent: standard output. */
  readonly file?: string;
}

/** Where reports of a lint go. Throws UsageError. */
export function reportOutputsOf(values: Values): readonly Output[] {
  return outputsOf(values, Object.keys(reporters) as ReporterName[], 'stylish');
}

/** `-f NAME[:FILE]`, repeated; `-o FILE` for the one that names no file. Throws UsageError for a name that is none of `names`. */
export function outputsOf<Name extends string>(values: Values, names: readonly Name[], standard: Name): readonly Output<Name>[] {
  const outputs = (values.format ?? [standard]).map((text): Output<Name> => {
    const [, name = '', file] = /^([^:]*)(?::(.*))?$/s.exec(text)!;
    const reporter = names.find((known) => known === name);
    if (reporter === undefined) {
      const near = didYouMean(name, names);
      throw new UsageError(`there is no format ${JSON.stringify(name)}`, near ? `did you mean ${near}?` : `there are ${names.join(', ')}`);
    }
    if (file === '') throw new UsageError(`-f ${text} names no file`);
    const target = file ?? values.output;
    return { reporter, ...(target !== undefined && { file: target }) };
  });
  if (values.output !== undefined && values.format && !values.format.some((text) => !text.includes(':'))) throw new UsageError('-o goes with a format that names no file of its own');
  const files = outputs.map(({ file }) => (file === undefined ? '' : resolve(file)));
  if (new Set(files).size < files.length) throw new UsageError('two formats cannot go to the same place', 'give each a file: -f stylish -f sarif:keylint.sarif');
  return outputs;
}

/** Renders a report for each output and puts it there. Throws UsageError when a file cannot be written. */
export async function present(report: Report, outputs: readonly Output[], { quiet, color, ...values }: Values): Promise<void> {
  const shown = quiet ? { ...report, findings: report.findings.filter(({ severity }) => severity === 'error') } : report;
  const cwd = process.cwd();
  for (const { reporter, file } of outputs) {
    const options: ReporterOptions = {
      rules,
      color: color ?? (file === undefined && hasColor()),
      cwd,
      root: repositoryOf(cwd) ?? cwd,
      ...(homepage !== '' && { homepage }),
      date: new Date().toISOString(),
      ...(file === undefined && process.stdout.isTTY && { columns: process.stdout.columns }),
      ...((quiet || isHook(values)) && { quietWhenClean: true }),
    };
    write((await reporters[reporter]())(shown, options), file);
  }
}

/** To a file, or to standard output. Throws UsageError. */
export function write(text: string, file: string | undefined): void {
  if (file === undefined) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(resolve(file), text);
  } catch (error) {
    throw new UsageError(`the report cannot be written to ${file}: ${(error as NodeJS.ErrnoException).code ?? 'failed'}`);
  }
}

/** NO_COLOR and FORCE_COLOR (no-color.org, force-color.org), then whether the terminal can. */
export function hasColor(): boolean {
  if (process.env['NO_COLOR']) return false;
  if (process.env['FORCE_COLOR'] !== undefined) return !['0', 'false'].includes(process.env['FORCE_COLOR']);
  return process.stdout.isTTY && process.stdout.hasColors();
}
