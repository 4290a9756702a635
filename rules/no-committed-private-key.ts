import { allowAdvice, pushAdvice, removalAdvice, stagedPathspec } from '../src/advice.ts';
import { isProtected } from '../src/describe.ts';
import { isCommitted, isSecret } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

export const noCommittedPrivateKey = defineRule({
  meta: {
    id: 'no-committed-private-key',
    type: 'problem',
    docs: {
      description: 'Private and symmetric keys in the clear that git tracks, that are staged, or that came through a pipe',
      why: 'Whoever can read the repository, any clone, fork, backup or build log of it, can use the key. A commit cannot be taken back: what was pushed once has to be taken as known.',
      fix: 'Before the commit: take the file out of the index and keep the key outside of the repository. After it: first replace the key wherever it is trusted, then remove the file; rewriting history is only the cleaning up. A key that is made for tests can be allowed by its fingerprint: "allow": [{ "fingerprint": "SHA256:...", "reason": "..." }] in keylint.config.json.',
      sources: [
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 6.2.2.3 (confidentiality of keys in storage)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
        { title: 'CWE-540: Inclusion of Sensitive Information in Source Code', url: 'https://cwe.mitre.org/data/definitions/540.html' },
        { title: 'OWASP Key Management Cheat Sheet, Storage (keys are never stored in plaintext format)', url: 'https://cheatsheetseries.owasp.org/cheatsheets/Key_Management_Cheat_Sheet.html' },
        { title: 'GitHub Docs, Removing sensitive data from a repository (revoke or rotate first)', url: 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository' },
      ],
      recommended: 'error',
    },
    messages: {
      staged: {
        text: '{key} is about to be committed',
        // `git restore --staged` fails in a repository without a commit, `git rm --cached` would stage a deletion.
        help: 'take it out of the commit{allow}: git reset -q -- {pathspec}',
      },
      tracked: {
        text: '{key} is tracked by git: everyone with the repository has it',
        help: 'replace the key wherever it is trusted, then remove it{from}{allow}{command}',
      },
      pushed: {
        text: '{key} is about to be pushed',
        help: '{advice}',
      },
      inHistory: {
        text: '{key} is in git history, and still checked out: everyone with the repository has it',
        help: 'replace the key wherever it is trusted, then remove it{from}{allow}{command}',
      },
      wasInHistory: {
        text: '{key} is in git history, though no longer checked out: everyone with the repository has it',
        help: 'replace the key wherever it is trusted; rewriting history takes it from nobody who has cloned{allow}',
      },
      stored: {
        text: '{key} is stored in git outside of any commit: everyone who fetches it has it',
        help: 'replace the key wherever it is trusted, then delete what leads to it{allow}',
      },
      piped: {
        text: '{key} came in clear through a pipe',
        help: 'hand it on encrypted, or in a file that only its owner can read{allow}',
      },
    },
    options: {},
  },
  checkKey(key) {
    if (!isSecret(key) || isProtected(key)) return undefined;
    const data = { allow: allowAdvice(key) };
    if (key.file.origin === 'index') return { messageId: 'staged', data: { ...data, pathspec: stagedPathspec(key) } };
    if (key.file.isPushed) return { messageId: 'pushed', data: { advice: pushAdvice(key) } };
    if (key.file.history?.inHead) return { messageId: 'inHistory', data: { ...data, ...removalAdvice(key) } };
    if (key.file.origin === 'commit') return { messageId: key.file.commit === undefined ? 'stored' : 'wasInHistory', data };
    if (isCommitted(key)) return { messageId: 'tracked', data: { ...data, ...removalAdvice(key) } };
    return key.file.origin === 'stdin' ? { messageId: 'piped', data } : undefined;
  },
});
