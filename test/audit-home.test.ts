import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { splitHelp } from '../src/help-text.ts';
import { homeTools, makeAuditHome } from './audit-home.ts';
import { expectAccessible, useChromium } from './browser.ts';
import { folder, keylint, keylintJson, spawn, type JsonReport } from './program.ts';
import { describeWith } from './tools.ts';

const rulesAt = ({ findings }: JsonReport, path: string): readonly string[] => findings.filter((finding) => finding.path === path).map(({ rule }) => rule);
const isOfPermissions = ({ rule }: { readonly rule: string }): boolean => rule.endsWith('-permissions');

describeWith(homeTools, 'the audit of a home', () => {
  const home = join(folder('audit'), 'ann');
  const options = { cwd: home, env: { HOME: home } };
  let before: ReturnType<typeof keylintJson>;

  beforeAll(() => {
    mkdirSync(home);
    makeAuditHome(home);
    before = keylintJson(['--guess', '--guess-seconds', '20', '.'], options);
  }, 120_000);

  test('each thing that is wrong is told once where it is, and the key that is kept well has nothing but its neighbours against it', () => {
    expect(before.status).toBe(1);
    const paths = [...new Set(before.findings.map(({ path }) => path))];
    expect(Object.fromEntries(paths.map((path) => [path, rulesAt(before, path)]))).toEqual({
      '.ssh/authorized_keys': ['ssh-file-permissions', 'min-key-size', 'no-shared-user-host-key', 'no-duplicate-entry', 'no-unreadable-line', 'no-unreadable-line', 'no-unreadable-line'],
      '.ssh/backup': ['no-guessable-passphrase', 'private-key-permissions', 'weak-passphrase-kdf'],
      '.ssh/backup.pub': ['key-pair-mismatch'],
      '.ssh/config': ['ssh-file-permissions', 'no-global-agent-forwarding', 'require-host-key-check', 'no-missing-identity-file', 'no-weak-ssh-algorithm', 'no-weak-ssh-algorithm'],
      '.ssh/deploy': ['no-linked-key', 'private-key-permissions', 'require-passphrase'],
      '.ssh/deploy-cert.pub': ['max-certificate-lifetime', 'require-certificate-principals'],
      '.ssh/hoster': ['min-key-size', 'no-shared-user-host-key', 'private-key-permissions', 'require-passphrase'],
      '.ssh/hoster-cert.pub': ['max-certificate-lifetime', 'min-key-size', 'no-weak-certificate-authority'],
      '.ssh/hoster.pub': ['min-key-size'],
      '.ssh/id_ed25519': ['no-key-reuse', 'private-key-permissions'],
      '.ssh/id_ed25519-cert.pub': ['no-expired-key'],
      '.ssh/id_rsa': ['no-lone-key-half', 'private-key-permissions', 'weak-passphrase-kdf'],
      '.ssh/known_hosts': ['no-conflicting-host-keys', 'min-key-size'],
      'Desktop/www.p12': ['weak-passphrase-kdf'],
      'Documents/work.ppk': ['no-key-reuse', 'private-key-permissions', 'weak-passphrase-kdf'],
      'Downloads/deploy': ['no-linked-key', 'private-key-permissions'],
      'Dropbox/keys/vpn': ['no-misplaced-key'],
      'src/app/app.jks': ['no-guessable-passphrase', 'no-misplaced-key', 'weak-passphrase-kdf'],
      'src/app/signing.pem': ['no-misplaced-key', 'weak-passphrase-kdf'],
      'www/html/tls.key': ['no-misplaced-key', 'private-key-permissions'],
    });
    expect(before.findings.filter(({ path }) => path === '.ssh/id_ed25519').map(({ message }) => message)).toEqual([expect.stringContaining('the same key is in Documents/work.ppk'), expect.stringContaining('others can write to')]);
    // No two lines say the same of the same place.
    const said = before.findings.map(({ path, line, message }) => `${path}:${line} ${String(message)}`);
    expect(new Set(said).size).toBe(said.length);
  });

  /** What is found without guesses. */
  const found = (): JsonReport['findings'] => before.findings.filter(({ rule }) => rule !== 'no-guessable-passphrase');

  test('messages are sentences that a person reads to the end, and every command is one that a shell can parse', () => {
    for (const { message, help } of before.findings) {
      expect(String(message).length, String(message)).toBeLessThan(220);
      const { command } = splitHelp(String(help));
      // What stands in capitals is for the reader to fill in.
      if (command !== undefined) expect(spawn('sh', ['-n', '-c', command]), command).toMatchObject({ status: 0 });
    }
  });

  test('as text, with a command on a line of its own', () => {
    const { stdout, stderr } = keylint(['.'], options);
    expect(stderr).toBe('');
    expect(stdout).toContain('\n    fix: chmod 600 .ssh/id_rsa\n');
    expect(stdout).toContain('\n    fix: look for the other names, and delete those that are not needed:\n         find / -xdev -samefile .ssh/deploy\n');
    expect(stdout).toContain('the next "git add ." takes it along, and so do npm publish and docker build');
    expect(stdout).toMatch(/\d+ of them can be mended by --fix\n/);
  });

  describeWith(['chromium'], 'as a page', () => {
    const { visit } = useChromium();
    test('which everybody can read, and which asks for nothing', async () => {
      const file = join(folder('page'), 'report.html');
      keylint(['-f', `html:${file}`, '.'], options);
      const { page, complaints } = await visit(file);
      expect(await page.locator('#findings tbody tr:visible').count()).toBe(found().length);
      await expectAccessible(page);
      expect(complaints).toEqual([]);
    }, 60_000);
  });

  test('--fix closes what is open and touches nothing else, so that a second run finds nothing more of it', () => {
    const foreseen = keylintJson(['--fix-dry-run', '.'], options);
    expect(foreseen.findings.length).toBe(found().length);
    const { status, findings, stderr } = keylintJson(['--fix', '.'], options);
    expect(status).toBe(1);
    const done = stderr.trim().split('\n');
    expect(done).toEqual(foreseen.stderr.trim().split('\n').map((line) => line.replace('would fix', 'fixed')));
    expect(done.filter((line) => !line.startsWith('keylint: fixed: '))).toEqual([]);
    expect(done).toContain('keylint: fixed: .ssh/deploy: mode 0640 -> 0600');
    expect(findings.filter(isOfPermissions)).toEqual([]);
    const short = (list: JsonReport['findings']): readonly string[] => list.map(({ path, line, rule }) => `${path}:${line} ${rule}`);
    expect(short(findings)).toEqual(short(found().filter((finding) => !isOfPermissions(finding))));
    const again = keylintJson(['--fix', '.'], options);
    expect([again.stderr, short(again.findings)]).toEqual(['', short(findings)]);
    // The access list is shut with the mode.
    expect(spawn('getfacl', ['-cp', '.ssh/deploy'], { cwd: home }).stdout).toMatch(/user:(?:daemon|1):r--\s+#effective:---/);
    expect(statSync(join(home, '.ssh')).mode & 0o777).toBe(0o755);
  });

  test('commands that are advised do what they say', () => {
    const commandAt = (path: string, rule: string): string => splitHelp(String(before.findings.find((finding) => finding.path === path && finding.rule === rule)!['help'])).command!;
    spawn('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', 'authority'], { cwd: home });
    for (const [path, rule, from, to] of [['.ssh/deploy-cert.pub', 'require-certificate-principals', / NAME /, ' ann '], ['.ssh/hoster-cert.pub', 'max-certificate-lifetime', /$/, '']] as const) {
      const command = commandAt(path, rule).replace(/-s CA /, '-s authority ').replace(from, to);
      expect(spawn('sh', ['-c', command], { cwd: home }), command).toMatchObject({ status: 0 });
      const left = keylintJson([path], options);
      expect(rulesAt(left, path)).not.toContain(rule);
      expect(rulesAt(left, path)).not.toContain('max-certificate-lifetime');
    }
    expect(spawn('sh', ['-c', commandAt('.ssh/known_hosts', 'no-conflicting-host-keys')], { cwd: home, env: { HOME: home } })).toMatchObject({ status: 0 });
    expect(rulesAt(keylintJson(['.ssh/known_hosts'], options), '.ssh/known_hosts')).toEqual(['min-key-size']);
  }, 60_000);
});
