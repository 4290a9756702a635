import { algorithmTitle, typeOf } from '../describe.ts';
import { commentsOf, modeText, partOf, protectionOf } from '../inventory-words.ts';
import type { Inventory, InventoryKey, InventoryReporterOptions, Place } from '../inventory.ts';
import type { Encryption } from '../key.ts';
import { algorithmByOid, algorithmOid } from '../oids.ts';
import { printableJson } from '../terminal.ts';

/** As far as the two versions go different ways. */
type SpecVersion = '1.6' | '1.7';

/**
 * A cryptography bill of materials (CycloneDX 1.6 and 1.7, ECMA-424): for each key a component of its private halves, one more where copies
 * are protected in another way, one of its public half, one of each certificate; and the algorithms they rest on.
 * Every component has all its places as evidence, and no component has a `value`.
 */
export function cyclonedx(inventory: Inventory, options: InventoryReporterOptions): string {
  return billOf(inventory, options, '1.7');
}

export function cyclonedx16(inventory: Inventory, options: InventoryReporterOptions): string {
  return billOf(inventory, options, '1.6');
}

interface Component {
  readonly 'bom-ref': string;
  readonly [field: string]: unknown;
}

/** A component and the references of those it rests on. */
interface Entry {
  readonly component: Component;
  readonly dependsOn: readonly string[];
}

function billOf({ version, hosts, folder, keys }: Inventory, { date, serialNumber, homepage }: InventoryReporterOptions, specVersion: SpecVersion): string {
  const isJoined = folder === undefined;
  const algorithms = new Map<string, Entry>();
  const references = new Set<string>();
  const assets = keys.flatMap((key) => assetsOf(key, { specVersion, isJoined, algorithms, references }));
  const entries = [...assets, ...algorithms.values()];
  const [host] = hosts;
  return `${printableJson({
    $schema: `http://cyclonedx.org/schema/bom-${specVersion}.schema.json`,
    bomFormat: 'CycloneDX',
    specVersion,
    serialNumber: `urn:uuid:${serialNumber}`,
    version: 1,
    metadata: {
      timestamp: date,
      tools: { components: [{ type: 'application', name: 'keylint', version, ...homepage && { externalReferences: [{ type: 'website', url: homepage }] } }] },
      ...isJoined ? { properties: properties(hosts.map((name) => ['host', name])) } : { component: { type: 'device', 'bom-ref': HOST, name: host } },
    },
    components: entries.map(({ component }) => component),
    dependencies: [
      ...isJoined ? [] : [{ ref: HOST, dependsOn: assets.map(({ component }) => component['bom-ref']) }],
      ...entries.map(({ component, dependsOn }) => ({ ref: component['bom-ref'], dependsOn: [...new Set(dependsOn)] })),
    ],
  })}\n`;
}

const HOST = 'host';

/** What every component's making needs. */
interface Bill {
  readonly specVersion: SpecVersion;
  readonly isJoined: boolean;
  /** By reference; filled as they are met. */
  readonly algorithms: Map<string, Entry>;
  readonly references: Set<string>;
}

/** Gives each `bom-ref` out once. */
function unused(references: Set<string>, wanted: string): string {
  let reference = wanted;
  for (let i = 2; references.has(reference); i++) reference = `${wanted}#${i}`;
  references.add(reference);
  return reference;
}

