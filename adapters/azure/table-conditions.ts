import type { JsonObject } from '../../domain/kernel/json.ts';
import type { Condition } from '../../domain/kernel/table.ts';
import type { Stored } from './cosmos-container.ts';
import { isAlive } from './table-items.ts';

/** Whether a condition holds for what is there. An item whose life has ended is as good as gone, whether or not Cosmos DB has removed it by now. */
export const holds = (condition: Condition | undefined, found: Stored | undefined, now: Date): boolean => {
  if (condition === undefined) return true;
  const item: JsonObject | undefined = found !== undefined && isAlive(found.document, now) ? found.document : undefined;
  if (condition === 'absent') return item === undefined;
  return item !== undefined && (condition === 'present' || item.version === condition.version);
};

/** How often a write is tried whose item changes each time between the look at it and the write. */
export const mostLooks = 30;
