import { describeMade, keyMadeBy } from '../src/made-key.ts';
import { defineRule } from '../src/rule.ts';

export const noMisplacedKeygen = defineRule({
  meta: {
    id: 'no-misplaced-keygen',
    type: 'problem',
    docs: {
      description: 'Commands that make a private key on the Desktop, in Downloads or in a folder that is copied to other machines',
      why: 'Files lie there to be shown, shared and forgotten, and synced folders take them along to every machine and to a service. A guide that makes keys there leaves them there with everybody who follows it.',
      fix: 'Make the key where it is to stay: in ~/.ssh, in /etc/ssl/private, in a folder that only its owner can enter.',
      sources: [
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 6.2.2.3 (confidentiality of keys in storage)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
      ],
      recommended: 'warn',
    },
    messages: {
      misplaced: { text: '{tool} makes {made} in {place}, where files are shown, shared and forgotten', help: 'make it where it is to stay: ~/.ssh/NAME' },
      synced: { text: '{tool} makes {made} in a folder that {service} copies to other machines', help: 'make it where it is to stay: ~/.ssh/NAME' },
    },
    options: {},
  },
  checkCommand(command, file, _options, judge) {
    const { does, tool } = command;
    if (does.act !== 'generate' || does.path === undefined) return undefined;
    const key = keyMadeBy(command, does, file);
    // Whoever follows it has a home somewhere.
    const absolutePath = does.path.replace(/^(?:~|\$\{?HOME\}?|%USERPROFILE%)(?=[/\\])/, '/home/user');
    const found = judge('no-misplaced-key', { ...key, file: { ...key.file, absolutePath } });
    const common = { tool, made: describeMade(does) };
    if (found?.messageId === 'sync') return { messageId: 'synced', data: { ...common, service: String(found.data?.['service']) } };
    return found?.messageId === 'desk' ? { messageId: 'misplaced', data: { ...common, place: String(found.data?.['folderName']) } } : undefined;
  },
});