function assetsOf(key: InventoryKey, bill: Bill): readonly Entry[] {
  const { specVersion, references } = bill;
  const [first] = key.places;
  const name = key.names[0] ?? `${first!.host}:${first!.path}:${first!.line}:${first!.column}`;
  const publics = key.places.filter(({ kind }) => kind === 'public' || kind === 'certificate');
  const algorithmRef = algorithmOf(key, bill);
  const publicRef = publics.length > 0 ? unused(references, `public-key:${name}`) : undefined;
  const secrets = grouped(key.places.filter(({ kind }) => kind === 'private' || kind === 'symmetric'), (place) => [place.kind, protectionOf(place)])
    .map((places) => ({ places, ref: unused(references, `${places[0].kind === 'private' ? 'private' : 'secret'}-key:${name}`) }));
  const related = (refs: readonly (readonly [type: string, ref: string | undefined])[]): object => relatedAssets(specVersion, refs);
  const entries: Entry[] = secrets.map(({ places, ref }) => {
    const secured = securedBy(places[0], bill);
    return {
      component: asset(ref, key, places, bill, {
        assetType: 'related-crypto-material',
        relatedCryptoMaterialProperties: {
          type: places[0].kind === 'private' ? 'private-key' : 'secret-key', ...materialFacts(key, places), securedBy: secured.fields, ...related([['algorithm', algorithmRef], ['publicKey', publicRef]]),
        },
      }),
      dependsOn: [algorithmRef, publicRef, ...secured.refs].filter((each) => each !== undefined),
    };
  });
  if (publicRef !== undefined) {
    entries.push({
      component: asset(publicRef, key, publics, bill, {
        assetType: 'related-crypto-material',
        relatedCryptoMaterialProperties: {
          type: 'public-key', ...materialFacts(key, publics), ...specVersion === '1.7' && fingerprint(key),
          ...related([['algorithm', algorithmRef], ...secrets.map(({ ref }) => ['privateKey', ref] as const)]),
        },
      }),
      dependsOn: algorithmRef === undefined ? [] : [algorithmRef],
    });
  }
  for (const places of grouped(publics.filter(({ kind }) => kind === 'certificate'), ({ format, comment, x509, sshCertificate }) => [format, comment, x509, sshCertificate])) {
    const [{ format, comment, x509, sshCertificate: certificate }] = places;
    const isX509 = format === 'x509';
    const signatureRef = x509?.signature === undefined ? undefined : signatureOf(x509.signature, bill);
    const subjectName = x509?.subject ?? certificate?.keyId ?? comment;
    const [from, until] = certificate ? [dateOf(certificate.validAfter), dateOf(certificate.validBefore)] : [x509?.notBefore, x509?.notAfter];
    const issuerName = x509?.issuer ?? certificate?.authority.fingerprint;
    entries.push({
      component: asset(unused(references, `certificate:${name}`), key, places, bill, {
        assetType: 'certificate',
        certificateProperties: {
          ...subjectName !== undefined && { subjectName },
          ...issuerName !== undefined && { issuerName },
          ...from !== undefined && { notValidBefore: from },
          ...until !== undefined && { notValidAfter: until },
          certificateFormat: isX509 ? 'X.509' : 'OpenSSH',
          ...specVersion === '1.7' ? { relatedCryptographicAssets: [{ type: 'publicKey', ref: publicRef }, ...signatureRef === undefined ? [] : [{ type: 'algorithm', ref: signatureRef }]] }
            : { subjectPublicKeyRef: publicRef, ...signatureRef !== undefined && { signatureAlgorithmRef: signatureRef } },
        },
      }),
      dependsOn: [publicRef!, ...signatureRef === undefined ? [] : [signatureRef]],
    });
  }
  return entries;
}

/** Absent beyond the calendar of ECMAScript, which certificates that are valid for ever may reach. */
function dateOf(seconds: number | undefined): string | undefined {
  return seconds === undefined || seconds > 8.64e12 ? undefined : new Date(seconds * 1000).toISOString();
}

function asset(ref: string, key: InventoryKey, places: readonly Place[], { isJoined }: Bill, cryptoProperties: object): Component {
  const [first] = places;
  const weaknesses = new Set(places.flatMap(({ weaknesses }) => weaknesses));
  const defects = new Set(places.flatMap(({ defect }) => (defect === undefined ? [] : [defect])));
  const facts: readonly (readonly [string, string])[] = [
    ...key.names.map((name) => ['name', name] as const),
    ...commentsOf({ ...key, places }).map((comment) => ['comment', comment] as const),
    ...first!.encryption ? encryptionFacts(first!.encryption) : [],
    ...[...defects].map((defect) => ['defect', defect] as const),
    ...[...weaknesses].map((weakness) => ['weakness', weakness] as const),
    ...first!.inferred ? [['inferred', 'algorithm or size, from the length of what is encrypted'] as const] : [],
  ];
  return {
    type: 'cryptographic-asset',
    'bom-ref': ref,
    name: [typeOf({ ...first!, ...key }), first!.kind === 'certificate' ? 'certificate' : first!.kind === 'symmetric' ? 'secret key' : `${first!.kind} key`].filter(Boolean).join(' '),
    cryptoProperties,
    evidence: { occurrences: places.map((place) => occurrence(place, isJoined)) },
    properties: properties(facts),
  };
}

