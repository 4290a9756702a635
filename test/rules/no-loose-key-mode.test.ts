import { describe, expect, test } from 'vitest';
import { noLooseKeyMode as rule } from '../../rules/no-loose-key-mode.ts';
import { mended, ofCommand, ofText } from './command-text.ts';

describe('no-loose-key-mode', () => {
  test.each([
    ['chmod 644 ~/.ssh/id_rsa', 'chmod lets others get at the private key ~/.ssh/id_rsa (mode 0644)', 'chmod 600 ~/.ssh/id_rsa'],
    ['sudo chmod -v 0777 server.key', 'chmod lets others get at the private key server.key (mode 0777)', 'sudo chmod -v 0600 server.key'],
    ['chmod go+r private.pem', 'chmod lets others get at the private key private.pem (mode 0644)', 'chmod 600 private.pem'],
    ['chmod 640 ~/.ssh/id_ed25519', 'chmod lets others get at the private key ~/.ssh/id_ed25519 (mode 0640)', 'chmod 600 ~/.ssh/id_ed25519'],
    ['install -m 644 id_rsa /root/.ssh/id_rsa', 'install lets others get at the private key /root/.ssh/id_rsa (mode 0644)', 'install -m 600 id_rsa /root/.ssh/id_rsa'],
    ['install --mode=0644 id_rsa /root/.ssh/id_rsa', 'install lets others get at the private key /root/.ssh/id_rsa (mode 0644)', 'install --mode=0600 id_rsa /root/.ssh/id_rsa'],
    ['chmod 777 ~/.ssh', 'chmod lets others write to ~/.ssh (mode 0777), and put their own keys there', 'chmod 700 ~/.ssh'],
    ['umask 000; ssh-keygen -t ed25519', 'umask 000 lets others read and write the key that is made next', 'umask 077; ssh-keygen -t ed25519'],
  ])('%s', (command, message, better) => {
    const found = ofText(rule, 'a.sh', command);
    expect(found.map((finding) => finding.message)).toEqual([message]);
    expect(mended(command, found[0]!)).toBe(better);
    expect(ofText(rule, 'a.sh', better)).toEqual([]);
  });

  test.each([
    'chmod 600 ~/.ssh/id_rsa', 'chmod 400 key.pem', 'chmod 644 ~/.ssh/id_rsa.pub', 'chmod 640 /etc/ssl/private/server.key', 'chmod 755 ~/.ssh', 'chmod +x deploy.sh', 'chmod "$MODE" id_rsa', 'chmod 644 README.md', 'umask 022; ssh-keygen', '(umask 000; touch x); ssh-keygen', 'umask 000; touch x', 'chmod u+r id_rsa',
  ])('nothing of %s', (command) => {
    expect(ofCommand(rule, command)).toEqual([]);
  });

  test('of a task, a manifest and a resource', () => {
    const modes = (path: string, text: string): readonly string[] => ofText(rule, path, text).map(({ line, message }) => `${line} ${message}`);
    expect(modes('play.yml', '- copy:\n    src: a\n    dest: /root/.ssh/id_rsa\n    mode: "0644"\n')).toEqual(['4 this mode lets others get at the private key /root/.ssh/id_rsa (mode 0644)']);
    expect(modes('play.yml', '- copy:\n    dest: /root/.ssh/id_rsa\n    mode: "0600"\n')).toEqual([]);
    const pod = (mode: string): string => `spec:\n  volumes:\n  - name: key\n    secret:\n      secretName: git-ssh-key\n      defaultMode: ${mode}\n`;
    expect(modes('pod.yaml', pod('0444'))).toEqual(['6 defaultMode lets others get at the private key git-ssh-key (mode 0444)']);
    expect(modes('pod.yaml', pod('420'))).toEqual(['6 defaultMode lets others get at the private key git-ssh-key (mode 0644)']);
    for (const mode of ['0400', '256', '384', '0600', '{{ .Values.mode }}']) expect(modes('pod.yaml', pod(mode))).toEqual([]);
    expect(modes('pod.yaml', pod('0644').replace('git-ssh-key', 'app-config'))).toEqual([]);
    const file = (more: string): string => `resource "local_file" "key" {\n  content = tls_private_key.a.private_key_pem\n  filename = "key.pem"\n${more}}\n`;
    expect(modes('a.tf', file(''))).toEqual(['1 local_file lets others get at the private key key.pem (mode 0777)']);
    expect(modes('a.tf', file('  file_permission = "0600"\n'))).toEqual([]);
  });
});
