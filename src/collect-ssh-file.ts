import { addGuessed, type Found } from './collect.ts';
import type { Guesser } from './guess.ts';
import type { JudgedFile, SourceFile } from './key.ts';
import { isSshFile, lineFormatOf, locationOf } from './place.ts';
import { withNamedFiles } from './sources/named-files.ts';
import type { Log } from './sources/source.ts';
import { readSuppressions } from './suppressions.ts';

/** Larger ones are looked through for keys only. */
const MAX_LINES = 1 << 26;

/** A file of OpenSSH's: judged for itself, and read line by line where that is how it is read. Tells whether all of it has been read. */
export async function collectSshFile(file: SourceFile, found: Found, log: Log, guesser: Guesser | undefined): Promise<boolean> {
  const { path } = file;
  const judged: JudgedFile = { path, file: file.facts() };
  // What lies in an archive has the archive's place.
  const readAs = file.readAs ?? lineFormatOf(path) ?? (file.within ? undefined : lineFormatOf(locationOf(judged)));
  if (readAs === undefined) {
    if (isSshFile(judged)) found.files.push(judged);
    return false;
  }
  const bytes = file.window ? file.whole?.(MAX_LINES) : file.bytes;
  if (!bytes) {
    log.skipped.push({ path, reason: 'too large to be read line by line' });
    found.files.push(judged);
    return false;
  }
  const { examine } = await import('./detect.ts');
  const examined = examine({ path, bytes, facts: () => judged.file, readAs, ...file.within && { within: file.within } });
  if (guesser) await addGuessed(examined, found, log, guesser);
  else for (const key of examined.keys) found.keys.push(key);
  const lines = readAs === 'ssh_config' ? (await (await import('./ssh-files/index.ts')).loadConfigReader())(bytes).lines : examined.lines;
  const suppressions = readSuppressions(path, bytes);
  found.files.push(withNamedFiles({ ...judged, readAs, ...lines && { lines }, ...suppressions.length > 0 && { suppressions } }));
  return true;
}
