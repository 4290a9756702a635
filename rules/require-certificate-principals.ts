import { issueAdvice } from '../src/advice.ts';
import { isPublicOfThePast } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

export const requireCertificatePrincipals = defineRule({
  meta: {
    id: 'require-certificate-principals',
    type: 'problem',
    docs: {
      description: 'Certificates of OpenSSH that do not say for which users or hosts they are',
      why: 'Before OpenSSH 10.3 a certificate without principals stood for everybody: with its authority in authorized_keys behind cert-authority, or for hosts in known_hosts, it let its holder be any user or any host. OpenSSH 10.3 and later accept none of them any more.',
      fix: 'Issue certificates with names: ssh-keygen -s CA -n USER for users, -h -n HOST for hosts.',
      sources: [
        { title: 'OpenSSH, commit 5166b6cbf (10.3): require all certificates to include principals', url: 'https://github.com/openssh/openssh-portable/commit/5166b6cbf2b6103117a79f90a68068e89e02bf66' },
        { title: 'CVE-2024-7594 (certificates without principals, accepted for any user)', url: 'https://nvd.nist.gov/vuln/detail/CVE-2024-7594' },
        { title: 'ssh-keygen(1), CERTIFICATES', url: 'https://man.openbsd.org/ssh-keygen.1#CERTIFICATES' },
      ],
      recommended: 'error',
    },
    messages: {
      none: { text: '{key}: it names no {role}, so that OpenSSH before 10.3 takes it for any of them, and later releases for none', help: 'have one issued that names its {role}: {command}' },
    },
    options: {},
  },
  checkKey(key) {
    const { sshCertificate: certificate } = key;
    return certificate?.principals.length === 0 && !isPublicOfThePast(key) ? { messageId: 'none', data: { role: certificate.role, command: issueAdvice(key) } } : undefined;
  },
});
