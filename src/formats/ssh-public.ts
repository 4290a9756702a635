import type { Format } from '../format.ts';
import { identifySsh, MAX_BLOB, readSshBlob, sshTypes, textOf } from '../ssh-blob.ts';
import { lineEnd, lineStart } from '../text.ts';
import { wireString } from '../wire.ts';

/** Bytes before a key on its line that are looked at: hosts or options. */
const MAX_PREFIX = 2048;
const MAX_COMMENT = 512;

/**
 * How a blob of this type begins in base64. The byte after the type is the first of a length below 2^24, so it is known too.
 * Only whole characters are taken.
 */
function head(type: string): string {
  const bytes = Buffer.concat([wireString(type), Buffer.from([0])]);
  return bytes.toString('base64').slice(0, Math.floor(bytes.length * 8 / 6));
}

export const sshPublic: Format = {
  name: 'ssh-public',
  title: 'SSH public key or certificate',
  sources: ['sshd(8), AUTHORIZED_KEYS FILE FORMAT and SSH_KNOWN_HOSTS FILE FORMAT', 'RFC 4253, 6.6', 'draft-ietf-sshm-cert'],
  anchors: sshTypes.map(head),
  readAt(text, at) {
    // Inside a longer run it is no beginning; and so each run is decoded at most once.
    if (isBase64(text[at - 1])) return undefined;
    const limit = Math.min(text.length, at + Math.ceil(MAX_BLOB / 3) * 4);
    let end = at;
    // PHP and others write a slash in JSON as \/ (RFC 8259, 7).
    while (end < limit && (isBase64(text[end]) || (text[end] === 0x5c && text[end + 1] === 0x2f))) end++;
    if (isBase64(text[end])) return undefined;
    const found = readSshBlob(Buffer.from(text.toString('latin1', at, end).replaceAll('\\', ''), 'base64'));
    if (!found) return undefined;
    for (let padding = 0; padding < 2 && text[end] === 0x3d; padding++) end++;

    const start = typeStart(text, at, found.type);
    const comment = start === at ? undefined : commentAfter(text, start, end);
    const said = comment?.text ?? (found.certificate?.keyId || undefined);
    return {
      start,
      end: comment?.end ?? end,
      key: {
        kind: found.certificate ? 'certificate' : 'public',
        format: 'ssh-public',
        ...identifySsh(found),
        ...(said !== undefined && { comment: said }),
        ...(found.certificate && { sshCertificate: found.certificate }),
      },
    };
  },
};

function isBase64(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x2f && byte <= 0x39) || byte === 0x2b);
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

/** Where the type's name stands before the blob, or the blob's own start. */
function typeStart(text: Buffer, at: number, type: string): number {
  let end = at;
  while (end > at - 16 && isBlank(text[end - 1])) end--;
  const start = end - type.length;
  return end < at && start >= 0 && text.toString('latin1', start, end) === type && !/[\w@.-]/.test(text.toString('latin1', Math.max(0, start - 1), start)) ? start : at;
}

/** The comment behind the blob, where the line or the string it stands in is a key line and not prose or code. */
function commentAfter(text: Buffer, start: number, blobEnd: number): { text: string; end: number } | undefined {
  if (!isBlank(text[blobEnd])) return undefined;
  const stop = lineEnd(text, blobEnd, Math.min(text.length, blobEnd + MAX_COMMENT));
  if (stop === blobEnd + MAX_COMMENT && stop < text.length) return undefined;
  // One character for each byte, so that lengths are offsets.
  const rest = text.toString('latin1', blobEnd, stop);
  const quote = String.fromCharCode(text[start - 1] ?? 0x0a);
  let length: number;
  if (`"'\``.includes(quote)) {
    length = rest.indexOf(quote);
    const escape = rest.search(/\\(?!\/)/);
    if (escape >= 0 && escape < length) length = escape;
  } else {
    const prefix = text.toString('utf8', lineStart(text, start, MAX_PREFIX), start).trimStart();
    length = prefix === '' || isHostsOrOptions(prefix) ? closing(rest) : isListOrSetting(prefix) ? rest.search(/[<>"'`|;\\]|\s#|-----BEGIN|$/) : -1;
  }
  if (length < 0) return undefined;
  const said = textOf(text.subarray(blobEnd, blobEnd + length))?.replaceAll('\\/', '/');
  // As ssh-keygen: what begins with # is a remark on the line, not the key's comment.
  if (said === undefined || said.startsWith('#')) return undefined;
  return { text: said, end: blobEnd + rest.slice(0, length).trimEnd().length };
}

/** Where the comment on a line of a key file ends: with the line, but for what closes a string that it is the last line of. */
function closing(rest: string): number {
  const foreign = rest.search(/-----BEGIN|<\//);
  if (foreign >= 0) return foreign;
  let end = rest.length;
  while (end > 0 && ' \t,;)]}'.includes(rest[end - 1]!)) end--;
  const quote = rest[end - 1] ?? '';
  if (!`"'\``.includes(quote)) return rest.length;
  while (rest[end - 1] === quote) end--;
  const openedHere = rest.slice(0, end).split(quote).length % 2 === 0;
  return openedHere ? rest.length : end;
}

/** `- `, `# `, `key: `, `export KEY=` and the like. */
function isListOrSetting(prefix: string): boolean {
  return /^(?:[-*>#]+\s+)*(?:(?:export\s+)?[\w./-]{1,64}\s*[:=]\s*)?$/.test(prefix);
}

/** One word before the type: the options of authorized_keys, in which quotes protect blanks, or the hosts of known_hosts, perhaps after a marker. */
function isHostsOrOptions(prefix: string): boolean {
  const line = prefix.replace(/^@(?:cert-authority|revoked)\s+/, '');
  let at = 0;
  for (let quoted = false; at < line.length && (quoted || !/\s/.test(line[at]!)); at++) {
    if (line[at] === '\\' && line[at + 1] === '"') at++;
    else if (line[at] === '"') quoted = !quoted;
  }
  return at > 0 && at < line.length && line.slice(at).trim() === '' && !/:$|^[-*>#$]+$/.test(line.slice(0, at));
}
