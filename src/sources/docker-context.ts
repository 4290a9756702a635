import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ignoreRules, isLeftOut, type IgnoreRule } from './ignore-rules.ts';

/** Tells whether `docker build` of a folder with some Dockerfiles in it would be sent a file below it, by at least one of them. */
export function dockerContexts(): (root: string, dockerfiles: readonly string[], file: string) => boolean {
  const contexts = new Map<string, readonly (readonly IgnoreRule[])[]>();
  return (root, dockerfiles, file) => {
    const lists = contexts.get(root) ?? dockerfiles.map((name) => listOf(root, name));
    contexts.set(root, lists);
    return lists.some((rules) => !isLeftOut(rules, relative(root, file)));
  };
}

/** A list named after its Dockerfile goes before the one of the folder (docs.docker.com, Build context, .dockerignore files). */
function listOf(root: string, dockerfile: string): readonly IgnoreRule[] {
  return dockerRules(textOf(join(root, `${dockerfile}.dockerignore`)) ?? textOf(join(root, '.dockerignore')) ?? '');
}

/** Patterns count from the root of the context (moby, patternmatcher): as gitignore(5) writes them, with a slash before them. */
function dockerRules(text: string): readonly IgnoreRule[] {
  return ignoreRules(text.split(/\r?\n/).map((line) => line.trim()).join('\n'), (pattern) => {
    const clean = pattern.trim().replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');
    return clean === '' || clean === '.' ? undefined : `/${clean}`;
  });
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
