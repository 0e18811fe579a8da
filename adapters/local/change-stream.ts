import { backoffWithJitter } from '../../domain/kernel/backoff.ts';
import type { Change, ChangeHandler } from '../../domain/kernel/table.ts';
import type { ChangeLog, LoggedChange } from './change-log.ts';
import type { LocalStore } from './store.ts';
import { decodeItem, isExpired } from './stored-item.ts';
import { parseItemKey } from './table-keys.ts';
import { waiter } from './waiter.ts';

export type ChangeStream = {
  /**
   * Delivers a table's changes to a consumer from where it last was, in this process or an earlier one; a new one begins at the oldest change
   * that is kept. A handler that throws gets the same changes again. Changes are kept until every consumer ever subscribed has passed them.
   */
  subscribe(consumer: string, handler: ChangeHandler, options?: SubscribeOptions): ChangeSubscription;
  /** Changes that some consumer has still to pass. */
  kept(): number;
};

export type SubscribeOptions = {
  /** Changes a delivery at most; 500 unless told. */
  readonly batchSize?: number;
  /** Milliseconds to wait for a delivery to fill before it is made; none unless told. */
  readonly linger?: number;
  /** Changes for which it answers false are passed over. */
  readonly filter?: (change: Change) => boolean;
  /** Hears of every delivery that failed and will be made again. */
  readonly onFailure?: (error: unknown) => void;
};

export type ChangeSubscription = {
  /** Ends deliveries; resolves when the running one is done. */
  stop(): Promise<void>;
  /** Resolves when the consumer has passed every change committed so far, or has been stopped. */
  idle(): Promise<void>;
};

const retry = { baseMillis: 20, maxMillis: 10_000 } as const;

/** The change stream of an open table. Throws `Rejected` `unknown-table`; for a table that keeps no changes there are none to deliver. */
export const changeStream = (store: LocalStore, tableName: string): ChangeStream => {
  const log = store.inner.layout(tableName).changes;
  return {
    kept: () => log?.size() ?? 0,
    subscribe: (consumer, handler, options = {}) => (log === undefined ? silent : consume(store, log, consumer, handler, options)),
  };
};

const silent: ChangeSubscription = { stop: async () => undefined, idle: async () => undefined };

const consume = (
  store: LocalStore,
  log: ChangeLog,
  consumer: string,
  handler: ChangeHandler,
  options: SubscribeOptions,
): ChangeSubscription => {
  const { batchSize = 500, linger = 0, filter, onFailure } = options;
  const waiting = waiter();
  const unlisten = log.listen(waiting.wake);
  let idlers: (() => void)[] = [];
  let stopped = false;
  let position: number | undefined;

  /** A new consumer is written down at once, so that nothing it has yet to see is trimmed. */
  const begin = () =>
    store.inner.commit.write((transaction) => {
      const known = log.checkpoint(consumer);
      if (known === undefined) log.advance(transaction, consumer, log.start());
      return known ?? log.start();
    });

  const settleIdlers = () => {
    for (const settle of idlers) settle();
    idlers = [];
  };

  const deliver = async (from: number): Promise<number> => {
    if (log.last() <= from) {
      settleIdlers();
      await waiting.wait();
      return from;
    }
    if (linger > 0) await gather(from);
    if (stopped) return from;
    const changes = log.read(from, batchSize);
    const delivered = withItems(store, changes).filter((change) => filter?.(change) ?? true);
    if (delivered.length > 0) await handler(delivered);
    const passed = changes.at(-1)?.sequence ?? log.last();
    await store.inner.commit.write((transaction) => log.advance(transaction, consumer, passed));
    return passed;
  };

  /** Sequences are nearly dense, so their difference tells how full the delivery is without reading it. */
  const gather = async (from: number) => {
    for (const until = Date.now() + linger; !stopped && idlers.length === 0 && log.last() - from < batchSize && Date.now() < until; )
      await waiting.wait(until - Date.now());
  };

  const run = async () => {
    for (let attempt = 1; !stopped; ) {
      try {
        position = await (position === undefined ? begin() : deliver(position));
        attempt = 1;
      } catch (error) {
        onFailure?.(error);
        await waitAtLeast(backoffWithJitter(attempt++, retry.baseMillis, retry.maxMillis));
      }
    }
    settleIdlers();
  };

  /** New changes must not cut a back-off short. */
  const waitAtLeast = async (millis: number) => {
    for (const until = Date.now() + millis; !stopped && Date.now() < until; ) await waiting.wait(until - Date.now());
  };

  const running = run();
  return {
    async stop() {
      stopped = true;
      unlisten();
      waiting.wake();
      await running;
    },
    idle: () =>
      new Promise((resolve) => {
        if (stopped) return resolve();
        idlers.push(resolve);
        waiting.wake();
      }),
  };
};

/** The image is read when the change is delivered: what was written, or what has replaced it since. */
const withItems = (store: LocalStore, changes: readonly LoggedChange[]): Change[] => {
  const now = store.inner.clock.now();
  return changes.map(({ sequence, itemKey }) => {
    const stored = store.inner.environment.getBinaryFast(itemKey);
    const item = stored === undefined || isExpired(stored, now) ? undefined : decodeItem(stored);
    const numbered = String(sequence).padStart(16, '0');
    return item === undefined
      ? { sequence: numbered, key: parseItemKey(itemKey) }
      : { sequence: numbered, key: { pk: item.pk, sk: item.sk }, item };
  });
};
