import { defineRule } from '../src/rule.ts';

export const noKeyInArgv = defineRule({
  meta: {
    id: 'no-key-in-argv',
    type: 'problem',
    docs: {
      description: 'Keys and passphrases among the words of a command: ssh-keygen -N secret, -passout pass:secret, sshpass -p, --from-literal=key="$(cat id_rsa)"',
      why: 'What stands among the words of a program every user of the machine can read, in ps and /proc, as long as it runs; shells keep it in their history, and guides and scripts for ever. A passphrase that a guide names is the passphrase of all who follow it.',
      fix: 'Let the command ask, or give it a file or a descriptor that nobody else can read: -passout file:FILE, fd:3, -storepass:file FILE, sshpass -f, --from-file.',
      sources: [
        { title: 'openssl-passphrase-options(1), pass: (visible to utilities like ps)', url: 'https://docs.openssl.org/master/man1/openssl-passphrase-options/' },
        { title: 'sshpass(1), SECURITY CONSIDERATIONS', url: 'https://manpages.debian.org/stable/sshpass/sshpass.1.en.html' },
        { title: 'CWE-214: Invocation of Process Using Visible Sensitive Information', url: 'https://cwe.mitre.org/data/definitions/214.html' },
      ],
      recommended: 'warn',
    },
    messages: {
      passphrase: { text: '{tool} is given a passphrase on the command line ({option}), where every user can read it', help: '{advice}' },
      key: { text: '{tool} is given a private key on the command line ({option}), where every user can read it', help: 'give it the file: --from-file, or its standard input' },
    },
    options: {
      variables: { type: 'boolean', default: false, description: 'Whether passphrases that come from a variable count too: they stand in no file, and in the list of processes all the same' },
    },
  },
  checkCommand({ does, tool }, _file, { variables }) {
    if (does.act !== 'tell-secret' || does.isVariable && !variables) return undefined;
    const { option, what } = does;
    return what === 'key' ? { messageId: 'key', data: { tool, option } } : { messageId: 'passphrase', data: { tool, option, advice: adviceFor(tool, option) } };
  },
});

function adviceFor(tool: string, option: string): string {
  if (tool.startsWith('openssl')) return `let it ask, or write ${option.replace(/ pass:$/, '')} file:FILE, with a file that only you can read`;
  if (tool === 'keytool') return `let it ask, or write ${option}:file FILE, with a file that only you can read`;
  if (tool === 'sshpass') return 'use a key and ssh-agent, or sshpass -f FILE with a file that only you can read';
  if (tool === 'gpg') return 'let it ask, or write --passphrase-file FILE, with a file that only you can read';
  return `leave ${option} away, and let it ask`;
}
