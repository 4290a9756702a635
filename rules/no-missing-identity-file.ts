import { defineRule } from '../src/rule.ts';
import { blockText, directiveTitle } from '../src/ssh-directive.ts';

export const noMissingIdentityFile = defineRule({
  meta: {
    id: 'no-missing-identity-file',
    type: 'suggestion',
    docs: {
      description: 'IdentityFile and CertificateFile in ssh_config that name a file that is not there',
      why: 'ssh says nothing and tries other keys: all those in the agent, in an order of its own, until the server has had enough, or a password. Whoever can write to the folder can put a key of their own in the place.',
      fix: 'Correct the name, or remove the line. For a key in an agent or a token keep its public half in NAME.pub.',
      sources: [
        { title: 'ssh_config(5), IdentityFile and CertificateFile', url: 'https://man.openbsd.org/ssh_config.5#IdentityFile' },
      ],
      recommended: 'warn',
    },
    messages: {
      missing: { text: '{directive} for {block} names {name}, which is not there', help: 'correct the name, or remove the line; for a key in an agent keep its public half in {name}.pub' },
    },
    options: {},
  },
  checkLine({ directive }) {
    if (!directive || !/^(?:identityfile2?|certificatefile)$/.test(directive.keyword)) return undefined;
    const missing = directive.files?.find(({ state, hasPublicHalf }) => state === 'missing' && !hasPublicHalf);
    return missing && { messageId: 'missing', data: { directive: directiveTitle(directive), block: blockText(directive), name: directive.values[0] ?? missing.path } };
  },
});
