import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { failed, Rejected } from '../domain/kernel/failure.ts';

export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** How a process ended: its exit code, or the signal that ended it. */
export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** The platform as a process of its own. `output` and `log` are what it wrote to standard output and standard error so far. */
export type ServerProcess = {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from its start until it said that it is ready. */
  readonly readyAfter: number;
  readonly ended: Promise<Ending>;
  output(): string;
  log(): string;
  /** Ends it by a signal (SIGTERM unless told) and waits until it has ended. */
  stop(signal?: NodeJS.Signals): Promise<Ending>;
};

export type ServerOptions = {
  readonly dataFolder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What to run; the built server unless told. */
  readonly command?: readonly [string, ...string[]];
  /** How long it may take to become ready; 30 s unless told. */
  readonly readyWithinMillis?: number;
};

/** Builds dist/ where the sources have changed. Throws `Rejected` `build-failed`. */
export const buildServer = (): void => {
  const { status, stderr } = spawnSync(process.execPath, ['tools/build.mjs'], { cwd: projectRoot, encoding: 'utf8' });
  if (status !== 0) throw new Rejected(failed('unavailable', 'build-failed', stderr));
};

const urlLine = /^.*?(https?:\/\/\S+)\r?$/m;

const environment = ({ dataFolder, env }: ServerOptions): NodeJS.ProcessEnv => {
  const { HYBRID_ADMIN_KEY: _key, HYBRID_URL: _url, NODE_OPTIONS: _options, ...inherited } = process.env;
  return { ...inherited, HOST: '127.0.0.1', PORT: '0', HYBRID_DATA_DIR: dataFolder, ...env };
};

const endingOf = (child: ChildProcess): Promise<Ending> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    // `close` comes after the pipes are drained, so that what it wrote last is read.
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

/** What was started, before it is known whether it becomes ready. */
export type Launched = Omit<ServerProcess, 'url' | 'readyAfter'> & { readonly ready: Promise<string> };

/** Whoever started it and is gone, of a broken pipe, say, will not end it any more. */
const endWithThis = (child: ChildProcess): void => {
  const end = () => void child.kill();
  process.once('exit', end);
  child.once('close', () => process.off('exit', end));
};

/** Starts the platform without waiting for it: `ready` gives its URL, or is rejected where it ended before. It ends with this process at the latest. */
export const launchServer = (options: ServerOptions): Launched => {
  const [program, ...args] = options.command ?? [process.execPath, 'dist/local.mjs'];
  const child = spawn(program, args, { cwd: projectRoot, env: environment(options), stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, log] = ['', ''];
  endWithThis(child);
  const ended = endingOf(child);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const url = urlLine.exec(output.slice(0, output.lastIndexOf('\n') + 1))?.[1];
      if (url !== undefined) resolve(url.replace(/\/$/, ''));
    });
    ended.then(({ code, signal }) => reject(notReady(`it ended with ${code ?? signal}`, log)), reject);
  });
  ready.catch(() => undefined);
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> => {
    child.kill(signal);
    return ended;
  };
  return { ready, pid: child.pid ?? -1, ended, output: () => output, log: () => log, stop };
};

const notReady = (why: string, log: string): Rejected =>
  new Rejected(failed('unavailable', 'server-not-ready', `The platform did not become ready: ${why}.\n${log.slice(-4000)}`));

const within = async <T>(promise: Promise<T>, millis: number, late: () => Rejected): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), millis);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
};

/** Starts the platform on a free port and waits until it is ready. Throws `Rejected` `server-not-ready` with what it said. */
export const startServer = async (options: ServerOptions): Promise<ServerProcess> => {
  const started = performance.now();
  const { ready, ...launched } = launchServer(options);
  const limit = options.readyWithinMillis ?? 30_000;
  try {
    const url = await within(ready, limit, () => notReady(`it said nothing for ${limit} ms`, launched.log()));
    return { ...launched, url, readyAfter: performance.now() - started };
  } catch (error) {
    await launched.stop('SIGKILL');
    throw error;
  }
};
