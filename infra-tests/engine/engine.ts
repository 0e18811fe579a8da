import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildEngine } from '../../tools/engine/build.mjs';
import { startLanguageHost } from '../../tools/engine/language-host.ts';
import type { ProviderOptions, Watch } from '../../tools/engine/provider/provider.ts';
import type { EmulatedProvider } from '../../tools/engine/provider/records.ts';
import { startRandomProvider } from '../../tools/engine/random/provider.ts';
import { type Happened, readEvents } from './events.ts';

export type Outcome = Happened & { readonly code: number | null; readonly said: string };
export type Running = { readonly process: ChildProcess; readonly done: Promise<Outcome> };

/** Where resources are made. */
export type EmulatedCloud = {
  /** Pulumi's package, as programs ask for it. */
  readonly package: 'aws' | 'azure-native' | 'gcp';
  readonly startProvider: (options: ProviderOptions) => Promise<EmulatedProvider>;
  /** What a user's shell tells the program and its tools. */
  readonly env: Readonly<Record<string, string>>;
};

export type EngineOptions = {
  readonly cloud: EmulatedCloud;
  readonly watch?: Watch;
  /** For the program. */
  readonly env?: Readonly<Record<string, string>>;
};

/** The real engine with file state of its own, whose providers make things on an emulator. */
export type Engine = {
  readonly provider: EmulatedProvider;
  readonly env: NodeJS.ProcessEnv;
  /** Any command of the CLI in a folder with a Pulumi.yaml, to its end. */
  run(folder: string, args: readonly string[]): Promise<Outcome>;
  /** The same, which the caller may interrupt. */
  start(folder: string, args: readonly string[]): Running;
  stop(): Promise<void>;
};

/** What encrypts the secrets in the state. */
const passphrase = 'engine';

/** Holds what runs policy packs, by the name under which the engine looks for it. */
const tools = fileURLToPath(new URL('../../tools/engine/', import.meta.url));

const withEvents = new Set(['preview', 'up', 'refresh', 'destroy']);

export const startEngine = async ({ cloud, watch = {}, env: given = {} }: EngineOptions): Promise<Engine> => {
  const pulumi = await buildEngine();
  const home = mkdtempSync(join(tmpdir(), 'engine-'));
  const state = join(home, 'state');
  mkdirSync(state);
  const PATH = [tools, process.env.PATH ?? ''].join(delimiter);
  const base: NodeJS.ProcessEnv = { ...process.env, PATH, ...cloud.env, ...given };
  let current = process.cwd();
  const [provider, random, language] = await Promise.all([
    cloud.startProvider({ folder: () => current, watch }),
    startRandomProvider(),
    startLanguageHost(base),
  ]);
  const env: NodeJS.ProcessEnv = {
    ...base,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: passphrase,
    PULUMI_HOME: join(home, 'home'),
    // It takes the flag for the log of events, which the automation API reads, only so.
    PULUMI_DEBUG_COMMANDS: 'true',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_DEBUG_PROVIDERS: `${cloud.package}:${provider.port},random:${random.port}`,
    PULUMI_DEBUG_LANGUAGES: `nodejs:${language.port}`,
  };

  let runs = 0;
  const start = (folder: string, args: readonly string[]): Running => {
    runs += 1;
    current = folder;
    const log = join(home, `events-${runs}.json`);
    const logged = withEvents.has(args[0] ?? '') ? ['--event-log', log, '--color', 'never'] : [];
    const child = spawn(pulumi, [...args, ...logged, '--non-interactive'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    const done = new Promise<Outcome>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        const happened = logged.length > 0 ? readEvents(log) : { steps: [], changes: {}, errors: [] };
        resolve({ ...happened, code, said });
      });
    });
    return { process: child, done };
  };

  return {
    provider,
    env,
    start,
    run: (folder, args) => start(folder, args).done,
    stop: async () => {
      for (const server of [provider, random, language]) server.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
};
