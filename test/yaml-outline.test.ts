import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Command } from '../src/key.ts';
import { isPrivateKeyName, isPrivateKeyVariable, isSecretOfKey } from '../src/recipes/key-names.ts';
import { readCommands } from '../src/recipes/index.ts';
import { SnippetText } from '../src/recipes/snippet.ts';
import { interestingParts } from '../src/recipes/yaml-outline.ts';

/** With this set all of a text is parsed: what is found so is what has to be found in its parts. */
let isWhole = false;
vi.mock('../src/recipes/yaml-outline.ts', async (original) => {
  const real = await original<{ readonly interestingParts: typeof interestingParts }>();
  return { interestingParts: (text: string) => (isWhole ? new SnippetText().add(text, 0) : real.interestingParts(text)) };
});

function inParts(text: string): readonly Command[] {
  return readCommands('a.yml', Buffer.from(text));
}

function inWhole(text: string): readonly Command[] {
  isWhole = true;
  try {
    return inParts(text);
  } finally {
    isWhole = false;
  }
}

const weak = 'ssh-keygen -t rsa -b 1024';
/** What makes a file one that is read, and is in no value. */
const reason = '# ssh-keygen \n';

describe('of a long YAML text only parts are parsed', () => {
  /** Tasks and what is found in each, by lines of its own. */
  const tasks: readonly (readonly [text: string, found: readonly number[]])[] = [
    ['- name: nothing\n  apt:\n    name: nginx\n    state: present\n', []], ['# ssh-keygen -t dsa\n\n', []], ['- debug:\n    msg: |\n      a\n\n      # b\n', []], ['- name: "a\n    b"\n  apt: { name: a,\n    state: b }\n', []],
    [`- shell: ${weak}\n`, [1]], [`- name: make\n  shell: |\n    true\n    ${weak}\n  args:\n    creates: k\n`, [4]], ['- community.crypto.openssh_keypair:\n    path: /k\n    size: 1024\n', [1]], [`- block:\n  - apt:\n      name: a\n  - shell:\n      cmd: ${weak}\n`, [5]],
    [`- script:\n    - BITS=1024\n    - echo a\n    - ssh-keygen -t rsa -b $BITS\n`, [4]], [`- run: |\n    ${weak}\n  shell: python\n`, []], ['- copy:\n    dest: /root/.ssh/id_rsa\n\n    # why\n    mode: "0644"\n', [5]],
    ['- volumes:\n    - secret:\n        secretName: ssh-key\n        defaultMode: 0644\n', [4]], ['- key:\n    algo: rsa\n    size: 1024\n', [1]], ['- command:\n    - sh\n    - -c\n  args:\n    - ssh-keygen -t dsa\n', [5]], ['- build:\n    context: .\n    args:\n      HOST_KEY: x\n', [4]],
  ];
  const linesOf = (text: string): number => text.split('\n').length - 1;

  test.each([['a list', '', ''], ['a list in a map', 'jobs:\n  other:\n    a: b\n  steps:\n', '    '], ['a second document', 'a:\n  b: c\n---\n', '']])('what is found in %s is found whatever stands around it', (_, head, indent) => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...tasks), { minLength: 1, maxLength: 12 }), (list) => {
      let line = linesOf(head);
      // A private key's name in one place makes the file one that is read.
      const text = `${head}${list.map(([task]) => task.replace(/^(?=.)/gm, indent)).join('')}# ssh-keygen \n`;
      const expected = list.flatMap(([task, found]) => {
        const own = found.map((at) => line + at);
        line += linesOf(task);
        return own;
      });
      expect(readCommands('a.yml', Buffer.from(text)).map((command) => command.line)).toEqual(expected);
    }), { numRuns: 300 });
  });

  test('each character that is kept knows its place, and no line of interest is left out', () => {
    const line = fc.tuple(fc.nat({ max: 4 }), fc.constantFrom('a: b', 'a:', '- a: b', '- a', 'run: |', '- run: >-', '# x', '', '---', 'k: ssh-keygen', '- id_rsa', '"q: ', '{', ']', '{{ x }}', '\ttab', 'a: "b', 'é: ssh 😀')).map(([depth, text]) => `${'  '.repeat(depth)}${text}`);
    fc.assert(fc.property(fc.array(line, { maxLength: 40 }), fc.constantFrom('\n', '\r\n'), (lines, end) => {
      const text = lines.join(end);
      const parts = interestingParts(text);
      for (let i = 0; i < parts.text.length; i++) expect(text[parts.outer(i)]).toBe(parts.text[i]);
      for (const word of ['ssh-keygen', 'id_rsa', 'ssh 😀']) expect(parts.text.split(word).length).toBe(text.split(word).length);
    }), { numRuns: 1000 });
  });
});