function properties(facts: readonly (readonly [name: string, value: string])[]): readonly object[] {
  return facts.map(([name, value]) => ({ name: `keylint:${name}`, value }));
}

function occurrence(place: Place, isJoined: boolean): object {
  const { host, path, line, wrapping, mode, user, commit } = place;
  const context = [
    partOf(place), ...wrapping.length === 0 ? [] : [`in ${wrapping.join(', ')}`], ...user === undefined ? [] : [`user ${user}`],
    ...mode === undefined ? [] : [`mode ${modeText(mode)}`], ...commit === undefined ? [] : [`commit ${commit}`],
  ];
  return { location: isJoined ? `${host}:${path}` : path, line, additionalContext: context.join('; ') };
}

function materialFacts({ names, bits }: InventoryKey, places: readonly Place[]): object {
  return { ...names[0] !== undefined && { id: names[0] }, ...bits !== undefined && { size: bits }, format: [...new Set(places.map(({ format }) => format))].join(', ') };
}

/** Of the public key and nothing else: the SHA-256 of its SubjectPublicKeyInfo, or of its SSH form. */
function fingerprint({ names }: InventoryKey): object {
  const spki = names.find((name) => name.startsWith('spki:'))?.slice('spki:'.length);
  const ssh = names.find((name) => name.startsWith('SHA256:'))?.slice('SHA256:'.length);
  const content = spki ?? (ssh === undefined ? undefined : Buffer.from(ssh, 'base64').toString('hex'));
  return content === undefined ? {} : { fingerprint: { alg: 'SHA-256', content } };
}

/** 1.7 has one list in place of the references that 1.6 has. */
function relatedAssets(specVersion: SpecVersion, refs: readonly (readonly [type: string, ref: string | undefined])[]): object {
  const known = refs.filter(([, ref]) => ref !== undefined);
  if (specVersion === '1.7') return known.length === 0 ? {} : { relatedCryptographicAssets: known.map(([type, ref]) => ({ type, ref })) };
  const algorithm = known.find(([type]) => type === 'algorithm');
  return algorithm ? { algorithmRef: algorithm[1] } : {};
}

function securedBy(place: Place, bill: Bill): { readonly fields: object; readonly refs: readonly string[] } {
  const { hardware, encryption } = place;
  if (hardware) return { fields: { mechanism: place.format === 'tss2' ? 'TPM' : 'Token' }, refs: [] };
  if (!encryption) return { fields: { mechanism: 'None' }, refs: [] };
  const cipherRef = cipherOf(encryption.cipher, bill), kdfRef = kdfOf(encryption.kdf, bill);
  return { fields: { mechanism: 'Software', algorithmRef: cipherRef }, refs: [cipherRef, kdfRef] };
}

function encryptionFacts(encryption: Encryption): readonly (readonly [string, string])[] {
  return Object.entries(encryption).map(([name, value]) => [`encryption:${name}`, String(value)] as const);
}

function grouped(places: readonly Place[], by: (place: Place) => readonly unknown[]): readonly (readonly [Place, ...Place[]])[] {
  const groups = new Map<string, [Place, ...Place[]]>();
  for (const place of places) {
    const name = JSON.stringify(by(place));
    const group = groups.get(name);
    if (group) group.push(place);
    else groups.set(name, [place]);
  }
  return [...groups.values()];
}

type Primitive = 'signature' | 'pke' | 'key-agree' | 'kem' | 'mac' | 'block-cipher' | 'stream-cipher' | 'ae' | 'kdf' | 'other' | 'unknown';

interface AlgorithmFacts {
  readonly primitive: Primitive;
  /** In the words of CycloneDX 1.7, which lists no family for a key that may be used in several. */
  readonly family?: string;
  readonly curve?: string;
  /** NIST's category (FIPS 203 to 205); 0 where Shor's algorithm breaks it. */
  readonly quantum?: number;
}

