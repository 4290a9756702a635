import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formats } from '../src/formats/index.ts';
import { wrappings } from '../src/wrappings/index.ts';
import { formTools, makeForms } from './forms.ts';
import { folder, keylintJson } from './program.ts';
import { describeWith, scratch } from './tools.ts';

describeWith(formTools, 'a folder with one file for each form of a key', () => {
  const forms = makeForms(scratch());
  const here = folder('forms');
  // A name tells nothing of the content, but where the form is known by it.
  const fileOf = (name: string, i: number): string => (/\.psk$/.test(name) ? name : `file-${i}`);
  forms.forEach(({ name, bytes }, i) => writeFileSync(join(here, fileOf(name, i)), bytes, { mode: 0o600 }));
  const report = keylintJson(['.'], { cwd: here });

  test.each(forms.map((form, i) => [form.name, form, fileOf(form.name, i)] as const))('%s', (_name, { bytes, keys }, path) => {
    const seen = report.keys.filter((key) => key.path === path);
    expect(seen.map(({ kind, format, defect }) => ({ kind, format, defect }))).toEqual(keys.map(({ kind, format }) => ({ kind, format, defect: undefined })));
    keys.forEach(({ line, wrapping, encryption, weaknesses, hardware, inferred, ...facts }, i) => {
      // Of a program the line says little: it is where the key begins, counting from the beginning of the file.
      const begin = line ?? bytes.subarray(0, Math.max(0, bytes.indexOf('-----BEGIN'))).toString('latin1').split('\n').length;
      expect(seen[i]).toMatchObject({ ...facts, line: begin, wrapping: wrapping ?? [] });
      expect(seen[i]!['encryption']).toEqual(encryption ?? null);
      expect(seen[i]!['weaknesses']).toEqual(weaknesses ?? []);
      expect([seen[i]!['hardware'], seen[i]!['inferred']]).toEqual([hardware, inferred]);
    });
  });

  test('nothing failed, and no file was left out', () => {
    expect(report.summary).toMatchObject({ files: forms.length, skipped: [], keys: forms.flatMap(({ keys }) => keys).length });
    expect([report.status, report.stderr]).toEqual([1, '']);
  });

  test('there is a file for each format', () => {
    // A preshared key of WireGuard goes by the format of its file.
    expect(new Set(report.keys.map((key) => (key['format'] === 'wireguard' && key['kind'] === 'symmetric' ? 'wireguard-psk' : key['format'])))).toEqual(new Set(formats.map(({ name }) => name)));
  });

  test('there is a file for each wrapping', () => {
    expect(new Set(report.keys.flatMap((key) => key['wrapping'] as string[]))).toEqual(new Set(wrappings.map(({ name }) => name)));
  });
});
