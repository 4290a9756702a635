import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, copyFileSync, mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lint } from '../src/lint.ts';
import { attempt, describeWith, run, toolPath } from './tools.ts';

const isRoot = process.getuid?.() === 0;
/** A user and group that no list knows. */
const NOBODY = 40_009;

/** All that group and others may have, with all for the owner. */
const modes = Array.from({ length: 0o100 }, (_, others) => 0o700 | others);

/** Those that differ in who may write, without and with all the rest. */
const folderModes = [0o00, 0o20, 0o02, 0o22].flatMap((write) => [0o700 | write, 0o755 | write]);

/** A login takes some 0.2 s on an idle machine. */
const LONG = { timeout: 600_000 };

/** Far more than one login takes on a busy machine. Nothing but this ends a program that is waited for without a pause. */
const DEADLINE = 120_000;

/**
 * A home below the real one: sshd takes no authorized_keys file from below `/tmp`, where everybody can write, and looks up to the user's home.
 * A server runs on the loopback interface for the tests of this block.
 */
describeWith(['ssh', 'sshd', 'ssh-keygen', 'setpriv'], 'agreement with ssh and sshd', () => {
  const sshd = toolPath('sshd')!;
  let home: string;
  let server: ChildProcess;
  let port: number;

  const log = (): string => readFileSync(at('log'), 'utf8');
  const at = (...parts: readonly string[]): string => join(home, ...parts);

  beforeAll(async () => {
    home = mkdtempSync(join(realpathSync(homedir()), '.keylint-test-'));
    chmodSync(home, 0o755);
    mkdirSync(at('.ssh'), { mode: 0o700 });
    for (const path of [at('.ssh/id_test'), at('host_key')]) run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
    writeFileSync(at('.ssh/authorized_keys'), readFileSync(at('.ssh/id_test.pub')));
    writeFileSync(at('sshd_config'), [
      `HostKey ${at('host_key')}`, `AuthorizedKeysFile ${at('.ssh/authorized_keys')}`, `PidFile ${at('pid')}`, 'ListenAddress 127.0.0.1', 'StrictModes yes', 'UsePAM no', 'PermitRootLogin prohibit-password',
      'PasswordAuthentication no', 'KbdInteractiveAuthentication no', 'MaxStartups 100', 'LogLevel VERBOSE',
    ].join('\n'));
    writeFileSync(at('known_hosts'), '');
    // Where sshd separates privileges; made at boot, which a container has none of.
    if (isRoot) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    port = await freePort();
    // Into a file: nobody reads a pipe while the tests wait for ssh.
    const errors = openSync(at('log'), 'w');
    // It ends with these tests, also where they are ended before they can end it.
    server = spawn('setpriv', ['--pdeathsig', 'KILL', sshd, '-D', '-e', '-p', String(port), '-f', at('sshd_config')], { stdio: ['ignore', 'ignore', errors] });
    closeSync(errors);
    while (!log().includes('Server listening')) {
      if (server.exitCode !== null || server.signalCode !== null) throw new Error(`sshd: ${log()}`);
      await setTimeout(50);
    }
  });

  afterAll(async () => {
    const isEnded = server.exitCode === null && server.signalCode === null && once(server, 'exit');
    server.kill();
    if (isEnded && !await Promise.race([isEnded, setTimeout(5000, false)])) server.kill('SIGKILL');
    await isEnded;
    rmSync(home, { recursive: true, force: true });
  });

  /** Whether ssh, with the key as it lies there, gets in by the authorized_keys file as it lies there. */
  function logsIn(): boolean {
    const options = ['BatchMode=yes', 'IdentitiesOnly=yes', 'StrictHostKeyChecking=no', `UserKnownHostsFile=${at('known_hosts')}`, 'GlobalKnownHostsFile=none', 'LogLevel=ERROR', 'ConnectTimeout=60', 'ServerAliveInterval=20'];
    const { status, stderr } = attempt('ssh', ['-F', 'none', ...options.flatMap((option) => ['-o', option]), '-i', at('.ssh/id_test'), '-p', String(port), `${userInfo().username}@127.0.0.1`, 'true'], { env: { PATH: process.env['PATH'] }, timeout: DEADLINE });
    if (status !== 0 && !stderr.includes('Permission denied')) throw new Error(`ssh: ${status === null ? 'not done in time' : stderr}\n${log()}`);
    return status === 0;
  }

  /** What keylint says of permissions, as `rule: message`. */
  async function complaints(): Promise<readonly string[]> {
    const { findings, problems } = await lint({ cwd: home, paths: ['.ssh'] });
    expect(problems).toEqual([]);
    return findings.filter(({ rule }) => rule.endsWith('-permissions')).map(({ rule, message }) => `${rule}: ${message}`);
  }

  /** Sets modes one after the other, and gives those that keylint and OpenSSH judge differently, keylint by its own words. */
  async function differing(path: string, words: string, accepts: () => boolean, tried = modes): Promise<readonly string[]> {
    const different: string[] = [];
    for (const mode of tried) {
      // Debian's OpenSSH lets the user's own group write where nobody else is in it, and only root can give a file to another group.
      if (!isRoot && words !== 'ssh ignores it' && (mode & 0o022) === 0o020) continue;
      chmodSync(path, mode);
      const isRefused = (await complaints()).some((message) => message.includes(words));
      if (accepts() === isRefused) different.push(mode.toString(8));
    }
    return different;
  }

  /** Debian's OpenSSH has its own mind about a user's private group; of a group that no list knows it knows nothing. */
  function giveToUnknownGroup(path: string): void {
    if (isRoot) chownSync(path, 0, NOBODY);
  }

  test('with everything as it should be, both are content', async () => {
    expect(await complaints()).toEqual([]);
    expect(logsIn()).toBe(true);
  });

  test('ssh uses a key in the same modes that keylint lets pass', LONG, async () => {
    expect(await differing(at('.ssh/id_test'), 'ssh ignores it', logsIn)).toEqual([]);
    chmodSync(at('.ssh/id_test'), 0o600);
  });

  test('sshd goes by an authorized_keys file in the same modes that keylint lets pass', LONG, async () => {
    giveToUnknownGroup(at('.ssh/authorized_keys'));
    expect(await differing(at('.ssh/authorized_keys'), 'sshd ignores it', logsIn)).toEqual([]);
    chmodSync(at('.ssh/authorized_keys'), 0o644);
  });

  test.each(['.ssh', '.'])('sshd wants the folders above it closed in the same modes as keylint: %s', async (folder) => {
    giveToUnknownGroup(at(folder));
    expect(await differing(at(folder), 'sshd ignores it', logsIn, folderModes)).toEqual([]);
    chmodSync(at(folder), 0o755);
  });

  test('behind a symbolic link both judge the file and its own folders', async () => {
    mkdirSync(at('elsewhere'));
    renameSync(at('.ssh/authorized_keys'), at('elsewhere/authorized_keys'));
    symlinkSync(at('elsewhere/authorized_keys'), at('.ssh/authorized_keys'));
    try {
      expect(logsIn()).toBe(true);
      expect(await complaints()).toEqual([]);
      for (const [path, mode, before] of [['elsewhere', 0o777, 0o755], ['elsewhere/authorized_keys', 0o666, 0o644]] as const) {
        chmodSync(at(path), mode);
        expect(logsIn(), path).toBe(false);
        expect(await complaints(), path).toEqual([expect.stringMatching(/^ssh-file-permissions: .*sshd ignores it/)]);
        chmodSync(at(path), before);
      }
    } finally {
      renameSync(at('elsewhere/authorized_keys'), at('.ssh/authorized_keys'));
    }
  });

  test('sshd loads a host key in the same modes that keylint lets pass', async () => {
    const different: string[] = [];
    copyFileSync(at('host_key'), at('ssh_host_ed25519_key'));
    writeFileSync(at('other_config'), `HostKey ${at('ssh_host_ed25519_key')}\n`);
    for (const mode of modes) {
      chmodSync(at('ssh_host_ed25519_key'), mode);
      const { findings } = await lint({ cwd: home, paths: ['ssh_host_ed25519_key'] });
      const isLoaded = attempt(sshd, ['-t', '-f', at('other_config')], { timeout: DEADLINE }).status === 0;
      if (isLoaded === findings.some(({ message }) => message.includes('ssh ignores it'))) different.push(mode.toString(8));
    }
    expect(different).toEqual([]);
  });

  test.skipIf(!isRoot)('a wrong owner is refused by both, and root is trusted by both', async () => {
    const path = at('.ssh/authorized_keys');
    chownSync(path, NOBODY, 0);
    expect(await complaints()).toEqual([expect.stringMatching(new RegExp(`^ssh-file-permissions: .* belongs to user ${NOBODY}, .*sshd ignores it`))]);
    expect(logsIn()).toBe(false);
    chownSync(path, 0, 0);
    expect(await complaints()).toEqual([]);
    expect(logsIn()).toBe(true);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
