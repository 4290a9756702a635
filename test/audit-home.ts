import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What has to be on the machine to make the home. */
export const homeTools = ['ssh-keygen', 'openssl', 'puttygen', 'keytool', 'git', 'setfacl'] as const;

const PHRASE = 'Xanten-61-Otter-rhombus';

/**
 * Makes the home of somebody who has been logging in to other machines for fifteen years: six keys of ssh and PuTTY, of which one is kept as it should be,
 * certificates, stores and servers' keys that were left lying about, a long authorized_keys, and folders that are too open.
 */
export function makeAuditHome(home: string): void {
  const at = (...parts: readonly string[]): string => join(home, ...parts);
  const run = (program: string, ...args: readonly string[]): string => execFileSync(program, [...args], { cwd: home, env: { PATH: process.env['PATH'], HOME: home, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  const put = (path: string, text: string | Buffer, mode = 0o600): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
    chmodSync(at(path), mode);
  };
  const keygen = (...args: readonly string[]): string => run('ssh-keygen', '-q', ...args);
  const text = (path: string): string => readFileSync(at(path), 'utf8').trim();
  mkdirSync(at('.ssh'), { recursive: true });
  writeFileSync(at('phrase'), PHRASE);

  // The one that is as it should be.
  keygen('-t', 'ed25519', '-a', '100', '-N', PHRASE, '-C', 'ann@laptop', '-f', '.ssh/id_ed25519');
  // Of old: one MD5 stands between the file and the key.
  run('openssl', 'genrsa', '-traditional', '-aes128', '-passout', `pass:${PHRASE}`, '-out', '.ssh/id_rsa', '2048');
  chmodSync(at('.ssh/id_rsa'), 0o640);
  keygen('-t', 'rsa', '-b', '2048', '-N', '', '-C', 'ann@old-desktop', '-f', 'other');
  // For a program that logs in by itself; another user was let in to it, and it lies in the downloads under a second name.
  keygen('-t', 'ecdsa', '-N', '', '-C', 'deploy', '-f', '.ssh/deploy');
  mkdirSync(at('Downloads'));
  linkSync(at('.ssh/deploy'), at('Downloads/deploy'));
  // PuTTY's second format: SHA-1, twice.
  mkdirSync(at('Documents'));
  run('puttygen', '.ssh/id_ed25519', '--old-passphrase', 'phrase', '--new-passphrase', 'phrase', '-O', 'private', '--ppk-param', 'version=2', '-o', 'Documents/work.ppk');
  chmodSync(at('Documents/work.ppk'), 0o644);
  // The key of a hoster, weak, and readable by all.
  keygen('-t', 'rsa', '-b', '1024', '-N', '', '-C', 'ann@hoster', '-f', '.ssh/hoster');
  chmodSync(at('.ssh/hoster'), 0o644);
  // Few rounds, a name that anybody tries, and beside it the public half of another key.
  keygen('-t', 'ed25519', '-a', '4', '-N', 'backup', '-C', 'backup', '-f', '.ssh/backup');
  put('.ssh/backup.pub', `${text('other.pub')}\n`, 0o644);
  // Kept elsewhere, and linked to.
  mkdirSync(at('Dropbox/keys'), { recursive: true });
  keygen('-t', 'ed25519', '-a', '100', '-N', PHRASE, '-C', 'vpn', '-f', 'Dropbox/keys/vpn');
  symlinkSync(at('Dropbox/keys/vpn'), at('.ssh/vpn'));

  // Certificates: run out, for everybody and for ever, signed with SHA-1 by a weak authority.
  keygen('-t', 'ed25519', '-N', '', '-C', 'authority', '-f', 'authority');
  keygen('-t', 'rsa', '-b', '1024', '-N', '', '-C', 'weak authority', '-f', 'weak-authority');
  const certify = (name: string, authority: string, ...args: readonly string[]): void => {
    copyFileSync(at(`${name.startsWith('id') ? '.ssh/id_ed25519' : `.ssh/${name}`}.pub`), at(`${name}.pub`));
    keygen('-s', authority, '-I', `${name} of ann`, ...args, `${name}.pub`);
    put(`.ssh/${name}-cert.pub`, readFileSync(at(`${name}-cert.pub`)), 0o644);
    for (const path of [`${name}.pub`, `${name}-cert.pub`]) rmSync(at(path));
  };
  certify('id_ed25519', 'authority', '-n', 'ann', '-V', '20200101:20200201');
  certify('deploy', 'authority');
  certify('hoster', 'weak-authority', '-t', 'ssh-rsa', '-n', 'ann');

  // Who is let in.
  const keys = Array.from({ length: 33 }, (_, i) => {
    keygen('-t', i % 10 === 9 ? 'ecdsa' : 'ed25519', '-N', '', '-C', `colleague-${i}@desk`, '-f', 'colleague');
    const line = text('colleague.pub');
    for (const path of ['colleague', 'colleague.pub']) rmSync(at(path));
    return line;
  });
  put('.ssh/authorized_keys', [
    '# people', ...keys.slice(0, 20), '', '# machines', `restrict,command="/usr/bin/rrsync /srv" ${keys[20]}`, `from="*" ${keys[21]}`, `environment="LD_PRELOAD=/tmp/x.so" ${keys[22]}`, ...keys.slice(23, 30),
    '# old', text('.ssh/hoster.pub'), keys[3]!, 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGcut-off-by-an-editor ben@desk', 'ssh-rsa', `comand="/bin/true" ${keys[5]}`,
  ].join('\n') + '\n', 0o664);
  put('.ssh/known_hosts', `git.example.org,192.0.2.7 ${keys[30]!.split(' ').slice(0, 2).join(' ')}\ngit.example.org ${keys[31]!.split(' ').slice(0, 2).join(' ')}\nold.example.org ${text('.ssh/hoster.pub').split(' ').slice(0, 2).join(' ')}\n`, 0o644);
  put('.ssh/config', ['Host *', '  ForwardAgent yes', '  StrictHostKeyChecking no', '', 'Host old', '  HostName old.example.org', '  IdentityFile ~/.ssh/id_dsa', '  KexAlgorithms +diffie-hellman-group1-sha1', '  Ciphers 3des-cbc', ''].join('\n'), 0o666);

  // Stores and servers' keys.
  run('openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'tls.key', '-out', 'tls.crt', '-subj', '/CN=www.example.org', '-days', '30');
  put('www/html/tls.key', readFileSync(at('tls.key')), 0o644);
  run('openssl', 'pkcs12', '-export', '-inkey', 'tls.key', '-in', 'tls.crt', '-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1', '-iter', '1', '-passout', `pass:${PHRASE}`, '-out', 'Desktop.p12');
  put('Desktop/www.p12', readFileSync(at('Desktop.p12')), 0o600);
  run('keytool', '-genkeypair', '-alias', 'app', '-keyalg', 'RSA', '-keysize', '2048', '-dname', 'CN=app', '-storetype', 'JKS', '-keystore', 'app.jks', '-storepass', 'changeit', '-keypass', 'changeit');
  // A project: git does not ignore the key, npm would publish it, a build of an image would send it.
  put('src/app/package.json', '{ "name": "app", "version": "1.0.0" }\n', 0o644);
  put('src/app/Dockerfile', 'FROM scratch\nCOPY . /\n', 0o644);
  put('src/app/signing.pem', run('openssl', 'pkcs8', '-topk8', '-v1', 'PBE-SHA1-3DES', '-iter', '2048', '-in', 'tls.key', '-passout', `pass:${PHRASE}`), 0o600);
  put('src/app/app.jks', readFileSync(at('app.jks')), 0o600);
  run('git', '-c', 'init.defaultBranch=main', 'init', '-q', 'src/app');

  for (const path of ['phrase', 'other', 'other.pub', 'authority', 'authority.pub', 'weak-authority', 'weak-authority.pub', 'tls.key', 'tls.crt', 'Desktop.p12', 'app.jks']) rmSync(at(path));
  chmodSync(at('.ssh'), 0o775);
  chmodSync(home, 0o755);
  run('setfacl', '-m', 'u:1:r', '.ssh/deploy');
}
