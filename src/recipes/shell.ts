import { forEachChild, parse, type Command as CommandNode, type Pipeline, type SyntaxNode, type Word } from 'unbash';
import { countBefore } from '../sorted.ts';

/**
 * Shell as a list of simple commands with their words, pipes and redirections. Parsing is left to a package: quotes, continuations, substitutions and
 * here-documents nest in each other. What texts for people have in the place of a value (`<path>`, `{{ size }}`) is made a variable before.
 */
export interface ShellWord {
  /** What the command is given. */
  readonly value: string;
  /** Whether `value` is all of it: no variable, pattern or substitution is in it. */
  readonly isKnown: boolean;
  /** As it is written. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Names of the variables in it. */
  readonly variables: readonly string[];
  /** Something may become several words, or none. */
  readonly isOpen: boolean;
}

export interface Redirection {
  readonly operator: string;
  readonly target?: ShellWord;
  /** 0, 1 or 2 where it is written or goes without saying. */
  readonly from: number;
}

export interface ShellCommand {
  /** The program's name without its folder, and without what runs it (`sudo`, `env`): empty for assignments and what is not known. */
  readonly name: string;
  /** Behind the name. */
  readonly args: readonly ShellWord[];
  readonly start: number;
  readonly end: number;
  /** Of the word that is the name. */
  readonly nameWord?: ShellWord;
  readonly redirections: readonly Redirection[];
  readonly assignments: readonly { readonly name: string; readonly value: string; readonly isKnown: boolean; readonly variables: readonly string[] }[];
  /** What stands in a here-document or here-string for it, and where. */
  readonly input?: { readonly text: string; readonly start: number } | undefined;
  /** The commands before and behind it in its pipeline; `other` for loops, groups and the like. */
  readonly reads?: ShellCommand | 'other';
  readonly feeds?: ShellCommand | 'other';
  /** What it prints goes into a word of another command, or the group it stands in is redirected. */
  readonly isCaptured: boolean;
  /** The process that it runs in: what it sets holds for the commands behind it whose scope begins with its own. */
  readonly scope: string;
}

export interface Script {
  /** In the order in which they stand there. */
  readonly commands: readonly ShellCommand[];
}

/** The process that a command runs in, and those around it. */
export function scopesOf({ scope }: ShellCommand): readonly string[] {
  return ['', ...Array.from(scope.matchAll(/\./g), ({ index }) => scope.slice(0, index + 1))];
}

/** Deeper nesting is no script that people wrote. */
const MAX_DEPTH = 60;

