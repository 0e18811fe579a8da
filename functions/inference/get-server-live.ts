import { ok } from '../kernel/handler.ts';

export const getServerLive = async () => ok({ live: true });
