import type { Exposure, Key } from '../src/key.ts';
import { folderOf, isCommitted, isEmbedded, isSecret, locationOf } from '../src/place.ts';
import { defineRule } from '../src/rule.ts';
import { shellQuote } from '../src/shell-quote.ts';

/** Folders whose content web servers, bundlers and site generators hand out. */
const webRoots: ReadonlySet<string> = new Set(['public', 'static', 'www', 'htdocs', 'public_html', 'wwwroot', 'webroot', 'dist']);

/** Below such a folder nothing is handed out: tests and examples have keys of their own. */
const isTestFolder = /^(?:__)?(?:tests?|specs?|fixtures?|mocks?|examples?|samples?)(?:__)?$|^test-?data$|^node_modules$/;

/** What copies its folder to other machines, by the names that it gives the folder. */
const synced: readonly (readonly [service: string, folder: RegExp])[] = [
  ['Dropbox', /^Dropbox(?: \(.+\))?$/],
  ['OneDrive', /^OneDrive(?: ?- .+)?$/],
  ['Google Drive', /^(?:Google ?Drive|My Drive|GoogleDrive-.+)$/],
  ['iCloud', /^(?:iCloud ?Drive|Mobile Documents|com~apple~CloudDocs)$/],
  ['Nextcloud', /^(?:Nextcloud|ownCloud)$/],
  ['a cloud service', /^(?:CloudStorage|pCloudDrive|pCloud Drive|MEGAsync|Box Sync|Syncthing|Yandex\.Disk|Proton Drive|Resilio Sync)$/],
];

/** Linux and macOS: open to every user. What Windows calls Temp is each user's own, and so is a folder that somebody makes in one of these. */
const temporary = /^(?:\/private)?\/(?:tmp|var\/tmp|dev\/shm)$/;

const homes = /^(?:\/home\/[^/]+|\/Users\/[^/]+|\/root|[A-Za-z]:[/\\]Users[/\\][^/\\]+)[/\\]/;

/** Names of the folders a file lies in, the outermost first. */
function foldersOf(key: Key): readonly string[] {
  return folderOf(locationOf(key)).split(/[/\\]/).filter(Boolean);
}

function webRootOf(folders: readonly string[]): string | undefined {
  const at = folders.findLastIndex((name) => webRoots.has(name));
  return at < 0 || folders.some((name) => isTestFolder.test(name)) ? undefined : folders[at];
}

function deskOf(location: string): string | undefined {
  const home = homes.exec(location)?.[0];
  return home === undefined ? undefined : /^(?:Desktop|Downloads)(?=[/\\])/.exec(location.slice(home.length))?.[0];
}

/** What may be asked for, in the order in which it is looked for. */
const places = ['web', 'git', 'npm', 'docker', 'sync', 'desk', 'temporary'] as const;
type Place = (typeof places)[number];

