import { isPrivateKeyVariable } from '../key-names.ts';
import type { Tool } from '../tool.ts';

/** docker(1), build: a --build-arg stays in the image's history. */
export const docker: Tool = {
  names: ['docker', 'podman', 'buildah', 'nerdctl'],
  read({ args }) {
    if (!args.some(({ value }) => value === 'build')) return [];
    for (const [i, { value }] of args.entries()) {
      const [, name] = /^(?:--build-arg=)?([A-Za-z_]\w*)(?:=|$)/.exec(value) ?? [];
      if (name !== undefined && (value.startsWith('--build-arg=') || args[i - 1]?.value === '--build-arg') && isPrivateKeyVariable(name)) return [{ tool: 'docker build', does: { act: 'put-into-image', how: 'argument', name } }];
    }
    return [];
  },
};
