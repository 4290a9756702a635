import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { detect } from '../src/detect.ts';
import type { Key } from '../src/key.ts';
import { disguises } from './disguises.ts';
import { describeWith, run, scratch } from './tools.ts';

export function detectIn(content: string | Buffer, path = 'file'): readonly Key[] {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content, 'utf8');
  return detect({ path, bytes, facts: () => ({ origin: 'file' }) });
}

const folder = scratch();

describeWith(['ssh-keygen', 'openssl'], 'a key in a disguise', () => {
  const make = (name: string, program: string, args: readonly string[]): [string, string, string] => {
    const path = join(folder, name);
    run(program, [...args, path]);
    const text = readFileSync(path, 'utf8');
    return [name, text, run('ssh-keygen', ['-l', '-f', path]).split(' ')[1]!];
  };
  const keys = [
    make('ed25519', 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f']),
    make('ed25519-encrypted', 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'pass', '-f']),
    make('rsa-pem', 'ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '', '-f']),
    make('ecdsa-pkcs8', 'ssh-keygen', ['-q', '-t', 'ecdsa', '-m', 'PKCS8', '-N', '', '-f']),
  ];
  describe.each(keys)('%s', (_name, text, fingerprint) => {
    test.each(Object.entries(disguises))('%s', (_disguise, disguise) => {
      const content = disguise(text);
      const found = detectIn(content);
      expect(found.map((key) => [key.kind, key.fingerprint, key.defect])).toEqual([['private', fingerprint, undefined]]);
    });

    test('the strings behind comment signs are joined before the body is read', () => {
      expect(detectIn(disguises['commented string literals']!(text)).map(({ wrapping }) => wrapping)).toEqual([['comment', 'string-literals', 'escaped', 'pem']]);
    });

    test('its END line missing', () => {
      const cut = text.slice(0, text.indexOf('-----END'));
      expect(detectIn(cut).map((key) => [key.fingerprint, key.defect])).toEqual([[fingerprint, undefined]]);
      expect(detectIn(`${cut}\nsome other text follows\n`).map((key) => [key.fingerprint, key.defect])).toEqual([[fingerprint, undefined]]);
    });

    test('its place is the frame', () => {
      const before = 'first line\n  second: "é';
      const [key] = detectIn(`${before}${text}`);
      expect(key).toMatchObject({ line: 2, column: 13, endLine: 1 + text.trimEnd().split('\n').length, endColumn: text.trimEnd().split('\n').at(-1)!.length + 1, wrapping: ['pem'] });
      const escaped = `{\n  "key": ${JSON.stringify(text)}\n}`;
      const [inner] = detectIn(escaped);
      expect(inner).toMatchObject({ line: 2, column: 11, endLine: 2, wrapping: ['escaped', 'pem'] });
      expect(escaped.split('\n')[1]!.slice(inner!.column - 1, inner!.endColumn - 1)).toMatch(/^-----BEGIN .*-----END [A-Z ]+-----$/);
    });
  });

  test('legacy PEM encryption keeps its headers in every disguise', () => {
    const path = join(folder, 'legacy');
    run('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'password', '-f', path]);
    const text = readFileSync(path, 'utf8');
    const wrong = Object.entries(disguises).filter(([, disguise]) => {
      const [key, ...more] = detectIn(disguise(text));
      return more.length > 0 || key?.encryption?.kdf !== 'md5' || key.encryption.cipher !== 'aes-128-cbc' || key.defect !== undefined;
    });
    // Joined without any sign between, a header runs into the body: no reader can tell where it ends.
    expect(wrong.map(([name]) => name)).toEqual(['one line without breaks']);
  });

  test('several keys in one file are found each in its place', () => {
    const all = detectIn(keys.map(([, text]) => text).join(''));
    expect(all.map((key) => key.fingerprint)).toEqual(keys.map(([, , fingerprint]) => fingerprint));
    const joined = detectIn(JSON.stringify(keys.map(([, text]) => text)));
    expect(joined.map((key) => key.fingerprint)).toEqual(keys.map(([, , fingerprint]) => fingerprint));
  });
});

describe('what only looks like a key', () => {
  const random = (length: number): string => Buffer.from(Array.from({ length }, (_, i) => (i * 197 + (i * i * 31) % 251) & 0xff)).toString('base64').replace(/.{64}/g, '$&\n');
  const frame = (body: string, label = 'RSA PRIVATE KEY'): string => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;

  test.each([
    ['a header constant', 'const HEADER = "-----BEGIN RSA PRIVATE KEY-----";\nconst FOOTER = "-----END RSA PRIVATE KEY-----";\n'],
    ['a regular expression', 'const re = /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----[\\s\\S]+?-----END (?:RSA |EC )?PRIVATE KEY-----/g;'],
    ['a YARA rule', '$a = "-----BEGIN PRIVATE KEY-----" ascii\n$b = "-----END PRIVATE KEY-----" ascii'],
    ['dots', frame('...')],
    ['an ellipsis', frame('…')],
    ['a name in angle brackets', frame('<your private key here>')],
    ['a shell variable', frame('${PRIVATE_KEY}')],
    ['a template', frame('{{ .Values.key | nindent 4 }}')],
    ['a format', frame('%s')],
    ['a row of X', frame('XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX\n'.repeat(8))],
    ['the head of a real key and dots', frame('MIIEowIBAAKCAQEAx4UbaDzY5xjW6hc9jwN0mX33XpTDVW/WqHp5AKaRbtAC3DqX\n...')],
    ['the head of a real key and a cut', frame('MIIEpAIBAAKCAQEA...snip...')],
    ['a word', frame('secret')],
    ['words', frame('this is where your very own private key would have to stand')],
    ['camel case', frame('ThisIsNotARealPrivateKeyButOnlyAPlaceholderForTheDocumentation')],
    ['nothing', frame('')],
    ['a mention in a sentence', 'Paste everything from -----BEGIN RSA PRIVATE KEY----- to -----END RSA PRIVATE KEY----- into the box.'],
    ['settings behind a BEGIN line that has lost the rest', `  set private-key "-----BEGIN ENCRYPTED PRIVATE KEY-----\n  set password ENC ${random(112).replaceAll('\n', '')}\n  set comments "default"\n`],
    ['a list of labels', "switch (label) { case 'PRIVATE KEY': case 'RSA PRIVATE KEY': case 'EC PRIVATE KEY': return 1; }"],
    ['joined constants', 'const pem = "-----BEGIN PRIVATE KEY-----\\n" + body.match(/.{1,64}/g).join("\\n") + "\\n-----END PRIVATE KEY-----\\n";'],
  ])('%s gives nothing', (_name, content) => {
    expect(detectIn(content)).toEqual([]);
  });

  test('a frame around a body that is no key is a defect', () => {
    const [key, ...more] = detectIn(frame(random(900)));
    expect(more).toEqual([]);
    expect(key).toMatchObject({ kind: 'private', line: 1, column: 1 });
    expect(key!.defect).toBeTruthy();
  });

  test('a public label around no key is nothing', () => {
    expect(detectIn(frame(random(300), 'PUBLIC KEY'))).toEqual([]);
  });
});
