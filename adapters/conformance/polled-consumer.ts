import { setTimeout as sleep } from 'node:timers/promises';

/** Consumes until it is stopped; `idle` resolves when a round that began later found nothing. */
export type Consumer = { stop(): Promise<void>; idle(): Promise<void> };

const pollMillis = 20;

/** Asks round after round; `round` says whether it found something, and one that throws is made again. */
export const polledConsumer = (round: () => Promise<boolean>): Consumer => {
  let stopped = false;
  const idlers: (() => void)[] = [];
  const run = async (): Promise<void> => {
    while (!stopped) {
      const waiting = idlers.length;
      const had = await round().catch(() => true);
      if (had) continue;
      for (const settle of idlers.splice(0, waiting)) settle();
      await sleep(pollMillis);
    }
    for (const settle of idlers) settle();
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      await running;
    },
    idle: () => new Promise((resolve) => (stopped ? resolve() : void idlers.push(resolve))),
  };
};
