import type { Format } from '../format.ts';
import { openssh } from './openssh.ts';
import { ppk } from './ppk.ts';
import { ssh2Public } from './ssh2-public.ts';
import { sshPublic } from './ssh-public.ts';

/** Every format, in the order in which `read` is tried on a container: the strictest first. */
export const formats: readonly Format[] = [
  openssh,
  ppk,
  sshPublic,
  ssh2Public,
];
