import { dayOf, readTime } from '../src/dates.ts';
import type { AuthorizedEntry } from '../src/key.ts';
import { defineRule } from '../src/rule.ts';

/** Seconds by which zones differ from UTC at most: a time without a zone is meant in the zone of the server. */
const FARTHEST_ZONE = 14 * 3600;

/** When sshd accepts an entry no more, in seconds since 1970, whatever zone the server is in. */
function endOf({ options }: AuthorizedEntry): number | undefined {
  const ends = options.flatMap(({ name, value }) => (name === 'expiry-time' && value !== undefined ? readTime(value) ?? [] : []))
    .map(({ seconds, isUtc }) => (isUtc ? seconds : seconds + FARTHEST_ZONE));
  return ends.length === 0 ? undefined : Math.min(...ends);
}

export const noExpiredKey = defineRule({
  meta: {
    id: 'no-expired-key',
    type: 'suggestion',
    docs: {
      description: 'Certificates of OpenSSH and entries of authorized_keys whose time is over, and certificates whose time has not come',
      why: 'Nobody gets in with them any more. What is left says that nobody looks after the place, hides what is in use, and makes ssh offer a certificate that is refused before it offers one that is not.',
      fix: 'Have a new certificate issued, or delete it. Remove the entry.',
      sources: [
        { title: 'draft-ietf-sshm-cert, 2 (valid after <= current time < valid before)', url: 'https://datatracker.ietf.org/doc/draft-ietf-sshm-cert/' },
        { title: 'sshd(8), AUTHORIZED_KEYS FILE FORMAT (expiry-time)', url: 'https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT' },
      ],
      recommended: 'warn',
    },
    messages: {
      expired: { text: '{key}: its time was over on {day}', help: 'have a new one issued, or delete it' },
      early: { text: '{key}: it is of no use before {day}', help: 'look at the clock of whoever issued it, and of this machine' },
      entry: { text: '{key}: the time of its entry was over on {day}', help: 'remove the line' },
    },
    options: {},
  },
  checkKey({ authorized, sshCertificate: certificate, file: { now } }) {
    if (now === undefined) return undefined;
    const seconds = now / 1000;
    if (certificate?.validBefore !== undefined && seconds >= certificate.validBefore) return { messageId: 'expired', data: { day: dayOf(certificate.validBefore) } };
    if (certificate?.validAfter !== undefined && seconds < certificate.validAfter) return { messageId: 'early', data: { day: dayOf(certificate.validAfter) } };
    const end = authorized && endOf(authorized);
    return end !== undefined && seconds > end ? { messageId: 'entry', data: { day: dayOf(end) } } : undefined;
  },
});
