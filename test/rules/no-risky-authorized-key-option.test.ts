import { describe, expect, test } from 'vitest';
import { noRiskyAuthorizedKeyOption as rule } from '../../rules/no-risky-authorized-key-option.ts';
import { findings } from './key.ts';
import { publicKey, readAs } from './ssh-text.ts';

const say = (options: string, type?: string): readonly string[] => findings(rule, readAs('authorized_keys', `${options} ${publicKey(1, type)}`).keys).map(({ message }) => message);
const token = 'sk-ssh-ed25519@openssh.com';

describe('no-risky-authorized-key-option', () => {
  test.each(['command="x"', 'command="x",no-pty,no-X11-forwarding', 'restrict,port-forwarding,command="x"', 'no-port-forwarding,command="x",port-forwarding'])('%s lets ports be forwarded', (options) => {
    expect(say(options)).toEqual(['Ed25519 public key: its entry runs one command only, but lets ports be forwarded to anywhere']);
  });

  test.each(['restrict,command="x"', 'command="x",no-port-forwarding', 'command="x",permitopen="127.0.0.1:80"', 'port-forwarding,command="x",restrict', 'no-pty', 'from="a"'])('%s does not, or closes nothing', (options) => {
    expect(say(options)).toEqual([]);
  });

  test('a token that need not be touched', () => {
    expect(say('no-touch-required', token)).toEqual(['Ed25519-SK public key: its entry accepts signatures for which nobody touched the token']);
    expect(say('touch-required', token)).toEqual([]);
    expect(say('no-touch-required')).toEqual([]);
  });
});
