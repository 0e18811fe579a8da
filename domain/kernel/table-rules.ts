import { failed, Rejected } from './failure.ts';
import type { Item, Key, Page, Write } from './table.ts';

/** What every table refuses, in the same words wherever the platform runs. */
export const tableLimits = { itemBytes: 400 * 1024, transactionWrites: 100, batchKeys: 100, keyBytes: 1024, pageItems: 1000 } as const;

const invalid = (code: string, detail: string): Rejected => new Rejected(failed('invalid', code, detail));
const transactionTooLarge = (detail: string): Rejected => new Rejected(failed('too-large', 'transaction-too-large', detail));

export const invalidKey = (detail: string): Rejected => invalid('invalid-key', detail);
export const invalidCursor = (): Rejected => invalid('invalid-cursor', 'The cursor is not one that this query gave.');
export const itemTooLarge = (bytes: number): Rejected =>
  new Rejected(failed('too-large', 'item-too-large', `An item is at most ${tableLimits.itemBytes} bytes; this one has ${bytes}.`));

/** Throws `Rejected` `invalid-key`: a part of a key is 1 to 1,024 bytes of well-formed Unicode. `bytes` is how many it has, where that is known. */
export const checkedKeyPart = (text: string, bytes: number): void => {
  if (bytes === 0 || bytes > tableLimits.keyBytes) throw invalidKey(`A key is 1 to ${tableLimits.keyBytes} bytes of UTF-8.`);
  if (bytes !== text.length && /\p{Surrogate}/u.test(text))
    throw invalidKey('A key is well-formed Unicode: it holds half of a surrogate pair.');
};

/** How many items a page holds. Throws `Rejected` `invalid-limit`. */
export const checkedLimit = ({ limit = 100 }: Page): number => {
  if (Number.isInteger(limit) && limit >= 1 && limit <= tableLimits.pageItems) return limit;
  throw invalid('invalid-limit', `A page holds 1 to 1,000 items, not ${limit}.`);
};

/** When an item's life ends. Throws `Rejected` `invalid-expiry`. */
export const checkedExpiry = ({ expiresAt }: Item): number | undefined => {
  if (expiresAt === undefined || (Number.isInteger(expiresAt) && expiresAt >= 0 && expiresAt < 2 ** 32)) return expiresAt;
  throw invalid('invalid-expiry', '`expiresAt` is a whole number of seconds since 1970.');
};

export const unknownIndex = (name: string): Rejected => invalid('unknown-index', `The table declares no index ${name}.`);

/** Throws `Rejected` `transaction-too-large`. */
export const checkBatch = (keys: readonly Key[]): void => {
  if (keys.length > tableLimits.batchKeys)
    throw transactionTooLarge(`A batch get holds at most ${tableLimits.batchKeys} keys; this one has ${keys.length}.`);
};

/** Throws `Rejected`: `foreign-partition`, `transaction-too-large` or `duplicate-key` (a cloud's transaction takes an item once). */
export const checkTransaction = (pk: string, writes: readonly Write[]): void => {
  if (writes.length > tableLimits.transactionWrites)
    throw transactionTooLarge(`A transaction holds at most ${tableLimits.transactionWrites} writes; this one has ${writes.length}.`);
  const seen = new Set<string>();
  for (const write of writes) {
    const key: Key = write.type === 'put' ? write.item : write.key;
    if (key.pk !== pk) throw invalid('foreign-partition', `A transaction writes to one partition, ${pk}; this one also to ${key.pk}.`);
    if (seen.has(key.sk)) throw invalid('duplicate-key', `A transaction names an item once; this one names ${key.sk} twice.`);
    seen.add(key.sk);
  }
};
