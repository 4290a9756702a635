import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules } from '../rules/index.ts';
import { check } from '../src/check.ts';
import { detect } from '../src/detect.ts';
import type { FileFacts } from '../src/key.ts';
import { defaultPolicy } from '../src/policy.ts';
import { disguises } from './disguises.ts';
import { isBinary, makeSamples, sampleTools } from './samples.ts';
import { describeWith, scratch } from './tools.ts';

/** The folder says it: nothing in it is a key. What is new there is held to it. */
const folder = join(import.meta.dirname, 'none');
const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));

const found = (bytes: Buffer): readonly string[] => detect({ path: 'file', bytes, facts: () => ({ origin: 'file' }) }).map(({ kind, format, line, defect }) => `${kind} ${format} in line ${line}: ${defect ?? 'whole'}`);

describe.each(files.map((path) => [path.slice(folder.length + 1), readFileSync(path)] as const))('%s', (_name, bytes) => {
  test('holds no key', () => {
    expect(found(bytes)).toEqual([]);
  });

  test('nor does it in any disguise', () => {
    // Only armored bodies can be wrapped anew.
    for (const [name, disguise] of Object.entries(disguises)) if (!name.startsWith('lines of')) expect(found(Buffer.from(disguise(bytes.toString('latin1')))), name).toEqual([]);
  });
});

describeWith(sampleTools, 'public keys and certificates are keys, and nothing is wrong with them', () => {
  const samples = makeSamples(scratch()).filter(({ secret }) => secret === '');
  const policy = defaultPolicy(rules, '/work');
  const facts: Readonly<Record<string, FileFacts>> = {
    'in a folder': { origin: 'file', absolutePath: '/work/some.txt', mode: 0o644, uid: 1000, runnerUid: 1000, tracked: false, parents: [] },
    'tracked by git': { origin: 'file', absolutePath: '/work/some.txt', mode: 0o644, uid: 1000, runnerUid: 1000, tracked: true, parents: [] },
    'about to be committed': { origin: 'index', absolutePath: '/work/some.txt' },
    'in ~/.ssh': { origin: 'file', absolutePath: '/home/me/.ssh/some.pub', mode: 0o644, uid: 1000, runnerUid: 1000, parents: [{ path: '/home/me/.ssh', mode: 0o755, uid: 1000 }] },
    'in a pipe': { origin: 'stdin' },
  };

  test('there are some of each format', () => {
    expect(new Set(samples.map(({ format }) => format))).toEqual(new Set(['spki', 'rsa-public', 'x509', 'ssh-public', 'ssh2-public']));
  });

  test.each(Object.entries(facts))('%s', (_name, file) => {
    for (const { name, bytes } of samples) {
      for (const [disguise, disguised] of [['as it is', (key: string): string => key], ...Object.entries(disguises).filter(([disguise]) => !disguise.startsWith('lines of'))] as const) {
        const keys = detect({ path: 'some', bytes: isBinary(bytes) ? bytes : Buffer.from(disguised(bytes.toString('latin1'))), facts: () => file });
        expect(keys.every(({ kind, defect }) => (kind === 'public' || kind === 'certificate') && defect === undefined), `${name}, ${disguise}`).toBe(true);
        expect(check(keys, policy, rules).findings, `${name}, ${disguise}`).toEqual([]);
        if (disguise === 'as it is') expect(keys, name).toHaveLength(1);
      }
    }
  });
});
