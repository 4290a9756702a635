import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactLocation, Log, Notification, PhysicalLocation, Region, ReportingDescriptor, Result } from 'sarif';
import type { Finding } from '../finding.ts';
import { sha256Hex } from '../hash.ts';
import { policyFindings, type Described } from '../policy-findings.ts';
import type { Report, ReporterOptions } from '../report.ts';
import { skippedByReason } from '../summary-line.ts';
import { printableJson } from '../terminal.ts';

/**
 * SARIF 2.1.0 (OASIS Standard, 2020) with what GitHub code scanning asks for beyond the standard:
 * rule descriptions and help, all four numbers of a region, a fingerprint that it uses, `security-severity`.
 * Only names, places and sentences: no file content, so no snippets.
 */
export function sarif({ version, findings, problems, summary }: Report, options: ReporterOptions): string {
  const descriptors = describeRules(findings, [...options.rules.map(({ meta }) => meta), ...policyFindings]);
  const index = new Map(descriptors.map(({ id }, i) => [id, i]));
  const times = new Map<string, number>();
  const log: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'keylint', version, semanticVersion: version, ...options.homepage && { informationUri: options.homepage }, rules: [...descriptors] } },
      invocations: [{
        executionSuccessful: problems.length === 0,
        toolExecutionNotifications: [
          ...problems.map((problem) => notification('error', sentence(problem.message), problem.path, options)),
          ...skippedByReason(summary).map(([reason, times]) => notification('note', `Not looked at: ${times} (${reason}).`, undefined, options)),
        ],
      }],
      originalUriBaseIds: { [baseId]: { description: { text: 'The top folder of the repository, or the working folder outside of one.' } } },
      columnKind: 'unicodeCodePoints',
      results: findings.map((finding) => result(finding, index.get(finding.rule)!, times, options)),
    }],
  };
  return `${printableJson(log)}\n`;
}

function result(finding: Finding, ruleIndex: number, times: Map<string, number>, options: ReporterOptions): Result {
  const { rule, severity, message, help, fingerprint, commit, author, date, inHead, branches, fix: { replace } = {} } = finding;
  const artifactLocation = locate(finding.path, options);
  // The key's public name and never its bytes: a finding knows nothing else of the file, and the name outlives moves within it.
  const identity = sha256Hex(Buffer.from(JSON.stringify([rule, artifactLocation.uri, fingerprint ?? null])));
  const occurrence = (times.get(identity) ?? 0) + 1;
  times.set(identity, occurrence);
  return {
    ruleId: rule,
    ruleIndex,
    level: severity === 'error' ? 'error' : severity === 'warn' ? 'warning' : 'note',
    message: { text: plain([sentence(message), ...help === '' ? [] : [`Fix: ${help}`]].join('\n')) },
    locations: [{ physicalLocation: { artifactLocation, region: region(finding) } }],
    ...replace && { fixes: [{
      description: { text: plain(sentence(help)) },
      artifactChanges: [{ artifactLocation, replacements: replace.map(({ text, ...deleted }) => ({ deletedRegion: region(deleted), insertedContent: { text } })) }],
    }] },
    partialFingerprints: {
      // The one name that GitHub matches alerts by. Its own uploader fills in `hash of the line's text:occurrence`, for which it reads the file;
      // keylint reports of files it no longer has (history, a pipe), so the hash is of rule, path and key instead. The shape is the same.
      primaryLocationLineHash: `${identity.slice(0, 16)}:${occurrence}`,
      'keylint/v1': identity,
    },
    ...(fingerprint !== undefined || commit !== undefined) && { properties: {
      ...fingerprint !== undefined && { fingerprint },
      ...commit !== undefined && { commit },
      ...author !== undefined && { author },
      ...date !== undefined && { date },
      ...inHead !== undefined && { inHead },
      ...branches !== undefined && { branches: [...branches] },
    } },
  };
}

function region({ line, column, endLine, endColumn }: Pick<Finding, 'line' | 'column' | 'endLine' | 'endColumn'>): Region {
  return { startLine: line, startColumn: column, endLine, endColumn };
}

const baseId = '%SRCROOT%';

/** Relative to the repository where the file lies in it, else a `file:` URL; outside of a repository as it was given. */
function locate(path: string, { root, cwd }: ReporterOptions): ArtifactLocation {
  if (!isAbsolute(path) && (root === undefined || cwd === undefined)) return { uri: encode(path), uriBaseId: baseId };
  const absolute = cwd === undefined ? path : resolve(cwd, path);
  const top = root ?? cwd;
  const inside = top === undefined ? absolute : relative(top, absolute);
  const outside = inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
  return outside ? { uri: pathToFileURL(wellFormed(absolute)).href } : { uri: encode(inside), uriBaseId: baseId };
}

/** RFC 3986, 3.3: every segment percent-encoded, so that a name with a colon, a question mark or a space stays a name. */
function encode(path: string): string {
  return wellFormed(path).split(sep).map(encodeURIComponent).join('/');
}

/** Halves of surrogate pairs cannot be encoded. */
function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}

function notification(level: Notification.level, text: string, path: string | undefined, options: ReporterOptions): Notification {
  const physicalLocation: PhysicalLocation | undefined = path === undefined ? undefined : { artifactLocation: locate(path, options) };
  return { level, message: { text: plain(text) }, ...physicalLocation && { locations: [{ physicalLocation }] } };
}

/** A plain text message may hold links, `[text](target)` (SARIF 2.1.0, 3.11.6): names of files must not become any. */
function plain(text: string): string {
  return text.replaceAll('](', ']\\(');
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The rules of the tool, and a bare entry for any finding whose rule is none of them, so that every result has a rule to point at. */
function describeRules(findings: readonly Finding[], metas: readonly Described[]): readonly ReportingDescriptor[] {
  const known = new Set(metas.map(({ id }) => id));
  const unknown = new Set(findings.map(({ rule }) => rule).filter((id) => !known.has(id)));
  return [...metas.map(describe), ...[...unknown].map((id) => ({ id, shortDescription: { text: `${id}.` }, fullDescription: { text: `${id}.` }, help: { text: `${id}.` } }))];
}

function describe({ id, type, docs }: Described): ReportingDescriptor {
  const { description, why, fix, sources, recommended } = docs;
  return {
    id,
    shortDescription: { text: sentence(description) },
    // GitHub takes 1024 characters at most.
    fullDescription: { text: shorten(`${sentence(description)} ${sentence(why)}`, 1024) },
    help: {
      text: [sentence(why), sentence(fix), ...sources.map(({ title, url }) => `${title}: ${url}`)].join('\n'),
      markdown: [`# ${id}`, sentence(description), '## Why', sentence(why), '## How to fix it', sentence(fix),
        ...sources.length === 0 ? [] : ['## Sources', sources.map(({ title, url }) => `- [${title}](${url})`).join('\n')]].join('\n\n'),
    },
    ...sources[0] && { helpUri: sources[0].url },
    defaultConfiguration: recommended === 'off' ? { enabled: false } : { level: recommended === 'error' ? 'error' : recommended === 'warn' ? 'warning' : 'note' },
    properties: { tags: ['security', 'cryptography', 'keys'], precision: 'very-high', 'security-severity': securitySeverity(type, recommended) },
  };
}

/** GitHub's scale: above 7 is high, above 4 medium. */
function securitySeverity(type: Described['type'], recommended: Described['docs']['recommended']): string {
  return recommended === 'error' ? '8.5' : recommended === 'warn' && type === 'problem' ? '5.5' : '3.0';
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/\s+\S*$/, '')}…`;
}
