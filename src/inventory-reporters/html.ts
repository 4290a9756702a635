import { acrossHosts, type Across, type Login } from '../across.ts';
import { html as markup, type Content, type Html } from '../html.ts';
import { accountOf, commentsOf, modeText, partOf, protectionOf, remarkOf, titleOf, wayOf } from '../inventory-words.ts';
import type { Inventory, InventoryKey, InventoryReporterOptions, Place } from '../inventory.ts';
import { loginGraph, type GraphEdge, type GraphNode } from '../login-graph.ts';
import { masthead, page, readableDate, table, tiles, type Row } from '../page.ts';
import { count, grouped } from '../summary-line.ts';

/** A page in one file, for people: see page.ts. Of several hosts, what shows across them comes first. */
export function html(inventory: Inventory, { date }: InventoryReporterOptions): string {
  const { version, hosts, folder, keys, problems } = inventory;
  const ids = new Map(keys.map((key, i) => [key, `key-${i + 1}`]));
  const isJoined = folder === undefined;
  const title = isJoined ? `Keys of ${count(hosts.length, 'host')}` : `Keys of ${hosts[0]!}`;
  const across = acrossHosts(inventory);
  return page(title, [
    masthead(title, [markup`keylint ${version}, <time datetime="${date}">${readableDate(date)}</time>`, isJoined ? namesOf(hosts) : markup`Paths count from <span class="path">${folder}</span>`]),
    markup`<main>
`,
    tiles(figures(inventory, isJoined ? across : undefined)),
    problems.length > 0 && markup`<section class="notice error"><h2>${count(problems.length, 'thing')} could not be done: there may be more keys</h2>
<ul>${problems.map(({ host, path, message }) => markup`<li>${isJoined && `${host}: `}${path !== undefined && markup`<bdi class="path">${path}</bdi>: `}${message}</li>`)}</ul></section>
`,
    isJoined && acrossSections(across, ids),
    keys.length === 0 ? markup`<p class="notice">No keys were found.</p>
` : [markup`<h2>All keys</h2>
`, keysTable(keys, ids, isJoined)],
    markup`</main>`,
  ]);
}

/** More names in a line than a person reads. */
const MOST_HOSTS = 20;

