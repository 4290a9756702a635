/**
 * The sieve alone, in GB/s per core: over source text, minified programs, lock files and SVGs just read (in the cache),
 * beside `rg -a -c` for one literal on the same bytes; and over hostile text in which every line is nearly a key.
 * Goals: at least 8 GB/s, half of it on the other files, and 0.2 GB/s on hostile text. `node bench/sieve.mjs [FOLDER]`: where the files are.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installed, median, RUNS } from './compare.mjs';

/** GB/s of `rg`, without the time that it takes to start. */
function rgRate(file, size) {
  const empty = `${file}-empty`;
  writeFileSync(empty, '');
  const seconds = (path) => {
    const started = process.hrtime.bigint();
    spawnSync('rg', ['-a', '-c', '--no-mmap', '-j', '1', '-e', 'PRIVATE KEY', path]);
    return Number(process.hrtime.bigint() - started) / 1e9;
  };
  const times = Array.from({ length: RUNS }, () => [seconds(file), seconds(empty)]);
  return size / 1e9 / Math.max(1e-6, Math.min(...times.map(([whole]) => whole)) - Math.min(...times.map(([, start]) => start)));
}

const folder = mkdtempSync(resolve(import.meta.dirname, '../node_modules/.keylint-bench-'));
try {
  const outfile = join(folder, 'detect.mjs');
  const contents = `export { detect } from './detect.ts'; export { mayHoldKeys } from './prefilter.ts'; export { sieveBuffer } from './sieve-memory.ts';`;
  await build({ stdin: { contents, resolveDir: resolve(import.meta.dirname, '../src'), loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
  const { detect, mayHoldKeys, sieveBuffer } = await import(pathToFileURL(outfile).href);

  const root = process.argv[2] ?? resolve(import.meta.dirname, '../node_modules');
  /** By name: files of which there are enough to be timed. Of the most, 64 MB. */
  const kinds = { 'source text': /\.(js|ts|mjs|c|h|json|md|py|go|java)$/, 'minified': /\.min\.(js|mjs|css)$/, 'lock files': /^(package-lock\.json|pnpm-lock\.yaml|go\.sum|(yarn|Cargo|composer|poetry)\.lock)$/, 'SVG': /\.svg$/ };
  const texts = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, { list: [], total: 0 }]));
  for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const kind = Object.keys(kinds).findLast((name) => kinds[name].test(entry.name));
    if (kind === undefined || texts[kind].total > 64e6) continue;
    const bytes = readFileSync(join(entry.parentPath ?? entry.path, entry.name));
    texts[kind].list.push(bytes);
    texts[kind].total += bytes.length;
  }
  const chunk = 1 << 18;
  const buffer = sieveBuffer(chunk);
  const file = join(folder, 'bytes');
  for (const [kind, { list }] of Object.entries(texts)) {
    const all = Buffer.concat(list);
    if (all.length < 4 * chunk) continue;
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
    writeFileSync(file, all);
    const other = installed('rg') ? `; rg -a -c: ${rgRate(file, all.length).toFixed(1)} GB/s` : '';
    console.log(`${kind}, ${(all.length / 1e6).toFixed(0)} MB: ${median(rates).toFixed(1)} GB/s, at best ${Math.max(...rates).toFixed(1)} (${RUNS} runs)${other}`);
  }

  const bytes = sieveBuffer(1 << 20);
  for (const line of ['-----BEGIN PRIVATE KEY-----\n', '-----BEGIN RSA PRIVATE KEY-----\\n" +\n', 'PRIVATE KEY ', 'ssh-rsa AAAAB3NzaC1yc2E ', 'PuTTY-User-Key-File-2: ssh-rsa\n', '3082', '{"kty"']) {
    const hostile = Buffer.from(line.repeat(Math.ceil((8 << 20) / line.length)));
    hostile.copy(bytes);
    const sifting = Array.from({ length: RUNS }, () => {
      const started = process.hrtime.bigint();
      mayHoldKeys(bytes);
      return bytes.length / Number(process.hrtime.bigint() - started);
    });
    const started = process.hrtime.bigint();
    const keys = detect({ path: 'hostile', bytes: hostile, facts: () => ({ origin: 'file' }) });
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    console.log(`${JSON.stringify(line).padEnd(44)} sieve ${median(sifting).toFixed(2)} GB/s; all of the readers, 8 MB: ${(hostile.length / 1e9 / seconds).toFixed(3)} GB/s, ${keys.length} keys`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