/** What a key is for, where its algorithm says it; an EC key may sign or agree. */
const algorithmFacts: ReadonlyMap<string, AlgorithmFacts> = new Map<string, AlgorithmFacts>([
  ['rsa', { primitive: 'pke', quantum: 0 }],
  ['rsa1', { primitive: 'pke', quantum: 0 }],
  ['rsa-pss', { primitive: 'signature', family: 'RSASSA-PSS', quantum: 0 }],
  ['dsa', { primitive: 'signature', family: 'DSA', quantum: 0 }],
  ['ec', { primitive: 'unknown', quantum: 0 }],
  ['sm2', { primitive: 'unknown', family: 'SM2', curve: 'oscaa/SM2', quantum: 0 }],
  ['dh', { primitive: 'key-agree', family: 'FFDH', quantum: 0 }],
  ['elgamal', { primitive: 'pke', family: 'ElGamal', quantum: 0 }],
  ['ed25519', { primitive: 'signature', family: 'EdDSA', curve: 'other/Ed25519', quantum: 0 }],
  ['ed448', { primitive: 'signature', family: 'EdDSA', curve: 'other/Ed448', quantum: 0 }],
  ['x25519', { primitive: 'key-agree', family: 'ECDH', curve: 'other/Curve25519', quantum: 0 }],
  ['x448', { primitive: 'key-agree', family: 'ECDH', curve: 'other/Curve448', quantum: 0 }],
  ['ed25519-sk', { primitive: 'signature', family: 'EdDSA', curve: 'other/Ed25519', quantum: 0 }],
  ['ecdsa-sk', { primitive: 'signature', family: 'ECDSA', curve: 'nist/P-256', quantum: 0 }],
  ['gost2001', { primitive: 'signature', family: 'GOST', quantum: 0 }],
  ['gost2012-256', { primitive: 'signature', family: 'GOST', quantum: 0 }],
  ['gost2012-512', { primitive: 'signature', family: 'GOST', quantum: 0 }],
  ['ml-dsa-44', { primitive: 'signature', family: 'ML-DSA', quantum: 2 }],
  ['ml-dsa-65', { primitive: 'signature', family: 'ML-DSA', quantum: 3 }],
  ['ml-dsa-87', { primitive: 'signature', family: 'ML-DSA', quantum: 5 }],
  ['ml-kem-512', { primitive: 'kem', family: 'ML-KEM', quantum: 1 }],
  ['ml-kem-768', { primitive: 'kem', family: 'ML-KEM', quantum: 3 }],
  ['ml-kem-1024', { primitive: 'kem', family: 'ML-KEM', quantum: 5 }],
  ...([[128, 1], [192, 3], [256, 5]] as const).flatMap(([bits, quantum]) => ['sha2', 'shake'].flatMap((hash) => ['s', 'f']
    .map((way): [string, AlgorithmFacts] => [`slh-dsa-${hash}-${bits}${way}`, { primitive: 'signature', family: 'SLH-DSA', quantum }]))),
  ['hmac', { primitive: 'mac', family: 'HMAC' }],
  ['aes', { primitive: 'block-cipher', family: 'AES' }],
]);

/** Curve names of neuromancer.sk/std, which CycloneDX takes, by OpenSSL's where they are not simply put behind the standard's name. */
const curveNames: ReadonlyMap<string, string> = new Map([
  ['prime192v1', 'nist/P-192'], ['secp224r1', 'nist/P-224'], ['prime256v1', 'nist/P-256'], ['secp384r1', 'nist/P-384'], ['secp521r1', 'nist/P-521'], ['SM2', 'oscaa/SM2'],
  ['c2pnb176v1', 'x962/c2pnb176w1'],
]);

function curveName(curve: string | undefined): string | undefined {
  if (curve === undefined) return undefined;
  const known = curveNames.get(curve);
  if (known !== undefined) return known;
  const standard = /^sec[pt]\d/.test(curve) ? 'secg' : /^(?:prime|c2)/.test(curve) ? 'x962' : curve.startsWith('brainpool') ? 'brainpool' : curve.startsWith('wap-wsg-idm-ecid-wtls') ? 'wtls' : undefined;
  return standard && `${standard}/${curve}`;
}

