import type { Block, Directive, JudgedFile } from './key.ts';

/** What several rules ask of directives of ssh_config(5). */

/** As ssh_config(5) writes them; others as they are. */
const titles: ReadonlyMap<string, string> = new Map([
  'Ciphers', 'MACs', 'KexAlgorithms', 'HostKeyAlgorithms', 'CASignatureAlgorithms', 'PubkeyAcceptedAlgorithms', 'PubkeyAcceptedKeyTypes',
  'HostbasedAcceptedAlgorithms', 'HostbasedKeyTypes', 'IdentityFile', 'CertificateFile', 'ForwardAgent', 'StrictHostKeyChecking', 'UserKnownHostsFile',
].map((title) => [title.toLowerCase(), title]));

export function directiveTitle({ keyword }: Directive): string {
  return titles.get(keyword) ?? keyword;
}

/** Whether what stands in a block is said of every host, but for some that are named. */
export function isForAll(block: Block | undefined): boolean {
  if (!block) return true;
  return block.keyword === 'host' ? block.patterns.includes('*') : block.patterns.length === 1 && block.patterns[0]!.toLowerCase() === 'all';
}

/** Of which hosts a directive speaks: `every host`, `Host web db`, `Match user ann`. */
export function blockText({ block }: Directive): string {
  if (isForAll(block) || !block) return 'every host';
  return `${block.keyword === 'host' ? 'Host' : 'Match'} ${block.patterns.join(' ')}`;
}

/** The directives of a file, from top to bottom. */
export function directivesOf({ lines = [] }: JudgedFile): readonly Directive[] {
  return lines.flatMap(({ directive }) => directive ?? []);
}

/** The first value of a keyword among some directives, which is the one that ssh takes. */
export function valueOf(directives: readonly Directive[], keyword: string): string | undefined {
  return directives.find((directive) => directive.keyword === keyword)?.values[0];
}
