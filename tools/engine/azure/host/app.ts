import { createHash } from 'node:crypto';
import { type EventEmitter, setMaxListeners } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { RunningIdentityTokens } from '../../../../adapters/conformance/fakes/identity-tokens.ts';
import { cosmosTrigger } from './cosmos-trigger.ts';
import { behind, type Site } from './front.ts';
import { queueTrigger } from './queue-trigger.ts';
import { request } from './requests.ts';
import { timerTrigger } from './timer-trigger.ts';
import { bindingOf, type Scene } from './trigger.ts';
import { startWorker, type Worker } from './worker.ts';

export type AppConfiguration = {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly identity: RunningIdentityTokens;
};

/** An app of functions: what it is configured with, and the package that it runs once one was deployed. */
export type App = {
  configure(configuration: AppConfiguration): Promise<void>;
  /** The package is fetched by the app's identity. Throws where it does not load. */
  deploy(packageUri: string): Promise<void>;
  readonly package: string | undefined;
  readonly settings: Readonly<Record<string, string>>;
  /** The functions that a timer calls, by name. */
  timers(): readonly string[];
  /** Calls one of them now, as an operator may (`POST /admin/functions/<name>`); throws what it throws. */
  call(name: string): Promise<void>;
  readonly site: Site;
  log(): string;
  stop(): Promise<void>;
};

type Running = { readonly worker: Worker; end(): Promise<void> };
type Surroundings = { readonly front: string; readonly bells: EventEmitter };

const secretUri = /^@Microsoft\.KeyVault\(SecretUri=(.+)\)$/;

export const makeApp = (first: AppConfiguration, { front, bells }: Surroundings): App => {
  let configuration = first;
  let packageUri: string | undefined;
  let running: Running | undefined;
  const root = mkdtempSync(join(tmpdir(), 'app-'));

  const send: Scene['send'] = (url, init) => fetch(behind(front, url), init);
  const token = async (audience: string): Promise<string> => {
    const { appService, clientId } = configuration.identity;
    const asked = new URLSearchParams({ resource: audience, 'api-version': '2019-08-01', client_id: clientId });
    const answer = await fetch(`${appService.endpoint}?${asked}`, { headers: { 'x-identity-header': appService.header } });
    return ((await answer.json()) as { readonly access_token: string }).access_token;
  };
  const get = async (url: string, audience: string): Promise<Response> => {
    const answer = await send(url, { headers: { authorization: `Bearer ${await token(audience)}`, 'x-ms-version': '2022-11-02' } });
    if (!answer.ok) throw new Error(`${configuration.name} may not or cannot read ${url}: ${answer.status} ${await answer.text()}`);
    return answer;
  };

  /** Settings that refer to a secret of a vault become what it holds. */
  const resolved = async (): Promise<Readonly<Record<string, string>>> => {
    const pairs = Object.entries(configuration.settings).map(async ([name, value]) => {
      const uri = secretUri.exec(value)?.[1];
      if (uri === undefined) return [name, value];
      const answer = await get(`${uri}?api-version=7.4`, 'https://vault.azure.net');
      return [name, ((await answer.json()) as { readonly value: string }).value];
    });
    return Object.fromEntries(await Promise.all(pairs));
  };

  const unpacked = async (uri: string): Promise<string> => {
    const folder = join(root, createHash('sha256').update(uri).digest('hex').slice(0, 16));
    if (existsSync(folder)) return folder;
    const zip = new Uint8Array(await (await get(uri, 'https://storage.azure.com')).arrayBuffer());
    for (const [path, bytes] of Object.entries(unzipSync(zip))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    return folder;
  };
  const jsonIn = (folder: string, file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));

  const started = async (uri: string): Promise<Running> => {
    const [folder, settings] = [await unpacked(uri), await resolved()];
    const { endpoint, header } = configuration.identity.appService;
    const site = { WEBSITE_SITE_NAME: configuration.name, WEBSITE_HOSTNAME: `${configuration.name}.azurewebsites.net` };
    const told = { ...settings, ...site, IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header, HYBRID_TEST_AZURE: front };
    const worker = await startWorker(folder, (jsonIn(folder, 'package.json') as { main: string }).main, told);
    const stop = new AbortController();
    // Each trigger waits for it.
    setMaxListeners(0, stop.signal);
    const scene: Scene = { worker, settings, token, send, bells, host: jsonIn(folder, 'host.json'), stopping: stop.signal };
    const triggers = worker.functions.flatMap((one) => [queueTrigger, cosmosTrigger, timerTrigger].map((trigger) => trigger(scene, one)));
    const all = Promise.all(triggers);
    all.catch((error: unknown) => process.emitWarning(`${configuration.name}: ${String(error)}`));
    return {
      worker,
      async end() {
        stop.abort();
        await all.catch(() => {});
        await worker.stop();
      },
    };
  };

  /** The next instance is there before the last one ends, so that no request finds nobody. */
  const restart = async (): Promise<void> => {
    if (packageUri === undefined) return;
    const before = running;
    running = await started(packageUri);
    await before?.end();
  };

  return {
    get package() {
      return packageUri;
    },
    get settings() {
      return configuration.settings;
    },
    async configure(next) {
      configuration = next;
      await restart();
    },
    async deploy(uri) {
      packageUri = uri;
      await restart();
    },
    timers: () => (running?.worker.functions ?? []).filter((one) => bindingOf(one, 'timerTrigger') !== undefined).map(({ name }) => name),
    async call(name) {
      await running?.worker.invoke({ name, inputData: timerInput(running.worker, name), triggerMetadata: {} });
    },
    site: (incoming: IncomingMessage, outgoing: ServerResponse, to) => {
      if (running === undefined) return void outgoing.writeHead(503).end();
      request(running.worker, incoming, outgoing, to);
    },
    log: () => running?.worker.log() ?? '',
    async stop() {
      await running?.end();
      running = undefined;
      rmSync(root, { recursive: true, force: true });
    },
  };
};

const timerInput = ({ functions }: Worker, name: string) =>
  Object.entries(functions.find((one) => one.name === name)?.bindings ?? {})
    .filter(([, { type }]) => type === 'timerTrigger')
    .map(([binding]) => ({ name: binding, data: { json: '{"IsPastDue":false}' } }));
