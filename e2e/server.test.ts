import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpClient, httpClient } from '../tools/http-client.ts';
import { headArrived, openRequest } from '../tools/raw-request.ts';
import { type Launched, launchServer, type ServerOptions, type ServerProcess, startServer } from '../tools/server-process.ts';
import { waitUntil } from '../tools/wait-until.ts';
import { recordedFacts } from './crash/checks.ts';
import { largeModel, tableValue } from './large-model.ts';
import { descendantsOf, holderOf, isAlive, residentBytes } from './processes.ts';
import { createTenant, expected, serveModel, waitForServing } from './tenant.ts';

const adminKey = 'hyb_platform_process_9d20c4';
const withKey = { HYBRID_ADMIN_KEY: adminKey };
const addOne = new Uint8Array(readFileSync(new URL('../adapters/conformance/models/add-one.onnx', import.meta.url)));
const tensor = { inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [41, 1] }] };

let folders: string[];
let launched: Pick<Launched, 'stop'>[];
beforeEach(() => {
  [folders, launched] = [[], []];
});
afterEach(async () => {
  await Promise.all(launched.map(({ stop }) => stop('SIGKILL')));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'hybrid-server-'));
  folders.push(folder);
  return folder;
};

const start = async (options: ServerOptions): Promise<ServerProcess> => {
  const server = await startServer(options);
  launched.push(server);
  return server;
};

/** Starts what is expected to refuse, and gives back how it ended and what it said. */
const startInVain = async (
  options: ServerOptions,
): Promise<{ readonly code: number | null; readonly said: string; readonly printed: string }> => {
  const server = launchServer(options);
  launched.push(server);
  const { code } = await server.ended;
  return { code, said: server.log(), printed: server.output() };
};

const oneSentence = /^[A-Z][^\n]*\.\n$/;

describe('a server that is told to stop', () => {
  const request = (client: HttpClient, path: string, type: string, body: Uint8Array, agent: Agent | false = false) => {
    const headers = { 'content-type': type, 'content-length': String(body.length), expect: '100-continue' };
    const { request: open, answer } = openRequest(client, { method: 'POST', path, headers, agent });
    return { head: headArrived(open), answer, finish: () => open.end(body) };
  };

  it('by SIGTERM to `npm start` answers what is in flight, and leaves no process behind', async () => {
    const dataFolder = newFolder();
    const server = await start({ dataFolder, env: withKey, command: ['npm', 'start'] });
    const tenant = await createTenant(httpClient(server.url, adminKey), 'acme');
    await serveModel(tenant, 'adder', addOne);
    const inference = request(tenant, '/v2/models/adder/infer', 'application/json', new TextEncoder().encode(JSON.stringify(tensor)));
    const upload = request(tenant, '/v1/models/adder/versions', 'application/octet-stream', addOne);
    await Promise.all([inference.head, upload.head]);
    const processes = [holderOf(dataFolder), ...descendantsOf(server.pid)];

    process.kill(server.pid, 'SIGTERM');
    const refused = () =>
      fetch(`${server.url}/health/live`).then(
        () => undefined,
        () => true,
      );
    await waitUntil('the server to take no more connections', refused, { withinMillis: 5000 });
    inference.finish();
    upload.finish();

    expect(await inference.answer).toMatchObject({ status: 200, body: { outputs: [{ data: [42, 2] }] } });
    expect(await upload.answer).toMatchObject({ status: 201, body: { version: '2' } });
    const { code, signal } = await server.ended;
    console.info(`npm start ended with ${code ?? signal}`);
    expect([0, 143, 'SIGTERM']).toContain(code ?? signal);
    expect(processes.length).toBeGreaterThan(1);
    await waitUntil('every process to end', async () => (processes.some(isAlive) ? undefined : true), { withinMillis: 5000 });
  });

  it('ends with 0 and keeps what it answered while it was stopping', async () => {
    const dataFolder = newFolder();
    const server = await start({ dataFolder, env: withKey });
    const tenant = await createTenant(httpClient(server.url, adminKey), 'acme');
    expected(await tenant.post('/v1/models', { name: 'adder' }), 201);
    const upload = request(tenant, '/v1/models/adder/versions', 'application/octet-stream', addOne);
    await upload.head;
    const ended = server.stop();
    upload.finish();
    expect((await upload.answer)?.status).toBe(201);
    expect(await ended).toEqual({ code: 0, signal: null });

    const next = await start({ dataFolder, env: withKey });
    const { data } = expected(await httpClient(next.url, tenant.key).get<{ data: unknown[] }>('/v1/models/adder/versions'), 200);
    expect(data).toHaveLength(1);
  });

  it('does not wait for clients that keep their connections open', async () => {
    const server = await start({ dataFolder: newFolder(), env: withKey });
    const agent = new Agent({ keepAlive: true });
    const open = request(
      httpClient(server.url, adminKey),
      '/v1/tenants',
      'application/json',
      new TextEncoder().encode('{"id":"acme"}'),
      agent,
    );
    await open.head;
    const stopped = performance.now();
    const ended = server.stop();
    open.finish();
    expect((await open.answer)?.status).toBe(201);
    await ended;
    expect(performance.now() - stopped).toBeLessThan(5000);
    agent.destroy();
  });

  it('stops also while clients ask without a pause, and answers every request that it ran', async () => {
    const started = new Date();
    const dataFolder = newFolder();
    const server = await start({ dataFolder, env: withKey });
    const tenant = await createTenant(httpClient(server.url, adminKey), 'acme');
    await serveModel(tenant, 'adder', addOne);
    const statuses: number[] = [];
    const askUntilTheEnd = async (): Promise<void> => {
      try {
        for (;;) statuses.push((await tenant.post('/v2/models/adder/infer', tensor)).status);
      } catch {
        // The connection was refused, or closed before the request was read: it may be sent elsewhere.
      }
    };
    const asking = Promise.all(Array.from({ length: 8 }, askUntilTheEnd));
    await waitUntil('answers', async () => (statuses.length > 50 ? true : undefined), { withinMillis: 10_000 });
    const stopped = performance.now();
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - stopped).toBeLessThan(5000);
    await asking;
    expect(new Set(statuses)).toEqual(new Set([200]));
    // What ran was metered: there is an answer for each.
    expect(await recordedFacts(dataFolder, 'acme', started)).toHaveLength(statuses.length);
  });

  it('by SIGKILL takes the processes that run models with it', async () => {
    const dataFolder = newFolder();
    const server = await start({ dataFolder, env: withKey });
    await serveModel(await createTenant(httpClient(server.url, adminKey), 'acme'), 'adder', addOne);
    const models = descendantsOf(server.pid);
    expect(models.length).toBeGreaterThan(0);
    await server.stop('SIGKILL');
    await waitUntil('the model processes to end', async () => (models.some(isAlive) ? undefined : true), { withinMillis: 5000 });
  });
});

