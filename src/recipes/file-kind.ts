import { baseName } from '../place.ts';

/** How a file is read that people write commands in. */
export type FileKind = 'shell' | 'markdown' | 'asciidoc' | 'restructuredtext' | 'dockerfile' | 'yaml' | 'makefile' | 'package-json' | 'terraform' | 'ruby' | 'program' | 'settings';

const kinds: ReadonlyMap<string, FileKind> = new Map(Object.entries({
  shell: 'sh bash zsh ksh dash ash command envrc profile bashrc zshrc',
  markdown: 'md mdx markdown mdown mkd qmd rmd',
  asciidoc: 'adoc asciidoc',
  restructuredtext: 'rst rest',
  dockerfile: 'dockerfile containerfile',
  yaml: 'yml yaml',
  makefile: 'mk mak make just',
  terraform: 'tf hcl tofu',
  ruby: 'rb rake',
  program: 'js cjs mjs ts cts mts jsx tsx go py java kt scala php cs rs',
} satisfies Partial<Record<FileKind, string>>).flatMap(([kind, endings]) => endings.split(' ').map((ending) => [ending, kind as FileKind] as const)));

const names: ReadonlyMap<string, FileKind> = new Map<string, FileKind>([
  ['makefile', 'makefile'], ['gnumakefile', 'makefile'], ['justfile', 'makefile'], ['package.json', 'package-json'], ['vagrantfile', 'ruby'], ['rakefile', 'ruby'], ['readme', 'markdown'], ['ansible.cfg', 'settings'],
]);

/** What was said once and is not to be changed, and pages for programs that speak of every option. */
const isRecord = /^(?:change(?:s|log)|history|news|release[-_ ]?notes?|releases?|upgrading|authors|contributors)(?:[._-][\w.-]*)?$|(?:^|\/)(?:change-?logs?|release[-_]?notes?|changes|news)\//i;

/** Folders and files of tests, whose keys are small to be quick, and of what other people wrote. */
const isTest = /(?:^|[/\\])(?:__)?(?:(?:\w+[-_])?tests?|unit-?tests?|(?!(?:la|con|pro|fas|grea|at)test\b)\w{2,}test|testsuites?|regress(?:ion)?|testing|specs?|fixtures?|testdata|test-?data|mocks?|e2e|integration|benchmarks?|node_modules|vendor|third_party)(?:__)?[/\\]|[._-](?:test|spec|e2e)\.\w+$|(?:^|[/\\])test[_-][^/\\]*$|_test\.\w+$|(?:Tests?|Spec)\.(?:java|kt|cs|scala|php)$/;

/** Whether and how a file is read for commands, told by its path alone; `undefined` where only its first line could tell. Of an absolute path the folders above the file's own say nothing. */
export function fileKindOf(path: string): FileKind | 'none' | undefined {
  const near = path.startsWith('/') ? path.split('/').slice(-2).join('/') : path;
  const name = baseName(path).toLowerCase();
  if (isTest.test(near) || isRecord.test(name) || isRecord.test(near)) return 'none';
  const dot = name.lastIndexOf('.');
  const named = names.get(name) ?? (/(?:^|[-_.])csr(?:[-_.].*)?\.json$|^cfssl.*\.json$/.test(name) ? 'yaml' : /^(?:dockerfile|containerfile)(?:[._-]|$)/.test(name) ? 'dockerfile' : undefined);
  if (named !== undefined) return named;
  return dot < 0 ? undefined : kinds.get(name.slice(dot + 1)) ?? 'none';
}

/** Whether a text begins as a script for a shell does. */
export function isShellScript(text: string): boolean {
  return /^#!.*\b(?:ba|z|k|da|a)?sh\b/.test(text);
}

/** The same for a file whose bytes are at hand. */
export function fileKindIn(path: string, bytes: Buffer): FileKind | undefined {
  const kind = fileKindOf(path);
  if (kind !== undefined) return kind === 'none' ? undefined : kind;
  return isShellScript(bytes.toString('latin1', 0, 64)) ? 'shell' : undefined;
}
