import { dayOf, daysBetween } from '../src/dates.ts';
import { isCommitted, isSecret } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

export const maxKeyAge = defineRule({
  meta: {
    id: 'max-key-age',
    type: 'suggestion',
    docs: {
      description: 'Private keys that are older than the policy allows, by the time of their file or of a certificate for them',
      why: 'The longer a key is in use, the more copies and backups of it there are, the more people have had access to it, and the more is lost with it. A file that was copied looks younger than its key, so that a key is at least as old as this rule says.',
      fix: 'Make a new key, put its public half where the old one was, and delete the old one.',
      sources: [
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 5.3.6, Table 1 (private authentication keys: one to two years)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
      ],
      recommended: 'off',
    },
    messages: {
      old: { text: '{key}: it is there since {day}, for {age} days, and the policy wants no key older than {days}', help: 'make a new key, and take the old one out of use' },
    },
    options: {
      days: { type: 'integer', default: 730, minimum: 1, description: 'Days that a key may be in use' },
    },
  },
  checkAll(keys, { days }) {
    // A key was there when its certificate came into force.
    const certified = new Map<string, number>();
    for (const { sshCertificate: certificate, fingerprint } of keys) {
      if (certificate?.validAfter !== undefined && fingerprint !== undefined) certified.set(fingerprint, Math.min(certified.get(fingerprint) ?? Infinity, certificate.validAfter));
    }
    return keys.flatMap((key) => {
      const { now, mtime, origin } = key.file;
      if (key.kind !== 'private' || !isSecret(key) || isCommitted(key) || origin !== 'file' || now === undefined) return [];
      const since = Math.min(mtime === undefined ? Infinity : mtime / 1000, certified.get(key.fingerprint ?? '') ?? Infinity);
      const age = daysBetween(since, now / 1000);
      return age > days ? [{ key, messageId: 'old', data: { day: dayOf(since), age, days } } as const] : [];
    });
  },
});
