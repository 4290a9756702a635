import type { Progress } from './collect.ts';

/** One line on standard error, rewritten, for runs that take long, where that is a terminal; gone at the end. */
export function progressLine(): { readonly show: Progress; clear(): void } {
  // Seconds. `performance` takes as long to load as much else here.
  let next = process.uptime() + 0.3;
  let isShown = false;
  return {
    show(log, keys) {
      const now = process.uptime();
      if (now < next) return;
      // To ask whether it is a terminal takes a millisecond, which short runs do without.
      next = process.stderr.isTTY ? now + 0.1 : Infinity;
      if (next === Infinity) return;
      isShown = true;
      process.stderr.write(`\r\x1b[K${log.files.toLocaleString('en')} files, ${Math.round(log.bytes / 1e6).toLocaleString('en')} MB, ${keys} keys`);
    },
    clear() {
      if (isShown) process.stderr.write('\r\x1b[K');
    },
  };
}
