"""Finds out which kind of key a text is."""
import re

_BEGIN = b"-----BEGIN "
_PRIVATE = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_END = b"-----END OPENSSH PRIVATE KEY-----"
_RE = re.compile(_PRIVATE + rb"(.+?)" + _END, re.DOTALL)
SSH_MAGIC = b"openssh-key-v1\0"
KEY_TYPES = {"ssh-rsa": b"AAAAB3NzaC1yc2E", "ssh-ed25519": b"AAAAC3NzaC1lZDI1NTE5"}


def dump(body: bytes) -> bytes:
    return b"".join([b"-----BEGIN PRIVATE KEY-----\n", body, b"\n-----END PRIVATE KEY-----\n"])


def header(kind: str) -> str:
    return f"-----BEGIN {kind} PRIVATE KEY-----\n{{body}}\n-----END {kind} PRIVATE KEY-----"
