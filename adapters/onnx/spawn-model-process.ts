import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';

const fromSource = import.meta.url.endsWith('.ts');
// Beside this file both in the source and in the bundle, where it is an entry of its own.
const entry = fileURLToPath(new URL(fromSource ? './model-process.ts' : './model-process.mjs', import.meta.url));

/** Node runs TypeScript source through tsx, named by its absolute URL because the process may start in any folder. */
const nodeOptions = (): readonly string[] =>
  fromSource ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href, '--no-warnings'] : ['--no-warnings'];

/** The variables that the process needs; the others may hold secrets, which a process that runs foreign models must not see. */
const environment = (): NodeJS.ProcessEnv => {
  const { PATH, HOME, TMPDIR, TEMP, SystemRoot, LD_LIBRARY_PATH } = process.env;
  const kept = { PATH, HOME, TMPDIR, TEMP, SystemRoot, LD_LIBRARY_PATH };
  const defined = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
  return { ...defined, NODE_ENV: 'production', ORT_DISABLE_TELEMETRY: '1' };
};

/** In MB. Requests make much that dies at once; with node's default it is copied about first. */
const youngGeneration = '--max-semi-space-size=32';

export type ModelProcess = { readonly child: ChildProcess; readonly channel: Socket };

/**
 * Starts the process that runs models (`serve`) or looks into one (`inspect <path>`): see `processFiles` for what it finds open.
 * It dies with this process, however that ends, and does not keep it alive; `channel.ref()` does.
 */
export const spawnModelProcess = (args: readonly string[], progress: number | 'ignore'): ModelProcess => {
  const child = spawn(process.execPath, [...nodeOptions(), youngGeneration, entry, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe', progress],
    env: environment(),
  });
  const channel = child.stdio[3] as unknown as Socket;
  const lifeline = child.stdio[4] as unknown as Socket;
  // The end of a process is told by its `exit`; what its pipes say about it is an echo.
  for (const pipe of [channel, lifeline]) pipe?.on('error', () => undefined);
  child.unref();
  channel?.unref();
  lifeline?.unref();
  return { child, channel };
};
