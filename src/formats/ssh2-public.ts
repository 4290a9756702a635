import type { Format } from '../format.ts';
import { identifySsh, MAX_BLOB, readSshBlob, textOf } from '../ssh-blob.ts';
import { textLine } from '../text-line.ts';

const ANCHOR = 'BEGIN SSH2 PUBLIC KEY';

/** RFC 4716, 3.3: bytes of a header's tag and value. A backslash at the end of a line continues the value. */
const MAX_TAG = 64;
const MAX_VALUE = 1024;
/** The whole body may stand on one line. */
const MAX_LINE = 2 * MAX_BLOB;

export const ssh2Public: Format = {
  name: 'ssh2-public',
  title: 'SSH2 public key (RFC 4716)',
  sources: ['RFC 4716, 3'],
  anchors: [ANCHOR],
  readAt(text, at) {
    const start = dashes(text, at);
    const first = textLine(text, at, 128);
    if (start === undefined || !first || !/^BEGIN SSH2 PUBLIC KEY[ \t]*-{3,5}$/.test(first.text)) return undefined;

    const headers = new Map<string, string>();
    const body: string[] = [];
    let length = 0;
    let end = first.end;
    for (let line = textLine(text, first.next, MAX_LINE); line; line = textLine(text, line.next, MAX_LINE)) {
      // Where the next one begins this one is no more than its first line; and so no byte is read twice.
      if (line.text.includes(ANCHOR)) break;
      const colon = line.text.indexOf(':');
      if (colon > 0 && body.length === 0) {
        if (colon > MAX_TAG) return undefined;
        const tag = line.text.slice(0, colon).toLowerCase();
        let value = line.text.slice(colon + 1);
        while (value.endsWith('\\') && value.length <= MAX_VALUE) {
          line = textLine(text, line.next, MAX_VALUE);
          if (!line || line.text.includes(ANCHOR)) return undefined;
          value = value.slice(0, -1) + line.text;
        }
        headers.set(tag, value);
        continue;
      }
      if (/^-{3,5}[ \t]*END SSH2 PUBLIC KEY[ \t]*-{3,5}$/.test(line.text)) {
        end = line.end;
        break;
      }
      length += line.text.length;
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(line.text) || length > MAX_LINE) break;
      body.push(line.text);
      end = line.end;
    }
    const found = body.length === 0 ? undefined : readSshBlob(Buffer.from(body.join(''), 'base64'));
    if (!found) return undefined;
    const comment = commentOf(headers) ?? (found.certificate?.keyId || undefined);
    return {
      start,
      end,
      key: { kind: found.certificate ? 'certificate' : 'public', format: 'ssh2-public', ...identifySsh(found), ...(comment !== undefined && { comment }), ...(found.certificate && { sshCertificate: found.certificate }) },
    };
  },
};

/** Offset of the dashes before the anchor. */
function dashes(text: Buffer, at: number): number | undefined {
  const [before] = /-{3,5}[ \t]{0,4}$/.exec(text.toString('latin1', Math.max(0, at - 9), at)) ?? [];
  return before === undefined ? undefined : at - before.length;
}

/** The comment, else the subject that ssh.com's tools wrote; in quotes or not (RFC 4716, 3.3.2). */
function commentOf(headers: ReadonlyMap<string, string>): string | undefined {
  for (const tag of ['comment', 'subject']) {
    const value = headers.get(tag)?.trim() ?? '';
    const quoted = /^"(.*)"$/s.exec(value)?.[1]?.replace(/\\(["\\])/g, '$1');
    const text = textOf(Buffer.from(quoted ?? value, 'latin1'));
    if (text !== undefined) return text;
  }
  return undefined;
}
