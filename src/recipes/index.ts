import type { Command, CommandWord, Span, Suppression } from '../key.ts';
import { countBefore } from '../sorted.ts';
import { readSuppressions } from '../suppressions.ts';
import { markLength, withoutPastedKey } from '../text.ts';
import { kindToRead, MAX_BYTES, whyUnread } from './about-keys.ts';
import type { FileKind } from './file-kind.ts';
import { readDockerfile } from './readers/dockerfile.ts';
import { readGpgParameters } from './readers/gpg-parameters.ts';
import { readMakefile } from './readers/makefile.ts';
import { readProgram } from './readers/program.ts';
import { readSettings } from './readers/settings.ts';
import { readScript } from './readers/shell.ts';
import { readTerraform } from './readers/terraform.ts';
import { readYaml } from './readers/yaml.ts';
import { commandsOfSession } from './session.ts';
import { snippetOf, SnippetText, type Language, type Reader, type Snippet } from './snippet.ts';
import { snippetsInAsciidoc } from './texts/asciidoc.ts';
import { snippetsInMarkdown } from './texts/markdown.ts';
import { snippetsInRst } from './texts/rst.ts';
import { snippetsInRuby } from './texts/ruby.ts';

/** Code in code: a shell in a task in a guide. */
const MAX_DEPTH = 5;

/** Where the code stands in a file of each kind. */
const texts: Readonly<Record<FileKind, (text: string, path: string) => readonly Snippet[]>> = {
  shell: (text) => [withoutZeros(text)],
  markdown: snippetsInMarkdown,
  asciidoc: snippetsInAsciidoc,
  restructuredtext: snippetsInRst,
  dockerfile: whole('dockerfile', 'image'),
  yaml: whole('yaml', 'machine'),
  makefile: whole('makefile', 'script'),
  'package-json': whole('yaml', 'script'),
  terraform: whole('terraform', 'machine'),
  ruby: (text) => [...whole('program', 'program')(text), ...snippetsInRuby(text)],
  program: whole('program', 'program'),
  settings: whole('settings', 'machine'),
};

/** A script as a shell reads it. */
function withoutZeros(text: string): Snippet {
  const script = new SnippetText();
  let at = 0;
  for (const piece of text.split('\0')) {
    script.add(piece, at);
    at += piece.length + 1;
  }
  return snippetOf('shell', 'script', script.text, (offset) => script.outer(offset));
}

function whole(language: Language, place: Command['place']): (text: string) => readonly Snippet[] {
  return (text) => [snippetOf(language, place, text, (offset) => offset)];
}

const readers: Readonly<Record<Language, Reader>> = {
  'shell': readScript,
  'console': (snippet) => [{ inner: commandsOfSession(snippet) }],
  'session': (snippet) => [{ inner: commandsOfSession(snippet) }],
  'dockerfile': readDockerfile,
  'yaml': readYaml,
  'settings': readSettings,
  'gpg-parameters': readGpgParameters,
  'makefile': readMakefile,
  'terraform': readTerraform,
  'program': readProgram,
};

/** What there is to judge in a file beside its keys. */
export interface Recipe {
  readonly commands: readonly Command[];
  readonly suppressions?: readonly Suppression[];
}

/** The commands in a file, and the comments that ask for silence; `undefined` where there are neither. `kind`: as `kindToRead` tells it. Never throws. */
export function readRecipe(path: string, bytes: Buffer, kind = kindToRead(path, bytes)): Recipe | undefined {
  const commands = readCommands(path, bytes, kind);
  const suppressions = bytes.length > MAX_BYTES ? [] : readSuppressions(path, bytes);
  return commands.length === 0 && suppressions.length === 0 ? undefined : { commands, ...suppressions.length > 0 && { suppressions } };
}

/** The commands in a file that have to do with keys, from top to bottom. Never throws. */
export function readCommands(path: string, bytes: Buffer, kind = kindToRead(path, bytes)): readonly Command[] {
  if (kind === undefined || whyUnread(kind, bytes) !== undefined) return [];
  const text = bytes.toString('utf8', markLength(bytes) === 3 ? 3 : 0);
  const place = placeFinder(text);
  const commands: Command[] = [];
  const read = (snippet: Snippet, depth: number): void => {
    for (const found of readers[snippet.language](snippet)) {
      if ('inner' in found) {
        if (depth < MAX_DEPTH) read(found.inner, depth + 1);
        continue;
      }
      const span = (start: number, end: number): Span => place(snippet.outer(start), end > start ? snippet.outer(end - 1) + 1 : snippet.outer(start));
      const words: readonly CommandWord[] = found.words.map(({ start, end, text: word }) => ({ ...span(start, end), text: shown(word) }));
      commands.push({ ...span(found.start, found.end), tool: found.tool.length > MAX_NAME ? '...' : shown(found.tool), place: snippet.place, words, does: withShown(found.does) });
    }
  };
  for (const snippet of texts[kind](text, path)) read(snippet, 0);
  return commands.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Longer words are none that people read in a finding. */
const MAX_WORD = 200;
/** Nor are longer names of programs and settings. */
const MAX_NAME = 60;

/** A word of a file as findings may say it: where a key was pasted, nothing is left of it. */
function shown(word: string): string {
  return word.length > MAX_WORD || /[\r\n]/.test(word) ? '...' : withoutPastedKey(word);
}

/** The same of every word in what a command does; the forms of options are only written into the file that they come from. */
function withShown<T>(facts: T): T {
  if (typeof facts === 'string') return shown(facts) as T;
  return (typeof facts === 'object' && facts !== null ? Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, name === 'said' ? value : withShown(value)])) : facts) as T;
}

/** How many of some numbers, which rise, are less than one. */
function countBelow(list: readonly number[], limit: number): number {
  return countBefore(list.length, (i) => list[i]! < limit);
}

/** Lines and columns of offsets. */
function placeFinder(text: string): (start: number, end: number) => Span {
  const starts = [0];
  // Elsewhere each of JavaScript's characters is one: where the second of each such pair stands.
  const pairs = Array.from(text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g), ({ index }) => index + 1);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  /** Most are asked for one behind the other. */
  let line = 1;
  const find = (offset: number): { line: number; column: number } => {
    if (offset < starts[line - 1]! || offset >= (starts[line] ?? Infinity)) line = countBelow(starts, offset + 1);
    const start = starts[line - 1]!;
    return { line, column: 1 + offset - start - (pairs.length === 0 ? 0 : countBelow(pairs, offset) - countBelow(pairs, start)) };
  };
  return (from, to) => {
    const [start, end] = [find(from), find(to)];
    return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  };
}
