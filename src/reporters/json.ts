import { encryptionFields } from '../encryption-fields.ts';
import type { Finding } from '../finding.ts';
import type { History, Key } from '../key.ts';
import type { Report } from '../report.ts';
import { printableJson } from '../terminal.ts';

/**
 * The contract that other programs read: fields are added to it, never renamed or dropped, and stand in a fixed order.
 * `algorithm`, `bits` and `encryption` are always there: null means that they cannot be seen from outside an encrypted key,
 * and for `encryption` that the key is stored in the clear.
 */
export function json({ version, shard, summary, keys, findings, problems }: Report): string {
  const { files, bytes, errors, warnings, skipped, ms } = summary;
  return `${printableJson({
    version,
    shard: shard && { index: shard.index, count: shard.count },
    summary: { files, bytes, keys: summary.keys, errors, warnings, skipped: skipped.map(({ path, reason }) => ({ path, reason })), ms },
    keys: keys.map(keyFields),
    findings: findings.map(findingFields),
    problems: problems.map(({ path, message }) => ({ path, message })),
  })}\n`;
}

/**
 * Field by field: what else is known of a file (owner, parent folders) is for rules that look at one key and stays here. What rules need
 * that compare keys is there, since merging reports judges by them anew. Undefined fields leave no trace in JSON.
 */
function keyFields(key: Key): object {
  const { path, line, column, endLine, endColumn, kind, format, wrapping, curve, fingerprint, spki, container, comment, defect, hardware, inferred, weaknesses } = key;
  return {
    path, line, column, endLine, endColumn, commit: key.file.commit, ...historyFields(key.file.history ?? {}), kind, format, wrapping, algorithm: key.algorithm ?? null, bits: key.bits ?? null, curve,
    encryption: key.encryption ? encryptionFields(key.encryption) : null, fingerprint, spki, container, comment, defect, hardware, inferred, weaknesses,
    origin: key.file.origin, tracked: key.file.tracked, isSymlink: key.file.isSymlink,
  };
}

function historyFields({ author, date, inHead, branches, versions }: Partial<History>): object {
  return { author, date, inHead, branches, versions };
}

function findingFields(finding: Finding): object {
  const { rule, severity, message, help, path, line, column, endLine, endColumn, commit, fingerprint, fix } = finding;
  return { rule, severity, message, help, path, line, column, endLine, endColumn, commit, ...historyFields(finding), fingerprint, fix };
}
