import { createPublicKey, verify } from 'node:crypto';
import { CloudTasksClient, type protos } from '@google-cloud/tasks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backoffSeconds } from './cloud-tasks/retry.ts';
import { googleError, startCloudTasks } from './cloud-tasks.ts';
import { type FakeAnswer, type FakeRequest, type RunningFake, startFake } from './server.ts';
import { makeTokenSigner } from './token-signer.ts';
import { claimsOf } from './tokens.ts';

const location = 'projects/p/locations/l';
const parent = `${location}/queues/chores`;
const bodyOf = ({ body }: FakeRequest) => body.toString();

/** Long enough for a machine that has much else to do. */
const until = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 10_000, interval: 5 });

describe('the fake of Cloud Tasks, asked by the vendor’s client over REST', () => {
  const signer = makeTokenSigner();
  let fake: RunningFake;
  let worker: RunningFake;
  let client: CloudTasksClient;
  let seen: FakeRequest[];
  let answer: (request: FakeRequest) => FakeAnswer;

  /** What the client asks of a Google identity, without one. */
  const auth = {
    getUniverseDomain: async () => 'googleapis.com',
    getClient: async () => ({ universeDomain: 'googleapis.com' }),
    fetch: (url: string, { agent: _, responseType: __, ...init }: RequestInit & { agent?: unknown; responseType?: unknown }) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', 'Bearer ya29.fake');
      return fetch(url, { ...init, headers });
    },
  };
  beforeEach(async () => {
    fake = await startCloudTasks({ millisPerSecond: 10, signer });
    seen = [];
    answer = () => ({ status: 200 });
    worker = await startFake((request) => {
      seen.push(request);
      return answer(request);
    });
    const { hostname, port } = new URL(fake.url);
    client = new CloudTasksClient({ fallback: true, protocol: 'http', apiEndpoint: hostname, port: Number(port), auth: auth as never });
    const retryConfig = { maxAttempts: 5, minBackoff: { seconds: 1 }, maxBackoff: { seconds: 4 }, maxDoublings: 1 };
    await client.createQueue({ parent: location, queue: { name: parent, retryConfig } });
  });
  afterEach(async () => {
    await client.close();
    await fake.close();
    await worker.close();
  });

  const create = async (task: protos.google.cloud.tasks.v2.ITask) =>
    (await client.createTask({ parent, task: { ...task, httpRequest: { url: `${worker.url}/work`, ...task.httpRequest } } }))[0];
  const inSeconds = (seconds: number) => ({ seconds: Math.floor(Date.now() / 1000) + seconds });
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => 'no failure',
      (error: { code: number }) => error.code,
    );
  const names = async () => (await client.listTasks({ parent }))[0].map(({ name }) => name?.split('/').at(-1));

  it('sends a task with its method, headers and body, and forgets it when it was taken', async () => {
    const body = Buffer.from('{"n":1}');
    const task = await create({
      httpRequest: { httpMethod: 'PUT', headers: { 'Content-Type': 'application/json', 'User-Agent': 'me' }, body },
    });
    await until(() => seen.length).toBe(1);
    expect(seen.map(bodyOf)).toEqual(['{"n":1}']);
    const [request] = seen;
    expect([request?.method, request?.path, request?.header('content-type'), request?.header('user-agent')]).toEqual([
      'PUT',
      '/work',
      'application/json',
      'Google-Cloud-Tasks',
    ]);
    expect(request?.header('x-cloudtasks-queuename')).toBe('chores');
    expect(request?.header('x-cloudtasks-taskname')).toBe(task.name?.split('/').at(-1));
    await until(names).toEqual([]);
  });
  it('holds a task back until its time', async () => {
    const sent = Date.now();
    await create({ scheduleTime: inSeconds(20) });
    await until(() => seen.length).toBe(1);
    const waited = Date.now() - sent;
    expect(waited).toBeGreaterThanOrEqual(180);
    expect(waited).toBeLessThan(5000);
  });
  it('tries again after its back-off, and says how often it did and what came of it', async () => {
    answer = () => ({ status: [500, 400, 200][seen.length - 1] ?? 200 });
    await create({});
    await until(() => seen.length).toBe(3);
    const headers = ['x-cloudtasks-taskretrycount', 'x-cloudtasks-taskexecutioncount', 'x-cloudtasks-taskpreviousresponse'];
    expect(seen.map(({ header }) => headers.map((name) => header(name)))).toEqual([
      ['0', '0', undefined],
      ['1', '0', '500'],
      ['2', '1', '400'],
    ]);
    expect(Number(seen[0]?.header('x-cloudtasks-tasketa'))).toBeCloseTo(Date.now() / 1000, -2);
  });
  it('gives up after its attempts, and keeps nothing of it', async () => {
    answer = () => ({ status: 503, headers: { 'retry-after': '1' } });
    await create({});
    await until(() => seen.length).toBe(5);
    await until(names).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(seen).toHaveLength(5);
  });
  it('doubles its back-off, then grows by steps, up to its most', () => {
    const config = { maxAttempts: -1, minBackoff: '10s', maxBackoff: '300s', maxDoublings: 3 };
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((attempts) => backoffSeconds(attempts, config))).toEqual([10, 20, 40, 80, 160, 240, 300, 300]);
  });
  it('proves who it is with a token for the worker that anyone can check', async () => {
    await create({ httpRequest: { oidcToken: { serviceAccountEmail: 'tasks@p.iam.gserviceaccount.com' } } });
    await create({ httpRequest: { oidcToken: { serviceAccountEmail: 'tasks@p.iam.gserviceaccount.com', audience: 'https://edge' } } });
    await until(() => seen.length).toBe(2);
    const tokens = seen.map(({ header }) => header('authorization')?.replace('Bearer ', '') ?? '');
    expect(
      tokens
        .map(claimsOf)
        .map((claims) => claims?.aud)
        .sort(),
    ).toEqual([`${worker.url}/work`, 'https://edge'].sort());
    expect(claimsOf(tokens[0] ?? '')).toMatchObject({
      iss: 'https://accounts.google.com',
      email: 'tasks@p.iam.gserviceaccount.com',
      email_verified: true,
    });
    const [header, claims, signature] = tokens[0]?.split('.') ?? [];
    const [key] = signer.keySet().keys as [never];
    const publicKey = createPublicKey({ key, format: 'jwk' });
    expect(verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature ?? '', 'base64url'))).toBe(true);
  });
  it('takes a name once, also of a task that was executed or deleted lately', async () => {
    const named = (id: string, more = {}) => create({ name: `${parent}/tasks/${id}`, ...more });
    await named('executed');
    await named('waiting', { scheduleTime: inSeconds(1000) });
    await named('deleted', { scheduleTime: inSeconds(1000) });
    await client.deleteTask({ name: `${parent}/tasks/deleted` });
    await until(names).toEqual(['waiting']);
    for (const id of ['executed', 'waiting', 'deleted']) expect(await failure(named(id)), id).toBe(6);
    expect(await failure(named('not allowed'))).toBe(3);
  });
  it('holds a paused queue’s tasks, but for one that is told to run', async () => {
    await client.pauseQueue({ name: parent });
    const first = await create({});
    const second = await create({});
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(seen).toEqual([]);
    await client.runTask({ name: first.name ?? '' });
    await until(() => seen.length).toBe(1);
    await client.resumeQueue({ name: parent });
    await until(() => seen.length).toBe(2);
    expect(seen[1]?.header('x-cloudtasks-taskname')).toBe(second.name?.split('/').at(-1));
  });
  it('lists tasks page by page, their bodies where asked, and deletes them', async () => {
    const ids = ['a', 'b', 'c'];
    for (const id of ids)
      await create({ name: `${parent}/tasks/${id}`, scheduleTime: inSeconds(1000), httpRequest: { body: Buffer.from(id) } });
    const [page, , response] = await client.listTasks({ parent, pageSize: 2 }, { autoPaginate: false });
    expect([page.length, response?.nextPageToken]).toEqual([2, '2']);
    expect(await names()).toEqual(ids);
    expect((await client.getTask({ name: `${parent}/tasks/a` }))[0].httpRequest?.body?.length ?? 0).toBe(0);
    const [full] = await client.getTask({ name: `${parent}/tasks/a`, responseView: 'FULL' });
    expect(Buffer.from(full.httpRequest?.body as Uint8Array).toString()).toBe('a');
    await client.deleteTask({ name: `${parent}/tasks/a` });
    expect(await failure(client.getTask({ name: `${parent}/tasks/a` }))).toBe(5);
    await client.purgeQueue({ name: parent });
    expect(await names()).toEqual([]);
  });
  it('refuses what the reference does not allow', async () => {
    expect(await failure(create({ scheduleTime: inSeconds(31 * 24 * 3600) }))).toBe(3);
    expect(await failure(create({ httpRequest: { body: Buffer.alloc(100 * 1024) } }))).toBe(3);
    expect(await failure(create({ httpRequest: { httpMethod: 'GET', body: Buffer.from('x') } }))).toBe(3);
    expect(await failure(create({ httpRequest: { url: 'ftp://x' } }))).toBe(3);
    expect(await failure(create({ dispatchDeadline: { seconds: 5 } }))).toBe(3);
    expect(await failure(client.createTask({ parent: `${location}/queues/none`, task: {} }))).toBe(5);
  });
  it('does not let a queue’s name be used again for 7 days', async () => {
    expect((await client.listQueues({ parent: location }))[0].map(({ name }) => name)).toEqual([parent]);
    expect(await failure(client.createQueue({ parent: location, queue: { name: parent } }))).toBe(6);
    await client.deleteQueue({ name: parent });
    expect(await failure(client.getQueue({ name: parent }))).toBe(5);
    expect(await failure(client.createQueue({ parent: location, queue: { name: parent } }))).toBe(9);
  });
  it('is asked with a token, and may be unavailable', async () => {
    expect((await fetch(`${fake.url}/v2/${parent}/tasks`)).status).toBe(401);
    fake.intercept(() => googleError('RESOURCE_EXHAUSTED', 'Quota exceeded.'));
    expect(await failure(create({}))).toBe(8);
  });
});
