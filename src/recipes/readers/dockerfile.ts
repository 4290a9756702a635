import { isPrivateKeyName, isPrivateKeyVariable } from '../key-names.ts';
import { endFinder, linesOf, SnippetText, unescaped, type Found, type Line, type Reader } from '../snippet.ts';

interface Instruction {
  readonly name: string;
  /** Behind the name, without comments and line ends that are escaped; each character knows its place. */
  readonly text: SnippetText;
  readonly start: number;
  readonly end: number;
  /** Here-documents that follow it, by their lines. */
  readonly documents: readonly (readonly Line[])[];
}

/** Instructions of a Dockerfile (Dockerfile reference): scripts of RUN, files of COPY and ADD, values of ARG and ENV. */
export const readDockerfile: Reader = (snippet) => {
  const instructions = instructionsOf(snippet.text);
  const isInImage = stagesInImage(instructions);
  return instructions.flatMap((instruction, i): readonly Found[] => {
    const { name, text: { text }, start, end } = instruction;
    const image = (how: 'copy' | 'argument' | 'variable', file: string): Found => ({ start, end, tool: name.toUpperCase(), words: [], does: { act: 'put-into-image', how, name: file, ...!isInImage(i) && how !== 'argument' && { isLeftBehind: true } } });
    switch (name) {
      case 'run':
      case 'cmd':
      case 'entrypoint':
      case 'healthcheck': return scriptsOf(instruction).map((inner) => ({ inner: { language: 'shell', place: name === 'run' && isInImage(i) ? 'image' : 'script', text: inner.text, outer: (offset) => snippet.outer(inner.outer(offset)) } }));
      case 'copy':
      case 'add': {
        const words = wordsOf(text);
        const files = words.slice(0, -1);
        const file = files.find(isPrivateKeyName) ?? (files.length === 1 && isPrivateKeyName(words.at(-1)!) && /^\$|^[\w./-]+$/.test(files[0]!) && !/pub|\.(?:crt|cert)$/.test(files[0]!) ? words.at(-1) : undefined);
        return file === undefined ? [] : [image('copy', file)];
      }
      case 'arg':
      case 'env': {
        const names = [...text.matchAll(/(?:^|\s)([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|\S*)|(?=\s+\S)|\s*$)/g)].filter(([, , value]) => name === 'arg' || value !== undefined && !/^(?:|""|'')$/.test(value));
        const key = names.find(([, variable = '', value = '']) => isPrivateKeyVariable(variable) && !/^["']?(?:\/|\.{1,2}\/|~)/.test(value));
        return key ? [image(name === 'arg' ? 'argument' : 'variable', key[1]!)] : [];
      }
      default: return [];
    }
  });
};

/** Whether an instruction's layer is one of the image: those of the last stage, and of the stages that it is built on. What only COPY --from takes a file of stays behind. */
function stagesInImage(instructions: readonly Instruction[]): (index: number) => boolean {
  const stageOf: number[] = [];
  const bases: (number | undefined)[] = [];
  const named = new Map<string, number>();
  for (const { name, text: { text } } of instructions) {
    if (name === 'from') {
      const [, base = '', alias] = /^(?:\s*--\S+\s)*\s*(\S+)(?:\s+as\s+(\S+))?/i.exec(text) ?? [];
      const stage = bases.push(named.get(base.toLowerCase())) - 1;
      if (alias !== undefined) named.set(alias.toLowerCase(), stage);
    }
    stageOf.push(bases.length - 1);
  }
  const inImage = new Set<number>();
  for (let stage: number | undefined = bases.length - 1; stage !== undefined; stage = bases[stage]) inImage.add(stage);
  return (index) => inImage.has(stageOf[index]!);
}

function instructionsOf(source: string): readonly Instruction[] {
  const lines = linesOf(source);
  const findEnd = endFinder(lines);
  const [, escape = '\\'] = /^#\s*escape\s*=\s*([\\`])/im.exec(source.slice(0, 200)) ?? [];
  const isContinued = (line: string): boolean => line.trimEnd().endsWith(escape);
  const found: Instruction[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [head, name] = /^\s*([A-Za-z]+)\s+/.exec(lines[i]!.text) ?? [];
    if (head === undefined || name === undefined) continue;
    const text = new SnippetText();
    const start = lines[i]!.start + head.search(/\S/);
    let from = head.length;
    for (; i < lines.length; i++, from = 0) {
      const { text: line, start: at } = lines[i]!;
      // Comments and empty lines may stand between the lines of an instruction.
      if (from === 0 && /^\s*(?:#|$)/.test(line)) continue;
      const isMore = isContinued(line);
      text.add(isMore ? line.trimEnd().slice(from, -1) : line.slice(from), at + from);
      if (!isMore) break;
      // A shell that reads it sees the break, and the comments behind it are gone.
      text.add('\\\n', at + line.trimEnd().length - 1);
    }
    const last = lines[Math.min(i, lines.length - 1)]!;
    const documents: (readonly Line[])[] = [];
    for (const [, quote, word] of /^(?:run|copy|add)$/i.test(name) ? text.text.matchAll(/<<-?(["']?)(\w+)\1/g) : []) {
      const end = findEnd(word!, i);
      if (end < 0 || quote === undefined) break;
      documents.push(lines.slice(i + 1, end));
      i = end;
    }
    found.push({ name: name.toLowerCase(), text, start, end: last.start + last.text.length, documents });
  }
  return found;
}

function scriptsOf({ text, documents }: Instruction): readonly { readonly text: string; outer(offset: number): number }[] {
  const flags = /^(?:\s*--(?:mount|network|security|interval|timeout|retries|start-period)=\S+(?:\s|\\\n)+)*/.exec(text.text)![0].length;
  const rest = text.text.slice(flags);
  if (documents.length > 0 && /^\s*<</.test(rest)) {
    return documents.map((lines) => {
      const script = new SnippetText();
      for (const line of lines) script.add(`${line.text}\n`, line.start);
      return { text: script.text, outer: (offset) => script.outer(offset) };
    });
  }
  if (/^\s*\[/.test(rest)) {
    // ["sh", "-c", "..."]
    const words = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/gs)];
    const code = words[words.findIndex(([, word]) => /^-\w*c$/.test(word!)) + 1];
    if (!words.some(([, word]) => /^-\w*c$/.test(word!)) || !code) return [{ text: rest.replace(/[[\],]/g, ' '), outer: (offset) => text.outer(flags + offset) }];
    const script = unescaped(code[1]!, flags + code.index + 1);
    return [{ text: script.text, outer: (offset) => text.outer(script.outer(offset)) }];
  }
  return [{ text: rest, outer: (offset) => text.outer(flags + offset) }];
}

/** Words of COPY and ADD, as a list or in the form of JSON, without options. */
function wordsOf(text: string): readonly string[] {
  const files = text.replace(/^(?:\s*--[\w-]+(?:=\S+)?(?:\s|\\\n)+)*/, '');
  const list = files.startsWith('[') ? [...files.matchAll(/"([^"]*)"/g)].map(([, word]) => word!) : files.replace(/\\\n/g, ' ').split(/\s+/).map((word) => word.replace(/^["']|["']$/g, ''));
  return list.filter((word) => word !== '');
}
