import { INVENTORY } from './contract.ts';
import type { Finding } from './finding.ts';
import type { Hosted, Inventory, InventoryKey } from './inventory.ts';
import type { Key } from './key.ts';
import type { Failure, Report, Skipped } from './report.ts';

/** A file that is no JSON document of keylint, or cannot be joined with the others. The message quotes nothing of it. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}

export type Document =
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'inventory'; readonly inventory: Inventory };

/** Reads what `-f json` wrote. `name` stands for the host where an inventory does not say it. Throws DocumentError. */
export function readDocument(bytes: Buffer, name: string): Document {
  const value = parse(decode(bytes));
  if (isObject(value) && 'inventory' in value) return { kind: 'inventory', inventory: readInventory(value, name) };
  if (isObject(value) && 'findings' in value && 'keys' in value) return readReport(value);
  throw new DocumentError('is neither a report nor an inventory that keylint wrote with -f json');
}

/** Windows PowerShell redirects output as UTF-16 with a byte order mark. */
function decode(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

/** The error of JSON.parse quotes what it met. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DocumentError(text === '' ? 'is empty' : 'is not JSON, or cut off');
  }
}

/** Says whether a value is what it has to be. */
type Is = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Is>>;
type Fields = Readonly<Record<string, unknown>>;

const text: Is = (value) => typeof value === 'string';
const truth: Is = (value) => typeof value === 'boolean';
const amount: Is = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const whole: Is = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const octal: Is = (value) => typeof value === 'string' && /^[0-7]{1,5}$/.test(value);
const maybe = (is: Is): Is => (value) => value === undefined || is(value);
const nullable = (is: Is): Is => (value) => value === null || is(value);
const oneOf = (...words: readonly string[]): Is => (value) => typeof value === 'string' && words.includes(value);
const list = (is: Is): Is => (value) => Array.isArray(value) && value.every(is);
const map = (is: Is): Is => (value) => isObject(value) && Object.values(value).every(is);

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const options = list((value) => isObject(value) && text(value['name']) && maybe(text)(value['value']));
const sshFacts: Shape = {
  sshCertificate: maybe((value) => isObject(value) && oneOf('user', 'host')(value['role']) && text(value['serial']) && text(value['keyId']) && list(text)(value['principals'])
    && maybe(amount)(value['validAfter']) && maybe(amount)(value['validBefore']) && options(value['criticalOptions']) && options(value['extensions'])
    && isObject(value['authority']) && maybe(text)(value['authority']['fingerprint']) && text(value['signature'])),
  authorized: maybe((value) => isObject(value) && options(value['options'])),
  knownHost: maybe((value) => isObject(value) && maybe(oneOf('cert-authority', 'revoked'))(value['marker']) && list(text)(value['hosts']) && maybe(truth)(value['isHashed'])),
};
const place: Shape = {
  ...sshFacts,
  path: text, line: whole, column: whole, endLine: whole, endColumn: whole, commit: maybe(text), kind: oneOf('private', 'public', 'certificate', 'symmetric'),
  format: text, wrapping: list(text), encryption: nullable(map((value) => text(value) || amount(value))), comment: maybe(text), x509: maybe(map(text)), defect: maybe(text), hardware: maybe(truth), inferred: maybe(truth), weaknesses: list(text),
  origin: oneOf('file', 'index', 'commit', 'stdin'), tracked: maybe(truth), isSymlink: maybe(truth),
  author: maybe(text), date: maybe(text), inHead: maybe(truth), branches: maybe(list(text)), versions: maybe(whole),
};
const identity: Shape = { algorithm: nullable(text), bits: nullable(whole), curve: maybe(text) };
const reportKey: Shape = { ...place, ...identity, isPushed: maybe(truth), isRoot: maybe(truth),
  joint: maybe((value) => isObject(value) && whole(value['time']) && maybe(whole)(value['committed']) && maybe(whole)(value['age']) && list(text)(value['refs'])),
  fingerprint: maybe(text), spki: maybe(text), container: maybe(text), digest: maybe(text) };
const finding: Shape = {
  rule: text, severity: oneOf('note', 'warn', 'error'), message: text, help: text, path: text, line: whole, column: whole, endLine: whole, endColumn: whole, commit: maybe(text), fingerprint: maybe(text),
  author: maybe(text), date: maybe(text), inHead: maybe(truth), branches: maybe(list(text)), versions: maybe(whole),
};
const skipped: Shape = { path: text, reason: text, host: maybe(text) };
const failure: Shape = { path: maybe(text), message: text, host: maybe(text) };
const summary: Shape = { files: whole, bytes: amount, ms: amount };

/** Throws where a field is not what it has to be, and gives the object with all it has: fields that are added to the contract pass through. */
function fieldsOf(value: unknown, shape: Shape, at: string): Fields {
  if (!isObject(value)) throw new DocumentError(`has no ${at}, or not as keylint writes it`);
  for (const [name, is] of Object.entries(shape)) if (!is(value[name])) throw new DocumentError(`has no ${at}.${name}, or not as keylint writes it`);
  return value;
}

function listOf(value: unknown, shape: Shape, at: string): readonly Fields[] {
  if (!Array.isArray(value)) throw new DocumentError(`has no ${at}, or not as keylint writes it`);
  return value.map((each, i) => fieldsOf(each, shape, `${at}[${i}]`));
}

/** Without fields that are null, which stands for what is not known. */
function known(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function readReport(value: Fields): Document {
  const { version } = fieldsOf(value, { version: text }, 'report');
  const counts = fieldsOf(value['summary'], { ...summary, keys: whole, errors: whole, warnings: whole }, 'summary');
  const { shard, keys, findings, problems } = value;
  const report: unknown = {
    version,
    ...shard !== undefined && { shard: fieldsOf(shard, { index: whole, count: whole }, 'shard') },
    summary: { ...counts, skipped: listOf(counts['skipped'], skipped, 'summary.skipped') as unknown as readonly Skipped[] },
    keys: listOf(keys, reportKey, 'keys').map(keyOf),
    findings: listOf(findings, finding, 'findings') as unknown as readonly Finding[],
    problems: listOf(problems, failure, 'problems') as unknown as readonly Failure[],
  };
  return { kind: 'report', report: report as Report };
}

/** What the report says of the file goes back to where rules look for it. */
function keyOf({ commit, origin, tracked, isSymlink, isPushed, author, date, isRoot, inHead, branches, versions, joint, ...fields }: Fields): Key {
  const history = inHead === undefined ? undefined : withoutHoles({ author, date, isRoot, inHead, branches, versions, joint });
  return { ...known(fields), file: withoutHoles({ origin, commit, tracked, isSymlink, isPushed, history }) } as unknown as Key;
}

function withoutHoles(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function readInventory(value: Fields, name: string): Inventory {
  if (value['inventory'] !== INVENTORY) throw new DocumentError('is an inventory of another kind: its "inventory" is not 1');
  const { version, folder, host, hosts } = fieldsOf(value, { version: text, host: maybe(text), hosts: maybe(list(text)), folder: maybe(text) }, 'inventory') as { version: string; folder?: string; host?: string; hosts?: readonly string[] };
  const counts = fieldsOf(value['summary'], summary, 'summary') as { files: number; bytes: number; ms: number };
  const own = host ?? name;
  const hosted = (fields: Fields): Fields => ({ host: own, ...fields });
  return {
    version,
    hosts: hosts ?? [own],
    ...folder !== undefined && { folder },
    summary: { files: counts.files, bytes: counts.bytes, ms: counts.ms, skipped: listOf((value['summary'] as Fields)['skipped'], skipped, 'summary.skipped').map(hosted) as unknown as Inventory['summary']['skipped'] },
    keys: listOf(value['keys'], { ...identity, names: list(text) }, 'keys').map((key, i) => inventoryKey(key, `keys[${i}]`, hosted)),
    problems: listOf(value['problems'], failure, 'problems').map(hosted) as unknown as readonly Hosted[],
  };
}

const inventoryPlace: Shape = {
  ...place, host: maybe(text), role: maybe(oneOf('authorized-key', 'known-host', 'host-key')), user: maybe(text), mode: maybe(octal), uid: maybe(whole), gid: maybe(whole), modified: maybe(text),
};

function inventoryKey(key: Fields, at: string, hosted: (fields: Fields) => Fields): InventoryKey {
  const places = listOf(key['places'], inventoryPlace, `${at}.places`);
  if (places.length === 0) throw new DocumentError(`has no ${at}.places, or not as keylint writes it`);
  return { ...known(key), places: places.map(({ mode, ...fields }) => hosted(known({ ...fields, ...mode !== undefined && { mode: parseInt(mode as string, 8) } }))) } as unknown as InventoryKey;
}