function namesOf(hosts: readonly string[]): string {
  const rest = hosts.length - MOST_HOSTS;
  return `${hosts.slice(0, MOST_HOSTS).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function figures({ hosts, keys }: Inventory, across: Across | undefined): Parameters<typeof tiles>[0] {
  const privates = keys.filter(({ places }) => places.some(({ kind }) => kind === 'private'));
  const clear = privates.filter(({ places }) => places.some((place) => place.kind === 'private' && protectionOf(place) === 'in the clear'));
  const figure = (label: string, list: readonly unknown[], tone?: 'error' | 'warn'): { label: string; value: string; tone?: 'error' | 'warn' | undefined } =>
    ({ label, value: grouped(list.length), tone: list.length > 0 ? tone : undefined });
  return [
    ...across ? [figure('hosts', hosts)] : [],
    figure('keys', keys),
    figure('places', keys.flatMap(({ places }) => places)),
    figure('with a private half', privates),
    figure('of these in the clear', clear),
    ...across ? [figure('private keys on several hosts', across.sharedKeys, 'error'), figure('host keys on several hosts', across.sharedHostKeys, 'error'), figure('authorized without an owner', across.authorizedWithoutOwner, 'warn')] : [],
  ];
}

/** Ids of the rows of the table of all keys. */
type Ids = ReadonlyMap<InventoryKey, string>;

function acrossSections(across: Across, ids: Ids): Content {
  const { sharedKeys, sharedHostKeys, authorizedWithoutOwner, logins } = across;
  return [
    logins.length + authorizedWithoutOwner.length > 0 && [markup`<h2>Who can log in where</h2>
`, drawing(across, ids)],
    logins.length > 0 && table({
      id: 'logins', caption: 'Who can log in where', searched: 'user, host, path, key',
      columns: [{ title: 'Key', isSortable: true, isSorted: true }, { title: 'Held by' }, { title: 'Opens' }],
      rows: logins.map((login, i): Row => ({ facets: {}, cells: [{ rank: i, isHeader: true, content: [keyLink(login.key, ids), login.via && markup`<p class="dim">${wayOf(login)}</p>`] }, { content: holders(login) }, { content: list(login.to, opened) }] })),
    }),
    section('One private key on several hosts', 'shared', 'Whoever gets into one of them can act as the others.', sharedKeys, ids, 'Places', ({ places }) => list(places, located)),
    section('One host key on several hosts', 'shared-host-keys', 'Each of them can pretend to be the others.', sharedHostKeys, ids, 'Places', ({ places }) => list(places, located)),
    section('Authorized keys without an owner', 'ownerless', 'Their private halves are on none of these hosts: on a machine that was not looked at, in a token or an agent, or with somebody who has left.', authorizedWithoutOwner, ids, 'Opens', ({ to }) => list(to, opened)),
  ];
}

function section<T extends { readonly key: InventoryKey }>(title: string, id: string, sentence: string, entries: readonly T[], ids: Ids, column: string, content: (entry: T) => Html): Content {
  if (entries.length === 0) return undefined;
  return [markup`<h2>${title}</h2>
<p class="dim">${sentence}</p>
`, table({
    id, caption: title, columns: [{ title: 'Key', isSortable: true, isSorted: true }, { title: column }],
    rows: entries.map((entry, i): Row => ({ facets: {}, cells: [{ rank: i, isHeader: true, content: keyLink(entry.key, ids) }, { content: content(entry) }] })),
  })];
}

function keyLink(key: InventoryKey, ids: Ids): Html {
  return markup`<div class="subject"><a href="#${ids.get(key)}">${titleOf(key)}</a>${commentsOf(key).slice(0, 3).map((comment) => markup` <bdi>${comment}</bdi>`)}<br><span class="name">${key.names[0]}</span></div>`;
}

function list(places: readonly Place[], content: (place: Place) => Content): Html {
  return markup`<ul class="plain">${places.map((place) => markup`<li>${content(place)}</li>`)}</ul>`;
}

function located(place: Place): Html {
  const protection = protectionOf(place);
  return markup`<span class="path">${place.host}:<bdi>${place.path}</bdi>:${place.line}</span>${protection !== '' && markup` <span class="dim">${protection}</span>`}`;
}

function opened(place: Place): Html {
  const remark = remarkOf(place);
  return markup`<b>${accountOf(place)}</b> <span class="path dim"><bdi>${place.path}</bdi>:${place.line}</span>${remark !== '' && markup` <bdi class="path">${remark}</bdi>`}`;
}

function holders({ from }: Login): Html {
  return markup`<ul class="plain">${from.map(({ place, isAssumed }) => markup`<li><b>${accountOf(place)}</b> <span class="path dim"><bdi>${place.path}</bdi>:${place.line}</span> ${protectionOf(place)}${isAssumed && markup` <span class="dim">(by the public key beside it)</span>`}</li>`)}</ul>`;
}

/** The graph as SVG in the page. Positions stand in attributes, since styles of elements are forbidden by the page's policy. */
function drawing(across: Across, ids: Ids): Html {
  const { width, height, nodes, edges, isByHost, left } = loginGraph(across);
  const heads = ['Who holds a private key', 'Key', 'What it opens'];
  const xOf = (column: number): number => nodes.find((node) => node.column === column)?.x ?? 0;
  return markup`<div class="graph" tabindex="0" role="region" aria-label="Graph of logins"><svg data-graph role="group" aria-label="Lines lead from those who hold private keys through the keys to the accounts that they open; the table below says the same" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
${heads.map((head, column) => nodes.some((node) => node.column === column) && markup`<text class="head" x="${xOf(column)}" y="24">${head}</text>`)}
${edges.map(line)}
${nodes.map((node) => box(node, ids))}
</svg></div>
<p class="legend"><span>Red lines: the private key is stored in the clear.</span><span>Broken boxes: its private half is on none of these hosts.</span>${isByHost && markup`<span>Each box stands for all accounts of a host.</span>`}${left > 0 && markup`<span>${count(left, 'more key')} in the tables only.</span>`}</p>
`;
}

function line({ from, to, isClear }: GraphEdge): Html {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2];
  const bend = (x2 - x1) / 2;
  return markup`<path class="${isClear ? 'clear' : 'line'}" data-from="${from.id}" data-to="${to.id}" d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"/>
`;
}

/** Characters for each pixel of a box, on average; an inner `svg` cuts off what is wider. */
const FITS = { title: 0.125, subtitle: 0.135 };

function box({ id, column, x, y, width, height, title, subtitle, keys, isOwnerless }: GraphNode, ids: Ids): Html {
  const target = keys[0] ? ids.get(keys[0]) : 'logins';
  return markup`<a href="#${target}" class="${isOwnerless ? 'ownerless' : column === 1 ? 'key' : 'end'}" data-node="${id}"><title>${title}, ${subtitle}</title><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/><svg x="${x}" y="${y}" width="${width - 6}" height="${height}"><text x="10" y="17">${shortened(title, width * FITS.title)}</text><text class="sub" x="10" y="32">${shortened(subtitle, width * FITS.subtitle)}</text></svg></a>
`;
}

function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, Math.floor(most) - 1).join('')}…`;
}

