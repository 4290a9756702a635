import { namesOf } from './describe.ts';
import type { History, Key, Origin } from './key.ts';
import { baseName, folderOf, isHostKey, lineFormatOf, locationOf } from './place.ts';
import type { Report, Skipped } from './report.ts';

/**
 * What keys there are and where, of one host or of many: facts only, nothing is judged.
 * A key pair is one entry, whatever forms and copies its halves and certificates have.
 */
export interface Inventory {
  /** Of keylint. */
  readonly version: string;
  /** In the order in which they came. */
  readonly hosts: readonly string[];
  /** Absolute path of the folder that relative paths count from; absent where hosts were joined, since then all paths are absolute. */
  readonly folder?: string;
  readonly summary: InventorySummary;
  readonly keys: readonly InventoryKey[];
  readonly problems: readonly Hosted[];
}

export interface InventorySummary {
  readonly files: number;
  readonly bytes: number;
  readonly skipped: readonly (Skipped & { readonly host: string })[];
  /** Wall-clock milliseconds; of joined inventories their sum. */
  readonly ms: number;
}

/** Something that could not be done on a host. */
export interface Hosted {
  readonly host: string;
  readonly path?: string;
  readonly message: string;
}

/** A key by all its names, and where it lies. */
export interface InventoryKey {
  /** `SHA256:...`, `spki:HEX`, `container:HEX`, `digest:HEX`, the best known first. A key that has none is an entry for each of its places. */
  readonly names: readonly string[];
  readonly algorithm?: string;
  readonly bits?: number;
  readonly curve?: string;
  /** By host, path and line. */
  readonly places: readonly Place[];
}

/** What a file is to OpenSSH, by its name (sshd(8), FILES). */
export type Role = 'authorized-key' | 'known-host' | 'host-key';

/** What an entry says of a key once, for all its places. */
type Shared = 'algorithm' | 'bits' | 'curve' | 'fingerprint' | 'spki' | 'container' | 'digest';

/** One half or certificate of a key, and what is known of the file it lies in. `encryption` is absent where a private key is stored in the clear. */
export interface Place extends Omit<Key, Shared | 'file'>, Partial<History> {
  readonly host: string;
  readonly role?: Role;
  /** Whose SSH folder it lies in, or whose authorized keys it is among. */
  readonly user?: string;
  readonly origin: Origin;
  /** Object id of the commit that brought it, where it lies in history. */
  readonly commit?: string;
  /** Permission bits, `st_mode & 0o7777`. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** ISO 8601, UTC. */
  readonly modified?: string;
  readonly tracked?: boolean;
  readonly isSymlink?: boolean;
}

/** A user of the host and the home folder, as in passwd(5). */
export interface Account {
  readonly name: string;
  readonly home: string;
}

export interface InventoryOptions {
  readonly host: string;
  readonly folder: string;
  readonly accounts: readonly Account[];
}

/** Makes an inventory of what a run found. */
export function inventoryOf({ version, summary, keys, problems }: Report, { host, folder, accounts }: InventoryOptions): Inventory {
  const homes = new Map(accounts.map(({ name, home }) => [home, name]));
  return {
    version,
    hosts: [host],
    folder,
    summary: { files: summary.files, bytes: summary.bytes, skipped: summary.skipped.map((skipped) => ({ host, ...skipped })), ms: summary.ms },
    keys: groupKeys(keys.map((key) => ({ ...identityOf(key), places: [placeOf(key, host, homes)] }))),
    problems: problems.map((problem) => ({ host, ...problem })),
  };
}

/** Joins entries that have a name in common, directly or through others; by the first place of each. */
export function groupKeys(entries: readonly InventoryKey[]): readonly InventoryKey[] {
  const groups = new Set<InventoryKey[]>();
  const byName = new Map<string, InventoryKey[]>();
  for (const entry of entries) {
    const [group = [], ...others] = new Set(entry.names.flatMap((name) => { const found = byName.get(name); return found ? [found] : []; }));
    for (const other of others) {
      groups.delete(other);
      for (const each of other) add(each, group);
    }
    add(entry, group);
    groups.add(group);
  }
  function add(entry: InventoryKey, group: InventoryKey[]): void {
    group.push(entry);
    for (const name of entry.names) byName.set(name, group);
  }
  return [...groups].map(joined).sort((a, b) => byPlace(a.places[0]!, b.places[0]!));
}

