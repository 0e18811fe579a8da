import { setTimeout as sleep } from 'node:timers/promises';
import { failed, Rejected } from '../domain/kernel/failure.ts';

export type Patience = { readonly withinMillis: number; readonly everyMillis?: number };

/** How many times as long: for a platform that tells of things later than the laptop's, such as one that folds usage by the clock. */
export const patienceFactor = Number(process.env.HYBRID_PATIENCE ?? 1);

/** Asks again until there is an answer that is not `undefined`. Throws `Rejected` `waited-in-vain` with what was waited for. */
export const waitUntil = async <T>(what: string, ask: () => Promise<T | undefined>, patience: Patience): Promise<T> => {
  const withinMillis = patience.withinMillis * patienceFactor;
  const deadline = Date.now() + withinMillis;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() >= deadline) throw new Rejected(failed('timeout', 'waited-in-vain', `Waited ${withinMillis} ms for ${what}.`));
    await sleep(patience.everyMillis ?? 20);
  }
};
