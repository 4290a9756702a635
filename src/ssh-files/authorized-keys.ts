import { readTime } from '../dates.ts';
import type { NamedOption } from '../key.ts';
import { defectLines, hasKeyType, rawLines, readKey, unreadableFile, word, type Lines, type RawLine } from './line-reader.ts';

/**
 * authorized_keys as sshd reads it: sshd(8), AUTHORIZED_KEYS FILE FORMAT; OpenSSH, auth2-pubkeyfile.c (auth_check_authkey_line)
 * and auth-options.c (sshauthopt_parse). What sshd passes over it does not tell anyone.
 */
export function readAuthorizedKeys(bytes: Buffer): Lines {
  const unreadable = unreadableFile(bytes);
  if (unreadable !== undefined) return { entries: new Map(), lines: [{ line: 1, column: 1, endLine: 1, endColumn: 1, defect: unreadable }] };
  const entries = new Map<number, { authorized: { options: readonly NamedOption[] } }>();
  const defects: (RawLine & { defect: string })[] = [];
  for (const line of rawLines(bytes)) {
    if (line.text === '' || line.text.startsWith('#')) continue;
    const entry = readEntry(line.text);
    if (typeof entry === 'string') defects.push({ ...line, defect: entry });
    else entries.set(line.number, { authorized: entry });
  }
  return { entries, lines: defectLines(defects) };
}

/** An entry with its options, or the reason why sshd has none. */
function readEntry(text: string): { readonly options: readonly NamedOption[] } | string {
  let rest = text;
  let before = '';
  if (!hasKeyType(text)) {
    const end = endOfOptions(text);
    if (end === undefined) return 'a quote is not closed';
    before = text.slice(0, end);
    rest = text.slice(end).replace(/^[ \t]+/, '');
    // What was meant for a key stands where options would.
    if (!hasKeyType(rest)) return before.startsWith('\xef\xbb\xbf') ? 'a byte order mark stands before it' : readKey(isOptions(before) ? rest : text) as string;
  }
  const key = readKey(rest);
  if (typeof key === 'string') return key;
  if (key.certificate) return 'sshd looks for no certificates here, but for the key of their authority behind cert-authority';
  const options = readOptions(before);
  if (typeof options === 'string') return options;
  const has = (name: string): boolean => options.some((option) => option.name === name);
  return has('principals') && !has('cert-authority') ? 'principals without cert-authority: sshd lets nobody in with it' : { options };
}

/** auth2-pubkeyfile.c, sshkey_advance_past_options: blanks end them, but for those in quotes. */
function endOfOptions(text: string): number | undefined {
  let isQuoted = false;
  let at = 0;
  for (; at < text.length && (isQuoted || !/[ \t]/.test(text[at]!)); at++) {
    if (text[at] === '\\' && text[at + 1] === '"') at++;
    else if (text[at] === '"') isQuoted = !isQuoted;
  }
  return isQuoted ? undefined : at;
}

function isOptions(text: string): boolean {
  return typeof readOptions(text) !== 'string';
}

/** Some can be taken back by a `no-` before them. */
const flag = /^(?:restrict|cert-authority|(?:no-)?(?:port-forwarding|agent-forwarding|x11-forwarding|touch-required|verify-required|pty|user-rc))/i;
const setting = /^(command|principals|from|expiry-time|environment|permitopen|permitlisten|tunnel)=/i;
const onlyOnce: ReadonlySet<string> = new Set(['command', 'principals', 'from']);

/** The options before a key, or what is wrong with them. Of commands no word is kept, of variables the name: what they say may be a secret. */
function readOptions(text: string): readonly NamedOption[] | string {
  const options: NamedOption[] = [];
  for (let rest = text; rest !== ''; ) {
    // Between two commas, or behind the last, there may be nothing.
    if (rest.startsWith(',')) {
      rest = rest.slice(1);
      continue;
    }
    const [flagged] = flag.exec(rest) ?? [];
    const [assigned, keyword = ''] = flagged === undefined ? setting.exec(rest) ?? [] : [];
    const name = (flagged ?? keyword).toLowerCase();
    if (flagged !== undefined) {
      rest = rest.slice(flagged.length);
      options.push({ name });
    } else if (assigned !== undefined) {
      const [quoted, inside = ''] = /^"((?:\\"|[^"\\]|\\(?!"))*)"/.exec(rest.slice(assigned.length)) ?? [];
      if (quoted === undefined) return `the value of ${name} is not in quotes`;
      rest = rest.slice(assigned.length + quoted.length);
      const value = inside.replaceAll('\\"', '"');
      if (onlyOnce.has(name) && options.some((option) => option.name === name)) return `${name} is there twice`;
      if (!isValid(name, value)) return `the value of ${name} is none`;
      options.push(name === 'command' ? { name } : { name, value: word(name === 'environment' ? value.slice(0, value.indexOf('=')) : value) });
    } else return unknownOption(rest);
    if (rest !== '' && !rest.startsWith(',')) return unknownOption(name + rest);
  }
  return options;
}

/** It is named where it looks like one: whatever else stands there may be a part of a key. */
function unknownOption(text: string): string {
  const [, name] = /^([a-z][a-z-]{1,23})(?:[=,"]|$)/.exec(text) ?? [];
  return name === undefined ? 'an option that sshd does not know' : `sshd knows no option ${name}`;
}

/** auth-options.c, sshauthopt_parse and handle_permit; misc.c, parse_absolute_time, valid_env_name and a2tun. */
function isValid(name: string, value: string): boolean {
  switch (name) {
    case 'expiry-time': return readTime(value) !== undefined;
    case 'environment': return /^[A-Za-z0-9_]+=/.test(value);
    case 'permitopen': return /^(?:\[[^\]]+\]|[^:/[\]]*)[:/](?:\*|[\w-]+)$/.test(value);
    case 'permitlisten': return /^(?:(?:\[[^\]]+\]|[^:/[\]]*)[:/])?(?:\*|[\w-]+)$/.test(value);
    case 'tunnel': return /^(?:any|\d+)(?::(?:any|\d+))?$/i.test(value);
    default: return true;
  }
}