/** NIST SP 800-57 Part 1 Rev. 5, Table 2, and 1,024 bits from Rev. 4: the security strength in bits. */
function classicalStrength(algorithm: string, bits: number | undefined): number | undefined {
  if (algorithm === 'ed25519' || algorithm === 'x25519' || algorithm === 'ed25519-sk' || algorithm === 'ecdsa-sk') return 128;
  if (algorithm === 'ed448' || algorithm === 'x448') return 224;
  if (bits === undefined) return undefined;
  const steps = ['rsa', 'rsa-pss', 'dsa', 'dh', 'elgamal'].includes(algorithm) ? [[15360, 256], [7680, 192], [3072, 128], [2048, 112], [1024, 80]]
    : algorithm === 'ec' || algorithm === 'sm2' ? [[512, 256], [384, 192], [256, 128], [224, 112], [160, 80]] : [];
  return steps.find(([least]) => bits >= least!)?.[1];
}

/** What sets keys of one algorithm apart: the curve, the part of the name that numbers the set (FIPS 203 to 205), or the size. */
function parameterOf(algorithm: string, facts: AlgorithmFacts, { bits, curve }: InventoryKey): string | number | undefined {
  if (algorithm === 'ec') return curve ?? bits;
  if (facts.curve !== undefined) return undefined;
  return /^(?:ml-dsa|ml-kem|slh-dsa)-(.*)$/.exec(algorithm)?.[1] ?? bits;
}

function algorithmOf(key: InventoryKey, { specVersion, algorithms }: Bill): string | undefined {
  const { algorithm, bits, curve } = key;
  if (algorithm === undefined) return undefined;
  const facts = algorithmFacts.get(algorithm) ?? { primitive: 'unknown' };
  const parameter = parameterOf(algorithm, facts, key);
  const ref = `algorithm:${[algorithm, ...parameter === undefined ? [] : [parameter]].join(':')}`;
  const named = facts.curve ?? curveName(curve);
  const strength = classicalStrength(algorithm, bits);
  const oid = algorithmOid.get(algorithm);
  add(algorithms, ref, typeOf({ ...key.places[0]!, ...key }) ?? algorithmTitle(algorithm), {
    assetType: 'algorithm',
    algorithmProperties: {
      primitive: facts.primitive,
      ...specVersion === '1.7' && facts.family !== undefined && { algorithmFamily: facts.family },
      ...parameter !== undefined && { parameterSetIdentifier: String(parameter) },
      ...named !== undefined && { [specVersion === '1.7' ? 'ellipticCurve' : 'curve']: named },
      ...strength !== undefined && { classicalSecurityLevel: strength },
      ...facts.quantum !== undefined && { nistQuantumSecurityLevel: facts.quantum },
    },
    ...oid !== undefined && { oid },
  });
  return ref;
}

/** Block ciphers by how their names begin, and the families of CycloneDX 1.7. */
const cipherFamilies: readonly (readonly [RegExp, string])[] = [
  [/^aes/, 'AES'], [/^(?:des-ede|3des)/, '3DES'], [/^des-/, 'DES'], [/^camellia/, 'CAMELLIA'], [/^aria/, 'ARIA'], [/^seed/, 'SEED'], [/^sm4/, 'SM4'], [/^(?:bf|blowfish)/, 'Blowfish'],
  [/^cast5/, 'CAST5'], [/^idea/, 'IDEA'], [/^rc2/, 'RC2'], [/^rc5/, 'RC5'], [/^twofish/, 'Twofish'], [/^serpent/, 'Serpent'],
];

