import type { KnownHost } from '../key.ts';
import { defectLines, rawLines, readKey, unreadableFile, word, type Lines, type RawLine } from './line-reader.ts';

/** known_hosts as ssh reads it: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT; OpenSSH, hostfile.c (hostkeys_foreach_file, check_markers). */
export function readKnownHosts(bytes: Buffer): Lines {
  const unreadable = unreadableFile(bytes);
  if (unreadable !== undefined) return { entries: new Map(), lines: [{ line: 1, column: 1, endLine: 1, endColumn: 1, defect: unreadable }] };
  const entries = new Map<number, { knownHost: KnownHost }>();
  const defects: (RawLine & { defect: string })[] = [];
  for (const line of rawLines(bytes)) {
    if (line.text === '' || line.text.startsWith('#')) continue;
    const entry = readEntry(line.text);
    if (typeof entry === 'string') defects.push({ ...line, defect: entry });
    else entries.set(line.number, { knownHost: entry });
  }
  return { entries, lines: defectLines(defects) };
}

const markers: ReadonlyMap<string, NonNullable<KnownHost['marker']>> = new Map([['@cert-authority', 'cert-authority'], ['@revoked', 'revoked']]);

/** Whose key it is, or the reason why ssh passes over the line. */
function readEntry(text: string): KnownHost | string {
  const [, first = '', afterFirst = ''] = /^([^ \t]+)[ \t]*(.*)$/s.exec(text)!;
  const marker = markers.get(first);
  if (first.startsWith('@') && marker === undefined) return 'ssh knows no such marker';
  const [, hosts = '', key = ''] = marker === undefined ? [text, first, afterFirst] : /^([^ \t]*)[ \t]*(.*)$/s.exec(afterFirst)!;
  if (hosts.startsWith('@')) return 'only one marker may stand before a host';
  if (key === '') return 'there is no key behind the host';
  // SSH protocol 1: bits, exponent and modulus in decimal.
  if (/^\d{1,7}[ \t]/.test(key)) return 'a key of SSH protocol 1, which ssh no longer reads';
  if (hosts.startsWith('|') && !isHash(hosts)) return 'the hash of the host is damaged';
  const found = readKey(key);
  if (typeof found === 'string') return found;
  if (found.certificate) return 'ssh looks for no certificates here, but for the key of their authority behind @cert-authority';
  return { ...marker !== undefined && { marker }, ...hosts.startsWith('|') ? { hosts: [hosts], isHashed: true } : { hosts: hosts.split(',').filter((host) => host !== '').map(word) } };
}

/** hostfile.c, extract_salt: `|1|SALT|HASH`, each 20 bytes in base64. */
function isHash(text: string): boolean {
  return /^\|1\|[A-Za-z0-9+/]{27}=\|[A-Za-z0-9+/]{27}=$/.test(text);
}
