import { lastOf, longOptions, maskedSecrets, numberIn, present, said, type Reading, type Tool } from '../tool.ts';
import { curveOfSec } from '../curve-names.ts';

/** keytool(1) of JDK 25: options of -genkeypair and of all commands. */
const withValue = new Set(['alias', 'keyalg', 'keysize', 'groupname', 'sigalg', 'destalias', 'dname', 'startdate', 'ext', 'validity', 'keypass', 'keystore', 'storepass', 'storetype', 'providername', 'addprovider', 'providerclass', 'providerpath', 'providerarg', 'signer', 'signerkeypass', 'srckeystore', 'destkeystore', 'srcstorepass', 'deststorepass', 'srcstoretype', 'deststoretype', 'srcalias', 'srckeypass', 'destkeypass', 'file', 'curve', 'new', 'importpass']);

const algorithms: ReadonlyMap<string, string> = new Map([['rsa', 'rsa'], ['dsa', 'dsa'], ['ec', 'ec'], ['rsassa-pss', 'rsa-pss'], ['eddsa', 'ed25519'], ['ed25519', 'ed25519'], ['ed448', 'ed448'], ['x25519', 'x25519'], ['x448', 'x448']]);
const curves: ReadonlyMap<string, string> = new Map(['secp192r1', 'secp224r1', 'secp256r1', 'secp256k1', 'secp384r1', 'secp521r1'].map((name) => [name, curveOfSec(name)]));

const passwords = ['storepass', 'keypass', 'srcstorepass', 'deststorepass', 'new', 'signerkeypass', 'srckeypass', 'destkeypass'];

export const keytool: Tool = {
  names: ['keytool'],
  read(command) {
    const parsed = longOptions(command.args, withValue, (name) => name.replace(/^(storepass|keypass|srcstorepass|deststorepass|signerkeypass|srckeypass|destkeypass|importpass|new):(env|file)$/, '$1-$2'));
    const secrets = maskedSecrets(parsed, passwords);
    const told = passwords.flatMap((name): readonly Reading[] => {
      const option = lastOf(parsed, name);
      // The password of every JDK's own list of authorities, which protects nothing.
      if (!option?.value || option.value.value === 'changeit') return [];
      const isVariable = !option.value.isKnown;
      return [{ tool: 'keytool', does: { act: 'tell-secret', option: `-${name}`, what: 'passphrase', isVariable }, secrets, told: option.last }];
    });
    if (!lastOf(parsed, 'genkeypair', 'genkey')) return told.slice(0, 1);
    const [named, size, group, store] = ['keyalg', 'keysize', 'groupname', 'keystore'].map((name) => lastOf(parsed, name));
    const algorithm = named?.value?.isKnown ? algorithms.get(named.value.value.toLowerCase()) : undefined;
    const bits = numberIn(size?.value);
    const curve = group?.value ? curves.get(group.value.value.toLowerCase()) : undefined;
    return [...told.slice(0, 1), {
      tool: 'keytool', secrets,
      does: {
        act: 'generate', key: { format: 'pkcs12', ...present({ algorithm, curve, bits: algorithm?.startsWith('rsa') || algorithm === 'dsa' ? bits : algorithm === 'ec' ? bits : undefined }) },
        passphrase: 'given', ...present({ path: store?.value?.isKnown ? store.value.value : undefined }), said: present({ algorithm: said(named), bits: said(size), path: said(store) }),
      },
    }];
  },
};
