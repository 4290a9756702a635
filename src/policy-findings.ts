import type { RuleMeta, Source } from './rule.ts';

/** What is described of a rule; findings about a policy's own entries rest on no standard. */
export type Described = Pick<RuleMeta, 'id' | 'type'> & { readonly docs: Omit<RuleMeta['docs'], 'sources'> & { readonly sources: readonly Source[] } };

/** What is found in the policy itself. */
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
];
