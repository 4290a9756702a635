import type { Finding } from '../finding.ts';
import type { Report, ReporterOptions } from '../report.ts';
import { originLine, skippedLine, summaryLine } from '../summary-line.ts';
import { printable } from '../terminal.ts';

/**
 * Workflow commands that a GitHub job turns into annotations, the most severe first, since only about ten of each kind are shown for a step;
 * then the summary as a plain line of the log.
 */
export function github(report: Report, options: ReporterOptions): string {
  const { findings, problems, summary } = report;
  if (options.quietWhenClean && findings.length === 0 && problems.length === 0) return '';
  const bySeverity = [...findings.filter((finding) => finding.severity === 'error'), ...findings.filter((finding) => finding.severity === 'warn'), ...findings.filter((finding) => finding.severity === 'note')];
  const lines = [
    ...problems.map(({ path, message }) => command('error', { file: path, title: 'keylint: not looked at' }, [message])),
    ...bySeverity.map(annotation),
    `keylint: ${summaryLine(report)}`,
    skippedLine(summary),
  ];
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

function annotation(finding: Finding): string {
  const { severity, path, line, column, endLine, endColumn, rule, message, help, fingerprint } = finding;
  const origin = originLine(finding);
  // The runner drops columns where the annotation spans several lines (actions/runner, ValidateLinesAndColumns).
  const columns = line === endLine ? { col: column, endColumn } : {};
  return command(severity === 'error' ? 'error' : severity === 'warn' ? 'warning' : 'notice', { file: path, line, endLine, ...columns, title: rule },
    [message, ...fingerprint === undefined ? [] : [fingerprint], ...origin === undefined ? [] : [origin], ...help === '' ? [] : [`fix: ${help}`]]);
}

/** `::name key=value,key=value::message`, escaped as the runner reads it back (actions/runner, ActionCommand.TryParseV2). */
function command(name: string, properties: Readonly<Record<string, string | number | undefined>>, message: readonly string[]): string {
  const list = Object.entries(properties).filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${escapeData(printable(String(value))).replaceAll(':', '%3A').replaceAll(',', '%2C')}`);
  return `::${name} ${list.join(',')}::${escapeData(message.map(printable).join('\n'))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
