/**
 * The candidate that a mistyped word most likely stands for; `undefined` when none is near.
 * Near: at most one edit for each three characters. An edit inserts, drops or replaces a character, or swaps two neighbours
 * (optimal string alignment distance).
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor(Math.min(word.length, 64) / 3) + 1;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase().slice(0, 64), candidate.toLowerCase());
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

function distance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let edits = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, beforePrevious[j - 2]! + 1);
      row.push(edits);
    }
    [beforePrevious, previous] = [previous, row];
  }
  return previous[b.length]!;
}
