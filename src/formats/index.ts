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
import { age } from './age.ts';
import { bind } from './bind.ts';
import { cosign } from './cosign.ts';
import { jwk } from './jwk.ts';
import { minisign } from './minisign.ts';
import { nebula } from './nebula.ts';
import { nkey } from './nkey.ts';
import { openvpn } from './openvpn.ts';
import { signify } from './signify.ts';
import { tink } from './tink.ts';
import { tor } from './tor.ts';
import { tss2 } from './tss2.ts';
import { tuf } from './tuf.ts';
import { wireguard, wireguardShared } from './wireguard.ts';
import { xmlRsa } from './xml-rsa.ts';

/** Every format, in the order in which `read` is tried on a container: the strictest first. */
export const formats: readonly Format[] = [
  nebula,
  cosign,
  tss2,
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
  jwk,
  xmlRsa,
  age,
  minisign,
  signify,
  wireguard,
  wireguardShared,
  openvpn,
  bind,
  tor,
  tink,
  nkey,
  tuf,
];
