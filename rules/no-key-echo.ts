import { pathText } from '../src/made-key.ts';
import { defineRule } from '../src/rule.ts';

export const noKeyEcho = defineRule({
  meta: {
    id: 'no-key-echo',
    type: 'problem',
    docs: {
      description: 'Commands that show a private key on a screen, in a log or through the clipboard, or write it to a file that others can read at first: cat id_rsa, pbcopy < key, echo "$KEY" > file',
      why: 'Terminals keep what they show, logs of CI keep it for all who may read them, and every program of a desktop can read the clipboard, which some copy to other machines. A file that is written first and closed later is open in between.',
      fix: 'Give the program the file instead: gh secret set NAME < key, ssh-add key, a secret or a file variable of the CI. To write one: install -m 600 /dev/null key before, or umask 077.',
      sources: [
        { title: 'CWE-532: Insertion of Sensitive Information into Log File', url: 'https://cwe.mitre.org/data/definitions/532.html' },
        { title: 'CWE-732: Incorrect Permission Assignment for Critical Resource', url: 'https://cwe.mitre.org/data/definitions/732.html' },
        { title: 'Mozilla OpenSSH guidelines, Protection of user keys', url: 'https://infosec.mozilla.org/guidelines/openssh#protection-of-user-keys' },
      ],
      recommended: 'warn',
    },
    messages: {
      terminal: { text: '{tool} shows the private key {name} on the terminal, or in the log', help: '{advice}' },
      clipboard: { text: '{tool} puts the private key {name} into the clipboard, which every program can read', help: '{advice}' },
      variable: { text: '{tool} shows the private key in {name} on the terminal, or in the log', help: '{advice}' },
      open: { text: '{tool} writes a private key to {name}, which others can read', help: 'make the file before, for its owner only: (umask 077; {tool} ... > {quoted})' },
      openAtFirst: { text: '{tool} writes a private key to {name}, which others can read until its mode is changed', help: 'make the file before, for its owner only: (umask 077; {tool} ... > {quoted})' },
    },
    options: {},
  },
  checkCommand({ does, tool, place }) {
    if (does.act === 'show') {
      const { what, name, to } = does;
      if (what === 'variable') return { messageId: 'variable', data: { tool, name, advice: 'hand the key over in a file, and print its fingerprint only: ssh-keygen -lf FILE' } };
      const file = pathText(name);
      return { messageId: to, data: { tool, name, advice: `hand the file itself over: gh secret set NAME < ${file}, ssh-add ${file}; its public half is what others need` } };
    }
    // In an image it is not the mode that counts.
    if (does.act !== 'write' || place === 'image') return undefined;
    const data = { tool, name: does.path, quoted: pathText(does.path) };
    return does.isClosedLater ? { messageId: 'openAtFirst', data, atMost: 'note' } : { messageId: 'open', data };
  },
});
