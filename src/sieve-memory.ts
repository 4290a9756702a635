/**
 * Memory in which bytes are looked at fastest: the loop of src/sieve-loop.wat runs over it. What lies elsewhere is looked at too.
 */

/** The part of the WebAssembly JavaScript Interface that is used here; TypeScript has it in the library of browsers alone. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

export interface SieveMemory {
  readonly buffer: ArrayBuffer;
  /** A buffer of zeros, aligned to 8 bytes; `undefined` where there is no room left. What is taken is never given back. */
  take(length: number): Buffer | undefined;
  /** What code exports that imports this memory as `sieve.memory`; `undefined` where it cannot run. */
  run(code: Uint8Array): object | undefined;
}

/** The first bytes are the loop's own: two tables of 64 KB. */
const TABLES = 1 << 17;
const PAGE = 1 << 16;

/** `undefined` where there is no WebAssembly (`node --jitless`), or no such stretch of addresses to be had (`ulimit -v`). */
export function reserve(room: number): SieveMemory | undefined {
  const pages = Math.ceil((TABLES + room) / PAGE);
  const memory = orUndefined(() => new WebAssembly.Memory({ initial: pages, maximum: pages }));
  if (!memory) return undefined;
  const { buffer } = memory;
  let taken = TABLES;
  return {
    buffer,
    take(length) {
      const at = taken;
      if (at + length > buffer.byteLength) return undefined;
      taken += (length + 7) & -8;
      return Buffer.from(buffer, at, length);
    },
    run: (code) => orUndefined(() => new WebAssembly.Instance(new WebAssembly.Module(code), { sieve: { memory } }).exports),
  };
}

function orUndefined<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch {
    return undefined;
  }
}

/** Of this thread. There is room for what files are read into and for what git's objects are made in; pages that nobody writes to take none. */
export const memory: SieveMemory | undefined = reserve(1 << 22);

/** A buffer for bytes that will be looked at, to be used again and again. */
export function sieveBuffer(length: number): Buffer {
  return memory?.take(length) ?? Buffer.from(new ArrayBuffer(length));
}
