import { baseName } from '../place.ts';

const endings = String.raw`(?:\.(?:pem|key|der|p8|pk8|ppk|txt|jwk))?`;

/** Names that private keys go by, and nothing else: what guides, servers and the programs that make keys call them. */
const patterns: readonly RegExp[] = [
  /^id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?(?:[_-][\w-]+)?$/,
  /^ssh_host_\w+_key$/,
  /\.ppk$/,
  new RegExp(`(?:^|[._-])priv(?:ate)?[._-]?(?:key)?${endings}$`),
  new RegExp(`^(?:jwt(?:rs|es|ps)?\\d*|rsa|ssh|deploy|github|gitlab|ec|ed25519|signing)?[._-]?(?:privkey|private)(?:[._-]?\\w+)?${endings}$`),
  /^(?:server|tls|ssl|ca|root-?ca|client|privkey|private|jwtrs\d+|domain|apiserver|localhost|node|host|admin)(?:[-_.](?:client|server|apiserver|tls))?\.key(?:\.pem)?$/,
  /^(?:server|tls|ssl|ca|root-?ca|client|node|admin|apiserver|host|domain)-key\.pem$/,
  /^(?:github|gitlab|deploy|ssh)[_-]?(?:deploy)?[_-]key$/,
];

/** Whether a path names a private key, as far as a name can tell. Of a path with a variable in it its last part counts. */
export function isPrivateKeyName(path: string): boolean {
  const name = baseName(path).toLowerCase();
  if (name === '' || /[$*?`(){}]/.test(name) || /pub|\.(?:crt|csr|cert|enc|gpg|age|asc|sig|sh|md|example|sample|yml|yaml|json|go|py|js|ts|rb)$/.test(name)) return false;
  return patterns.some((pattern) => pattern.test(name)) && !/^\/(?:dev|proc)\//.test(path);
}

/** A variable that holds a private key, by its name. */
export function isPrivateKeyVariable(name: string): boolean {
  return /(?:PRIVATE|PRIV|SSH|DEPLOY|HOST|ID_(?:RSA|ED25519|ECDSA)|RSA|SIGNING)_?KEY|^ID_(?:RSA|ED25519|ECDSA)$|PRIVKEY/i.test(name) && !/PUB|FILE|PATH|NAME|TYPE|FINGERPRINT|_ID$|KEYS?CAN|KNOWN|PASS|DIR|URL|ALGO|LEN|SIZE|KEYGEN/i.test(name.replace(/public/i, 'PUB'));
}

/** A Secret of Kubernetes that holds a private key for ssh, by its name. */
export function isSecretOfKey(name: string): boolean {
  return /(?:^|[-_.])(?:ssh|git-ssh|deploy-?key|id-?(?:rsa|ed25519))(?:[-_.]|$)|ssh-?(?:private-?)?key/i.test(name) && !/known|pub|config|authorized/i.test(name);
}
