package keys

const (
	pemPKCS1   = "-----BEGIN RSA PRIVATE KEY-----"
	pemPKCS8   = "-----BEGIN PRIVATE KEY-----"
	pemEC      = `-----BEGIN EC PRIVATE KEY-----`
	pemOpenSSH = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
)

func wrap(body []byte) string {
	return "-----BEGIN RSA PRIVATE KEY-----\n" + base64.StdEncoding.EncodeToString(body) + "\n-----END RSA PRIVATE KEY-----\n"
}

var prefixes = [][]byte{
	[]byte("-----BEGIN CERTIFICATE-----"),
	[]byte("-----BEGIN PUBLIC KEY-----"),
	[]byte("-----BEGIN ENCRYPTED PRIVATE KEY-----"),
	[]byte("ssh-rsa AAAAB3NzaC1yc2EA"),
}
