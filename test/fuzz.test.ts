import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anchors, magics } from '../src/anchors.ts';
import { detect } from '../src/detect.ts';
import type { Key } from '../src/key.ts';
import { disguises } from './disguises.ts';
import { makeForms } from './forms.ts';
import { expectGrowthWithSize, timed } from './growth.ts';
import { isBinary, makeSamples } from './samples.ts';
import { scratch } from './tools.ts';

/** How many cases each property is tried with: many more in a nightly run. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 200);

const folder = scratch();
const samples = makeSamples(folder);
/** Every format and every wrapping has its file here (forms.test.ts holds it). */
const files = makeForms(folder, samples).map(({ bytes }) => bytes);
const detectIn = (bytes: Buffer): readonly Key[] => detect({ path: 'file', bytes, facts: () => ({ origin: 'file' }) });

/** The files, and what they hold inside their armor with some bytes of it changed: there lengths and types stand. */
const file = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...files) }, {
  weight: 1,
  arbitrary: fc.tuple(fc.constantFrom(...files.flatMap(armored)), fc.nat(), fc.boolean(), fc.constantFrom('00', '01', '30', '80', '82', 'ff', '0000', '81ff', '82ffff', 'ffffffff', '7fffffff', '00000000', '00000001', '00000040'))
    .map(([{ label, body }, where, isNear, hex]) => {
      const value = Buffer.from(hex, 'hex');
      // Structure is near the beginning, but for what OpenSSH keeps behind the public half.
      const offset = where % (isNear ? Math.min(body.length, 80) : body.length);
      const changed = Buffer.concat([body.subarray(0, offset), value, body.subarray(offset + value.length)]);
      return Buffer.from(`-----BEGIN ${label}-----\n${changed.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`);
    }),
});

function armored(bytes: Buffer): { label: string; body: Buffer }[] {
  const [, label, body] = /^-----BEGIN ([A-Z0-9 ]+)-----\n([A-Za-z0-9+/=\n]+)-----END/.exec(bytes.toString('latin1')) ?? [];
  return label !== undefined && body !== undefined ? [{ label, body: Buffer.from(body, 'base64') }] : [];
}

/** Those in every disguise that their bytes can wear: only armored bodies can be wrapped anew. */
const disguised = file.chain((bytes) => (isBinary(bytes) ? fc.constant(bytes)
  : fc.constantFrom(...Object.entries(disguises).filter(([name]) => bytes[0] === 0x2d || !name.startsWith('lines of'))).map(([, disguise]) => Buffer.from(disguise(bytes.toString('latin1'))))));

/** A change to a file. Numbers are taken modulo what there is. */
type Change = (bytes: Buffer) => Buffer;
const at = fc.nat(1 << 20);
const place = (bytes: Buffer, offset: number): number => (bytes.length === 0 ? 0 : offset % bytes.length);

/** Changes that leave every byte in its field, or take it away. */
const standing: readonly fc.Arbitrary<Change>[] = [
  at.map((offset): Change => (bytes) => bytes.subarray(0, place(bytes, offset))),
  fc.tuple(at, fc.nat(7)).map(([offset, bit]): Change => (bytes) => {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[place(copy, offset)]! ^= 1 << bit;
    return copy;
  }),
  // Lengths that lie: in DER, and of four bytes as in SSH; in base64 too, where they fall on whole groups.
  fc.tuple(at, fc.constantFrom('80', '81ff', '82ffff', '84ffffffff', '30823082', 'ffffffff', '7fffffff', '00000000')).map(([to, hex]): Change => (bytes) => overwritten(bytes, to, Buffer.from(hex, 'hex'))),
  fc.tuple(at, fc.constantFrom('////', '/////w==', 'AAAA', 'MIIw', 'f///', 'gAAA')).map(([to, text]): Change => (bytes) => overwritten(bytes, to & ~3, Buffer.from(text))),
];

