import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, parse as parsePath, relative, resolve, sep } from 'node:path';
import { Validator, type OutputUnit } from '@cfworker/json-schema';
import { createScanner, findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import picomatch from 'picomatch';
import { rules as builtInRules } from '../rules/index.ts';
import { didYouMean } from './did-you-mean.ts';
import { baseSettings, PolicyError, type Allowed, type IgnorePattern, type Layer, type Override, type Place, type Policy, type Preset, type RuleEntries, type RuleEntry, type SuppressionPolicy } from './policy.ts';
import { policySchema, type JsonSchema } from './policy-schema.ts';
import { presets as builtInPresets } from './presets/index.ts';
import type { AnyRule } from './rule.ts';

/** Policy files: JSON with comments, data and never code. Reading one throws a PolicyError and nothing else. */

export interface LoadOptions {
  readonly rules?: readonly AnyRule[];
  readonly presets?: readonly Preset[];
  /** Where keylint was started. */
  readonly cwd?: string;
  /** Absolute folder that the file's globs count from, when not the file's own. */
  readonly root?: string;
  /** The day that `expires` is compared with. */
  readonly today?: Date;
  /** Whether comments excuse findings where the policy does not say. Default: they do. */
  readonly commentsExcuse?: boolean;
}

/** What a policy file says, once it is known to fit the schema. */
interface PolicyDocument {
  readonly extends?: string | readonly string[];
  readonly rules?: RuleEntries;
  readonly overrides?: readonly Override[];
  readonly ignores?: readonly string[];
  readonly suppressions?: Partial<SuppressionPolicy>;
  readonly allow?: readonly { readonly fingerprint: string; readonly reason: string; readonly expires?: string }[];
}

interface Parts {
  readonly suppressions: Partial<SuppressionPolicy>;
  readonly layers: readonly Layer[];
  readonly ignores: readonly IgnorePattern[];
  readonly allow: readonly Allowed[];
}

interface Loading extends Required<Omit<LoadOptions, 'root' | 'commentsExcuse'>> {
  /** Files on the way from the first one, for finding circles. */
  readonly chain: readonly string[];
  /** Files read so far: a policy that doubles at each step would take for ever. */
  readonly count: { files: number };
}

const maxBytes = 4 << 20;
const maxDepth = 64;
const maxFiles = 64;

/** Reads a policy file. Throws a PolicyError that names the place of what is wrong. */
export function loadPolicy(file: string, options: LoadOptions = {}): Policy {
  const { rules = builtInRules, presets = builtInPresets, cwd = process.cwd(), today = new Date(), commentsExcuse = true } = options;
  const path = resolve(cwd, file);
  const parts = loadFile(path, options.root ?? dirname(path), { rules, presets, cwd, today, chain: [], count: { files: 0 } });
  return { path: shown(path, cwd), cwd, base: baseSettings(rules), ...parts, suppressions: { allowed: commentsExcuse, reason: 'optional', honor: [], ...parts.suppressions } };
}

/**
 * A policy with one more entry for all paths, as the command line gives it: `id: error`, `id: [warn, {option: value}]`.
 * Words need no quotes. Throws a PolicyError.
 */
export function withRule(policy: Policy, text: string, rules: readonly AnyRule[] = builtInRules): Policy {
  const [, id, written] = /^\s*"?([^\s:"]+)"?\s*:\s*(\S[^]*)$/.exec(text) ?? [];
  const fail = (sentence: string): never => {
    throw new PolicyError(`--rule '${text}': ${sentence}`);
  };
  if (id === undefined || written === undefined) return fail('write it as \'id: error\' or \'id: [error, {"option": value}]\'');
  // Bare words become strings; what stands in quotes stays.
  const json = written.replace(/"(?:[^"\\]|\\.)*"|[A-Za-z_][\w-]*/g, (word) => /^("|true$|false$|null$)/.test(word) ? word : JSON.stringify(word));
  let entry: unknown;
  try {
    entry = JSON.parse(json);
  } catch {
    return fail('what follows the colon is neither a severity nor [severity, options]');
  }
  const wrapped = JSON.stringify({ rules: Object.fromEntries([[id, entry]]) });
  try {
    const source: Text = { path: '', text: wrapped, isStrict: true };
    validate(parse(wrapped, source), source, rules);
  } catch (error) {
    if (error instanceof PolicyError) fail(error.sentence);
    throw error;
  }
  return { ...policy, layers: [...policy.layers, { rules: { [id]: entry as RuleEntry } }] };
}

