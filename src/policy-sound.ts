import { readFileSync, statSync } from 'node:fs';
import type { Preset } from './policy.ts';
import { policySchema, type JsonSchema } from './policy-schema.ts';
import type { AnyRule } from './rule.ts';

/**
 * Whether a policy file is surely without mistakes, told without any third-party module: for a run that found no key and so needs no policy,
 * but must not pass over a broken one. `false` says nothing: comments, an extended file, a date or a doubtful glob are enough.
 * Then policy-file.ts reads the file and says what is wrong, if something is.
 */
export function isSoundPolicy(file: string, rules: readonly AnyRule[], presets: readonly Preset[]): boolean {
  if (file.endsWith('package.json')) return false;
  try {
    const facts = statSync(file);
    if (!facts.isFile() || facts.size > maxBytes) return false;
    const text = readFileSync(file, 'utf8');
    const policy: unknown = JSON.parse(text);
    // What is not UTF-8, and escapes, which may stand for half a character.
    if (text.includes('\uFFFD') || text.includes('\\u')) return false;
    // JSON.parse takes the last of several values of one name; a name is what a colon follows.
    const colons = text.replace(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1;
    const schema = policySchema(rules, presets);
    return colons === countNames(policy) && fits(policy, schema, schema) && isPlain(policy as PlainPolicy, presets);
  } catch {
    return false;
  }
}

/** Larger ones are not read for nothing. */
const maxBytes = 1 << 18;

interface PlainPolicy {
  readonly extends?: string | readonly string[];
  readonly overrides?: readonly { readonly files: readonly string[] }[];
  readonly ignores?: readonly string[];
  readonly allow?: readonly { readonly fingerprint: string; readonly expires?: string }[];
}

/** What the schema cannot tell: that presets exist, globs are globs, fingerprints stand once. Files, dates and odd globs are left to others. */
function isPlain({ extends: bases = [], overrides = [], ignores = [], allow = [] }: PlainPolicy, presets: readonly Preset[]): boolean {
  const globs = [...ignores, ...overrides.flatMap(({ files }) => files)];
  return [bases].flat().every((base) => presets.some(({ name }) => name === base))
    && globs.every((glob) => glob.length < 1024 && /[^!./~]/.test(glob))
    && allow.every(({ expires }) => expires === undefined)
    && new Set(allow.map(({ fingerprint }) => fingerprint)).size === allow.length;
}

function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inside = Object.values(value).reduce<number>((sum, part) => sum + countNames(part), 0);
  return Array.isArray(value) ? inside : Object.keys(value).length + inside;
}

/** The part of JSON Schema (draft 7) that policySchema uses. */
function fits(value: unknown, schema: JsonSchema, root: JsonSchema): boolean {
  const { $ref, anyOf, enum: values, type } = schema as { $ref?: string; anyOf?: readonly JsonSchema[]; enum?: readonly unknown[]; type?: string };
  if ($ref !== undefined) return fits(value, $ref.split('/').slice(1).reduce<JsonSchema>((here, step) => here[step] as JsonSchema, root), root);
  if (anyOf && !anyOf.some((branch) => fits(value, branch, root))) return false;
  if (values && !values.includes(value)) return false;
  switch (type) {
    case undefined: return true;
    case 'string': return typeof value === 'string' && fitsString(value, schema);
    case 'boolean': return typeof value === 'boolean';
    case 'integer': return Number.isInteger(value) && (value as number) >= Number(schema['minimum'] ?? -Infinity) && (value as number) <= Number(schema['maximum'] ?? Infinity);
    case 'array': return Array.isArray(value) && fitsArray(value, schema, root);
    case 'object': return typeof value === 'object' && value !== null && !Array.isArray(value) && fitsObject(value as Record<string, unknown>, schema, root);
    default: return false;
  }
}

function fitsString(value: string, { minLength = 0, pattern = '' }: { readonly minLength?: number; readonly pattern?: string }): boolean {
  return value.length >= minLength && new RegExp(pattern, 'u').test(value);
}

function fitsArray(value: readonly unknown[], schema: JsonSchema, root: JsonSchema): boolean {
  const items = schema['items'] as JsonSchema | readonly JsonSchema[];
  return value.length >= Number(schema['minItems'] ?? 0) && value.length <= Number(schema['maxItems'] ?? Infinity)
    && (schema['uniqueItems'] !== true || new Set(value).size === value.length)
    && value.every((item, i) => fits(item, Array.isArray(items) ? (items as readonly JsonSchema[])[i] ?? {} : items as JsonSchema, root));
}

function fitsObject(value: Readonly<Record<string, unknown>>, schema: JsonSchema, root: JsonSchema): boolean {
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>>;
  return ((schema['required'] ?? []) as readonly string[]).every((name) => Object.hasOwn(value, name))
    && Object.entries(value).every(([name, part]) => Object.hasOwn(properties, name) && fits(part, properties[name]!, root));
}