/** Those, and changes that move bytes to where others stood, of the same file or of another. */
const changes: readonly fc.Arbitrary<Change>[] = [
  ...standing,
  at.map((offset): Change => (bytes) => bytes.subarray(place(bytes, offset))),
  fc.tuple(at, at, at).map(([from, length, to]): Change => (bytes) => spliced(bytes, to, bytes.subarray(place(bytes, from), place(bytes, from) + place(bytes, length)))),
  fc.tuple(at, at).map(([from, length]): Change => (bytes) => Buffer.concat([bytes.subarray(0, place(bytes, from)), bytes.subarray(place(bytes, from) + length % 200)])),
  fc.tuple(at, disguised, at, fc.nat(3000)).map(([to, other, from, length]): Change => (bytes) => spliced(bytes, to, other.subarray(place(other, from), place(other, from) + length))),
  fc.tuple(at, fc.uint8Array({ maxLength: 40 })).map(([to, random]): Change => (bytes) => spliced(bytes, to, Buffer.from(random))),
  fc.tuple(at, fc.constantFrom(...anchors)).map(([to, anchor]): Change => (bytes) => spliced(bytes, to, anchor)),
];

function spliced(bytes: Buffer, to: number, insert: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, place(bytes, to)), insert, bytes.subarray(place(bytes, to))]);
}

function overwritten(bytes: Buffer, to: number, value: Buffer): Buffer {
  const offset = place(bytes, to);
  return Buffer.concat([bytes.subarray(0, offset), value, bytes.subarray(offset + value.length)]);
}

const changed = (by: readonly fc.Arbitrary<Change>[]): fc.Arbitrary<Buffer> => fc.tuple(disguised, fc.array(fc.oneof(...by), { minLength: 1, maxLength: 5 })).map(([bytes, list]) => list.reduce((sofar, change) => change(sofar), bytes));
const mutated = changed(changes);

/** Every key is somewhere in the file, ends behind its beginning, and does not begin above the one before it. */
function expectPlaces(bytes: Buffer, keys: readonly Key[]): void {
  const lines = bytes.toString('latin1').split(bytes.includes(0x0a) ? '\n' : '\r');
  let last = 1;
  for (const { line, column, endLine, endColumn } of keys) {
    for (const number of [line, column, endLine, endColumn]) expect(Number.isInteger(number) && number >= 1).toBe(true);
    expect(endLine).toBeLessThanOrEqual(lines.length);
    // A character has one byte at least; the end is exclusive.
    expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
    expect(endColumn).toBeLessThanOrEqual(lines[endLine - 1]!.length + 1);
    expect(endLine > line || (endLine === line && endColumn > column), `${line}:${column} to ${endLine}:${endColumn}`).toBe(true);
    expect(line).toBeGreaterThanOrEqual(last);
    last = line;
  }
}

describe('changed keys', () => {
  test('never throw, have a place in the file, and take no time', () => {
    fc.assert(fc.property(mutated, (bytes) => {
      let keys: readonly Key[] = [];
      expect(timed(() => void (keys = detectIn(bytes)))).toBeLessThan(1000);
      expectPlaces(bytes, keys);
    }), { numRuns: 4 * numRuns });
  });

  test('never have a private number in what is known of them', () => {
    const written = new Set(samples.flatMap(({ secret }) => [...windows(secret, PIECE), ...windows(Buffer.from(secret, 'base64').toString('hex'), PIECE)]));
    // Stores and OpenPGP keys have names and signatures between their numbers.
    const numbers = samples.filter(({ format }) => ['pkcs1', 'pkcs8', 'sec1', 'dsa', 'openssh', 'ppk', 'pvk', 'capi-blob'].includes(format));
    const bare = new Set(numbers.flatMap(({ secret }) => windows(Buffer.from(secret, 'base64').toString('latin1'), BARE)));
    // OpenSSH keeps these beside the numbers.
    for (const name of ['sample@host', 'ssh-rsa', 'ssh-ed25519', 'ecdsa-sha2-nistp521', 'nistp521']) for (const piece of windows(name, BARE)) bare.delete(piece);
    // Bytes of a number that were moved into a name are part of the name: no reader can know them.
    const any = fc.oneof(mutated.map((bytes) => [bytes, true] as const), fc.oneof(disguised, changed(standing)).map((bytes) => [bytes, false] as const));
    fc.assert(fc.property(any, ([bytes, isMoved]) => {
      for (const text of strings(detectIn(bytes))) {
        expect(windows(text, PIECE).some((piece) => written.has(piece))).toBe(false);
        if (!isMoved) expect(windows(text, BARE).some((piece) => bare.has(piece)), text).toBe(false);
      }
    }), { numRuns });
  });

  test('between other text', () => {
    fc.assert(fc.property(fc.array(fc.oneof(disguised, mutated, fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)), fc.string().map((text) => Buffer.from(text))), { maxLength: 6 }), (parts) => {
      const bytes = Buffer.concat(parts);
      expectPlaces(bytes, detectIn(bytes));
    }), { numRuns });
  });
});

