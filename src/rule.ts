import type { Severity, Fix } from './finding.ts';
import type { Command, FileLine, JudgedFile, Key } from './key.ts';

/** A citation: where a rule's judgement comes from. */
export interface Source {
  /** The document and section: `NIST SP 800-57 Part 1 Rev. 5, 5.6.1`. */
  readonly title: string;
  readonly url: string;
}

/** A rule option, as the JSON Schema fragment that validates it and documents it. `default` is required: a rule works unconfigured. */
export type OptionSchema =
  | { readonly type: 'integer'; readonly description: string; readonly default: number; readonly minimum?: number; readonly maximum?: number }
  | { readonly type: 'boolean'; readonly description: string; readonly default: boolean }
  | { readonly type: 'string'; readonly description: string; readonly default: string; readonly enum?: readonly string[] }
  | { readonly type: 'array'; readonly description: string; readonly default: readonly string[]; readonly items: { readonly type: 'string'; readonly enum?: readonly string[] } };

export type OptionSchemas = Readonly<Record<string, OptionSchema>>;

type OptionValue<S extends OptionSchema> =
  S extends { type: 'integer' } ? number
  : S extends { type: 'boolean' } ? boolean
  : S extends { type: 'string'; enum: readonly (infer E)[] } ? E
  : S extends { type: 'string' } ? string
  : S extends { type: 'array'; items: { enum: readonly (infer E)[] } } ? readonly E[]
  : readonly string[];

/** The options object a rule is given: every option present, defaults filled in. */
export type Options<O extends OptionSchemas> = { readonly [name in keyof O]: OptionValue<O[name]> };

/**
 * What a rule can say. Both texts are templates with `{placeholders}`.
 * Always filled in: `{key}` names the key (type, size, protection; not in what is said of a file), `{path}` the file as text, `{file}` the file quoted for a shell,
 * `{folder}` the folder it lies in quoted for a shell, `{fingerprint}` the key's public name. Any other placeholder must be in the problem's data.
 */
export interface Message {
  /** One plain sentence without a full stop. */
  readonly text: string;
  /** What to do, as a command to paste where there is one. */
  readonly help: string;
}

export type Messages = Readonly<Record<string, Message>>;

type Given = 'key' | 'path' | 'file' | 'folder' | 'fingerprint';
type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholders<Rest> : never;
type DataFor<M extends Message> = Exclude<Placeholders<M['text']> | Placeholders<M['help']>, Given>;

/** What a rule returns: which message, and the values of its own placeholders. The compiler knows both from `meta.messages`. */
export type Problem<M extends Messages = Messages> = {
  [Id in keyof M & string]: { readonly messageId: Id; readonly fix?: Fix; readonly atMost?: 'note' | 'warn' } & ([DataFor<M[Id]>] extends [never]
    ? { readonly data?: undefined }
    : { readonly data: { readonly [name in DataFor<M[Id]>]: string | number } });
}[keyof M & string];

export interface RuleMeta<M extends Messages = Messages, O extends OptionSchemas = OptionSchemas> {
  /** Kebab-case, the same as the file's name. */
  readonly id: string;
  readonly type: 'problem' | 'suggestion';
  readonly docs: {
    /** One line for lists. */
    readonly description: string;
    /** Why it matters, for `keylint explain`. */
    readonly why: string;
    /** How to mend it, for `keylint explain`. */
    readonly fix: string;
    readonly sources: readonly [Source, ...Source[]];
    /** Severity under `keylint:recommended`: a MUST of its source gives `error`, a SHOULD gives `warn`. */
    readonly recommended: Severity;
  };
  readonly messages: M;
  readonly options: O;
}

/** A judgement. Pure: the same keys and options give the same problems. */
export interface Rule<M extends Messages = Messages, O extends OptionSchemas = OptionSchemas> {
  readonly meta: RuleMeta<M, O>;
  /** Judges one key by itself. */
  checkKey?(key: Key, options: Options<O>): Problem<M> | undefined;
  /** Judges a file of OpenSSH's by its place and facts, whether there are keys in it or not. */
  checkFile?(file: JudgedFile, options: Options<O>): Problem<M> | undefined;
  /** Judges one line of a file that OpenSSH reads line by line: a directive, or a line it has no use for. */
  checkLine?(line: FileLine, file: JudgedFile, options: Options<O>): Problem<M> | undefined;
  /** Judges one command that stands in a file; `judge` says what another rule, as it is set there, says of a key. */
  checkCommand?(command: Command, file: JudgedFile, options: Options<O>, judge: Judge): Problem<M> | undefined;
  /** Judges keys against each other, and against what such files say; at most one problem per key. */
  checkAll?(keys: readonly Key[], options: Options<O>, files: readonly JudgedFile[]): readonly (Problem<M> & { readonly key: Key })[];
}

/** A rule with its types forgotten, as lists of rules hold it. */
export interface AnyRule {
  readonly meta: RuleMeta;
  checkKey?(key: Key, options: never): AnyProblem | undefined;
  checkFile?(file: JudgedFile, options: never): AnyProblem | undefined;
  checkLine?(line: FileLine, file: JudgedFile, options: never): AnyProblem | undefined;
  checkCommand?(command: Command, file: JudgedFile, options: never, judge: Judge): AnyProblem | undefined;
  checkAll?(keys: readonly Key[], options: never, files: readonly JudgedFile[]): readonly (AnyProblem & { readonly key: Key })[];
}

export interface AnyProblem {
  readonly messageId: string;
  readonly data?: Readonly<Record<string, string | number>> | undefined;
  readonly fix?: Fix;
  /** A severity that the finding has at most, however the rule is set. */
  readonly atMost?: 'note' | 'warn';
}

/** What the rule of an id says of a key, as it is set for a file; nothing where it is off. So that a number of the policy stands in one place. */
export type Judge = (id: string, key: Key) => AnyProblem | undefined;

/** Types a rule from its own `meta`. */
export function defineRule<const M extends Messages, const O extends OptionSchemas>(rule: Rule<M, O>): Rule<M, O> {
  return rule;
}
