import type { Finding } from '../src/finding.ts';
import type { Key } from '../src/key.ts';
import type { Report, ReporterOptions } from '../src/report.ts';

/** A report to render, with what a test cares about put in. */
export function makeReport(part: Partial<Omit<Report, 'summary'>> & { summary?: Partial<Report['summary']> } = {}): Report {
  const findings = part.findings ?? [];
  const keys = part.keys ?? [];
  return {
    version: '1.2.3',
    keys,
    findings,
    problems: part.problems ?? [],
    summary: {
      files: 1234, bytes: 5_600_000, keys: keys.length, ms: 120, skipped: [],
      errors: findings.filter(({ severity }) => severity === 'error').length,
      warnings: findings.filter(({ severity }) => severity === 'warn').length,
      ...part.summary,
    },
  };
}

export function makeFinding(part: Partial<Finding> = {}): Finding {
  return {
    rule: 'no-committed-private-key', severity: 'error', message: 'an Ed25519 private key without a passphrase is tracked by git',
    help: 'git rm --cached -- deploy/id_ed25519', path: 'deploy/id_ed25519', line: 1, column: 1, endLine: 7, endColumn: 36,
    fingerprint: 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU', ...part,
  };
}

export function makeKey(part: Partial<Key> = {}): Key {
  return {
    path: 'deploy/id_ed25519', line: 1, column: 1, endLine: 7, endColumn: 36, kind: 'private', format: 'openssh', wrapping: ['pem'],
    algorithm: 'ed25519', bits: 256, fingerprint: 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU', weaknesses: [], file: { origin: 'file' }, ...part,
  };
}

export const plainOptions: ReporterOptions = { color: false, rules: [] };
