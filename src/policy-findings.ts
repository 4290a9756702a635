import type { RuleMeta, Source } from './rule.ts';

/** What is described of a rule; findings about a policy's own entries rest on no standard. */
export type Described = Pick<RuleMeta, 'id' | 'type'> & { readonly docs: Omit<RuleMeta['docs'], 'sources'> & { readonly sources: readonly Source[] } };

/** What is found in the policy itself, and in comments that ask for silence. */
export const policyFindings: readonly Described[] = [
  {
    id: 'unused-allow', type: 'suggestion',
    docs: {
      description: 'Entries under "allow" in the policy that excuse nothing', recommended: 'warn', sources: [],
      why: 'An entry that outlives its key would let the key back in without a word.', fix: 'Remove the entry.',
    },
  },
  {
    id: 'expired-allow', type: 'suggestion',
    docs: {
      description: 'Entries under "allow" in the policy whose day is over', recommended: 'warn', sources: [],
      why: 'Somebody wanted the key looked at again by then.', fix: 'Remove the entry, or look at the key again and give it a new date.',
    },
  },
  {
    id: 'invalid-suppression', type: 'problem',
    docs: {
      description: 'Comments that ask for silence and cannot be followed', recommended: 'warn', sources: [],
      why: 'Its writer believes that something is excused, and it is not; or the policy takes no excuse without a reason.', fix: 'Write keylint-disable-next-line RULE -- reason, or remove the comment.',
    },
  },
  {
    id: 'unused-suppression', type: 'suggestion',
    docs: {
      description: 'Comments that ask for silence where nothing is found', recommended: 'warn', sources: [],
      why: 'A comment that outlives what it is about would excuse the next finding there without a word.', fix: 'Remove the comment.',
    },
  },
];
