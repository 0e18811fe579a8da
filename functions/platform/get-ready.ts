import { ok } from '../kernel/handler.ts';

/** It listens only once it can answer, so whoever hears this hears the truth. */
export const getReady = async () => ok({ status: 'ready' });
