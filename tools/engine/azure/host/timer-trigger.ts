import { setTimeout as sleep } from 'node:timers/promises';
import { nextOf } from './timers.ts';
import { bindingOf, type Scene, type Trigger } from './trigger.ts';
import type { Registered } from './worker.ts';

/** Calls a function at the moments of its schedule. One that fails is called again at the next. */
export const timerTrigger = async ({ worker, stopping }: Scene, registered: Registered): Trigger => {
  const [name, binding] = bindingOf(registered, 'timerTrigger') ?? [];
  if (name === undefined || binding === undefined) return;
  const timer = { Schedule: { AdjustForDST: true }, ScheduleStatus: null, IsPastDue: false };
  while (!stopping.aborted) {
    const next = nextOf(String(binding.schedule), new Date());
    await sleep(next.getTime() - Date.now(), undefined, { signal: stopping, ref: false }).catch(() => {});
    if (stopping.aborted) return;
    const inputData = [{ name, data: { json: JSON.stringify(timer) } }];
    await worker.invoke({ name: registered.name, inputData, triggerMetadata: {} }).catch(() => {});
  }
};
