import { isProtected, typeOf } from './describe.ts';
import type { Encryption } from './key.ts';
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
