import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { detect } from '../src/detect.ts';
import type { Key } from '../src/key.ts';
import { describeWith, run, scratch } from './tools.ts';

function detectIn(content: string | Buffer): readonly Key[] {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content, 'utf8');
  return detect({ path: 'file', bytes, facts: () => ({ origin: 'file' }) });
}

const secrets = (content: string | Buffer): readonly Key[] => detectIn(content).filter(({ kind }) => kind !== 'public' && kind !== 'certificate');

interface Sample {
  /** The file as the tool wrote it. */
  readonly text: string;
  /** The bytes in its armor, where it has one. */
  readonly container?: Buffer;
  /** As ssh-keygen prints it; of an encrypted key nobody knows it. */
  readonly fingerprint?: string;
}

const names = ['openssh ed25519', 'PKCS#8 RSA', 'PKCS#1 RSA', 'PKCS#1 RSA 1024', 'SEC1 P-256', 'SEC1 P-384', 'SEC1 P-521', 'PKCS#8 P-256', 'PKCS#8 P-384', 'PKCS#8 Ed25519', 'encrypted PKCS#8', 'encrypted PKCS#8 Ed25519', 'PPK'] as const;
type Name = (typeof names)[number];
const samples = new Map<Name, Sample>();
const folder = scratch();

function make(name: Name, program: string, args: readonly string[], fingerprintOf = name): void {
  const path = join(folder, name.replaceAll(/\W/g, '-'));
  run(program, args.map((arg) => (arg === 'FILE' ? path : arg)));
  const text = readFileSync(path, 'utf8');
  const body = /^-----BEGIN [^\n]*\n([^-]*)\n-----END/.exec(text)?.[1];
  const fingerprint = name.startsWith('encrypted') || name === 'PKCS#8 Ed25519' ? undefined
    : name === fingerprintOf ? fingerprintBy(path) : samples.get(fingerprintOf)!.fingerprint;
  samples.set(name, { text, ...(body !== undefined && { container: Buffer.from(body, 'base64') }), ...(fingerprint !== undefined && { fingerprint }) });
}

function fingerprintBy(path: string): string {
  return run('ssh-keygen', ['-l', '-f', path]).split(' ')[1]!;
}

