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
  anchors: ['PrivateKey = ', 'PrivateKey=', '[wireguard]', 'WIREGUARD_PRIVATE_KEY'],

  readAt(text, at) {
    switch (text[at]) {
      case 0x57: return variable(text, at, /^WIREGUARD_PRIVATE_KEY/, privateFacts); // W
      case 0x5b: return keyIn(text, at, ownPart(text, at, '[wireguard]'), /private-key[ \t]*=[ \t]*((?:[A-Za-z0-9+/]|\\\/){43}=)/, privateFacts); // [
      default: {
        const key = keyIn(text, at, at + 128, PRIVATE, privateFacts);
        return key && isTunnel(text, at) ? key : undefined;
      }
    }
  },
};

/** Preshared keys: one for each pair of peers, added to the handshake. */
export const wireguardShared: Format = {
  name: 'wireguard-psk',
  title: 'WireGuard preshared key',
  sources: ['wg(8), CONFIGURATION FILE FORMAT', 'systemd.netdev(5), [WireGuardPeer]'],
  anchors: ['PresharedKey', '[wireguard-peer.', 'WIREGUARD_PRESHARED_KEY'],

  readAt(text, at) {
    switch (text[at]) {
      case 0x57: return variable(text, at, /^WIREGUARD_PRESHARED_KEY/, sharedFacts); // W
      case 0x5b: return keyIn(text, at, ownPart(text, at, '[wireguard-peer.'), /preshared-key[ \t]*=[ \t]*((?:[A-Za-z0-9+/]|\\\/){43}=)/, sharedFacts); // [
      default: return keyIn(text, at, at + 128, SHARED, sharedFacts);
    }
  },
};

/** Around a key in a section: addresses, names and commands. */
const REACH = 2048;

const PRIVATE = /^PrivateKey[ \t]*=[ \t]*((?:[A-Za-z0-9+/]|\\\/){43}=)/;
const SHARED = /^PresharedKey[ \t]*=[ \t]*((?:[A-Za-z0-9+/]|\\\/){43}=)/;

/** Whether the section is one of a tunnel: other programs have private keys of 32 bytes as well. */
function isTunnel(text: Buffer, at: number): boolean {
  const before = text.subarray(Math.max(0, at - REACH), at);
  const section = before.subarray(Math.max(0, before.lastIndexOf('[')));
  if (/^\[(?:Interface|WireGuard)\]/i.test(section.toString('latin1', 0, 16))) return true;
  return /\[(?:Peer|WireGuardPeer)\]|AllowedIPs/.test(text.toString('latin1', at, ownPart(text, at, 'PrivateKey')));
}

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
