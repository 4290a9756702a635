import { git, GitError } from './git.ts';

/** Which commits a hook is about. */

/** git's id for "there is none", in SHA-1 and SHA-256. */
export const NOTHING = /^0{40}(?:0{24})?$/;
const ID = '[0-9a-f]{40}(?:[0-9a-f]{24})?';

/** What a hook was told cannot be understood. */
export class ProtocolError extends GitError {}

/** What a push will set. */
export interface Push {
  /** Names of commits and ranges, as `git rev-list` takes them. */
  readonly revisions: readonly string[];
  /** Refs, in full, and the ids they will lead to. */
  readonly coming: readonly { readonly name: string; readonly commit: string }[];
}

/** What a pre-push hook reads (githooks(5), pre-push): `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID` a line. What is deleted brings nothing. Throws GitError. */
export function readPush(cwd: string, input: string): Push {
  // What git was told to push may be any name of a commit: `HEAD^{/words of a message}`.
  const lines = fieldsOf(input, new RegExp(`^.+ (${ID}) (\\S+) (${ID})$`), 'pre-push');
  const pushed = lines.filter(([id]) => !NOTHING.test(id!));
  if (pushed.length === 0) return { revisions: [], coming: [] };
  const known = existing(cwd, pushed.map(([, , there]) => there!).filter((id) => !NOTHING.test(id)));
  return { revisions: [...pushed.map(([id]) => id!), ...known.map((id) => `^${id}`)], coming: pushed.map(([commit, name]) => ({ name: name!, commit: commit! })) };
}

/** What a pre-receive hook reads (githooks(5), pre-receive): `OLD-ID NEW-ID REF` a line. What is deleted brings nothing. Throws GitError. */
export function readReceived(input: string): Push {
  const lines = fieldsOf(input, new RegExp(`^${ID} (${ID}) (.+)$`), 'pre-receive');
  // git has always something to tell. What came before keylint in the hook has read it.
  if (lines.length === 0) throw new ProtocolError('nothing came on standard input, which git gives a pre-receive hook once');
  const received = lines.filter(([id]) => !NOTHING.test(id!));
  return { revisions: received.map(([id]) => id!), coming: received.map(([commit, name]) => ({ name: name!, commit: commit! })) };
}

function fieldsOf(input: string, form: RegExp, hook: string): readonly (readonly (string | undefined)[])[] {
  return input.split('\n').filter(Boolean).map((line) => {
    const fields = form.exec(line);
    if (!fields) throw new ProtocolError(`standard input is not what git gives a ${hook} hook`);
    return fields.slice(1);
  });
}

/** Those of the objects that are here, by any of their names. Throws GitError. */
export function existing(cwd: string, names: readonly string[]): readonly string[] {
  const ids = idsOf(cwd, names);
  return names.filter((_, i) => ids[i] !== undefined);
}

/** What names mean here; `undefined` where there is no such object. Throws GitError. */
export function idsOf(cwd: string, names: readonly string[]): readonly (string | undefined)[] {
  if (names.length === 0) return [];
  if (names.some((name) => name.includes('\n'))) throw new GitError('a name of a commit has a line break in it');
  const answers = git(['cat-file', '--batch-check=%(objectname)', '--buffer'], { cwd, inHook: true, input: names.map((name) => `${name}\n`).join('') }).toString('latin1').split('\n');
  return names.map((_, i) => (new RegExp(`^${ID}$`).test(answers[i] ?? '') ? answers[i] : undefined));
}
