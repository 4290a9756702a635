import { isHostKeyName } from '../src/place.ts';
import { describeMade } from '../src/made-key.ts';
import { defineRule } from '../src/rule.ts';

export const noKeyInImage = defineRule({
  meta: {
    id: 'no-key-in-image',
    type: 'problem',
    docs: {
      description: 'Dockerfiles that put a private key into an image: COPY and ADD of its file, ARG and ENV that hold it, a key made or written by RUN',
      why: 'Whoever can pull the image has the key. Each instruction is a layer for good: a later rm hides a file and does not remove it, and arguments stand in the image\'s history. A key that RUN makes is the same in every container of the image.',
      fix: 'Lend the build its key: RUN --mount=type=ssh or RUN --mount=type=secret,id=key. Give a container its own key when it starts, from a secret or a volume.',
      sources: [
        { title: 'Docker Docs, Build secrets (build arguments and environment variables are inappropriate for secrets)', url: 'https://docs.docker.com/build/building/secrets/' },
        { title: 'Docker Docs, SecretsUsedInArgOrEnv', url: 'https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/' },
        { title: 'CWE-321: Use of Hard-coded Cryptographic Key', url: 'https://cwe.mitre.org/data/definitions/321.html' },
      ],
      recommended: 'error',
    },
    messages: {
      copy: { text: '{tool} puts the private key {name} into the image', help: 'lend it to the one command that needs it: RUN --mount=type=secret,id=key,target={target} ..., or for git and ssh: RUN --mount=type=ssh ...' },
      leftBehind: { text: '{tool} puts the private key {name} into a stage of the build, and so into the builder\'s cache', help: 'lend it to the one command that needs it: RUN --mount=type=secret,id=key,target={target} ..., or for git and ssh: RUN --mount=type=ssh ...' },
      argument: { text: '{tool} {name} takes a private key, which stays in the history of the image', help: 'lend it to the one command that needs it: RUN --mount=type=secret,id={id} ..., or for git and ssh: RUN --mount=type=ssh ...' },
      variable: { text: '{tool} {name} keeps a private key in the image', help: 'give it to the container when it starts, as a file from a secret or a volume' },
      written: { text: '{tool} writes the private key {name} into a layer of the image', help: 'lend it to the one command that needs it: RUN --mount=type=secret,id=key,target={target} ..., or for git and ssh: RUN --mount=type=ssh ...' },
      made: { text: '{tool} makes {made} in the image: every container has the same, and so has everybody with the image', help: 'make the key when a container starts, or give it one from a secret or a volume' },
      madeHost: { text: '{tool} makes host keys in the image: every container has the same, and so has everybody with the image', help: 'remove them at the end of the same RUN, and make them when a container starts: ssh-keygen -A' },
    },
    options: {},
  },
  checkCommand({ does, place, tool }) {
    if (does.act === 'put-into-image') {
      const { how, name } = does;
      if (how === 'argument') return { messageId: 'argument', data: { tool, name, id: name.toLowerCase() } };
      if (how === 'variable') return { messageId: 'variable', data: { tool, name } };
      return does.isLeftBehind ? { messageId: 'leftBehind', data: { tool, name, target: targetOf(name) }, atMost: 'note' } : { messageId: 'copy', data: { tool, name, target: targetOf(name) } };
    }
    if (place !== 'image') return undefined;
    if (does.act === 'write') return does.isRemoved ? undefined : { messageId: 'written', data: { tool, name: does.path, target: targetOf(does.path) } };
    // Where it is written is not known, or it is gone again.
    if (does.act !== 'generate' || does.isRewritten || does.isRemoved || does.path === undefined || /^\/(?:tmp|dev)\//.test(does.path)) return undefined;
    return isHostKeyName(does.path) ? { messageId: 'madeHost', data: { tool } } : { messageId: 'made', data: { tool, made: describeMade(does) }, atMost: 'warn' };
  },
});

function targetOf(name: string): string {
  return /^id_/.test(name.replace(/^.*\//, '')) ? `/root/.ssh/${name.replace(/^.*\//, '')}` : `/run/secrets/${name.replace(/^.*\//, '')}`;
}
