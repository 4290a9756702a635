/**
 * The sieve alone, in GB/s per core: over source text just read (in the cache), and over hostile text in which every line is nearly a key.
 * Goals: at least 8 GB/s and 0.2 GB/s.
 */
import { build } from 'esbuild';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { median, RUNS } from './compare.mjs';

const folder = mkdtempSync(resolve(import.meta.dirname, '../node_modules/.keylint-bench-'));
try {
  const outfile = join(folder, 'detect.mjs');
  const contents = `export { detect } from './detect.ts'; export { mayHoldKeys } from './prefilter.ts';`;
  await build({ stdin: { contents, resolveDir: resolve(import.meta.dirname, '../src'), loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
  const { detect, mayHoldKeys } = await import(pathToFileURL(outfile).href);

  const root = process.argv[2] ?? resolve(import.meta.dirname, '../node_modules');
  const texts = [];
  let total = 0;
  for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
    if (total > 64e6 || !entry.isFile() || !/\.(js|ts|mjs|c|h|json|md)$/.test(entry.name)) continue;
    const bytes = readFileSync(join(entry.parentPath ?? entry.path, entry.name));
    texts.push(bytes);
    total += bytes.length;
  }
  const chunk = 1 << 18;
  const buffer = Buffer.from(new ArrayBuffer(chunk));
  const all = Buffer.concat(texts);
  const rates = [];
  for (let round = 0; round < RUNS; round++) {
    let bytes = 0;
    let ns = 0n;
    for (let at = 0; at + chunk <= all.length; at += chunk) {
      all.copy(buffer, 0, at, at + chunk);
      const started = process.hrtime.bigint();
      mayHoldKeys(buffer);
      ns += process.hrtime.bigint() - started;
      bytes += chunk;
    }
    rates.push(bytes / Number(ns));
  }
  console.log(`source text, ${(all.length / 1e6).toFixed(0)} MB: ${median(rates).toFixed(1)} GB/s (median of ${RUNS})`);

  for (const line of ['-----BEGIN PRIVATE KEY-----\n', '-----BEGIN RSA PRIVATE KEY-----\\n" +\n', 'PRIVATE KEY ', 'ssh-rsa AAAAB3NzaC1yc2E ', 'PuTTY-User-Key-File-2: ssh-rsa\n']) {
    const hostile = Buffer.from(line.repeat(Math.ceil((8 << 20) / line.length)));
    const started = process.hrtime.bigint();
    const keys = detect({ path: 'hostile', bytes: hostile, facts: () => ({ origin: 'file' }) });
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    console.log(`${JSON.stringify(line).padEnd(44)} 8 MB: ${(hostile.length / 1e9 / seconds).toFixed(3)} GB/s, ${keys.length} keys`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
