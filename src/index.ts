/** The public API. Reports and findings never hold key bytes. */
export { lint, type LintOptions } from './lint.ts';
export { detect } from './detect.ts';
export { check, type Checked } from './check.ts';
export { rules } from '../rules/index.ts';
export { defineRule, type AnyProblem, type AnyRule, type Message, type Messages, type Options, type OptionSchema, type OptionSchemas, type Problem, type Rule, type RuleMeta, type Source } from './rule.ts';
export { defaultPolicy, PolicyError, type Policy } from './policy.ts';
export { loadPolicy } from './policy-file.ts';
export type { AuthorizedEntry, Block, Directive, Encryption, FileFacts, FileLine, JudgedFile, Key, KeyFacts, KeyKind, KeyMention, KnownHost, LineFormat, NamedFile, NamedOption, Origin, ParentFolder, SourceFile, SshCertificate, Window } from './key.ts';
export type { Finding, Fix, Severity } from './finding.ts';
export type { Change, Failure, Report, Skipped, Summary } from './report.ts';
export { version } from './version.ts';