/** So many characters of base64 or hex, or bare bytes, are taken for part of a key. */
const PIECE = 24;
const BARE = 8;

function windows(text: string, length: number): string[] {
  return Array.from({ length: Math.max(0, text.length - length + 1) }, (_, i) => text.slice(i, i + length));
}

/** All text in a value, but the names of files. */
function strings(value: unknown): string[] {
  return typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

describe('bytes around the literals that propose a key', () => {
  const words = fc.constantFrom('-----BEGIN ', '-----END ', '-----', 'RSA PRIVATE KEY', 'PUBLIC KEY-----', 'Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-128-CBC,', 'openssh-key-v1', 'b3BlbnNzaC1rZXktdjEA', 'MIIE', 'Public-Lines: ', 'Private-Lines: 1',
    'PuTTY-User-Key-File-3: ssh-rsa', 'Encryption: none', 'ssh-ed25519 ', '\n', '\r\n', '\r', '\\n', '\\r\\n', '\\u000a', '\\\\n', '"', "'", '`', ' + ', '// ', '# ', '/* ', ' * ', '+', '- ', '\0', '\ufeff', '=', '\\');
  const part = fc.oneof(fc.constantFrom(...anchors), words.map((word) => Buffer.from(word)), fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)), fc.base64String({ maxLength: 80 }).map((text) => Buffer.from(text)));
  const wide = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1'), 'utf16le');

  test('never throw, have a place in the file, and take no time', () => {
    fc.assert(fc.property(fc.array(part, { maxLength: 40 }), fc.nat(3), (parts, form) => {
      const bytes = form === 0 ? wide(Buffer.concat(parts)) : form === 1 ? Buffer.concat([wide(Buffer.concat(parts)), ...parts, wide(Buffer.concat(parts)).swap16()]) : Buffer.concat(parts);
      let keys: readonly Key[] = [];
      expect(timed(() => void (keys = detectIn(bytes)))).toBeLessThan(1000);
      expectPlaces(bytes, keys);
    }), { numRuns: 4 * numRuns });
  });

  test('binary files by their first bytes', () => {
    fc.assert(fc.property(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 300 }), (magic, random) => {
      const bytes = Buffer.concat([magic, random]);
      expectPlaces(bytes, detectIn(bytes));
    }), { numRuns });
  });
});

/** Minutes of work on files of megabytes: for the nightly run (`npm run fuzz`). */
const isNightly = process.env['FUZZ_RUNS'] !== undefined;

