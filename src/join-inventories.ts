import { posix, win32 } from 'node:path';
import { groupKeys, type Hosted, type Inventory, type InventoryKey, type Place } from './inventory.ts';
import { union } from './union.ts';

/** One inventory of all hosts, with absolute paths. `version`: of the keylint that joins them. */
export function joinInventories(inventories: readonly Inventory[], version: string): Inventory {
  const anchored = inventories.map(withAbsolutePaths);
  const sum = (field: 'files' | 'bytes' | 'ms'): number => inventories.reduce((total, { summary }) => total + summary[field], 0);
  return {
    version,
    hosts: [...new Set(inventories.flatMap(({ hosts }) => hosts))],
    summary: { files: sum('files'), bytes: sum('bytes'), ms: sum('ms'), skipped: union(anchored.map(({ summary }) => summary.skipped)) },
    keys: groupKeys(anchored.flatMap(({ keys }) => keys)).map(withoutRepeats),
    problems: [...union(anchored.map(({ problems }) => problems)), ...contradictions(anchored)],
  };
}

function withAbsolutePaths({ folder, ...inventory }: Inventory): Omit<Inventory, 'folder'> {
  const absolute = <T extends { readonly path?: string }>(entry: T): T => (folder === undefined || entry.path === undefined ? entry : { ...entry, path: absolutePath(folder, entry.path) });
  return {
    ...inventory,
    summary: { ...inventory.summary, skipped: inventory.summary.skipped.map(absolute) },
    keys: inventory.keys.map((key) => ({ ...key, places: key.places.map(absolute) })),
    problems: inventory.problems.map(absolute),
  };
}

/** As on the host, which may be of another kind than this one. A path that goes on behind the name of an archive is joined like any other. */
function absolutePath(folder: string, path: string): string {
  const { isAbsolute, join } = /^(?:[A-Za-z]:|\\\\)/.test(folder) ? win32 : posix;
  return isAbsolute(path) ? path : join(folder, path);
}

/** Two inventories of one host may have looked at the same place. */
function withoutRepeats(key: InventoryKey): InventoryKey {
  return { ...key, places: union(key.places.map((place) => [place])) };
}

/** Two hosts of one name, or a file that changed between two inventories of one host: then nobody can tell what is where. */
function contradictions(inventories: readonly Pick<Inventory, 'keys'>[]): readonly Hosted[] {
  const known = new Map<string, ReadonlySet<string>>();
  const found = new Map<string, Hosted>();
  for (const inventory of inventories) {
    for (const [at, { names, place: { host, path } }] of namesByPlace(inventory)) {
      const before = known.get(at);
      if (before && ![...names].some((name) => before.has(name))) found.set(JSON.stringify([host, path]), { host, path, message: 'two inventories have different keys here: two hosts have one name (see --host), or one inventory is older' });
      known.set(at, new Set([...before ?? [], ...names]));
    }
  }
  return [...found.values()];
}

/** All names of what is at one place; a keystore may hold many keys there. What has no name cannot be compared. */
function namesByPlace({ keys }: Pick<Inventory, 'keys'>): ReadonlyMap<string, { readonly names: ReadonlySet<string>; readonly place: Place }> {
  const places = new Map<string, { readonly names: Set<string>; readonly place: Place }>();
  for (const { names, places: list } of keys) {
    if (names.length === 0) continue;
    for (const place of list) {
      const at = JSON.stringify([place.host, place.path, place.line, place.column, place.commit]);
      const here = places.get(at) ?? { names: new Set(), place };
      places.set(at, here);
      for (const name of names) here.names.add(name);
    }
  }
  return places;
}
