import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { lint } from '../src/lint.ts';
import type { Report } from '../src/report.ts';
import { describeWith, run, scratch } from './tools.ts';

const folder = scratch();
const inside = join(folder, 'package');

const look = (name: string): Promise<Report> => lint({ cwd: folder, paths: [name], archives: true, jobs: 1 });
const found = ({ keys }: Report): unknown => keys.map(({ path, line, fingerprint, wrapping }) => [path, line, fingerprint, wrapping]);
const reasons = ({ summary }: Report): unknown => summary.skipped.map(({ path, reason }) => [path, reason]);

describeWith(['ssh-keygen', 'tar', 'python3'], 'archives', () => {
  mkdirSync(join(inside, 'deep'), { recursive: true });
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(inside, 'deep', 'id')]);
  const fingerprint = run('ssh-keygen', ['-lf', join(inside, 'deep', 'id.pub')]).split(' ')[1];
  execFileSync('rm', [join(inside, 'deep', 'id.pub')]);
  writeFileSync(join(inside, 'readme.txt'), 'nothing\n');
  const tar = (name: string, ...flags: string[]): void => void run('tar', ['-C', folder, ...flags, '-cf', join(folder, name), 'package']);
  const zip = (name: string, from: string, code: string): void => void run('python3', ['-c', `import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1],'w',zipfile.ZIP_DEFLATED)\n${code}`, join(folder, name), join(folder, from)]);

  test.each([
    ['plain.tar', [], ['tar']],
    ['packed.tgz', ['-z'], ['gzip', 'tar']],
    ['posix.tar', ['--format=posix'], ['tar']],
    ['gnu.tar.gz', ['--format=gnu', '-z'], ['gzip', 'tar']],
  ] as const)('%s', async (name, flags, chain) => {
    tar(name, ...flags);
    const report = await look(name);
    expect(found(report)).toEqual([[`${name}!/package/deep/id`, 1, fingerprint, [...chain, 'pem']]]);
    expect(report.problems).toEqual([]);
  });

  test('zip, and what is an archive by content under another name', async () => {
    zip('a.jar', 'package/deep/id', "z.write(sys.argv[2],'META-INF/key.pem'); z.writestr('../up','x')");
    expect(found(await look('a.jar'))).toEqual([['a.jar!/META-INF/key.pem', 1, fingerprint, ['zip', 'pem']]]);
  });

  test('one in another, as image layers are', async () => {
    tar('layer.tar');
    zip('image.zip', 'layer.tar', "z.write(sys.argv[2],'blobs/layer.tar')");
    expect(found(await look('image.zip'))).toEqual([['image.zip!/blobs/layer.tar!/package/deep/id', 1, fingerprint, ['zip', 'tar', 'pem']]]);
  });

  test('a compressed key', async () => {
    writeFileSync(join(folder, 'id.gz'), gzipSync(readFileSync(join(inside, 'deep', 'id'))));
    expect(found(await look('id.gz'))).toEqual([['id.gz', 1, fingerprint, ['gzip', 'pem']]]);
  });

  test('larger than a window', async () => {
    writeFileSync(join(inside, 'noise'), Buffer.from(Array.from({ length: 5 << 20 }, (_, i) => (i * 2654435761) >>> 24)));
    tar('large.tar');
    execFileSync('rm', [join(inside, 'noise')]);
    expect(found(await look('large.tar'))).toEqual([['large.tar!/package/deep/id', 1, fingerprint, ['tar', 'pem']]]);
  });

  test('are left alone unless asked for', async () => {
    tar('plain.tar');
    const { keys } = await lint({ cwd: folder, paths: ['plain.tar', 'id.gz'], jobs: 1 });
    // An uncompressed archive shows its key all the same, as any file does.
    expect(keys.map(({ path }) => path)).toEqual(['plain.tar']);
  });

  test('a bomb is passed over with the reason, and the rest is looked at', async () => {
    zip('bomb.zip', 'package/deep/id', "z.writestr('zeros', b'\\0'*(70<<20)); z.write(sys.argv[2],'id')");
    const report = await look('bomb.zip');
    expect(found(report)).toEqual([['bomb.zip!/id', 1, fingerprint, ['zip', 'pem']]]);
    expect(reasons(report)).toEqual([['bomb.zip!/zeros', 'archive entry too large when expanded']]);
    writeFileSync(join(folder, 'bomb.gz'), gzipSync(Buffer.alloc((1 << 28) + 1)));
    expect(reasons(await look('bomb.gz'))).toEqual([['bomb.gz', 'archive entry too large when expanded']]);
  });

  test('nested without end', async () => {
    tar('n0.tar');
    for (let i = 0; i < 6; i++) zip(`n${i + 1}.zip`, i === 0 ? 'n0.tar' : `n${i}.zip`, "z.write(sys.argv[2],'inner')");
    const report = await look('n6.zip');
    expect(reasons(report)).toEqual([['n6.zip!/inner!/inner!/inner!/inner', 'archive inside too many archives']]);
  });

  test('what begins like an archive and is none hides no key', async () => {
    const text = readFileSync(join(inside, 'deep', 'id'));
    for (const [name, beginning] of [['not.zip', 'PK\x03\x04\n'], ['not.7z', '7z\xbc\xaf\n']] as const) {
      const bytes = Buffer.concat([Buffer.from(beginning, 'latin1'), text]);
      writeFileSync(join(folder, name), bytes);
      expect((await look(name)).keys).toMatchObject([{ path: name, line: 2, fingerprint }]);
      zip(`${name}.zip`, name, "z.write(sys.argv[2],'inner')");
      expect((await look(`${name}.zip`)).keys).toMatchObject([{ path: `${name}.zip!/inner`, line: 2, fingerprint }]);
    }
    const padding = Buffer.concat([Buffer.from('7z\xbc\xaf\n', 'latin1'), Buffer.alloc(3 << 20, 'x\n'), text]);
    writeFileSync(join(folder, 'long.7z'), padding);
    expect((await look('long.7z')).keys).toMatchObject([{ path: 'long.7z', fingerprint }]);
  });

  test('encrypted, damaged and foreign ones are passed over with the reason', async () => {
    tar('cut.tgz', '-z');
    truncateSync(join(folder, 'cut.tgz'), 120);
    expect(reasons(await look('cut.tgz'))).toEqual([['cut.tgz', expect.stringMatching(/^damaged gzip archive/)]]);
    zip('cut.zip', 'package/deep/id', "z.write(sys.argv[2],'id')");
    truncateSync(join(folder, 'cut.zip'), 200);
    expect(reasons(await look('cut.zip'))).toEqual([['cut.zip', expect.stringMatching(/^damaged zip archive/)]]);
    writeFileSync(join(folder, 'a.xz'), Buffer.from('fd377a585a000000', 'hex'));
    expect(reasons(await look('a.xz'))).toEqual([['a.xz', 'archive of a kind that is not looked into']]);
    zip('flag.zip', 'package/deep/id', "z.write(sys.argv[2],'id')");
    const bytes = readFileSync(join(folder, 'flag.zip'));
    bytes[6]! |= 1;
    bytes[bytes.indexOf('PK\x01\x02', 0, 'latin1') + 8]! |= 1;
    writeFileSync(join(folder, 'flag.zip'), bytes);
    expect(reasons(await look('flag.zip'))).toEqual([['flag.zip!/id', 'encrypted archive entry']]);
  });
});
