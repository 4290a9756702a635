import { generateKeyPairSync, randomBytes } from 'node:crypto';
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

const names = ['openssh ed25519', 'PKCS#8 RSA', 'PKCS#1 RSA', 'PKCS#1 RSA 1024', 'SEC1 P-256', 'SEC1 P-384', 'SEC1 P-521', 'PKCS#8 P-256', 'PKCS#8 P-384', 'PKCS#8 Ed25519', 'SEC1 brainpool', 'PKCS#8 explicit P-384', 'SEC1 explicit P-256', 'PKCS#12', 'encrypted PKCS#8', 'encrypted PKCS#8 Ed25519', 'PPK'] as const;
type Name = (typeof names)[number];
const samples = new Map<Name, Sample>();
const folder = scratch();

function make(name: Name, program: string, args: readonly string[], fingerprintOf = name): void {
  const path = join(folder, name.replaceAll(/\W/g, '-'));
  run(program, args.map((arg) => (arg === 'FILE' ? path : arg)));
  const text = name === 'PKCS#12' ? `-----BEGIN PKCS12-----\n${wrap(readFileSync(path, 'base64'), 64)}\n-----END PKCS12-----\n` : readFileSync(path, 'utf8');
  const body = /^-----BEGIN [^\n]*\n([^-]*)\n-----END/.exec(text)?.[1];
  const fingerprint = !sshKnows(name) ? undefined
    : name === fingerprintOf ? fingerprintBy(path) : samples.get(fingerprintOf)!.fingerprint;
  samples.set(name, { text, ...(body !== undefined && { container: Buffer.from(body, 'base64') }), ...(fingerprint !== undefined && { fingerprint }) });
}

