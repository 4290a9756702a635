import type { Format } from '../format.ts';
import { dsa } from './dsa.ts';
import { encryptedPkcs8 } from './encrypted-pkcs8.ts';
import { legacyPem } from './legacy-pem.ts';
import { pkcs1 } from './pkcs1.ts';
import { pkcs8 } from './pkcs8.ts';
import { rsaPublic } from './rsa-public.ts';
import { sec1 } from './sec1.ts';
import { spki } from './spki.ts';
import { x509 } from './x509.ts';
import { gnupg } from './gnupg.ts';
import { openpgp } from './openpgp.ts';
import { openssh } from './openssh.ts';
import { ppk } from './ppk.ts';
import { ssh2Public } from './ssh2-public.ts';
import { sshPublic } from './ssh-public.ts';
import { bcfks } from './bcfks.ts';
import { bks } from './bks.ts';
import { capiBlob } from './capi-blob.ts';
import { jks } from './jks.ts';
import { pkcs12 } from './pkcs12.ts';
import { pvk } from './pvk.ts';
import { sshCom } from './ssh-com.ts';
import { ssh1 } from './ssh1.ts';

/** Every format, in the order in which `read` is tried on a container: the strictest first. */
export const formats: readonly Format[] = [
  pkcs8,
  pkcs1,
  dsa,
  sec1,
  encryptedPkcs8,
  pkcs12,
  bcfks,
  x509,
  spki,
  rsaPublic,
  legacyPem,
  openssh,
  openpgp,
  gnupg,
  ppk,
  ssh1,
  sshCom,
  sshPublic,
  ssh2Public,
  jks,
  bks,
  pvk,
  capiBlob,
];
