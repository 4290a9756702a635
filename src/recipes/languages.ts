import type { Language } from './snippet.ts';

const languages: ReadonlyMap<string, Language> = new Map<string, Language>([
  ...['', 'sh', 'bash', 'zsh', 'shell', 'ksh', 'posix', 'fish'].map((name) => [name, 'session'] as const),
  ...['console', 'shell-session', 'shellsession', 'terminal', 'sh-session', 'bash-session', 'terminal-session', 'prompt'].map((name) => [name, 'console'] as const),
  ...['cli', 'command', 'powershell', 'pwsh', 'ps1', 'cmd', 'bat', 'batch', 'text', 'txt', 'plaintext', 'plain', 'none', 'doscon', 'code', 'commandline'].map((name) => [name, 'session'] as const),
  ...['dockerfile', 'docker', 'containerfile'].map((name) => [name, 'dockerfile'] as const),
  ...['yaml', 'yml'].map((name) => [name, 'yaml'] as const),
  ...['ini', 'conf', 'config', 'cfg', 'ssh', 'ssh-config', 'sshconfig', 'ssh_config'].map((name) => [name, 'settings'] as const),
  ...['hcl', 'terraform', 'tf'].map((name) => [name, 'terraform'] as const),
  ...['json', 'jsonc'].map((name) => [name, 'yaml'] as const),
  ...['js', 'javascript', 'ts', 'typescript', 'node', 'go', 'golang', 'python', 'py', 'java', 'kotlin', 'scala', 'ruby', 'rb', 'php', 'cs', 'csharp', 'c#', 'rust', 'rs', 'jsx', 'tsx', 'mjs'].map((name) => [name, 'program'] as const),
]);

/** What the word behind a fence says; `undefined` where nothing of it is read: a diff, output, another language. */
export function languageOf(info: string): Language | undefined {
  const word = /^\{?\.?([\w#+-]*)/.exec(info.trim())![1]!.toLowerCase();
  return languages.get(word);
}
