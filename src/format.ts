import type { KeyFacts } from './key.ts';

/**
 * How a key is stored (a format) and what it is stored inside (a wrapping).
 * One file each in `formats/` and `wrappings/`, one line in that folder's `index.ts`.
 */

/** What a text armor says of the bytes inside it. */
export interface Armor {
  /** Between `BEGIN ` and the dashes: `RSA PRIVATE KEY`. */
  readonly label: string;
  /** Header lines, names in lower case: `dek-info`, `comment`. */
  readonly headers: ReadonlyMap<string, string>;
}

/** A function that reads need and cannot call themselves: it is a package's, and takes its time. */
export interface Derivations {
  /** RFC 9106. `undefined` where it is not to be had. */
  argon2(type: 'argon2d' | 'argon2i' | 'argon2id', password: Buffer, salt: Buffer, cost: { readonly memory: number; readonly passes: number; readonly parallelism: number }, length: number): Promise<Buffer | undefined>;
}

/**
 * What a passphrase can be tried on. It tells whether the passphrase is right and nothing of what it hides; the bytes it holds are those of
 * the file, so it is good only while the file's bytes are.
 */
export interface Lock {
  /** Never throws. */
  opens(passphrase: string, derivations: Derivations): boolean | Promise<boolean>;
}

/** What a reader gives: the facts, and where a passphrase is in the way what it can be tried on. */
export interface ReadKey extends KeyFacts {
  readonly lock?: Lock;
}

/** A key read out of text, and the bytes it covers there: `[start, end)` in the text given. */
export interface Reading {
  readonly start: number;
  readonly end: number;
  readonly key: ReadKey;
}

export interface Format {
  /** Stands in reports: `pkcs8`, `openssh`, `ppk`. */
  readonly name: string;
  /** For people: `PKCS#8 private key`. */
  readonly title: string;
  /** The standard or source that defines it, with section. */
  readonly sources: readonly string[];
  /** Literals of at least 11 bytes that propose the format in text. */
  readonly anchors?: readonly string[];
  /** What a file begins with that is one such container: `read` is asked for the whole file. */
  readonly magics?: readonly Buffer[];
  /** How many bytes a file has that is one such container and has no mark at all, so that only its name can tell: `read` is asked for the whole file. */
  readonly sizes?: readonly number[];
  /** Where the next such key begins after fewer bytes, this one is a mention. */
  readonly shortest?: number;
  /**
   * Reads what an anchor at offset `at` proposes. Never throws.
   * `undefined`: nothing there but a mention. A key that cannot be read has a `defect`.
   */
  readAt?(text: Buffer, at: number): Reading | undefined;
  /**
   * Reads a whole container: the inside of an armor, or a binary file. Never throws, never looks outside. `path`: of a whole file.
   * `undefined`: not this format. An empty list: this format, and no key in it.
   */
  read?(bytes: Buffer, armor?: Armor, path?: string): readonly ReadKey[] | undefined;
}

/** Bytes found inside other bytes. */
export interface Unwrapped {
  readonly bytes: Buffer;
  /** The part of the outer bytes that the wrapping covers: `[start, end)`. */
  readonly start: number;
  readonly end: number;
  /** Where byte `offset` of the inside lies in the outer bytes. Absent where the inside is one container and the whole wrapping is its place. */
  outer?(offset: number): number;
  /** Where the byte before `offset` of the inside ends in the outer bytes; one byte behind its `outer` where this is absent. */
  outerEnd?(offset: number): number;
  /** Set when the inside is one container, to be read whole. */
  readonly armor?: Armor;
  /** Set when the inside may be one container, without a label; if it is none, it is looked through as text. */
  readonly container?: true;
  /** Bytes that were made to no use on the way: they count towards what one file may cost. */
  readonly wasted?: number;
  /** Why the inside cannot be what the wrapping says it is; the readers are asked all the same. */
  readonly damage?: string;
}

export interface Wrapping {
  /** Stands in a key's wrapping chain: `utf-16`, `escaped`. */
  readonly name: string;
  readonly title: string;
  /** Literals of at least 11 bytes that propose the wrapping. None: it is tried around the anchors of everything else. */
  readonly anchors?: readonly (string | Buffer)[];
  /** What the inside of another wrapping begins with that is wrapped this way. */
  readonly magics?: readonly Buffer[];
  /** Where the next such thing begins after fewer bytes, this one is a mention. */
  readonly shortest?: number;
  /** It reads through quotes, escapes, signs and line breaks itself: no other wrapping is tried around it. */
  readonly joins?: true;
  /**
   * Where the thing begins that an anchor at offset `at` is part of; `undefined` when it is no beginning but, say, an END line,
   * or belongs to the thing that the last anchor of this wrapping, at `since` (0 if there is none), is part of.
   * Without this the anchor is the beginning.
   */
  begin?(bytes: Buffer, at: number, since: number): number | undefined;
  /**
   * Opens what begins at `start`, without looking at or beyond `limit`, where the next such thing begins. Never throws.
   * `undefined`: not wrapped this way. Where what begins there tells its own length, things inside it are part of it: then it may look as far as `reach`.
   */
  unwrap(bytes: Buffer, start: number, limit: number, reach?: number): Unwrapped | undefined;
}
