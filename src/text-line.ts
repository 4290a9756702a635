import { lineEnd, nextLine } from './text.ts';

/** A line of a key file in text, without the blanks at both its ends. */
export interface TextLine {
  /** One character for each byte. */
  readonly text: string;
  /** Offset behind its last byte that is no blank. */
  readonly end: number;
  /** Offset of the line after it. */
  readonly next: number;
}

/** The first line from `start` on that is not blank; `undefined` where none ends within `reach` bytes. */
export function textLine(text: Buffer, start: number, reach: number): TextLine | undefined {
  const limit = Math.min(text.length, start + reach);
  for (let at = start; at < limit; ) {
    const end = lineEnd(text, at, limit);
    if (end === limit && limit < text.length) return undefined;
    const line = text.toString('latin1', at, end).trimEnd();
    if (line !== '') return { text: line.trimStart(), end: at + line.length, next: nextLine(text, end) };
    at = nextLine(text, end);
  }
  return undefined;
}
