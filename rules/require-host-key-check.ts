import type { Directive } from '../src/key.ts';
import { defineRule } from '../src/rule.ts';
import { blockText, directivesOf, isForAll, valueOf } from '../src/ssh-directive.ts';

/** readconf.c, multistate_strict_hostkey. */
function isOff({ keyword, values: [value = ''] }: Directive): boolean {
  return keyword === 'stricthostkeychecking' && /^(?:no|off|false)$/i.test(value);
}

/** Nothing is remembered of a host. */
function forgetsHosts({ keyword, values }: Directive): boolean {
  return keyword === 'userknownhostsfile' && values.some((value) => value === '/dev/null' || value.toLowerCase() === 'none');
}

/** A host that is this machine itself: a virtual machine or a tunnel, with nobody in between. */
function isLocal(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/i.test(host);
}

export const requireHostKeyCheck = defineRule({
  meta: {
    id: 'require-host-key-check',
    type: 'problem',
    docs: {
      description: 'StrictHostKeyChecking no for every host, or for hosts whose keys are thrown away in /dev/null',
      why: 'Whoever can come between ssh and the host is taken for the host, this time and every time: ssh asks nobody and remembers nothing. What is typed, copied and forwarded goes to them.',
      fix: 'StrictHostKeyChecking accept-new asks nothing either for a new host, and notices one that has changed. For machines that are made anew all the time use a certificate authority for hosts (@cert-authority in known_hosts).',
      sources: [
        { title: 'ssh_config(5), StrictHostKeyChecking and UserKnownHostsFile', url: 'https://man.openbsd.org/ssh_config.5#StrictHostKeyChecking' },
        { title: 'RFC 4251, 9.3.4 (man in the middle)', url: 'https://www.rfc-editor.org/rfc/rfc4251#section-9.3.4' },
      ],
      recommended: 'warn',
    },
    messages: {
      forgotten: { text: 'for {block} host keys are neither checked nor remembered, so that anybody in between can pass for the host', help: 'write StrictHostKeyChecking accept-new, and remove UserKnownHostsFile' },
      everywhere: { text: 'StrictHostKeyChecking is off for every host, so that one whose key has changed is taken all the same', help: 'write StrictHostKeyChecking accept-new' },
    },
    options: {},
  },
  checkLine({ directive }, file) {
    if (!directive || !isOff(directive)) return undefined;
    const all = directivesOf(file);
    const isAround = (other: Directive): boolean => other.block?.line === directive.block?.line;
    const hosts = [...directive.block?.keyword === 'host' ? directive.block.patterns : [], valueOf(all.filter(isAround), 'hostname') ?? ''].filter((host) => host !== '');
    const name = valueOf(all.filter(isAround), 'hostname');
    if (directive.block && (name === undefined ? hosts.length > 0 && hosts.every(isLocal) : isLocal(name))) return undefined;
    // Of several values for a host ssh takes the first.
    if (all.some((other) => other.keyword === 'stricthostkeychecking' && isForAll(other.block) && !isOff(other) && all.indexOf(other) < all.indexOf(directive))) return undefined;
    const forgetting = all.find((other) => forgetsHosts(other) && (isAround(other) || isForAll(other.block) || isForAll(directive.block)));
    if (forgetting) return { messageId: 'forgotten', data: { block: blockText(isForAll(directive.block) ? forgetting : directive) } };
    return isForAll(directive.block) ? { messageId: 'everywhere' } : undefined;
  },
});
