import type { AuthorizedEntry, FileLine, KnownHost } from '../key.ts';
import { readSshBlob, sshTypes, type SshPublicKey } from '../ssh-blob.ts';
import { countCharacters, LF, withoutKeyText } from '../text.ts';

/** What the lines of a file say: of the keys on them, and of themselves. */
export interface Lines {
  /** By line number, of each line that is an entry with a key. */
  readonly entries: ReadonlyMap<number, { readonly authorized?: AuthorizedEntry; readonly knownHost?: KnownHost }>;
  /** Lines that say something of their own, from top to bottom. */
  readonly lines: readonly FileLine[];
}

/** A line without the blanks before it and what breaks it. */
export interface RawLine {
  readonly number: number;
  /** One character for each byte. */
  readonly text: string;
  readonly column: number;
  readonly endColumn: number;
}

/** Lines as ssh reads them: they end with LF, whatever else may look like an end. */
export function* rawLines(bytes: Buffer): Generator<RawLine> {
  let number = 1;
  for (let at = 0; at < bytes.length; number++) {
    const found = bytes.indexOf(LF, at);
    const end = found < 0 ? bytes.length : found;
    const whole = bytes.toString('latin1', at, end).replace(/[\r \t]+$/, '');
    const text = whole.replace(/^[ \t]+/, '');
    const column = 1 + whole.length - text.length;
    yield { number, text, column, endColumn: 1 + countCharacters(bytes.subarray(at, at + whole.length)) };
    at = end + 1;
  }
}

/** Why ssh can read nothing of a file, whatever its lines say. */
export function unreadableFile(bytes: Buffer): string | undefined {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'the file is written in UTF-16';
  return bytes.subarray(0, 4096).includes(0) ? 'the file is no text' : undefined;
}

/** Words of a file that travel with a key: where the file is damaged, what stands in their place may be the key. Short ones are none. */
export function word(text: string): string {
  return text.length < 24 ? text : withoutKeyText(text);
}

/** A line, or adjacent ones of which the same is to be said. */
export function defectLines(list: readonly (RawLine & { readonly defect: string })[]): readonly FileLine[] {
  const lines: FileLine[] = [];
  for (const { number, column, endColumn, defect } of list) {
    const last = lines.at(-1);
    if (last && last.defect === defect && last.endLine === number - 1) lines[lines.length - 1] = { ...last, endLine: number, endColumn };
    else lines.push({ line: number, column, endLine: number, endColumn, defect });
  }
  return lines;
}

/** The keys that OpenSSH knows, and those it knew once. */
const knownTypes: ReadonlySet<string> = new Set(sshTypes.filter((type) => !type.startsWith('ssh-ed448')));

/** Whether some text begins with the type of a key. */
export function hasKeyType(text: string): boolean {
  return knownTypes.has(/^[^ \t]*/.exec(text)![0]);
}

/** `TYPE BASE64 COMMENT` as sshkey.c, sshkey_read, takes it, or the reason why it does not. */
export function readKey(text: string): SshPublicKey | string {
  const [, type = '', base64 = ''] = /^([^ \t]*)[ \t]*([^ \t]*)/.exec(text)!;
  if (!knownTypes.has(type)) return notAType(type);
  if (base64 === '' || base64.startsWith('#')) return 'there is no key behind its type';
  const key = base64.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? readSshBlob(Buffer.from(base64, 'base64')) : undefined;
  if (!key) return 'the key is damaged or cut off';
  return key.type === type ? key : `it says ${type}, and the key is of type ${key.type}`;
}

function notAType(word: string): string {
  if (/^AAAA[A-Za-z0-9+/]{12}/.test(word)) return 'the type of the key is missing before it';
  if (/^-{4,5}\s*BEGIN|^PuTTY-User-Key-File/.test(word)) return 'a key in the format of another program';
  if (/^(?:(?:ssh|ecdsa|sk|webauthn|x509v3|pgp)-[\w@.-]{1,64}|rsa-sha2-\d+)$/.test(word)) return `OpenSSH knows no keys of type ${withoutKeyText(word)}`;
  return 'there is no key in it';
}