export const noMisplacedKey = defineRule({
  meta: {
    id: 'no-misplaced-key',
    type: 'problem',
    docs: {
      description: 'Private keys where they get out by themselves: web roots, work trees that do not ignore them, npm packages, Docker contexts, synced folders, Desktop, Downloads, temporary folders',
      why: 'A key is as safe as everything its folder takes part in. What lies below a web root is one wrong setting away from being served, what git does not ignore goes along with the next "git add .", npm publishes what no list leaves out, "docker build" sends the whole folder to the builder and COPY . puts it into an image, synced folders copy it to every machine and to a service, and Downloads, Desktop and temporary folders are where files are shown, shared and forgotten.',
      fix: 'Move the key to a folder that is made for keys and that only its owner can enter: ~/.ssh, /etc/ssl/private, a store of secrets. Where it has to lie in a project, list it in .gitignore, .npmignore and .dockerignore. Replace it if it has been there for others to take.',
      sources: [
        { title: 'NIST SP 800-57 Part 1 Rev. 5, 6.2.2.3 (confidentiality of keys in storage)', url: 'https://doi.org/10.6028/NIST.SP.800-57pt1r5' },
        { title: 'CWE-219: Storage of File with Sensitive Data Under Web Root', url: 'https://cwe.mitre.org/data/definitions/219.html' },
        { title: 'gitignore(5)', url: 'https://git-scm.com/docs/gitignore' },
        { title: 'npm Docs, package.json, files', url: 'https://docs.npmjs.com/cli/configuring-npm/package-json#files' },
        { title: 'Docker Docs, Build context, .dockerignore files', url: 'https://docs.docker.com/build/concepts/context/#dockerignore-files' },
        { title: 'CWE-379: Creation of Temporary File in Directory with Insecure Permissions', url: 'https://cwe.mitre.org/data/definitions/379.html' },
      ],
      recommended: 'warn',
    },
    messages: {
      web: { text: '{key} lies below a folder called {folderName}, from which web servers and builds hand files out', help: 'move it out of there; if the folder is served, replace the key' },
      git: { text: '{key} is in a git work tree that does not ignore it: the next "git add ." takes it along{also}', help: 'move it out of {root}, or put its name into {ignoreFiles} there' },
      npm: { text: '{key} would be published with the npm package in {root}', help: 'move it out of there, or list in "files" of package.json what is to be published; see what is taken with npm pack --dry-run' },
      docker: { text: '{key} is sent along by "docker build" of {root}, and COPY . puts it into the image', help: 'move it out of there, or put its name into {dockerignore}' },
      sync: { text: '{key} lies in a folder that {service} copies to other machines', help: 'move it to a folder that stays on this machine, and replace it if others have access to the copies' },
      desk: { text: '{key} lies in {folderName}, where files are shown, shared and forgotten', help: 'move it to where keys are kept, and delete it here' },
      temporary: { text: '{key} lies in {folderName}, a folder for what is thrown away, which every user of the machine can enter', help: 'move it to where keys are kept, and delete it here' },
    },
    options: {
      places: { type: 'array', default: places, items: { type: 'string', enum: places }, description: 'Which of these places are judged: below a web root, in a work tree that does not ignore the file, in an npm package, in a Docker build context, in a synced folder, on Desktop or in Downloads, directly in a temporary folder' },
    },
  },
  checkKey(key, { places: asked }) {
    // Of what is committed other rules speak.
    if (!isSecret(key) || key.file.origin !== 'file' || isCommitted(key)) return undefined;
    for (const place of places) {
      const problem = asked.includes(place) && problemOf(place, key, asked);
      if (problem) return problem;
    }
    return undefined;
  },
});

function problemOf(place: Place, key: Key, asked: readonly string[]) {
  const location = locationOf(key);
  const exposure = (by: Exposure['by']): string | undefined => key.file.exposures?.find((one) => one.by === by)?.root;
  // A program with a key in it is not put away like a key file; where it is handed out, it still gives the key away.
  if (isEmbedded(key) && place !== 'web' && place !== 'git') return undefined;
  switch (place) {
    case 'web': {
      const folderName = webRootOf(foldersOf(key));
      return folderName === undefined ? undefined : { messageId: 'web', data: { folderName } } as const;
    }
    case 'git': {
      const root = exposure('git');
      if (root === undefined) return undefined;
      const [isSent, isPublished] = (['docker', 'npm'] as const).map((by) => asked.includes(by) && !isEmbedded(key) && exposure(by) !== undefined);
      const others = [...isPublished ? ['npm publish'] : [], ...isSent ? ['docker build'] : []];
      const also = others.length === 0 ? '' : `, and so ${others.length === 1 ? 'does' : 'do'} ${others.join(' and ')}`;
      return { messageId: 'git', data: { root, also, ignoreFiles: isSent ? '.gitignore and .dockerignore' : '.gitignore' } } as const;
    }
    case 'npm': {
      const root = exposure('npm');
      return root === undefined ? undefined : { messageId: 'npm', data: { root } } as const;
    }
    case 'docker': {
      const root = exposure('docker');
      return root === undefined ? undefined : { messageId: 'docker', data: { root, dockerignore: shellQuote(`${root}/.dockerignore`) } } as const;
    }
    case 'sync': {
      const service = synced.find(([, folder]) => foldersOf(key).some((name) => folder.test(name)))?.[0];
      return service === undefined ? undefined : { messageId: 'sync', data: { service } } as const;
    }
    case 'desk': {
      const folderName = deskOf(location);
      return folderName === undefined ? undefined : { messageId: 'desk', data: { folderName } } as const;
    }
    case 'temporary': {
      const folderName = folderOf(location);
      return temporary.test(folderName) ? { messageId: 'temporary', data: { folderName } } as const : undefined;
    }
  }
}
