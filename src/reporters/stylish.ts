import { styleText } from 'node:util';
import type { Finding } from '../finding.ts';
import { splitHelp } from '../help-text.ts';
import type { Report, ReporterOptions } from '../report.ts';
import { originLine, skippedLine, summaryLine } from '../summary-line.ts';
import { printable, wrap } from '../terminal.ts';

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/**
 * For people. One paragraph for each finding:
 *
 *     deploy/id_rsa:1:1  error  RSA 1024-bit private key ...  min-key-size
 *         SHA256:...
 *         fix: replace the key, for instance with:
 *              ssh-keygen -t ed25519 ...
 *
 * The place comes first so that terminals and editors make it a link.
 */
export function stylish(report: Report, options: ReporterOptions): string {
  const { findings, problems, summary } = report;
  if (options.quietWhenClean && findings.length === 0 && problems.length === 0) return '';
  // Whether to colour was decided by the caller, for the stream the text goes to; styleText would ask standard output.
  const paint: Paint = options.color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
  const worst: Style = summary.errors > 0 ? 'red' : summary.warnings > 0 || problems.length > 0 ? 'yellow' : 'green';
  const skipped = skippedLine(summary);
  const mendable = report.changes ? 0 : findings.filter(({ fix }) => fix?.chmod !== undefined).length;
  const fixes = mendable === 0 ? [] : [`${mendable} of them can be mended by --fix`];
  const closing = [paint(worst, summaryLine(report)), ...fixes, ...skipped === '' ? [] : [paint('dim', skipped)]];
  const failed = problems.map(({ path, message }) => `${paint('red', 'failed:')} ${printable(path === undefined ? message : `${path}: ${message}`)}`);
  const paragraphs = [...byPath(findings).map((finding) => paragraph(finding, options, paint)), ...failed.length === 0 ? [] : [failed.join('\n')], closing.join('\n')];
  return `${paragraphs.join('\n\n')}\n`;
}

/** Files in the order in which they first appear, and each file's findings from top to bottom. */
function byPath(findings: readonly Finding[]): readonly Finding[] {
  const files = new Map<string, Finding[]>();
  for (const finding of findings) {
    const file = files.get(finding.path);
    if (file) file.push(finding);
    else files.set(finding.path, [finding]);
  }
  return [...files.values()].flatMap((file) => file.sort((a, b) => a.line - b.line || a.column - b.column));
}

function paragraph(finding: Finding, { columns }: ReporterOptions, paint: Paint): string {
  const { severity, rule, fingerprint, help } = finding;
  const origin = originLine(finding);
  const name = printable(finding.path);
  // In a GitHub job a line that begins with `::` is an order to the runner.
  const place = `${name.startsWith(':') ? './' : ''}${name}:${finding.line}:${finding.column}`;
  const message = printable(finding.message);
  const word = paint(severity === 'error' ? 'red' : severity === 'warn' ? 'yellow' : 'blue', severity);
  const id = paint('dim', rule);
  const oneLine = `${place}  ${severity}  ${message}  ${rule}`;
  const head = columns === undefined || oneLine.length <= columns
    ? [`${paint('bold', place)}  ${word}  ${message}  ${id}`]
    : [`${paint('bold', place)}  ${word}  ${id}`, ...wrap(message, columns - 4).map((line) => `    ${line}`)];
  const facts = [
    ...fingerprint === undefined ? [] : [paint('dim', printable(fingerprint))],
    ...origin === undefined ? [] : [paint('dim', printable(origin))],
    ...help === '' ? [] : advice(printable(help), columns, paint),
  ];
  return [...head, ...facts.map((line) => `    ${line}`)].join('\n');
}

/** The command to paste gets a line of its own, and is never broken. */
function advice(help: string, columns: number | undefined, paint: Paint): readonly string[] {
  const label = 'fix: ';
  const { words, command } = splitHelp(help);
  const lines = words === '' ? [] : columns === undefined ? [words] : wrap(words, columns - 4 - label.length);
  const [first = '', ...rest] = [...lines, ...command === undefined ? [] : [command]];
  return [`${paint('cyan', label.trimEnd())} ${first}`, ...rest.map((line) => ' '.repeat(label.length) + line)];
}
