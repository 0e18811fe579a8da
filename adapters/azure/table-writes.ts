import type { JsonObject } from '../../domain/kernel/json.ts';
import type { Condition, Item, Key, Table, WriteOutcome } from '../../domain/kernel/table.ts';
import type { Backoff } from '../cloud/retry.ts';
import { retrying } from '../cloud/retry.ts';
import type { CosmosContainer, Written } from './cosmos-container.ts';
import { AzureError, isAzureError } from './errors.ts';
import { holds, mostLooks } from './table-conditions.ts';
import { addressOf, isAlive, newWriteId, type TableItems, tombstone, writeIdOf } from './table-items.ts';

export type TableWritesOptions = {
  readonly container: CosmosContainer;
  readonly items: TableItems;
  /** Whether what is deleted leaves a tombstone, for who follows the changes. */
  readonly keepsRemovals: boolean;
  readonly now: () => Date;
  readonly backoff: Backoff;
};

const written: WriteOutcome = { written: true };
const conflict: WriteOutcome = { written: false, conflict: 0 };

/** The item changed between the look at it and the write. */
const isOvertaken = (error: unknown): error is AzureError => isAzureError(error, 409, 412) || isMissing(error);
const isMissing = (error: unknown): error is AzureError => isAzureError(error, 404) && !error.details.substatus;

/** Looks and writes again while others change the item in between. `attempt` gives nothing where it was overtaken. */
export const looking = (attempt: () => Promise<WriteOutcome | undefined>, backoff: Backoff): Promise<WriteOutcome> =>
  retrying(
    async () => {
      const outcome = await attempt();
      if (outcome === undefined) throw overtaken();
      return outcome;
    },
    (error) => (isAzureError(error, 'Overtaken') ? 0 : false),
    { ...backoff, attempts: mostLooks, baseMillis: 2, maxMillis: 100 },
  );
const overtaken = (): AzureError =>
  new AzureError({
    service: 'Cosmos DB',
    operation: 'Write',
    code: 'Overtaken',
    status: 412,
    message: 'others change this item all the time',
  });

/**
 * Writes of one item. A condition is held to by the tag of what was looked at (or by its absence), so that of many writers one wins. A write that
 * was sent again is not refused because of itself.
 */
export const tableWrites = ({ container, items, keepsRemovals, now, backoff }: TableWritesOptions): Pick<Table, 'put' | 'delete'> => {
  const attempted = async (write: () => Promise<Written>): Promise<'done' | AzureError> => {
    try {
      await write();
      return 'done';
    } catch (error) {
      if (isOvertaken(error)) return error;
      throw error;
    }
  };

  const putIf = async (item: Item, condition: Condition): Promise<WriteOutcome> => {
    const { pk, id } = addressOf(item);
    const write = newWriteId();
    const stored = (): JsonObject => items.toStored(item, now(), write);
    stored();
    let [first, sentAgain] = [true, false];
    return looking(async () => {
      // What shall be absent mostly is: that is tried before it is looked for.
      const found = first && condition === 'absent' ? undefined : await container.read(pk, id);
      first = false;
      if (sentAgain && found !== undefined && writeIdOf(found.document) === write) return written;
      if (!holds(condition, found, now())) return conflict;
      const outcome = await attempted(() =>
        found === undefined ? container.create(pk, stored()) : container.replace(pk, id, stored(), found.etag),
      );
      if (outcome === 'done') return written;
      sentAgain ||= wasSentAgain(outcome);
      return undefined;
    }, backoff);
  };

  const deleteIf = async (key: Key, condition: Condition | undefined): Promise<WriteOutcome> => {
    const { pk, id } = addressOf(key);
    let sentAgain = false;
    return looking(async () => {
      const stored = await container.read(pk, id);
      const found = stored !== undefined && isAlive(stored.document, now()) ? stored : undefined;
      // Who has asked for it to go before cannot tell himself from another: that it is gone is what he wanted.
      if (found === undefined && sentAgain) return written;
      if (!holds(condition, found, now())) return conflict;
      if (found === undefined) return written;
      const outcome = await attempted(() =>
        keepsRemovals ? container.replace(pk, id, tombstone(key), found.etag) : container.remove(pk, id, found.etag),
      );
      if (outcome === 'done') return written;
      sentAgain ||= wasSentAgain(outcome);
      return undefined;
    }, backoff);
  };

  return {
    async put(item, condition) {
      // What is written is what the item is now, whatever its maker does to it while others are waited for.
      const kept = structuredClone(item);
      if (condition !== undefined) return putIf(kept, condition);
      await container.upsert(addressOf(kept).pk, items.toStored(kept, now()));
      return written;
    },
    async delete(key: Key, condition) {
      const address = addressOf(key);
      if (condition !== undefined || keepsRemovals) return deleteIf(key, condition);
      const outcome = await attempted(() => container.remove(address.pk, address.id));
      if (outcome !== 'done' && !isMissing(outcome)) throw outcome;
      return written;
    },
  };
};

export const wasSentAgain = ({ details }: AzureError): boolean => (details.attempts ?? 1) > 1;
