import { endFinder, innerSnippet, innerText, linesOf, unescaped, type Found, type Reader, type Snippet } from '../snippet.ts';
import { isPrivateKeyName } from '../key-names.ts';
import { isShellScript } from '../file-kind.ts';
import { modeIn } from '../files.ts';
import { present } from '../tool.ts';

const algorithms: ReadonlyMap<string, string> = new Map([['RSA', 'rsa'], ['ECDSA', 'ec'], ['ED25519', 'ed25519']]);
/** tls provider, tls_private_key, ecdsa_curve: P224 where none is given. */
const curves: ReadonlyMap<string, readonly [curve: string, bits: number]> = new Map([['P224', ['secp224r1', 224]], ['P256', ['prime256v1', 256]], ['P384', ['secp384r1', 384]], ['P521', ['secp521r1', 521]]]);

/** Terraform and OpenTofu: resources that make keys or write them to files, and scripts in provisioners and user data. */
export const readTerraform: Reader = (snippet) => {
  const { text } = snippet;
  const found: Found[] = [];
  const heads = [...text.matchAll(/^[ \t]*resource\s+"(\w+)"\s+"[\w-]+"\s*\{/gm)];
  const ends = heads.length > 0 ? endsOfBlocks(text) : undefined;
  for (const [i, head] of heads.entries()) {
    const start = head.index + head[0].search(/\S/);
    // A block without an end is none behind the next.
    const body = text.slice(head.index + head[0].length, ends!.get(head.index + head[0].length - 1) ?? heads[i + 1]?.index);
    const attribute = (name: string): { value: string; start: number; end: number } | undefined => {
      const match = new RegExp(`^[ \\t]*${name}[ \\t]*=[ \\t]*("?)([^"\\n#]{0,1000}?)\\1[ \\t]*(?:#.*)?$`, 'dm').exec(body);
      const offset = head.index + head[0].length;
      return match ? { value: match[2]!, start: offset + match.indices![2]![0], end: offset + match.indices![2]![1] } : undefined;
    };
    if (head[1] === 'tls_private_key') {
      const [type, size, curve] = [attribute('algorithm'), attribute('rsa_bits'), attribute('ecdsa_curve')];
      const algorithm = algorithms.get(type?.value ?? '');
      if (algorithm === undefined) continue;
      const bits = size ? /^\d+$/.test(size.value) ? Number(size.value) : undefined : 2048;
      const [name, order] = curves.get(curve?.value ?? (curve ? '' : 'P224')) ?? [];
      const said = algorithm === 'rsa' ? size : algorithm === 'ec' ? curve : undefined;
      found.push({
        start, end: head.index + head[0].length, tool: 'tls_private_key', words: said ? [{ start: said.start, end: said.end, text: said.value }] : [],
        does: {
          act: 'generate', key: { format: 'pkcs8', algorithm, ...present({ bits: algorithm === 'rsa' ? bits : algorithm === 'ec' ? order : 256, curve: algorithm === 'ec' ? name : undefined }) }, passphrase: 'none',
          said: said ? { [algorithm === 'rsa' ? 'bits' : 'curve']: { first: 0, last: 0, form: '{}' } } : {},
        },
      });
    }
    if (head[1] === 'local_file' || head[1] === 'local_sensitive_file') {
      const [content, name, mode] = [attribute('content') ?? attribute('sensitive_content'), attribute('filename'), attribute('file_permission')];
      const isKey = /\btls_private_key\.\w+(?:\[[^\]]*\])?\.private_key_(?:pem|openssh)/.test(content?.value ?? '') || isPrivateKeyName(name?.value ?? '');
      // local provider: 0777 where nothing is said, 0700 for sensitive files.
      const bits = mode ? modeIn(mode.value) : head[1] === 'local_file' ? 0o777 : 0o700;
      if (isKey && bits !== undefined) {
        found.push({
          start, end: head.index + head[0].length, tool: head[1], words: mode ? [{ start: mode.start, end: mode.end, text: mode.value }] : [],
          does: { act: 'set-mode', path: name?.value ?? '', mode: bits, ...mode && { said: { first: 0, last: 0, form: '{}' } } },
        });
      }
    }
  }
  return [...found, ...scriptsIn(snippet)];
};

/** Where the braces stand that close others, by where these stand. */
function endsOfBlocks(text: string): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (const { 0: sign, index } of text.matchAll(/"(?:[^"\\\n]|\\.)*"|#[^\n]*|[{}]/g)) {
    if (sign === '{') open.push(index);
    else if (sign === '}' && open.length > 0) ends.set(open.pop()!, index);
  }
  return ends;
}

function scriptsIn(snippet: Snippet): readonly Found[] {
  const { text } = snippet;
  const found: Found[] = [];
  const lines = linesOf(text);
  const findEnd = endFinder(lines);
  for (let i = 0; i < lines.length; i++) {
    const [, name, word] = /^[ \t]*(\w+)\s*=.*?<<[-~]?(\w+)$/.exec(lines[i]!.text) ?? [];
    const end = word === undefined ? -1 : findEnd(word, i);
    if (end < 0) continue;
    const start = lines[i + 1]!.start;
    const body = text.slice(start, lines[end]!.start);
    const head = body.trimStart().slice(0, 200);
    if (head.startsWith('#cloud-config')) found.push(innerSnippet(snippet, 'yaml', body, start));
    else if (isShellScript(head) || /^(?:command|inline|user_data|script|startup_script|metadata_startup_script)$/.test(name!)) found.push(innerSnippet(snippet, 'shell', body, start));
    i = end;
  }
  for (const match of text.matchAll(/^[ \t]*command\s*=\s*"((?:[^"\\\n]|\\.)*)"/gm)) found.push(innerText(snippet, 'shell', unescaped(match[1]!, match.index + match[0].length - 1 - match[1]!.length)));
  let last = 0;
  for (const match of text.matchAll(/^[ \t]*inline\s*=\s*\[/gm)) {
    const start = match.index + match[0].length;
    if (start < last) continue;
    last = text.indexOf(']', start);
    if (last < 0) break;
    for (const item of text.slice(start, last).matchAll(/"((?:[^"\\\n]|\\.)*)"/g)) found.push(innerText(snippet, 'shell', unescaped(item[1]!, start + item.index + 1)));
  }
  return found;
}
