import { statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Where a program is, on PATH. Relative entries of PATH are passed over: they would be looked up in the folder the program is started in,
 * which is the one under scan.
 */
export function findProgram(name: string): string | undefined {
  if (process.platform === 'win32') return name;
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    // An error for each folder without it would take longer than to ask.
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && stat.isFile() && (stat.mode & 0o111) !== 0;
  } catch {
    return false;
  }
}
