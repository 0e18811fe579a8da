import type { Item } from '../../domain/kernel/table.ts';
import { itemTooLarge, tableLimits } from '../../domain/kernel/table-rules.ts';

/** What a condition asks for lies before the JSON, so that no write parses what it replaces: version and expiry as doubles, NaN where there is none. */
const headerLength = 16;

/** An item as it lies in the store. Throws `Rejected` `item-too-large`. */
export const encodeItem = (item: Item): Buffer => {
  const json = JSON.stringify(item);
  const length = Buffer.byteLength(json);
  if (length > tableLimits.itemBytes) throw itemTooLarge(length);
  const bytes = Buffer.allocUnsafe(headerLength + length);
  bytes.writeDoubleBE(item.version ?? Number.NaN, 0);
  bytes.writeDoubleBE(item.expiresAt ?? Number.NaN, 8);
  bytes.write(json, headerLength);
  return bytes;
};

export const decodeItem = (stored: Buffer): Item => JSON.parse(stored.toString('utf8', headerLength, stored.length)) as Item;

/** NaN where the item has none. */
export const versionOf = (stored: Buffer): number => stored.readDoubleBE(0);

/** Seconds since 1970; NaN where the item lives for ever. */
export const expiryOf = (stored: Buffer): number => stored.readDoubleBE(8);

/** Whether its life has ended. */
export const isExpired = (stored: Buffer, now: Date): boolean => expiryOf(stored) * 1000 <= now.getTime();
