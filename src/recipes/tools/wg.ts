import { fileWrittenBy, isGuarded } from '../files.ts';
import type { Tool } from '../tool.ts';

/** wg(8): `wg genkey` prints a key, and warns where what it writes to can be read by others. */
export const wg: Tool = {
  names: ['wg', 'awg'],
  read(command, script) {
    if (command.args[0]?.value !== 'genkey') return [];
    const path = fileWrittenBy(command);
    const guard = path === undefined ? undefined : isGuarded(path, command, script);
    return [
      { tool: 'wg genkey', does: { act: 'generate', key: { format: 'wireguard', algorithm: 'x25519', bits: 256 }, passphrase: 'never', ...path !== undefined && { path }, said: {} } },
      ...path !== undefined && guard !== 'before' ? [{ tool: 'wg genkey', does: { act: 'write', path, isClosedLater: guard === 'later' } as const }] : [],
    ];
  },
};
