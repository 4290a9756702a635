import type { Format } from '../format.ts';
import { secretFacts } from '../secret-digest.ts';

/**
 * OpenVPN's static keys (tls-auth, tls-crypt and static key mode): 256 bytes in hex for two ciphers and two HMACs;
 * and the base64 keys of tls-crypt-v2.
 */
export const openvpn: Format = {
  name: 'openvpn',
  title: 'OpenVPN static key',
  sources: ['openvpn(8), --genkey', 'OpenVPN src/openvpn/crypto.c, write_key_file', 'OpenVPN doc/tls-crypt-v2.txt'],
  anchors: ['OpenVPN Static key V1', 'OpenVPN tls-crypt-v2 ', 'OpenVPN auth-token server key'],

  readAt(text, at) {
    if (/END $/.test(text.toString('latin1', Math.max(0, at - 4), at))) return undefined;
    const start = text.toString('latin1', Math.max(0, at - BEGIN.length), at) === BEGIN ? at - BEGIN.length : at;
    const body = text.toString('latin1', at, at + MAX_BODY);
    const label = /^OpenVPN (?:Static key V1|tls-crypt-v2 (?:client|server) key|auth-token server key)(?=-----)/.exec(body)?.[0];
    if (label === undefined) return undefined;
    const close = /-----END OpenVPN [\w -]{1,32}-----/.exec(body);
    const inside = body.slice(label.length, close?.index);
    const secret = label === STATIC ? hexBytes(inside) : base64Bytes(inside);
    const { length } = secret;
    // A client key comes with the same key wrapped for the server behind it.
    const whole = label.includes('-v2 server') ? SERVER_BYTES : label.includes('auth-token') ? length : STATIC_BYTES;
    if (length < 16) return undefined;
    return {
      start,
      end: at + (close ? close.index + close[0].length : label.length + inside.length),
      key: {
        kind: 'symmetric', format: 'openvpn', ...secretFacts(secret.subarray(0, whole)),
        ...(length < whole && { defect: `cut off: ${length} of ${whole} bytes are there` }),
      },
    };
  },
};

const BEGIN = '-----BEGIN ';
/** 16 lines of 32 hex digits, in quotes or behind a sign. */
const MAX_BODY = 2048;
const STATIC = 'OpenVPN Static key V1';
/** struct key2: two of 64 bytes for a cipher and 64 for an HMAC. */
const STATIC_BYTES = 256;
/** One of them: what the server wraps client keys with. */
const SERVER_BYTES = 128;

const NOTHING = Buffer.alloc(0);

/** What stands in hex in lines of at least eight digits. */
function hexBytes(body: string): Buffer {
  const runs = body.replace(/\\+[nr]/g, ' ').match(/(?<![\w/])[0-9a-fA-F]{8,}(?![\w/])/g) ?? [];
  const digits = runs.join('');
  return new Set(digits.toLowerCase()).size > 4 ? Buffer.from(digits, 'hex') : NOTHING;
}

function base64Bytes(body: string): Buffer {
  const runs = body.replace(/\\+[nr]/g, ' ').match(/[A-Za-z0-9+/]{16,}={0,2}/g) ?? [];
  return new Set(runs.join('')).size > 8 ? Buffer.from(runs.join('').replace(/=/g, ''), 'base64') : NOTHING;
}
