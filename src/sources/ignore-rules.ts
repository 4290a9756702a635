import ignore from 'ignore';

/** A line of a list of files to leave out. */
export interface IgnoreRule {
  /** Written with a `!`: what matches is taken after all. */
  readonly isNegated: boolean;
  /** Whether a path, relative to the folder the list is for, or a folder above it matches. */
  matches(path: string): boolean;
}

/** The rules in the text of a list like `.gitignore`, in order. `spell` may write a line, without its `!`, as gitignore(5) has it; `undefined` drops it. */
export function ignoreRules(text: string, spell: (pattern: string) => string | undefined = (pattern) => pattern): readonly IgnoreRule[] {
  return text.split(/\r?\n/).flatMap((line) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const isNegated = line.startsWith('!');
    const pattern = spell(isNegated ? line.slice(1) : line);
    if (pattern === undefined || pattern === '') return [];
    // Each by itself: whether a folder that is left out can have something taken from it is decided differently by each tool.
    const one = ignore({ ignorecase: false }).add(pattern);
    return [{ isNegated, matches: (path: string) => one.ignores(path) }];
  });
}

/** Whether the last rule that matches leaves a path out. */
export function isLeftOut(rules: readonly IgnoreRule[], path: string): boolean {
  return rules.findLast((rule) => rule.matches(path))?.isNegated === false;
}
