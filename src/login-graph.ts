import type { Across } from './across.ts';
import { accountOf, titleOf } from './inventory-words.ts';
import type { InventoryKey, Place } from './inventory.ts';

/**
 * Who can log in where, as a drawing in three columns: who holds private keys, the keys, what they open. Numbers are pixels.
 * Where accounts would be too many boxes the hosts are drawn instead, and where these are too many only the keys that reach farthest.
 */
export interface LoginGraph {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Boxes are hosts, since there are too many accounts. */
  readonly isByHost: boolean;
  /** Keys that are not drawn because there are too many. */
  readonly left: number;
}

export interface GraphNode {
  readonly id: string;
  readonly column: 0 | 1 | 2;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly subtitle: string;
  /** Those that the node stands for: keys that the same holders have and that open the same accounts are drawn as one. */
  readonly keys: readonly InventoryKey[];
  /** None of the holders looked at has it. */
  readonly isOwnerless: boolean;
}

export interface GraphEdge {
  readonly from: GraphNode;
  readonly to: GraphNode;
  /** The private key is stored in the clear. */
  readonly isClear: boolean;
}

const WIDTHS = [230, 270, 230] as const;
const GAP = 130;
const MARGIN = 16;
/** Of the titles of the columns. */
const HEAD = 34;
const NODE_HEIGHT = 40;
const PITCH = 52;
/** More boxes in a column show nothing any more. */
const MOST_ROWS = 60;
const SWEEPS = 8;
/** Names in a box. */
const MOST_NAMES = 8;

/** A node before it has its place. */
interface Vertex {
  readonly id: string;
  readonly column: 0 | 1 | 2;
  readonly title: string;
  /** What the places that it stands for are called. */
  readonly details: Set<string>;
  readonly keys: readonly InventoryKey[];
  readonly isOwnerless: boolean;
}

/** Keys that are drawn as one: where they are held, and whether in the clear, and what they open. By ids of vertices. */
interface Bundle {
  readonly keys: InventoryKey[];
  readonly holders: ReadonlyMap<string, boolean>;
  readonly accounts: ReadonlySet<string>;
}

interface Link {
  readonly from: Vertex;
  readonly to: Vertex;
  readonly isClear: boolean;
}

type Entry = { readonly key: InventoryKey; readonly from: Across['logins'][number]['from']; readonly to: readonly Place[] };

/** Lays out the logins and the authorized keys without an owner. Pure, and the same for the same inventory. */
export function loginGraph({ logins, authorizedWithoutOwner }: Pick<Across, 'logins' | 'authorizedWithoutOwner'>): LoginGraph {
  const entries: readonly Entry[] = [...logins, ...authorizedWithoutOwner.map((entry) => ({ ...entry, from: [] }))];
  const byAccount = bundled(entries, accountVertex);
  const isByHost = rowsOf(byAccount.bundles) > MOST_ROWS;
  const { bundles, vertices } = isByHost ? bundled(entries, hostVertex) : byAccount;
  const drawn = farthest(bundles);
  const { columns, links } = linked(drawn, vertices);
  untangle(columns, links);
  const rows = Math.max(...columns.map(({ length }) => length), 1);
  const nodes = new Map(columns.flatMap((column) => column.map((vertex, row) => [vertex, nodeOf(vertex, row, column.length, rows)] as const)));
  return {
    width: 2 * MARGIN + WIDTHS.reduce<number>((sum, width) => sum + width, 0) + 2 * GAP,
    height: HEAD + rows * PITCH + MARGIN,
    nodes: [...nodes.values()],
    edges: links.map(({ from, to, isClear }) => ({ from: nodes.get(from)!, to: nodes.get(to)!, isClear })),
    isByHost,
    left: bundles.filter((bundle) => !drawn.includes(bundle)).reduce((sum, { keys }) => sum + keys.length, 0),
  };
}

