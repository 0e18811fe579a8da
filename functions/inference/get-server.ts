import { ok } from '../kernel/handler.ts';

/** `extensions` names what of Triton's extensions is served; none yet. */
export const getServer = async () => ok({ name: 'hybrid-ai-platform', version: '0.1.0', extensions: [] });
