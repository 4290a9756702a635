import { rawPublicKey } from '../curve.ts';
import type { Format, Reading } from '../format.ts';
import type { KeyFacts } from '../key.ts';
import { identify } from '../public-key.ts';
import { secretFacts } from '../secret-digest.ts';

/** 32 bytes in base64, and the end of a line. */
const SIZES = [44, 45, 46];

/**
 * How the members are called and written: Talos and Nix; sing-box, Terraform and OpenWrt's UCI; Clash and RouterOS. Programs are full of the names alone, so the sign
 * behind them is part of the anchor, and only what these write is one: each more makes the sieve slower.
 */
const MEMBERS = ['privateKey: ', '"privateKey":', 'privateKey = "', 'private_key: ', '"private_key":', 'private_key = "', "private_key '", 'private-key: ', 'private-key="'];

/**
 * WireGuard's keys in the configurations of wg-quick, systemd-networkd and NetworkManager, and in the variables of containers.
 * A key by itself is 32 bytes in base64 like any hash: only the words around it tell, or the name of a file that is nothing else (`wg genkey > privatekey`).
 */
export const wireguard: Format = {
  name: 'wireguard',
  title: 'WireGuard private key',
  sources: ['wg(8), CONFIGURATION FILE FORMAT', 'systemd.netdev(5), [WireGuard]', 'NetworkManager nm-settings-keyfile(5), wireguard'],
  anchors: ['PrivateKey = ', 'PrivateKey=', '[wireguard]', 'WIREGUARD_PRIVATE_KEY', 'WG_PRIVATE_KEY', ...MEMBERS],
  sizes: SIZES,

  readAt(text, at) {
    switch (text[at]) {
      case 0x57: return keyIn(text, at, at + 128, variable('(?:WIREGUARD|WG)_PRIVATE_KEY'), privateFacts); // W
      case 0x22: case 0x70: { // " p
        const key = keyIn(text, at, at + 128, MEMBER, (value) => (isClamped(Buffer.from(value, 'base64')) ? privateFacts(value) : undefined));
        return key && namesWireGuard(text, at) ? key : undefined;
      }
      case 0x5b: return keyIn(text, at, ownPart(text, at, '[wireguard]'), /private-key[ \t]*=[ \t]*((?:[A-Za-z0-9+/]|\\\/){43}=)/, privateFacts); // [
      default: {
        const key = keyIn(text, at, at + 128, PRIVATE, privateFacts);
        return key && isTunnel(text, at) ? key : undefined;
      }
    }
  },

  read(bytes, _armor, path) {
    const value = lone(bytes, path, (name) => !SHARED_NAME.test(name) && /(?:^|[^a-z])(?:priv(?:ate)?|wg\d*|wireguard)(?=[^a-z]|$)|priv(?:ate)?key/.test(name));
    const facts = value !== undefined && isClamped(Buffer.from(value, 'base64')) ? privateFacts(value) : undefined;
    return facts && [facts];
  },
};

/** Preshared keys: one for each pair of peers, added to the handshake. */
export const wireguardShared: Format = {
  name: 'wireguard-psk',
  title: 'WireGuard preshared key',
  sources: ['wg(8), CONFIGURATION FILE FORMAT', 'systemd.netdev(5), [WireGuardPeer]'],
  anchors: ['PresharedKey', '[wireguard-peer.', 'WIREGUARD_PRESHARED_KEY', 'WG_PRESHARED_KEY', 'presharedKey', 'preSharedKey', 'preshared_key', 'pre_shared_key', 'preshared-key', 'pre-shared-key'],
  sizes: SIZES,

  readAt(text, at) {
    switch (text[at]) {
      case 0x57: return keyIn(text, at, at + 128, variable('(?:WIREGUARD|WG)_PRESHARED_KEY'), sharedFacts); // W
      case 0x70: { // p
        const key = keyIn(text, at, at + 128, MEMBER, sharedFacts);
        return key && namesWireGuard(text, at) ? key : undefined;
      }
      case 0x5b: return keyIn(text, at, ownPart(text, at, '[wireguard-peer.'), /preshared-key[ \t]*=[ \t]*((?:[A-Za-z0-9+/]|\\\/){43}=)/, sharedFacts); // [
      default: return keyIn(text, at, at + 128, SHARED, sharedFacts);
    }
  },

  read(bytes, _armor, path) {
    const value = lone(bytes, path, (name) => SHARED_NAME.test(name));
    const facts = value === undefined ? undefined : sharedFacts(value);
    return facts && [facts];
  },
};

/** What is shared may look like a private key: one in 32 does. */
const SHARED_NAME = /psk|pre-?shared/;

/** The key that a file of such a name consists of, as `wg genkey` prints it. */
function lone(bytes: Buffer, path: string | undefined, isNamed: (name: string) => boolean): string | undefined {
  if (path === undefined || !SIZES.includes(bytes.length)) return undefined;
  const base = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).replace(/([a-z0-9])(?=[A-Z])/g, '$1-').toLowerCase();
  return isNamed(base) && !/pub/.test(base) ? /^([A-Za-z0-9+/]{43}=)\r?\n?$/.exec(bytes.toString('latin1'))?.[1] : undefined;
}

/** RFC 7748, 5, as `wg genkey` does it: of other 32 bytes one in 32 is so. */
function isClamped(secret: Buffer): boolean {
  return (secret[0]! & 7) === 0 && secret[31]! >> 6 === 1;
}

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
function variable(name: string): RegExp {
  return new RegExp(`^${name}["']?[ \\t]*[:=][ \\t]*["']?([A-Za-z0-9+/]{43}=)`);
}

const MEMBER = /^"?[\w-]{10,14}"?(?:[ \t]*[:=])?[ \t]*["']?((?:[A-Za-z0-9+/]|\\\/){43}=)(?![A-Za-z0-9+/=])/;

/** Whether the text around is about a tunnel: many programs have members of such names. */
function namesWireGuard(text: Buffer, at: number): boolean {
  return /wireguard|\bwg\d/i.test(text.toString('latin1', Math.max(0, at - REACH), at + REACH));
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
  const secret = bytesOf(value);
  return secret && { kind: 'symmetric', format: 'wireguard', ...secretFacts(secret) };
}
