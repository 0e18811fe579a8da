import { describe, expect, it } from 'vitest';
import { rejection } from '../conformance/harness.ts';
import { GcpError } from './errors.ts';
import { pubSub, secretManager, storage } from './services.ts';
import { type Answer, answeringClient, connectionReset, fault, ok, someone } from './test-answers.ts';

const request = { operation: 'Publish', path: '/v1/projects/p/topics/t:publish', json: { messages: [] } };
const caught = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);

describe('a call to Google Cloud', () => {
  it('goes to the service as who the function is', async () => {
    const { client, sent } = answeringClient([ok({ messageIds: ['1'] })]);
    expect(await client.call(pubSub, request)).toEqual({ messageIds: ['1'] });
    expect(sent).toEqual([
      {
        url: 'https://pubsub.googleapis.com/v1/projects/p/topics/t:publish',
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer token' },
        body: { messages: [] },
      },
    ]);
  });

  it('goes to an emulator where the environment names one, which is not told who asks', async () => {
    const environment = { PUBSUB_EMULATOR_HOST: '127.0.0.1:8085', HYBRID_SECRETMANAGER_ENDPOINT: 'http://127.0.0.1:1/' };
    const { client, sent } = answeringClient([ok(), ok()], { environment });
    await client.call(pubSub, request);
    await client.call(secretManager, { operation: 'Access', path: '/v1/a' });
    expect(sent.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['http://127.0.0.1:8085/v1/projects/p/topics/t:publish', undefined],
      ['http://127.0.0.1:1/v1/a', 'Bearer token'],
    ]);
  });

  it.each<[string, Answer]>([
    ['UNAVAILABLE', fault(503, 'UNAVAILABLE')],
    ['ABORTED', fault(409, 'ABORTED')],
    ['RESOURCE_EXHAUSTED', fault(429, 'RESOURCE_EXHAUSTED')],
    ['INTERNAL', fault(500, 'INTERNAL')],
    ['DEADLINE_EXCEEDED', fault(504, 'DEADLINE_EXCEEDED')],
    ['a proxy that answers in HTML', { status: 502, body: '<html>502</html>' }],
    ['an error in a stream', { status: 503, body: [{ error: { code: 503, message: 'm', status: 'UNAVAILABLE' } }] }],
    ['a broken connection', connectionReset()],
  ])('is made again after %s', async (_, answer) => {
    const { client, sent, waits } = answeringClient([answer, ok({ done: true })]);
    expect(await client.call(pubSub, request)).toEqual({ done: true });
    expect(sent).toHaveLength(2);
    expect(waits).toEqual([50]);
  });

  it('is made again after no answer in time', async () => {
    const { client } = answeringClient(['silence', ok({ done: true })]);
    expect(await client.call(pubSub, { ...request, timeoutMillis: 20 })).toEqual({ done: true });
  });

  it('waits as long as the service asks, in a header or a detail', async () => {
    const inHeader: Answer = { status: 429, body: {}, headers: { 'retry-after': '3' } };
    const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' };
    const { client, waits } = answeringClient([inHeader, fault(429, 'RESOURCE_EXHAUSTED', 'slowly', [retryInfo]), ok()]);
    await client.call(pubSub, request);
    expect(waits).toEqual([3000, 1500]);
  });

  it('is given up after six attempts, with the error of the last, which tells a caller nothing of the project', async () => {
    const { client, sent } = answeringClient(Array.from({ length: 6 }, () => fault(503, 'UNAVAILABLE', 'projects/secret-project is busy')));
    const error = await caught(client.call(pubSub, request));
    expect(sent).toHaveLength(6);
    expect(error).toBeInstanceOf(GcpError);
    expect((error as GcpError).failure).toMatchObject({ failure: 'unavailable', code: 'cloud-unavailable' });
    expect((error as GcpError).failure.detail).not.toContain('secret-project');
    expect((error as GcpError).message).toContain('Pub/Sub Publish: UNAVAILABLE (503): projects/secret-project is busy');
  });

  it.each([
    ['INVALID_ARGUMENT', 400],
    ['PERMISSION_DENIED', 403],
    ['NOT_FOUND', 404],
    ['ALREADY_EXISTS', 409],
    ['FAILED_PRECONDITION', 400],
  ])('is not made again after %s', async (code, status) => {
    const { client, sent } = answeringClient([fault(status, code)]);
    expect(await caught(client.call(pubSub, request))).toMatchObject({ details: { code, status } });
    expect(sent).toHaveLength(1);
  });

  it('renews the token once where it is not accepted, and then says so', async () => {
    const forgotten: string[] = [];
    const identity = { ...someone, forget: (token: string) => void forgotten.push(token) };
    const refused = fault(401, 'UNAUTHENTICATED', 'token expired');
    const { client, sent } = answeringClient([refused, ok()], { identity });
    await client.call(pubSub, request);
    expect([sent.length, forgotten]).toEqual([2, ['token']]);
    const again = answeringClient([refused, refused], { identity });
    expect(await rejection(again.client.call(pubSub, request))).toEqual({ failure: 'unavailable', code: 'cloud-credentials' });
    expect(again.sent).toHaveLength(2);
  });

  it('of a stream is made once', async () => {
    const { client, sent } = answeringClient([fault(503, 'UNAVAILABLE'), ok()]);
    const body = new Blob(['x']).stream();
    await expect(client.request(storage, { operation: 'Put', method: 'PUT', path: '/x', body })).rejects.toThrow('UNAVAILABLE');
    expect(sent).toHaveLength(1);
  });
});
