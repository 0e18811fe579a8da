import { setTimeout as sleep } from 'node:timers/promises';
import { failed, Rejected } from '../domain/kernel/failure.ts';

export type Patience = { readonly withinMillis: number; readonly everyMillis?: number };

/** Asks again until there is an answer that is not `undefined`. Throws `Rejected` `waited-in-vain` with what was waited for. */
export const waitUntil = async <T>(what: string, ask: () => Promise<T | undefined>, patience: Patience): Promise<T> => {
  const deadline = Date.now() + patience.withinMillis;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= deadline) throw new Rejected(failed('timeout', 'waited-in-vain', `Waited ${patience.withinMillis} ms for ${what}.`));
    await sleep(patience.everyMillis ?? 20);
  }
};
