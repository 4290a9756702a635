#!/bin/sh
# Prints the first key of a bundle.
sed -n '/-----BEGIN PRIVATE KEY-----/,/-----END PRIVATE KEY-----/p' "$1"
grep -q -- "-----BEGIN OPENSSH PRIVATE KEY-----" ~/.ssh/id_rsa && echo new
cat > key.pem <<KEY
-----BEGIN RSA PRIVATE KEY-----
$PRIVATE_KEY
-----END RSA PRIVATE KEY-----
KEY
printf -- '-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n' "$BODY" > key.pem
echo "-----BEGIN RSA PRIVATE KEY-----" > a; echo "$KEY" >> a; echo "-----END RSA PRIVATE KEY-----" >> a