describe('time grows with the size of the file', () => {
  const head = '-----BEGIN PRIVATE KEY-----';
  const line = `ssh-ed25519 ${Buffer.concat([Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0 ', 'latin1'), Buffer.alloc(32, 7)]).toString('base64')}`;
  const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

  /** What is repeated, behind what: some that a file might really be full of, and what a reader might trip over. */
  const hostile: Readonly<Record<string, string | Buffer | readonly [first: string, then: string]>> = {
    'beginnings': '-----BEGIN ',
    'first lines': `${head}\n`,
    'first lines without a break': head,
    'first lines with room for a key': `${head}\n${' '.repeat(40)}\n`,
    'first lines in joined strings': `"${head}\\n" +\n`,
    'first lines in JSON': `"${head}\\n`,
    'first lines in comments': `// ${head}\n`,
    'first lines in block comments': `/* ${head}\n`,
    'first lines behind blanks': `//a${' '.repeat(240)}!${head}\n`,
    'last lines': '-----END PRIVATE KEY-----\n',
    'labels': 'PRIVATE KEY ',
    'comment signs': '// ',
    'base64': 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=',
    'DER': Buffer.from([0x30, 0x82]),
    'DER in hex': '3082',
    'types of JSON Web Keys': '{"kty"',
    'DER without end': Buffer.from([0x30, 0x80]),
    'PuTTY first lines': 'PuTTY-User-Key-File-2: ',
    'PuTTY headers': 'PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: x\nPublic-Lines: 9999\n',
    'SSH heads': 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ',
    'SSH heads on a line': 'AAAAC3NzaC1lZDI1NTE5AAAAI ',
    'SSH keys': `${line}\n`,
    'SSH keys on one line': `${line} `,
    'SSH keys in JSON': `"${line}", `,
    'SSH keys in comments': `# ${line}\n`,
    'RFC 4716': '---- BEGIN SSH2 PUBLIC KEY ----\n',
    'UTF-16': utf16(`${head}\n`),
    'UTF-16, big-endian': utf16(`${head}\n`).swap16(),
    'UTF-16 of both sorts': Buffer.concat([utf16(head), utf16(head).swap16()]),
    'UTF-16 at odd places': Buffer.concat([utf16(head), Buffer.from('A')]),
    'UTF-16 between other bytes': Buffer.concat([utf16('PRIVATE KEY'), Buffer.alloc(20, 0xff)]),
    'UTF-16 of SSH keys': utf16(`${line}\n`),
    'escapes of escapes': `${head}\\\\\\\\\\\\\\\\n`,
    'escapes of escapes with room for a key': `${head}${'\\'.repeat(40)}n`,
    'every kind at once': `// ${head}\n// # PuTTY-User-Key-File-2: ssh-rsa\n// # "${line}"\n`,
    'every kind in strings': `"${head}\\n" + "PuTTY-User-Key-File-2: ssh-rsa\\n" + "${line}\\n"\n`,
    'arrays behind text': `${'. '.repeat(3000)}${'0x11, '.repeat(3000)}0x41, 0x54, 0x45,\n`,
    'pairs of digits behind text': `${'. '.repeat(3000)}${'11:'.repeat(6000)}41:54:45:20\n`,
    'a head, then written breaks': [`"${head}\\n`, '\\n'],
    'a head, then backslashes': [`"${head}\\n`, '\\'],
    'a head, then quotes': [`"${head}\\n" +\n`, '"x" +\n'],
    'a head, then blank lines': [`${head}\n`, '\n'],
    'a head, then a comment': [`/* ${head}\n`, ' * \n'],
    'a head, then headers': [`${head}\n`, 'A: b\n'],
    'a head, then a header without end': [`${head}\n`, 'A: b\\\n'],
    'a head, then blanks in a header': [`-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED DEK-Info: A,0 ${' '.repeat(200_000)}!\n-----END RSA PRIVATE KEY-----\n`, ' '],
    'a head, then base64': [`${head}\n`, 'QUJDREVG\n'],
    'a head, then words': [`${head}\n`, 'a b c '],
    'a head, then keys': [`"${head}\\n`, `${line} `],
    'a key, then promises': [`PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPublic-Lines: 99999\n`, 'QUJD\n'],
  };
  const filled = (what: (typeof hostile)[string], size: number): Buffer => {
    const [first, then] = typeof what === 'string' || Buffer.isBuffer(what) ? ['', what] as const : what;
    const begin = Buffer.from(first);
    return Buffer.concat([begin, Buffer.alloc(Math.max(0, size - begin.length), then)]);
  };
  const time = (bytes: Buffer): number => timed(() => void detectIn(bytes));

  // A pause of a busy machine is no growth: it does not come three times.
  test.each(['beginnings', 'base64', 'DER', 'DER in hex', 'types of JSON Web Keys'])('two and eight megabytes of %s', { retry: 2 }, (name) => {
    expectGrowthWithSize((size) => time(filled(hostile[name]!, size)), 1 << 21, 1 << 21);
  });

  test.runIf(isNightly).each(Object.entries(hostile))('%s', { retry: 2 }, (_name, what) => {
    expectGrowthWithSize((size) => time(filled(what, size)), 1 << 18, 1 << 20);
  });

  test.runIf(isNightly).each([...anchors, ...magics].map((bytes) => [JSON.stringify(bytes.toString('latin1')), bytes] as const))('nothing but %s', { retry: 2 }, (_name, bytes) => {
    for (const unit of [bytes, Buffer.concat([bytes, Buffer.from('\n')])]) expectGrowthWithSize((size) => time(filled(unit, size)), 1 << 16, 1 << 18);
  });

  test.runIf(isNightly).each(['beginnings', 'first lines', 'first lines in joined strings', 'labels', 'base64', 'DER', 'DER in hex', 'types of JSON Web Keys', 'SSH keys on one line', 'UTF-16', 'escapes of escapes', 'arrays behind text', 'pairs of digits behind text'])('eight megabytes of %s', (name) => {
    expect(time(filled(hostile[name]!, 1 << 23))).toBeLessThan(15_000);
  });
});