const wrap = (text: string, width: number, end = '\n'): string => text.match(new RegExp(`.{1,${width}}`, 'g'))!.join(end);
const base64 = (bytes: string | Buffer): string => Buffer.from(bytes as string).toString('base64');
const hex = (bytes: string | Buffer): string => Buffer.from(bytes as string).toString('hex');
const numbers = (bytes: string | Buffer, write: (byte: number) => string, width: number, between = ', '): string => {
  const all = [...Buffer.from(bytes as string)].map(write);
  const rows: string[] = [];
  for (let i = 0; i < all.length; i += width) rows.push(all.slice(i, i + width).join(between));
  return rows.join(`${between.trimEnd()}\n    `);
};
const two = (byte: number): string => byte.toString(16).padStart(2, '0');
const pythonRepr = (bytes: Buffer): string => [...bytes].map((byte) => (byte === 10 ? '\\n' : byte === 13 ? '\\r' : byte === 9 ? '\\t' : byte === 0x5c ? '\\\\' : byte === 0x27 ? "\\'" : byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${two(byte)}`)).join('');

/** Encodings of any bytes: what stands in a file, and the wrapping it should be told by. */
const ofBytes: Readonly<Record<string, readonly [wrapping: string, encode: (bytes: Buffer) => string]>> = {
  'base64 alone': ['base64', (bytes) => base64(bytes)],
  'base64 with a line break after it': ['base64', (bytes) => `${base64(bytes)}\n`],
  'base64 on lines of 64': ['base64', (bytes) => `${wrap(base64(bytes), 64)}\n`],
  'base64 on lines of 76, CRLF': ['base64', (bytes) => `${wrap(base64(bytes), 76, '\r\n')}\r\n`],
  'base64 on indented lines': ['base64', (bytes) => `data:\n  key: |\n    ${wrap(base64(bytes), 64, '\n    ')}\nother: 1\n`],
  'base64 in a folded YAML block': ['base64', (bytes) => `- content: >-\n    ${wrap(base64(bytes), 76, '\n    ')}\n  path: /etc/key\n`],
  'base64 in a Kubernetes Secret': ['base64', (bytes) => `apiVersion: v1\nkind: Secret\ndata:\n  ssh-privatekey: ${base64(bytes)}\n  other: ${base64('value')}\ntype: Opaque\n`],
  'base64 in JSON': ['base64', (bytes) => JSON.stringify({ a: 1, key: base64(bytes), b: 'x' }, null, 2)],
  'base64 in JSON on one line': ['base64', (bytes) => JSON.stringify({ a: 1, key: base64(bytes), b: 'x' })],
  'base64 in JSON with escaped slashes': ['base64', (bytes) => JSON.stringify({ key: base64(bytes) }).replaceAll('/', '\\/').replaceAll('+', '\\u002b').replaceAll('=', '\\u003d')],
  'base64 in JSON with line breaks': ['base64', (bytes) => JSON.stringify({ key: `${wrap(base64(bytes), 76)}\n` })],
  'base64 in JSON with CRLF': ['base64', (bytes) => JSON.stringify({ key: `${wrap(base64(bytes), 64, '\r\n')}\r\n` })],
  'base64 in JSON in JSON': ['base64', (bytes) => JSON.stringify({ values: JSON.stringify({ key: `${wrap(base64(bytes), 64)}\n` }) })],
  'base64 in an .env file': ['base64', (bytes) => `A=1\nSSH_PRIVATE_KEY_BASE64=${base64(bytes)}\nB=2\n`],
  'base64 in a quoted .env value': ['base64', (bytes) => `A=1\nKEY="${base64(bytes)}"\nB='2'\n`],
  'base64 in an XML element': ['base64', (bytes) => `<config><key>${base64(bytes)}</key></config>`],
  'base64 in an XML attribute': ['base64', (bytes) => `<key value="${wrap(base64(bytes), 64, '&#10;')}"/>`],
  'base64 in a data URL': ['base64', (bytes) => `<a href="data:application/x-pem-file;base64,${base64(bytes)}">key</a>`],
  'base64 with percent-encoded signs': ['base64', (bytes) => `key=${encodeURIComponent(base64(bytes))}&x=1`],
  'base64 with entities for signs': ['base64', (bytes) => `<v>${base64(bytes).replaceAll('+', '&#43;').replaceAll('/', '&#x2F;').replaceAll('=', '&#61;')}</v>`],
  'base64 for URLs': ['base64', (bytes) => `key: ${bytes.toString('base64url')}\n`],
  'base64 in joined strings': ['base64', (bytes) => `String key =\n    "${wrap(base64(bytes), 60, '"\n  + "')}";\n`],
  'base64 in strings joined at the end': ['base64', (bytes) => `const key = '${wrap(base64(bytes), 70, "' +\n  '")}';\n`],
  'base64 in C strings': ['base64', (bytes) => `static const char key[] =\n  "${wrap(base64(bytes), 64, '\\n"\n  "')}\\n";\n`],
  'base64 in Python strings': ['base64', (bytes) => `KEY = (\n    b"${wrap(base64(bytes), 64, '"\n    b"')}"\n)\n`],
  'base64 in an array of strings': ['base64', (bytes) => `key = [\n  "${wrap(base64(bytes), 64, '",\n  "')}",\n].join('')\n`],
  'base64 with line continuations': ['base64', (bytes) => `KEY="${wrap(base64(bytes), 64, '\\\n')}"\n`],
  'base64 in a # comment': ['base64', (bytes) => `# ${wrap(base64(bytes), 64, '\n# ')}\nx = 1\n`],
  'base64 in a // comment': ['base64', (bytes) => `// ${wrap(base64(bytes), 64, '\n// ')}\nint x;\n`],
  'base64 in a diff': ['base64', (bytes) => `@@ -0,0 +1 @@\n+${wrap(base64(bytes), 64, '\n+')}\n`],
  'base64 in a // comment without blanks': ['base64', (bytes) => `//${wrap(base64(bytes), 64, '\n//')}\nint x;\n`],
  'base64 on one line of a diff': ['base64', (bytes) => `@@ -0,0 +1 @@\n+${base64(bytes)}\n`],
  'base64 behind a heading of its own': ['base64', (bytes) => `privatekey\n${wrap(base64(bytes), 64)}\nend\n`],
  'base64 in a mail': ['base64', (bytes) => `Content-Type: application/octet-stream; name=id_rsa\nContent-Transfer-Encoding: base64\n\n${wrap(base64(bytes), 76)}\n\n--frontier--\n`],
  'base64 twice': ['base64', (bytes) => `data:\n  key: ${base64(base64(bytes))}\n`],
  'base64 twice, on lines inside': ['base64', (bytes) => `data:\n  key: ${base64(`${wrap(base64(bytes), 76)}\n`)}\n`],
  'hexadecimal, lower case': ['hex', (bytes) => `Input = ${hex(bytes)}\nOutput = 00\n`],
  'hexadecimal, upper case': ['hex', (bytes) => `key: "${hex(bytes).toUpperCase()}"\n`],
  'hexadecimal with 0x': ['hex', (bytes) => `0x${hex(bytes)},`],
  'hexadecimal of PostgreSQL': ['hex', (bytes) => `INSERT INTO keys VALUES (1, '\\x${hex(bytes)}');\n`],
  'hexadecimal on lines': ['hex', (bytes) => `  ${wrap(hex(bytes), 64, '\n  ')}\n`],
  'hexadecimal in joined strings': ['hex', (bytes) => `  key = "${wrap(hex(bytes), 64, '" +\n    "')}";\n`],
  'hexadecimal in Python strings': ['hex', (bytes) => `unhexlify(\n    b"${wrap(hex(bytes), 76, '"\n    b"')}"\n)\n`],
  'pairs with blanks': ['hex', (bytes) => `  ${numbers(bytes, two, 16, ' ')}\n`],
  'pairs with blanks, upper case': ['hex', (bytes) => `${numbers(bytes, (byte) => two(byte).toUpperCase(), 1 << 20, ' ')}\n`],
  'pairs with colons': ['hex', (bytes) => `    ${numbers(bytes, two, 15, ':')}\n`],
  'pairs with dashes': ['hex', (bytes) => `key = "${numbers(bytes, (byte) => two(byte).toUpperCase(), 1 << 20, '-')}"\n`],
  'a C array, 12 a line': ['byte-array', (bytes) => `unsigned char key_der[] = {\n  ${numbers(bytes, (byte) => `0x${two(byte)}`, 12)}\n};\nunsigned int key_der_len = ${bytes.length};\n`],
  'a C array, 8 a line, upper case': ['byte-array', (bytes) => `const uint8_t kKey[] = {\n    ${numbers(bytes, (byte) => `0x${two(byte).toUpperCase()}`, 8)},\n};\n`],
  'a C array, 16 a line, no blanks': ['byte-array', (bytes) => `static unsigned char k[]={\n${numbers(bytes, (byte) => `0x${two(byte)}`, 16, ',')}};\n`],
  'a C array with comments': ['byte-array', (bytes) => `byte k[] = {\n  /* 0 */ ${numbers(bytes, (byte) => `0x${two(byte)}`, 16, ', ').replaceAll('\n', ' // a row\n')} };\n`],
  'a Go slice': ['byte-array', (bytes) => `var key = []byte{${numbers(bytes, (byte) => `0x${byte.toString(16)}`, 1 << 20)}}\n`],
  'a Rust array': ['byte-array', (bytes) => `const KEY: &[u8] = &[\n    ${numbers(bytes, (byte) => `0x${two(byte)}`, 15)},\n];\n`],
  'Java bytes': ['byte-array', (bytes) => `private static final byte[] KEY = {\n  ${numbers(bytes, (byte) => (byte > 127 ? `(byte)0x${two(byte)}` : `0x${two(byte)}`), 1 << 20)}\n};\n`],
  'Java bytes, all cast': ['byte-array', (bytes) => `byte[] key = new byte[] { ${numbers(bytes, (byte) => `(byte) 0x${two(byte)}`, 1 << 20)} };\n`],
  'signed decimal numbers': ['byte-array', (bytes) => `byte[] key = {${numbers(bytes, (byte) => String(byte > 127 ? byte - 256 : byte), 1 << 20)}};\n`],
  'decimal numbers': ['byte-array', (bytes) => `key = bytes([${numbers(bytes, String, 1 << 20)}])\n`],
  'a Buffer in JSON': ['byte-array', (bytes) => JSON.stringify({ key: bytes })],
  'Pascal bytes': ['byte-array', (bytes) => `const Key: array[0..${bytes.length - 1}] of Byte = (\n  ${numbers(bytes, (byte) => `$${two(byte).toUpperCase()}`, 16)});\n`],
  'escapes in a C string': ['byte-array', (bytes) => `const char *key = "${[...bytes].map((byte) => `\\x${two(byte)}`).join('')}";\n`],
  'escapes in C strings, 12 a line': ['byte-array', (bytes) => `const char key[] =\n  "${numbers(bytes, (byte) => `\\x${two(byte)}`, 12, '').replaceAll('\n    ', '"\n  "')}";\n`],
};
/** What Python prints of bytes is text itself where the bytes are. */
const ofBinary: typeof ofBytes = {
};
/** Encodings of text. */
const ofText: typeof ofBytes = {
  'base64, shifted by one': ['base64', (bytes) => `user: ${base64(Buffer.concat([Buffer.from('\n'), bytes]))}\n`],
  'base64, shifted by two': ['base64', (bytes) => `user: ${base64(Buffer.concat([Buffer.from('x\n'), bytes]))}\n`],
  'base64 of UTF-16': ['base64', (bytes) => `key: ${base64(Buffer.from(`\ufeff${bytes.toString()}`, 'utf16le'))}\n`],
  'base64 of UTF-16, big-endian': ['base64', (bytes) => `key: ${base64(Buffer.from(bytes.toString(), 'utf16le').swap16())}\n`],
  'base64 of a file with much before the key': ['base64', (bytes) => `${wrap(base64(Buffer.concat([Buffer.from('some words of explanation\n'.repeat(30)), bytes])), 76)}\n`],
  'base64 three times': ['base64', (bytes) => `key: ${base64(base64(base64(bytes)))}\n`],
  'a Helm release': ['base64', (bytes) => `data:\n  release: ${base64(base64(gzipSync(JSON.stringify({ name: 'r', config: { tls: { key: bytes.toString() } } }), { level: 9 })))}\n`],
  'a Helm release with a Secret': ['base64', (bytes) => `data:\n  release: ${base64(base64(gzipSync(JSON.stringify({ manifest: `kind: Secret\ndata:\n  key: ${base64(bytes)}\n` }), { level: 9 })))}\n`],
  'gzip in base64, as cloud-init takes it': ['base64', (bytes) => `write_files:\n- encoding: gz+b64\n  content: ${base64(gzipSync(bytes))}\n  path: /root/.ssh/id\n`],
  'gzip in base64, cut off': ['base64', (bytes) => `content: ${base64(gzipSync(Buffer.concat([bytes, randomBytes(2000)])).subarray(0, -900))}\n`],
  'XML entities': ['entities', (bytes) => `<key v="${bytes.toString().replaceAll('\n', '&#10;')}"/>`],
  'XML entities, hexadecimal': ['entities', (bytes) => `<key v="${bytes.toString().replaceAll('\n', '&#xD;&#xA;')}"/>`],
  'XML entities for all signs': ['entities', (bytes) => `<key>${bytes.toString().replace(/[+/=:\n]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</key>`],
  'HTML breaks': ['entities', (bytes) => `<p>${bytes.toString().trim().replaceAll('\n', '<br/>\n')}</p>`],
  'a form': ['percent', (bytes) => `user=x&key=${new URLSearchParams({ k: bytes.toString() }).toString().slice(2)}&z=1`],
  'percent-encoding': ['percent', (bytes) => `https://example.com/?key=${encodeURIComponent(bytes.toString())}`],
  'percent-encoding twice': ['percent', (bytes) => `https://example.com/?u=${encodeURIComponent(encodeURIComponent(bytes.toString()))}`],
  'percent-encoded breaks': ['percent', (bytes) => `key=${bytes.toString().replaceAll('\n', '%0A').replaceAll('+', '%2B')}`],
  'blanks as escapes': ['escaped', (bytes) => JSON.stringify({ key: bytes.toString() }).replaceAll(' ', '\\u0020')],
  'JSON in JSON in JSON': ['escaped', (bytes) => JSON.stringify(JSON.stringify(JSON.stringify({ key: bytes.toString() })))],
  'a service account in base64': ['base64', (bytes) => `GOOGLE_CREDENTIALS=${base64(JSON.stringify({ type: 'service_account', private_key: bytes.toString(), client_email: 'x' }, null, 2))}\n`],
};

describeWith(['ssh-keygen', 'openssl', 'puttygen'], 'an encoded key', () => {
  beforeAll(() => {
    make('openssh ed25519', 'ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', 'FILE']);
    make('PKCS#8 RSA', 'openssl', ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'FILE']);
    make('PKCS#1 RSA', 'ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '', '-f', 'FILE']);
    make('PKCS#1 RSA 1024', 'ssh-keygen', ['-q', '-t', 'rsa', '-b', '1024', '-m', 'PEM', '-N', '', '-f', 'FILE']);
    for (const bits of ['256', '384', '521'] as const) make(`SEC1 P-${bits}`, 'ssh-keygen', ['-q', '-t', 'ecdsa', '-b', bits, '-m', 'PEM', '-N', '', '-f', 'FILE']);
    for (const bits of ['256', '384'] as const) make(`PKCS#8 P-${bits}`, 'ssh-keygen', ['-q', '-t', 'ecdsa', '-b', bits, '-m', 'PKCS8', '-N', '', '-f', 'FILE']);
    make('PKCS#8 Ed25519', 'openssl', ['genpkey', '-algorithm', 'ED25519', '-out', 'FILE']);
    make('encrypted PKCS#8', 'openssl', ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-aes256', '-pass', 'pass:secret', '-out', 'FILE']);
    make('encrypted PKCS#8 Ed25519', 'openssl', ['genpkey', '-algorithm', 'ED25519', '-aes256', '-pass', 'pass:secret', '-out', 'FILE']);
    make('PPK', 'puttygen', [join(folder, 'openssh-ed25519'), '-O', 'private', '-o', 'FILE'], 'openssh ed25519');
  });

  /** What tells the key: its fingerprint, or that of its encrypted container. */
  const told = ({ fingerprint, container, encryption }: Key): unknown => fingerprint ?? [container, encryption];

  describe.each(names)('%s', (name) => {
    const expected = (): unknown => {
      const [key, ...more] = secrets(samples.get(name)!.text);
      expect(more).toEqual([]);
      if (samples.get(name)!.fingerprint !== undefined) expect(key!.fingerprint).toBe(samples.get(name)!.fingerprint);
      return told(key!);
    };
    const holds = (content: string, wrapping: string): Key => {
      const found = secrets(content);
      expect(found.map((key) => [told(key), key.defect])).toEqual([[expected(), undefined]]);
      expect(found[0]!.wrapping[0]).toBe(wrapping);
      return found[0]!;
    };

    test.each(Object.entries({ ...ofBytes, ...ofText }))('its text: %s', (_encoding, [wrapping, encode]) => {
      holds(encode(Buffer.from(samples.get(name)!.text)), wrapping);
    });

    if (name !== 'PPK') {
      test.each(Object.entries({ ...ofBytes, ...ofBinary }))('its container: %s', (encoding, [wrapping, encode]) => {
        // Two encodings of a container in turn are known by their most common contents only.
        if (encoding.startsWith('base64 twice') && !/openssh/.test(name)) return;
        if (name === 'openssh ed25519' && (wrapping === 'byte-array' || encoding.startsWith('pairs'))) return;
        holds(encode(samples.get(name)!.container!), wrapping);
      });
    }
  });

  test('its place is the encoded run', () => {
    const { text, container } = samples.get('PKCS#1 RSA')!;
    for (const bytes of [Buffer.from(text), container!]) {
      const encoded = base64(bytes);
      const [key] = secrets(`data:\n  é: ${encoded}\n  b: 1\n`);
      expect(key).toMatchObject({ line: 2, column: 6, endLine: 2, endColumn: 6 + encoded.length });
      const lines = wrap(encoded, 64).split('\n');
      const [wrapped] = secrets(`key: |\n  ${lines.join('\n  ')}\nend: 1\n`);
      expect(wrapped).toMatchObject({ line: 2, column: 3, endLine: 1 + lines.length, endColumn: 3 + lines.at(-1)!.length });
      const digits = hex(bytes);
      const [inHex] = secrets(`a\nkey = ${digits};\n`);
      expect(inHex).toMatchObject({ line: 2, column: 7, endLine: 2, endColumn: 7 + digits.length });
      const [inArray] = secrets(`x\n  { ${numbers(bytes, (byte) => `0x${two(byte)}`, 1 << 20)} }\n`);
      expect(inArray).toMatchObject({ line: 2, column: 5, endLine: 2 });
    }
  });
});
