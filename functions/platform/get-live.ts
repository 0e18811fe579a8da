import { ok } from '../kernel/handler.ts';

export const getLive = async () => ok({ status: 'live' });
