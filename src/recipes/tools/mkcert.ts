import { lastOf, longOptions, present, said, type Tool } from '../tool.ts';

/** mkcert: certificates for development, with keys that have no passphrase; of RSA, or with -ecdsa on P-256. */
export const mkcert: Tool = {
  names: ['mkcert'],
  read({ args }) {
    const parsed = longOptions(args, new Set(['cert-file', 'key-file', 'p12-file', 'csr']));
    if (parsed.operands.length === 0) return [];
    const file = lastOf(parsed, 'key-file');
    const isEc = lastOf(parsed, 'ecdsa') !== undefined;
    return [{ tool: 'mkcert', does: { act: 'generate', key: { format: 'pkcs8', ...isEc ? { algorithm: 'ec', curve: 'prime256v1', bits: 256 } : { algorithm: 'rsa' } }, passphrase: 'never', ...present({ path: file?.value?.isKnown ? file.value.value : undefined }), said: present({ path: said(file) }) } }];
  },
};
