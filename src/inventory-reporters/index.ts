import type { InventoryReporter } from '../inventory.ts';

/** Each is loaded when it is asked for. */
export const inventoryReporters = {
  table: async (): Promise<InventoryReporter> => (await import('./table.ts')).table,
  json: async (): Promise<InventoryReporter> => (await import('./json.ts')).json,
  html: async (): Promise<InventoryReporter> => (await import('./html.ts')).html,
  cyclonedx: async (): Promise<InventoryReporter> => (await import('./cyclonedx.ts')).cyclonedx,
  'cyclonedx-1.6': async (): Promise<InventoryReporter> => (await import('./cyclonedx.ts')).cyclonedx16,
  'cyclonedx-1.7': async (): Promise<InventoryReporter> => (await import('./cyclonedx.ts')).cyclonedx,
} as const satisfies Readonly<Record<string, () => Promise<InventoryReporter>>>;

export type InventoryReporterName = keyof typeof inventoryReporters;
