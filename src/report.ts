import type { Finding } from './finding.ts';
import type { Key } from './key.ts';
import type { AnyRule } from './rule.ts';

/** A path that was asked for and not looked into. */
export interface Skipped {
  readonly path: string;
  /** A few words that stand after a count: `symbolic link`, `socket`. */
  readonly reason: string;
}

/** Something that could not be done. Any makes the exit code 2. */
export interface Failure {
  readonly path?: string;
  /** One plain sentence without a full stop and without file content. */
  readonly message: string;
}

/** A change of a file's or folder's permissions. Modes are `st_mode & 0o7777`. */
export interface Change {
  /** The rule that asked for it. */
  readonly rule: string;
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** Whether it was made; in a dry run nothing is. */
  readonly isDone: boolean;
}

/** How much was looked at. */
export interface Summary {
  readonly files: number;
  readonly bytes: number;
  readonly keys: number;
  readonly errors: number;
  readonly warnings: number;
  readonly skipped: readonly Skipped[];
  /** Findings that comments in the files keep silent; absent for none known. */
  readonly suppressed?: number;
  /** Wall-clock milliseconds. */
  readonly ms: number;
}

/** Which part of the work a run did, where several share it: counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** All that a run has to say. Reporters see nothing else. */
export interface Report {
  /** Of keylint. */
  readonly version: string;
  readonly shard?: Shard;
  readonly summary: Summary;
  readonly keys: readonly Key[];
  readonly findings: readonly Finding[];
  readonly problems: readonly Failure[];
  /** What the user should know, and changes nothing that is said here: sentences without a full stop. */
  readonly notes?: readonly string[];
  /** What was mended, or would be; absent where nobody asked for that. */
  readonly changes?: readonly Change[];
}

export interface ReporterOptions {
  readonly color: boolean;
  /** The rules that a finding's id is looked up in. */
  readonly rules: readonly AnyRule[];
  /** Absolute path of the folder that the paths of a repository count from: the work tree's top. */
  readonly root?: string;
  /** Absolute path of the folder that relative paths of the report count from. */
  readonly cwd?: string;
  /** Columns to wrap sentences at; absent where the reader is a program or a file. Paths and commands are never broken. */
  readonly columns?: number;
  /** Of keylint: a URL, from its package.json. */
  readonly homepage?: string;
  /** When the report is made: ISO 8601 in UTC, as `toISOString` writes it. */
  readonly date?: string;
  /** Say nothing at all where there is nothing to complain of, as a hook wants it. */
  readonly quietWhenClean?: boolean;
}

/** Renders a report. Pure; the text ends with a line break unless it is empty. */
export type Reporter = (report: Report, options: ReporterOptions) => string;
