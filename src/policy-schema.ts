import type { Preset } from './policy.ts';
import type { AnyRule, OptionSchema } from './rule.ts';

export type JsonSchema = { readonly [keyword: string]: unknown };

/** Fingerprints as reports print them: of an SSH public key, of a SubjectPublicKeyInfo, of an encrypted or damaged container, of a random secret. */
const fingerprintPattern = '^(SHA256:[A-Za-z0-9+/]{43}|(spki|container|digest):[0-9a-f]{64})$';

const severity: JsonSchema = {
  description: 'off or 0, warn or 1, error or 2; note: shown, and never a reason to fail',
  enum: ['off', 'note', 'warn', 'error', 0, 1, 2],
};

/**
 * The JSON Schema (draft 7) of policy files: what editors complete and explain, and what files are validated against.
 * Made of the rules' `meta` alone.
 */
export function policySchema(rules: readonly AnyRule[], presets: readonly Preset[]): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'keylint policy',
    description: 'Which rules keylint holds keys to, and which keys are excused. Comments and trailing commas are allowed.',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'For editors: "./node_modules/keylint/schema.json"' },
      extends: {
        description: 'Presets and other policy files to start from; later ones go over earlier ones. Without it: keylint:recommended. With []: no rule is on but those in "rules".',
        anyOf: [{ $ref: '#/definitions/base' }, { type: 'array', items: { $ref: '#/definitions/base' } }],
      },
      rules: { $ref: '#/definitions/rules' },
      overrides: {
        description: 'Other settings for some files; later entries go over earlier ones.',
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['files', 'rules'],
          properties: {
            files: { $ref: '#/definitions/globs', description: 'Globs, relative to the folder of this file: "**/*.pem", "deploy/**", "~/.ssh/**".' },
            rules: { $ref: '#/definitions/rules' },
          },
        },
      },
      ignores: {
        $ref: '#/definitions/globs',
        description: 'Globs of files and folders not to look at, relative to the folder of this file. A ! in front takes files back; of all that match, the last one decides.',
      },
      suppressions: {
        description: 'Comments in files that ask for silence: keylint-disable-line RULE -- reason.',
        type: 'object',
        additionalProperties: false,
        properties: {
          allowed: { type: 'boolean', description: 'false: no comment excuses anything, and each is reported. Default: true.' },
          reason: { enum: ['optional', 'required'], description: 'required: a comment without a reason excuses nothing, and is reported. Default: optional.' },
          honor: { type: 'array', uniqueItems: true, items: { enum: ['gitleaks:allow', 'pragma: allowlist secret'] }, description: 'Signs of other scanners that excuse committed keys on their line. Default: none.' },
        },
      },
      allow: {
        description: 'Keys that are excused wherever they lie.',
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['fingerprint', 'reason'],
          properties: {
            fingerprint: { type: 'string', pattern: fingerprintPattern, description: 'As keylint prints it: SHA256:..., spki:..., container:... or digest:...' },
            reason: { type: 'string', pattern: '\\S', description: 'Why the key may be there, for the next one who reads this.' },
            expires: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'The last day on which the entry excuses anything: YYYY-MM-DD, UTC.' },
          },
        },
      },
    },
    definitions: {
      severity,
      globs: { type: 'array', items: { type: 'string', minLength: 1 } },
      base: {
        anyOf: [
          { enum: presets.map(({ name }) => name) },
          { type: 'string', minLength: 1, description: 'Path of a JSON or JSONC file, relative to this file.' },
        ],
      },
      rules: {
        description: 'A severity, or [severity, options], for each rule. A severity alone keeps the options that an extended policy gives.',
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(rules.map((rule) => [rule.meta.id, { $ref: `#/definitions/${rule.meta.id}` }])),
      },
      ...Object.fromEntries(rules.map((rule) => [rule.meta.id, entrySchema(rule)])),
    },
  };
}

function entrySchema({ meta }: AnyRule): JsonSchema {
  const options = {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(meta.options).map(([name, option]) => [name, optionSchema(option)])),
  };
  return {
    description: `${meta.docs.description}. Recommended: ${meta.docs.recommended}.`,
    anyOf: [
      { $ref: '#/definitions/severity' },
      { type: 'array', minItems: 1, maxItems: 2, items: [{ $ref: '#/definitions/severity' }, options] },
    ],
  };
}

function optionSchema(option: OptionSchema): JsonSchema {
  return option.type === 'array' ? { ...option, uniqueItems: true } : option;
}
