import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rules } from '../rules/index.ts';
import { didYouMean } from './did-you-mean.ts';
import { isHook, UsageError, type Values } from './options.ts';
import type { Report, ReporterOptions } from './report.ts';
import { reporters, type ReporterName } from './reporters/index.ts';
import { repositoryOf } from './sources/repository.ts';
import { homepage } from './version.ts';

export interface Output {
  readonly reporter: ReporterName;
  /** Absent: standard output. */
  readonly file?: string;
}

/** `-f NAME[:FILE]`, repeated; `-o FILE` for the one that names no file. Throws UsageError. */
export function outputsOf(values: Values): readonly Output[] {
  const outputs = (values.format ?? ['stylish']).map((text): Output => {
    const [, name = '', file] = /^([^:]*)(?::(.*))?$/s.exec(text)!;
    if (!Object.hasOwn(reporters, name)) {
      const near = didYouMean(name, Object.keys(reporters));
      throw new UsageError(`there is no format ${JSON.stringify(name)}`, near ? `did you mean ${near}?` : `there are ${Object.keys(reporters).join(', ')}`);
    }
    if (file === '') throw new UsageError(`-f ${text} names no file`);
    const target = file ?? values.output;
    return { reporter: name as ReporterName, ...(target !== undefined && { file: target }) };
  });
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
      ...(file === undefined && process.stdout.isTTY && { columns: process.stdout.columns }),
      ...((quiet || isHook(values)) && { quietWhenClean: true }),
    };
    const text = (await reporters[reporter]())(shown, options);
    if (file === undefined) process.stdout.write(text);
    else writeReport(file, text);
  }
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(resolve(file), text);
  } catch (error) {
    throw new UsageError(`the report cannot be written to ${file}: ${(error as NodeJS.ErrnoException).code ?? 'failed'}`);
  }
}

/** NO_COLOR and FORCE_COLOR (no-color.org, force-color.org), then whether the terminal can. */
function hasColor(): boolean {
  if (process.env['NO_COLOR']) return false;
  if (process.env['FORCE_COLOR'] !== undefined) return !['0', 'false'].includes(process.env['FORCE_COLOR']);
  return process.stdout.isTTY && process.stdout.hasColors();
}
