/**
 * Literals that betray a command about keys, and comments that ask for silence. Of the many words that such commands have these are the rarest:
 * a file without any of them is not read again. Each has at least 11 bytes, as src/sieve.ts wants it.
 *
 * What four of a literal's bytes in a row are decides how fast all files are read: wherever it lies, one of its words must be seldom met in source code.
 * Where a literal has none ("modu", "ngth", "serv", "ault"), it is written with what stands around it, once for each way it is used: that costs nothing.
 */
export const commandAnchors: readonly string[] = [
  'ssh-keygen ', 'ssh-keygen.exe', 'ssh-keygen\'', 'ssh-keygen"', 'openssl gen', '-newkey rsa', '-newkey dsa', '-newkey ec ', '-newkey ed2', '-newkey \'rs', '-newkey "rs', 'openssl req -new -n', 'openssl req -new -s', 'openssl req -new -k', 'openssl req -x509 -', '"openssl", "', '"openssl","', '[\'openssl\', ', 'openssl ecp', 'openssl dsa', 'openssl dhp', 'openssl rsa ', 'openssl ec -', 'openssl pkc', 'openssl pkey ',
  'puttygen -t', 'puttygen -b', 'puttygen -q', 'puttygen --', 'puttygen -C', 'puttygen -O', 'puttygen.exe', '%no-protection', '%no-ask-passphrase', '--quick-gen', 'gpg --generate-key ', '--passphrase ', '--passphrase=',
  '-genkeypair', 'keytool -gen', 'keytool -imp', 'keytool -exp', 'keytool -list', 'keytool -cert', 'keytool -del', 'keytool -key', 'keytool -sto', 'keytool -cha', 'keytool -v -', 'age-keygen ', 'wg genkey |', 'wg genkey >', '(wg genkey)', '--no-password --insecure', '--insecure --no-password', '--kty RSA -', '--kty rsa -', '--kty=RSA -', ' --kty RSA\n', '--kty RSA \\', 'cfssl genkey',
  '"algo": "rsa"', '"algo":"rsa"', 'ate-privkey', 'certtool -p -', 'privateKey:',
  'StrictHostKeyCheckin', '-o stricthostkey', '-ostricthostkey', 'UserKnownHostsFile', 'host_key_checking', 'HOST_KEY_CHECKING',
  '.ssh/id_rsa', '.ssh/id_dsa', '.ssh/id_ecdsa', '.ssh/id_ed25519', ' id_ed25519', '/id_ed25519', 'COPY id_rsa', 'private.key', 'private.pem', 'private_key', 'private-key', 'privkey.pem', 'PRIVATE_KEY', ' DEPLOY_KEY', '"$DEPLOY_KEY', '{DEPLOY_KEY}', '.DEPLOY_KEY ', 'ARG SSH_KEY', 'ENV SSH_KEY', '"${SSH_KEY}"', '$SSH_KEY" > ', '$SSH_KEY" | ', ' SSH_KEY: "', '(cat id_rsa', 'cat id_rsa ', 'cat id_rsa\n', 'cat id_ed25519', 'cat id_ecdsa', ' id_rsa /root', ' id_rsa /home', ' id_rsa ~/.', 'server-key.pem', 'ver.key /etc', 'ver.key /opt', 'ver.key /app', 'ver.key /usr', 'ver.key /var', 'ver.key /roo', '/server.key", ', 'hmod 644 server.key', 'mod 0644 server.key', 'hmod 640 server.key', 'mod 0640 server.key', 'hmod 755 server.key', 'hmod 777 server.key', 'mod 0777 server.key', ' -v 0777 server.key', ' ca.key.pem', '/deploy_key', 'COPY deploy_key ', 'ADD deploy_key /', 'chmod 644 deploy_key', 'key = DSA.generate(', ':PKey::RSA.', ' PKey::RSA.', '(PKey::RSA.', '= rsa.newkeys(', 'ssh_genkeytypes', '"algo": "ecdsa"', 'chmod 777 ~/.ssh', 'chmod 755 ~/.ssh',
  '\nsshpass -p', ' sshpass -p', '"sshpass -p', '\'sshpass -p', '\tsshpass -p', 'sshpass -p ', 'sshpass -p\'', 'sshpass -p"', 'sshpass -p$',
  'openssh_keypair', 'openssl_privatekey', 'ate_ssh_key', 'tls_private_key', 'ssh_private_key',
  // keylint-disable-next-line no-weak-keygen -- literals to look for
  'ateKeyPair(', 'ateKeyPairSync(', 'RSASSA-PKCS1', 'name: \'RSA-OAEP', 'name: "RSA-OAEP', 'name:"RSA-OAEP', 'name:\'RSA-OAEP', 'name: \'RSA-PSS\'', 'name: "RSA-PSS"', 'name:"RSA-PSS"', 'rsa.GenerateKey(rand.', 'rsa.GenerateKey(crand', 'Crypto.PublicKey', 'key = RSA.generate(', 'rsa = RSA.generate(', 'RSA.generate(bits=1', 'RSA.generate(1024)\n', 'RSA.generate(2048)\n', 'KeyPairGenerator', 'private_key_bits', 'RSACryptoServiceProvider', 'rsa = RSA.Create(', 'RSA = RSA.Create(', 'key = RSA.Create(', '= RSA.Create(1024);', '= RSA.Create(2048);', '= RSA.Create(512);\n', 'paramiko.RSAKey', 'paramiko.DSSKey', 'openssl::rsa::', 'Rsa::generate(1024)', 'Rsa::generate(2048)', 'RsaPrivateKey::new', 'rypto/dsa"\n', 'dsa.L1024N160', 'dsa.L2048N224', 'dsa.L2048N256', 'dsa.L3072N256',
  ...['06', '04', '07', '0o', '42', '44', '49', '51', '28', '29', '64'].map((mode) => `defaultMode: ${mode}`),
  ...['', '  ', '    ', '      ', '        ', '\t'].map((indent) => `Key-Type: RSA\n${indent}Key-Length`), 'Key-Type: DSA\nKey-Length', 'Key-Type: 1\nKey-Length',
];

/** What stands in comments that ask for silence: our own, and those of gitleaks and detect-secrets. */
export const suppressionAnchors: readonly string[] = ['keylint-disable', 'gitleaks:allow', 'pragma: allowlist', 'pragma:allowlist'];
