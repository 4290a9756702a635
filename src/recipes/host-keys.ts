/** How ssh, and what calls it, is told not to look whom it speaks to. */

const patterns: readonly RegExp[] = [
  /StrictHostKeyChecking(?:\s*=\s*|\s+)["']?(?:no|off|false)\b/i,
  /UserKnownHostsFile(?:\s*=\s*|\s+)["']?(?:\/dev\/null|none)\b(?!\s+[~$/])/i,
  // Ansible, ansible.cfg and environment.
  /\b(?:ANSIBLE_|ansible_(?:ssh_)?)?host_key_checking\s*[=:]\s*["']?(?:False|no|0|off)\b/i,
];

/** The settings in a text that say so, as people know them; `undefined` where there are none. */
export function bypassIn(text: string): string | undefined {
  const found = patterns.flatMap((pattern) => pattern.exec(text)?.[0] ?? []).map((setting) => setting.replace(/\s*[=:]\s*/, '=').replace(/["']/g, '').replace(/^(\w*KeyChecking|UserKnownHostsFile)\s+/i, '$1='));
  return found.length === 0 ? undefined : found.map((setting) => (/_/.test(setting) ? setting : setting.replace('=', ' '))).join(', ');
}

/** This machine itself: a virtual machine or a tunnel, with nobody in between. */
export function isLocalHost(host: string): boolean {
  return /^(?:[\w.$-]+@)?(?:localhost|127(?:\.\d+){3}|\[?::1\]?|vsock%?[\w/-]*)(?::\S*)?$/i.test(host);
}
