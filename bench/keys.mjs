/**
 * A folder full of keys, each in a file of its own: made in the run, all different, a quarter each of OpenSSH in the clear, OpenSSH as if encrypted,
 * public lines and PKCS#8. usage: node bench/keys.mjs [COUNT]; default: 10,000. Prints median keys per second, by number of threads.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';

const keylint = resolve(import.meta.dirname, '../dist/cli.cjs');
const wanted = Number(process.argv[2] ?? 10_000);
const folder = mkdtempSync(join(tmpdir(), 'keylint-bench-'));
const string = (bytes) => Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 255]), bytes]);
const pkcs8 = ['PRIVATE', 'KEY'].join(' ');
const text = (words) => string(Buffer.from(words));

/** PROTOCOL.key of OpenSSH, with random bytes for its private section where it is encrypted. */
function openssh(pub, seed, encrypted) {
  const half = Buffer.concat([text('ssh-ed25519'), string(pub)]);
  const check = randomBytes(4);
  const inside = encrypted ? randomBytes(144) : Buffer.concat([check, check, half, string(Buffer.concat([seed, pub])), text('bench'), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8].slice(0, (8 - (4 + 4 + half.length + 68 + 9) % 8) % 8))]);
  const kdf = encrypted ? [text('aes256-ctr'), text('bcrypt'), string(Buffer.concat([string(randomBytes(16)), Buffer.from([0, 0, 0, 16])]))] : [text('none'), text('none'), text('')];
  const label = ['OPENSSH', 'PRIVATE', 'KEY'].join(' ');
  const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), ...kdf, Buffer.from([0, 0, 0, 1]), string(half), string(inside)]);
  return `-----BEGIN ${label}-----\n${body.toString('base64').replace(/.{70}/g, '$&\n').trim()}\n-----END ${label}-----\n`;
}

try {
  for (let i = 0; i < wanted; i++) {
    // As bytes at once: exporting so many key objects has Node 20 wait for itself now and then.
    const { privateKey, publicKey } = generateKeyPairSync('ed25519', { privateKeyEncoding: { format: 'der', type: 'pkcs8' }, publicKeyEncoding: { format: 'der', type: 'spki' } });
    const [pub, seed] = [publicKey, privateKey].map((der) => der.subarray(-32));
    const content = i % 4 === 0 ? openssh(pub, seed, false) : i % 4 === 1 ? openssh(pub, seed, true) : i % 4 === 2 ? `ssh-ed25519 ${Buffer.concat([text('ssh-ed25519'), string(pub)]).toString('base64')} bench\n` : `-----BEGIN ${pkcs8}-----\n${privateKey.toString('base64')}\n-----END ${pkcs8}-----\n`;
    if (i % 1000 === 0) mkdirSync(join(folder, String(i)));
    writeFileSync(join(folder, String(i - i % 1000), `id_${i}`), content, { mode: 0o600 });
  }
  for (const jobs of ['1', '2', undefined]) {
    const rates = [];
    for (let run = 0; run < 5; run++) {
      const start = performance.now();
      const { stdout } = spawnSync(process.execPath, [keylint, '-f', 'json', ...jobs ? ['--jobs', jobs] : [], folder], { encoding: 'utf8', maxBuffer: 1 << 30 });
      const seconds = (performance.now() - start) / 1000;
      const { keys } = JSON.parse(stdout).summary;
      if (keys !== wanted) throw new Error(`${keys} keys of ${wanted} were found`);
      rates.push(keys / seconds);
    }
    console.log(`${jobs === undefined ? 'as many threads as it likes' : `--jobs ${jobs}`}: ${Math.round(rates.sort((a, b) => a - b)[2]).toLocaleString('en')} keys a second`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
