import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { failed, Rejected } from '../../domain/kernel/failure.ts';

/** An emulator that listens on 127.0.0.1; `endpoint` is its URL without a slash at the end. `log` is what it said so far. */
export type Emulator = { readonly endpoint: string; readonly pid: number; log(): string; stop(): Promise<void> };

export type EmulatorCommand = {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Whether it answers by now. */
  readonly isReady: (endpoint: string) => Promise<boolean>;
};

/** A port that nobody listens on. Somebody else may take it before it is used; then the emulator ends and says so. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const readyWithinMillis = 60_000;
const stopWithinMillis = 10_000;

const stopChild = async (child: ChildProcess, ended: Promise<unknown>): Promise<void> => {
  child.kill('SIGTERM');
  const gone = await Promise.race([ended.then(() => true), sleep(stopWithinMillis, false, { ref: false })]);
  if (!gone) child.kill('SIGKILL');
  await ended;
};

/** Starts an emulator on a free port and waits until it is ready. It ends with this process at the latest. Throws `Rejected` `emulator-not-ready`. */
export const startEmulator = async (commandOn: (port: number) => EmulatorCommand): Promise<Emulator> => {
  const port = await freePort();
  const { program, args, env, cwd, isReady } = commandOn(port);
  const child = spawn(program, args, { env: { ...process.env, ...env }, ...(cwd && { cwd }), stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      // Rarely: to cut it is to copy it.
      if (log.length > 2_000_000) log = log.slice(-1_000_000);
    });
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  let over = false;
  const ended = new Promise<void>((resolve) => {
    const end = (error?: unknown) => {
      over = true;
      if (error instanceof Error) log += error.message;
      process.removeListener('exit', killAtExit);
      resolve();
    };
    child.once('error', end).once('close', () => end());
  });

  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + readyWithinMillis;
  while (!(await isReady(endpoint).catch(() => false))) {
    if (over || Date.now() > deadline) {
      await stopChild(child, ended);
      throw new Rejected(failed('unavailable', 'emulator-not-ready', `${program} did not become ready.\n${log.slice(-4000)}`));
    }
    await sleep(50);
  }
  return { endpoint, pid: child.pid ?? -1, log: () => log, stop: () => stopChild(child, ended) };
};
