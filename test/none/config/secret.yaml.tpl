apiVersion: v1
kind: Secret
metadata:
  name: {{ include "app.name" . }}
stringData:
  tls.key: |
    -----BEGIN PRIVATE KEY-----
    {{ .Values.tls.key | indent 4 }}
    -----END PRIVATE KEY-----
  ssh: "-----BEGIN OPENSSH PRIVATE KEY-----\n{{ ssh_key }}\n-----END OPENSSH PRIVATE KEY-----"
