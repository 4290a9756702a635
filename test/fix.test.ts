import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeMode, fixFindings } from '../src/fix.ts';
import type { Finding } from '../src/finding.ts';
import { makeKey as keyAt } from './rules/key.ts';
import { folder, keylint, keylintAsNobody, keylintJson, makeKey, write } from './program.ts';
import { run } from './tools.ts';

const key = makeKey();

function modeOf(path: string): number {
  return statSync(path).mode & 0o7777;
}

/** A home with a key, its folder and files of OpenSSH, all too open. */
function openHome(): string {
  const home = folder('home');
  for (const [name, content] of [['id_test', key.text], ['authorized_keys', ''], ['config', '']] as const) write(join(home, '.ssh', name), content);
  chmodSync(join(home, '.ssh/id_test'), 0o644);
  chmodSync(join(home, '.ssh/authorized_keys'), 0o664);
  chmodSync(join(home, '.ssh/config'), 0o666);
  chmodSync(join(home, '.ssh'), 0o777);
  chmodSync(home, 0o775);
  return home;
}

/** Without the demand for a passphrase, permissions are all there is to find. */
const arguments_ = ['--rule', 'require-passphrase: off', '.ssh'];

describe('--fix', () => {
  test('mends files and folders, says so, and leaves nothing for a second run', () => {
    const home = openHome();
    const before = keylintJson(arguments_, { cwd: home });
    expect(before.status).toBe(1);
    expect(before.findings.map(({ path, rule }) => `${path} ${rule}`)).toEqual(['.ssh/authorized_keys ssh-file-permissions', '.ssh/config ssh-file-permissions', '.ssh/id_test private-key-permissions']);
    const { status, findings, stderr, ...report } = keylintJson(['--fix', ...arguments_], { cwd: home });
    expect({ status, findings }).toEqual({ status: 0, findings: [] });
    expect(stderr.trim().split('\n')).toEqual([
      'keylint: fixed: .ssh/authorized_keys: mode 0664 -> 0644',
      'keylint: fixed: .ssh/config: mode 0666 -> 0644',
      'keylint: fixed: .ssh/id_test: mode 0644 -> 0600',
      `keylint: fixed: ${home}/.ssh: mode 0777 -> 0755`,
      `keylint: fixed: ${home}: mode 0775 -> 0755`,
    ]);
    expect((report as unknown as { changes: readonly object[] }).changes).toContainEqual({ rule: 'private-key-permissions', path: '.ssh/id_test', from: 0o644, to: 0o600, isDone: true });
    expect(['.ssh/id_test', '.ssh/authorized_keys', '.ssh/config', '.ssh', ''].map((path) => modeOf(join(home, path)).toString(8))).toEqual(['600', '644', '644', '755', '755']);
    expect(keylint(['--fix', ...arguments_], { cwd: home })).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(home, '.ssh/id_test'), 'utf8')).toBe(key.text);
  });

  test('exits as what is left deserves, and shows it', () => {
    const home = openHome();
    const { status, findings } = keylintJson(['--fix', '.ssh'], { cwd: home });
    expect([status, findings.map(({ rule }) => rule)]).toEqual([1, ['require-passphrase']]);
  });

  test('no finding, no fix: what the policy allows or turns off stays as it is', () => {
    const home = openHome();
    write(join(home, 'policy.json'), JSON.stringify({ extends: ['keylint:recommended'], rules: { 'ssh-file-permissions': 'off' }, allow: [{ fingerprint: key.fingerprint, reason: 'for this test' }] }));
    expect(keylint(['--fix', '-c', 'policy.json', '.ssh'], { cwd: home })).toMatchObject({ status: 0, stderr: '' });
    expect(modeOf(join(home, '.ssh/id_test'))).toBe(0o644);
  });

  test('--fix-dry-run says what it would do, and does nothing', () => {
    const home = openHome();
    const plain = keylintJson(arguments_, { cwd: home });
    const dry = keylintJson(['--fix-dry-run', ...arguments_], { cwd: home });
    expect(dry.findings).toEqual(plain.findings);
    expect(dry.status).toBe(1);
    expect(dry.stderr.trim().split('\n')).toEqual(expect.arrayContaining(['keylint: would fix: .ssh/id_test: mode 0644 -> 0600', `keylint: would fix: ${home}: mode 0775 -> 0755`]));
    expect(modeOf(join(home, '.ssh/id_test'))).toBe(0o644);
    expect(keylint(arguments_, { cwd: home }).stdout).toContain('3 of them can be mended by --fix');
  });

  test('names are said on one line, and commands to paste reach the file, whatever it is called', () => {
    const names = ['with\nline', '-rf', 'it\'s "$(id)"', '\u001b[2Jred', 'schlüssel', ' x '];
    const top = folder();
    const open = (): void => {
      for (const name of names) {
        write(join(top, name), key.text);
        chmodSync(join(top, name), 0o644);
      }
    };
    const quiet = ['--rule', 'no-key-reuse: off'];
    open();
    const dry = keylint(['--fix-dry-run', ...quiet], { cwd: top });
    expect(dry.stderr.trim().split('\n').map((line) => line.replace(/^keylint: would fix: .+: mode 0644 -> 0600$/, 'ok'))).toEqual(names.map(() => 'ok'));
    expect(dry.stdout + dry.stderr).not.toContain('\u001b');
    const { findings } = keylintJson(quiet, { cwd: top });
    expect(findings.map(({ path }) => path).sort()).toEqual([...names].sort());
    for (const { help } of findings) run('bash', ['-euc', String(help)], { cwd: top });
    expect(keylint(quiet, { cwd: top })).toMatchObject({ status: 0 });
    open();
    expect(keylint(['--fix', ...quiet], { cwd: top })).toMatchObject({ status: 0 });
    expect(names.map((name) => modeOf(join(top, name)))).toEqual(names.map(() => 0o600));
  });

  test('leaves folders alone that are not the user\'s .ssh or its home', () => {
    const top = folder();
    write(join(top, 'shared/keys/id_test'), key.text);
    chmodSync(join(top, 'shared/keys/id_test'), 0o600);
    chmodSync(join(top, 'shared'), 0o777);
    const { findings, stderr } = keylintJson(['--fix'], { cwd: top });
    expect(findings.map(({ rule, help }) => `${rule}: ${String(help)}`)).toEqual([`private-key-permissions: chmod go-w ${top}/shared`]);
    expect(stderr).toBe('');
    expect(modeOf(join(top, 'shared'))).toBe(0o777);
  });

  test('does not follow the link that a key was reached by', () => {
    const home = openHome();
    chmodSync(join(home, '.ssh'), 0o700);
    chmodSync(home, 0o755);
    renameSync(join(home, '.ssh/id_test'), join(home, 'id_elsewhere'));
    symlinkSync('../id_elsewhere', join(home, '.ssh/id_test'));
    const { status, findings } = keylintJson(['--fix', ...arguments_, '--rule', 'no-linked-key: off'], { cwd: home });
    expect([status, findings.map(({ path, help }) => `${path}: ${String(help)}`)]).toEqual([1, ['.ssh/id_test: chmod 600 .ssh/id_test']]);
    expect(modeOf(join(home, 'id_elsewhere'))).toBe(0o644);
    expect(lstatSync(join(home, '.ssh/id_test')).isSymbolicLink()).toBe(true);
  });

  test.each([['--staged'], ['--stdin']])('goes not with %s', (option) => {
    for (const fix of ['--fix', '--fix-dry-run']) expect(keylint([fix, option])).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(new RegExp(`^keylint: error: ${fix} is for files`)) });
    expect(keylint(['--fix', '--fix-dry-run'])).toMatchObject({ status: 2, stderr: expect.stringContaining('exclude each other') });
  });

  test.skipIf(!keylintAsNobody || process.getuid?.() !== 0)('offers nothing that the user may not do', () => {
    const home = openHome();
    for (const path of ['', '.ssh', '.ssh/id_test', '.ssh/config']) chownSync(join(home, path), 65533, 65533);
    // authorized_keys belongs to root, and so does its mode.
    const { stdout, stderr, status } = keylintAsNobody!(['--fix', '.ssh'], { cwd: home, env: { HOME: home } });
    expect(stderr).not.toContain('authorized_keys');
    expect(stdout).toContain('chmod g-w .ssh/authorized_keys');
    expect(status).toBe(1);
    expect(['.ssh/id_test', '.ssh/config', '.ssh/authorized_keys', '.ssh'].map((path) => modeOf(join(home, path)).toString(8))).toEqual(['600', '644', '664', '755']);
  });
});

