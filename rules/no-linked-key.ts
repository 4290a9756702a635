import { isCommitted, isEmbedded, isInSshFolder, isSecret } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

export const noLinkedKey = defineRule({
  meta: {
    id: 'no-linked-key',
    type: 'suggestion',
    docs: {
      description: 'Private key files with several names (hard links), and symbolic links in .ssh folders that lead to a key elsewhere',
      why: 'A file with two names stays when one of them is deleted, and what is replaced by writing a new file is replaced under one name only: the old key lives on where nobody looks. A symbolic link puts the key under the care of whoever keeps the folder it leads to: ssh follows it and takes what it finds. Backups, containers and dotfiles then hold the link or the key, and seldom the one that was meant.',
      fix: 'Keep one key in one file, in the folder where it is used. Find the other names of a file with: find FOLDER -xdev -samefile FILE.',
      sources: [
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 8.3.4 (all copies of the private or symmetric keys shall be destroyed)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
        { title: 'CWE-62: UNIX Hard Link', url: 'https://cwe.mitre.org/data/definitions/62.html' },
        { title: 'CWE-61: UNIX Symbolic Link (Symlink) Following', url: 'https://cwe.mitre.org/data/definitions/61.html' },
      ],
      recommended: 'warn',
    },
    messages: {
      hardLink: { text: '{key}: the file has {count} names, and the key stays as long as one of them is left', help: 'look for the other names, and delete those that are not needed: find / -xdev -samefile {file}' },
      symlink: { text: '{key} is reached by a symbolic link: what lies at {target} is the key', help: 'put the key itself in the place of the link, or judge the folder of {target} like the one of the link' },
    },
    options: {},
  },
  checkKey(key) {
    const { isSymlink, target, nlink = 1, origin, absolutePath = '' } = key.file;
    // Package managers link what they install (pnpm.io, Symlinked node_modules structure).
    if (!isSecret(key) || isEmbedded(key) || isCommitted(key) || origin !== 'file' || /[/\\]node_modules[/\\]/.test(absolutePath)) return undefined;
    if (isSymlink && target !== undefined && isInSshFolder(key)) return { messageId: 'symlink', data: { target } };
    return nlink > 1 ? { messageId: 'hardLink', data: { count: nlink } } : undefined;
  },
});
