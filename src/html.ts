import { printable } from './terminal.ts';

/** Text that is HTML already, made by `html` alone. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text and numbers are escaped, lists are put in one after the other, what is missing leaves nothing. */
export type Content = Html | string | number | undefined | false | readonly Content[];

/**
 * A template whose values cannot become markup, whether they stand between tags or in a quoted attribute (HTML Standard, 13.3, Escaping a string).
 * Names and comments of linted files go through it, so control and bidirectional characters in them are written out, too.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, i) => part + textOf(values[i])).join(''));
}

function textOf(value: Content): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  return printable(String(value)).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
