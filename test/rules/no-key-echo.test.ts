import { describe, expect, test } from 'vitest';
import { noKeyEcho as rule } from '../../rules/no-key-echo.ts';
import { ofCommand, ofText } from './command-text.ts';

const said = (command: string): readonly string[] => ofCommand(rule, command).map(({ severity, message }) => `${severity}: ${message}`);

describe('no-key-echo', () => {
  test.each([
    ['cat ~/.ssh/id_rsa', 'error: cat shows the private key ~/.ssh/id_rsa on the terminal, or in the log'],
    ['cat private.key | pbcopy', 'error: cat puts the private key private.key into the clipboard, which every program can read'],
    ['base64 -w0 < x | cat; cat id_ed25519 | base64 | xclip -sel c', 'error: cat puts the private key id_ed25519 into the clipboard, which every program can read'],
    ['pbcopy < ~/.ssh/id_ed25519', 'error: pbcopy puts the private key ~/.ssh/id_ed25519 into the clipboard, which every program can read'],
    ['echo "$SSH_PRIVATE_KEY"', 'error: echo shows the private key in SSH_PRIVATE_KEY on the terminal, or in the log'],
    ['echo "$SSH_PRIVATE_KEY" > ~/.ssh/id_rsa', 'error: echo writes a private key to ~/.ssh/id_rsa, which others can read'],
    ['printf "%s" "${DEPLOY_KEY}" | tr -d "\\r" > key', 'error: printf writes a private key to key, which others can read'],
    ['echo "$SSH_PRIVATE_KEY" | tee ~/.ssh/id_rsa; chmod 600 ~/.ssh/id_rsa', 'note: echo writes a private key to ~/.ssh/id_rsa, which others can read until its mode is changed'],
    ['echo "$(SSH_PRIVATE_KEY)" > key', 'error: echo writes a private key to key, which others can read'],
    ['echo "$(keys.SSH_PRIVATE_KEY)"', 'error: echo shows the private key in SSH_PRIVATE_KEY on the terminal, or in the log'],
    ['wg genkey > /etc/wireguard/private.key', 'error: wg genkey writes a private key to /etc/wireguard/private.key, which others can read'],
  ])('%s', (command, message) => {
    expect(said(command)).toEqual([message]);
  });

  test.each([
    'cat ~/.ssh/id_rsa.pub', 'echo "$(fetch SSH_PRIVATE_KEY)"', 'cat ~/.ssh/id_rsa.pub | pbcopy', 'cat id_rsa | ssh host "cat > key"', 'KEY="$(cat id_rsa)"', 'cat id_rsa cert.pem > bundle.pem', 'cat README.md', 'echo "$SSH_PRIVATE_KEY" | ssh-add -', 'echo "key: $SSH_PRIVATE_KEY_PATH"', 'echo "$HOME"',
    'umask 077; echo "$SSH_PRIVATE_KEY" > key', '(umask 077; wg genkey > privatekey)', 'umask 077; (wg genkey > privatekey)', '(umask 077; (wg genkey > privatekey))', 'install -m 600 /dev/null ~/.ssh/id_rsa; echo "$SSH_PRIVATE_KEY" > ~/.ssh/id_rsa', 'echo "$SSH_PRIVATE_KEY" | wc -c', 'umask 077; wg genkey > privatekey', 'wg genkey | wg pubkey',
    'cat > id_rsa <<EOF\nx\nEOF', 'echo "SSH_PRIVATE_KEY=$SSH_PRIVATE_KEY" >> "$GITHUB_ENV"',
  ])('nothing of %s', (command) => {
    expect(said(command)).toEqual([]);
  });

  test('of secrets in a job', () => {
    const job = (...lines: readonly string[]): readonly string[] => ofText(rule, '.github/workflows/a.yml', `jobs:\n  a:\n    steps:\n      - run: |\n${lines.map((line) => `          ${line}\n`).join('')}`).map(({ line, column, severity, message }) => `${line}:${column} ${severity} ${message}`);
    expect(job('mkdir -p ~/.ssh', 'echo "${{ secrets.SSH_PRIVATE_KEY }}" > ~/.ssh/id_rsa')).toEqual(['6:11 error echo writes a private key to ~/.ssh/id_rsa, which others can read']);
    expect(job('umask 077', 'echo "${{ secrets.SSH_PRIVATE_KEY }}" > ~/.ssh/id_rsa')).toEqual([]);
  });

  test('a umask guards what follows it in its own process', () => {
    for (const script of ['(umask 077; true); wg genkey > privatekey', 'A=$(umask 077; true); wg genkey > privatekey', '(umask 077; true); (wg genkey > privatekey)']) expect(ofCommand(rule, script), script).toHaveLength(1);
  });
});
