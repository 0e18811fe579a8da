import type { Clock } from '../../domain/kernel/clock.ts';

/** The machine's own time. */
export const systemClock: Clock = { now: () => new Date() };
