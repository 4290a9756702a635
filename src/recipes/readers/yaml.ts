import { isMap, isScalar, isSeq, parseAllDocuments, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Generation } from '../../key.ts';
import { isAboutKeys, MAX_YAML } from '../about-keys.ts';
import { curveOfSec, curveOfSize } from '../curve-names.ts';
import { isShellScript } from '../file-kind.ts';
import { bypassIn, isLocalHost } from '../host-keys.ts';
import { isPrivateKeyName, isPrivateKeyVariable, isSecretOfKey } from '../key-names.ts';
import { innerText, SnippetText, unescaped, type Found, type FoundAction, type Reader, type Snippet, type Stretch } from '../snippet.ts';
import { present } from '../tool.ts';
import { interestingParts } from '../yaml-outline.ts';

/**
 * YAML and JSON that machines follow: jobs of CI, tasks of Ansible, manifests of Kubernetes, cloud-init, Compose, scripts of package.json.
 * Parsing is left to a package. Commands are told by the names of their keys, modules of Ansible by theirs.
 */
export const readYaml: Reader = (snippet) => {
  const found: Found[] = [];
  if (snippet.text.length > MAX_YAML || !isAboutKeys(snippet.text)) return [];
  // A template's own lines are no YAML.
  const whole = snippet.text.replace(/^[ \t]*(?:-[ \t]+)?\{\{-?[^{}\n]*\}\}[ \t]*$/gm, (line) => `#${' '.repeat(line.length - 1)}`);
  const parts = interestingParts(whole);
  const { text } = parts;
  let documents: ReturnType<typeof parseAllDocuments>;
  try {
    documents = parseAllDocuments(text, { logLevel: 'silent', strict: false, uniqueKeys: false, prettyErrors: false });
  } catch {
    return [];
  }
  if (!Array.isArray(documents)) return [];
  const context: Context = { snippet: { ...snippet, outer: (offset) => snippet.outer(parts.outer(offset)) }, text, found, isCloudInit: /^#cloud-config/m.test(whole.slice(0, 200)) };
  for (const { contents } of documents) if (contents) visit(contents, [], context);
  const inWhole = <T extends Stretch>(stretch: T): T => ({ ...stretch, start: parts.outer(stretch.start), end: stretch.end > stretch.start ? parts.outer(stretch.end - 1) + 1 : parts.outer(stretch.end) });
  return found.map((one) => ('inner' in one ? one : { ...inWhole(one), words: one.words.map(inWhole) }));
};

interface Context {
  readonly snippet: Snippet;
  readonly text: string;
  readonly found: Found[];
  readonly isCloudInit: boolean;
}

/** Deeper nesting is nothing that people write. */
const MAX_DEPTH = 40;

/** Names of keys whose values are commands: one, some lines of them, or a list. */
const scripts: ReadonlySet<string> = new Set([
  'run', 'script', 'before_script', 'after_script', 'before_install', 'install', 'after_success', 'after_failure', 'before_deploy', 'command', 'commands', 'cmd', 'cmds', 'shell', 'bash', 'sh', 'inlinescript', 'runcmd', 'bootcmd', 'precommand', 'postcommand', 'raw', 'user_data', 'userdata', 'inline',
  'precreatecommand', 'postcreatecommand', 'onbuild', 'setup', 'precmd', 'preparecommand',
]);
/** Of these a list is one command's words. */
const wordLists: ReadonlySet<string> = new Set(['command', 'args', 'entrypoint', 'test', 'cmd', 'argv']);

function visit(node: Node, path: readonly string[], context: Context): void {
  if (path.length > MAX_DEPTH) return;
  if (isMap(node)) {
    readMap(node, path, context);
    // What runs the scripts of this map, asked for once: it is looked for pair by pair.
    let other: boolean | undefined;
    const isOther = (): boolean => other ??= /^(?:python|pwsh|powershell|node|ruby|cmd)/.test(known(node.get('shell', true)) ?? '');
    for (const pair of node.items) {
      if (!isNode(pair.value)) continue;
      const key = keyOf(pair);
      if (!readScripts(pair.value, key, path, node, isOther, context)) visit(pair.value, [...path, key], context);
    }
  } else if (isSeq(node)) for (const item of node.items) {
    if (isNode(item)) visit(item, path, context);
  }
  if (isScalar(node)) readText(node, path, context);
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value);
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

/** Whether a value is all commands, and read as such. */
function readScripts(value: Node, key: string, path: readonly string[], parent: YAMLMap, isOther: () => boolean, { snippet, text, found }: Context): boolean {
  const name = key.replace(/^.*\./, '').toLowerCase();
  const isPackageScript = snippet.place === 'script' && path.length === 1 && path[0] === 'scripts';
  const isShellFile = /\.(?:sh|bash)$/.test(key) || isScalar(value) && typeof value.value === 'string' && isShellScript(value.value);
  if (name === 'run' && isOther()) return true;
  if (isScalar(value)) {
    if (!(scripts.has(name) || isPackageScript || isShellFile) || typeof value.value !== 'string') return false;
    found.push(innerText(snippet, 'shell', textOf(value, text)));
    return true;
  }
  if (!isSeq(value) || !scripts.has(name) && !wordLists.has(name) || !value.items.every((item) => isScalar(item) || isSeq(item))) return false;
  if (wordLists.has(name) && value.items.every(isScalar)) {
    const words = wordsOf(value, text);
    const at = words.findIndex((word) => /^-\w*c$/.test(word.text));
    if (name === 'args' && /-\w*c$/.test(lastWord(parent.get('command', true)))) for (const word of words.slice(0, 1)) found.push(innerText(snippet, 'shell', word));
    else if (at > 0 && words[at + 1]) found.push(innerText(snippet, 'shell', words[at + 1]!));
    else if (name !== 'args') found.push(innerText(snippet, 'shell', asCommand(words)));
    return true;
  }
  const lines = new SnippetText();
  for (const item of value.items) {
    const line = isScalar(item) ? textOf(item, text) : asCommand(wordsOf(item, text));
    lines.append(line).add('\n', line.outer(line.text.length));
  }
  found.push(innerText(snippet, 'shell', lines));
  return true;
}

function wordsOf(list: YAMLSeq, text: string): readonly SnippetText[] {
  return list.items.filter(isScalar).map((item) => textOf(item, text));
}

function lastWord(value: unknown): string {
  return known(isSeq(value) ? value.items.findLast(isScalar) : value) ?? '';
}

/** A list of words as the shell would have it written. */
function asCommand(words: readonly SnippetText[]): SnippetText {
  const command = new SnippetText();
  for (const word of words) {
    const at = word.outer(0);
    const isPlain = /^[\w./:=@%+,~$-]+$/.test(word.text);
    if (isPlain) command.append(word).add(' ', at);
    else command.add('\'', at).append(word).add('\' ', at);
  }
  return command;
}

/** What a scalar says, each character with its place. Of folded text a line's end is a blank. */
function textOf(node: Scalar, text: string): SnippetText {
  const [start = 0, end = 0] = node.range ?? [];
  const result = new SnippetText();
  const source = text.slice(start, end);
  switch (node.type) {
    case 'BLOCK_LITERAL':
    case 'BLOCK_FOLDED': {
      const head = source.indexOf('\n') + 1;
      if (head === 0) return result;
      const lines = source.slice(head).split('\n');
      const indent = /^[ \t]*/.exec(lines.find((line) => line.trim() !== '') ?? '')![0].length;
      let at = start + head;
      for (const line of lines) {
        const from = Math.min(indent, /^[ \t]*/.exec(line)![0].length);
        const isFolded = node.type === 'BLOCK_FOLDED' && line.trim() !== '' && !/^\s/.test(line.slice(from));
        result.add(`${line.slice(from)}${isFolded ? ' ' : '\n'}`, at + from);
        at += line.length + 1;
      }
      return result;
    }
    case 'QUOTE_DOUBLE': return unescaped(source.slice(1, -1), start + 1);
    case 'QUOTE_SINGLE': {
      let at = 1;
      for (const { index: before } of source.slice(1, -1).matchAll(/''/g)) {
        const index = before + 1;
        result.add(source.slice(at, index), start + at).add('\'', start + index);
        at = index + 2;
      }
      return result.add(source.slice(at, -1), start + at);
    }
    default: return result.add(source.replace(/\r?\n/g, ' '), start);
  }
}

/** Text that is no command, but may set something for ssh or hold a script. */
function readText(node: Scalar, path: readonly string[], { text, found }: Context): void {
  if (typeof node.value !== 'string' && typeof node.value !== 'boolean' && typeof node.value !== 'number') return;
  const key = path.at(-1) ?? '';
  const said = String(node.source ?? node.value);
  const isSetting = /host_key_checking$/i.test(key);
  // Prose about it: descriptions, names of steps, documentation of modules.
  if (/^(?:name|description|short_description|title|summary|message|notes?|help|comment|choices|default|documentation|msg|requirements|changelog|minor_changes|bugfixes|major_changes)$/i.test(key) && !isSetting) return;
  const setting = bypassIn(isSetting ? `${key}=${said}` : said);
  if (setting === undefined || said.split(/\s+/).some(isLocalHost) || /^\s*Host(?:Name)?\s+(?:localhost|127\.)/im.test(said)) return;
  const body = textOf(node, text);
  const at = body.text.search(/StrictHostKeyChecking|UserKnownHostsFile/i);
  const [start = 0, end = 0] = node.range ?? [];
  const from = at < 0 ? start : body.outer(at);
  found.push({ start: from, end: at < 0 ? end : Math.min(end, from + (/^[^\n]*/.exec(text.slice(from))![0].trimEnd().length)), tool: key === '' ? 'the setting' : key, words: [], does: { act: 'trust-any-host', setting } });
}

/** Maps that mean something as a whole. */
function readMap(map: YAMLMap, path: readonly string[], context: Context): void {
  const { found, isCloudInit } = context;
  const get = (name: string): Scalar | undefined => {
    const value = map.get(name, true);
    return isScalar(value) ? value : undefined;
  };
  for (const pair of map.items) {
    const module = modules.get(keyOf(pair).replace(/^.*\./, ''));
    const values = pair.value;
    if (module && isMap(values) && isScalar(pair.key)) {
      const does = module((name) => known(values.get(name, true)));
      const { range } = pair.key;
      if (does && range) found.push(withSize({ start: range[0], end: range[1], tool: keyOf(pair).replace(/^.*\./, ''), words: [], does }, values, ['size', 'ssh_key_bits']));
    }
    // A certificate request of cfssl: {"key": {"algo": "rsa", "size": 2048}}; a Certificate of cert-manager has the like.
    if (/^(?:key|privateKey)$/.test(keyOf(pair)) && isMap(values) && isScalar(pair.key) && pair.key.range) {
      const type = { rsa: 'rsa', ecdsa: 'ec', ed25519: 'ed25519' }[(known(values.get('algo', true)) ?? known(values.get('algorithm', true)) ?? '').toLowerCase()];
      const bits = numberOf(known(values.get('size', true)));
      if (type !== undefined && bits !== undefined) {
        const curve = type === 'ec' ? curveOfSize.get(bits) : undefined;
        found.push(withSize({ start: pair.key.range[0], end: pair.key.range[1], tool: keyOf(pair) === 'key' ? 'cfssl' : 'cert-manager', words: [], does: { act: 'generate', key: { format: 'pkcs8', algorithm: type, bits, ...present({ curve }) }, said: {} } }, values, ['size']));
      }
    }
    if (isCloudInit && keyOf(pair) === 'ssh_genkeytypes' && isSeq(values) && isScalar(pair.key) && pair.key.range) {
      const dsa = values.items.find((item) => isScalar(item) && /^ds[as]$/.test(String(item.value)));
      if (isScalar(dsa) && dsa.range) found.push({ start: dsa.range[0], end: dsa.range[1], tool: 'ssh_genkeytypes', words: [], does: { act: 'generate', key: { format: 'openssh', algorithm: 'dsa', bits: 1024 }, passphrase: 'none', path: '/etc/ssh/ssh_host_dsa_key', isSsh: true, said: {} } });
    }
    // Compose: build arguments stay in the image's history.
    if (keyOf(pair) === 'args' && path.at(-1) === 'build') {
      for (const item of isMap(values) ? values.items.map(({ key }) => key) : isSeq(values) ? values.items : []) {
        const name = isScalar(item) ? /^\w+/.exec(String(item.value))?.[0] ?? '' : '';
        if (isScalar(item) && item.range && isPrivateKeyVariable(name)) found.push({ start: item.range[0], end: item.range[1], tool: 'build.args', words: [], does: { act: 'put-into-image', how: 'argument', name } });
      }
    }
  }
  // Modes of files: Ansible's file, copy and template, write_files of cloud-init, files of Butane.
  const file = known(get('dest')) ?? known(get('path'));
  const mode = get('mode') ?? get('permissions');
  if (file !== undefined && mode && isPrivateKeyName(file)) addMode(file, mode, context);
  // Kubernetes: a Secret with a key of ssh, mounted.
  const secret = map.get('secret', true);
  if (isMap(secret)) readMount(secret, context);
}

function readMount(secret: YAMLMap, context: Context): void {
  const name = known(secret.get('secretName', true)) ?? '';
  const items = secret.get('items', true);
  const maps = isSeq(items) ? items.items.filter(isMap) : [];
  const key = maps.map((item) => [item, known(item.get('path', true)) ?? '', known(item.get('key', true)) ?? ''] as const).find(([, path, from]) => isPrivateKeyName(path) || from === 'ssh-privatekey');
  const mode = key?.[0].get('mode', true) ?? secret.get('defaultMode', true);
  const isForSsh = key !== undefined || maps.length === 0 && isSecretOfKey(name);
  if (isForSsh && isScalar(mode)) addMode(key?.[1] ?? name, mode, context, 'defaultMode');
}

function addMode(path: string, mode: Scalar, { found }: Context, tool = 'this mode'): void {
  const said = mode.source ?? known(mode) ?? '';
  // YAML 1.1, which Ansible and Kubernetes read: octal with a 0 before it. A string is octal in any case.
  const isOctal = /^0o?[0-7]{3,4}$/.test(said) || mode.type !== 'PLAIN' && /^[0-7]{3,4}$/.test(said);
  const bits = isOctal ? Number.parseInt(said.replace('0o', ''), 8) : /^\d+$/.test(said) && tool === 'defaultMode' ? Number(said) : undefined;
  const [start, end] = mode.range ?? [];
  if (bits === undefined || bits > 0o7777 || start === undefined || end === undefined) return;
  const quotes = mode.type === 'PLAIN' ? 0 : 1;
  found.push({ start, end, tool, words: [{ start: start + quotes, end: end - quotes, text: said }], does: { act: 'set-mode', path, mode: bits & 0o777, said: { first: 0, last: 0, form: '{}' } } });
}

/** What a scalar surely says: no template is in it. */
function known(node: unknown): string | undefined {
  if (!isScalar(node) || node.value === null || node.value === undefined) return undefined;
  const text = typeof node.value === 'string' ? node.value : node.source ?? '';
  return /\{\{|\{%|\$\{/.test(text) ? undefined : text;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{2,5}$/.test(text) ? Number(text) : undefined;
}

/** The size as the word that another may be written for. */
function withSize(found: FoundAction, values: YAMLMap, names: readonly string[]): FoundAction {
  const size = names.map((name) => values.get(name, true)).find(isScalar);
  if (!size?.range || found.does.act !== 'generate') return found;
  const quotes = size.type === 'PLAIN' ? 0 : 1;
  return { ...found, words: [{ start: size.range[0] + quotes, end: size.range[1] - quotes, text: String(size.value) }], does: { ...found.does, said: { bits: { first: 0, last: 0, form: '{}' } } } };
}

type Module = (value: (name: string) => string | undefined) => Generation | undefined;

const sshTypes: ReadonlyMap<string, string> = new Map([['rsa', 'rsa'], ['dsa', 'dsa'], ['rsa1', 'rsa1'], ['ecdsa', 'ec'], ['ed25519', 'ed25519']]);

/** Modules of Ansible that make keys (community.crypto, ansible.builtin.user), with the defaults of their documentation. */
const modules: ReadonlyMap<string, Module> = new Map<string, Module>([
  ['openssh_keypair', (value) => {
    if (value('state') === 'absent') return undefined;
    const algorithm = sshTypes.get(value('type') ?? 'rsa');
    return { act: 'generate', key: { format: 'openssh', ...sized(algorithm, numberOf(value('size'))) }, passphrase: value('passphrase') === undefined ? 'none' : 'given', ...present({ path: value('path') }), isSsh: true, said: {} };
  }],
  ['openssl_privatekey', (value) => {
    if (value('state') === 'absent') return undefined;
    const type = (value('type') ?? 'RSA').toLowerCase();
    const algorithm = { rsa: 'rsa', dsa: 'dsa', ecc: 'ec', ed25519: 'ed25519', ed448: 'ed448', x25519: 'x25519', x448: 'x448' }[type];
    const named = value('curve');
    const curve = named === undefined ? undefined : curveOfSec(named);
    return { act: 'generate', key: { format: 'pkcs8', ...algorithm === 'ec' ? present({ algorithm, curve, bits: numberOf(/\d{3}/.exec(curve ?? '')?.[0]) }) : sized(algorithm, numberOf(value('size'))) }, passphrase: value('passphrase') === undefined ? 'none' : 'given', ...present({ path: value('path') }), said: {} };
  }],
  ['user', (value) => {
    if (!/^(?:yes|true|1|on)$/i.test(value('generate_ssh_key') ?? '')) return undefined;
    const algorithm = sshTypes.get(value('ssh_key_type') ?? 'rsa');
    return { act: 'generate', key: { format: 'openssh', ...sized(algorithm, numberOf(value('ssh_key_bits'))) }, passphrase: value('ssh_key_passphrase') === undefined ? 'none' : 'given', path: value('ssh_key_file') ?? '.ssh/id_rsa', isSsh: true, said: {} };
  }],
]);

function sized(algorithm: string | undefined, bits: number | undefined): Pick<Generation['key'], 'algorithm' | 'bits' | 'curve'> {
  if (algorithm === undefined) return {};
  if (algorithm === 'ed25519') return { algorithm, bits: 256 };
  const curve = algorithm === 'ec' ? curveOfSize.get(bits ?? 256) : undefined;
  return { algorithm, ...present({ bits: algorithm === 'ec' ? bits ?? 256 : algorithm === 'dsa' ? bits ?? 1024 : bits, curve }) };
}
