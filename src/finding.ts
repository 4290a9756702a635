/** What is said of a key that broke a rule: strings and numbers only, so that no key byte can ride on it. */

/** A note changes no exit code. */
export type Severity = 'off' | 'note' | 'warn' | 'error';

/** A mend that keylint could make itself. */
export interface Fix {
  /** The permission bits that may stay, of those that are there: none is ever added. */
  readonly chmod?: number;
  /** Absolute path of the folder that is meant instead of the file. */
  readonly path?: string;
  /** What to write in the file instead; from top to bottom. keylint itself does not. */
  readonly replace?: readonly Replacement[];
}

/** Text to stand for a stretch of the file. */
export interface Replacement {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
}

export interface Finding {
  /** Rule id. */
  readonly rule: string;
  readonly severity: Exclude<Severity, 'off'>;
  /** One plain sentence without a full stop. */
  readonly message: string;
  /** What to do, as a command to paste where there is one. */
  readonly help: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly commit?: string;
  /** Of the commit that first brought the key to this path. */
  readonly author?: string;
  readonly date?: string;
  /** Whether the commit that is checked out still has it there. */
  readonly inHead?: boolean;
  readonly branches?: readonly string[];
  /** How many versions of the file have it. */
  readonly versions?: number;
  /** The key's public name: its SSH fingerprint, else `spki:` or `container:` and a SHA-256 in hex. */
  readonly fingerprint?: string;
  readonly fix?: Fix;
}

/** What is said of all that was looked at. */
export interface Verdict {
  readonly findings: readonly Finding[];
  /** How many findings comments in the files keep silent. */
  readonly suppressed: number;
}
