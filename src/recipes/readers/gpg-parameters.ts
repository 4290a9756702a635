import { readParameters } from '../tools/gpg.ts';
import type { Reader } from '../snippet.ts';

/** A file of parameters for `gpg --batch --generate-key` (GnuPG manual, Unattended key generation). */
export const readGpgParameters: Reader = ({ text }) => {
  const found = readParameters(text);
  return found ? [{ ...found, tool: 'gpg --generate-key', words: [] }] : [];
};