describe('what is found in the parts of a YAML text is what is found in the whole of it', () => {
  /** A value by its content: `style` says how a scalar is written, or whether a list stands as far left as its key. */
  type Value = { readonly scalar: string; readonly style: number } | { readonly list: readonly Value[]; readonly isLeft: boolean } | { readonly map: readonly Entry[] };
  type Entry = readonly [key: string, value: Value, noise: string];

  /** What stands behind the colon of a key, or behind the dash of an item, whose own lines begin with `indent` and more. */
  const styles: readonly ((text: string, indent: string) => string)[] = [
    (text) => ` ${text}`, (text) => ` ${text}`, (text) => ` "${text}"`, (text) => ` '${text}' # why`, (text) => ` ${text}\t`,
    (text, indent) => `\n${indent}${text}`, (text, indent) => `\n${indent}"${text}"`, (text, indent) => ` # why\n\n${indent}${text}`, (text, indent) => `\n# why\n${indent}'${text}'`,
    (text, indent) => ` |\n${indent}${text}`, (text, indent) => ` >-\n${indent}${text}\n${indent}# b`, (text, indent) => ` |2-\n${indent}  ${text}`, (text, indent) => ` |+ # why\n\n${indent}${text}\n`, (text, indent) => ` |\n${indent}a: b\n${indent}\t${text}`,
    (text) => ` &a ${text}`, (text) => ` !!str ${text}`, (text, indent) => ` &b\n${indent}${text}`, () => ' *a', (text, indent) => ` !t\n${indent}"${text}"`,
    (text, indent) => ` "${text}\n${indent}a: b:"`, (text, indent) => ` "x:\n${indent}${text}: b"`, (text, indent) => ` '\n${indent}# ${text}\n${indent}b: c'`, (text, indent) => ` ${text}\n${indent}b`, (text, indent) => ` "${text}\\\n${indent}z"`, (text, indent) => ` "\\"\n${indent}# ${text}"`,
    (text, indent) => ` { a: b,\n${indent}c: "${text}" }`, (text, indent) => ` [\n${indent}"${text}",\n${indent}b\n${indent}]`, (text, indent) => ` "${text.replace('e', '\\x65').replace('.', '.\\\n' + indent)}"`, () => '',
  ];

  function linesOf(map: readonly Entry[], indent: string): string {
    return map.map(([key, value, noise]) => `${indent}${key}:${behind(value, indent)}${noise}`).join('');
  }

  function behind(value: Value, indent: string): string {
    if ('scalar' in value) return `${styles[value.style]!(value.scalar, `${indent}  `)}\n`;
    if ('map' in value) return value.map.length === 0 ? ' {}\n' : `\n${linesOf(value.map, `${indent}  `)}`;
    const at = value.isLeft ? indent : `${indent}  `;
    return value.list.length === 0 ? ' []\n' : `\n${value.list.map((each) => `${at}-${inItem(each, at)}`).join('')}`;
  }

  function inItem(value: Value, indent: string): string {
    if ('map' in value && value.map.length > 0) return ` ${linesOf(value.map, `${indent}  `).slice(indent.length + 2)}`;
    return behind('list' in value ? { ...value, isLeft: false } : value, indent);
  }

  const scalar = (...texts: readonly string[]): fc.Arbitrary<Value> => fc.record({ scalar: fc.constantFrom(...texts), style: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(styles.length - 1)) });
  const noise = fc.constantFrom('', '', '', '', '\n', '# a\n', '        # mode: "0644"\n', '# StrictHostKeyChecking no\n');
  const entry = (key: fc.Arbitrary<string>, value: fc.Arbitrary<Value>): fc.Arbitrary<Entry> => fc.tuple(key, value, noise);
  const list = (item: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.record({ list: fc.array(item, { minLength: 1, maxLength: 4 }), isLeft: fc.boolean() });
  const dullText = scalar('nginx', 'a: b', 'foo', '0644', 'echo a', '');
  const dullEntry = entry(fc.constantFrom('name', 'foo', 'foo bar', '"quoted"', 'when', 'description', 'type', 'mode', '<<', '? a', 'labels'), fc.oneof(
    { weight: 3, arbitrary: dullText }, list(dullText), fc.record({ map: fc.array(entry(fc.constantFrom('a', 'type', 'shell', 'key', 'items', 'state'), fc.oneof(dullText, list(dullText))), { minLength: 1, maxLength: 3 }) }),
  ));
  /** Some of these entries in any order, with others between them. */
  const map = (...given: readonly fc.Arbitrary<Entry>[]): fc.Arbitrary<Value> => fc.tuple(fc.tuple(...given.map((each) => fc.option(each, { freq: 8 }))), fc.array(dullEntry, { maxLength: 2 }))
    .chain(([own, others]) => { const all = [...own.filter((each) => each !== null), ...others]; return fc.shuffledSubarray(all, { minLength: all.length }); }).map((entries) => ({ map: entries }));
  const one = (key: string, value: fc.Arbitrary<Value>): fc.Arbitrary<Entry> => entry(fc.constant(key), value);
  const any = (keys: readonly string[], value: fc.Arbitrary<Value>): fc.Arbitrary<Entry> => entry(fc.constantFrom(...keys), value);

  const files = scalar('/etc/server.key', '/root/.ssh/id_rsa', '/a/ca-key.pem', 'tls.key', 'deploy_key', 'privatersa.pem', '/etc/nginx.conf');
  const modes = scalar('0644', '"0644"', '420', '0600', '0o644');
  const commands = scalar(weak, 'openssl genrsa 1024', 'echo a', 'chmod 644 server.key', 'ssh -o StrictHostKeyChecking=no h', 'step crypto keypair a b --kty RSA --size 1024 --no-password --insecure');
  const words = list(scalar('ssh-keygen', '-t', 'rsa', 'sh', '-c', weak, 'openssl', 'genrsa', '"1024"', 'step', 'crypto', 'keypair', 'a'));
  const makers = map(one('type', scalar('ed25519', 'rsa', 'ECC')), one('size', scalar('1024')), one('path', files), one('curve', scalar('secp192r1')), one('state', scalar('absent', 'present')), one('passphrase', scalar('x', '')));
  /** What something is found in. */
  const sharp: readonly fc.Arbitrary<Entry>[] = [
    any(['openssh_keypair', 'community.crypto.openssl_privatekey'], makers),
    one('user', map(one('generate_ssh_key', scalar('yes')), one('ssh_key_bits', scalar('1024')), one('ssh_key_type', scalar('rsa', 'ed25519')))),
    any(['copy', 'template', 'file'], map(any(['path', 'dest'], files), any(['mode', 'permissions'], modes))),
    one('write_files', list(map(one('path', files), one('permissions', modes), one('content', dullText)))),
    one('secret', map(one('secretName', scalar('id-rsa', 'git-ssh', 'ssh-key', 'deploykey', 'idrsa')), one('defaultMode', modes), one('items', list(map(one('key', scalar('ssh-privatekey', 'a')), one('path', files), one('mode', modes)))))),
    any(['key', 'privateKey'], map(any(['algo', 'algorithm'], scalar('rsa', 'RSA', 'ecdsa')), one('size', scalar('1024', '256')))),
    any(['run', 'shell', 'command', 'cmd', 'a.sh'], commands), any(['script', 'runcmd', 'commands'], list(fc.oneof({ weight: 4, arbitrary: commands }, map(one('foo', dullText))))),
    any(['command', 'args', 'entrypoint', 'test'], words), one('build', map(one('args', map(any(['HOST_KEY', 'SIGNING_KEY', 'RSAKEY', 'A'], dullText))))), one('build', map(one('args', list(scalar('SSH_KEY=x', 'A=b', 'ID_RSA'))))),
    one('ssh_genkeytypes', list(scalar('dsa', 'rsa'))), any(['ansible_host_key_checking', 'host_key_checking', 'opts'], scalar('no', 'StrictHostKeyChecking no', 'True')),
    any(['shell'], scalar('python', 'bash')),
  ];
  const task = map(fc.oneof(...sharp), fc.oneof(...sharp), dullEntry);
  const around = (inner: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.oneof({ weight: 2, arbitrary: inner }, map(any(['jobs', 'spec', 'services', 'foo'], inner), any(['tasks', 'steps', 'volumes', 'runcmd'], list(inner))));
  const document = fc.oneof(around(around(task)), list(around(task)));
  const text = fc.tuple(fc.constantFrom('', '', '#cloud-config\n', '---\n', '%YAML 1.1\n---\n', '{{ template }}\n'), fc.array(document, { minLength: 1, maxLength: 2 }), fc.constantFrom('\n', '\n', '\r\n')).map(([head, documents, end]) => {
    const body = documents.map((each) => ('map' in each ? linesOf(each.map, '') : behind(each, '').slice(1).replace(/^ {2}/gm, ''))).join('--- # next\n');
    return `${head}${body}${reason}`.replaceAll('\n', end);
  });

  /** Of what is no YAML the package reads something, and it may be something else. An alias may have no anchor: the reader follows none. */
  const isValid = (yaml: string): boolean => {
    const documents = parseAllDocuments(yaml, { logLevel: 'silent', strict: false, uniqueKeys: false });
    return Array.isArray(documents) && documents.every(({ errors }) => errors.every(({ code }) => code === 'BAD_ALIAS'));
  };

  test('in whatever way it is written', () => {
    let told = 0;
    fc.assert(fc.property(text, (yaml) => {
      fc.pre(isValid(yaml));
      const expected = inWhole(yaml);
      told += expected.length;
      expect(inParts(yaml)).toEqual(expected);
    }), { numRuns: 700 });
    expect(told).toBeGreaterThan(700);
  });

  test.each([
    ['openssh_keypair:\n  type:\n    ed25519\n  size: 1024\n', ['generate ed25519 256']],
    ['copy:\n  dest: /etc/nginx/server.key\n  mode:\n    "0644"\n', ['set-mode']],
    ['secret:\n  secretName: ssh-key\n  defaultMode:\n    0644\n', ['set-mode']],
    ['spec:\n  volumes:\n    - name: a\n      emptyDir:\n        a: b\n    - name: key\n      secret:\n        secretName: id-rsa\n        defaultMode: 0644\n', ['set-mode']],
    ['secret:\n  secretName: ssh-key\n  defaultMode: 0644\n  items:\n  - key: known\n    path: a\n', []],
    ['openssh_keypair:\n  foo:\n    a: b\n', ['generate rsa undefined']],
    ['script:\n- a: b\n  c: d\n- ssh-keygen -t rsa -b 1024\n', []],
    ['copy:\n  type: "a:\n    b: c"\n  dest: server.key\n  mode: "0644"\n', ['set-mode']],
  ])('%j', (yaml, found) => {
    expect(inWhole(`${yaml}${reason}`)).toEqual(inParts(`${yaml}${reason}`));
    expect(inParts(`${yaml}${reason}`).map(({ does }) => (does.act === 'generate' ? `generate ${does.key.algorithm} ${does.key.bits}` : does.act))).toEqual(found);
  });

  test('every name that the readers know is one that keeps its task', () => {
    const name = fc.stringMatching(/^(?:[a-z]{1,3}[-_.])?(?:id|ssh|host|rsa|dsa|ed25519|ecdsa|sk|priv|ate|private|key|privkey|pem|ppk|KEY|SSH|RSA|ID|DEPLOY|HOST|SIGNING|PRIVATE|jwt|rs|256|deploy|github|gitlab|server|tls|ca|root|client|git|signing|[-_.]){1,6}$/);
    let known = 0;
    fc.assert(fc.property(name, (each) => {
      if (!isPrivateKeyName(each) && !isPrivateKeyVariable(each) && !isSecretOfKey(each)) return;
      known++;
      expect(interestingParts(`- a: b\n- c: ${each}\n`).text).toBe(`- c: ${each}\n`);
    }), { numRuns: 20_000 });
    expect(known).toBeGreaterThan(1000);
  });
});
