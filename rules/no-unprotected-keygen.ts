import type { Command, Generation } from '../src/key.ts';
import { describeMade, rewrite, type Change, type Rewritten } from '../src/made-key.ts';
import { isHostKeyName, isInUserSshFolder } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

export const noUnprotectedKeygen = defineRule({
  meta: {
    id: 'no-unprotected-keygen',
    type: 'problem',
    docs: {
      description: 'Commands that make a person\'s key without a passphrase, or take its passphrase away: -N "", -nodes, -nocrypt, %no-protection',
      why: 'Whoever gets the file has the key. A guide that says -N "" makes this the state of every key that is made by it, on laptops and in backups. Keys of machines have nobody to type a passphrase: of these a policy says whether they are meant.',
      fix: 'Leave the option away, so that the command asks for a passphrase; an agent asks for it once a session.',
      sources: [
        { title: 'Mozilla OpenSSH guidelines, Protection of user keys (protected by strong passphrase)', url: 'https://infosec.mozilla.org/guidelines/openssh#protection-of-user-keys' },
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 6.2.2.3 (confidentiality of keys in storage)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
        { title: 'ssh-keygen(1), -N and DESCRIPTION (host keys must have an empty passphrase)', url: 'https://man.openbsd.org/ssh-keygen.1#N' },
      ],
      recommended: 'warn',
    },
    messages: {
      unprotected: { text: '{tool} makes {made} without a passphrase: whoever gets the file can use it', help: '{advice}' },
      stripped: { text: '{tool} writes the key without a passphrase: whoever gets the file can use it', help: '{advice}' },
    },
    options: {
      where: {
        type: 'string', default: 'ssh', enum: ['ssh', 'everywhere'],
        description: 'ssh: keys that a guide or script makes in ~/.ssh, where people keep their own; everywhere: all keys but those of hosts',
      },
    },
  },
  checkCommand(command, _file, { where }) {
    const { does, tool } = command;
    if (does.act !== 'generate' || does.passphrase !== 'none' || isHostKeyName(does.path ?? '')) return undefined;
    if (where === 'ssh' && !(does.isSsh && (command.place === 'guide' || command.place === 'script') && isInUserSshFolder(does.path ?? '~/.ssh/'))) return undefined;
    const better = betterCommand(command, does);
    return {
      ...does.isRewritten ? { messageId: 'stripped', data: { tool, advice: adviceOf(better) } } as const : { messageId: 'unprotected', data: { tool, made: describeMade(does), advice: adviceOf(better) } } as const,
      ...better && { fix: { replace: better.replace } },
    };
  },
});

function adviceOf(better: Rewritten | undefined): string {
  return better ? `let it ask for a passphrase: ${better.command}` : 'let it ask for a passphrase, or protect the file it makes';
}

/** Without the words that say so; in place of OpenSSL's plain output an encrypted one. */
function betterCommand(command: Command, { said, isSsh }: Generation): Rewritten | undefined {
  if (command.words.length === 0) return undefined;
  const changes: readonly Change[] = said.passphrase ? [{ at: said.passphrase }] : [];
  if (changes.length > 0) return rewrite(command, changes, isSsh && !command.words.some(({ text }) => text.startsWith('-a')) ? ['-a', '100'] : []);
  const [, subcommand] = /^openssl (\w+)$/.exec(command.tool) ?? [];
  // The cipher stands before the size, which comes last.
  return subcommand === 'genrsa' || subcommand === 'genpkey' || subcommand === 'rsa' || subcommand === 'ec' || subcommand === 'pkey' ? rewrite(command, [{ at: { first: 1, last: 1, form: '{}' }, value: `${subcommand} -aes256` }]) : undefined;
}