describe('a server that cannot start', () => {
  it('says that its port is in use', async () => {
    const first = await start({ dataFolder: newFolder(), env: withKey });
    const { port } = new URL(first.url);
    const { code, said } = await startInVain({ dataFolder: newFolder(), env: { ...withKey, PORT: port } });
    expect(code).toBe(1);
    expect(said).toMatch(oneSentence);
    expect(said).toContain(`Port ${port} is in use`);
  });

  it('makes no key where its port is in use: the first start that succeeds tells it', async () => {
    const first = await start({ dataFolder: newFolder(), env: withKey });
    const dataFolder = newFolder();
    const { printed } = await startInVain({ dataFolder, env: { PORT: new URL(first.url).port } });
    const second = await start({ dataFolder });
    expect(printed).not.toContain('hyb_platform_');
    expect(second.output()).toMatch(/hyb_platform_\S+/);
  });

  it('says that its host is no address of this machine', async () => {
    const { code, said } = await startInVain({ dataFolder: newFolder(), env: { ...withKey, HOST: '192.0.2.1' } });
    expect(code).toBe(1);
    expect(said).toMatch(oneSentence);
    expect(said).toContain('HOST 192.0.2.1 is no address of this machine');
  });

  it('names the data folder that it cannot use', async () => {
    const dataFolder = join(newFolder(), 'file');
    writeFileSync(dataFolder, '');
    const { code, said } = await startInVain({ dataFolder, env: withKey });
    expect(code).toBe(1);
    expect(said).toMatch(oneSentence);
    expect(said).toContain(`The data folder ${dataFolder} cannot be used`);
  });

  it('says that another server holds its data folder, which goes on', async () => {
    const dataFolder = newFolder();
    const first = await start({ dataFolder, env: withKey });
    const { code, said } = await startInVain({ dataFolder, env: withKey });
    expect(code).toBe(1);
    expect(said).toMatch(oneSentence);
    expect(said).toContain(`${dataFolder} is in use by another process (${first.pid})`);
    expect((await httpClient(first.url, adminKey).get('/v1/tenants')).status).toBe(200);
  });

  it('says that a later version wrote its data folder, and leaves it as it is', async () => {
    const dataFolder = newFolder();
    const format = JSON.stringify({ format: 999 });
    writeFileSync(join(dataFolder, 'format.json'), format);
    const { code, said } = await startInVain({ dataFolder, env: withKey });
    expect(code).toBe(1);
    expect(said).toMatch(oneSentence);
    expect(said).toContain(`${dataFolder} has format 999`);
    expect(readFileSync(join(dataFolder, 'format.json'), 'utf8')).toBe(format);
  });
});

