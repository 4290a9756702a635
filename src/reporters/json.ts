import { authorizedFields, certificateFields, encryptionFields, knownHostFields, sshCertificateFields } from '../contract.ts';
import type { Finding } from '../finding.ts';
import type { History, HistoryJoint, Key } from '../key.ts';
import type { Report } from '../report.ts';
import { printableJson } from '../terminal.ts';

/**
 * The contract that other programs read: fields are added to it, never renamed or dropped, and stand in a fixed order.
 * `algorithm`, `bits` and `encryption` are always there: null means that they cannot be seen from outside an encrypted key,
 * and for `encryption` that the key is stored in the clear.
 */
export function json({ version, shard, summary, keys, findings, problems, changes }: Report): string {
  const { files, bytes, errors, warnings, skipped, suppressed, ms } = summary;
  return `${printableJson({
    version,
    shard: shard && { index: shard.index, count: shard.count },
    summary: { files, bytes, keys: summary.keys, errors, warnings, skipped: skipped.map(({ path, reason }) => ({ path, reason })), ms, suppressed: suppressed ?? 0 },
    keys: keys.map((key) => keyFields(key, shard !== undefined)),
    findings: findings.map(findingFields),
    problems: problems.map(({ path, message }) => ({ path, message })),
    changes: changes?.map(({ rule, path, from, to, isDone }) => ({ rule, path, from, to, isDone })),
  })}\n`;
}

/**
 * Field by field: what else is known of a file (owner, parent folders) is for rules that look at one key and stays here. What rules need
 * that compare keys, or look at a key in history, is there, and in the report of a shard what joins it with the others, since merging reports judges by them anew. Undefined fields leave no trace in JSON.
 */
function keyFields(key: Key, isShard: boolean): object {
  const { path, line, column, endLine, endColumn, kind, format, wrapping, curve, fingerprint, spki, container, digest, comment, x509, defect, hardware, inferred, weaknesses, sshCertificate, authorized, knownHost } = key;
  return {
    path, line, column, endLine, endColumn, commit: key.file.commit, ...historyFields(key.file.history ?? {}), kind, format, wrapping, algorithm: key.algorithm ?? null, bits: key.bits ?? null, curve,
    encryption: key.encryption ? encryptionFields(key.encryption) : null, fingerprint, spki, container, digest, comment, x509: x509 && certificateFields(x509), defect, hardware, inferred, weaknesses,
    origin: key.file.origin, tracked: key.file.tracked, isSymlink: key.file.isSymlink, isPushed: key.file.isPushed, isRoot: key.file.history?.isRoot,
    sshCertificate: sshCertificate && sshCertificateFields(sshCertificate), authorized: authorized && authorizedFields(authorized), knownHost: knownHost && knownHostFields(knownHost),
    joint: isShard ? jointFields(key.file.history?.joint) : undefined,
  };
}

function jointFields(joint: HistoryJoint | undefined): object | undefined {
  return joint && { time: joint.time, committed: joint.committed, age: joint.age, refs: joint.refs };
}

function historyFields({ author, date, inHead, branches, versions }: Partial<History>): object {
  return { author, date, inHead, branches, versions };
}

function findingFields(finding: Finding): object {
  const { rule, severity, message, help, path, line, column, endLine, endColumn, commit, fingerprint, fix } = finding;
  return { rule, severity, message, help, path, line, column, endLine, endColumn, commit, ...historyFields(finding), fingerprint, fix };
}
