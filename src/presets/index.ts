import type { Preset } from '../policy.ts';
import { engineRsa } from './engine-rsa.ts';
import { jwtSigning } from './jwt-signing.ts';
import { recommended } from './recommended.ts';
import { sshDeploy } from './ssh-deploy.ts';
import { sshLogin } from './ssh-login.ts';
import { sshUser } from './ssh-user.ts';
import { strict } from './strict.ts';

/** All presets, in the order in which lists show them. */
export const presets: readonly Preset[] = [recommended, strict, jwtSigning, engineRsa, sshUser, sshDeploy, sshLogin];
