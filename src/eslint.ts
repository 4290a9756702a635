/**
 * The rules as a plugin of ESLint 10 and later, which is a host: it hands over texts, keylint finds and judges the keys.
 *
 *     import keylint from 'keylint/eslint';
 *     export default [...keylint.configs.recommended];
 *
 * ESLint shows one text at a time, without the facts of its file. So every file is taken for project source that git tracks, rules that compare
 * files see one file, rules that ask for owner and mode have nothing to say, and binary files (DER, PKCS#12) are for the command line.
 */
import { isAbsolute, relative } from 'node:path';
import type { ESLint, Linter, Rule } from 'eslint';
import { rules } from '../rules/index.ts';
import { check } from './check.ts';
import { examine } from './detect.ts';
import { readRecipe } from './recipes/index.ts';
import type { FileFacts, JudgedFile, Key } from './key.ts';
import { baseSettings, type Allowed, type Policy, type Setting } from './policy.ts';
import type { AnyRule } from './rule.ts';
import { printable } from './terminal.ts';
import { version } from './version.ts';

type Language = NonNullable<ESLint.Plugin['languages']>[string];
interface Location { readonly line: number; readonly column: number }

/** The text of a key file as ESLint traverses it: a root that has the keys as children. Lines count from 1, columns from 0, as in ESTree. */
interface KeyNode { readonly type: 'Key'; readonly key: Key; readonly range: readonly [number, number]; readonly loc: { readonly start: Location; readonly end: Location } }
interface KeyFile { readonly type: 'KeyFile'; readonly keys: readonly KeyNode[]; readonly range: readonly [number, number]; readonly loc: { readonly start: Location; readonly end: Location } }

/** What there is to judge in a text: keys, and where it is one of OpenSSH's lists of keys, the lines without any. */
interface Contents { readonly keys: readonly Key[]; readonly files: readonly JudgedFile[] }

function contentsOf(text: string, path: string): Contents {
  const file: FileFacts = { origin: 'file', tracked: true, now: Date.now(), ...isAbsolute(path) && { absolutePath: path } };
  const bytes = Buffer.from(text);
  const { keys, ...read } = examine({ path, bytes, facts: () => file });
  const recipe = readRecipe(isAbsolute(path) ? relative(process.cwd(), path) : path, bytes);
  return { keys, files: [...read.lines ? [{ path, file, ...read }] : [], ...recipe ? [{ path, file, ...recipe }] : []] };
}

/** Where lines begin, as keys count them: after LF, or after CR in a text without any. */
function lineStarts(text: string): readonly number[] {
  const breaker = text.includes('\n') ? '\n' : '\r';
  const starts = [0];
  for (let at = text.indexOf(breaker); at >= 0; at = text.indexOf(breaker, at + 1)) starts.push(at + 1);
  return starts;
}

/** The index in the text of a line and column of a key. Its columns count characters, JavaScript's strings count UTF-16 units. */
function indexOf(text: string, starts: readonly number[], line: number, column: number): number {
  let index = starts[line - 1] ?? text.length;
  for (let left = column - 1; left > 0 && index < text.length; left--) index += text.codePointAt(index)! > 0xffff ? 2 : 1;
  return Math.min(index, text.length);
}

/** A text under the language `keylint/keys`. */
class KeySourceCode {
  readonly text: string;
  readonly ast: KeyFile;
  readonly contents: Contents;
  private readonly starts: readonly number[];

  constructor(text: string, contents: Contents) {
    this.text = text;
    this.contents = contents;
    this.starts = lineStarts(text);
    const node = <T extends string>(type: T, start: number, end: number) => ({ type, range: [start, end] as const, loc: { start: this.getLocFromIndex(start), end: this.getLocFromIndex(end) } });
    const nodes = contents.keys.map((key) => ({ ...node('Key', indexOf(text, this.starts, key.line, key.column), indexOf(text, this.starts, key.endLine, key.endColumn)), key }));
    this.ast = { ...node('KeyFile', 0, text.length), keys: nodes };
  }

  get lines(): readonly string[] {
    return this.starts.map((start, i) => this.text.slice(start, this.starts[i + 1]).replace(/[\r\n]+$/, ''));
  }

  getText(node?: KeyNode | KeyFile): string {
    return node ? this.text.slice(...node.range) : this.text;
  }

  getLoc(node: KeyNode | KeyFile): KeyNode['loc'] {
    return node.loc;
  }

  getRange(node: KeyNode | KeyFile): KeyNode['range'] {
    return node.range;
  }

  getLocFromIndex(index: number): Location {
    let line = this.starts.length;
    while (line > 1 && this.starts[line - 1]! > index) line--;
    return { line, column: index - this.starts[line - 1]! };
  }

  getIndexFromLoc({ line, column }: Location): number {
    return (this.starts[line - 1] ?? this.text.length) + column;
  }

  /** Enters and leaves the root around its keys: ESLint's traversal steps of kind 1 (a node), phase 1 and 2. */
  * traverse(): Iterable<{ kind: 1; target: KeyNode | KeyFile; phase: 1 | 2; args: readonly unknown[] }> {
    yield { kind: 1, target: this.ast, phase: 1, args: [this.ast, undefined] };
    for (const node of this.ast.keys) for (const phase of [1, 2] as const) yield { kind: 1, target: node, phase, args: [node, this.ast] };
    yield { kind: 1, target: this.ast, phase: 2, args: [this.ast, undefined] };
  }
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString();
}

