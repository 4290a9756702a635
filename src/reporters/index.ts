import type { Reporter } from '../report.ts';

/** Each reporter is loaded when it is asked for, so that a run pays only for the one it uses. */
export const reporters = {
  stylish: async (): Promise<Reporter> => (await import('./stylish.ts')).stylish,
  json: async (): Promise<Reporter> => (await import('./json.ts')).json,
  sarif: async (): Promise<Reporter> => (await import('./sarif.ts')).sarif,
  html: async (): Promise<Reporter> => (await import('./html.ts')).html,
  github: async (): Promise<Reporter> => (await import('./github.ts')).github,
} as const satisfies Readonly<Record<string, () => Promise<Reporter>>>;

export type ReporterName = keyof typeof reporters;
