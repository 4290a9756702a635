import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { inventoryReporters } from './inventory-reporters/index.ts';
import { inventoryOf, type Inventory, type InventoryReporterOptions } from './inventory.ts';
import { lint, type LintOptions } from './lint.ts';
import { UsageError, type Values } from './options.ts';
import { hasColor, outputsOf, write, type Output } from './present.ts';
import { accounts } from './sources/accounts.ts';
import { homepage } from './version.ts';

export type InventoryOutput = Output<keyof typeof inventoryReporters>;

/** Where `-f` wants an inventory. Throws UsageError. */
export function inventoryOutputsOf(values: Values): readonly InventoryOutput[] {
  return outputsOf(values, Object.keys(inventoryReporters) as InventoryOutput['reporter'][], 'table');
}

/** `keylint inventory [paths]`: finds the keys and judges none. Throws as `lint` does. */
export async function takeInventory(options: LintOptions, host: string | undefined): Promise<Inventory> {
  if (host === '') throw new UsageError('--host is empty');
  const report = await lint({ ...options, unjudged: true });
  return inventoryOf(report, { host: host ?? hostname(), folder: process.cwd(), accounts: accounts() });
}

/** Renders an inventory for each output and puts it there. Throws UsageError when a file cannot be written. */
export async function presentInventory(inventory: Inventory, outputs: readonly InventoryOutput[], { color }: Values): Promise<void> {
  for (const { reporter, file } of outputs) {
    const options: InventoryReporterOptions = {
      color: color ?? (file === undefined && hasColor()), date: new Date().toISOString(), serialNumber: randomUUID(), ...homepage !== '' && { homepage },
    };
    write((await inventoryReporters[reporter]())(inventory, options), file);
  }
}
