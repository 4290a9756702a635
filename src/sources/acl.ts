import { spawnSync } from 'node:child_process';
import type { AclEntry } from '../key.ts';
import { findProgram } from './program.ts';

/** Paths given to one run of getfacl: far below what a command line may hold. */
const AT_ONCE = 200;

/**
 * The rights that access control lists give to named users and groups, by path: POSIX ACLs, as getfacl tells them, since Node cannot read them.
 * A file without such rights is not in the result, and where getfacl is not installed no file is.
 */
export function readAcls(paths: readonly string[]): ReadonlyMap<string, readonly AclEntry[]> {
  const acls = new Map<string, readonly AclEntry[]>();
  const program = paths.length > 0 && process.platform === 'linux' ? findProgram('getfacl') : undefined;
  if (program === undefined) return acls;
  for (let at = 0; at < paths.length; at += AT_ONCE) {
    // Of a file that has vanished it says so and goes on.
    const { stdout, error } = spawnSync(program, ['--absolute-names', '--numeric', '--', ...paths.slice(at, at + AT_ONCE)], { env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] });
    if (error) continue;
    for (const block of stdout.toString('latin1').split('\n\n')) {
      const [path, entries] = readBlock(block);
      if (path !== undefined && entries.length > 0) acls.set(path, entries);
    }
  }
  return acls;
}

/** One file's: `# file: NAME`, more comments, then lines `user:1001:rw-`, those that the mask takes rights from with `#effective:r--` behind them. */
function readBlock(block: string): readonly [path: string | undefined, entries: readonly AclEntry[]] {
  const name = /^# file: (.*)$/m.exec(block)?.[1];
  const entries = [...block.matchAll(/^(user|group):(\d+):([rwx-]{3})(?:\s+#effective:([rwx-]{3}))?$/gm)].flatMap(([, kind, id, rights, effective]): readonly AclEntry[] => {
    const left = effective ?? rights!;
    return left === '---' ? [] : [{ kind: kind as AclEntry['kind'], id: Number(id), rights: left }];
  });
  return [name === undefined ? undefined : unescaped(name), entries];
}

/** getfacl doubles a backslash, and writes line breaks and the like as `\ooo` (acl, libmisc/quote.c). */
function unescaped(name: string): string {
  return Buffer.from(name.replace(/\\(\\|[0-7]{3})/g, (_, code: string) => (code === '\\' ? code : String.fromCharCode(parseInt(code, 8)))), 'latin1').toString('utf8');
}
