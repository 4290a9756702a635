import type { Tool } from '../tool.ts';
import { ageKeygen } from './age-keygen.ts';
import { certtool } from './certtool.ts';
import { gpg } from './gpg.ts';
import { keytool } from './keytool.ts';
import { mkcert } from './mkcert.ts';
import { openssl } from './openssl.ts';
import { puttygen } from './puttygen.ts';
import { sshKeygen } from './ssh-keygen.ts';
import { step } from './step.ts';
import { wg } from './wg.ts';

/** Programs that make keys. */
export const generators: readonly Tool[] = [sshKeygen, openssl, puttygen, gpg, keytool, ageKeygen, wg, step, certtool, mkcert];
