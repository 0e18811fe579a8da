import { setTimeout as sleep } from 'node:timers/promises';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { JsonObject } from '../../domain/kernel/json.ts';
import type { Change } from '../../domain/kernel/table.ts';
import type { AzureClient } from './client.ts';
import { type CosmosContainer, type CosmosPlace, cosmosContainer } from './cosmos-container.ts';
import { isAzureError } from './errors.ts';
import { fromStored, isTombstone, newWriteId, ownPartitions, writeIdOf, writeName } from './table-items.ts';
import { ordered, unordered } from './table-text.ts';

export type CosmosDoorbellOptions = {
  readonly client: AzureClient;
  /** Where a table is, by its qualified name (`models.registry`). */
  readonly placeOf: (table: string) => CosmosPlace;
};

/** Of one page; a page never divides what one transaction has written. */
const changesAtOnce = 100;
/** Of a sequence: versions (LSN) are 64-bit numbers. */
const lsnDigits = 20;
/** A moment of HTTP has no milliseconds, and the service's clock may be behind. */
const earlierMillis = 2000;

const versionOf = ({ _lsn }: JsonObject): number => Number(_lsn);
const sequenceOf = (document: JsonObject): string => `${String(versionOf(document)).padStart(lsnDigits, '0')}#${String(document.sk)}`;

const changeOf = (document: JsonObject): Change => {
  const item = fromStored(document);
  const change = { sequence: sequenceOf(document), key: { pk: item.pk, sk: item.sk } };
  return isTombstone(document) ? change : { ...change, item };
};

/** The partition of a changed document, as the change feed tells of it; nothing where it is one of the adapter's own. */
export const partitionOf = (changed: unknown): string | undefined => {
  const { pk } = (typeof changed === 'object' && changed !== null ? changed : {}) as { readonly pk?: unknown };
  return typeof pk === 'string' && !pk.startsWith(ownPartitions) ? unordered(pk) : undefined;
};

/** A document of its own partition for each `of`: its write rings, but for no partition of the table's. */
const progressAt = (of: string) => ({ pk: `${ownPartitions}progress#${ordered(of)}`, id: 'progress' });

/**
 * What changed in a table, by its container's change feed of latest versions: of an item that was written twice the newer version comes, and what
 * was deleted has left a tombstone. Sequences are the version (LSN) of the physical partition, then the sort key.
 */
export const cosmosDoorbell = ({ client, placeOf }: CosmosDoorbellOptions) => {
  const containers = new Map<string, CosmosContainer>();
  const containerOf = (table: string): CosmosContainer => {
    const known = containers.get(table) ?? cosmosContainer(client, placeOf(table));
    containers.set(table, known);
    return known;
  };

  const reading =
    (table: string, partition: string) =>
    async (sequence: string | undefined, limit: number): Promise<readonly Change[]> => {
      const found: JsonObject[] = [];
      // The version of the last one again: a transaction's writes share it, and the limit may have come between them.
      let etag = sequence === undefined ? undefined : `"${Number(sequence.slice(0, lsnDigits)) - 1}"`;
      for (;;) {
        const page = await containerOf(table).changes({ pk: ordered(partition) }, etag === undefined ? {} : { etag }, changesAtOnce);
        found.push(...page.documents.filter((document) => sequence === undefined || sequenceOf(document) > sequence));
        if (page.documents.length === 0 || page.continuation === undefined || found.length >= limit) break;
        etag = page.continuation;
      }
      return found
        .map(changeOf)
        .sort((one, other) => (one.sequence < other.sequence ? -1 : 1))
        .slice(0, limit);
    };

  async function* changedSince(table: string, since: Date): AsyncGenerator<string> {
    const container = containerOf(table);
    for (const range of await container.ranges()) {
      const seen = new Set<string>();
      let from: { etag?: string; since?: Date } = { since: new Date(Math.max(0, since.getTime() - earlierMillis)) };
      for (;;) {
        const page = await container.changes({ range }, from, 1000);
        for (const partition of page.documents.map(partitionOf)) {
          if (partition === undefined || seen.has(partition)) continue;
          seen.add(partition);
          yield partition;
        }
        if (page.documents.length === 0 || page.continuation === undefined) break;
        from = { etag: page.continuation };
      }
    }
  }

  const progress = {
    async get(table: string, of: string): Promise<{ readonly sequence: string; readonly tag: string } | undefined> {
      const { pk, id } = progressAt(of);
      const found = await containerOf(table).read(pk, id);
      return found === undefined ? undefined : { sequence: String(found.document.sequence), tag: found.etag };
    },
    async put(table: string, of: string, sequence: string, tag: string | undefined): Promise<boolean> {
      const { pk, id } = progressAt(of);
      const container = containerOf(table);
      const write = newWriteId();
      const document = { id, pk, sk: id, sequence, [writeName]: write };
      try {
        await (tag === undefined ? container.create(pk, document) : container.replace(pk, id, document, tag));
        return true;
      } catch (error) {
        // A 404 with a substatus is about the container.
        if (!isAzureError(error, 404, 409, 412) || (error.details.status === 404 && error.details.substatus)) throw error;
        // It may have been refused because of itself, when its first answer was lost.
        const found = (error.details.attempts ?? 1) > 1 ? await container.read(pk, id) : undefined;
        return found !== undefined && writeIdOf(found.document) === write;
      }
    },
  };

  return { reading, changedSince, progress };
};

export type CosmosDoorbell = ReturnType<typeof cosmosDoorbell>;

const firstPollMillis = 100;
const longestPollMillis = 1000;
const pendingAtOnce = 1000;
const looksAtOnce = 20;

/** A partition that has not been drained, and the last change that was there. */
type Pending = { readonly of: string; readonly until: string };

const pendingOf = async (doorbell: CosmosDoorbell, table: string, of: string): Promise<Pending | undefined> => {
  let sequence = (await doorbell.progress.get(table, of))?.sequence;
  let until: string | undefined;
  for (;;) {
    const pending = await doorbell.reading(table, of)(sequence, pendingAtOnce);
    until = pending.at(-1)?.sequence ?? until;
    if (pending.length < pendingAtOnce) return until === undefined ? undefined : { of, until };
    sequence = until;
  }
};

/**
 * Resolves when everything written to these partitions before has been drained. Throws `Rejected` `changes-not-settled` (kind `unavailable`) where that
 * takes longer than `waitMillis` after the last partition was named.
 */
export const awaitDrained = async (
  doorbell: CosmosDoorbell,
  table: string,
  partitions: AsyncIterable<string> | Iterable<string>,
  waitMillis = 20_000,
): Promise<void> => {
  const open: Pending[] = [];
  let some: string[] = [];
  const look = async (): Promise<void> => {
    const found = await Promise.all(some.map((of) => pendingOf(doorbell, table, of)));
    open.push(...found.filter((each) => each !== undefined));
    some = [];
  };
  for await (const of of partitions) {
    some.push(of);
    if (some.length === looksAtOnce) await look();
  }
  await look();
  const deadline = performance.now() + waitMillis;
  for (const { of, until } of open)
    for (
      let poll = firstPollMillis;
      ((await doorbell.progress.get(table, of))?.sequence ?? '') < until;
      poll = Math.min(longestPollMillis, poll * 2)
    ) {
      if (performance.now() > deadline)
        throw new Rejected(failed('unavailable', 'changes-not-settled', 'What was written before is not processed yet; try again later.'));
      await sleep(poll);
    }
};
