import type { Action, SaidAt } from '../key.ts';
import type { Script, ShellCommand, ShellWord } from './shell.ts';

/** What one command does. */
export interface Reading {
  /** For people: `ssh-keygen`, `openssl genrsa`. */
  readonly tool: string;
  readonly does: Action;
  /** Words of the command, by their indexes, that hold a secret, and what to show for each. Index 0 is the program. */
  readonly secrets?: ReadonlyMap<number, string>;
  /** The word that the passphrase it tells is in. */
  readonly told?: number;
}

/** A program, by the table of its options. One file each in `tools/`, one line in that folder's `index.ts`. */
export interface Tool {
  readonly names: readonly string[];
  /** What it does with keys; nothing where that is not sure. Never throws. */
  read(command: ShellCommand, script: Script): readonly Reading[];
}

/** An option as it was found. Indexes count the program as 0. */
export interface Option {
  readonly name: string;
  readonly value?: ShellWord;
  readonly first: number;
  readonly last: number;
  /** With `{}` where the value stands. */
  readonly form: string;
}

export interface ParsedOptions {
  readonly options: readonly Option[];
  /** Words that are no options, by their indexes. */
  readonly operands: readonly { readonly word: ShellWord; readonly index: number }[];
  /** A variable may stand for more options. */
  readonly isOpen: boolean;
}

/** Options of one letter as getopt(3) reads them: `b:` has a value, which may be attached. Stops at the first operand only where `isStrict`. */
export function getopt(args: readonly ShellWord[], letters: string, isStrict = false): ParsedOptions {
  const options: Option[] = [];
  const operands: { word: ShellWord; index: number }[] = [];
  let isOpen = false;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word.isOpen) isOpen = true;
    if (!/^-./.test(word.value) || word.value === '--' || !word.isKnown && !/^["']?-\w/.test(word.text)) {
      if (word.value === '--') {
        args.slice(i + 1).forEach((rest, j) => operands.push({ word: rest, index: i + 2 + j }));
        break;
      }
      operands.push({ word, index: i + 1 });
      if (isStrict) break;
      continue;
    }
    for (let at = 1; at < word.value.length; at++) {
      const name = word.value[at]!;
      const found = letters.indexOf(name);
      if (found < 0 || letters[found + 1] !== ':') {
        options.push({ name, first: i + 1, last: i + 1, form: word.value });
        continue;
      }
      const before = word.value.slice(0, at + 1);
      if (at + 1 < word.value.length) options.push({ name, value: { ...word, value: word.value.slice(at + 1) }, first: i + 1, last: i + 1, form: `${before}{}` });
      else if (args[i + 1]) options.push({ name, value: args[++i]!, first: i, last: i + 1, form: `${before} {}` });
      break;
    }
  }
  return { options, operands, isOpen };
}

/** Options written out, with one dash or two: those in `withValue` have one, behind `=` or as the next word. */
export function longOptions(args: readonly ShellWord[], withValue: ReadonlySet<string>, normal: (name: string) => string = (name) => name): ParsedOptions {
  const options: Option[] = [];
  const operands: { word: ShellWord; index: number }[] = [];
  let isOpen = false;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word.isOpen) isOpen = true;
    const [, written, assigned] = /^(--?[A-Za-z0-9][\w-]*)(?:=([^]*))?$/.exec(word.value) ?? [];
    if (written === undefined || !word.isKnown && assigned === undefined) {
      operands.push({ word, index: i + 1 });
      continue;
    }
    const name = normal(written.replace(/^--?/, ''));
    if (assigned !== undefined) options.push({ name, value: { ...word, value: assigned }, first: i + 1, last: i + 1, form: `${written}={}` });
    else if (withValue.has(name) && args[i + 1]) options.push({ name, value: args[++i]!, first: i, last: i + 1, form: `${written} {}` });
    else options.push({ name, first: i + 1, last: i + 1, form: written });
  }
  return { options, operands, isOpen };
}

/** The last of several options of a name counts. */
export function lastOf({ options }: ParsedOptions, ...names: readonly string[]): Option | undefined {
  return options.findLast(({ name }) => names.includes(name));
}

/** What is shown in the place of a secret: a variable says none, wherever it comes from. */
const isVariable = /^(?:\$\w+|\$\{\w+\}|\$?\{\{[-\s\w.]*\}\}|<[A-Za-z][\w .,|/-]*>)?$/;

/**
 * The words in which options of these names have their values, by their indexes, and what to show for each. Of several of a name every one counts: the first is as
 * secret as the last. With `prefix` only values that begin so, which is shown.
 */
export function maskedSecrets({ options }: ParsedOptions, names: readonly string[], prefix = ''): ReadonlyMap<number, string> {
  return new Map(options.flatMap(({ name, value, first, last, form }) => {
    if (!names.includes(name) || !value?.value.startsWith(prefix)) return [];
    const before = (first === last ? form.slice(0, form.indexOf('{}')) : '') + prefix;
    const written = value.text.replaceAll('"', '');
    return isVariable.test(written.startsWith(before) ? written.slice(before.length) : written) ? [] : [[last, `${before}...`] as const];
  }));
}

export function said(option: Option | undefined): SaidAt | undefined {
  return option && { first: option.first, last: option.last, form: option.form };
}

/** A whole number that is surely the value of a word. */
export function numberIn(word: ShellWord | undefined): number | undefined {
  return word?.isKnown && /^\d{1,6}$/.test(word.value) ? Number(word.value) : undefined;
}

/** The properties that are there. */
export function present<T extends object>(object: T): { [name in keyof T]?: Exclude<T[name], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}

/** Nobody is there to answer a question: something stands on the command's standard input. */
export function hasInput({ reads, input, redirections }: ShellCommand): boolean {
  return reads !== undefined || input !== undefined || redirections.some(({ from, operator }) => from === 0 && operator.startsWith('<'));
}
