declare const KEYLINT_VERSION: string | undefined;
declare const KEYLINT_HOMEPAGE: string | undefined;
declare const KEYLINT_DETECTION: string | undefined;

/** Written in by the build from package.json; `0.0.0` when the sources run unbuilt. */
export const version: string = typeof KEYLINT_VERSION === 'string' ? KEYLINT_VERSION : '0.0.0';
export const homepage: string = typeof KEYLINT_HOMEPAGE === 'string' ? KEYLINT_HOMEPAGE : '';
/** Changes with the code that finds and reads keys; empty when the sources run unbuilt. */
export const detection: string = typeof KEYLINT_DETECTION === 'string' ? KEYLINT_DETECTION : '';
