import { acrossHosts, type Across, type Authorized, type SharedKey } from '../across.ts';
import { authorizedFields, certificateFields, encryptionFields, INVENTORY, knownHostFields, sshCertificateFields } from '../contract.ts';
import { modeText } from '../inventory-words.ts';
import type { Inventory, InventoryKey, Place } from '../inventory.ts';
import { printableJson } from '../terminal.ts';

/**
 * The contract that other programs read, `keylint merge` among them. An inventory of one host names it in `host`, one of many has `hosts`,
 * a `host` at each place, and `across`. `algorithm`, `bits` and `encryption` are always there: null means that they cannot be seen
 * from outside an encrypted key, and for `encryption` that the key is stored in the clear. `mode` is octal, as chmod takes it.
 */
export function json(inventory: Inventory): string {
  const { version, hosts, folder, summary, keys, problems } = inventory;
  const isJoined = folder === undefined;
  const hosted = ({ host, ...rest }: { readonly host: string } & Readonly<Record<string, unknown>>): object => (isJoined ? { host, ...rest } : rest);
  return `${printableJson({
    inventory: INVENTORY,
    version,
    ...isJoined ? { hosts } : { host: hosts[0], folder },
    summary: {
      files: summary.files, bytes: summary.bytes, keys: keys.length, places: keys.reduce((sum, { places }) => sum + places.length, 0),
      skipped: summary.skipped.map(({ host, path, reason }) => hosted({ host, path, reason })), ms: summary.ms,
    },
    keys: keys.map(({ names, algorithm, bits, curve, places }) => ({ names, algorithm: algorithm ?? null, bits: bits ?? null, curve, places: places.map((place) => hosted(placeFields(place))) })),
    ...isJoined && { across: acrossFields(acrossHosts(inventory)) },
    problems: problems.map(({ host, path, message }) => hosted({ host, path, message })),
  })}\n`;
}

function placeFields(place: Place): { readonly host: string } & Readonly<Record<string, unknown>> {
  const { host, path, line, column, endLine, endColumn, commit, author, date, inHead, branches, kind, role, user, format, wrapping, encryption, comment, x509, sshCertificate, authorized, knownHost, defect, hardware, inferred, weaknesses } = place;
  const { origin, mode, uid, gid, modified, tracked, isSymlink } = place;
  return {
    host, path, line, column, endLine, endColumn, commit, author, date, inHead, branches, kind, role, user, format, wrapping,
    encryption: encryption ? encryptionFields(encryption) : null, comment, x509: x509 && certificateFields(x509),
    sshCertificate: sshCertificate && sshCertificateFields(sshCertificate), authorized: authorized && authorizedFields(authorized), knownHost: knownHost && knownHostFields(knownHost), defect, hardware, inferred, weaknesses,
    origin, mode: mode === undefined ? undefined : modeText(mode), uid, gid, modified, tracked, isSymlink,
  };
}

function acrossFields({ sharedKeys, sharedHostKeys, authorizedWithoutOwner, logins }: Across): object {
  return {
    sharedKeys: sharedKeys.map(shared),
    sharedHostKeys: sharedHostKeys.map(shared),
    authorizedWithoutOwner: authorizedWithoutOwner.map((entry) => ({ key: nameOf(entry), to: entry.to.map(reference) })),
    logins: logins.map((entry) => ({ key: nameOf(entry), via: entry.via && nameOf({ key: entry.via }), from: entry.from.map(({ place, isAssumed }) => ({ ...reference(place), protected: place.encryption !== undefined, ...isAssumed && { assumed: true } })), to: entry.to.map(reference) })),
  };
}

function shared({ key, places }: SharedKey): object {
  return { key: nameOf({ key }), hosts: [...new Set(places.map(({ host }) => host))], places: places.map(reference) };
}

function nameOf({ key: { names } }: { readonly key: InventoryKey } | Authorized): string | null {
  return names[0] ?? null;
}

function reference({ host, user, path, line, authorized }: Place): object {
  return { host, user, path, line, options: authorized?.options.map(({ name, value }) => ({ name, value })) };
}