const sshKnows = (name: Name): boolean => !/encrypted|explicit|brainpool|PKCS#12|PKCS#8 Ed25519/.test(name);

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
const ofBytes: Readonly<Record<string, readonly [wrapping: string, encode: (bytes: Buffer) => string | Buffer]>> = {
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
  'base64 in joined strings of uneven length': ['base64', (bytes) => `String key = "${base64(bytes).match(/.{1,88}.{0,16}/g)!.flatMap((line, i) => (i % 2 ? [line] : [line.slice(0, 90), line.slice(90)])).filter((line) => line !== '').join('" +\n  "')}";\n`],
  'base64 behind bars': ['base64', (bytes) => `|>key.der\n|${wrap(base64(bytes), 70, '\n|')}\n|<key.der\n`],
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
  'Python bytes': ['byte-array', (bytes) => `KEY = b'${pythonRepr(bytes)}'\n`],
  'a program': ['embedded', (bytes) => Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'), randomBytes(1001), bytes, randomBytes(500)])],
  'firmware, at its end': ['embedded', (bytes) => Buffer.concat([Buffer.alloc(64, 0xff), bytes])],
  'a record behind its length': ['embedded', (bytes) => Buffer.concat([Buffer.from([0, 0, bytes.length >> 8, bytes.length & 0xff]), bytes, Buffer.alloc(8)])],
};
/** Encodings of text. */
const ofText: typeof ofBytes = {
  'base64, shifted by one': ['base64', (bytes) => `user: ${base64(Buffer.concat([Buffer.from('\n'), bytes]))}\n`],
  'base64, shifted by two': ['base64', (bytes) => `user: ${base64(Buffer.concat([Buffer.from('x\n'), bytes]))}\n`],
  'base64 of UTF-16': ['base64', (bytes) => `key: ${base64(Buffer.from(`\ufeff${bytes.toString()}`, 'utf16le'))}\n`],
  'base64 of UTF-16, big-endian': ['base64', (bytes) => `key: ${base64(Buffer.from(bytes.toString(), 'utf16le').swap16())}\n`],
  'base64 of a file with much before the key': ['base64', (bytes) => `${wrap(base64(Buffer.concat([Buffer.from('some words of explanation\n'.repeat(30)), bytes])), 76)}\n`],
  'base64 three times': ['base64', (bytes) => `key: ${base64(base64(base64(bytes)))}\n`],
  'base64 three times, shifted': ['base64', (bytes) => `key: ${base64(`x ${base64(`ab\n${base64(`a ${bytes.toString()}`)}`)}`)}\n`],
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
  'percent-encoded JSON': ['percent', (bytes) => `https://example.com/?u=${encodeURIComponent(JSON.stringify({ key: bytes.toString() }))}`],
  'percent-encoded breaks': ['percent', (bytes) => `key=${bytes.toString().replaceAll('\n', '%0A').replaceAll('+', '%2B')}`],
  'quoted-printable': ['quoted-printable', (bytes) => bytes.toString().replaceAll('=', '=3D').replace(/^(.{40})(.+)$/gm, '$1=\n$2')],
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
    make('SEC1 brainpool', 'openssl', ['ecparam', '-name', 'brainpoolP256r1', '-genkey', '-noout', '-out', 'FILE']);
    make('SEC1 explicit P-256', 'openssl', ['ecparam', '-name', 'prime256v1', '-param_enc', 'explicit', '-genkey', '-noout', '-out', 'FILE']);
    make('PKCS#8 explicit P-384', 'openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384', '-pkeyopt', 'ec_param_enc:explicit', '-out', 'FILE']);
    run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=x', '-keyout', join(folder, 'store.key'), '-out', join(folder, 'store.crt')]);
    make('PKCS#12', 'openssl', ['pkcs12', '-export', '-inkey', join(folder, 'store.key'), '-in', join(folder, 'store.crt'), '-passout', 'pass:secret', '-out', 'FILE']);
    make('encrypted PKCS#8', 'openssl', ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-aes256', '-pass', 'pass:secret', '-out', 'FILE']);
    make('encrypted PKCS#8 Ed25519', 'openssl', ['genpkey', '-algorithm', 'ED25519', '-aes256', '-pass', 'pass:secret', '-out', 'FILE']);
    make('PPK', 'puttygen', [join(folder, 'openssh-ed25519'), '-O', 'private', '-o', 'FILE'], 'openssh ed25519');
  });

  /** What tells the key: its fingerprint, its public key, or its encrypted container. */
  const told = ({ fingerprint, spki, container, encryption }: Key): unknown => fingerprint ?? spki ?? [container, encryption];

  describe.each(names)('%s', (name) => {
    const expected = (): unknown => {
      const [key, ...more] = secrets(samples.get(name)!.text);
      expect(more).toEqual([]);
      if (samples.get(name)!.fingerprint !== undefined) expect(key!.fingerprint).toBe(samples.get(name)!.fingerprint);
      return told(key!);
    };
    const holds = (content: string | Buffer, wrapping: string): Key => {
      const found = secrets(content);
      expect(found.map((key) => [told(key), key.defect])).toEqual([[expected(), undefined]]);
      expect(found[0]!.wrapping[0]).toBe(wrapping);
      return found[0]!;
    };

    test.each(Object.entries({ ...ofBytes, ...ofText }))('its text: %s', (encoding, [wrapping, encode]) => {
      // A PuTTY key that is encoded three times is known by its first line at the beginning of the innermost text.
      if (name === 'PPK' && encoding === 'base64 three times, shifted') return;
      // It is none in an armor.
      if (name === 'PKCS#12') return;
      holds(encode(Buffer.from(samples.get(name)!.text)), wrapping);
    });

    if (name !== 'PPK') {
      test.each(Object.entries({ ...ofBytes, ...ofBinary }))('its container: %s', (encoding, [wrapping, encode]) => {
        // Two encodings of a container in turn are known by their most common contents only.
        if (encoding.startsWith('base64 twice') && !/openssh/.test(name)) return;
        if (name === 'openssh ed25519' && (encoding in ofBinary || wrapping === 'byte-array' || encoding.startsWith('pairs'))) return;
        holds(encode(samples.get(name)!.container!), wrapping);
      });
    }
  });

  test.each([640, 768, 1000, 1280, 1536, 2000, 3000])('PKCS#1 of %d bits', (modulusLength) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
    const container = privateKey.export({ type: 'pkcs1', format: 'der' });
    for (const encoding of ['hexadecimal, lower case', 'hexadecimal on lines', 'a C array, 12 a line', ...(modulusLength % 256 === 0 && modulusLength !== 640 ? ['base64 alone', 'base64 for URLs', 'base64 in joined strings'] : [])]) {
      expect(secrets(ofBytes[encoding]![1](container)).map(({ bits, defect }) => [bits, defect]), encoding).toEqual([[modulusLength, undefined]]);
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

describeWith(['ssh-keygen', 'openssl'], 'what holds no key', () => {
  const path = (name: string): string => join(folder, name);
  let certificate: string, request: string, publicKey: string;
  beforeAll(() => {
    run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=x', '-keyout', path('tls.key'), '-out', path('tls.crt')]);
    run('openssl', ['req', '-new', '-key', path('tls.key'), '-subj', '/CN=x', '-out', path('tls.csr')]);
    certificate = readFileSync(path('tls.crt'), 'utf8');
    request = readFileSync(path('tls.csr'), 'utf8');
    publicKey = run('openssl', ['rsa', '-in', path('tls.key'), '-pubout']);
  });

  test.each(Object.entries({ ...ofBytes, ...ofText }))('certificates, requests and public keys: %s', (_encoding, [, encode]) => {
    for (const text of [certificate, request, publicKey]) expect(secrets(encode(Buffer.from(text)))).toEqual([]);
  });

  test.each(Object.entries({ ...ofBytes, ...ofBinary }))('their containers: %s', (_encoding, [, encode]) => {
    for (const text of [certificate, request, publicKey]) {
      const container = Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64');
      expect(detectIn(encode(container))).toEqual([]);
    }
  });
});

describe('what only looks encoded', () => {
  const noise = (length: number): Buffer => {
    const bytes = Buffer.alloc(length);
    for (let i = 0, state = 12345; i < length; i++) bytes[i] = (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) >> 16;
    return bytes;
  };

  test('the heads of keys that a program keeps, to put before seeds and scalars', () => {
    const heads = ['302e020100300506032b657004220420', '302e020100300506032b656e04220420', '3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420', '30770201010420'].map((head) => Buffer.from(head, 'hex'));
    const rest = [Buffer.from('Error: the seed has to have 32 bytes, and this one has %d of them\0'.repeat(4)), Buffer.alloc(200), Buffer.concat([...heads, Buffer.alloc(64)]), Buffer.from('0000000001000000020000000300000004000000'.repeat(8), 'hex')];
    for (const head of heads) for (const after of rest) expect(detectIn(Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'), noise(300), head, after, noise(300)]))).toEqual([]);
  });

  test.each([
    ['the literals of a scanner', 'const BASE64 = ["LS0tLS1CRUdJTi", "UFJJVkFURSBLRVkt", "FJJVkFURSBLRVktLS0tLQ", "b3BlbnNzaC1rZXktdjE", "UHVUVFktVXNlci1LZXktRmlsZS0", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"];\n'],
    ['a rule for base64 heads', 'regex: (?:LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tL|LS0tLS1CRUdJTiBPUEVOU1NIIFBSSVZBVEUgS0VZLS0tLS)[A-Za-z0-9+/=]+\n'],
    ['a head in base64 alone', `key: ${base64('-----BEGIN RSA PRIVATE KEY-----\n')}\n`],
    ['head and end in base64', `key: ${base64('-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----\n')}\n`],
    ['the beginning of a container', 'key: MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC...\n'],
    ['the constant part of Ed25519 in base64', "const PREFIX = 'MC4CAQAwBQYDK2VwBCIEIA==';\n"],
    ['the constant part of Ed25519 in hexadecimal', "const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');\n"],
    ['the constant part of a container in Go', 'var oid = []byte{0x30, 0x82, 0x04, 0xbd, 0x02, 0x01, 0x00, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00}\n'],
    ['an identifier', 'OID_RSA = "06 09 2A 86 48 86 F7 0D 01 01 01"\n'],
    ['an identifier in an array', 'byte[] oid = { 42, -122, 72, -122, -9, 13, 1, 1, 1 };\n'],
    ['a lock file', `${Array.from({ length: 300 }, (_, i) => `"pkg-${i}": {\n  "version": "1.0.${i}",\n  "integrity": "sha512-${noise(64 + 300).subarray(i, i + 64).toString('base64')}"\n}`).join(',\n')}\n`],
    ['a source map', `//# sourceMappingURL=data:application/json;base64,${base64(JSON.stringify({ version: 3, sources: ['a.ts'], mappings: 'AAAA,SAAS,CAAC'.repeat(500), sourcesContent: ['if (text.includes("PRIVATE KEY-----")) {}'] }))}\n`],
    ['a JWT', `token: eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${noise(120).toString('base64url')}.${noise(256).toString('base64url')}\n`],
    ['a picture', `<img src="data:image/png;base64,${base64(noise(30_000))}"/>`],
    ['random bytes in hexadecimal', `${wrap(noise(20_000).toString('hex'), 64)}\n`],
    ['random bytes in an array', `{${numbers(noise(20_000), (byte) => `0x${two(byte)}`, 12)}}`],
    ['gzip of ordinary text', `release: ${base64(base64(gzipSync('{"name":"x","manifest":"kind: ConfigMap"}')))}\n`],
    ['gzip that is damaged', `content: ${base64(Buffer.concat([gzipSync('x'.repeat(100)).subarray(0, 12), noise(400)]))}\n`],
    ['a placeholder in percent-encoding', 'key=-----BEGIN+PRIVATE+KEY-----%0A...%0A-----END+PRIVATE+KEY-----'],
    ['a public key in percent-encoding', `key=${encodeURIComponent('-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----\n')}`],
  ])('%s gives nothing', (_name, content) => {
    expect(detectIn(content)).toEqual([]);
  });
});

describeWith(['ssh-keygen'], 'keys in the places of others', () => {
  let text: string, fingerprint: string;
  beforeAll(() => {
    const path = join(folder, 'hosted');
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
    text = readFileSync(path, 'utf8');
    fingerprint = fingerprintBy(path);
  });

  test.each<readonly [string, (key: string) => string | Buffer]>([
    ['a program', (key) => Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), randomBytes(5000), Buffer.from(key), Buffer.from([0]), randomBytes(5000)])],
    ['a database', (key) => Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4000), Buffer.from(`\x05\x81\x17id_ed25519${key}`, 'latin1'), Buffer.alloc(100)])],
    ['base64 in a database', (key) => Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4000), Buffer.from(base64(key)), Buffer.alloc(100)])],
    ['a notebook, a cell for the key', (key) => JSON.stringify({ cells: [{ cell_type: 'code', source: key.split(/(?<=\n)/) }] }, null, 1)],
    ['a notebook, the key in a string', (key) => JSON.stringify({ cells: [{ cell_type: 'code', source: `import x\nkey = """${key}"""\nprint(key)\n`.split(/(?<=\n)/) }] }, null, 1)],
    ['a notebook, the key in its output', (key) => JSON.stringify({ cells: [{ outputs: [{ name: 'stdout', text: `$ cat id\n${key}$ `.split(/(?<=\n)/) }] }] }, null, 1)],
    ['a state of Terraform', (key) => JSON.stringify({ version: 4, resources: [{ type: 'tls_private_key', instances: [{ attributes: { algorithm: 'ED25519', private_key_openssh: key } }] }] }, null, 2)],
    ['a file for cloud-init', (key) => `#cloud-config\nssh_keys:\n  ed25519_private: |\n${key.replace(/^(?=.)/gm, '    ')}  ed25519_public: x\n`],
    ['a kubeconfig', (key) => `users:\n- name: x\n  user:\n    client-key-data: ${base64(key)}\n`],
    ['values of Helm', (key) => `secret:\n  key: "${base64(key)}"\n  enabled: true\n`],
    ['an attribute with JSON', (key) => `<div data-config="${JSON.stringify({ key }).replaceAll('"', '&quot;')}"></div>`],
  ])('%s', (_name, host) => {
    expect(secrets(host(text)).map((key) => [key.fingerprint, key.defect])).toEqual([[fingerprint, undefined]]);
  });

  test('several, each in its place', () => {
    const yaml = `a: ${base64(text)}\nb: ${base64(text)}\nc: ${hex(text)}\nd: ${base64(base64(text))}\n`;
    expect(secrets(yaml).map((key) => [key.fingerprint, key.line, key.column, key.wrapping.join()])).toEqual([
      [fingerprint, 1, 4, 'base64,pem'], [fingerprint, 2, 4, 'base64,pem'], [fingerprint, 3, 4, 'hex,pem'], [fingerprint, 4, 4, 'base64,base64,pem'],
    ]);
    const lines = `${wrap(base64(text), 76)}\n\n${wrap(base64(text), 64)}\n`;
    expect(secrets(lines).map((key) => key.fingerprint)).toEqual([fingerprint, fingerprint]);
    const both = base64(text + text);
    expect(secrets(`x: ${both}\n`).map((key) => [key.fingerprint, key.line])).toEqual([[fingerprint, 1], [fingerprint, 1]]);
  });

  test('a list of containers, one a line', () => {
    // SEQUENCE { 0, Ed25519, OCTET STRING }: 48 bytes, 64 characters without padding.
    const keys = Array.from({ length: 5 }, () => Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), randomBytes(32)]));
    for (const write of [base64, hex]) {
      const found = secrets(`${keys.map(write).join('\n')}\n`);
      expect(found.map((key) => [key.line, key.column, key.algorithm])).toEqual(keys.map((_, i) => [i + 1, 1, 'ed25519']));
    }
  });

  /** What can be put around any text so that it can be found again. */
  const coats: Readonly<Record<string, (inner: string) => string>> = {
    'base64': (inner) => `key: ${base64(inner)}\n`,
    'base64 for URLs': (inner) => `key=${Buffer.from(inner).toString('base64url')}&x=1`,
    'base64 in JSON': (inner) => JSON.stringify({ data: base64(inner), more: 1 }),
    'base64 in XML': (inner) => `<data>${base64(inner)}</data>`,
    'JSON': (inner) => JSON.stringify({ a: 'b', key: inner, more: 1 }),
    'a YAML block': (inner) => `stringData:\n  key: |\n    ${inner.replaceAll('\n', '\n    ')}\n  other: 1\n`,
    'gzip in base64': (inner) => `content: ${base64(gzipSync(inner))}\n`,
    'entities': (inner) => `<key v="${inner.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('\n', '&#10;')}"/>`,
    'a comment': (inner) => inner.replace(/^/gm, '# '),
  };

  test('wrapped up to three times in a row', () => {
    const names = Object.keys(coats);
    fc.assert(fc.property(fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 }), (chain) => {
      const content = chain.reduce((inner, name) => coats[name]!(inner), text);
      const found = secrets(content);
      expect(found.map((key) => [key.fingerprint, key.defect]), chain.join(', then ')).toEqual([[fingerprint, undefined]]);
      const { line, endLine } = found[0]!;
      expect(line >= 1 && endLine <= content.split('\n').length).toBe(true);
    }), { numRuns: 200 });
  });
});

