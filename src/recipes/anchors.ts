/**
 * Literals that betray a command about keys, and comments that ask for silence. Of the many words that such commands have these are the rarest:
 * a file without any of them is not read again. Each has at least 11 bytes, as src/sieve.ts wants it.
 */
export const commandAnchors: readonly string[] = [
  'ssh-keygen ', 'ssh-keygen\'', 'ssh-keygen"', 'openssl gen', 'openssl req ', 'openssl ecp', 'openssl dsa', 'openssl dhp', 'openssl rsa ', 'openssl ec -', 'openssl pkc', 'openssl pkey ',
  'puttygen -t', 'puttygen -b', 'puttygen -q', 'puttygen --', 'puttygen -C', 'puttygen -O', 'puttygen.exe', '%no-protection', '%no-ask-passphrase', '--quick-gen', '--generate-key', 'Key-Length:', '--passphrase ', '--passphrase=',
  '-genkeypair', 'keytool -gen', '-storepass ', 'age-keygen ', 'wg genkey |', 'wg genkey >', '(wg genkey)', '--no-password', 'step crypto ', 'step certificate', 'cfssl genkey', 'cfssl gencert', 'cfssl selfsign',
  '"algo": "rsa"', '"algo":"rsa"', '--generate-privkey', '--null-password', 'certtool -p', 'privateKey:',
  'StrictHostKeyChecking', 'stricthostkeychecking', 'UserKnownHostsFile', 'host_key_checking', 'HOST_KEY_CHECKING',
  '.ssh/id_rsa', '.ssh/id_dsa', '.ssh/id_ecdsa', '.ssh/id_ed25519', '.ssh/identity', ' id_ed25519', '/id_ed25519', 'COPY id_rsa', 'private.key', 'private.pem', 'private_key', 'private-key', 'privkey.pem', 'PRIVATE_KEY', ' DEPLOY_KEY', '"$DEPLOY_KEY', '{DEPLOY_KEY}', '.DEPLOY_KEY ', 'ARG SSH_KEY', 'ENV SSH_KEY', '"${SSH_KEY}"', '$SSH_KEY" > ', '$SSH_KEY" | ', ' SSH_KEY: "', '(cat id_rsa', 'cat id_rsa ', 'cat id_rsa\n', 'cat id_ed25519', 'cat id_ecdsa', ' id_rsa /root', ' id_rsa /home', ' id_rsa ~/.', 'server-key.pem', '/server.key', ' server.key', ' ca.key.pem', '/deploy_key', ' deploy_key', 'COPY server.key', 'ADD server.key', 'DSA.generate(', ':PKey::RSA.', ' PKey::RSA.', '(PKey::RSA.', 'rsa.newkeys(', 'pki.rsa.generateKeyPair', 'ssh_genkeytypes', '"algo": "ecdsa"', 'chmod 777 ~/.ssh', 'chmod 755 ~/.ssh',
  '-passout pass:', '-passin pass:', '\nsshpass -p', ' sshpass -p', '"sshpass -p', '\'sshpass -p', '\tsshpass -p', 'sshpass -p ', 'sshpass -p\'', 'sshpass -p"', 'sshpass -p$',
  'openssh_keypair', 'openssl_privatekey', 'generate_ssh_key', 'tls_private_key', 'defaultMode:', 'ssh_private_key',
  'modulusLength', 'rsa.GenerateKey', 'RSA.generate', 'KeyPairGenerator', 'generate_private_key', 'private_key_bits', 'RSACryptoServiceProvider', 'RSA.Create(', 'RSAKey.generate', 'DSSKey.generate', 'Rsa::generate', 'RsaPrivateKey::new', 'dsa.GenerateKey', 'dsa.GenerateParameters',
];

/** What stands in comments that ask for silence: our own, and those of gitleaks and detect-secrets. */
export const suppressionAnchors: readonly string[] = ['keylint-disable', 'gitleaks:allow', 'pragma: allowlist', 'pragma:allowlist'];
