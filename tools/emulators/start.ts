import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Emulator, startEmulator } from './emulator-process.ts';
import { installDynamoDbLocal, installMinistack, installNode, pathWith } from './install.ts';

export type MinistackOptions = {
  /** Whether it checks signatures and enforces the policies of roles, inside Lambda too. */
  readonly auth?: boolean;
  /** Its `PATH`, on which it finds the Node that runs functions; unless told, Node 24 is first on it. */
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
};

const answers = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.body?.cancel();
  return response.ok;
};

/** Starts ministack (SQS, S3, EventBridge, DynamoDB, Lambda, API Gateway …) with state of its own that ends with it. */
export const startMinistack = async ({ auth = false, path, env = {} }: MinistackOptions = {}): Promise<Emulator> => {
  const python = installMinistack();
  const searched = path ?? pathWith(await installNode());
  const state = mkdtempSync(join(tmpdir(), 'ministack-'));
  const emulator = await startEmulator((port) => ({
    program: python,
    args: ['-m', 'ministack'],
    env: {
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      AUTH: String(auth),
      STATE_DIR: state,
      TMPDIR: state,
      PATH: searched,
      LOG_LEVEL: 'WARNING',
      ...env,
    },
    isReady: (endpoint) => answers(`${endpoint}/_ministack/health`),
  }));
  const stop = async () => {
    await emulator.stop();
    rmSync(state, { recursive: true, force: true });
  };
  return { ...emulator, stop };
};

/** It answers a request without credentials by 400; that is as ready as it gets. */
const refuses = async (url: string): Promise<boolean> => (await fetch(url, { signal: AbortSignal.timeout(2000) })).status === 400;

/** Starts DynamoDB Local, in memory; regions and credentials share their tables. */
export const startDynamoDbLocal = async (): Promise<Emulator> => {
  const libraries = await installDynamoDbLocal();
  return startEmulator((port) => ({
    program: 'java',
    args: [
      '-Xmx256m',
      `-Djava.library.path=${libraries}`,
      '-cp',
      [join(libraries, '*'), libraries].join(delimiter),
      'Loopback',
      ...['-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)],
    ],
    isReady: refuses,
  }));
};
