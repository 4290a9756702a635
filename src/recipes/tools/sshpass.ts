import { getopt, lastOf, maskedSecrets, type Tool } from '../tool.ts';

/** sshpass(1): "-p password ... should be considered the least secure". */
export const sshpass: Tool = {
  names: ['sshpass'],
  read(command) {
    const parsed = getopt(command.args, 'f:d:p:ehVP:v', true);
    const phrase = lastOf(parsed, 'p');
    if (!phrase?.value || phrase.value.value === '') return [];
    const isVariable = !phrase.value.isKnown;
    return [{ tool: 'sshpass', does: { act: 'tell-secret', option: '-p', what: 'passphrase', isVariable }, secrets: maskedSecrets(parsed, ['p']), told: phrase.last }];
  },
};
