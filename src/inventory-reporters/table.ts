import { styleText } from 'node:util';
import { acrossHosts, type Authorized, type Login, type SharedKey } from '../across.ts';
import { accountOf, commentsOf, modeText, partOf, protectionOf, remarkOf, titleOf, wayOf } from '../inventory-words.ts';
import type { Inventory, InventoryKey, InventoryReporterOptions, Place } from '../inventory.ts';
import { count, duration, size, skippedLine } from '../summary-line.ts';
import { printable } from '../terminal.ts';

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** Cells of one row; a column is as wide as its widest cell. */
type Cells = readonly string[];

/** Wider cells push what follows in their own row alone. */
const WIDEST = 90;

/**
 * For people. One paragraph for each key, and a row for each of its places; columns stand under each other throughout:
 *
 *     Ed25519  SHA256:...  ann@laptop
 *       private         .ssh/id_ed25519:1       openssh     aes256-ctr, bcrypt 16 rounds  0600
 *       authorized key  .ssh/authorized_keys:3  ssh-public                                0600
 */
export function table(inventory: Inventory, { color }: InventoryReporterOptions): string {
  const paint: Paint = color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
  const { keys, hosts, problems } = inventory;
  const isJoined = inventory.folder === undefined;
  const rows = keys.map(({ places }) => places.map((place) => placeCells(place, isJoined)));
  const widths = widthsOf(rows.flat());
  const paragraphs = keys.map((key, i) => [heading(key, paint), ...rows[i]!.map((cells) => `  ${aligned(cells, widths)}`)].join('\n'));
  const failed = problems.map(({ host, path, message }) => `${paint('red', 'failed:')} ${printable([isJoined ? host : undefined, path, message].filter((part) => part !== undefined).join(': '))}`);
  return `${[...paragraphs, ...isJoined ? acrossParagraphs(inventory, paint) : [], ...failed.length === 0 ? [] : [failed.join('\n')], closing(inventory, hosts.length, paint)].join('\n\n')}\n`;
}

function heading(key: InventoryKey, paint: Paint): string {
  return [paint('bold', printable(titleOf(key))), printable(key.names[0] ?? 'no public name'), ...commentsOf(key).map((comment) => paint('dim', printable(comment)))].join('  ');
}

function placeCells(place: Place, isJoined: boolean): Cells {
  const { host, path, line, commit, mode } = place;
  return [
    partOf(place),
    printable(`${isJoined ? `${host}:` : ''}${path}:${line}`),
    printable(place.format),
    printable(remarkOf(place)),
    [mode === undefined ? '' : modeText(mode), commit === undefined ? '' : `in commit ${printable(commit)}`].filter(Boolean).join('  '),
  ];
}

function widthsOf(rows: readonly Cells[]): readonly number[] {
  return (rows[0] ?? []).map((_, column) => rows.reduce((widest, cells) => (cells[column]!.length <= WIDEST ? Math.max(widest, cells[column]!.length) : widest), 0));
}

function aligned(cells: Cells, widths: readonly number[]): string {
  return cells.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd();
}

/** What shows across hosts, the worst first, and then who can log in where. */
function acrossParagraphs(inventory: Inventory, paint: Paint): readonly string[] {
  const { sharedKeys, sharedHostKeys, authorizedWithoutOwner, logins } = acrossHosts(inventory);
  const section = <T extends { readonly key: InventoryKey }>(title: string, list: readonly T[], lines: (each: T) => readonly string[]): readonly string[] =>
    (list.length === 0 ? [] : [[paint('underline', title), ...list.flatMap((each) => [`  ${heading(each.key, paint)}`, ...lines(each).map((line) => `    ${line}`)])].join('\n')]);
  const copies = ({ places }: SharedKey): readonly string[] => places.map(located);
  return [
    ...section('One private key on several hosts', sharedKeys, copies),
    ...section('One host key on several hosts', sharedHostKeys, copies),
    ...section('Authorized keys whose private halves are on none of the hosts', authorizedWithoutOwner, ({ to }: Authorized) => to.map(opened)),
    ...section('Who can log in where', logins, (login: Login) => [
      ...login.via ? [printable(wayOf(login))] : [],
      ...login.from.map(({ place, isAssumed }) => `from ${located(place)}  ${paint('dim', `${printable(protectionOf(place))}${isAssumed ? ', by the public key beside it' : ''}`)}`),
      ...login.to.map((place) => `to   ${opened(place)}`),
    ]),
  ];
}

function located({ host, path, line }: Place): string {
  return printable(`${host}:${path}:${line}`);
}

function opened(place: Place): string {
  return printable([accountOf(place), `${place.path}:${place.line}`, remarkOf(place)].filter((part) => part !== '').join('  '));
}

function closing({ keys, summary }: Inventory, hosts: number, paint: Paint): string {
  const places = keys.reduce((sum, key) => sum + key.places.length, 0);
  const found = `${keys.length === 0 ? 'no keys' : `${count(keys.length, 'key')} in ${count(places, 'place')}`}${hosts === 1 ? '' : ` on ${count(hosts, 'host')}`}`;
  const skipped = skippedLine(summary);
  return [paint('bold', `${found} (${count(summary.files, 'file')}, ${size(summary.bytes)}, ${duration(summary.ms)})`), ...skipped === '' ? [] : [paint('dim', skipped)]].join('\n');
}
