import type { Unwrapped, Wrapping } from '../format.ts';
import { Collector, lineEnd, lineStart, nextLine } from '../text.ts';

/**
 * Text behind a comment, quote or diff sign that every line begins with: `// `, `# `, ` * `, `> `, `+`.
 * The sign before the first line says which; only `/`, `+` and `-` are characters that key text itself may begin with,
 * and those are taken away only where the first line has them.
 */
export const comment: Wrapping = {
  name: 'comment',
  title: 'comment, quotation or diff',

  unwrap(bytes, start, limit): Unwrapped | undefined {
    const first = lineStart(bytes, start, 256);
    const end = lineEnd(bytes, start, limit);
    const sign = SIGN.exec(bytes.toString('latin1', first, start)) ?? (start === 0 ? laterSign(bytes, end, limit) : null);
    if (!sign) return undefined;
    const marker = sign[1]!;
    const inside = new Collector();
    // With the quote that opens a string, so that the string is taken for one.
    const from = QUOTE.test(sign[0]) ? start - 1 : start;
    inside.add(bytes.subarray(from, end), from);
    let lines = 1;
    let last = end;
    for (let at = end; at < limit; ) {
      const next = nextLine(bytes, at, limit);
      const stop = lineEnd(bytes, next, limit);
      const text = bytes.toString('latin1', next, Math.min(stop, next + 64));
      at = stop;
      // A blank line may stand between the headers and the body.
      if (text.trim() === '' && at < limit) continue;
      const body = behindSign(text, marker);
      if (body === undefined) break;
      inside.add(LINE_BREAK, next - 1);
      inside.add(bytes.subarray(next + body, stop), next + body);
      last = stop;
      lines++;
    }
    // `#define KEY "..."` and `- "..."` begin with such a sign too, but their next line does not.
    if (lines === 1) return undefined;
    return { bytes: inside.bytes(), start, end: last, outer: (offset) => inside.outer(offset) };
  },
};

const LINE_BREAK = Buffer.from('\n');

/** The sign stands alone before the text, or before the quote that opens a string (the string is another wrapping's matter). */
const SIGN = /^[ \t]*(\/\*+|\/\/[/!]?|#+!?|\*+|;+|>+|\||%+|!|--+|[+-]|REM|rem|dnl|::)[ \t]*(?:[A-Za-z_$][\w.$ \t]*[=:(]?[ \t]*)?(?:[bBrRuUL@$]{0,2}["'`])?$/;

const QUOTE = /["'`]$/;

/** What a string held before the key is not there when the string has been opened: then the next line tells. A sign that key text itself may have must stand apart. */
function laterSign(bytes: Buffer, end: number, limit: number): RegExpExecArray | null {
  const next = nextLine(bytes, end, limit);
  return LATER_SIGN.exec(bytes.toString('latin1', next, Math.min(limit, next + 16)));
}

const LATER_SIGN = /^[ \t]*(#+!?|\*+|;+|>+|\||%+|\/\/[/!]?(?=[ \t]))/;

/** How many characters stand before the text of a later line; `undefined` when the line is not of the same comment. */
function behindSign(line: string, marker: string): number | undefined {
  const own = (marker.startsWith('/*') ? CONTINUED : marker === '*' || marker === '**' ? STARRED : SIGNS.get(marker) ?? signPattern(marker)).exec(line);
  return own ? own[0].length : undefined;
}

const CONTINUED = /^[ \t]*\*?[ \t]?/;
const STARRED = /^[ \t]*\*+(?!\/)[ \t]?/;
const SIGNS = new Map<string, RegExp>();

function signPattern(marker: string): RegExp {
  const escaped = marker.replace(/[^\w]/g, '\\$&');
  const pattern = new RegExp(`^[ \\t]*${escaped}[ \\t]?`);
  SIGNS.set(marker, pattern);
  return pattern;
}
