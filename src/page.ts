import { createHash } from './hash.ts';
import { html, Html, type Content } from './html.ts';
import { script } from './page-script.ts';
import { style } from './page-style.ts';

/**
 * A web page in one file: nothing is fetched, and nothing runs but its script and its style, which the policy of the page names by their
 * hashes (Content Security Policy Level 3, 2.3.1). Everything can be read with scripting off; with it, tables are filtered and sorted.
 */
export function page(title: string, body: Content): string {
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`;
  return `${html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}
<script>${new Html(script)}</script>
</body>
</html>`.text}\n`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** A page's head: what it is about, and the switch between light and dark, which only scripting can offer. */
export function masthead(title: string, facts: readonly Content[]): Html {
  return html`<header class="masthead">
<div><h1>${title}</h1>${facts.map((fact) => html`<p class="dim">${fact}</p>`)}</div>
<button type="button" class="theme" data-theme-switch hidden>Dark</button>
</header>
`;
}

/** `2026-03-01 12:30 UTC` */
export function readableDate(date: string): string {
  return date.replace(/T(\d\d:\d\d).*Z$/, ' $1 UTC');
}

export interface Tile {
  readonly label: string;
  readonly value: string;
  /** How it is coloured, where it is not zero. */
  readonly tone?: 'error' | 'warn' | undefined;
}

export function tiles(list: readonly Tile[]): Html {
  return html`<dl class="tiles">${list.map(({ label, value, tone }) => html`<div${tone && new Html(` class="${tone}"`)}><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
`;
}

export interface Column {
  readonly title: string;
  /** Whether the rows can be sorted by it: their cells say by what. */
  readonly isSortable?: boolean;
  /** Whether the rows come sorted by it. */
  readonly isSorted?: boolean;
}

export interface Cell {
  readonly content: Content;
  /** Its rank in its column. */
  readonly rank?: number;
  /** Names the row. */
  readonly isHeader?: boolean;
}

export interface Row {
  readonly id?: string;
  /** What it is filtered by: the filter's name and the row's value. */
  readonly facets: Readonly<Record<string, string>>;
  readonly cells: readonly Cell[];
}

/** A choice among the values that rows have. */
export interface Filter {
  readonly name: string;
  readonly label: string;
  readonly all: string;
  readonly values: readonly { readonly value: string; readonly label: string }[];
}

export interface Table {
  /** Part of the ids in it. */
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly filters?: readonly Filter[];
  /** What the text filter looks through, for its label: `path, message`. Absent: there is none. */
  readonly searched?: string;
}

/** A table, and above it the means to filter it, which are shown where there is scripting. */
export function table({ id, caption, columns, rows, filters = [], searched }: Table): Html {
  const controls = searched !== undefined && html`<form class="controls" role="search" aria-label="Filter: ${caption}" data-controls hidden>
<label>Text <input type="search" name="text" placeholder="${searched}" autocomplete="off" spellcheck="false"></label>
${filters.map((filter) => html`<label>${filter.label} <select name="${filter.name}"><option value="">${filter.all}</option>${filter.values.map(({ value, label }) => html`<option value="${value}">${label}</option>`)}</select></label>
`)}<output aria-live="polite" data-count></output>
</form>
`;
  return html`<div class="table" id="${id}" data-table>
${controls}<div class="scroll" role="region" aria-labelledby="${id}-caption" tabindex="0"><table>
<caption id="${id}-caption">${caption}</caption>
<thead><tr>${columns.map(head)}</tr></thead>
<tbody>
${rows.map(tableRow)}</tbody>
</table></div>
<p class="none" data-none hidden>Nothing fits the filter.</p>
</div>
`;
}

/** The button takes its place over the title when there is scripting. */
function head({ title, isSortable, isSorted }: Column): Html {
  return html`<th scope="col"${isSortable && new Html(' data-sortable')}${isSorted && new Html(' aria-sort="ascending"')}>${title}</th>`;
}

function tableRow({ id, facets, cells }: Row): Html {
  const attributes = [...id === undefined ? [] : [html` id="${id}"`], ...Object.entries(facets).map(([name, value]) => html` data-facet-${name}="${value}"`)];
  return html`<tr${attributes}>${cells.map(({ content, rank, isHeader }) => {
    const sort = rank !== undefined && html` data-rank="${rank}"`;
    return isHeader ? html`<th scope="row"${sort}>${content}</th>` : html`<td${sort}>${content}</td>`;
  })}</tr>
`;
}
