import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { type FunctionUnit, unitsOf } from '../../functions/kernel/units.ts';
import { root as repository } from './bundle.ts';
import type { CloudName } from './clouds.ts';
import { buildUnits } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'loaded-'));
const children: ChildProcess[] = [];
const servers: Server[] = [];
afterAll(() => {
  for (const child of children) child.kill();
  for (const server of servers) server.close();
  rmSync(root, { recursive: true });
});

const edge: FunctionUnit = { name: 'edge', trigger: 'http', contexts: [], grants: [], native: [], timeoutSeconds: 60 };
const units = [...unitsOf(contexts, 'context'), edge];

/** What is in a zip, unpacked. */
const unpacked = async (cloud: CloudName, name: string): Promise<string> => {
  const of = units.filter((unit) => unit.name === name || (cloud === 'azure' && unit.name.startsWith(`${name}-`)));
  const [built] = await buildUnits(of, { cloud, architecture: 'x86_64', folder: join(root, 'zips', cloud) });
  const folder = join(root, cloud, name);
  for (const [path, bytes] of Object.entries(unzipSync(readFileSync(built?.zip ?? '')))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });

/** Where a function of Google Cloud asks who it is. */
const startMetadata = async (): Promise<string> => {
  const claims = Buffer.from(JSON.stringify({ exp: Date.now() / 1000 + 3600 })).toString('base64url');
  const server = createHttpServer((_request, response) => response.end(`e30.${claims}.e30`));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as { readonly port: number }).port}`;
};

/** Starts a function as the build of Google Cloud does: by the functions framework, from the folder of its `package.json`. */
const startFunction = async (name: string, environment: Record<string, string> = {}): Promise<string> => {
  const folder = await unpacked('gcp', name);
  if (!existsSync(join(folder, 'node_modules'))) symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  const port = await freePort();
  const env = { PATH: process.env.PATH, PORT: String(port), FUNCTION_TARGET: 'handler', NODE_ENV: 'production', ...environment };
  const child = spawn(process.execPath, [join(folder, 'node_modules/.bin/functions-framework')], { cwd: folder, env, stdio: 'ignore' });
  children.push(child);
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return url;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new TypeError('the function did not start');
};

describe('a function of Google Cloud in the functions framework', () => {
  it('answers requests, also what is no JSON, and behind the edge', { timeout: 60_000 }, async () => {
    const url = await startFunction('platform-http', { HYBRID_AUDIENCE: 'https://x' });
    const live = await fetch(`${url}/health/live`);
    expect([live.status, live.headers.get('x-content-type-options')]).toEqual([200, 'nosniff']);
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
    const malformed = await fetch(`${url}/v1/nothing`, { method: 'POST', body: '{"n"', headers: { 'content-type': 'application/json' } });
    expect([malformed.status, malformed.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    const front = await startFunction('edge', { HYBRID_ROUTES: JSON.stringify({ '/': url }), GCE_METADATA_HOST: await startMetadata() });
    expect((await fetch(`${front}/health/live`)).status).toBe(200);
  });

  it('lets nobody through the edge where that has no identity to show', { timeout: 60_000 }, async () => {
    const front = await startFunction('edge', { HYBRID_ROUTES: '{"/": "http://127.0.0.1:1"}', GCE_METADATA_HOST: '127.0.0.1:1' });
    expect(await (await fetch(`${front}/health/live`)).json()).toMatchObject({ status: 503, code: 'cloud-credentials' });
  });

  it('refuses what comes without a token of its callers', { timeout: 60_000 }, async () => {
    const url = await startFunction('observability-events', { HYBRID_AUDIENCE: 'https://x', HYBRID_CALLERS: 'a@b.c' });
    const answer = await fetch(`${url}/events/observability`, { method: 'POST', body: '{}' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
  });
});

/** Loads an app as the worker of Azure Functions does, which alone has the module `@azure/functions-core`, and prints what it registers. */
const worker = `
import Module from 'node:module';
const registered = [];
const disposable = class { dispose() {} };
const core = {
  version: '1.0.0', hostVersion: '4.1042.0', Disposable: disposable,
  registerHook: () => new disposable(), setProgrammingModel: () => {}, log: () => {},
  registerFunction: (metadata, handler) => { registered.push({ ...metadata, handler }); return new disposable(); },
};
const load = Module._load;
Module._load = (request, ...rest) => (request === '@azure/functions-core' ? core : load(request, ...rest));
await import(process.argv[2]);
const asked = process.argv[3];
const answers = asked === undefined ? registered : await registered.find(({ name }) => name === 'http').handler(new Request(asked));
console.log(JSON.stringify(asked === undefined ? registered : [answers.status, await new Response(answers.body).text()]));`;

const inWorker = async <T>(name: string, environment: Record<string, string>, ...args: readonly string[]): Promise<T> => {
  const folder = await unpacked('azure', name);
  const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly main: string };
  writeFileSync(join(folder, 'worker.mjs'), worker);
  const env = { PATH: process.env.PATH, ...environment };
  const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'worker.mjs'), join(folder, main), ...args], {
    env,
    encoding: 'utf8',
  });
  if (stdout === '') throw new TypeError(stderr.slice(-500));
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
};

type Registered = { readonly name: string; readonly bindings: Record<string, { readonly type: string }> };

const registeredBy = async (name: string, environment: Record<string, string>): Promise<readonly string[]> =>
  (await inWorker<readonly Registered[]>(name, environment)).map((one) => `${one.name} ${Object.values(one.bindings)[0]?.type}`);

describe('an app of Azure in its worker', () => {
  it('registers all that its context is called by', { timeout: 60_000 }, async () => {
    const environment = {
      HYBRID_SUBSCRIPTIONS:
        '{"models-events": ["models.alias-assigned", "models.version-deleted", "models.endpoint-ready", "models.endpoint-failed"]}',
      HYBRID_TABLE_MODELS_REGISTRY: 'models-registry',
      HYBRID_COSMOS_DATABASE: 'platform',
    };
    expect(await registeredBy('models', environment)).toEqual([
      'http httpTrigger',
      'events-models-events queueTrigger',
      'changes-models-registry cosmosDBTrigger',
      'sweep timerTrigger',
      'schedule-models-upload-sweep timerTrigger',
    ]);
  });

  it('loads what answers requests with the first of them', { timeout: 60_000 }, async () => {
    const [live] = await inWorker<readonly [number, string]>('platform', {}, 'https://x/health/live');
    const [status, document] = await inWorker<readonly [number, string]>('platform', {}, 'https://x/openapi.json');
    expect([live, status, Object.keys(JSON.parse(document))[0]]).toEqual([200, 200, 'openapi']);
  });

  it('registers the edge, and how the host runs it', { timeout: 60_000 }, async () => {
    expect(await registeredBy('edge', { HYBRID_ROUTES: '{}' })).toEqual(['edge httpTrigger']);
    const host = JSON.parse(readFileSync(join(root, 'azure/edge/host.json'), 'utf8')) as { readonly extensions: object };
    expect(host.extensions).toMatchObject({ http: { routePrefix: '' }, queues: { messageEncoding: 'base64' } });
  });
});