describe('bounds', () => {
  test('what decompresses to very much is left', () => {
    const bomb = gzipSync(Buffer.alloc(1 << 27));
    const content = Array.from({ length: 20 }, (_, i) => `k${i}: ${base64(bomb)}\n`).join('');
    const before = process.cpuUsage().user;
    expect(detectIn(content)).toEqual([]);
    expect((process.cpuUsage().user - before) / 1e6).toBeLessThan(5);
  });

  test('gzip in gzip in gzip ends', () => {
    let inner: Buffer = Buffer.from('text');
    for (let i = 0; i < 50; i++) inner = gzipSync(inner);
    expect(detectIn(`k: ${base64(inner)}\n`)).toEqual([]);
  });

  test.each(['UFJJVkFURSBLRVkt', 'IBADANBgkqhkiG9w0BAQEFAASC', 'SDRzSUFBQUFBQUF', 'H4sIAAAAAAAAA', '020100300d06092a864886f70d010101', '2a 86 48 86 ', '0x86, 0x48, 0x86, ', '134, 72, 134, 247, ', '\\x86\\x48\\x86',
    'PRIVATE%20KEY', '-----BEGIN+PRIVATE+KEY-----%0A', '-----BEGIN PRIVATE KEY-----&#10;', '-----BEGIN PRIVATE KEY-----=3D\n'])('time grows with the size: %s', (mark) => {
    const time = (bytes: Buffer): number => {
      const before = process.cpuUsage();
      detectIn(bytes);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    for (const unit of [mark, `${mark}\n`, `"${mark}",\n`, `MII${mark}`]) {
      const filled = (size: number): Buffer => Buffer.alloc(size, unit);
      time(filled(1 << 16));
      const small = time(filled(1 << 18)), large = time(filled(1 << 20));
      // Four times the size; a quadratic reader takes sixteen times as long.
      expect(large, `${JSON.stringify(unit)}: ${small.toFixed(0)} ms, then ${large.toFixed(0)} ms`).toBeLessThan(10 * small + 200);
    }
  });
});
