import { buildServer } from '../tools/server-process.ts';

/** Once before all tests: what they run is what the sources say. */
export const setup = (): void => buildServer();
