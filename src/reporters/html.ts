import type { Finding } from '../finding.ts';
import { splitHelp } from '../help-text.ts';
import { html as markup, type Content, type Html } from '../html.ts';
import { masthead, page, readableDate, table, tiles, type Row } from '../page.ts';
import type { Report, ReporterOptions } from '../report.ts';
import type { AnyRule } from '../rule.ts';
import { count, countReason, duration, grouped, originLine, size, skippedByReason } from '../summary-line.ts';

/** Skipped paths that are listed; a sparse checkout may have a million. */
const LISTED = 200;

/** A page in one file, for people: see page.ts. */
export function html(report: Report, { rules, cwd, date }: ReporterOptions): string {
  const { version, summary, findings, problems } = report;
  const { errors, warnings, keys, files, bytes, ms } = summary;
  const verdict = problems.length > 0 ? 'Not everything could be done' : findings.length === 0 ? 'Nothing to complain of' : [errors > 0 && count(errors, 'error'), warnings > 0 && count(warnings, 'warning')].filter(Boolean).join(', ');
  return page(`keylint: ${verdict}`, [
    masthead('keylint report', [
      markup`keylint ${version}${date !== undefined && markup`, <time datetime="${date}">${readableDate(date)}</time>`}`,
      ...cwd === undefined ? [] : [markup`Paths count from <span class="path">${cwd}</span>`],
    ]),
    markup`<main>
`,
    tiles([
      { label: errors === 1 ? 'error' : 'errors', value: grouped(errors), tone: errors > 0 ? 'error' : undefined },
      { label: warnings === 1 ? 'warning' : 'warnings', value: grouped(warnings), tone: warnings > 0 ? 'warn' : undefined },
      { label: keys === 1 ? 'key' : 'keys', value: grouped(keys) },
      { label: files === 1 ? 'file' : 'files', value: grouped(files) },
      { label: 'read', value: size(bytes) },
      { label: 'took', value: duration(ms) },
    ]),
    problems.length > 0 && markup`<section class="notice error"><h2>${count(problems.length, 'thing')} could not be done</h2>
<ul>${problems.map(({ path, message }) => markup`<li>${path !== undefined && markup`<bdi class="path">${path}</bdi>: `}${message}</li>`)}</ul></section>
`,
    findings.length === 0 ? problems.length === 0 && markup`<p class="notice">${keys === 0 ? 'No keys were found.' : `Nothing to complain of in ${count(keys, 'key')}.`}</p>
` : [markup`<h2>Findings</h2>
`, findingsTable(findings)],
    broken(findings, rules),
    skippedList(report),
    markup`</main>`,
  ]);
}

function findingsTable(findings: readonly Finding[]): Html {
  const ids = [...new Set(findings.map(({ rule }) => rule))].sort();
  const times = new Map<string, number>();
  for (const { rule } of findings) times.set(rule, (times.get(rule) ?? 0) + 1);
  return table({
    id: 'findings',
    caption: 'Findings',
    searched: 'path, message, fingerprint',
    columns: [{ title: 'Severity', isSortable: true }, { title: 'Place', isSortable: true, isSorted: true }, { title: 'What is wrong, and what to do' }, { title: 'Rule', isSortable: true }],
    filters: [
      { name: 'severity', label: 'Severity', all: 'all', values: [{ value: 'error', label: 'error' }, { value: 'warn', label: 'warning' }, { value: 'note', label: 'note' }] },
      { name: 'rule', label: 'Rule', all: 'all', values: ids.map((id) => ({ value: id, label: `${id} (${grouped(times.get(id)!)})` })) },
    ],
    // Findings come by place.
    rows: findings.map((finding, i): Row => ({
      facets: { severity: finding.severity, rule: finding.rule },
      cells: [
        { rank: finding.severity === 'error' ? 0 : finding.severity === 'warn' ? 1 : 2, content: markup`<span class="badge ${finding.severity}">${finding.severity === 'warn' ? 'warning' : finding.severity}</span>` },
        { rank: i, isHeader: true, content: place(finding) },
        { content: sentence(finding) },
        { rank: ids.indexOf(finding.rule), content: markup`<a class="rule" href="#rule-${finding.rule}">${finding.rule}</a>` },
      ],
    })),
  });
}

function place(finding: Finding): Html {
  const { path, line, column } = finding;
  const origin = originLine(finding);
  return markup`<div class="place"><span class="path"><bdi>${path}</bdi>:${line}:${column}</span>${origin !== undefined && markup`<br><span class="dim">${origin}</span>`}</div>`;
}

function sentence({ message, help, fingerprint }: Finding): Html {
  const { words, command } = splitHelp(help);
  return markup`${message}${fingerprint !== undefined && markup`<br><span class="name">${fingerprint}</span>`}${help !== '' && markup`<div class="${words === '' ? 'fix bare' : 'fix'}"><b>Fix:</b> ${words}${command !== undefined && markup`<code class="command">${command}</code>`}</div>`}`;
}

/** What stands in `meta` of the rules that were broken, and a bare name for one that is not known. A link to what is folded up opens it, without scripting too. */
function broken(findings: readonly Finding[], rules: readonly AnyRule[]): Content {
  const ids = [...new Set(findings.map(({ rule }) => rule))].sort();
  if (ids.length === 0) return undefined;
  return markup`<h2>Rules</h2>
${ids.map((id) => {
    const docs = rules.find(({ meta }) => meta.id === id)?.meta.docs;
    if (!docs) return markup`<details><summary>${id}</summary><p id="rule-${id}">About the policy itself.</p></details>
`;
    return markup`<details><summary><b>${id}</b>: ${docs.description}</summary>
<p id="rule-${id}">${docs.why}</p>
<p><b>Fix:</b> ${docs.fix}</p>
<ul>${docs.sources.map(({ title, url }) => markup`<li><a href="${url}" rel="noreferrer">${title}</a></li>`)}</ul></details>
`;
  })}`;
}

function skippedList({ summary }: Report): Content {
  if (summary.skipped.length === 0) return undefined;
  const rest = summary.skipped.length - LISTED;
  return markup`<h2>Not looked at</h2>
<details><summary>${skippedByReason(summary).map(([reason, times]) => countReason(reason, times)).join(', ')}</summary>
<ul>${summary.skipped.slice(0, LISTED).map(({ path, reason }) => markup`<li><bdi class="path">${path}</bdi>: ${reason}</li>`)}${rest > 0 && markup`<li>and ${grouped(rest)} more</li>`}</ul></details>
`;
}