/** The text of a file, and how its places are named. */
interface Text {
  readonly path: string;
  readonly text: string;
  /** Comments and trailing commas are errors: package.json, which other programs read too. */
  readonly isStrict: boolean;
}

function loadFile(path: string, root: string, loading: Loading, from?: Place): Parts {
  const isManifest = path.endsWith(`${sep}package.json`);
  const source: Text = { path: shown(path, loading.cwd), text: readText(path, loading.cwd, from), isStrict: isManifest };
  const tree = parse(source.text, source);
  const node = isManifest ? findNodeAtLocation(tree, ['keylint']) : tree;
  if (!node) throw new PolicyError('there is no "keylint" key in it', placeOf(tree, source));
  const document = validate(node, source, loading.rules);
  const inside: Loading = { ...loading, chain: [...loading.chain, path] };
  const bases = document.extends === undefined ? (loading.chain.length === 0 ? ['keylint:recommended'] : []) : [document.extends].flat();
  const extended = bases.map((base, i) => {
    const at = findNodeAtLocation(node, Array.isArray(document.extends) ? ['extends', i] : ['extends']);
    return loadBase(base, dirname(path), inside, placeOf(at ?? node, source));
  });
  const own: readonly Layer[] = [
    ...document.rules ? [{ rules: document.rules }] : [],
    ...(document.overrides ?? []).map((override, i): Layer => ({
      files: override.files,
      matches: anyOf(override.files.map((glob, j) => compile(glob, root, () => placeOf(findNodeAtLocation(node, ['overrides', i, 'files', j]) ?? node, source)))),
      rules: override.rules,
    })),
  ];
  const ignores = (document.ignores ?? []).map((written, i): IgnorePattern => {
    const glob = written.replace(/^!/, '').replace(/\/+$/, '');
    const place = (): Place => placeOf(findNodeAtLocation(node, ['ignores', i]) ?? node, source);
    if (glob === '') throw new PolicyError(`"${written}" matches nothing`, place());
    return { glob: written, isNegated: written.startsWith('!'), isFolder: written.endsWith('/'), matches: compile(glob, root, place) };
  });
  return {
    layers: [...extended.flatMap(({ layers }) => layers), ...own],
    ignores: [...extended.flatMap((part) => part.ignores), ...ignores],
    suppressions: Object.assign({}, ...extended.map((part) => part.suppressions), document.suppressions) as Partial<SuppressionPolicy>,
    allow: [...extended.flatMap((part) => part.allow), ...readAllow(document.allow ?? [], node, source, loading.today)],
  };
}

function loadBase(base: string, folder: string, loading: Loading, place: Place): Parts {
  const preset = loading.presets.find(({ name }) => name === base);
  if (preset) {
    // A preset lies in no folder: its globs count from the root of the file system.
    const overrides = (preset.overrides ?? []).map(({ files, rules }): Layer => ({ files, matches: anyOf(files.map((glob) => compile(glob, parsePath(folder).root, () => place))), rules }));
    return { layers: [{ rules: preset.rules }, ...overrides], ignores: [], allow: [], suppressions: {} };
  }
  const names = loading.presets.map(({ name }) => name);
  if (base.startsWith('keylint:') || !/[/\\]|\.jsonc?$/.test(base)) {
    const near = names.find((name) => name === `keylint:${base}`) ?? didYouMean(base, names);
    throw new PolicyError(`there is no preset "${base}"${near === undefined ? `; there are ${names.join(', ')}` : `: did you mean "${near}"?`}`, place);
  }
  const path = resolve(folder, base);
  if (loading.chain.includes(path)) throw new PolicyError(`"${base}" extends itself in a circle`, place);
  if (++loading.count.files > maxFiles) throw new PolicyError(`more than ${maxFiles} files are extended`, place);
  // An extended file is written for its own folder.
  return loadFile(path, dirname(path), loading, place);
}

