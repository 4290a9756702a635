import type { Action, Command } from '../key.ts';
import { countBefore } from '../sorted.ts';

/** What a piece of a file is written in. */
export type Language = 'shell' | 'session' | 'console' | 'dockerfile' | 'yaml' | 'settings' | 'gpg-parameters' | 'makefile' | 'terraform' | 'program';

/** A piece of a file in one language, without what the file has around and between its lines. */
export interface Snippet {
  readonly language: Language;
  readonly place: Command['place'];
  readonly text: string;
  /** Where the character at an offset of `text` stands in the file. */
  outer(offset: number): number;
}

/** A stretch of a snippet's text. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Something found in a snippet. */
export interface FoundAction extends Stretch {
  readonly tool: string;
  readonly words: readonly (Stretch & { readonly text: string })[];
  readonly does: Action;
}

/** Something found in a snippet, or a snippet inside of it. */
export type Found = FoundAction | { readonly inner: Snippet };

/** Reads the snippets of one language. Never throws for what they say. */
export type Reader = (snippet: Snippet) => readonly Found[];

/** The snippet that a stretch of another one is. */
export function innerSnippet({ place, outer }: Snippet, language: Language, text: string, start: number): { readonly inner: Snippet } {
  return { inner: { language, place, text, outer: (offset) => outer(start + offset) } };
}

/** The same of a text that was put together from pieces. */
export function innerText({ place, outer }: Snippet, language: Language, text: SnippetText): { readonly inner: Snippet } {
  return { inner: { language, place, text: text.text, outer: (offset) => outer(text.outer(offset)) } };
}

/** Puts a text together from pieces of another, and remembers where each came from. */
export class SnippetText {
  text = '';
  private readonly inner: number[] = [];
  private readonly outers: number[] = [];

  /** `piece` stands in for what begins at `at`; as long as that, or shorter. */
  add(piece: string, at: number): this {
    if (piece === '') return this;
    this.inner.push(this.text.length);
    this.outers.push(at);
    this.text += piece;
    return this;
  }

  /** All of another text, with its places. */
  append({ text, inner, outers }: SnippetText): this {
    inner.forEach((at, i) => this.add(text.slice(at, inner[i + 1] ?? text.length), outers[i]!));
    return this;
  }

  outer(offset: number): number {
    const piece = Math.max(0, countBefore(this.inner.length, (i) => this.inner[i]! <= offset) - 1);
    return (this.outers[piece] ?? 0) + offset - (this.inner[piece] ?? 0);
  }
}

/** The snippet that some text of a file is as a whole. */
export function snippetOf(language: Language, place: Command['place'], text: string, outer: (offset: number) => number): Snippet {
  return { language, place, text, outer };
}

/** What stands between double quotes in JSON, YAML and HCL, with its escapes resolved as far as shells have a use for them. */
export function unescaped(text: string, start: number): SnippetText {
  const result = new SnippetText();
  let at = 0;
  for (const { 0: escape, index } of text.matchAll(/\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[^])/g)) {
    result.add(text.slice(at, index), start + at);
    const sign = escape[1]!;
    const code = escape.length > 2 ? Number.parseInt(escape.slice(2), 16) : undefined;
    result.add(code !== undefined ? String.fromCharCode(code) : sign === 'n' ? '\n' : sign === 't' ? '\t' : sign === 'r' || sign === '\n' ? '' : sign, start + index);
    at = index + escape.length;
  }
  return result.add(text.slice(at), start + at);
}

/** A line of a text: `text` without its end. */
export interface Line {
  readonly text: string;
  readonly start: number;
}

export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let at = 0; at <= text.length; ) {
    const found = text.indexOf('\n', at);
    const end = found < 0 ? text.length : found;
    lines.push({ text: text.slice(at, text[end - 1] === '\r' && end > at ? end - 1 : end), start: at });
    at = end + 1;
  }
  return lines;
}

/**
 * Finds the first line behind the one at `after` that is nothing but `text`, as `bare` makes it of a line; -1 where there is none.
 * However often it is asked, it looks at each line once: texts may be full of beginnings without an end.
 */
export function endFinder(lines: readonly Line[], bare: (line: string) => string = (line) => line.trim()): (text: string, after: number) => number {
  let places: Map<string, number[]> | undefined;
  return (text, after) => {
    if (!places) {
      places = new Map();
      for (const [i, line] of lines.entries()) {
        const key = bare(line.text);
        const list = places.get(key);
        if (list) list.push(i);
        else places.set(key, [i]);
      }
    }
    const list = places.get(text) ?? [];
    return list[countBefore(list.length, (i) => list[i]! <= after)] ?? -1;
  };
}

/** The snippet made of some lines of a text, each from a column on. */
export function fromLines(language: Language, place: Command['place'], lines: readonly { readonly line: Line; readonly from: number }[], outer: (offset: number) => number): Snippet {
  const text = new SnippetText();
  for (const { line, from } of lines) text.add(`${line.text.slice(from)}\n`, line.start + Math.min(from, line.text.length));
  return { language, place, text: text.text, outer: (offset) => outer(text.outer(offset)) };
}
