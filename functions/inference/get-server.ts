import { ok } from '../kernel/handler.ts';
import { platformVersion } from '../kernel/version.ts';

/** `extensions` names what of Triton's extensions is served; none yet. */
export const getServer = async () => ok({ name: 'hybrid-ai-platform', version: platformVersion, extensions: [] });
