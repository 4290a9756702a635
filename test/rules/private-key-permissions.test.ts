import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { privateKeyPermissions as rule } from '../../rules/private-key-permissions.ts';
import type { FileFacts, Key, ParentFolder } from '../../src/key.ts';
import { attempt, describeWith, run, scratch } from '../tools.ts';
import { encrypted, findings, makeKey, messageId } from './key.ts';

const mine = { uid: 1000, runnerUid: 1000 } as const;

function withFacts(file: Partial<FileFacts>, path = '.ssh/id_x'): Key {
  return makeKey(path, { file: { mode: 0o600, ...mine, ...file } });
}

function folder(mode: number, uid: number = mine.uid, path = '/home/me/.ssh'): ParentFolder {
  return { path, mode, uid };
}

describe('the file', () => {
  test('others may have no right at all', () => {
    for (let mode = 0; mode <= 0o7777; mode++) {
      expect(messageId(rule, withFacts({ mode })), mode.toString(8)).toBe((mode & 0o077) === 0 ? undefined : 'sshFile');
    }
  });

  test('is mended by chmod 600, as a command and as data', () => {
    const [finding] = findings(rule, withFacts({ mode: 0o644 }, 'my key'));
    expect(finding).toMatchObject({ help: "chmod 600 'my key'", fix: { chmod: 0o600 }, message: 'Ed25519 private key without a passphrase: others can get at the file (mode 0644)' });
    expect(findings(rule, withFacts({ mode: 0o644 }))[0]!.message).toBe('Ed25519 private key without a passphrase: others can get at the file (mode 0644), and ssh ignores it');
  });

  test('of another user is that user\'s business, except for root', () => {
    expect(messageId(rule, withFacts({ mode: 0o644, uid: 1001 }))).toBeUndefined();
    expect(messageId(rule, withFacts({ mode: 0o644, uid: 1001, runnerUid: 0 }))).toBe('sshFile');
    expect(messageId(rule, withFacts({ mode: 0o644, uid: 0, runnerUid: 1000 }))).toBeUndefined();
  });

  test('in the .ssh folder of somebody\'s home should be that user\'s, whoever asks', () => {
    const inPlace = { ...mine, placeUid: 1000 } as const;
    for (const runnerUid of [0, 1000]) {
      expect(messageId(rule, withFacts({ ...inPlace, runnerUid }))).toBeUndefined();
      expect(messageId(rule, withFacts({ ...inPlace, runnerUid, uid: 1001 }))).toBe('fileOwner');
      // What root put there is ignored by nobody: ssh does not look at the modes of others' files.
      expect(messageId(rule, withFacts({ ...inPlace, runnerUid, uid: 0, mode: 0o644 }))).toBe('rootFile');
      expect(messageId(rule, withFacts({ ...inPlace, runnerUid, uid: 0 }))).toBeUndefined();
    }
    expect(messageId(rule, withFacts({ ...inPlace, runnerUid: 1002, uid: 1001 }))).toBeUndefined();
    const [finding] = findings(rule, withFacts({ ...inPlace, uid: 1001 }));
    expect(finding).toMatchObject({ message: 'Ed25519 private key without a passphrase: the file belongs to user 1001, who can read it and put another key into it', help: 'chown 1000 .ssh/id_x && chmod 600 .ssh/id_x' });
    expect(finding!.fix).toBeUndefined();
  });

  test('opened by an access control list: who may do what is said', () => {
    const acl = [{ kind: 'user', id: 33, rights: 'r--' }, { kind: 'group', id: 27, rights: 'rw-' }] as const;
    expect(findings(rule, withFacts({ mode: 0o660, acl }))[0]!.message).toContain('(mode 0660; access control list: user 33 r--, group 27 rw-), and ssh ignores it');
    const many = Array.from({ length: 5 }, (_, id) => ({ kind: 'user', id, rights: 'r--' } as const));
    expect(findings(rule, withFacts({ mode: 0o660, acl: many }))[0]!.message).toContain('user 2 r--, 2 more)');
  });

  test.each([
    ['encrypted', { encryption: encrypted }], ['symmetric', { kind: 'symmetric' }], ['outside of .ssh', {}],
  ] as const)('counts as well when the key is %s', (_, facts) => {
    expect(messageId(rule, makeKey('keys/a.pem', { ...facts, file: { mode: 0o640, ...mine } }))).toBe('file');
  });

  test.each([
    ['a public key', { kind: 'public' }],
    ['a handle of a token', { hardware: true }],
    ['a damaged key', { defect: 'cut off' }],
    ['a key in string literals', { wrapping: ['string-literals', 'escaped', 'pem'] }],
    ['a key behind comment signs', { wrapping: ['comment', 'pem'] }],
  ] as const)('does not matter for %s', (_, facts) => {
    expect(messageId(rule, makeKey('k', { ...facts, file: { mode: 0o644, ...mine } }))).toBeUndefined();
  });

  test('does not matter in source code, which is no key file', () => {
    for (const path of ['src/keys_test.go', 'test/Keys.java', 'lib/key.ts', 'docs/guide.md']) expect(messageId(rule, makeKey(path, { file: { mode: 0o644, ...mine } })), path).toBeUndefined();
    for (const path of ['service-account.json', '.env', 'server.pem', 'values.yaml']) expect(messageId(rule, makeKey(path, { file: { mode: 0o644, ...mine } })), path).toBe('file');
  });

  test('matters for the handle of a FIDO key, which ssh ignores as well', () => {
    expect(messageId(rule, makeKey('.ssh/id_ed25519_sk', { hardware: true, file: { mode: 0o644, ...mine } }))).toBe('sshFile');
  });

  test.each([
    ['git tracks it and cannot keep the mode', { tracked: true }],
    ['it is staged', { origin: 'index' }],
    ['it is in history', { origin: 'commit' }],
    ['it came through a pipe', { origin: 'stdin' }],
    ['its owner is unknown', { uid: undefined }],
    ['the runner is unknown', { runnerUid: undefined }],
    ['it has no mode (Windows)', { mode: undefined }],
  ] as const)('is not judged when %s', (_, facts) => {
    expect(messageId(rule, makeKey('k', { file: { mode: 0o644, ...mine, ...facts } }))).toBeUndefined();
  });
});

