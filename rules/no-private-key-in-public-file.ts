import { isSecret, promiseOf } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';

export const noPrivateKeyInPublicFile = defineRule({
  meta: {
    id: 'no-private-key-in-public-file',
    type: 'problem',
    docs: {
      description: 'Private keys in files that their names make public: *.pub, public.*, *_public_key.pem, *.crt, *.cer',
      why: 'Such a file is copied to servers, put on web pages and sent by mail by people and programs that go by its name. Its permissions are those of a public file, and the private key in it goes along.',
      fix: 'If the file has left your hands, replace the key. Then keep the private key in a file of its own, and write only the public half or the certificate into this one.',
      sources: [
        { title: 'ssh-keygen(1), FILES (of the .pub file: "There is no need to keep the contents of this file secret.")', url: 'https://man.openbsd.org/ssh-keygen.1#FILES' },
        { title: 'RFC 2585, 2 (a .cer file holds exactly one certificate)', url: 'https://www.rfc-editor.org/rfc/rfc2585#section-2' },
        { title: 'RFC 7468, 5.3 (.crt is for the textual encoding of a certificate)', url: 'https://www.rfc-editor.org/rfc/rfc7468#section-5.3' },
      ],
      recommended: 'error',
    },
    messages: {
      public: { text: '{key} in a file that its name makes public', help: 'replace the key if anyone was given {path}, and keep only its public half there' },
      certificate: { text: '{key} in a file that is named as a certificate', help: 'replace the key if anyone was given {path}, and keep only the certificate there' },
    },
    options: {},
  },
  checkKey(key) {
    if (key.kind !== 'private' || !isSecret(key)) return undefined;
    const messageId = promiseOf(key.path);
    return messageId && { messageId };
  },
});
