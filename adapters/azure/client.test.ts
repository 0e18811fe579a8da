import { describe, expect, it } from 'vitest';
import { rejection } from '../conformance/harness.ts';
import type { AzureClient } from './client.ts';
import { AzureError } from './errors.ts';
import { blobs, cosmos, eventGrid, keyVault, queues } from './services.ts';
import { type Answer, answeringClient, connectionReset, ok, storageFault } from './test-answers.ts';

const url = 'https://account.blob.core.windows.net/container/a';
const get = { operation: 'GetBlob', method: 'GET', url };
const call = (client: AzureClient) => client.call(blobs, get);
const errorOf = async (calling: Promise<unknown>): Promise<AzureError> => {
  const error: unknown = await calling.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AzureError);
  return error as AzureError;
};

describe('the identity of a call', () => {
  it('is a token for the service that is called, as that wants it', async () => {
    const { client, sent, asked } = answeringClient([ok(), ok(), ok(), ok(), ok()]);
    for (const service of [cosmos, blobs, queues, eventGrid, keyVault]) await client.call(service, get);
    expect(asked.map((request) => new URL(request.url).searchParams.get('resource'))).toEqual([
      'https://cosmos.azure.com',
      'https://storage.azure.com',
      'https://eventgrid.azure.net',
      'https://vault.azure.net',
    ]);
    expect(asked[0]?.url).toContain('api-version=2019-08-01&client_id=client-1');
    expect(asked[0]?.headers).toEqual({ 'x-identity-header': 'secret-header' });
    expect(sent[0]?.headers.authorization).toBe('type%3Daad%26ver%3D1.0%26sig%3Dtoken-1');
    expect([sent[1]?.headers.authorization, sent[2]?.headers.authorization]).toEqual(['Bearer token-2', 'Bearer token-2']);
    expect(sent[1]?.headers['x-ms-version']).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
  it('is asked for once by many calls at once', async () => {
    const { client, asked } = answeringClient(Array.from({ length: 20 }, () => ok()));
    await Promise.all(Array.from({ length: 20 }, () => call(client)));
    expect(asked).toHaveLength(1);
  });
  it('is renewed before it ends, by a call that does not wait for it', async () => {
    const { client, clock, sent, asked } = answeringClient([ok(), ok(), ok()]);
    await call(client);
    clock.advance(3600 - 299);
    await call(client);
    await new Promise((resolve) => setImmediate(resolve));
    await call(client);
    expect(asked).toHaveLength(2);
    expect(sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-1', 'Bearer token-2']);
  });
  it('serves until it ends where it cannot be renewed, and no longer', async () => {
    const first = ok({ access_token: 'old', expires_on: String(Date.parse('2026-11-01T12:00:00Z') / 1000 + 3600) });
    const refused: Answer = { status: 400, body: '{"statusCode":400,"message":"Identity not found"}' };
    const { client, clock } = answeringClient([ok(), ok(), ok()], { identity: [first, refused, refused] });
    await call(client);
    clock.advance(3500);
    await call(client);
    clock.advance(100);
    expect(await rejection(call(client))).toEqual({ failure: 'unavailable', code: 'cloud-credentials' });
  });
  it('is missing where the platform gives none: one clear error, and nothing is sent', async () => {
    const { client, sent, asked } = answeringClient([], { environment: {} });
    const error = await errorOf(call(client));
    expect(error.failure).toMatchObject({ code: 'cloud-credentials', detail: expect.stringContaining('identity') });
    expect(error.message).toBe('Managed identity GetToken: MissingIdentity (0): IDENTITY_ENDPOINT and IDENTITY_HEADER are not set');
    expect([sent, asked]).toEqual([[], []]);
  });
  it.each<[string, Answer]>([
    ['is refused', { status: 400, body: '{"message":"No User Assigned or Delegated Managed Identity found"}' }],
    ['comes without a token', ok({})],
    ['is no JSON', ok('<html>')],
  ])('that %s is one clear error', async (_, answer) => {
    const { client, waits } = answeringClient([], { identity: [answer] });
    expect(await rejection(call(client))).toEqual({ failure: 'unavailable', code: 'cloud-credentials' });
    expect(waits).toEqual([]);
  });
  it('is asked for again where the endpoint is not ready, and only as often as any call', async () => {
    const busy: Answer = { status: 503, body: '' };
    const { client, asked } = answeringClient([ok()], {
      identity: [busy, connectionReset(), ok({ access_token: 't', expires_on: '4000000000' })],
    });
    await call(client);
    expect(asked).toHaveLength(3);
    const down = answeringClient([], { identity: Array.from({ length: 20 }, () => busy) });
    expect((await errorOf(call(down.client))).details).toMatchObject({ service: 'Managed identity', status: 503 });
    expect(down.asked).toHaveLength(6);
  });
  it('is renewed once where a service does not accept it', async () => {
    const refused = storageFault(401, 'InvalidAuthenticationInfo');
    const { client, sent } = answeringClient([refused, ok('fine')]);
    expect((await call(client)).body).toBe('fine');
    expect(sent.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2']);
    const again = answeringClient([refused, refused]);
    expect((await errorOf(call(again.client))).failure.code).toBe('cloud-credentials');
  });
});

describe('a call that fails', () => {
  it.each<[string, Answer, number]>([
    ['a broken connection', connectionReset(), 50],
    ['a busy server', storageFault(503, 'ServerBusy'), 50],
    ['an internal error', storageFault(500, 'InternalError'), 50],
    ['throttling, which says for how long', { status: 429, headers: { 'x-ms-retry-after-ms': '1234', 'retry-after': '9' } }, 1234],
    ['throttling, which says so in seconds', { status: 429, headers: { 'retry-after': '2' } }, 2000],
    ['a write that lost against another', { status: 449 }, 50],
  ])('by %s is tried again', async (_, fault, wait) => {
    const { client, waits } = answeringClient([fault, ok('done')]);
    expect(await call(client)).toMatchObject({ body: 'done', attempts: 2 });
    expect(waits).toEqual([wait]);
  });
  it('again and again is given up on Azure after six attempts, with the error of the last', async () => {
    const { client, sent, waits } = answeringClient(Array.from({ length: 7 }, () => storageFault(503, 'ServerBusy')));
    const error = await errorOf(call(client));
    expect(error.details).toMatchObject({ code: 'ServerBusy', status: 503, attempts: 6, requestId: 'r-1' });
    expect(error.failure.detail).toBe(
      'The cloud did not do what the platform asked of it (Blob Storage GetBlob: ServerBusy); try again later.',
    );
    expect([sent.length, waits]).toEqual([6, [50, 100, 200, 400, 800]]);
  });
  it('is not tried again where the server wants to be left alone for long', async () => {
    const { client, waits } = answeringClient([{ status: 429, headers: { 'retry-after': '600' } }]);
    expect((await errorOf(call(client))).details.retryAfterMillis).toBe(600_000);
    expect(waits).toEqual([]);
  });
  it('for good is not tried again', async () => {
    const { client, sent } = answeringClient([storageFault(403, 'AuthorizationPermissionMismatch')]);
    const error = await errorOf(call(client));
    expect([error.failure.code, error.details.code, sent.length]).toEqual(['cloud-unavailable', 'AuthorizationPermissionMismatch', 1]);
  });
  it('by silence is given up after its time', async () => {
    const { client } = answeringClient(['silence', 'silence', 'silence', 'silence', 'silence', 'silence']);
    const error = await errorOf(client.call(blobs, { ...get, timeoutMillis: 5 }));
    expect(error.details).toMatchObject({ code: 'AttemptTimedOut', attempts: 6 });
  });
  it('says what a service says, in its own form', async () => {
    const inError: Answer = { status: 400, body: '{"error":{"code":"BadParameter","message":"no"}}' };
    const onTop: Answer = {
      status: 403,
      body: '{"code":"Forbidden","message":"full"}',
      headers: { 'x-ms-substatus': '1014', 'x-ms-activity-id': 'act' },
    };
    const { client } = answeringClient([inError, onTop, { status: 404, body: '' }]);
    expect((await errorOf(call(client))).details).toMatchObject({ code: 'BadParameter', message: 'no' });
    expect((await errorOf(call(client))).details).toMatchObject({ code: 'Forbidden', substatus: 1014, requestId: 'act' });
    expect((await errorOf(call(client))).details).toMatchObject({ code: 'Http404' });
  });
  it('shows loggers nothing of what was answered', async () => {
    const { client } = answeringClient([storageFault(403, 'AuthorizationPermissionMismatch')]);
    expect(JSON.stringify(await errorOf(call(client)))).not.toContain('RequestId');
  });
});

it('what Cosmos DB charges is added up until it is told, also for what fails', async () => {
  const charge = (units: string, status = 200): Answer => ({ status, body: '{}', headers: { 'x-ms-request-charge': units } });
  const { client } = answeringClient([charge('6.67'), charge('0.38', 429), charge('1'), charge('2')]);
  await client.call(cosmos, get);
  await client.call(cosmos, get);
  expect(client.takeRequestUnits()).toBeCloseTo(8.05);
  await client.call(cosmos, get);
  expect(client.takeRequestUnits()).toBeCloseTo(2);
});
