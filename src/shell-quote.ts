/** Characters that a terminal would act on or not show: they are written as bytes, so that the command can be read, copied and pasted. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/**
 * A file name as one word of a POSIX shell command, quoted only where it must be.
 * A name that begins with a dash gets `./` before it: no program takes it for an option.
 * Unprintable characters become `$'\x1b'` (POSIX.1-2024, 2.2.4).
 */
export function shellQuote(name: string): string {
  const word = name.startsWith('-') ? `./${name}` : name;
  if (/^[A-Za-z0-9_@%+:,./-]+$/.test(word)) return word;
  if (!unprintable.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const inner = Array.from(word, (character) => {
    if (!unprintable.test(character)) return character === '\\' || character === "'" ? `\\${character}` : character;
    // Three octal digits end by themselves; \x takes as many hex digits as follow.
    return Array.from(Buffer.from(character), (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  });
  return `$'${inner.join('')}'`;
}

/**
 * A file name as one word of a git command: git would take some signs in it for a pattern (gitglossary(7), pathspec).
 * A path from the top of the work tree is one wherever the command is called.
 */
export function gitQuote(name: string, fromTop = false): string {
  const isPattern = /^:|[*?[\\]/.test(name);
  return shellQuote(fromTop ? `:${isPattern ? '(top,literal)' : '/'}${name}` : isPattern ? `:(literal)${name}` : name);
}
