import { expect } from 'vitest';

/** Milliseconds of this process's own time: what else runs on the machine is left out. */
export function timed(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Shorter times are noise: of a compiler that has just begun, of memory that is given back. */
const MEASURABLE = 60;

/**
 * Expects that four times the size takes less than `times` as long; a quadratic reader takes sixteen times. `read` is given a size in bytes, and gives the
 * milliseconds that a file of that size takes. The smaller size is `from`, doubled until it takes long enough to be measured, or more would be over `upTo`.
 */
export function expectGrowthWithSize(read: (size: number) => number, from: number, upTo: number, times = 8): void {
  read(from / 4);
  let size = from, small = read(from);
  while (small < MEASURABLE && 2 * size <= upTo) small = read(size *= 2);
  const large = read(4 * size);
  // What is done at once at the largest size has not grown.
  if (large >= MEASURABLE) expect(large, `${size} bytes in ${small.toFixed(0)} ms, four times as many in ${large.toFixed(0)} ms`).toBeLessThan(times * small);
}
