import { examine } from '../../src/detect.ts';
import type { FileFacts, JudgedFile, Key } from '../../src/key.ts';
import { readSshConfig } from '../../src/ssh-files/ssh-config.ts';
import { wireString } from '../../src/wire.ts';

/** An SSH public key made of one byte, as its type and blob stand on a line; nobody has its private half. */
export function publicKey(byte: number, type = 'ssh-ed25519'): string {
  const fields = [type, Buffer.alloc(32, byte), ...(type.startsWith('sk-') ? ['ssh:'] : [])];
  return `${type} ${Buffer.concat(fields.map(wireString)).toString('base64')}`;
}

const ssh = '/home/me/.ssh';
const mine: FileFacts = { origin: 'file', now: Date.parse('2026-06-01T12:00:00Z'), tracked: false };

/** What is read of a text as the file of that name in `~/.ssh`. */
export function readAs(name: string, text: string, facts: Partial<FileFacts> = {}): { readonly keys: readonly Key[]; readonly files: readonly JudgedFile[] } {
  const path = `${ssh}/${name}`;
  const file = { ...mine, absolutePath: path, ...facts };
  if (name === 'config') return { keys: [], files: [{ path, file, readAs: 'ssh_config', lines: readSshConfig(Buffer.from(text)).lines }] };
  const { keys, ...read } = examine({ path, bytes: Buffer.from(text), facts: () => file });
  return { keys, files: read.lines ? [{ path, file, ...read }] : [] };
}

/** A line in short: `LINE MESSAGE`. */
export function inShort(list: readonly { readonly line: number; readonly message: string }[]): readonly string[] {
  return list.map(({ line, message }) => `${line} ${message}`);
}
