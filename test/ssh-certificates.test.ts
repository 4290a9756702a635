import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { issueAdvice } from '../src/advice.ts';
import { detect } from '../src/detect.ts';
import type { Key, NamedOption } from '../src/key.ts';
import { attempt, describeWith, run, scratch } from './tools.ts';

const folder = scratch();
const env = { ...process.env, TZ: 'UTC' };

function readCertificate(path: string): Key {
  const keys = detect({ path, bytes: readFileSync(path), facts: () => ({ origin: 'file' }) });
  expect(keys).toHaveLength(1);
  return keys[0]!;
}

const seconds = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(`${time}Z`) / 1000);

/** What `ssh-keygen -L` prints, in the words of the facts. Options of other makers it prints in hex, as a string in a string. */
function listed(path: string): object {
  const text = run('ssh-keygen', ['-L', '-f', path], { env });
  const field = (name: string): string => new RegExp(`^ +${name}: (.*)$`, 'm').exec(text)![1]!;
  const list = (name: string): readonly string[] => {
    const [, first = '', rest = ''] = new RegExp(`^ {8}${name}: (.*)((?:\\n {16}.*)*)`, 'm').exec(text)!;
    return first.trim() === '(none)' ? [] : rest.split('\n').slice(1).map((line) => line.trim());
  };
  const options = (name: string): readonly NamedOption[] => list(name).map((line) => {
    const [, option = '', value] = /^(\S+)(?: (.*))?$/.exec(line)!;
    const hex = /UNKNOWN (?:FLAG )?OPTION: ([0-9a-f]*)/.exec(line)?.[1];
    return { name: option, ...(value !== undefined && { value: hex === undefined ? value : Buffer.from(hex, 'hex').subarray(4).toString() }) };
  });
  const [, authority, fingerprint, signature] = /^(\S+) (\S+) \(using (.*)\)$/.exec(field('Signing CA'))!;
  const [, after] = /(?:from|after) (\S+)/.exec(field('Valid')) ?? [];
  const [, before] = /(?:to|before) (\S+)/.exec(field('Valid')) ?? [];
  return {
    role: field('Type').includes('host certificate') ? 'host' : 'user',
    serial: field('Serial'),
    keyId: /^"(.*)"$/.exec(field('Key ID'))![1],
    principals: list('Principals'),
    ...(after !== undefined && { validAfter: seconds(after) }),
    ...(before !== undefined && { validBefore: seconds(before) }),
    criticalOptions: options('Critical Options'),
    extensions: options('Extensions'),
    authority: expect.objectContaining({ algorithm: authority!.toLowerCase().replace('ecdsa', 'ec'), fingerprint }),
    signature,
  };
}

