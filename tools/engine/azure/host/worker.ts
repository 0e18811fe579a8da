import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installNode, pathWith } from '../../../emulators/install.ts';

/** A value of a binding, as host and worker exchange them. */
export type Data = { readonly string: string } | { readonly json: string } | { readonly int: number };

export type Binding = { readonly type: string; readonly direction: string } & Readonly<Record<string, unknown>>;
export type Registered = {
  readonly name: string;
  /** By their names in a call. */
  readonly bindings: Readonly<Record<string, Binding>>;
};

export type Invocation = {
  readonly name: string;
  readonly inputData: readonly { readonly name: string; readonly data: Data }[];
  readonly triggerMetadata: Readonly<Record<string, Data>>;
};

/** A process that runs an app. */
export type Worker = {
  readonly functions: readonly Registered[];
  /** Where it takes requests as streams, each under the id of its call. */
  readonly httpUri: string | undefined;
  /** Throws what the function throws. */
  invoke(invocation: Invocation, id?: string): Promise<void>;
  log(): string;
  /** What is under way is left to end. */
  stop(): Promise<void>;
};

type Ready = Pick<Worker, 'functions' | 'httpUri'>;
type Done = { readonly id: string; readonly error?: string };

/** None outlives this process. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

const here = fileURLToPath(new URL('.', import.meta.url));
const longestMillis = 10_000;

/** Starts the app that is unpacked in a folder, on the Node that Azure runs it on. Throws where it does not load. */
export const startWorker = async (folder: string, main: string, env: Readonly<Record<string, string>>): Promise<Worker> => {
  const node = await installNode();
  const child: ChildProcess = fork(join(here, 'worker.mjs'), [join(folder, main)], {
    cwd: folder,
    execPath: join(node, 'node'),
    execArgv: ['--import', join(here, 'network.mjs')],
    env: { PATH: pathWith(node), HOME: process.env.HOME, TMPDIR: process.env.TMPDIR, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-200_000);
    });
  running.add(child);
  const underWay = new Map<string, (done: Done) => void>();
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      running.delete(child);
      for (const [id, end] of underWay) end({ id, error: `the worker ended:\n${said.slice(-2000)}` });
      resolve();
    });
  });
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready));
    ended.then(() => reject(new Error(`an app does not load:\n${said.slice(-4000)}`)));
  });
  child.on('message', (message) => {
    const done = message as Done;
    underWay.get(done.id)?.(done);
  });
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  return {
    ...ready,
    log: () => said,
    invoke: ({ name, inputData, triggerMetadata }, id = randomUUID()) =>
      new Promise<void>((resolve, reject) => {
        if (isOver) return reject(new Error(`the worker has ended:\n${said.slice(-2000)}`));
        underWay.set(id, ({ error }) => {
          underWay.delete(id);
          if (error === undefined) resolve();
          else reject(new Error(error));
        });
        child.send({ id, name, inputData, triggerMetadata });
      }),
    async stop() {
      const deadline = Date.now() + longestMillis;
      while (underWay.size > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
      child.kill('SIGTERM');
      await ended;
    },
  };
};
