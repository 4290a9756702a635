import { expect, test } from 'vitest';
import { noMissingIdentityFile as rule } from '../../rules/no-missing-identity-file.ts';
import type { JudgedFile, NamedFile } from '../../src/key.ts';
import { findings } from './key.ts';

const config = (keyword: string, files: readonly NamedFile[] | undefined, value = '~/.ssh/id_x'): JudgedFile => ({
  path: '.ssh/config', file: { origin: 'file' }, readAs: 'ssh_config',
  lines: [{ line: 3, column: 3, endLine: 3, endColumn: 30, directive: { keyword, values: [value], block: { line: 2, keyword: 'host', patterns: ['web', 'db'] }, ...files && { files } } }],
});
const path = '/home/me/.ssh/id_x';

test('no-missing-identity-file: a name that stands for nothing', () => {
  for (const [keyword, title] of [['identityfile', 'IdentityFile'], ['certificatefile', 'CertificateFile']] as const) {
    expect(findings(rule, [], {}, [config(keyword, [{ path, state: 'missing' }])])).toMatchObject([{ line: 3, column: 3, message: `${title} for Host web db names ~/.ssh/id_x, which is not there` }]);
  }
  const silent: readonly JudgedFile[] = [
    config('identityfile', [{ path, state: 'file' }]),
    config('identityfile', [{ path, state: 'other' }]),
    // The key is in an agent, which its public half selects.
    config('identityfile', [{ path, state: 'missing', hasPublicHalf: true }]),
    // Nobody has looked, or could.
    config('identityfile', undefined, '~/.ssh/%h'),
    config('identityfile', [], 'none'),
    // ssh makes it.
    config('userknownhostsfile', [{ path, state: 'missing' }]),
  ];
  expect(findings(rule, [], {}, silent)).toEqual([]);
});