function readAllow(entries: NonNullable<PolicyDocument['allow']>, node: Node, source: Text, today: Date): readonly Allowed[] {
  const day = today.toISOString().slice(0, 10);
  const seen = new Set<string>();
  return entries.map((entry, i): Allowed => {
    const at = (name?: string): Place => placeOf(findNodeAtLocation(node, name === undefined ? ['allow', i] : ['allow', i, name]) ?? node, source);
    if (seen.has(entry.fingerprint)) throw new PolicyError('this fingerprint is in the list already', at('fingerprint'));
    seen.add(entry.fingerprint);
    if (entry.expires !== undefined && !isDay(entry.expires)) throw new PolicyError(`"${entry.expires}" is not a day of the calendar`, at('expires'));
    return { ...entry, isExpired: entry.expires !== undefined && entry.expires < day, place: at() };
  });
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function readText(path: string, cwd: string, from: Place | undefined): string {
  const fail = (why: string): never => {
    throw new PolicyError(`cannot read ${shown(path, cwd)}: ${why}`, from);
  };
  let bytes: Buffer;
  try {
    const facts = statSync(path);
    if (!facts.isFile()) return fail('it is not a file');
    if (facts.size > maxBytes) return fail(`it has more than ${maxBytes >> 20} MiB`);
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof PolicyError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    return fail(code === 'ENOENT' || code === 'ENOTDIR' ? 'there is no such file' : code === 'EACCES' || code === 'EPERM' ? 'permission denied' : (code ?? 'unknown error'));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('it is not UTF-8');
  }
}

const syntaxSentences: Readonly<Record<string, string>> = {
  CommaExpected: 'a comma is missing',
  ColonExpected: 'a colon is missing',
  CloseBraceExpected: 'a } is missing',
  CloseBracketExpected: 'a ] is missing',
  PropertyNameExpected: 'a name in double quotes is missing',
  ValueExpected: 'a value is missing',
  EndOfFileExpected: 'there is more text after the end',
  InvalidSymbol: 'this is neither a value nor a name in double quotes',
  InvalidNumberFormat: 'this is not a number',
  InvalidCommentToken: 'comments are not allowed here',
  UnexpectedEndOfComment: 'a comment has no end',
  UnexpectedEndOfString: 'a string has no closing quote',
  UnexpectedEndOfNumber: 'a number ends too early',
  InvalidUnicode: 'a \\u escape needs four hex digits',
  InvalidEscapeCharacter: 'this escape does not exist in JSON',
  InvalidCharacter: 'control characters have to be escaped in JSON',
};

/** Text to syntax tree. Refuses names that stand twice in one object (which of the two counts would be a guess) and names that are no text. */
function parse(text: string, source: Text): Node {
  const tooDeep = firstTooDeep(text);
  if (tooDeep !== undefined) throw new PolicyError('lists and objects are nested too deep', placeAt(tooDeep, 1, source));
  if (text.trim() === '') throw new PolicyError('the file is empty', placeAt(0, 0, source));
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: !source.isStrict, disallowComments: source.isStrict });
  const [error] = errors;
  if (error) throw new PolicyError(syntaxSentences[printParseErrorCode(error.error)] ?? 'this is not JSON', placeAt(error.offset, error.length, source));
  if (!tree) throw new PolicyError('there is nothing but comments', placeAt(0, 0, source));
  refuseBadNames(tree, source);
  return tree;
}

/** jsonc-parser's SyntaxKind: braces 1 and 2, brackets 3 and 4, end of file 17. A const enum, which single-file compilers cannot look into. */
const tokens: { readonly opening: readonly number[]; readonly closing: readonly number[]; readonly end: number } = { opening: [1, 3], closing: [2, 4], end: 17 };

