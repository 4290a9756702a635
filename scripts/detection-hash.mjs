import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build } from 'rolldown';

/**
 * SHA-256, in hex, of all code that finds and reads keys in blobs: whatever changes there, comments apart, is a change of what is found, and what
 * an earlier build has seen counts no more. `top`: the project's folder.
 */
export async function detectionHash(top) {
  const entries = ['src/collect.ts', 'src/sources/history.ts'].map((file) => join(top, file));
  const { output } = await build({ cwd: top, input: entries, platform: 'node', external: [/^node:/, /^[^./]/], output: { minify: true }, write: false, logLevel: 'warn' });
  return createHash('sha256').update(output.map(({ code }) => code).sort().join('\0')).digest('hex');
}