const holdings = [{ value: 'clear', label: 'private, in the clear' }, { value: 'protected', label: 'private, protected' }, { value: 'public', label: 'public only' }] as const;

function holdingOf({ places }: InventoryKey): typeof holdings[number]['value'] {
  const secrets = places.filter(({ kind }) => kind === 'private' || kind === 'symmetric');
  return secrets.length === 0 ? 'public' : secrets.some((place) => protectionOf(place) === 'in the clear') ? 'clear' : 'protected';
}

function keysTable(keys: readonly InventoryKey[], ids: Ids, isJoined: boolean): Html {
  const titles = [...new Set(keys.map(titleOf))].sort();
  return table({
    id: 'keys', caption: 'All keys', searched: 'host, path, comment, fingerprint',
    columns: [{ title: 'Key', isSortable: true }, { title: 'Places', isSortable: true, isSorted: true }],
    filters: [
      { name: 'type', label: 'Type', all: 'all', values: titles.map((title) => ({ value: title, label: title })) },
      { name: 'holding', label: 'What is there', all: 'everything', values: holdings },
    ],
    rows: keys.map((key, i): Row => ({
      id: ids.get(key)!,
      facets: { type: titleOf(key), holding: holdingOf(key) },
      cells: [
        { rank: titles.indexOf(titleOf(key)), isHeader: true, content: subject(key) },
        { rank: i, content: list(key.places, (place) => placeLine(place, isJoined)) },
      ],
    })),
  });
}

function subject(key: InventoryKey): Html {
  const names = key.names.length === 0 ? markup`<br><span class="dim">no public name</span>` : key.names.map((name) => markup`<br><span class="name">${name}</span>`);
  return markup`<div class="subject"><b>${titleOf(key)}</b>${commentsOf(key).map((comment) => markup` <bdi>${comment}</bdi>`)}${names}</div>`;
}

function placeLine(place: Place, isJoined: boolean): Html {
  const { host, path, line, format, mode, commit } = place;
  const protection = protectionOf(place);
  // sshd needs its keys in the clear.
  return markup`<span class="badge ${protection === 'in the clear' && place.role !== 'host-key' ? 'error' : 'plain'}">${partOf(place)}</span> <span class="path">${isJoined && `${host}:`}<bdi>${path}</bdi>:${line}</span> <span class="dim">${[format, remarkOf(place), mode === undefined ? '' : modeText(mode), commit === undefined ? '' : `in commit ${commit}`].filter(Boolean).join(', ')}</span>`;
}
