import type { Unwrapped, Wrapping } from '../format.ts';
import { beginOfArmor, Collector, endOfKey } from '../text.ts';

/**
 * HTML and XML character references (HTML 13.5, XML 1.0 4.1) for the line breaks and signs of a key: `&#10;`, `&#xA;`, `&#43;`, `&quot;`;
 * and `<br>` where a line ends.
 */
export const entities: Wrapping = {
  name: 'entities',
  title: 'HTML or XML character references',

  unwrap(bytes, start, limit): Unwrapped | undefined {
    const reach = Math.min(limit, endOfKey(bytes, start, limit));
    return REFERENCE.test(bytes.toString('latin1', start, reach)) ? decode(bytes, start, reach) : undefined;
  },
};

/** The same where the blank in `PRIVATE KEY` is a reference too. */
export const entitiesForBlanks: Wrapping = {
  name: 'entities',
  title: entities.title,
  anchors: ['PRIVATE&#32;KEY', 'PRIVATE&#x20;KEY', 'PRIVATE&nbsp;KEY', 'PRIVATE&#160;KEY'],
  begin: beginOfArmor,

  unwrap(bytes, start, limit): Unwrapped | undefined {
    return decode(bytes, start, Math.min(limit, start + LONGEST));
  },
};

const LONGEST = 1 << 18;
const REFERENCE = /&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|quot|amp|lt|gt|apos|plus|sol|equals|NewLine|nbsp|Tab|colon|lowbar|hyphen|num);|<br[ \t]*\/?>/;
const REFERENCES = new RegExp(REFERENCE.source, 'g');

const named: ReadonlyMap<string, string> = new Map([
  ['quot', '"'], ['amp', '&'], ['lt', '<'], ['gt', '>'], ['apos', "'"], ['plus', '+'], ['sol', '/'], ['equals', '='],
  ['NewLine', '\n'], ['nbsp', ' '], ['Tab', '\t'], ['colon', ':'], ['lowbar', '_'], ['hyphen', '-'], ['num', '#'],
]);

function decode(bytes: Buffer, start: number, limit: number): Unwrapped {
  const text = bytes.toString('latin1', start, limit);
  const inside = new Collector();
  let from = 0;
  for (const match of text.matchAll(REFERENCES)) {
    inside.add(bytes.subarray(start + from, start + match.index), start + from);
    inside.add(Buffer.from(characterOf(match[0])), start + match.index);
    from = match.index + match[0].length;
  }
  inside.add(bytes.subarray(start + from, limit), start + from);
  return { bytes: inside.bytes(), start, end: limit, outer: (offset) => inside.outer(offset) };
}

function characterOf(reference: string): string {
  if (reference.startsWith('<')) return '\n';
  const name = reference.slice(1).replace(/;$/, '');
  const code = /^#[xX]/.test(name) ? parseInt(name.slice(2), 16) : name.startsWith('#') ? parseInt(name.slice(1), 10) : undefined;
  if (code === undefined) return named.get(name) ?? ' ';
  // A blank that does not break is a blank; beyond Unicode there is nothing.
  return code === 0xa0 ? ' ' : code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
}
