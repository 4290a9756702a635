import { readFileSync } from 'node:fs';
import { Validator, type Schema } from '@cfworker/json-schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { detect } from '../src/detect.ts';
import { cyclonedx, cyclonedx16 } from '../src/inventory-reporters/cyclonedx.ts';
import { inventoryOf, type Inventory } from '../src/inventory.ts';
import { joinInventories } from '../src/join-inventories.ts';
import type { Key } from '../src/key.ts';
import { algorithmOid, curves } from '../src/oids.ts';
import { makeKey, makeReport } from './reports.ts';
import { makeSamples, sampleTools } from './samples.ts';
import { describeWith, run, scratch } from './tools.ts';

function schemaOf(name: string): Schema {
  return JSON.parse(readFileSync(new URL(`./schemas/${name}.SNAPSHOT.schema.json`, import.meta.url), 'utf8')) as Schema;
}

/** The official schemas. */
const versions = (['1.6', '1.7'] as const).map((version) => {
  const validator = new Validator(schemaOf(`bom-${version}`), '7', false);
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) validator.addSchema(schemaOf(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  return { version, validator, write: version === '1.6' ? cyclonedx16 : cyclonedx };
});

const options = { color: false, date: '2026-03-01T12:30:59.123Z', serialNumber: '3e671687-395b-41f5-a30f-a58921a69b79', homepage: 'https://example.org/keylint' };

interface Component {
  readonly type: string;
  readonly 'bom-ref': string;
  readonly name: string;
  readonly cryptoProperties: {
    readonly assetType: string;
    readonly oid?: string;
    readonly algorithmProperties?: Record<string, unknown>;
    readonly certificateProperties?: Record<string, unknown>;
    readonly relatedCryptoMaterialProperties?: Record<string, unknown> & { readonly type: string; readonly securedBy?: { mechanism: string; algorithmRef?: string } };
  };
  readonly evidence?: { readonly occurrences: readonly { readonly location: string; readonly line: number; readonly additionalContext: string }[] };
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

interface Bom {
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: Record<string, unknown>;
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

function inventory(keys: readonly Key[], host = 'web1'): Inventory {
  return inventoryOf(makeReport({ keys }), { host, folder: '/home/me', accounts: [] });
}

/** Everything that points at something, whatever it is called. */
function references(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (typeof inner === 'string' ? (/^ref$|Ref$/.test(name) ? [inner] : []) : name === 'dependsOn' ? inner as string[] : references(inner)));
}

/** A bill in both versions, each held against its schema and against what a schema cannot say. */
function bills(from: Inventory): readonly [sixteen: Bom, seventeen: Bom] {
  return versions.map(({ version, validator, write }) => {
    const bom = JSON.parse(write(from, options)) as Bom;
    expect(validator.validate(bom).errors.map(({ instanceLocation, error }) => `${version} ${instanceLocation}: ${error}`)).toEqual([]);
    expect(bom.specVersion).toBe(version);
    const known = [...bom.components.map((component) => component['bom-ref']), ...'component' in bom.metadata ? ['host'] : []];
    expect(new Set(known).size).toBe(known.length);
    expect(references(bom.components).filter((ref) => !known.includes(ref))).toEqual([]);
    expect(bom.dependencies.map(({ ref }) => ref).sort()).toEqual(known.sort());
    expect(bom.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !known.includes(ref))).toEqual([]);
    // 1.7 deprecates what 1.6 has one name for.
    if (version === '1.7') expect(JSON.stringify(bom.components.map((component) => ({ ...component.cryptoProperties.relatedCryptoMaterialProperties, securedBy: undefined, ...component.cryptoProperties.certificateProperties })))).not.toMatch(/"(?:algorithmRef|subjectPublicKeyRef|signatureAlgorithmRef|curve)"/);
    return bom;
  }) as unknown as readonly [Bom, Bom];
}

function material({ components }: Bom, type: string): readonly Component[] {
  return components.filter(({ cryptoProperties }) => cryptoProperties.relatedCryptoMaterialProperties?.type === type);
}

const folder = scratch();

describeWith(sampleTools, 'keys of every format', () => {
  const samples = makeSamples(folder);
  const keys = samples.flatMap(({ name, bytes }) => detect({ path: `keys/${name}`, bytes, facts: () => ({ origin: 'file', mode: 0o600 }) }));

  test('make a valid bill, with every place in it and no part of a key', () => {
    expect(new Set(keys.map(({ format }) => format)).size).toBeGreaterThan(15);
    for (const bom of bills(inventory(keys))) {
      const places = bom.components.filter(({ cryptoProperties }) => cryptoProperties.assetType !== 'certificate').flatMap(({ evidence }) => evidence?.occurrences ?? []).map(({ location, line }) => `${location}:${line}`);
      expect([...new Set(places)].sort()).toEqual([...new Set(keys.map(({ path, line }) => `${path}:${line}`))].sort());
      expect(JSON.stringify(bom)).not.toContain('"value":"-----');
      expect(bom.components.filter(({ cryptoProperties }) => 'value' in (cryptoProperties.relatedCryptoMaterialProperties ?? {}))).toEqual([]);
    }
  });

  test('of several hosts, too', () => {
    const joined = joinInventories([inventory(keys, 'web1'), inventory(keys, 'web2')], '1.2.3');
    for (const bom of bills(joined)) {
      expect(bom.metadata).toMatchObject({ properties: [{ name: 'keylint:host', value: 'web1' }, { name: 'keylint:host', value: 'web2' }] });
      const [first] = material(bom, 'private-key');
      expect(first!.evidence!.occurrences.map(({ location }) => location.split(':')[0])).toEqual(expect.arrayContaining(['web1', 'web2']));
    }
  });
});

describe('what the bill says', () => {
  const rsa = { algorithm: 'rsa', bits: 2048, fingerprint: `SHA256:${Buffer.alloc(32, 7).toString('base64').replace('=', '')}`, spki: 'ab'.repeat(32) };
  const encryption = { cipher: 'aes-256-cbc', kdf: 'pbkdf2', rounds: 2048, prf: 'hmac-sha256' };

  test('a private key, its public half and what both rest on', () => {
    const [sixteen, seventeen] = bills(inventory([
      makeKey({ ...rsa, path: 'id_rsa', encryption, format: 'encrypted-pkcs8', comment: 'me' }),
      makeKey({ ...rsa, path: 'id_rsa.pub', kind: 'public', format: 'ssh-public', file: { origin: 'file', mode: 0o644 } }),
    ]));
    const [key] = material(seventeen, 'private-key'), [half] = material(seventeen, 'public-key');
    expect(key).toMatchObject({
      type: 'cryptographic-asset', name: 'RSA 2048-bit private key',
      cryptoProperties: { assetType: 'related-crypto-material', relatedCryptoMaterialProperties: {
        type: 'private-key', id: rsa.fingerprint, size: 2048, format: 'encrypted-pkcs8', securedBy: { mechanism: 'Software', algorithmRef: 'cipher:aes-256-cbc' },
        relatedCryptographicAssets: [{ type: 'algorithm', ref: 'algorithm:rsa:2048' }, { type: 'publicKey', ref: half!['bom-ref'] }],
      } },
      evidence: { occurrences: [{ location: 'id_rsa', line: 1 }] },
    });
    expect(key!.properties).toEqual(expect.arrayContaining([{ name: 'keylint:encryption:rounds', value: '2048' }, { name: 'keylint:encryption:prf', value: 'hmac-sha256' }, { name: 'keylint:comment', value: 'me' }, { name: 'keylint:name', value: `spki:${rsa.spki}` }]));
    expect(half!.cryptoProperties.relatedCryptoMaterialProperties).toMatchObject({ fingerprint: { alg: 'SHA-256', content: rsa.spki }, relatedCryptographicAssets: [{ type: 'algorithm' }, { type: 'privateKey', ref: key!['bom-ref'] }] });
    expect(half!.evidence!.occurrences).toEqual([{ location: 'id_rsa.pub', line: 1, additionalContext: 'public; in pem; mode 0644' }]);
    // A fingerprint of a private key would be a hash of its secret.
    expect(key!.cryptoProperties.relatedCryptoMaterialProperties).not.toHaveProperty('fingerprint');
    expect(material(sixteen, 'private-key')[0]!.cryptoProperties.relatedCryptoMaterialProperties).toMatchObject({ algorithmRef: 'algorithm:rsa:2048', securedBy: { algorithmRef: 'cipher:aes-256-cbc' } });
    const algorithm = (bom: Bom, ref: string): Component['cryptoProperties'] => bom.components.find((component) => component['bom-ref'] === ref)!.cryptoProperties;
    expect(algorithm(seventeen, 'algorithm:rsa:2048')).toEqual({ assetType: 'algorithm', algorithmProperties: { primitive: 'pke', parameterSetIdentifier: '2048', classicalSecurityLevel: 112, nistQuantumSecurityLevel: 0 }, oid: '1.2.840.113549.1.1.1' });
    expect(algorithm(seventeen, 'cipher:aes-256-cbc').algorithmProperties).toEqual({ primitive: 'block-cipher', algorithmFamily: 'AES', parameterSetIdentifier: '256', mode: 'cbc' });
    expect(algorithm(sixteen, 'kdf:pbkdf2').algorithmProperties).toEqual({ primitive: 'kdf' });
    expect(seventeen.dependencies.find(({ ref }) => ref === key!['bom-ref'])!.dependsOn).toEqual(['algorithm:rsa:2048', half!['bom-ref'], 'cipher:aes-256-cbc', 'kdf:pbkdf2']);
    expect(seventeen.serialNumber).toBe(`urn:uuid:${options.serialNumber}`);
    expect(seventeen.metadata).toMatchObject({ timestamp: options.date, tools: { components: [{ name: 'keylint', version: '1.2.3' }] }, component: { type: 'device', name: 'web1' } });
  });

  test('copies that are protected in other ways are components of their own, with the same name', () => {
    const [, bom] = bills(inventory(['a', 'b', 'c'].map((path) => makeKey({ ...rsa, path, ...path === 'b' && { encryption } }))));
    expect(material(bom, 'private-key').map(({ cryptoProperties, evidence }) => [cryptoProperties.relatedCryptoMaterialProperties!.securedBy!.mechanism, cryptoProperties.relatedCryptoMaterialProperties!['id'], evidence!.occurrences.map(({ location }) => location)]))
      .toEqual([['None', rsa.fingerprint, ['a', 'c']], ['Software', rsa.fingerprint, ['b']]]);
  });

  test('handles, shared secrets, and keys without a name', () => {
    const { fingerprint, ...nameless } = makeKey({ kind: 'symmetric', algorithm: 'hmac', bits: 256, format: 'bind' });
    const [, bom] = bills(inventory([makeKey({ algorithm: 'ed25519-sk', hardware: true }), nameless, { ...nameless, line: 9 }, { ...nameless, path: 'x', algorithm: 'symmetric' }, makeKey({ path: 'y', defect: 'cut off', fingerprint: 'SHA256:y' })]));
    expect(material(bom, 'private-key')[0]!.cryptoProperties.relatedCryptoMaterialProperties!.securedBy).toEqual({ mechanism: 'Token' });
    expect(material(bom, 'secret-key').map(({ evidence }) => evidence!.occurrences[0]!.location)).toEqual(['deploy/id_ed25519', 'deploy/id_ed25519', 'x']);
    expect(material(bom, 'private-key')[1]!.properties).toContainEqual({ name: 'keylint:defect', value: 'cut off' });
  });

  test.each([...algorithmOid.keys(), 'ed25519-sk', 'ecdsa-sk', 'rsa1', 'sm2', 'hmac', 'aes', '1.2.3.4', 'symmetric'])('%s', (algorithm) => {
    const [, bom] = bills(inventory([makeKey({ algorithm, fingerprint: 'SHA256:x' })]));
    expect(bom.components.filter(({ cryptoProperties }) => cryptoProperties.assetType === 'algorithm')).toHaveLength(1);
  });

  test('every curve has a name that CycloneDX knows, but for those it does not list', () => {
    const listed = (schemaOf('cryptography-defs') as unknown as { definitions: { ellipticCurvesEnum: { enum: string[] } } }).definitions.ellipticCurvesEnum.enum;
    const unlisted: string[] = [];
    for (const { name, bits } of curves) {
      const [sixteen, seventeen] = bills(inventory([makeKey({ algorithm: 'ec', curve: name, bits })]));
      const [properties, old] = [seventeen, sixteen].map(({ components }) => components.find(({ cryptoProperties }) => cryptoProperties.assetType === 'algorithm')!.cryptoProperties.algorithmProperties!);
      expect(properties!['parameterSetIdentifier']).toBe(name);
      if (properties!['ellipticCurve'] === undefined) unlisted.push(name);
      else {
        expect(listed).toContain(properties!['ellipticCurve']);
        expect(old!['curve']).toBe(properties!['ellipticCurve']);
      }
    }
    expect(unlisted.filter((name) => listed.some((known) => known.split('/')[1] === name))).toEqual([]);
    expect(unlisted).toEqual([]);
  });
});

describeWith(['openssl'], 'certificates', () => {
  test('whose, by whom, until when, and of which key', () => {
    const file = `${folder}/tls.key`;
    run('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file]);
    const pem = run('openssl', ['req', '-x509', '-key', file, '-subj', '/O=Example/CN=example.org', '-days', '2']);
    const keys = [detect({ path: 'tls.key', bytes: readFileSync(file), facts: () => ({ origin: 'file' }) }), detect({ path: 'tls.crt', bytes: Buffer.from(pem), facts: () => ({ origin: 'file' }) })].flat();
    const [sixteen, seventeen] = bills(inventory(keys));
    const [dates] = [run('openssl', ['x509', '-noout', '-enddate', '-dateopt', 'iso_8601'], { input: pem })].map((text) => text.trim().split('=')[1]!.replace(' ', 'T'));
    for (const bom of [sixteen, seventeen]) {
      const certificate = bom.components.find(({ cryptoProperties }) => cryptoProperties.assetType === 'certificate')!;
      const [half] = material(bom, 'public-key');
      expect(certificate.cryptoProperties.certificateProperties).toMatchObject({ subjectName: 'CN=example.org,O=Example', issuerName: 'CN=example.org,O=Example', notValidAfter: dates, certificateFormat: 'X.509' });
      expect(certificate.evidence!.occurrences).toMatchObject([{ location: 'tls.crt', line: 1 }]);
      expect(bom.dependencies.find(({ ref }) => ref === certificate['bom-ref'])!.dependsOn).toEqual([half!['bom-ref'], 'signature:1.2.840.10045.4.3.2']);
      expect([...references(certificate)].sort()).toEqual([half!['bom-ref'], 'signature:1.2.840.10045.4.3.2']);
      expect(material(bom, 'private-key')).toHaveLength(1);
    }
  });
});

test('whatever names and comments hold, the bill is valid', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '\u202e', 'urn:cdx:x', '\0', ''));
  const facts = fc.record({ path: text, comment: text, algorithm: text, curve: text, fingerprint: text, format: text, container: text, kind: fc.constantFrom('private', 'public', 'certificate', 'symmetric'), line: fc.nat() }, { requiredKeys: ['path', 'format', 'kind', 'line'] });
  fc.assert(fc.property(fc.array(facts, { maxLength: 6 }), text, (list, word) => {
    bills(inventory(list.map((part) => makeKey({ ...part, encryption: { cipher: word, kdf: word }, weaknesses: [word], defect: word, x509: { subject: word, issuer: word } })), word));
  }), { numRuns: 60 });
});

test('a bill that is wrong is refused', () => {
  const [, { write, validator }] = versions as [unknown, typeof versions[number]];
  const bom = JSON.parse(write(inventory([makeKey()]), options)) as Record<string, never>;
  const broken: ((copy: { components: { cryptoProperties: Record<string, unknown>; evidence?: unknown }[]; specVersion: unknown }) => void)[] = [
    (copy) => { copy.components[0]!.cryptoProperties['assetType'] = 'key'; },
    (copy) => { copy.components[0]!.cryptoProperties['more'] = 1; },
    (copy) => { copy.components[0]!.evidence = { occurrences: [{}] }; },
    (copy) => { copy.specVersion = 1; },
    (copy) => { copy.components[1]!.cryptoProperties['algorithmProperties'] = { ellipticCurve: 'nist/P-257' }; },
  ];
  for (const damage of broken) {
    const copy = structuredClone(bom);
    damage(copy as never);
    expect(validator.validate(copy).valid).toBe(false);
  }
});
