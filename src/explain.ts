import { rules as builtInRules } from '../rules/index.ts';
import { policyFindings } from './policy-findings.ts';
import type { AnyRule, OptionSchema, OptionSchemas } from './rule.ts';
import { wrap } from './terminal.ts';

const width = 88;

/** All that is to be known of a rule, or of what is found in a policy itself, as text for a terminal. `undefined` when nothing is found under that id. */
export function explain(id: string, rules: readonly AnyRule[] = builtInRules): string | undefined {
  const rule = rules.find(({ meta }) => meta.id === id);
  const docs = (rule?.meta ?? policyFindings.find((one) => one.id === id))?.docs;
  if (!docs) return undefined;
  return `${[
    [id, ...indented(`${docs.description}. Recommended: ${docs.recommended}.`)],
    ['Why', ...indented(docs.why)],
    ['How to fix it', ...indented(docs.fix)],
    ...rule ? settings(rule.meta) : [],
    ...docs.sources.length > 0 ? [['Sources', ...docs.sources.flatMap(({ title, url }) => [...indented(title), `    ${url}`])]] : [],
  ].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function settings({ id, docs, options }: AnyRule['meta']): readonly (readonly string[])[] {
  const optionLines = Object.entries(options).flatMap(([name, option]) => [`  ${name}: ${typeText(option)}, by default ${JSON.stringify(option.default)}`, ...indented(option.description, 6)]);
  return [
    ['Options', ...optionLines.length > 0 ? optionLines : ['  none']],
    ['In keylint.config.json', `  "rules": { "${id}": ${entryExample(docs.recommended, options)} }`],
  ];
}

/** An entry that can be copied: the recommended severity with the first option at its default. */
function entryExample(severity: string, options: OptionSchemas): string {
  const [first] = Object.entries(options);
  return first ? `["${severity}", { "${first[0]}": ${JSON.stringify(first[1].default)} }]` : `"${severity}"`;
}

function indented(text: string, by = 2): readonly string[] {
  return wrap(text, width - by).map((line) => ' '.repeat(by) + line);
}

/** Longer lists of values are left to the schema. */
const fewValues = 8;

function typeText(option: OptionSchema): string {
  switch (option.type) {
    case 'integer': return option.minimum === undefined ? 'a whole number' : `a whole number from ${option.minimum}`;
    case 'boolean': return 'true or false';
    case 'string': return option.enum ? option.enum.map((value) => JSON.stringify(value)).join(' or ') : 'a string';
    case 'array': {
      const values = option.items.enum;
      return values && values.length <= fewValues ? `a list of ${values.map((value) => JSON.stringify(value)).join(', ')}` : 'a list of words';
    }
  }
}

/** The README's table of rules, in Markdown. */
export function ruleTable(rules: readonly AnyRule[] = builtInRules): string {
  const rows = rules.map(({ meta }) => `| \`${meta.id}\` | ${meta.docs.recommended} | ${meta.docs.description.replaceAll('|', '\\|')} |`);
  return ['| rule | recommended | what it finds |', '| --- | --- | --- |', ...rows].join('\n');
}
