import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type Started = { readonly url: string; readonly readyMillis: number; readonly process: ChildProcess; stop(): Promise<void> };

/** Starts a server that prints its URL on standard output when it is ready. */
export const startServer = async (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Started> => {
  const begun = performance.now();
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new TypeError(`${args.join(' ')} ended with ${code} before it was ready`)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const found = /http:\/\/\S+/.exec(line)?.[0];
      if (found) resolve(found);
    });
  });
  const readyMillis = performance.now() - begun;
  return {
    url,
    readyMillis,
    process: child,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
};