/** The parser calls itself for each level; so many levels that it could not come back are no policy. */
function firstTooDeep(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token: number = scanner.scan(); token !== tokens.end; token = scanner.scan()) {
    if (tokens.opening.includes(token) && ++depth > maxDepth) return scanner.getTokenOffset();
    if (tokens.closing.includes(token)) depth--;
  }
  return undefined;
}

function refuseBadNames(node: Node, source: Text): void {
  const names = new Set<unknown>();
  for (const child of node.children ?? []) {
    const name = node.type === 'object' ? child.children?.[0] : undefined;
    if (name && /\p{Cs}/u.test(String(name.value))) throw new PolicyError('a \\u escape in this name is half of a character', placeOf(name, source));
    if (name && names.has(name.value)) throw new PolicyError(`${JSON.stringify(name.value)} is written twice`, placeOf(name, source));
    names.add(name?.value);
    refuseBadNames(child, source);
  }
}

/** A tree's value. Every name becomes an own property, `__proto__` too, so that the schema sees it. */
function valueOf(node: Node): unknown {
  switch (node.type) {
    case 'object': return Object.fromEntries((node.children ?? []).map((property) => [String(property.children?.[0]?.value), property.children?.[1] ? valueOf(property.children[1]) : null]));
    case 'array': return (node.children ?? []).map(valueOf);
    default: return node.value;
  }
}

const schemas = new WeakMap<readonly AnyRule[], JsonSchema>();

function validate(node: Node, source: Text, rules: readonly AnyRule[]): PolicyDocument {
  // Names of presets are looked up when they are loaded: no schema needs to know them here.
  const schema = schemas.get(rules) ?? policySchema(rules, []);
  schemas.set(rules, schema);
  const value = valueOf(node);
  const { errors } = new Validator(schema, '7', false).validate(value);
  // What a branch says about something deep inside is nearer to the mistake than that no branch fits.
  const flaws = errors.flatMap((unit, i) => Object.hasOwn(sentences, unit.keyword) ? [flawOf(unit, errors[i - 1], node, value, schema)] : []);
  const deepest = flaws.reduce((most, { segments }) => Math.max(most, segments.length), 0);
  const [flaw] = flaws.filter(({ segments }) => segments.length === deepest).sort((a, b) => a.node.offset - b.node.offset);
  if (flaw) throw new PolicyError(sentenceFor(flaw), placeOf(flaw.node, source));
  return value as PolicyDocument;
}

/** One way in which a document misses its schema. */
interface Flaw {
  readonly keyword: string;
  /** From the document's top to what is wrong. */
  readonly segments: readonly (string | number)[];
  readonly node: Node;
  readonly value: unknown;
  /** The schema object that holds the keyword. */
  readonly schema: JsonSchema;
  readonly error: string;
}

function flawOf({ keyword, instanceLocation, keywordLocation, error }: OutputUnit, before: OutputUnit | undefined, root: Node, document: unknown, schema: JsonSchema): Flaw {
  let value = document;
  const segments = pointerSegments(instanceLocation).map((segment) => {
    const step = Array.isArray(value) ? Number(segment) : segment;
    value = (value as Record<string | number, unknown>)[step];
    return step;
  });
  const at = findNodeAtLocation(root, segments) ?? root;
  // A name that should not be there is what is wrong, not its value.
  const node = keyword === 'false' && at.parent?.type === 'property' ? at.parent.children?.[0] ?? at : at;
  // The schema `false` does not say where it stands; the `additionalProperties` that holds it is reported right before it.
  const location = keyword === 'false' && before ? before.keywordLocation : keywordLocation;
  return { keyword, segments, node, value, schema: schemaAt(schema, pointerSegments(location).slice(0, -1)), error };
}

