import type { Clock } from '../../domain/kernel/clock.ts';
import type { ClaimedMessage, Messages } from './messages.ts';
import type { Channel } from './store.ts';
import { waiter } from './waiter.ts';

/** Runs a batch; answers why which messages failed, by id. A throw fails them all. */
export type Delivery = (batch: readonly ClaimedMessage[]) => Promise<ReadonlyMap<string, string>>;

export type Working = {
  /** Claims nothing more; resolves when the running batches are settled. */
  stop(): Promise<void>;
  /** Resolves when nothing is due and nothing runs (what waits for a delay or a back-off is not due), or when stopped. */
  idle(): Promise<void>;
};

export type DeliveryOptions = {
  readonly clock: Clock;
  readonly batchSize: number;
  /** Batches at once. */
  readonly concurrency: number;
  /** Hears of what kept a batch from being claimed or settled; its messages come again after their visibility time. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
};

const retryMillis = 500;

/** Delivers due messages until stopped: sleeps until something is sent or the first one is due, and wakes no processor meanwhile. */
export const startDeliveries = (messages: Messages, channel: Channel, deliver: Delivery, options: DeliveryOptions): Working => {
  const { clock, batchSize, concurrency, onFailure } = options;
  const waiting = waiter();
  let running = 0;
  let stopped = false;
  let idlers: (() => void)[] = [];
  channel.listeners.add(waiting.wake);

  const millisToNext = (): number | undefined => {
    const due = messages.nextDue();
    return due === undefined ? undefined : due - clock.now().getTime();
  };

  const runBatch = async (batch: readonly ClaimedMessage[]) => {
    running++;
    try {
      await messages.settle(batch, await failuresOf(deliver, batch));
    } catch (error) {
      onFailure?.(error);
    } finally {
      running--;
      waiting.wake();
    }
  };

  const claimWhatIsDue = async () => {
    while (!stopped && running < concurrency && (millisToNext() ?? 1) <= 0) {
      const batch = await messages.claim(batchSize);
      if (batch.length > 0) void runBatch(batch);
    }
  };

  const settleIdlers = () => {
    for (const settle of idlers) settle();
    idlers = [];
  };

  const round = async () => {
    await claimWhatIsDue();
    if (stopped) return;
    const next = millisToNext();
    if (running === 0 && (next === undefined || next > 0)) settleIdlers();
    // With every place taken only the end of a batch changes anything.
    await waiting.wait(running < concurrency ? next : undefined);
  };

  const run = async () => {
    for (let recovered = false; !stopped; ) {
      try {
        if (!recovered) await messages.recover();
        recovered = true;
        await round();
      } catch (error) {
        onFailure?.(error);
        await waiting.wait(retryMillis);
      }
    }
    while (running > 0) await waiting.wait();
    settleIdlers();
  };

  const ended = run();
  return {
    async stop() {
      stopped = true;
      channel.listeners.delete(waiting.wake);
      waiting.wake();
      await ended;
    },
    idle: () =>
      new Promise((resolve) => {
        if (stopped) return resolve();
        idlers.push(resolve);
        waiting.wake();
      }),
  };
};

const failuresOf = async (deliver: Delivery, batch: readonly ClaimedMessage[]): Promise<ReadonlyMap<string, string>> => {
  try {
    return await deliver(batch);
  } catch (error) {
    return new Map(batch.map(({ id }) => [id, reasonOf(error)]));
  }
};

/** What a dead letter says of an error: its first 1,000 characters. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 1000);
