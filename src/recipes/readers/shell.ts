import { isAboutKeys } from '../about-keys.ts';
import { isShellScript } from '../file-kind.ts';
import { isRemoved } from '../files.ts';
import { readShell, type Script, type ShellCommand, type ShellWord } from '../shell.ts';
import { innerSnippet, type Found, type Reader, type Snippet } from '../snippet.ts';
import { everyTool, tools } from '../tools/index.ts';
import type { Reading, Tool } from '../tool.ts';

const toolOf: ReadonlyMap<string, Tool> = new Map(tools.flatMap((tool) => tool.names.map((name) => [name, tool] as const)));

/** The commands in a script that have to do with keys, and the scripts in it. */
export const readScript: Reader = (snippet) => {
  // Most blocks of a guide need not be parsed.
  if (!isAboutKeys(snippet.text)) return [];
  const script = readShell(snippet.text);
  const every = everyTool.filter(({ isIn }) => isIn(snippet.text));
  const found: Found[] = [];
  const told = new Set<string>();
  for (const command of script.commands) {
    const own = toolOf.get(command.name);
    if (own || every.length > 0) found.push(...readCommand(command, script, own ? [own, ...every] : every, told));
    found.push(...insideOf(command, snippet));
  }
  return found;
};

function readCommand(command: ShellCommand, script: Script, asked: readonly Pick<Tool, 'read'>[], told: Set<string>): readonly Found[] {
  const readings = asked.flatMap((tool) => tool.read(command, script));
  if (readings.length === 0) return [];
  // What one reading knows to be a secret, the others show no more than it does.
  const secrets = new Map(readings.flatMap(({ secrets: known }) => [...known ?? []]));
  const toTell = readings.filter((reading) => !isToldAgain(reading, command, told));
  for (const reading of readings) for (const name of variablesTold(reading, command)) told.add(name);
  return toTell.map(({ tool, does }) => {
    const all = [...command.nameWord ? [command.nameWord] : [], ...command.args];
    const isGone = (does.act === 'generate' || does.act === 'write') && does.path !== undefined && isRemoved(does.path, command, script);
    return { start: command.start, end: command.end, tool, does: isGone ? { ...does, isRemoved: true } : does, words: all.map((word, i) => ({ start: word.start, end: word.end, text: secrets.get(i) ?? word.text })) };
  });
}

/** Whether a command is given nothing secret but what variables of the script hold, and others were given before: it stands there once, however often it is used. */
function isToldAgain(reading: Reading, command: ShellCommand, told: ReadonlySet<string>): boolean {
  const names = variablesTold(reading, command);
  return names.length > 0 && names.every((name) => told.has(name));
}

/** The variables that a passphrase comes from, where nothing else is in its word: what is shown of it is the word itself. */
function variablesTold({ does, secrets, told }: Reading, { args }: ShellCommand): readonly string[] {
  if (does.act !== 'tell-secret' || does.isVariable || told === undefined || secrets?.has(told)) return [];
  return args[told - 1]?.variables ?? [];
}

/** A shell that is given a script as a word: `sh -c '...'`. */
const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'zsh', 'dash', 'ash', 'ksh']);

/** Scripts in a command's words, and in what it is given on its standard input. */
function insideOf(command: ShellCommand, snippet: Snippet): readonly Found[] {
  const found: Found[] = [];
  const mayHold = /^(?:ssh|su|eval)$/.test(command.name) || /\s["']?-\w*c["']?\s|"algo"/.test(snippet.text.slice(command.start, command.end));
  const words = !mayHold ? [] : command.nameWord ? [command.nameWord, ...command.args] : command.args;
  words.forEach((word: ShellWord, i) => {
    const isShell = shells.has(word.value.replace(/^.*\//, '')) && /^-\w*c$/.test(words[i + 1]?.value ?? '');
    const code = isShell ? words[i + 2] : /^(?:ssh|su|eval)$/.test(command.name) && i === words.length - 1 ? word : undefined;
    // A certificate request for cfssl.
    if (/^'\s*\{[^]*"algo"\s*:[^]*\}\s*'$/.test(word.text)) found.push(innerSnippet(snippet, 'yaml', word.text.slice(1, -1), word.start + 1));
    if (code && /^(?:'[^']*'|"(?:[^"\\])*")$/.test(code.text)) found.push(innerSnippet(snippet, 'shell', code.text.slice(1, -1), code.start + 1));
  });
  if (command.input) {
    const { text, start } = command.input;
    if (shells.has(command.name) || command.name === 'ssh' || command.name === 'su') found.push(innerSnippet(snippet, 'shell', text, start));
    // A file of parameters for `gpg --batch --generate-key`.
    else if (/^\s*\{[^]*"algo"\s*:/.test(text)) found.push(innerSnippet(snippet, 'yaml', text, start));
    else if (/^[ \t]*Key-Type:/im.test(text)) found.push(innerSnippet(snippet, 'gpg-parameters', text, start));
    // A script, or a setting of ssh, that is written to a file.
    else if (isShellScript(text)) found.push(innerSnippet(snippet, 'shell', text, start));
    else if (/cloud-config/.test(text.slice(0, 40))) found.push(innerSnippet(snippet, 'yaml', text, start));
  }
  return found;
}