describe('the folders above', () => {
  test.each([
    ['folderMode', [folder(0o770)]],
    ['folderMode', [folder(0o707)]],
    ['folderMode', [folder(0o700), folder(0o777, mine.uid, '/home/me')]],
    ['folderMode', [folder(0o700), folder(0o1777, 0, '/tmp')]],
    ['folderOwner', [folder(0o700, 1001)]],
    [undefined, [folder(0o755), folder(0o755, 0, '/home'), folder(0o755, 0, '/')]],
    [undefined, []],
  ] as const)('%s: %o', (id, parents) => {
    expect(messageId(rule, withFacts({ parents }))).toBe(id);
  });

  test('the first one is named, with a command', () => {
    const [finding] = findings(rule, withFacts({ parents: [folder(0o755), folder(0o775, mine.uid, '/home/my home'), folder(0o777, 0, '/')] }));
    expect(finding!.message).toContain('others can write to /home/my home (mode 0775)');
    expect(finding!.help).toBe("chmod go-w '/home/my home'");
    // Only of the user's own .ssh, and of the home around it, is it known that nobody else needs it as it is.
    expect(finding!.fix).toBeUndefined();
    const mended = (parents: readonly ParentFolder[]) => findings(rule, withFacts({ parents, absolutePath: '/home/me/.ssh/id_x' }))[0]!.fix;
    expect(mended([folder(0o775)])).toEqual({ chmod: 0o755, path: '/home/me/.ssh' });
    expect(mended([folder(0o700), folder(0o2777, mine.uid, '/home/me')])).toEqual({ chmod: 0o2755, path: '/home/me' });
    for (const parent of [folder(0o777, 0), folder(0o1777), folder(0o777, mine.uid, '/home')]) expect(mended([parent])).toBeUndefined();
  });

  test('of a wrong owner is given back', () => {
    const [finding] = findings(rule, withFacts({ parents: [folder(0o755, 1001)] }));
    expect(finding!.message).toContain('/home/me/.ssh belongs to user 1001');
    expect(finding!.help).toBe('chown 1000 /home/me/.ssh');
  });

  test('for root, the owner of the file counts', () => {
    expect(messageId(rule, withFacts({ uid: 1001, runnerUid: 0, parents: [folder(0o755, 1001)] }))).toBeUndefined();
    expect(messageId(rule, withFacts({ uid: 1001, runnerUid: 0, parents: [folder(0o755, 1002)] }))).toBe('folderOwner');
  });

  test('the file comes first', () => {
    expect(messageId(rule, withFacts({ mode: 0o644, parents: [folder(0o777)] }))).toBe('sshFile');
  });

  test.each([
    ['.ssh/other', true], ['keys/id_ed25519', true], ['etc/ssh_host_rsa_key', true], ['keys/jwt.pem', false], ['id_x.bak', false],
  ])('option parents at %s', (path, isSsh) => {
    const key = withFacts({ parents: [folder(0o777)] }, path);
    expect(messageId(rule, key)).toBe(isSsh ? 'folderMode' : undefined);
    expect(messageId(rule, key, { parents: 'always' })).toBe('folderMode');
    expect(messageId(rule, key, { parents: 'never' })).toBeUndefined();
  });
});

describeWith(['ssh-keygen'], 'agreement with OpenSSH', () => {
  const top = scratch();

  test('ssh-keygen refuses a key in the same of all 512 modes', () => {
    const file = join(top, 'id_x');
    run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    const uid = process.getuid!();
    const differing: string[] = [];
    for (let mode = 0; mode <= 0o777; mode++) {
      // Who cannot open a file learns nothing of its mode.
      if (uid !== 0 && (mode & 0o400) === 0) continue;
      chmodSync(file, mode);
      const refused = attempt('ssh-keygen', ['-y', '-P', '', '-f', file]).stderr.includes('UNPROTECTED PRIVATE KEY FILE');
      const said = messageId(rule, makeKey('id_x', { file: { mode, uid, runnerUid: uid } })) === 'sshFile';
      if (refused !== said) differing.push(mode.toString(8));
    }
    expect(differing).toEqual([]);
  });
});
