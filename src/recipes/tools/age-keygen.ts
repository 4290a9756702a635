import { getopt, lastOf, present, said, type Tool } from '../tool.ts';

/** age-keygen(1): keys are X25519, or with -pq hybrid ones, and have no passphrase; `age -p` gives the file one. */
export const ageKeygen: Tool = {
  names: ['age-keygen', 'rage-keygen'],
  read(command) {
    const parsed = getopt(command.args, 'yo:');
    if (lastOf(parsed, 'y') || command.args.some(({ value }) => /^-(?:y|-help|-version|h)$/.test(value))) return [];
    const file = lastOf(parsed, 'o');
    return [{ tool: 'age-keygen', does: { act: 'generate', key: { format: 'age', ...command.args.some(({ value }) => value === '-pq') ? {} : { algorithm: 'x25519', bits: 256 } }, passphrase: 'never', ...present({ path: file?.value?.isKnown ? file.value.value : undefined }), said: present({ path: said(file) }) } }];
  },
};
