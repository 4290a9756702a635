import { rawPublicKey } from '../curve.ts';
import type { Format, Reading } from '../format.ts';
import type { KeyFacts } from '../key.ts';
import { identify } from '../public-key.ts';

/**
 * WireGuard's keys in the configurations of wg-quick, systemd-networkd and NetworkManager, and in the variables of containers.
 * A key by itself is 32 bytes in base64 like any hash: only the words around it tell.
 */
export const wireguard: Format = {
  name: 'wireguard',
  title: 'WireGuard private key',
  sources: ['wg(8), CONFIGURATION FILE FORMAT', 'systemd.netdev(5), [WireGuard]', 'NetworkManager nm-settings-keyfile(5), wireguard'],
  // `PrivateKey = ` is in much other source code. A tunnel without a peer is nothing, and each peer has its addresses.
  anchors: ['llowedIPs =', 'AllowedIPs=', '[WireGuard]', '[wireguard]', 'WIREGUARD_PRIVATE_KEY'],
  magics: [Buffer.from('[Interface]')],

  readAt(text, at) {
    const anchor = text.toString('latin1', at, at + 12);
    if (anchor.startsWith('WIREGUARD')) return variable(text, at, /^WIREGUARD_PRIVATE_KEY/, privateFacts);
    if (anchor.startsWith('[')) return keyIn(text, at, ownPart(text, at, anchor.slice(0, 11)), PRIVATE, privateFacts);
    const before = text.subarray(Math.max(0, at - REACH), at);
    // Behind such a line the key is that line's to find.
    if (before.includes('[WireGuard]') || before.includes('[wireguard]')) return undefined;
    const previous = before.lastIndexOf('llowedIPs');
    return keyIn(text, at - before.length + Math.max(0, previous), at, PRIVATE, privateFacts)
      ?? (previous < 0 ? keyIn(text, at, ownPart(text, at, 'llowedIPs'), PRIVATE, privateFacts) : undefined);
  },

  read(bytes) {
    if (bytes.length > 1 << 20 || !bytes.subarray(0, 11).equals(INTERFACE)) return undefined;
    const found: KeyFacts[] = [];
    for (const line of bytes.toString('latin1').split(/[\r\n]+/)) {
      const [, name, value] = /^[ \t]*(PrivateKey|PresharedKey)[ \t]*=[ \t]*([A-Za-z0-9+/]{43}=)/i.exec(line) ?? [];
      const facts = value === undefined ? undefined : name!.toLowerCase() === 'privatekey' ? privateFacts(value) : sharedFacts(value);
      if (facts) found.push(facts);
    }
    return found.length > 0 ? found : undefined;
  },
};

/** Preshared keys: one for each pair of peers, added to the handshake. */
export const wireguardShared: Format = {
  name: 'wireguard-psk',
  title: 'WireGuard preshared key',
  sources: ['wg(8), CONFIGURATION FILE FORMAT', 'systemd.netdev(5), [WireGuardPeer]'],
  anchors: ['llowedIPs =', 'AllowedIPs=', '[wireguard-peer.', 'WIREGUARD_PRESHARED_KEY'],

  readAt(text, at) {
    const anchor = text.toString('latin1', at, at + 12);
    if (anchor.startsWith('WIREGUARD')) return variable(text, at, /^WIREGUARD_PRESHARED_KEY/, sharedFacts);
    // Its section: between the lines that begin with a bracket.
    const start = anchor.startsWith('[') ? at : Math.max(0, at - 1024) + Math.max(0, text.subarray(Math.max(0, at - 1024), at).lastIndexOf('['));
    const behind = text.subarray(at + 1, at + 1024);
    const next = behind.indexOf('[');
    return keyIn(text, start, at + 1 + (next < 0 ? behind.length : next), SHARED, sharedFacts);
  },
};

const INTERFACE = Buffer.from('[Interface]');
/** Between a section's first line and the key, and between the key and the first peer: addresses, names and commands. */
const REACH = 4096;

const PRIVATE = /(?:PrivateKey|private-key)[ \t]*=[ \t]*((?:[A-Za-z0-9+/]|\\\/){43}=)/i;
const SHARED = /(?:PresharedKey|preshared-key)[ \t]*=[ \t]*((?:[A-Za-z0-9+/]|\\\/){43}=)/i;

type Facts = (value: string) => KeyFacts | undefined;

/** Up to the next such thing. */
function ownPart(text: Buffer, at: number, again: string): number {
  const behind = text.subarray(at + again.length, at + REACH);
  const next = behind.indexOf(again);
  return at + again.length + (next < 0 ? behind.length : next);
}

function keyIn(text: Buffer, start: number, end: number, pattern: RegExp, facts: Facts): Reading | undefined {
  const found = pattern.exec(text.toString('latin1', start, end));
  const key = found && facts(found[1]!);
  return key ? { start: start + found.index, end: start + found.index + found[0].length, key } : undefined;
}

/** `NAME=key`, `NAME: "key"`, `"NAME": "key"`. */
function variable(text: Buffer, at: number, name: RegExp, facts: Facts): Reading | undefined {
  const found = new RegExp(`${name.source}["']?[ \\t]*[:=][ \\t]*["']?([A-Za-z0-9+/]{43}=)`).exec(text.toString('latin1', at, at + 128));
  const key = found && facts(found[1]!);
  return key ? { start: at, end: at + found[0].length, key } : undefined;
}

/** What a manual shows in a key's place is one letter many times, or a few. */
function bytesOf(value: string): Buffer | undefined {
  return new Set(value).size >= 12 ? Buffer.from(value.replaceAll('\\', ''), 'base64') : undefined;
}

function privateFacts(value: string): KeyFacts | undefined {
  const secret = bytesOf(value);
  const key = secret && rawPublicKey('x25519', secret);
  return key && { kind: 'private', format: 'wireguard', ...identify({ type: 'raw', algorithm: 'x25519', key }) };
}

function sharedFacts(value: string): KeyFacts | undefined {
  return bytesOf(value) && { kind: 'symmetric', format: 'wireguard', bits: 256 };
}
