import { describe, expect, test } from 'vitest';
import { sshFilePermissions as rule } from '../../rules/ssh-file-permissions.ts';
import { check } from '../../src/check.ts';
import type { Finding } from '../../src/finding.ts';
import type { FileFacts, JudgedFile, ParentFolder } from '../../src/key.ts';
import { baseSettings } from '../../src/policy.ts';

const home = '/home/me';

function judged(name: string, facts: Partial<FileFacts> = {}, folder = `${home}/.ssh`): JudgedFile {
  return { path: name, file: { origin: 'file', absolutePath: `${folder}/${name}`, mode: 0o600, uid: 1000, gid: 1000, placeUid: 1000, runnerUid: 1000, ...facts } };
}

function messageId(file: JudgedFile): string | undefined {
  return rule.checkFile!(file, {})?.messageId;
}

function finding(file: JudgedFile): Finding | undefined {
  return check([], { cwd: '/', base: baseSettings([rule]), layers: [{ rules: { [rule.meta.id]: 'error' } }], ignores: [], allow: [] }, [rule], [file]).findings[0];
}

function folder(mode: number, uid = 1000, path = `${home}/.ssh`): ParentFolder {
  return { path, mode, uid };
}

const names = ['authorized_keys', 'authorized_keys2', 'config', 'environment', 'known_hosts', 'known_hosts2', 'rc'];

describe('the file', () => {
  test.each(names)('%s: nobody but its owner may write', (name) => {
    for (let mode = 0; mode <= 0o7777; mode++) {
      const expected = (mode & 0o002) !== 0 ? 'fileMode' : (mode & 0o020) !== 0 ? 'groupMode' : undefined;
      expect(messageId(judged(name, { mode })), mode.toString(8)).toBe(expected);
    }
  });

  test.each(names)('%s: belongs to the user or to root', (name) => {
    expect(messageId(judged(name, { uid: 1001 }))).toBe('fileOwner');
    expect(messageId(judged(name, { uid: 0 }))).toBeUndefined();
  });

  test('of the whole machine belongs to root', () => {
    for (const name of ['sshd_config', 'ssh_config', 'ssh_known_hosts', 'moduli', 'sshrc']) {
      const facts = { uid: 0, gid: 0, placeUid: 0, runnerUid: 0, mode: 0o644 };
      expect(messageId(judged(name, facts, '/etc/ssh'))).toBeUndefined();
      expect(messageId(judged(name, { ...facts, mode: 0o666 }, '/etc/ssh'))).toBe('fileMode');
      expect(messageId(judged(name, { ...facts, uid: 1000 }, '/etc/ssh'))).toBe('fileOwner');
    }
  });

  test('says what comes of it, and how to mend it', () => {
    expect(finding(judged('config', { mode: 0o666 }))).toMatchObject({ message: 'others can write to config (mode 0666), and ssh refuses to run with it', help: 'chmod go-w config', fix: { chmod: 0o644 } });
    expect(finding(judged('authorized_keys', { mode: 0o620 }))).toMatchObject({
      message: 'group 1000 can write to authorized_keys (mode 0620), and sshd ignores it (Debian\'s OpenSSH only where the group has another member)', help: 'chmod g-w authorized_keys', fix: { chmod: 0o600 },
    });
    const acl = [{ kind: 'user', id: 33, rights: 'rw-' }] as const;
    expect(finding(judged('rc', { mode: 0o670, acl }))!.message).toBe('others can write to rc (mode 0670; access control list: user 33 rw-), and what they write is run at each login');
    expect(finding(judged('known_hosts', { uid: 1001 }))).toMatchObject({ message: 'known_hosts belongs to user 1001, who can write to it, and they can have any server taken for a known one', help: 'chown 1000 known_hosts' });
  });

  test('keeps its other bits', () => {
    expect(finding(judged('rc', { mode: 0o4777 }))!.fix).toEqual({ chmod: 0o4755 });
  });

  test.each([
    ['it is no file of OpenSSH\'s', judged('notes', { mode: 0o666 })],
    ['it lies in no .ssh folder', judged('config', { mode: 0o666 }, '/home/me/app')],
    ['it lies below one', judged('config', { mode: 0o666 }, '/home/me/.ssh/old')],
    ['git has it', judged('config', { mode: 0o666, origin: 'index' })],
    ['it is the affair of another user', judged('config', { mode: 0o666, uid: 1001, placeUid: 1001 })],
    ['it has no mode (Windows)', judged('config', { mode: undefined as never })],
  ])('is not judged when %s', (_, file) => {
    expect(messageId(file)).toBeUndefined();
  });

  test('root judges each by whose home it lies in', () => {
    expect(messageId(judged('config', { runnerUid: 0 }))).toBeUndefined();
    expect(messageId(judged('config', { runnerUid: 0, uid: 0 }))).toBeUndefined();
    expect(messageId(judged('config', { runnerUid: 0, uid: 1001 }))).toBe('fileOwner');
    expect(finding(judged('config', { runnerUid: 0, mode: 0o666 }))!.fix).toEqual({ chmod: 0o644 });
  });

  test('is mended only by who may: a file of root\'s is left to root', () => {
    expect(finding(judged('config', { uid: 0, mode: 0o666 }))!.fix).toBeUndefined();
  });
});

describe('the folders above', () => {
  test.each([
    ['folderMode', [folder(0o770)]],
    ['folderMode', [folder(0o700), folder(0o757, 1000, home)]],
    ['folderMode', [folder(0o700), folder(0o1777, 0, '/tmp')]],
    ['folderOwner', [folder(0o755, 1001)]],
    [undefined, [folder(0o755, 0), folder(0o711, 0, home)]],
  ] as const)('count for authorized_keys, as sshd has it: %s %o', (id, parents) => {
    expect(messageId(judged('authorized_keys', { parents }))).toBe(id);
    // ssh looks at config alone.
    expect(messageId(judged('config', { parents }))).toBeUndefined();
  });

  test('are named with a command, and mended where they are the user\'s own', () => {
    expect(finding(judged('authorized_keys', { parents: [folder(0o770)] }))).toMatchObject({
      message: 'others can write to /home/me/.ssh (mode 0770) and put another authorized_keys there, and sshd ignores it', help: 'chmod go-w /home/me/.ssh', fix: { chmod: 0o750, path: '/home/me/.ssh' },
    });
    expect(finding(judged('authorized_keys', { parents: [folder(0o700), folder(0o775, 1000, home)] }))!.fix).toEqual({ chmod: 0o755, path: home });
    // A folder for all, or of somebody else's, is none to be changed for one file.
    for (const parent of [folder(0o1777, 0, '/tmp'), folder(0o1777, 1000, home), folder(0o777, 0, home), folder(0o777, 1000, '/srv')]) {
      expect(finding(judged('authorized_keys', { parents: [parent] })), parent.path).toMatchObject({ rule: rule.meta.id });
      expect(finding(judged('authorized_keys', { parents: [parent] }))!.fix, parent.path).toBeUndefined();
    }
  });
});