describeWith(['ssh-keygen'], 'certificates say what ssh-keygen -L prints', () => {
  const authorities = [['rsa', '2048'], ['rsa', '1024'], ['ecdsa', '521'], ['ed25519', '256']] as const;
  for (const [type, bits] of authorities) run('ssh-keygen', ['-q', '-t', type, '-b', bits, '-N', '', '-f', join(folder, `ca-${type}-${bits}`)]);
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'me', '-f', join(folder, 'key')]);
  const certificate = join(folder, 'key-cert.pub');

  test.each([
    ['a user\'s, with all there is by default', ['-n', 'ann,bob', '-V', '20200101:20300101']],
    ['a host\'s', ['-h', '-n', 'a.example.org,b.example.org', '-V', '20260101:20270101']],
    ['valid since ever', ['-n', 'ann', '-V', 'always:20300101']],
    ['valid for ever', ['-n', 'ann', '-V', '20200101:forever']],
    ['valid always', ['-n', 'ann']],
    ['the largest serial', ['-n', 'ann', '-z', '18446744073709551615']],
    ['options', ['-n', 'ann', '-O', 'clear', '-O', 'source-address=10.0.0.0/8,::1/128', '-O', 'force-command=echo "a b"', '-O', 'no-touch-required', '-O', 'verify-required']],
    ['options of other makers', ['-n', 'ann', '-O', 'extension:login@github.com=ann', '-O', 'critical:limit@example.org=3']],
    ['words of many kinds', ['-n', 'Jürgen,@admins,*', '-I', 'a "key" of Jürgen']],
    ['no principals', []],
  ])('%s', (_, args) => {
    for (const [type, bits] of authorities) {
      rmSync(certificate, { force: true });
      const signed = attempt('ssh-keygen', ['-q', '-s', join(folder, `ca-${type}-${bits}`), ...(args.includes('-I') ? [] : ['-I', 'an id']), ...args, join(folder, 'key')], { env });
      // OpenSSH 10.3 signs none without principals.
      if (signed.status !== 0 && !args.includes('-n')) return;
      expect(signed.stderr).toBe('');
      expect(readCertificate(certificate).sshCertificate).toEqual({ ...listed(certificate) });
    }
  });

  test('an RSA authority may sign with SHA-1, and its size is known', () => {
    for (const signature of ['ssh-rsa', 'rsa-sha2-256', 'rsa-sha2-512']) {
      run('ssh-keygen', ['-q', '-s', join(folder, 'ca-rsa-1024'), '-t', signature, '-I', 'an id', '-n', 'ann', join(folder, 'key')]);
      expect(readCertificate(certificate).sshCertificate).toMatchObject({ signature, authority: { algorithm: 'rsa', bits: 1024 } });
    }
  });

  test('names the key that it certifies, and one that is cut off is none', () => {
    run('ssh-keygen', ['-q', '-s', join(folder, 'ca-ed25519-256'), '-I', 'an id', '-n', 'ann', join(folder, 'key')]);
    const [type, blob, comment] = readFileSync(certificate, 'latin1').trim().split(' ');
    expect(readCertificate(certificate)).toMatchObject({ kind: 'certificate', algorithm: 'ed25519', fingerprint: run('ssh-keygen', ['-lf', join(folder, 'key.pub')]).split(' ')[1], comment });
    const bytes = Buffer.from(blob!, 'base64');
    for (let length = 0; length < bytes.length; length += 7) {
      const cut = `${type} ${bytes.subarray(0, length).toString('base64')}\n`;
      expect(detect({ path: 'key-cert.pub', bytes: Buffer.from(cut), facts: () => ({ origin: 'file' }) })).toEqual([]);
    }
  });
});

describeWith(['ssh-keygen'], 'a certificate that is issued anew as advised', () => {
  const file = (name: string): string => join(folder, name);
  run('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', file('issuer')]);
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('holder')]);

  test.each([
    ['as ssh-keygen makes it', ['-n', 'ann,bob', '-V', '+1d']],
    ['of a host', ['-h', '-n', 'web.example.org', '-V', '+30d']],
    ['bound to a command and a network', ['-n', 'ann', '-V', '+2d', '-O', 'force-command=echo "it\'s $HOME"', '-O', 'source-address=10.0.0.0/8', '-O', 'verify-required']],
    ['without a terminal', ['-n', 'ann', '-V', '+1d', '-O', 'no-pty']],
    ['with nothing allowed but this', ['-n', 'ann', '-V', '+1d', '-O', 'clear', '-O', 'permit-port-forwarding', '-O', 'no-touch-required', '-O', 'extension:name@example.org=value', '-O', 'critical:other@example.org=1']],
  ])('opens no more and no longer: %s', (_, options) => {
    run('ssh-keygen', ['-q', '-s', file('issuer'), '-t', 'ssh-rsa', '-I', 'my id', ...options, file('holder.pub')]);
    const key = { ...readCertificate(file('holder-cert.pub')), path: 'holder-cert.pub' };
    const before = key.sshCertificate!;
    run('sh', ['-c', issueAdvice(key, { signature: 'rsa-sha2-512' }).replace('-s CA ', '-q -s issuer ')], { cwd: folder });
    const after = readCertificate(file('holder-cert.pub')).sshCertificate!;
    const { validAfter, validBefore, signature, ...same } = after;
    expect(before).toMatchObject(same);
    expect(signature).toBe('rsa-sha2-512');
    expect(Math.abs(validBefore! - validAfter! - (before.validBefore! - before.validAfter!))).toBeLessThanOrEqual(120);
  });

  test('has an end where it had none', () => {
    run('ssh-keygen', ['-q', '-s', file('issuer'), '-I', 'i', '-n', 'ann', file('holder.pub')]);
    expect(issueAdvice({ ...readCertificate(file('holder-cert.pub')), path: 'holder-cert.pub' })).toBe('ssh-keygen -s CA -I i -n ann -V +52w holder.pub');
  });
});
