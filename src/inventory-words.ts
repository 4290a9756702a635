import type { Login } from './across.ts';
import { dayOf } from './dates.ts';
import { isProtected, typeOf } from './describe.ts';
import type { Encryption, NamedOption } from './key.ts';
import type { InventoryKey, Place } from './inventory.ts';

/** What inventories say in words, in a table as on a page. */

/** `Ed25519`, `RSA 2048-bit`; where the algorithm is hidden by encryption or unknown, the formats. */
export function titleOf(key: InventoryKey): string {
  const [first] = key.places;
  const type = typeOf({ ...first!, ...key });
  if (type !== undefined && key.places.every(({ inferred }) => inferred)) return `${type} (judged by its length)`;
  return type ?? (first!.kind === 'symmetric' ? 'symmetric key' : `hidden in ${[...new Set(key.places.map(({ format }) => format))].join(', ')}`);
}

/** What people wrote beside the key. */
export function commentsOf({ places }: InventoryKey): readonly string[] {
  return [...new Set(places.flatMap(({ comment }) => (comment === undefined ? [] : [comment])))];
}

/** `private`, `authorized key`, `host key, public` */
export function partOf({ kind, role }: Place): string {
  if (role === 'host-key') return `host key, ${kind}`;
  if (role === undefined) return kind;
  return kind === 'certificate' ? `${roleTitles[role]}, certificate` : roleTitles[role];
}

const roleTitles = { 'authorized-key': 'authorized key', 'known-host': 'known host' } as const;

/** How a private key is stored; empty for what is public. */
export function protectionOf(place: Place): string {
  const { kind, defect, hardware, encryption } = place;
  if (defect !== undefined) return `unreadable: ${defect}`;
  if (kind !== 'private' && kind !== 'symmetric') return '';
  if (hardware) return 'held in hardware';
  if (!encryption) return 'in the clear';
  return isProtected(place) ? encryptionText(encryption) : 'under an empty passphrase';
}

/** What there is to say of a place beside its path: how a private key is stored, what an entry of authorized_keys allows, until when a certificate is valid. */
export function remarkOf(place: Place): string {
  const { kind, defect, authorized, knownHost, sshCertificate: certificate, x509 } = place;
  if (defect !== undefined || kind === 'private' || kind === 'symmetric') return protectionOf(place);
  const parts = [
    ...authorized ? [optionsText(authorized.options)] : [],
    ...knownHost?.marker === undefined ? [] : [`@${knownHost.marker}`],
    ...certificate ? [`${certificate.role} certificate${certificate.principals.length > 0 ? ` for ${certificate.principals.join(', ')}` : ''}${certificate.validBefore === undefined ? '' : ` until ${dayOf(certificate.validBefore)}`}`] : [],
    ...x509?.notAfter === undefined ? [] : [`until ${x509.notAfter.slice(0, 10)}`],
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** `restrict, from="10.0.0.0/8"` */
function optionsText(options: readonly NamedOption[]): string {
  return options.map(({ name, value }) => (value === undefined ? name : `${name}="${value}"`)).join(', ');
}

/** By what an account is opened, where it is not the key itself. */
export function wayOf({ key, via }: Login): string {
  if (!via) return '';
  return via === key ? 'by certificates that whoever holds it can issue' : `by a certificate of ${titleOf(via)} ${via.names[0] ?? ''}`;
}

/** `aes256-ctr, bcrypt 16 rounds` */
function encryptionText({ cipher, kdf, rounds, N, r, p, memory, passes, parallelism }: Encryption): string {
  const cost = [
    rounds !== undefined && `${rounds} ${rounds === 1 ? 'round' : 'rounds'}`, N !== undefined && `N=${N}`, r !== undefined && `r=${r}`, p !== undefined && `p=${p}`,
    memory !== undefined && `${memory} KiB`, passes !== undefined && `${passes} ${passes === 1 ? 'pass' : 'passes'}`, parallelism !== undefined && `${parallelism} lanes`,
  ].filter((part) => part !== false);
  return `${cipher}, ${[kdf, ...cost].join(' ')}`;
}

/** `ann@web1`, where it is known whose it is. */
export function accountOf({ host, user }: Place): string {
  return user === undefined ? host : `${user}@${host}`;
}

/** As chmod takes it: `0600`. */
export function modeText(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