export function readShell(source: string): Script {
  const text = withVariables(source);
  const found: Draft[] = [];
  const changing = changingVariables(text);
  const variables = new Variables();
  let scopes = 0;

  function visit(node: SyntaxNode, isCaptured: boolean, scope: string, depth: number): void {
    if (depth > MAX_DEPTH) return;
    if (node.type === 'Command') {
      found.push(draft(node, isCaptured, scope));
      // Most have nothing inside that runs.
      if (!node.redirects.some(({ type }) => type === 'HereDoc') && !/[`(]/.test(text.slice(node.pos, node.end))) return;
    }
    if (node.type === 'Pipeline') pipeline(node, isCaptured, scope, depth);
    else {
      const isOut = isCaptured || node.type === 'CommandExpansion' || node.type === 'ProcessSubstitution' || node.type === 'Redirected' && node.redirects.some(({ operator }) => operator.startsWith('>') || operator.startsWith('&>'));
      const inner = node.type === 'CommandExpansion' || node.type === 'ProcessSubstitution' || node.type === 'Subshell' ? `${scope}${++scopes}.` : scope;
      forEachChild(node, (child) => visit(child, isOut, inner, depth + 1));
    }
  }

  function pipeline({ commands }: Pipeline, isCaptured: boolean, scope: string, depth: number): void {
    const stages = commands.map((stage) => {
      const before = found.length;
      visit(stage, isCaptured, scope, depth + 1);
      return stage.type === 'Command' ? found[before] : undefined;
    });
    stages.forEach((stage, i) => {
      if (!stage) return;
      if (i > 0) stage.reads = stages[i - 1] ?? 'other';
      if (i < stages.length - 1) stage.feeds = stages[i + 1] ?? 'other';
    });
  }

  function draft(node: CommandNode, isCaptured: boolean, scope: string): Draft {
    const before = variables.now();
    const assignments = node.prefix.flatMap((part) => {
      if (part.type !== 'Assignment' || part.value.type !== 'Word') return [];
      const { value, isKnown, variables: names } = wordOf(part.value, source, variables.now());
      if (!node.name) variables.set(part.name, isKnown && !changing.has(part.name) ? value : undefined);
      return [{ name: part.name, value, isKnown, variables: names }];
    });
    return new Draft(node, source, before, variables.now(), assignments, isCaptured, scope);
  }

  visit(parse(text), false, '', 0);
  return { commands: found.sort((a, b) => a.start - b.start) };
}

/** The values of a script's variables at a point of it; `undefined` where a value is not known. */
type Values = (name: string) => string | undefined;

/** What variables were set to, and when. */
class Variables {
  private readonly settings = new Map<string, { readonly at: number; readonly value: string | undefined }[]>([['HOME', [{ at: 0, value: '~' }]]]);
  private time = 0;
  private current: Values | undefined;

  set(name: string, value: string | undefined): void {
    const setting = { at: ++this.time, value };
    const list = this.settings.get(name);
    if (list) list.push(setting);
    else this.settings.set(name, [setting]);
    this.current = undefined;
  }

  /** The values as they are by now, whatever is set later. */
  now(): Values {
    const { time } = this;
    return this.current ??= (name) => {
      const list = this.settings.get(name);
      return list?.[countBefore(list.length, (i) => list[i]!.at <= time) - 1]?.value;
    };
  }
}

/** A command whose words are read when somebody asks: of most nothing but the name is of interest. */
class Draft implements ShellCommand {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly nameWord?: ShellWord;
  reads?: ShellCommand | 'other';
  feeds?: ShellCommand | 'other';
  readonly assignments: ShellCommand['assignments'];
  readonly isCaptured: boolean;
  readonly scope: string;
  private readonly node: CommandNode;
  private readonly source: string;
  private readonly before: Values;
  private readonly after: Values;
  private readonly words: (CommandNode['args'][number])[];
  private readonly skipped: number;
  private readArgs: readonly ShellWord[] | undefined;
  private readRedirections: readonly Redirection[] | undefined;

  constructor(node: CommandNode, source: string, before: Values, after: Values, assignments: ShellCommand['assignments'], isCaptured: boolean, scope: string) {
    this.node = node;
    this.source = source;
    this.before = before;
    this.after = after;
    this.assignments = assignments;
    this.isCaptured = isCaptured;
    this.scope = scope;
    this.words = [...node.name ? [node.name] : [], ...node.args];
    this.skipped = wordsBefore(this.words.length, (i) => this.word(i));
    if (this.skipped < this.words.length) this.nameWord = this.word(this.skipped);
    this.name = this.nameWord?.isKnown ? programOf(this.nameWord.value) : '';
    this.start = this.words[0]?.pos ?? node.pos;
    this.end = this.words.at(-1)?.end ?? node.end;
  }

  get args(): readonly ShellWord[] {
    return this.readArgs ??= this.words.slice(this.skipped + 1).map((_, i) => this.word(this.skipped + 1 + i));
  }

  get redirections(): readonly Redirection[] {
    return this.readRedirections ??= this.node.redirects.flatMap((redirect) => (redirect.type !== 'Redirect' ? [] : [{ operator: redirect.operator, from: redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : redirect.operator.startsWith('<') ? 0 : 1, ...redirect.target && { target: wordOf(redirect.target, this.source, this.after) } }]));
  }

  get input(): { readonly text: string; readonly start: number } | undefined {
    const heredoc = this.node.redirects.find((redirect) => redirect.type === 'HereDoc');
    if (heredoc) return { text: heredoc.body.text, start: heredoc.body.pos };
    const herestring = this.node.redirects.find((redirect) => redirect.type === 'HereString');
    return herestring?.target && { text: herestring.target.value, start: herestring.target.pos };
  }

  private word(i: number): ShellWord {
    const word = this.words[i]!;
    return wordOf(word.type === 'Assignment' ? { ...word, type: 'Word', value: word.text } : word, this.source, this.before);
  }
}

/** Variables that are set more than once, or by what is read: they may be anything. */
function changingVariables(text: string): ReadonlySet<string> {
  const set = new Set<string>();
  const changing = new Set<string>(['HOME']);
  for (const [, name] of text.matchAll(/(?:^|[\s;&|({])([A-Za-z_]\w*)\+?=/g)) (set.has(name!) ? changing : set).add(name!);
  for (const [, words] of text.matchAll(/\b(?:read|getopts|mapfile|readarray|for|select)\b([^;\n|&]*)/g)) for (const name of words!.match(/\b[A-Za-z_]\w*/g) ?? []) changing.add(name);
  return changing;
}

/** `<path>`, `{{ size }}`, `${{ secrets.KEY }}`, `$(SSH_KEY)`, `[options]`: stand for something else. As long as before, so that every word stays where it is. */
function withVariables(source: string): string {
  const variable = (found: string): string => `$${'_'.repeat(found.length - 1)}`;
  return source
    .replace(/\$?\{\{[^{}\n]*\}\}/g, variable)
    // Azure Pipelines puts its variables in before a shell sees them; no program has such a name.
    .replace(/\$\((?:[A-Z][A-Z\d]*_[A-Z\d_]+|[A-Za-z]\w*\.[\w.]+)\)/g, variable)
    .replace(/\{%[^%\n]*%\}/g, (found) => ' '.repeat(found.length))
    .replace(/(?<![<&\d])<[A-Za-z][\w .,|/-]*>/g, variable)
    .replace(/(?<=[\s"'=:/])\[[A-Za-z][\w .,|/-]*\](?=[\s"':/]|$)/gm, variable);
}

/** In the place of a value: `secrets.SSH_PRIVATE_KEY` is the variable SSH_PRIVATE_KEY. */
function nameIn(placeholder: string): string {
  return /^(?:\$?\{\{[-\s]*|\$\()(?:[\w-]+\.)*(\w+)\s*(?:\}\}|\))$/.exec(placeholder)?.[1] ?? '';
}

function programOf(value: string): string {
  return value.replace(/^.*[/\\]/, '').replace(/\.exe$/i, '').toLowerCase();
}

/** Programs that run the program that is named behind their options; of options those are listed that have a value. */
const runners: ReadonlyMap<string, RegExp> = new Map([
  ['sudo', /^-[ughpCrtTUD]$/], ['doas', /^-[uC]$/], ['env', /^-[uCS]$/], ['nohup', /^$/], ['exec', /^-a$/], ['command', /^$/], ['time', /^-[fo]$/], ['nice', /^-n$/], ['timeout', /^-[ks]$/], ['stdbuf', /^$/], ['winpty', /^$/], ['builtin', /^$/], ['run0', /^$/],
]);

function wordsBefore(count: number, wordAt: (i: number) => ShellWord): number {
  let at = 0;
  while (at < count) {
    const name = wordAt(at);
    const withValue = name.isKnown ? runners.get(programOf(name.value)) : undefined;
    if (!withValue) break;
    for (at++; at < count; at++) {
      const word = wordAt(at);
      if (withValue.test(word.value)) at++;
      else if (!/^-|^[A-Za-z_]\w*=/.test(word.value) && !(programOf(name.value) === 'timeout' && /^[\d.]+[smhd]?$/.test(word.value))) break;
    }
  }
  return at;
}

/** The value of a word: variables that were set once, to something known, have it. */
function wordOf(word: Word, source: string, known: Values): ShellWord {
  const variables: string[] = [];
  let isKnown = true;
  let isOpen = false;
  const valueOf = (part: NonNullable<Word['parts']>[number], isQuoted: boolean): string => {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
      case 'AnsiCQuoted': return part.value;
      case 'DoubleQuoted':
      case 'LocaleString': return part.parts.map((inner) => valueOf(inner, true)).join('');
      case 'SimpleExpansion':
      case 'ParameterExpansion': {
        const name = part.type === 'ParameterExpansion' ? part.parameter : part.text.slice(1);
        variables.push(/^_+$/.test(name) ? nameIn(source.slice(part.pos, part.end)) : name);
        const value = part.type === 'ParameterExpansion' && (part.operation || part.prefix || part.index) ? undefined : known(name);
        if (value === undefined) {
          isKnown = false;
          isOpen ||= !isQuoted;
        }
        // What stands in the place of a value is shown as it is written.
        return value ?? source.slice(part.pos, part.end);
      }
      case 'Glob':
      case 'BraceExpansion': {
        isKnown = false;
        return part.text;
      }
      default: {
        isKnown = false;
        isOpen ||= !isQuoted;
        return part.text;
      }
    }
  };
  const value = word.parts ? word.parts.map((part) => valueOf(part, false)).join('') : word.value;
  return { value, isKnown, text: source.slice(word.pos, word.end), start: word.pos, end: word.end, variables, isOpen };
}