/** RFC 6901, 3, as a URI fragment. */
function pointerSegments(pointer: string): readonly string[] {
  return pointer.split('/').slice(1).map((segment) => decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Follows a keyword location, through `$ref` where it leads through one. */
function schemaAt(schema: JsonSchema, steps: readonly string[]): JsonSchema {
  let here: unknown = schema;
  for (const step of steps) {
    const next: unknown = (here as Record<string, unknown> | undefined)?.[step];
    here = step === '$ref' && typeof next === 'string' ? schemaAt(schema, next.split('/').slice(1)) : next;
  }
  return (here ?? {}) as JsonSchema;
}

const typeWords: Readonly<Record<string, string>> = {
  object: 'an object', array: 'a list', string: 'a string', integer: 'a whole number', boolean: 'true or false',
};

/** What is meant by a place in the document. */
function subjectOf({ segments }: Flaw): string {
  const entry = ruleEntryOf(segments);
  if (entry && entry.rest.length >= 2) return `option "${entry.rest[1]}" of ${entry.id}`;
  if (entry?.rest.length === 1) return `the second item of an entry for ${entry.id}, its options,`;
  const names = segments.filter((segment) => typeof segment === 'string');
  const name = names.at(-1);
  if (name === undefined) return 'a policy';
  return typeof segments.at(-1) === 'number' ? `an entry of "${name}"` : `"${name}"`;
}

/** The rule that a place in `rules` or `overrides[n].rules` is about, and the way on from its entry. */
function ruleEntryOf(segments: readonly (string | number)[]): { readonly id: string; readonly rest: readonly (string | number)[] } | undefined {
  const start = segments[0] === 'rules' ? 1 : segments[0] === 'overrides' && segments[2] === 'rules' ? 3 : undefined;
  const id = start === undefined ? undefined : segments[start];
  return id === undefined ? undefined : { id: String(id), rest: segments.slice(start! + 1) };
}

function nearest(word: unknown, candidates: readonly unknown[]): string {
  const near = typeof word === 'string' ? didYouMean(word, candidates.filter((candidate) => typeof candidate === 'string')) : undefined;
  return near === undefined ? '' : `: did you mean "${near}"?`;
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function severitySentence({ value }: Flaw): string {
  if (Array.isArray(value)) return 'an entry for a rule is a severity, or [severity, options]';
  return `${quoted(value)} is not a severity${nearest(value, ['off', 'warn', 'error']) || ': write "off", "warn" or "error", or [severity, options]'}`;
}

function sentenceFor(flaw: Flaw): string {
  if (flaw.segments[0] === 'extends') return '"extends" takes the name of a preset, the path of a file, or a list of these';
  return sentences[flaw.keyword]!(flaw);
}

/** A plain sentence for each way of missing the schema; what is not listed only repeats, on the way out, that something inside is wrong. */
const sentences: Readonly<Record<string, (flaw: Flaw) => string>> = {
  false(flaw) {
    const name = flaw.segments.at(-1);
    const entry = ruleEntryOf(flaw.segments);
    const candidates = Object.keys((flaw.schema['properties'] ?? {}));
    const hint = nearest(name, candidates);
    if (entry?.rest.length === 0) return `there is no rule "${name}"${hint}`;
    if (entry) return `${entry.id} has no option "${name}"${hint || `; it has ${candidates.length > 0 ? candidates.join(', ') : 'none'}`}`;
    return `"${name}" is not a setting here${hint || `; there are ${candidates.filter((candidate) => candidate !== '$schema').join(', ')}`}`;
  },
  type(flaw) {
    const entry = ruleEntryOf(flaw.segments);
    if (entry?.rest.length === 0) return severitySentence(flaw);
    return `${subjectOf(flaw)} must be ${typeWords[String(flaw.schema['type'])] ?? String(flaw.schema['type'])}`;
  },
  enum(flaw) {
    const entry = ruleEntryOf(flaw.segments);
    if (entry && entry.rest.length <= 1) return severitySentence(flaw);
    const values = (flaw.schema['enum'] ?? []) as readonly unknown[];
    const list = values.slice(0, 12).map((value) => JSON.stringify(value)).join(', ') + (values.length > 12 ? ', ...' : '');
    return `${subjectOf(flaw)} cannot be ${quoted(flaw.value)}${nearest(flaw.value, values) || `; it takes ${list}`}`;
  },
  pattern(flaw) {
    if (flaw.segments.at(-1) === 'fingerprint') return `${quoted(flaw.value)} is not a fingerprint: write it as keylint prints it, SHA256: and 43 characters, or spki:, container: or digest: and 64 hex digits`;
    if (flaw.segments.at(-1) === 'expires') return `${quoted(flaw.value)} is not a day: write YYYY-MM-DD`;
    return `${subjectOf(flaw)} must not be empty`;
  },
  required: ({ error, value, segments }) => `${segments[0] === 'allow' ? 'a key that is allowed' : 'an override'} needs ${/"[^"]*"/.exec(error)?.[0] ?? 'more'}${typeof value === 'object' && value !== null && Object.keys(value).length > 0 ? ' too' : ''}`,
  minLength: (flaw) => `${subjectOf(flaw)} must not be empty`,
  minItems: (flaw) => `${subjectOf(flaw)} must not be empty: write a severity, or [severity, options]`,
  maxItems: (flaw) => `${subjectOf(flaw)} has too many items: write a severity, or [severity, options]`,
  minimum: (flaw) => `${subjectOf(flaw)} must be at least ${String(flaw.schema['minimum'])}`,
  maximum: (flaw) => `${subjectOf(flaw)} must be at most ${String(flaw.schema['maximum'])}`,
  uniqueItems: (flaw) => `${subjectOf(flaw)} has the same item twice`,
};

function placeOf(node: Node, source: Text): Place {
  return placeAt(node.offset, node.length, source);
}

function placeAt(offset: number, length: number, { text, path }: Text): Place {
  const [line, column] = lineAndColumn(text, offset);
  const [endLine, endColumn] = lineAndColumn(text, offset + length);
  return { path, line, column, endLine, endColumn };
}

function lineAndColumn(text: string, offset: number): readonly [number, number] {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return [before.length, before.at(-1)!.length + 1];
}

/** A path as people see it: relative to where they are, when it lies below. */
function shown(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') || isAbsolute(short) ? path : short;
}

function anyOf(matchers: readonly ((path: string) => boolean)[]): (path: string) => boolean {
  return (path) => matchers.some((matches) => matches(path));
}

/** Whether absolute paths match a glob that counts from a folder. Throws a PolicyError when it is none. */
export function globMatcher(glob: string, root: string): (path: string) => boolean {
  return compile(glob, root, () => undefined);
}

/**
 * A glob as a function of absolute paths. It counts from `root`; `/...` counts from the root of the file system and `~/...` from the home folder.
 * A path outside of `root` is matched by globs that begin with `**`, from the root of the file system down.
 */
function compile(written: string, root: string, place: () => Place | undefined): (path: string) => boolean {
  let base = root;
  let glob = written;
  if (glob.startsWith('~/')) [base, glob] = [homedir(), glob.slice(2)];
  else if (glob.startsWith('/')) [base, glob] = ['/', glob.slice(1)];
  for (let up = /^\.{1,2}\//.exec(glob); up; up = /^\.{1,2}\//.exec(glob)) [base, glob] = [join(base, up[0]), glob.slice(up[0].length)];
  let matches: (path: string) => boolean;
  try {
    // A dot in front of a name makes it no less a key.
    matches = picomatch(glob, { dot: true });
  } catch {
    throw new PolicyError(`${quoted(written)} is not a glob`, place());
  }
  return (path) => {
    const inside = relative(base, path).replaceAll('\\', '/');
    if (inside !== '..' && !inside.startsWith('../') && !isAbsolute(inside)) return inside !== '' && matches(inside);
    return glob.startsWith('**') && matches(path.replaceAll('\\', '/').replace(/^\/+/, ''));
  };
}