/** Any text in which keys are looked for: `.pem`, `id_ed25519`, `.ppk`, `.pub`, `.env`. */
const keys = {
  fileType: 'text',
  lineStart: 1,
  columnStart: 0,
  nodeTypeKey: 'type',
  visitorKeys: { KeyFile: ['keys'], Key: [] },
  validateLanguageOptions() { /* There are none. */ },
  parse({ body, physicalPath }) {
    return { ok: true, ast: contentsOf(textOf(body), physicalPath) };
  },
  createSourceCode({ body }, { ast }) {
    return new KeySourceCode(textOf(body), ast as Contents) as never;
  },
} satisfies Language as Language;

/** The contents of each text, found once for all rules. */
const found = new WeakMap<object, Contents>();

function foundIn({ sourceCode, physicalFilename }: Rule.RuleContext): Contents {
  const known = found.get(sourceCode);
  if (known) return known;
  const host: unknown = sourceCode;
  const contents = host instanceof KeySourceCode ? host.contents : contentsOf(sourceCode.text, physicalFilename);
  found.set(sourceCode, contents);
  return contents;
}

/** `settings: { keylint: { allow: ['SHA256:...'] } }` names keys that are excused wherever they lie. */
function allowedBy({ settings, physicalFilename }: Rule.RuleContext): readonly Allowed[] {
  const list = (settings['keylint'] as { allow?: unknown } | undefined)?.allow ?? [];
  if (!Array.isArray(list) || !list.every((name) => typeof name === 'string')) throw new TypeError('settings.keylint.allow: expected an array of fingerprints');
  const place = { path: physicalFilename, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return list.map((fingerprint: string) => ({ fingerprint, reason: 'settings.keylint.allow', isExpired: false, place }));
}

/** What rules are asked by that judge the key a command makes: each by the options it comes with, since ESLint shows a rule its own only. */
const judging: readonly (readonly [id: string, setting: Setting])[] = [...baseSettings(rules)].map(([id, setting]) => [id, { ...setting, severity: 'error' }]);

function adapt(rule: AnyRule): Rule.RuleModule {
  const { id, type, docs, options } = rule.meta;
  const defaults = Object.fromEntries(Object.entries(options).map(([name, { default: value }]) => [name, value]));
  return {
    meta: {
      type,
      docs: { description: docs.description, url: docs.sources[0].url, recommended: docs.recommended !== 'off' },
      schema: [{ type: 'object', properties: { ...options }, additionalProperties: false }] as NonNullable<Rule.RuleMetaData['schema']>,
      defaultOptions: [defaults],
      languages: ['*'],
    },
    create(context) {
      const { sourceCode } = context;
      const judge = (): void => {
        const { keys, files } = foundIn(context);
        if (keys.length === 0 && files.length === 0) return;
        const policy: Policy = {
          cwd: context.cwd, base: new Map([...judging, [id, { severity: 'error', options: { ...defaults, ...context.options[0] as object } }]]), layers: [], ignores: [], allow: allowedBy(context),
        };
        const starts = lineStarts(sourceCode.text);
        // In the text's own language, whose lines and columns may begin at 0 or at 1.
        const locate = (line: number, column: number): Location => sourceCode.getLocFromIndex(indexOf(sourceCode.text, starts, line, column));
        for (const { message, line, column, endLine, endColumn } of check(keys, policy, [rule], files, rules).findings) {
          // The sentence alone: the help speaks of the command line and of its policy file.
          context.report({ message: '{{text}}', data: { text: `${printable(message)}.` }, loc: { start: locate(line, column), end: locate(endLine, endColumn) } });
        }
      };
      // The root is called Program, Document, root, StyleSheet ...: each language has its own word.
      const root: unknown = (sourceCode.ast as { type?: unknown }).type;
      if (typeof root === 'string' && /^\w+$/.test(root)) return { [root]: (node: unknown) => { if (node === sourceCode.ast) judge(); } };
      let judged = false;
      return { '*': () => { if (!judged) judge(); judged = true; } };
    },
  };
}

/** Names under which keys are kept as text; `id_*` without an extension, since `id_mapper.js` is a program. */
const keyFiles = ['**/*.{pem,key,ppk,pub,p8,pk8,crt,cer}', '**/id_!(*.*)', '**/ssh_host_!(*.*)_key', '**/authorized_keys', '**/known_hosts'];

const recommendedRules: Linter.RulesRecord = Object.fromEntries(rules
  // ESLint has no notes.
  .flatMap(({ meta: { id, docs: { recommended } } }) => (recommended === 'warn' || recommended === 'error' ? [[`keylint/${id}`, recommended] as const] : [])));

const plugin = {
  meta: { name: 'keylint', version, namespace: 'keylint' },
  languages: { keys },
  rules: Object.fromEntries(rules.map((rule) => [rule.meta.id, adapt(rule)])),
  configs: {} as { recommended: Linter.Config[] },
} satisfies ESLint.Plugin;

plugin.configs.recommended = [
  // Whatever else is linted, in its own language: JavaScript, JSON, Markdown, CSS.
  { name: 'keylint/recommended', plugins: { keylint: plugin }, rules: recommendedRules },
  { name: 'keylint/recommended/key-files', files: keyFiles, plugins: { keylint: plugin }, language: 'keylint/keys' },
];

export default plugin;