/** A shorter column is spread over the height of the longest. */
function nodeOf({ id, column, title, details, keys, isOwnerless }: Vertex, row: number, ofRows: number, rows: number): GraphNode {
  const names = [...details];
  const rest = names.length - MOST_NAMES;
  return {
    id, column, title, keys, isOwnerless,
    subtitle: `${names.slice(0, MOST_NAMES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
    x: MARGIN + WIDTHS.slice(0, column).reduce<number>((sum, width) => sum + width + GAP, 0),
    y: HEAD + (row + 0.5) / ofRows * rows * PITCH - NODE_HEIGHT / 2,
    width: WIDTHS[column],
    height: NODE_HEIGHT,
  };
}

type VertexOf = (place: Place, column: 0 | 2) => Pick<Vertex, 'id' | 'title'> & { readonly detail: string };

/** Outside of a user's folder each file is a holder of its own. */
const accountVertex: VertexOf = (place, column) => ({ id: JSON.stringify([column, place.host, place.user ?? null, place.user === undefined ? place.path : null]), title: accountOf(place), detail: place.path });
const hostVertex: VertexOf = ({ host, user, path }, column) => ({ id: JSON.stringify([column, host]), title: host, detail: user ?? path });

function bundled(entries: readonly Entry[], vertexOf: VertexOf): { readonly bundles: readonly Bundle[]; readonly vertices: ReadonlyMap<string, Vertex> } {
  const vertices = new Map<string, Vertex>();
  const idOf = (place: Place, column: 0 | 2): string => {
    const { id, title, detail } = vertexOf(place, column);
    const vertex = vertices.get(id) ?? { id, column, title, details: new Set<string>(), keys: [], isOwnerless: false };
    vertices.set(id, vertex);
    vertex.details.add(detail);
    return id;
  };
  const bundles = new Map<string, Bundle>();
  for (const { key, from, to } of entries) {
    const holders = new Map<string, boolean>();
    for (const { place } of from) {
      const id = idOf(place, 0);
      holders.set(id, holders.get(id) === true || (place.encryption === undefined && place.hardware === undefined));
    }
    const accounts = new Set(to.map((place) => idOf(place, 2)));
    const signature = JSON.stringify([[...holders].sort(), [...accounts].sort()]);
    const same = bundles.get(signature);
    if (same) same.keys.push(key);
    else bundles.set(signature, { keys: [key], holders, accounts });
  }
  return { bundles: [...bundles.values()], vertices };
}

/** Of the longest column. */
function rowsOf(bundles: readonly Bundle[]): number {
  return Math.max(bundles.length, new Set(bundles.flatMap(({ holders }) => [...holders.keys()])).size, new Set(bundles.flatMap(({ accounts }) => [...accounts])).size);
}

/** The bundles that reach farthest, in their order, as far as there is room. */
function farthest(bundles: readonly Bundle[]): readonly Bundle[] {
  if (rowsOf(bundles) <= MOST_ROWS) return bundles;
  const reach = ({ holders, accounts }: Bundle): number => Math.max(holders.size, 1) * accounts.size;
  const holders = new Set<string>(), accounts = new Set<string>(), taken = new Set<Bundle>();
  for (const bundle of [...bundles].sort((a, b) => reach(b) - reach(a))) {
    const more = [...bundle.holders.keys()].filter((id) => !holders.has(id)), others = [...bundle.accounts].filter((id) => !accounts.has(id));
    if (taken.size === MOST_ROWS || holders.size + more.length > MOST_ROWS || accounts.size + others.length > MOST_ROWS) continue;
    taken.add(bundle);
    for (const id of more) holders.add(id);
    for (const id of others) accounts.add(id);
  }
  return bundles.filter((bundle) => taken.has(bundle));
}

function linked(bundles: readonly Bundle[], vertices: ReadonlyMap<string, Vertex>): { readonly columns: readonly [Vertex[], Vertex[], Vertex[]]; readonly links: readonly Link[] } {
  const [left, middle, right] = [new Set<Vertex>(), new Set<Vertex>(), new Set<Vertex>()];
  const links: Link[] = [];
  bundles.forEach(({ keys, holders, accounts }, i) => {
    const key: Vertex = { id: `key-${i}`, column: 1, ...words(keys), keys, isOwnerless: holders.size === 0 };
    middle.add(key);
    for (const [id, isClear] of holders) {
      left.add(vertices.get(id)!);
      links.push({ from: vertices.get(id)!, to: key, isClear });
    }
    for (const id of accounts) {
      right.add(vertices.get(id)!);
      links.push({ from: key, to: vertices.get(id)!, isClear: false });
    }
  });
  return { columns: [[...left], [...middle], [...right]], links };
}

function words(keys: readonly InventoryKey[]): { readonly title: string; readonly details: Set<string> } {
  const [first] = keys;
  if (keys.length > 1) return { title: `${keys.length} keys`, details: new Set(keys.map(titleOf)) };
  const comment = first!.places.find((place) => place.comment !== undefined)?.comment;
  return { title: comment === undefined ? titleOf(first!) : `${titleOf(first!)} ${comment}`, details: new Set(first!.names.slice(0, 1)) };
}

/** Puts each node near the middle of its neighbours, column by column (the barycentre method of Sugiyama, Tagawa and Toda, 1981). */
function untangle(columns: readonly Vertex[][], links: readonly { readonly from: Vertex; readonly to: Vertex }[]): void {
  const neighbours = new Map<Vertex, Vertex[]>();
  for (const { from, to } of links) for (const [one, other] of [[from, to], [to, from]] as const) neighbours.set(one, [...neighbours.get(one) ?? [], other]);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    // Rows as parts of their column, so that columns of different heights can be compared.
    const rank = new Map(columns.flatMap((vertices) => vertices.map((vertex, row) => [vertex, (row + 0.5) / vertices.length] as const)));
    for (const column of sweep % 2 === 0 ? [1, 0, 2] : [0, 2, 1]) {
      const vertices = columns[column]!;
      const middle = new Map(vertices.map((vertex) => {
        const around = neighbours.get(vertex) ?? [];
        return [vertex, around.length === 0 ? rank.get(vertex)! : around.reduce((sum, other) => sum + rank.get(other)!, 0) / around.length] as const;
      }));
      vertices.sort((a, b) => middle.get(a)! - middle.get(b)!);
      vertices.forEach((vertex, row) => rank.set(vertex, (row + 0.5) / vertices.length));
    }
  }
}
