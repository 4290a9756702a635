import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { detect } from '../src/detect.ts';

/**
 * Golden readings: keys made once by ssh-keygen, openssl and puttygen, and what those tools say of them, so that the readers
 * are held to it where no such tool is installed. A new file needs its line in readings.json.
 */
const folder = join(import.meta.dirname, 'keys');
const readings = JSON.parse(readFileSync(join(folder, 'readings.json'), 'utf8')) as Record<string, unknown>;
const files = readdirSync(folder).filter((name) => name !== 'readings.json');

test('every key has its golden reading', () => {
  expect(Object.keys(readings).sort()).toEqual(files.sort());
});

test.each(files)('%s', (name) => {
  const keys = detect({ path: name, bytes: readFileSync(join(folder, name)), facts: () => ({ origin: 'file' }) });
  const { kind, format, algorithm, bits, curve, encryption, fingerprint, spki, comment, defect } = keys[0]!;
  expect(keys).toHaveLength(1);
  expect(JSON.parse(JSON.stringify({ kind, format, algorithm, bits, curve, encryption, fingerprint, spki, comment, defect }))).toEqual(readings[name]);
});
