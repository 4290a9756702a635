import { linesOf, SnippetText, type Reader } from '../snippet.ts';

/** Recipes of make and just: what is indented below a target, with the variables of the file as the shell would write them. */
export const readMakefile: Reader = (snippet) => {
  const script = new SnippetText();
  let isGoingOn = false;
  for (const { text, start } of linesOf(snippet.text)) {
    const assigned = /^(?:export\s+)?([A-Za-z_]\w*)\s*(?::{1,3}|\?)?=\s*([\w./~-]*)\s*$/d.exec(text);
    if (isGoingOn || /^(?:\t|[ ]{2,})/.test(text)) {
      const skipped = isGoingOn ? 0 : /^\s*[@+-]*/.exec(text)![0].length;
      let at = skipped;
      for (const found of text.slice(skipped).matchAll(/\$\$|\$\(([A-Za-z_]\w*)\)/g)) {
        const here = skipped + found.index;
        script.add(text.slice(at, here), start + at);
        script.add(found[1] === undefined ? '$' : `\${${found[1]}}`, start + here + (found[1] === undefined ? 1 : 0));
        at = here + found[0].length;
      }
      script.add(`${text.slice(at)}\n`, start + at);
    } else if (assigned) script.add(`${assigned[1]!}=${assigned[2]!}\n`, start + assigned.indices![1]![0]);
    isGoingOn = (isGoingOn || /^(?:\t|[ ]{2,})/.test(text)) && text.endsWith('\\');
  }
  return [{ inner: { language: 'shell', place: snippet.place, text: script.text, outer: (offset) => snippet.outer(script.outer(offset)) } }];
};