function joined(group: readonly InventoryKey[]): InventoryKey {
  const [first] = group;
  if (group.length === 1) return { ...first!, places: [...first!.places].sort(byPlace) };
  const names = new Set(group.flatMap(({ names }) => names));
  const { algorithm, bits, curve } = group.find(({ places }) => places.some(({ inferred, defect }) => !inferred && defect === undefined)) ?? first!;
  return {
    names: [...names].sort((a, b) => rankOf(a) - rankOf(b) || compare(a, b)),
    ...algorithm !== undefined && { algorithm },
    ...bits !== undefined && { bits },
    ...curve !== undefined && { curve },
    places: group.flatMap(({ places }) => places).sort(byPlace),
  };
}

function rankOf(name: string): number {
  return ['SHA256:', 'spki:', 'container:', 'digest:'].findIndex((prefix) => name.startsWith(prefix));
}

/** By code units, so that the order is the same on every machine. */
function byPlace(a: Place, b: Place): number {
  return compare(a.host, b.host) || compare(a.path, b.path) || a.line - b.line || a.column - b.column;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function identityOf(key: Key): Omit<InventoryKey, 'places'> {
  const { algorithm, bits, curve } = key;
  return { names: namesOf(key), ...algorithm !== undefined && { algorithm }, ...bits !== undefined && { bits }, ...curve !== undefined && { curve } };
}

function placeOf(key: Key, host: string, homes: ReadonlyMap<string, string>): Place {
  const { algorithm, bits, curve, fingerprint, spki, container, digest, file, ...facts } = key;
  const { origin, commit, history, mode, uid, gid, mtime, tracked, isSymlink } = file;
  const role = roleOf(key);
  const user = userOf(locationOf(key), homes);
  return {
    host,
    ...facts,
    ...role && { role },
    ...user !== undefined && { user },
    origin,
    ...commit !== undefined && { commit },
    ...history,
    ...mode !== undefined && { mode },
    ...uid !== undefined && { uid },
    ...gid !== undefined && { gid },
    ...mtime !== undefined && { modified: new Date(mtime).toISOString() },
    ...tracked !== undefined && { tracked },
    ...isSymlink !== undefined && { isSymlink },
  };
}

function roleOf(key: Key): Role | undefined {
  const path = locationOf(key);
  const isPublic = key.kind === 'public' || key.kind === 'certificate';
  const list = isPublic ? lineFormatOf(path) : undefined;
  if (key.authorized || list === 'authorized_keys') return 'authorized-key';
  // ssh-keygen -R leaves the list as it was before beside the new one.
  if (key.knownHost || list === 'known_hosts' || (isPublic && baseName(path) === 'known_hosts.old')) return 'known-host';
  return isHostKey(key) || (isPublic && /^ssh_host_.*_key(?:-cert)?\.pub$/.test(baseName(path))) ? 'host-key' : undefined;
}

/** By the home folder that holds the `.ssh` folder, which on a mounted disk is in no list of users; else by the name of the user's own file. */
function userOf(path: string, homes: ReadonlyMap<string, string>): string | undefined {
  const home = /^(.*?)[/\\]\.ssh(?:[/\\]|$)/s.exec(path)?.[1];
  if (home !== undefined) return homes.get(home) ?? (baseName(home) || undefined);
  return /^authorized_keys(?:\.d)?$/.test(baseName(folderOf(path))) ? baseName(path) : undefined;
}

export interface InventoryReporterOptions {
  readonly color: boolean;
  /** When the inventory is made: ISO 8601 in UTC, as `toISOString` writes it. */
  readonly date: string;
  /** A new UUID. */
  readonly serialNumber: string;
  /** Of keylint: a URL, from its package.json. */
  readonly homepage?: string;
}

/** Renders an inventory. Pure; the text ends with a line break. */
export type InventoryReporter = (inventory: Inventory, options: InventoryReporterOptions) => string;
