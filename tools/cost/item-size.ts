import type { Json } from '../../domain/kernel/json.ts';
import type { Item } from '../../domain/kernel/table.ts';

const utf8 = (text: string): number => Buffer.byteLength(text);

/** Two digits a byte, one byte more, and one for a minus sign. */
const numberSize = (value: number): number => {
  const digits = value.toExponential().split('e')[0]?.replaceAll(/[-.]/g, '').length ?? 1;
  return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
};

const valueSize = (value: Json): number => {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'string') return utf8(value);
  if (typeof value === 'number') return numberSize(value);
  if (Array.isArray(value)) return 3 + value.reduce<number>((total, each) => total + 1 + valueSize(each), 0);
  return 3 + Object.entries(value).reduce((total, [name, each]) => total + 1 + utf8(name) + (each === undefined ? 0 : valueSize(each)), 0);
};

/**
 * Bytes of an item as DynamoDB counts them for request units: names and values, with 3 bytes for a list or map and 1 for each element
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html). Storage adds `storageOverhead`.
 */
export const itemSize = (item: Item): number =>
  Object.entries(item).reduce((total, [name, value]) => total + (value === undefined ? 0 : utf8(name) + valueSize(value)), 0);

/** Bytes that storage takes for each item beside its own. */
export const storageOverhead = 100;

/** Units that one strong read takes; reading what is not there takes one as well. */
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4096));
/** Units that one write takes outside of a transaction; within one it is twice as many. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));
