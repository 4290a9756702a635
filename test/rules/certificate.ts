import type { SshCertificate } from '../../src/key.ts';

export const day = 86_400;
/** The time at which tests look, in seconds. */
export const now = Date.parse('2026-06-01T12:00:00Z') / 1000;

/** A certificate with nothing wrong in it, with what a test says about it put over that. */
export function certificate(facts: { readonly [name in keyof SshCertificate]?: SshCertificate[name] | undefined } = {}): SshCertificate {
  const whole = {
    role: 'user', serial: '7', keyId: 'me', principals: ['me'], validAfter: now - day, validBefore: now + day, criticalOptions: [], extensions: [{ name: 'permit-pty' }],
    authority: { algorithm: 'ed25519', bits: 256, fingerprint: `SHA256:${'c'.repeat(43)}` }, signature: 'ssh-ed25519', ...facts,
  };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)) as unknown as SshCertificate;
}
