import { describe, expect, test } from 'vitest';
import { noMisplacedKey as rule } from '../../rules/no-misplaced-key.ts';
import type { Exposure, FileFacts, KeyFacts } from '../../src/key.ts';
import { encrypted, findings, makeKey, messageId } from './key.ts';

function at(absolutePath: string, facts: Partial<KeyFacts> & { readonly wrapping?: readonly string[] } = {}, file: Partial<FileFacts> = {}): string | undefined {
  return messageId(rule, makeKey(absolutePath.slice(1), { ...facts, file: { absolutePath, tracked: false, ...file } }));
}

describe('no-misplaced-key', () => {
  test.each([
    ['web', '/srv/app/public/server.key'], ['web', '/srv/app/static/deep/down/server.key'], ['web', '/var/www/.ssh/id_rsa'], ['web', '/home/ann/site/htdocs/k.pem'],
    ['web', '/home/ann/public_html/k.pem'], ['web', '/home/ann/app/dist/k.pem'], ['web', 'C:\\inetpub\\wwwroot\\k.pfx'],
    ['sync', '/home/ann/Dropbox/k.pem'], ['sync', '/home/ann/Dropbox (Personal)/keys/k.pem'], ['sync', 'C:\\Users\\ann\\OneDrive - Example Ltd\\k.ppk'], ['sync', '/Users/ann/Google Drive/k'],
    ['sync', '/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/k'], ['sync', '/Users/ann/Library/CloudStorage/GoogleDrive-ann@example.org/My Drive/k'], ['sync', '/home/ann/Nextcloud/k'],
    ['desk', '/home/ann/Desktop/k.pem'], ['desk', '/home/ann/Downloads/aws/k.pem'], ['desk', '/root/Downloads/k.pem'], ['desk', '/Users/ann/Desktop/k'], ['desk', 'C:\\Users\\ann\\Downloads\\k.ppk'],
    ['temporary', '/tmp/id_rsa'], ['temporary', '/var/tmp/k.pem'], ['temporary', '/dev/shm/k'], ['temporary', '/private/tmp/k'],
  ])('%s: %s', (id, path) => {
    expect(at(path)).toBe(id);
    expect(at(path, { encryption: encrypted })).toBe(id);
    expect(at(path, { kind: 'symmetric' })).toBe(id);
    expect(at(path, { kind: 'public' })).toBeUndefined();
    expect(at(path, {}, { tracked: true })).toBeUndefined();
    expect(at(path, {}, { origin: 'commit' })).toBeUndefined();
  });

  test.each([
    '/home/ann/.ssh/id_rsa', '/etc/ssl/private/server.key', '/srv/app/keys/public.pem', '/srv/app/republic/k', '/srv/public-keys/k', '/srv/app/publication/k',
    // Tests and installed packages have keys of their own.
    '/srv/app/test/public/k.pem', '/srv/app/__tests__/static/k.pem', '/srv/app/public/fixtures/k.pem', '/srv/testdata/www/k.pem', '/srv/node_modules/x/dist/k.pem',
    // A folder that a program or a person made there is theirs.
    '/tmp/build-1/k.pem', '/tmp/a/b/k.pem',
    '/srv/Desktop/k.pem', '/home/Downloads/k', '/home/ann/work/Downloads/k', '/home/ann/Dropbox-backup/k',
  ])('nothing is said of %s', (path) => {
    expect(at(path)).toBeUndefined();
  });

  test('what would take it along', () => {
    const exposed = (...exposures: Exposure[]) => findings(rule, makeKey('k', { file: { tracked: false, absolutePath: '/w/k', exposures } }));
    expect(exposed({ by: 'git', root: '/w' })).toMatchObject([{ message: 'Ed25519 private key without a passphrase is in a git work tree that does not ignore it: the next "git add ." takes it along', help: 'move it out of /w, or put its name into .gitignore there' }]);
    expect(exposed({ by: 'npm', root: '/w' })[0]!.message).toBe('Ed25519 private key without a passphrase would be published with the npm package in /w');
    expect(exposed({ by: 'docker', root: '/my work' })).toMatchObject([{ message: 'Ed25519 private key without a passphrase is sent along by "docker build" of /my work, and COPY . puts it into the image', help: "move it out of there, or put its name into '/my work/.dockerignore'" }]);
    // One thing is said of a key: the nearest way out.
    expect(exposed({ by: 'docker', root: '/w' }, { by: 'npm', root: '/w' }, { by: 'git', root: '/w' })).toMatchObject([{ message: expect.stringContaining('git work tree') }]);
    expect(exposed()).toEqual([]);
  });

  test('a key in source code counts where the source gets out', () => {
    const exposures = [{ by: 'git', root: '/srv' }, { by: 'docker', root: '/srv' }] as const;
    expect(at('/srv/public/app.js', { wrapping: ['string-literals', 'pem'] })).toBe('web');
    expect(at('/srv/src/app.ts', {}, { exposures })).toBe('git');
    expect(at('/srv/src/app.ts', {}, { exposures: exposures.slice(1) })).toBeUndefined();
    expect(at('/tmp/app.js')).toBeUndefined();
  });

  test('option places says which are looked at', () => {
    const key = makeKey('k', { file: { absolutePath: '/home/ann/Dropbox/public/k', tracked: false, exposures: [{ by: 'npm', root: '/home/ann/Dropbox' }] } });
    for (const [places, id] of [[['sync', 'web'], 'web'], [['sync', 'npm'], 'npm'], [['sync'], 'sync'], [['git', 'docker', 'desk', 'temporary'], undefined], [[], undefined]] as const) expect(messageId(rule, key, { places })).toBe(id);
  });
});
