import { issueAdvice } from '../src/advice.ts';
import { daysBetween } from '../src/dates.ts';
import { isPublicOfThePast } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

export const maxCertificateLifetime = defineRule({
  meta: {
    id: 'max-certificate-lifetime',
    type: 'problem',
    docs: {
      description: 'Certificates of OpenSSH that never expire, or that are valid for longer than the policy allows',
      why: 'A certificate that is stolen, or whose owner has left, lets in until it expires: servers do not ask the authority, and only a revocation list that reaches all of them ends it earlier. ssh-keygen -s without -V issues certificates that never expire.',
      fix: 'Issue certificates for as long as they are needed: ssh-keygen -s CA -V +12h for a day\'s work, -V +52w for a host.',
      sources: [
        { title: 'ssh-keygen(1), -V validity_interval (by default from the UNIX epoch to the distant future)', url: 'https://man.openbsd.org/ssh-keygen.1#V' },
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 5.3.6 (cryptoperiods: authentication keys for one or two years)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
      ],
      recommended: 'warn',
    },
    messages: {
      forever: { text: '{key}: it never expires', help: 'have one issued that does: {command}' },
      tooLong: { text: '{key}: it is valid for {days} days, and should be for {maximum} at most', help: 'have one issued for a shorter time: {command}' },
    },
    options: {
      user: { type: 'integer', default: 0, minimum: 0, description: 'Days that a user\'s certificate may be valid; 0: any number, but not for ever' },
      host: { type: 'integer', default: 0, minimum: 0, description: 'Days that a host\'s certificate may be valid; 0: any number, but not for ever' },
    },
  },
  checkKey(key, options) {
    const { sshCertificate: certificate, file: { now } } = key;
    if (!certificate || isPublicOfThePast(key)) return undefined;
    const { role, validAfter = 0, validBefore } = certificate;
    if (validBefore === undefined) return { messageId: 'forever', data: { command: issueAdvice(key) } };
    const maximum = options[role];
    // Of one whose time is over nothing more is to be feared.
    if (maximum === 0 || (now !== undefined && now / 1000 >= validBefore)) return undefined;
    const days = daysBetween(validAfter, validBefore);
    return days > maximum ? { messageId: 'tooLong', data: { days, maximum, command: issueAdvice(key, { days: maximum }) } } : undefined;
  },
});