function cipherOf(cipher: string, { specVersion, algorithms }: Bill): string {
  const ref = `cipher:${cipher}`;
  const family = cipherFamilies.find(([pattern]) => pattern.test(cipher))?.[1] ?? (/^chacha20/.test(cipher) ? 'ChaCha20' : cipher.startsWith('rc4') ? 'RC4' : undefined);
  const [, mode] = /-(cbc|ecb|ccm|gcm|cfb|ofb|ctr)$/.exec(cipher) ?? [];
  const bits = /^(?:aes|camellia|aria)-?(128|192|256)/.exec(cipher)?.[1];
  const primitive: Primitive = mode === 'gcm' || mode === 'ccm' || /poly1305|ocb|eax/.test(cipher) ? 'ae'
    : family === 'ChaCha20' || family === 'RC4' ? 'stream-cipher' : family === undefined ? 'unknown' : 'block-cipher';
  add(algorithms, ref, cipher, {
    assetType: 'algorithm',
    algorithmProperties: {
      primitive,
      ...specVersion === '1.7' && family !== undefined && { algorithmFamily: family },
      ...bits !== undefined && { parameterSetIdentifier: bits },
      ...mode !== undefined && { mode },
    },
  });
  return ref;
}

const kdfFamilies: ReadonlyMap<string, string> = new Map([
  ['pbkdf2', 'PBKDF2'], ['pbkdf1', 'PBKDF1'], ['scrypt', 'scrypt'], ['bcrypt', 'bcrypt'], ['argon2i', 'Argon2'], ['argon2d', 'Argon2'], ['argon2id', 'Argon2'],
]);

function kdfOf(kdf: string, { specVersion, algorithms }: Bill): string {
  const ref = `kdf:${kdf}`;
  const family = kdfFamilies.get(kdf);
  add(algorithms, ref, kdf, { assetType: 'algorithm', algorithmProperties: { primitive: 'kdf', ...specVersion === '1.7' && family !== undefined && { algorithmFamily: family } } });
  return ref;
}

/** Names of algorithms that certificates are signed with (RFC 8017, RFC 5758, RFC 8410, RFC 3279); others go by their identifier. */
const signatures: ReadonlyMap<string, readonly [name: string, family: string]> = new Map([
  ['1.2.840.113549.1.1.4', ['md5WithRSAEncryption', 'RSASSA-PKCS1']],
  ['1.2.840.113549.1.1.5', ['sha1WithRSAEncryption', 'RSASSA-PKCS1']],
  ['1.2.840.113549.1.1.11', ['sha256WithRSAEncryption', 'RSASSA-PKCS1']],
  ['1.2.840.113549.1.1.12', ['sha384WithRSAEncryption', 'RSASSA-PKCS1']],
  ['1.2.840.113549.1.1.13', ['sha512WithRSAEncryption', 'RSASSA-PKCS1']],
  ['1.2.840.113549.1.1.10', ['RSASSA-PSS', 'RSASSA-PSS']],
  ['1.2.840.10040.4.3', ['dsa-with-sha1', 'DSA']],
  ['2.16.840.1.101.3.4.3.2', ['dsa-with-sha256', 'DSA']],
  ['1.2.840.10045.4.1', ['ecdsa-with-SHA1', 'ECDSA']],
  ['1.2.840.10045.4.3.2', ['ecdsa-with-SHA256', 'ECDSA']],
  ['1.2.840.10045.4.3.3', ['ecdsa-with-SHA384', 'ECDSA']],
  ['1.2.840.10045.4.3.4', ['ecdsa-with-SHA512', 'ECDSA']],
  ['1.3.101.112', ['Ed25519', 'EdDSA']],
  ['1.3.101.113', ['Ed448', 'EdDSA']],
]);

function signatureOf(oid: string, { specVersion, algorithms }: Bill): string {
  const ref = `signature:${oid}`;
  const [name, family] = signatures.get(oid) ?? [algorithmByOid.get(oid) ?? oid, undefined];
  add(algorithms, ref, name, { assetType: 'algorithm', algorithmProperties: { primitive: 'signature', ...specVersion === '1.7' && family !== undefined && { algorithmFamily: family } }, oid });
  return ref;
}

function add(algorithms: Map<string, Entry>, ref: string, name: string, cryptoProperties: object): void {
  if (!algorithms.has(ref)) algorithms.set(ref, { component: { type: 'cryptographic-asset', 'bom-ref': ref, name, cryptoProperties }, dependsOn: [] });
}
