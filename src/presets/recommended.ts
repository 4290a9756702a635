import { rules } from '../../rules/index.ts';
import { knownHosts, recommendedEntries, type Preset } from '../policy.ts';

export const recommended: Preset = {
  name: 'keylint:recommended',
  description: 'What fits everywhere: each rule with the severity that its source asks for, an error for a MUST and a warning for a SHOULD; what is wrong with the keys of other people\'s hosts in known_hosts is a warning.',
  sources: [{ title: 'RFC 2119 (MUST and SHOULD), with the sources of each rule: keylint explain RULE', url: 'https://www.rfc-editor.org/rfc/rfc2119' }],
  rules: recommendedEntries(rules),
  overrides: [knownHosts],
};
