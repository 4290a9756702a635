import type { Across } from './across.ts';
import { accountOf, titleOf } from './inventory-words.ts';
import type { InventoryKey, Place } from './inventory.ts';

/** Who can log in where, as a drawing in three columns: who holds private keys, the keys, the accounts that they open. Numbers are pixels. */
export interface LoginGraph {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
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
/** More boxes than these show nothing any more. */
const MOST_KEYS = 200;
const SWEEPS = 8;

/** A node before it has its place. */
interface Vertex {
  readonly id: string;
  readonly column: 0 | 1 | 2;
  readonly title: string;
  readonly subtitle: string;
  readonly keys: readonly InventoryKey[];
  readonly isOwnerless: boolean;
}

interface Bundle {
  readonly keys: InventoryKey[];
  readonly holders: ReadonlyMap<string, { readonly vertex: Vertex; readonly isClear: boolean }>;
  readonly accounts: ReadonlyMap<string, Vertex>;
}

/** Lays out the logins and the authorized keys without an owner. Pure, and the same for the same inventory. */
export function loginGraph({ logins, authorizedWithoutOwner }: Pick<Across, 'logins' | 'authorizedWithoutOwner'>): LoginGraph {
  const bundles = bundled([...logins, ...authorizedWithoutOwner.map((entry) => ({ ...entry, from: [] }))]);
  const drawn = bundles.slice(0, MOST_KEYS);
  const columns: [Vertex[], Vertex[], Vertex[]] = [[], [], []];
  const links: { from: Vertex; to: Vertex; isClear: boolean }[] = [];
  const known = new Map<string, Vertex>();
  const placed = (vertex: Vertex): Vertex => {
    const old = known.get(vertex.id);
    if (!old) {
      known.set(vertex.id, vertex);
      columns[vertex.column].push(vertex);
    }
    return old ?? vertex;
  };
  drawn.forEach(({ keys, holders, accounts }, i) => {
    const key = placed({ id: `key-${i}`, column: 1, ...words(keys), keys, isOwnerless: holders.size === 0 });
    for (const { vertex, isClear } of holders.values()) links.push({ from: placed(vertex), to: key, isClear });
    for (const vertex of accounts.values()) links.push({ from: key, to: placed(vertex), isClear: false });
  });
  untangle(columns, links);
  const rows = Math.max(...columns.map(({ length }) => length), 1);
  const height = HEAD + (rows - 1) * PITCH + NODE_HEIGHT + 2 * MARGIN;
  const nodes = new Map(columns.flatMap((vertices, column) => vertices.map((vertex, row) => [vertex, {
    ...vertex,
    x: MARGIN + WIDTHS.slice(0, column).reduce<number>((sum, width) => sum + width + GAP, 0),
    // Shorter columns stand in the middle.
    y: HEAD + MARGIN + (row + (rows - vertices.length) / 2) * PITCH,
    width: WIDTHS[vertex.column],
    height: NODE_HEIGHT,
  } satisfies GraphNode] as const)));
  return {
    width: 2 * MARGIN + WIDTHS.reduce<number>((sum, width) => sum + width, 0) + 2 * GAP,
    height,
    nodes: [...nodes.values()],
    edges: links.map(({ from, to, isClear }) => ({ from: nodes.get(from)!, to: nodes.get(to)!, isClear })),
    left: bundles.slice(MOST_KEYS).reduce((sum, { keys }) => sum + keys.length, 0),
  };
}

function bundled(entries: readonly { readonly key: InventoryKey; readonly from: Across['logins'][number]['from']; readonly to: readonly Place[] }[]): readonly Bundle[] {
  const bundles = new Map<string, Bundle>();
  for (const { key, from, to } of entries) {
    const holders = new Map<string, { vertex: Vertex; isClear: boolean }>();
    for (const { place } of from) {
      const vertex = holderOf(place);
      const isClear = place.encryption === undefined && place.hardware === undefined;
      holders.set(vertex.id, { vertex, isClear: isClear || holders.get(vertex.id)?.isClear === true });
    }
    const accounts = new Map(to.map((place) => { const vertex = accountVertex(place); return [vertex.id, vertex] as const; }));
    const signature = JSON.stringify([[...holders].map(([id, { isClear }]) => [id, isClear]).sort(), [...accounts.keys()].sort()]);
    const same = bundles.get(signature);
    if (same) same.keys.push(key);
    else bundles.set(signature, { keys: [key], holders, accounts });
  }
  return [...bundles.values()];
}

function holderOf(place: Place): Vertex {
  const title = accountOf(place);
  // Outside of a user's folder each file is a holder of its own.
  const id = place.user === undefined ? JSON.stringify(['from', place.host, place.path]) : JSON.stringify(['from', place.host, place.user, '']);
  return { id, column: 0, title, subtitle: place.path, keys: [], isOwnerless: false };
}

function accountVertex(place: Place): Vertex {
  const id = place.user === undefined ? JSON.stringify(['to', place.host, place.path]) : JSON.stringify(['to', place.host, place.user, '']);
  return { id, column: 2, title: accountOf(place), subtitle: place.path, keys: [], isOwnerless: false };
}

function words(keys: readonly InventoryKey[]): { readonly title: string; readonly subtitle: string } {
  const [first] = keys;
  if (keys.length > 1) return { title: `${keys.length} keys`, subtitle: [...new Set(keys.map(titleOf))].join(', ') };
  const comment = first!.places.find((place) => place.comment !== undefined)?.comment;
  return { title: comment === undefined ? titleOf(first!) : `${titleOf(first!)} ${comment}`, subtitle: first!.names[0] ?? '' };
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