describe('between the look and the change', () => {
  const place = folder();
  let count = 0;

  function look(mode = 0o644): { readonly path: string; readonly target: Parameters<typeof changeMode>[0] } {
    const path = join(place, `f${++count}`);
    writeFileSync(path, 'x');
    chmodSync(path, mode);
    const { dev, ino, uid } = statSync(path);
    return { path, target: { path, dev, ino, uid, mode, isFolder: false } };
  }

  test('nothing happens: it is mended', () => {
    const { path, target } = look();
    expect(changeMode(target, 0o600)).toBeUndefined();
    expect(modeOf(path)).toBe(0o600);
  });

  test('the file vanishes', () => {
    const { path, target } = look();
    rmSync(path);
    expect(changeMode(target, 0o600)).toBe('not mended: it has vanished');
    expect(existsSync(path)).toBe(false);
  });

  test('a link takes its place: what it leads to stays as it is', () => {
    const { path, target } = look();
    const other = look();
    rmSync(path);
    symlinkSync(other.path, path);
    expect(changeMode(target, 0o600)).toBe('not mended: a symbolic link has taken its place');
    // Not even when it leads to the file that was looked at.
    rmSync(path);
    symlinkSync(other.path, path);
    expect(changeMode({ ...other.target, path }, 0o600)).toBe('not mended: a symbolic link has taken its place');
    expect(modeOf(other.path)).toBe(0o644);
  });

  test('another file takes its place', () => {
    const { path, target } = look();
    const other = look();
    renameSync(other.path, path);
    expect(changeMode(target, 0o600)).toBe('not mended: another file has taken its place');
    expect(modeOf(path)).toBe(0o644);
  });

  test('its mode changes', () => {
    const { path, target } = look();
    chmodSync(path, 0o400);
    expect(changeMode(target, 0o600)).toBe('not mended: its owner or mode has changed since it was looked at');
    expect(modeOf(path)).toBe(0o400);
  });

  test('a folder becomes a file, and a file a folder', () => {
    const { path, target } = look();
    expect(changeMode({ ...target, isFolder: true }, 0o600)).toBe('not mended: it cannot be opened (ENOTDIR)');
    rmSync(path);
    mkdirSync(path);
    expect(changeMode(target, 0o600)).toBe('not mended: another file has taken its place');
  });

  test('no permission is ever added, whatever the modes', () => {
    const { path, target } = look();
    fc.assert(fc.property(fc.integer({ min: 0o400, max: 0o777 }).filter((mode) => (mode & 0o400) !== 0), fc.integer({ min: 0, max: 0o777 }), (mode, wanted) => {
      chmodSync(path, mode);
      expect(changeMode({ ...target, mode }, wanted)).toBeUndefined();
      expect(modeOf(path)).toBe(mode & wanted);
    }), { numRuns: 50 });
  });

  test('a failure leaves its finding, and is not tried again', () => {
    const { path, target } = look();
    const judged = { keys: [keyAt('k', { file: { absolutePath: path, mode: target.mode, uid: target.uid, dev: target.dev, ino: target.ino } })], files: [] };
    rmSync(path);
    const finding: Finding = { rule: 'r', severity: 'error', message: 'm', help: '', path: 'k', line: 1, column: 1, endLine: 1, endColumn: 1, fix: { chmod: 0o600 } };
    const run = fixFindings(judged, () => ({ findings: [finding], suppressed: 0 }));
    expect(run).toMatchObject({ findings: [finding], changes: [], failures: [{ path: 'k', message: 'not mended: it has vanished' }] });
  });
});
