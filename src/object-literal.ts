import { lineEnd, lineStart, nextLine } from './text.ts';

/**
 * Objects as they stand in text: JSON, also inside a string of another language, literals of JavaScript, Python, Ruby and PHP, and YAML.
 * Read leniently and within bounds, from the name of one of their members outward: what surrounds them need not parse.
 */
export interface ObjectText {
  /** Where it lies in the text: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** Members that are strings, by name; those of an object inside by `outer.inner`. One character for each byte, blanks at the ends taken away. */
  readonly members: ReadonlyMap<string, string>;
}

/** Bytes of an object before and behind the member that it is found by: an RSA key of 16384 bits takes 13,000, a certificate chain more. */
const REACH_BACK = 1 << 14;
const REACH_ON = 1 << 16;
/** Objects in objects. */
const MAX_DEPTH = 8;
const MAX_MEMBERS = 64;

const OPEN = /^[{[(]$/;
const BACKSLASH = 0x5c;

/** The object that has the member `name`, whose name stands at `at`. `undefined` where there is none, or where it has that member twice. */
export function objectAround(text: Buffer, at: number, name: string): ObjectText | undefined {
  // From one such name to the next and no further: so no byte is read more than twice, however many there are.
  const from = nameBefore(text, at, name);
  const to = nameBehind(text, at, name);
  const quote = quoteBefore(text, at);
  const open = opening(text, at, from);
  const close = open === undefined ? undefined : closing(text, at, to);
  if (open !== undefined && close !== undefined) {
    const members = readMembers(text.toString('latin1', open + 1, close), quote, isCommented(text, at));
    if (members?.has(name)) return { start: open, end: close + 1, members };
  }
  return mappingAround(text, at - quote.length, name, from, to);
}

/** Where the name ends that comes before the one at `at`. */
function nameBefore(text: Buffer, at: number, name: string): number {
  const first = Math.max(0, at - REACH_BACK);
  const before = text.subarray(first, at);
  for (let found = before.lastIndexOf(name, -1, 'latin1'); found >= 0; found = found === 0 ? -1 : before.lastIndexOf(name, found - 1, 'latin1')) {
    if (isName(text, first + found, name)) return first + found + name.length;
  }
  return first;
}

/** Where the name begins that comes after the one at `at`. */
function nameBehind(text: Buffer, at: number, name: string): number {
  const first = at + name.length;
  const behind = text.subarray(first, first + REACH_ON);
  for (let found = behind.indexOf(name, 0, 'latin1'); found >= 0; found = behind.indexOf(name, found + 1, 'latin1')) {
    if (isName(text, first + found, name)) return first + found;
  }
  return first + behind.length;
}

/** Whether it stands by itself, and not amid the letters of a number in base64. */
function isName(text: Buffer, at: number, name: string): boolean {
  return !isLetter(text[at - 1]) && !isLetter(text[at + name.length]);
}

/** Of base64 or base64url. */
function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && /[\w+/-]/.test(String.fromCharCode(byte));
}

/** The quote that opens a name, as this text writes it: bare, or escaped once or more often. Empty for a bare word. */
function quoteBefore(text: Buffer, at: number): string {
  return /(?:\\*["'`]|&quot;|&#0*34;|&#x22;|\\+u0022)$/i.exec(text.toString('latin1', Math.max(0, at - 24), at))?.[0] ?? '';
}

/** Where the innermost bracket opens around `at`. Brackets inside strings are not told apart: keys and their names have none. */
function opening(text: Buffer, at: number, from: number): number | undefined {
  let depth = 0;
  for (let i = at - 1; i >= from; i--) {
    switch (text[i]) {
      case 0x7d: case 0x5d: case 0x29: // } ] )
        if (++depth > MAX_DEPTH) return undefined;
        break;
      case 0x7b: case 0x5b: case 0x28: // { [ (
        if (depth-- === 0) return i;
        break;
      default:
    }
  }
  return undefined;
}

function closing(text: Buffer, at: number, to: number): number | undefined {
  let depth = 0;
  for (let i = at; i < to; i++) {
    switch (text[i]) {
      case 0x7b: case 0x5b: case 0x28:
        if (++depth > MAX_DEPTH) return undefined;
        break;
      case 0x7d: case 0x5d: case 0x29:
        if (depth-- === 0) return i;
        break;
      default:
    }
  }
  return undefined;
}

/** Whether the line is commented out, so that what follows a comment sign is text and not remarks. */
function isCommented(text: Buffer, at: number): boolean {
  return /^[ \t]*(?:\/\/|#|--|\*)/.test(text.toString('latin1', lineStart(text, at, 256), at));
}

interface Level {
  /** Of the member whose value is being read. */
  name?: string;
  value: string;
  /** A call or a variable came behind the value: strings that follow are its arguments, and not more of the value. */
  isWhole?: boolean;
  readonly path: string;
}

/** The members of the object that `text` is the inside of. `undefined` when one occurs twice. */
function readMembers(text: string, quote: string, commented: boolean): ReadonlyMap<string, string> | undefined {
  const members = new Map<string, string>();
  const levels: Level[] = [{ value: '', path: '' }];
  const escaped = quote.length > 1;
  const finish = (level: Level): boolean => {
    const { name, value, path } = level;
    delete level.name;
    delete level.isWhole;
    level.value = '';
    if (name === undefined || levels.length > 2) return true;
    if (members.has(path + name) || members.size >= MAX_MEMBERS) return false;
    members.set(path + name, value.trim());
    return true;
  };
  for (let i = 0; i < text.length; ) {
    const level = levels[levels.length - 1]!;
    const token = tokenAt(text, i, quote, escaped, commented);
    i = token.end;
    if (token.name !== undefined) {
      if (!finish(level)) return undefined;
      level.name = token.name;
    } else if (token.value !== undefined) {
      if (level.name !== undefined && !level.isWhole) level.value += token.value;
    } else if (token.isWord) {
      if (level.value !== '') level.isWhole = true;
    } else if (token.sign === ',' || token.sign === ';') {
      if (!finish(level)) return undefined;
    } else if (OPEN.test(token.sign)) {
      // `Buffer.from('...')` and `("..." + "...")` are values, not objects.
      if (token.sign === '(') continue;
      if (levels.length > MAX_DEPTH) return undefined;
      levels.push({ value: '', path: level.name === undefined ? level.path : `${level.path}${level.name}.` });
    } else if (token.sign === '}' || token.sign === ']') {
      if (!finish(level)) return undefined;
      if (levels.length > 1) levels.pop();
    }
  }
  while (levels.length > 0) {
    if (!finish(levels[levels.length - 1]!)) return undefined;
    levels.pop();
  }
  return members;
}

interface Token {
  readonly end: number;
  readonly sign: string;
  readonly name?: string;
  readonly value?: string;
  /** A word of the language that is no prefix of a string (`b'...'`). */
  readonly isWord?: boolean;
}

const WORD = /[A-Za-z_$][\w$]*/y;
const SEPARATOR = /\s*(?::(?!:)|=>|=(?!=))/y;

function tokenAt(text: string, at: number, quote: string, escaped: boolean, commented: boolean): Token {
  const sign = text[at]!;
  const string = escaped ? escapedString(text, at, quote) : plainString(text, at, sign);
  if (string) {
    SEPARATOR.lastIndex = string.end;
    return SEPARATOR.test(text) ? { end: SEPARATOR.lastIndex, sign, name: string.value } : { end: string.end, sign, value: string.value };
  }
  // Line breaks and other signs, written out.
  if (sign === '\\') return { end: at + 2, sign };
  if (!escaped && !commented) {
    const remark = remarkEnd(text, at, sign);
    if (remark !== undefined) return { end: remark, sign: '' };
  }
  WORD.lastIndex = at;
  if (WORD.test(text)) {
    const end = WORD.lastIndex;
    SEPARATOR.lastIndex = end;
    return !escaped && SEPARATOR.test(text) ? { end: SEPARATOR.lastIndex, sign: '', name: text.slice(at, end) } : { end, sign: '', isWord: end - at > 2 };
  }
  return { end: at + 1, sign };
}

function escapedString(text: string, at: number, quote: string): { value: string; end: number } | undefined {
  if (!text.startsWith(quote, at)) return undefined;
  const start = at + quote.length;
  const end = text.indexOf(quote, start);
  return end < 0 ? undefined : { value: text.slice(start, end).replace(JOINT, ''), end: end + quote.length };
}

/** Where one string of another language ends and the next begins, joined by a sign or by standing side by side. */
const JOINT = /(["'`])\s{0,200}[+.&]?\s{0,200}\1/g;

function plainString(text: string, at: number, quote: string): { value: string; end: number } | undefined {
  if (quote !== '"' && quote !== '\'' && quote !== '`') return undefined;
  for (let i = at + 1; i < text.length; i++) {
    if (text.charCodeAt(i) === BACKSLASH) i++;
    else if (text[i] === quote) return { value: text.slice(at + 1, i), end: i + 1 };
  }
  return undefined;
}

/** Where a remark ends that begins at `at`: `//`, `#`, or between slash and star. */
function remarkEnd(text: string, at: number, sign: string): number | undefined {
  if (sign === '/' && text[at + 1] === '*') {
    const end = text.indexOf('*/', at + 2);
    return end < 0 ? text.length : end + 2;
  }
  if (sign !== '#' && !(sign === '/' && text[at + 1] === '/')) return undefined;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** A line of a YAML mapping. */
interface Line {
  readonly start: number;
  readonly end: number;
  /** Characters before its content; the sign of a list item is one of them. */
  readonly column: number;
  readonly item: boolean;
  readonly content: string;
}

function lineAt(text: Buffer, start: number, limit: number): Line {
  const end = lineEnd(text, start, Math.max(start, limit));
  const whole = text.toString('latin1', start, end);
  const lead = /^[ \t]*(?:- +)*/.exec(whole)![0];
  return { start, end, column: lead.length, item: lead.includes('-'), content: whole.slice(lead.length).trimEnd() };
}

/** The block mapping (YAML 1.2.2, 8.2.2) that has the member `name` at `at`, between `from` and `to`. */
function mappingAround(text: Buffer, at: number, name: string, from: number, to: number): ObjectText | undefined {
  const first = lineStart(text, at, 256);
  if (/[^ \t-]/.test(text.toString('latin1', first, at))) return undefined;
  const own = lineAt(text, first, to);
  if (own.start + own.column !== at || entryOf(own.content)?.name !== name) return undefined;
  const lines: Line[] = [own];
  let end = own.start + own.column + own.content.length;
  for (let line = own; !line.item && line.start > from && lines.length < 4 * MAX_MEMBERS; ) {
    const last = previousEnd(text, line.start);
    const start = lineStart(text, last, REACH_BACK);
    if (start < from) break;
    line = lineAt(text, start, last);
    if (line.column < own.column || line.content === '') break;
    lines.unshift(line);
  }
  for (let line = own; line.end < to && lines.length < 8 * MAX_MEMBERS; ) {
    line = lineAt(text, nextLine(text, line.end), to);
    if (line.column < own.column || line.content === '' || (line.item && line.column === own.column)) break;
    lines.push(line);
    end = line.start + line.column + line.content.length;
  }
  const members = new Map<string, string>();
  let last: string | undefined;
  for (const line of lines) {
    const entry = line.column === own.column ? entryOf(line.content) : undefined;
    if (entry) {
      if (members.has(entry.name)) return undefined;
      members.set((last = entry.name), entry.value);
    } else if (last !== undefined) members.set(last, members.get(last)! + line.content);
  }
  return { start: lines[0]!.start + lines[0]!.column, end, members };
}

/** Where the line before the one at `start` ends. */
function previousEnd(text: Buffer, start: number): number {
  return text[start - 1] === 0x0a && text[start - 2] === 0x0d ? start - 2 : start - 1;
}

function entryOf(content: string): { name: string; value: string } | undefined {
  const [, name, rest] = /^["']?([A-Za-z_][\w.-]{0,63})["']?[ \t]*:(?:[ \t]+(.*))?$/s.exec(content) ?? [];
  if (name === undefined) return undefined;
  const value = (rest ?? '').replace(/^[|>][+-]?\d?[ \t]*$/, '').replace(/[ \t]+#.*$/s, '').replace(/,$/, '');
  return { name, value: value.replace(/^(["'])(.*)\1$/s, '$2') };
}
