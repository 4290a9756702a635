import type { LineFormat } from '../key.ts';
import { readAuthorizedKeys } from './authorized-keys.ts';
import { readKnownHosts } from './known-hosts.ts';
import type { Lines } from './line-reader.ts';

/** Files that OpenSSH reads line by line, and whose lines are more than the keys on them. */
const readers: Readonly<Record<Exclude<LineFormat, 'ssh_config'>, (bytes: Buffer) => Lines>> = { authorized_keys: readAuthorizedKeys, known_hosts: readKnownHosts };

/** Reads the lines of such a file. Never throws. */
export function readLines(format: keyof typeof readers, bytes: Buffer): Lines {
  return readers[format](bytes);
}

/** The reader of ssh_config, with the package it needs: loaded when such a file is met. */
export async function loadConfigReader(): Promise<(bytes: Buffer) => Lines> {
  return (await import('./ssh-config.ts')).readSshConfig;
}
