import { markLength, withoutKeyText } from './text.ts';
import type { Suppression } from './key.ts';

/**
 * Comments that ask for silence, as ESLint writes them: `keylint-disable-line RULE, RULE -- reason`, `keylint-disable-next-line`, and `keylint-disable` up to
 * `keylint-enable`, behind whatever begins a comment. They name the rules, always: a bare one would excuse what nobody had in mind.
 */
const ours = /(?<=^|[\s({,;])(<!--|\{?\/\*|\/\/|#|--|;|%|\.\.)[ \t]*keylint-(disable-next-line|disable-line|disable|enable)(?![\w-])((?:(?!-->|\*\/).)*)/g;
const others = /gitleaks:allow|pragma:\s?allowlist (nextline )?secret/;
/** Languages in which a number sign is text, and others in which two slashes are too. */
const isCLike = /\.(?:[cm]?[jt]sx?|go|java|kts?|scala|groovy|cs|rs|swift|[ch](?:c|pp|xx)?|m)$/i;
const isMarkup = /\.(?:md|mdx|markdown|mdown|mkd|html?|xhtml|xml|svg|vue)$/i;
const fence = /^[\s>]*(?:[-*+]\s+|\d+[.)]\s+)*(`{3,}|~{3,})/;

/** How rules are named. */
const isRuleId = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const MAX_ID = 64;

interface Open {
  readonly suppression: Suppression;
  readonly at: number;
}

/** What stands in comments that ask for silence: our own, and those of gitleaks and detect-secrets. */
export const suppressionAnchors: readonly string[] = ['keylint-disable', 'gitleaks:allow', 'pragma: allowlist', 'pragma:allowlist'];

/** The comments in the text of a file that ask for silence, from top to bottom. */
export function readSuppressions(path: string, bytes: Buffer): readonly Suppression[] {
  // Most files have none.
  if (!suppressionAnchors.some((anchor) => bytes.includes(anchor))) return [];
  const lines = bytes.toString('utf8', markLength(bytes) === 3 ? 3 : 0).split('\n');
  const found: Suppression[] = [];
  let blocks: Open[] = [];
  let inFence: string | undefined;
  lines.forEach((text, i) => {
    const line = i + 1;
    const marks = isMarkup.test(path) ? fence.exec(text)?.[1] : undefined;
    if (marks !== undefined && (inFence === undefined || marks.startsWith(inFence))) inFence = inFence === undefined ? marks : undefined;
    if (text.length > MAX_LINE || !/keylint-|gitleaks:|pragma:/.test(text)) return;
    for (const match of text.matchAll(ours)) {
      const [, opener, scope, body] = match;
      if (isMarkup.test(path) && inFence === undefined && !/^(?:<!--|\{?\/\*)$/.test(opener!)) continue;
      if (isCLike.test(path) && !/^(?:\/\/|\{?\/\*)$/.test(opener!)) continue;
      const column = 1 + Array.from(text.slice(0, match.index)).length;
      const [names, ...reasons] = body!.split(/\s--\s/);
      const words = names!.split(/[\s,]+/).filter((name) => name !== '');
      // Words that no rule can be called by are not kept: they may be anything.
      const rules = words.filter((word) => word.length <= MAX_ID && isRuleId.test(word)).map(withoutKeyText);
      const hasReason = reasons.some((reason) => reason.trim() !== '');
      const span = { line, column, endLine: line, endColumn: column + Array.from(match[0].trimEnd()).length };
      const common = { sign: 'keylint', ...span, rules, ...hasReason && { hasReason } } as const;
      if (scope === 'enable') {
        // Without names it ends all that are open.
        for (const { suppression, at } of blocks) if (words.length === 0 || suppression.rules.every((rule) => rules.includes(rule))) found[at] = { ...suppression, lastLine: line };
        blocks = blocks.filter(({ suppression }) => words.length > 0 && !suppression.rules.every((rule) => rules.includes(rule)));
        continue;
      }
      if (rules.length < words.length || rules.length === 0) found.push({ ...common, firstLine: line, lastLine: line, defect: rules.length === 0 ? 'it names no rule' : 'not every word of it is the name of a rule' });
      else if (scope === 'disable-line') found.push({ ...common, firstLine: line, lastLine: line, keyLine: line });
      else if (scope === 'disable-next-line') found.push({ ...common, ...nextOf(lines, i, isMarkup.test(path) && inFence === undefined) });
      else blocks.push({ suppression: { ...common, firstLine: line, lastLine: lines.length }, at: found.push({ ...common, firstLine: line, lastLine: line, defect: 'no keylint-enable ends it' }) - 1 });
    }
    const other = others.exec(text);
    if (other) {
      const about = other[1] === undefined ? line : line + 1;
      const column = 1 + Array.from(text.slice(0, other.index)).length;
      found.push({ sign: other[0] === 'gitleaks:allow' ? 'gitleaks:allow' : 'pragma: allowlist secret', line, column, endLine: line, endColumn: column + other[0].length, firstLine: about, lastLine: about, keyLine: about, rules: [] });
    }
  });
  return found;
}

/** Longer lines hold no comments that people wrote. */
const MAX_LINE = 10_000;

/** The line behind a comment; in Markdown, where no comment can stand between fences, what stands between those that begin there. */
function nextOf(lines: readonly string[], i: number, isMarkdown: boolean): Pick<Suppression, 'firstLine' | 'lastLine' | 'keyLine'> {
  const open = isMarkdown ? [i + 1, i + 2].find((at) => fence.test(lines[at] ?? '') && (at === i + 1 || lines[i + 1]!.trim() === '')) : undefined;
  if (open === undefined) return { firstLine: i + 2, lastLine: i + 2, keyLine: i + 2 };
  const marks = fence.exec(lines[open]!)![1]!;
  let close = open + 1;
  while (close < lines.length && fence.exec(lines[close]!)?.[1]?.startsWith(marks) !== true) close++;
  return { firstLine: open + 1, lastLine: close + 1, keyLine: open + 2 };
}
