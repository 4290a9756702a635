rule private_key {
  strings:
    $rsa = "-----BEGIN RSA PRIVATE KEY-----" ascii wide
    $dsa = "-----BEGIN DSA PRIVATE KEY-----" ascii wide
    $ec = "-----BEGIN EC PRIVATE KEY-----" ascii wide
    $ssh = "-----BEGIN OPENSSH PRIVATE KEY-----" ascii wide
    $end = "-----END RSA PRIVATE KEY-----"
    $ppk = "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none"
  condition:
    any of them
}
