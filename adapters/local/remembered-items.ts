import type { Item, Key } from '../../domain/kernel/table.ts';
import type { Transaction } from './group-commit.ts';

/** Which state of a table somebody has seen: a number that changes when a write is made and once more when it is visible. */
export type Epoch = { now(): number; touch(transaction: Transaction): void };

export const epoch = (): Epoch => {
  let current = 0;
  const advance = () => void current++;
  return {
    now: () => current,
    touch(transaction) {
      advance();
      transaction.afterCommit(advance);
    },
  };
};

const mostItems = 2000;

/**
 * Remembers what gets have read until anything in the table changes: who reads the same key, tenant and endpoint with every request pays for
 * a look-up in a map. One process writes, and it advances the epoch before it acknowledges, so a get is as strong as without.
 */
export const rememberedItems = ({ now }: Epoch, read: (key: Key) => Item | undefined): ((key: Key, moment: Date) => Item | undefined) => {
  const known = new Map<string, Item | undefined>();
  let seen = now();
  return (key, moment) => {
    if (seen !== now() || known.size >= mostItems) {
      known.clear();
      seen = now();
    }
    const name = `${key.pk.length} ${key.pk}${key.sk}`;
    let item = known.get(name);
    if (item === undefined && !known.has(name)) {
      item = read(key);
      known.set(name, item);
    }
    return item?.expiresAt !== undefined && item.expiresAt * 1000 <= moment.getTime() ? undefined : item;
  };
};