describe('what a server says', () => {
  it('is its URL, and the first key once and never again', async () => {
    const dataFolder = newFolder();
    const first = await start({ dataFolder });
    const key = /hyb_platform_\S+/.exec(first.output())?.[0] ?? '';
    expect((await httpClient(first.url, key).get('/v1/tenants')).status).toBe(200);
    expect(first.output().split(key)).toHaveLength(2);
    await first.stop();

    const second = await start({ dataFolder });
    expect(second.output()).toBe(`${second.url}\n`);
    expect(second.log()).not.toContain(key);
    expect((await httpClient(second.url, key).get('/v1/tenants')).status).toBe(200);
  });

  it('on standard error are JSON lines of its requests, without keys or payloads', async () => {
    const server = await start({ dataFolder: newFolder(), env: withKey });
    const tenant = await createTenant(httpClient(server.url, adminKey), 'acme');
    await serveModel(tenant, 'adder', addOne);
    const payload = '31337.125';
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const body = { inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data: [Number(payload), 1] }] };
    expected(await tenant.post('/v2/models/adder/infer', body, { traceparent }), 200);
    expected(await tenant.post('/v2/models/adder/infer', { inputs: [{ ...body.inputs[0], name: `secret-${payload}` }] }), 422);
    expected(await tenant.post('/v1/models', { name: 'other', description: payload }), 201);
    await server.stop();

    const lines = server
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const inference = lines.find(({ trace_id }) => trace_id === '4bf92f3577b34da6a3ce929d0e0e4736');
    expect(inference).toMatchObject({ level: 'INFO', tenant: 'acme', status: 200, duration_ms: expect.any(Number) });
    expect(inference.route).toMatch(/^POST \/v2\/models\/\{endpoint\}\/infer$/);
    for (const secret of [adminKey, tenant.key?.split('_').at(-1) ?? adminKey, payload]) expect(server.log()).not.toContain(secret);
  });
});

describe('a model of 300 MB', () => {
  it('goes through the server in no more than 100 MB more of memory, and serves', { timeout: 120_000 }, async () => {
    const server = await start({ dataFolder: newFolder(), env: withKey });
    const tenant = await createTenant(httpClient(server.url, adminKey), 'acme');
    await serveModel(tenant, 'adder', addOne);
    expected(await tenant.post('/v1/models', { name: 'large' }), 201);
    const floats = 75_000_000;
    const { sizeBytes, body } = largeModel(floats);
    const before = residentBytes(server.pid);
    let highest = before;
    const watching = setInterval(() => {
      highest = Math.max(highest, residentBytes(server.pid));
    }, 10);

    const headers = { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/octet-stream' };
    const sending = { method: 'POST', headers, body: Readable.toWeb(Readable.from(body())), duplex: 'half' } as unknown as RequestInit;
    const response = await fetch(`${server.url}/v1/models/large/versions`, sending);
    expect(await response.json()).toMatchObject({ version: '1', sizeBytes });
    expected(await tenant.put('/v1/endpoints/large', { model: 'large', version: '1' }), 202);
    await waitForServing(tenant, 'large', '1');
    const positions = [0, 123_456, floats - 1];
    const inputs = [{ name: 'index', datatype: 'INT64', shape: [positions.length], data: positions }];
    const answer = expected(await tenant.post<{ outputs: { data: number[] }[] }>('/v2/models/large/infer', { inputs }), 200);
    clearInterval(watching);

    expect(answer.outputs[0]?.data).toEqual(positions.map(tableValue));
    const grown = (highest - before) / 1024 ** 2;
    console.info(`uploading ${Math.round(sizeBytes / 1024 ** 2)} MiB and serving it grew the server by ${grown.toFixed(1)} MiB at most`);
    expect(grown).toBeLessThan(100);
  });
});
