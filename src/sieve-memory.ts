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
  /** A buffer, aligned to 8 bytes; `undefined` where there is no room left. */
  take(length: number): Buffer | undefined;
  /** Lets others have one that was taken. */
  giveBack(buffer: Buffer): void;
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
  const free: Buffer[] = [];
  return {
    buffer,
    take(length) {
      const again = free.findIndex((one) => one.length === length);
      if (again >= 0) return free.splice(again, 1)[0];
      const at = taken;
      if (at + length > buffer.byteLength) return undefined;
      taken += (length + 7) & -8;
      return Buffer.from(buffer, at, length);
    },
    giveBack: (one) => void free.push(one),
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

/** Room for what files are read into and for what git's objects are made in; pages that nobody writes to take none. */
const ROOM = 1 << 22;

/** Of this thread; `null` where there is none to be had. */
let own: SieveMemory | undefined | null;

/** The memory of this thread, once somebody has asked for a buffer. */
export function sieveMemory(): SieveMemory | undefined {
  return own ?? undefined;
}

/** A buffer for bytes that will be looked at, to be used again and again. What is in it may be anything. */
export function sieveBuffer(length: number): Buffer {
  if (own === undefined) own = reserve(ROOM) ?? null;
  return own?.take(length) ?? Buffer.from(new ArrayBuffer(length));
}

/** Gives one back, when nobody looks at it any more. */
export function returnBuffer(buffer: Buffer): void {
  if (buffer.buffer === own?.buffer) own.giveBack(buffer);
}
