import type { Tool } from '../tool.ts';
import { chmod, install, umask } from './chmod.ts';
import { cat, clipboard, echo } from './display.ts';
import { docker } from './docker.ts';
import { hostKeys, toldKeys, type EveryTool } from './every.ts';
import { generators } from './generators.ts';
import { sshpass } from './sshpass.ts';

/** All programs whose options are known. */
export const tools: readonly Tool[] = [...generators, chmod, install, umask, cat, echo, clipboard, sshpass, docker];

/** What is looked for in the words of every program. */
export const everyTool: readonly EveryTool[] = [hostKeys, toldKeys];
