import type { Inventory, InventoryKey, Place } from './inventory.ts';

/** What only shows when inventories of several hosts are laid side by side. */
export interface Across {
  /** One private key on several hosts; keys of hosts that nobody has elsewhere are in the next list. */
  readonly sharedKeys: readonly SharedKey[];
  /** One `ssh_host_*` key on several hosts. */
  readonly sharedHostKeys: readonly SharedKey[];
  /** Keys that may log in somewhere, and whose private halves are on none of the hosts. */
  readonly authorizedWithoutOwner: readonly Authorized[];
  /** Who can log in where: each that holds the private half of a key can log in at each place that authorizes it. */
  readonly logins: readonly Login[];
}

export interface SharedKey {
  readonly key: InventoryKey;
  readonly places: readonly Place[];
}

export interface Authorized {
  readonly key: InventoryKey;
  readonly to: readonly Place[];
}

export interface Login extends Authorized {
  readonly from: readonly Holding[];
}

/** A private key's place. */
export interface Holding {
  readonly place: Place;
  /** The public half is hidden by encryption; the file beside it, `NAME.pub`, says which it is. */
  readonly isAssumed: boolean;
}

/** Reads an inventory across its hosts. Pure. */
export function acrossHosts({ keys }: Inventory): Across {
  const hidden = hiddenHalves(keys);
  const across = { sharedKeys: [] as SharedKey[], sharedHostKeys: [] as SharedKey[], authorizedWithoutOwner: [] as Authorized[], logins: [] as Login[] };
  for (const key of keys) {
    const from = [...holdingsOf(key, false), ...(hidden.byOwner.get(key) ?? []).flatMap((other) => holdingsOf(other, true))];
    const copies = hidden.adopted.has(key) ? [] : from.map(({ place }) => place).filter(({ hardware }) => hardware === undefined);
    const hostKeys = key.places.filter(({ role }) => role === 'host-key');
    const to = key.places.filter(({ role, defect }) => role === 'authorized-key' && defect === undefined);
    if (hostsOf(hostKeys) > 1) across.sharedHostKeys.push({ key, places: hostKeys });
    if (hostsOf(copies) > 1 && copies.some(({ role }) => role !== 'host-key')) across.sharedKeys.push({ key, places: copies });
    if (to.length > 0 && from.length > 0) across.logins.push({ key, from, to });
    else if (to.length > 0) across.authorizedWithoutOwner.push({ key, to });
  }
  return across;
}

/** Private keys whose encryption hides the public half, where a `NAME.pub` beside a copy says which it is. */
function hiddenHalves(keys: readonly InventoryKey[]): { readonly adopted: ReadonlySet<InventoryKey>; readonly byOwner: ReadonlyMap<InventoryKey, readonly InventoryKey[]> } {
  const publicFiles = new Map<string, InventoryKey>();
  for (const key of keys) for (const { host, path, kind } of key.places) if (kind === 'public' && path.endsWith('.pub')) publicFiles.set(fileOf(host, path), key);
  const adopted = new Set<InventoryKey>();
  const byOwner = new Map<InventoryKey, InventoryKey[]>();
  for (const key of keys) {
    if (!key.names.every((name) => name.startsWith('container:'))) continue;
    const beside = holdingsOf(key, false).map(({ place: { host, path } }) => publicFiles.get(fileOf(host, `${path}.pub`))).find((found) => found !== undefined);
    if (!beside) continue;
    adopted.add(key);
    byOwner.set(beside, [...byOwner.get(beside) ?? [], key]);
  }
  return { adopted, byOwner };
}

function holdingsOf({ places }: InventoryKey, isAssumed: boolean): readonly Holding[] {
  return places.filter(({ kind, defect }) => kind === 'private' && defect === undefined).map((place) => ({ place, isAssumed }));
}

function fileOf(host: string, path: string): string {
  return JSON.stringify([host, path]);
}

function hostsOf(places: readonly Place[]): number {
  return new Set(places.map(({ host }) => host)).size;
}
