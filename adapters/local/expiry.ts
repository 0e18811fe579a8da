import type { Environment, Transaction } from './group-commit.ts';
import { expiryOf } from './stored-item.ts';
import { kinds, uint48 } from './table-keys.ts';
import { removeItem, type TableLayout } from './table-writes.ts';

const head = Buffer.from([kinds.expiry]);
const itemsPerSweep = 500;

/** Whether an item's life may have ended; one look, so that a store without such items does nothing. */
export const hasExpired = (environment: Environment, now: Date): boolean => due(environment, now, 1).length > 0;

/** Removes items whose lives have ended, as many as one transaction should; true where more may be left. Those of tables that are not open stay. */
export const sweepExpired = (
  environment: Environment,
  transaction: Transaction,
  layouts: ReadonlyMap<number, TableLayout>,
  now: Date,
): boolean => {
  const entries = due(environment, now, itemsPerSweep);
  let removed = 0;
  for (const entry of entries) {
    const key = entry.subarray(head.length + 6);
    const layout = layouts.get(key.readUInt16BE(1));
    if (layout === undefined) continue;
    removed++;
    const stored = transaction.get(key);
    const expiresAt = entry.readUIntBE(head.length, 6);
    transaction.remove(entry);
    // A later write may have given the item a longer life, and an entry of its own.
    if (stored !== undefined && expiryOf(stored) === expiresAt) removeItem(transaction, layout, key);
  }
  return removed > 0 && entries.length === itemsPerSweep;
};

const due = (environment: Environment, now: Date, limit: number): readonly Buffer[] => {
  const end = Buffer.concat([head, uint48(Math.floor(now.getTime() / 1000) + 1)]);
  return [...environment.getKeys({ start: head, end, limit })];
};
