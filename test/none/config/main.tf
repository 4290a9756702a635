resource "local_file" "key" {
  content = <<-EOT
    -----BEGIN RSA PRIVATE KEY-----
    ${tls_private_key.main.private_key_pem_body}
    -----END RSA PRIVATE KEY-----
  EOT
}

variable "public_key" {
  default = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQD... me@example.com"
}
