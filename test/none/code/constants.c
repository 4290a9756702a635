/* What PEM files begin with. */
#define PEM_STRING_RSA      "RSA PRIVATE KEY"
#define PEM_STRING_PKCS8INF "PRIVATE KEY"
#define BEGIN_KEY "-----BEGIN PRIVATE KEY-----"
#define END_KEY   "-----END PRIVATE KEY-----"
static const char kOpenSsh[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
static const char kOpenSshEnd[] = "-----END OPENSSH PRIVATE KEY-----\n";
static const char kMagic[] = "openssh-key-v1";

int is_key(const char *p) {
  return !strncmp(p, "-----BEGIN RSA PRIVATE KEY-----\n", 32)
      || !strncmp(p, "-----BEGIN EC PRIVATE KEY-----\n", 31)
      || !strncmp(p, "PuTTY-User-Key-File-2: ", 23)
      || !strncmp(p, "PuTTY-User-Key-File-3: ", 23)
      || !strncmp(p, "---- BEGIN SSH2 PUBLIC KEY ----", 31);
}
