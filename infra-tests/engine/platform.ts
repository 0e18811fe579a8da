import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HttpClient, httpClient } from '../../tools/http-client.ts';
import { type EmulatedAccount, startAccount } from './emulator.ts';
import { type EmulatedCloud, type Engine, startEngine } from './engine.ts';
import { projectOf, repository } from './project.ts';
import { createStack, type Stack } from './stack.ts';

/** The emulators of one cloud, to deploy to. */
export type EmulatedPlace = {
  readonly cloud: EmulatedCloud;
  /** What a stack is told of its place. */
  readonly config: Readonly<Record<string, string>>;
  /** What a program is told that calls the platform from outside, beside where and as whom. */
  readonly outside?: Readonly<Record<string, string>>;
  stop(): Promise<void>;
};

/** The platform's own project and stack in a place of its own. */
export type EmulatedPlatform<Place extends EmulatedPlace = EmulatedAccount> = {
  readonly account: Place;
  readonly engine: Engine;
  readonly stack: Stack;
  /** As the platform's administrator. */
  admin(): Promise<HttpClient>;
  /** Has the project run another program from now on; by its path in the repository. */
  runs(program: string): void;
  /** Runs something of the repository's against the stack's URL; throws with what it said where it fails. */
  try(command: string, ...args: string[]): Promise<string>;
  stop(): Promise<void>;
};

export type PlatformOptions = {
  readonly stack: string;
  readonly config?: Readonly<Record<string, string>>;
  /** Before each create that is not a preview's. */
  readonly creating?: (urn: string) => Promise<void> | void;
};

/** Runs something of the repository's; throws with what it said where it fails. */
export const run = (command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: repository, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(said) : reject(new Error(`${command} ended with ${code}:\n${said.slice(-20_000)}`)),
    );
  });

/** Runs something of the repository's, which starts a platform of its own. */
export const onLaptop = (command: string, ...args: string[]): Promise<string> => run(command, args, {});

/** In an AWS account; `aws-dev` unless told. */
export const startPlatform = async (options: Partial<PlatformOptions> = {}): Promise<EmulatedPlatform> =>
  startPlatformIn(await startAccount(), { stack: 'aws-dev', ...options });

export const startPlatformIn = async <Place extends EmulatedPlace>(
  account: Place,
  { stack: name, config = {}, creating }: PlatformOptions,
): Promise<EmulatedPlatform<Place>> => {
  const engine = await startEngine({ cloud: account.cloud, watch: creating === undefined ? {} : { creating } });
  const project = projectOf(repository);
  const stack = await createStack(engine, project.folder, name);
  await stack.config({ ...account.config, ...config });
  const reached = async () => {
    const { url, adminKey } = await stack.outputs();
    return { HYBRID_URL: String(url), HYBRID_ADMIN_KEY: String(adminKey) };
  };
  return {
    account,
    engine,
    stack,
    admin: async () => {
      const { HYBRID_URL, HYBRID_ADMIN_KEY } = await reached();
      return httpClient(HYBRID_URL, HYBRID_ADMIN_KEY);
    },
    runs: (program) => {
      const file = join(project.folder, 'Pulumi.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^main: .*$/m, `main: ${program}`));
    },
    try: async (command, ...args) => run(command, args, { ...account.outside, ...(await reached()) }),
    stop: async () => {
      await engine.stop();
      project.remove();
      await account.stop();
    },
  };
};
