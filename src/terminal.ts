/**
 * Text from files that were linted (names, comments) in text that a person or a terminal reads.
 * Control characters move the cursor and change settings (ECMA-48), format characters reorder or hide what stands beside them
 * (Unicode Technical Report 36, 3.4; CVE-2021-42574), line separators forge lines. They are written out as escapes instead.
 * The zero-width joiners U+200C and U+200D stay: Persian, Indic scripts and emoji are written with them.
 */
const unprintable = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escape(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}

/**
 * The text on one line, with everything in it visible: an escape character as `\x1b`, a bidi override as `\u202e`.
 * `##[` is broken up too: in the output of a GitHub job the runner takes `##[command]` anywhere in a line for an order (actions/runner, ActionCommand.TryParse).
 */
export function printable(text: string): string {
  return text.replace(unprintable, escape).replaceAll('##[', '#\\x23[');
}

/** A value as indented JSON that is safe to print: what `printable` escapes in text is escaped inside strings, where it reads back as it was. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(unprintable, (character) => character === '\n' ? character
    : Array.from({ length: character.length }, (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join(''));
}

/** Breaks a sentence at spaces into lines of at most `columns` characters where its words allow. */
export function wrap(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
