import type { Inventory, InventoryKey, Place } from './inventory.ts';
import type { SshCertificate } from './key.ts';

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
  /**
   * The authority that `to` names in the key's stead (sshd(8), cert-authority): it has issued a certificate for the key, to a name that is let in there.
   * Where it is the key itself, whoever holds it can issue such certificates.
   */
  readonly via?: InventoryKey;
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
  const holdings = new Map(keys.map((key) => [key, [...holdingsOf(key, false), ...(hidden.byOwner.get(key) ?? []).flatMap((other) => holdingsOf(other, true))]]));
  const issued = certificatesByAuthority(keys);
  const across = { sharedKeys: [] as SharedKey[], sharedHostKeys: [] as SharedKey[], authorizedWithoutOwner: [] as Authorized[], logins: [] as Login[] };
  const addLogin = (key: InventoryKey, to: readonly Place[], via?: InventoryKey): void => {
    const from = holdings.get(key)!;
    if (to.length > 0 && from.length > 0) across.logins.push({ key, from, to, ...via && { via } });
  };
  for (const key of keys) {
    const from = holdings.get(key)!;
    const copies = hidden.adopted.has(key) ? [] : from.map(({ place }) => place).filter(({ hardware }) => hardware === undefined);
    const hostKeys = key.places.filter(({ role }) => role === 'host-key');
    if (hostsOf(hostKeys) > 1) across.sharedHostKeys.push({ key, places: hostKeys });
    if (hostsOf(copies) > 1 && copies.some(({ role }) => role !== 'host-key')) across.sharedKeys.push({ key, places: copies });
    const entries = key.places.filter(({ role, defect }) => role === 'authorized-key' && defect === undefined);
    const to = entries.filter((place) => !isAuthority(place)), trusting = entries.filter(isAuthority);
    addLogin(key, to);
    // An authority's private half has no business on any of the hosts.
    if (to.length > 0 && from.length === 0) across.authorizedWithoutOwner.push({ key, to });
    addLogin(key, trusting, key);
    for (const [certified, certificates] of issued.get(key) ?? []) addLogin(certified, trusting.filter((place) => certificates.some((certificate) => isLetIn(certificate, place))), key);
  }
  return across;
}

function isAuthority(place: Place): boolean {
  return optionOf(place, 'cert-authority') !== undefined;
}

function optionOf({ authorized }: Place, wanted: string): { readonly value?: string } | undefined {
  return authorized?.options.find(({ name }) => name === wanted);
}

/** Certificates for users by the key that signed them, and by the key that they are for. */
function certificatesByAuthority(keys: readonly InventoryKey[]): ReadonlyMap<InventoryKey, ReadonlyMap<InventoryKey, readonly SshCertificate[]>> {
  const byName = new Map(keys.flatMap((key) => key.names.map((name) => [name, key] as const)));
  const issued = new Map<InventoryKey, Map<InventoryKey, SshCertificate[]>>();
  for (const key of keys) {
    for (const { sshCertificate: certificate } of key.places) {
      const authority = certificate?.role === 'user' ? byName.get(certificate.authority.fingerprint ?? '') : undefined;
      if (!certificate || !authority) continue;
      const theirs = issued.get(authority) ?? new Map<InventoryKey, SshCertificate[]>();
      issued.set(authority, theirs);
      theirs.set(key, [...theirs.get(key) ?? [], certificate]);
    }
  }
  return issued;
}

/** One of the certificate's names is the user's, or one that the entry lets in; without names it stands for everybody (sshd(8), principals). */
function isLetIn({ principals }: SshCertificate, place: Place): boolean {
  const names = optionOf(place, 'principals')?.value?.split(',');
  if (names) return principals.some((name) => names.includes(name));
  return principals.length === 0 || place.user === undefined || principals.includes(place.user);
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
