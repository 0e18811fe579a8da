import { describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { rejection } from '../conformance/harness.ts';
import { eventGridBus } from './event-bus.ts';
import { bodyOf, postponeMessage, storageQueue } from './queue.ts';
import { vaultSecrets } from './secrets.ts';
import { type Answer, answeringClient, connectionReset, ok, storageFault } from './test-answers.ts';

const nobody = { put: async () => Promise.reject(new TypeError('nothing here is large')) };
const queueUrl = 'https://account.queue.core.windows.net/models-jobs';
const created: Answer = { status: 201, body: '<QueueMessagesList/>' };

describe('a message for Azure Storage', () => {
  const send = async (answers: readonly Answer[], body: string, delaySeconds?: number) => {
    const { client, sent, waits } = answeringClient(answers);
    await storageQueue({ client, queueUrl, largeEvents: nobody }).send([{ body, ...(delaySeconds === undefined ? {} : { delaySeconds }) }]);
    return { sent, waits };
  };
  it('is sent in base64, to stay until it is done, and hidden for whole seconds', async () => {
    const { sent } = await send([created], 'ä', 1.2);
    expect(sent[0]?.url).toBe(`${queueUrl}/messages?messagettl=-1&visibilitytimeout=2`);
    const text = /<MessageText>(.*)<\/MessageText>/.exec(sent[0]?.body ?? '')?.[1] ?? '';
    expect(JSON.parse(Buffer.from(text, 'base64').toString())).toEqual({ id: expect.any(String), body: 'ä' });
  });
  it('is sent again where the queue is busy, with the same id', async () => {
    const { sent, waits } = await send([storageFault(503, 'ServerBusy', { 'retry-after': '1' }), connectionReset(), created], 'x');
    expect(waits).toEqual([1000, 100]);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
  });
  it('is not sent where the queue is gone or not granted', async () => {
    for (const fault of [storageFault(404, 'QueueNotFound'), storageFault(403, 'AuthorizationPermissionMismatch')])
      expect(await rejection(send([fault], 'x'))).toEqual({ failure: 'unavailable', code: 'cloud-unavailable' });
  });
  it('is hidden for at most seven days, without its text being touched', async () => {
    const { client, sent } = answeringClient([{ status: 204 }]);
    await postponeMessage(client, queueUrl, { id: 'a b', popReceipt: 'p+/=' }, 1e9);
    expect(sent[0]).toMatchObject({
      method: 'PUT',
      url: `${queueUrl}/messages/a%20b?popreceipt=p%2B%2F%3D&visibilitytimeout=604800`,
      body: '',
    });
  });
  it('that is none says so', async () => {
    for (const delivered of [undefined, 'text', {}, { id: 'a', bodyref: 'queued/other.json' }])
      expect((await rejection(bodyOf(delivered, { get: async () => undefined }))).code).toBe('not-a-message');
  });
});

describe('events for Event Grid', () => {
  const event = { id: '1', source: '/models', type: 'a', data: {} } as unknown as CloudEvent;
  const publish = async (...answers: readonly Answer[]) => {
    const { client, sent } = answeringClient(answers);
    await eventGridBus({ client, endpoint: 'https://topic.westeurope-1.eventgrid.azure.net/api/events', largeEvents: nobody }).publish([
      event,
    ]);
    return sent;
  };
  it('are posted as a batch to the topic, and again where it is throttled', async () => {
    const sent = await publish({ status: 429, headers: { 'retry-after': '1' } }, ok());
    expect(sent).toHaveLength(2);
    expect(sent[1]).toMatchObject({
      url: 'https://topic.westeurope-1.eventgrid.azure.net/api/events?api-version=2018-01-01',
      body: JSON.stringify([event]),
    });
    expect(sent[1]?.headers['content-type']).toBe('application/cloudevents-batch+json; charset=utf-8');
  });
  it.each([400, 403, 413])('that are refused for good (%d) are not posted again', async (status) => {
    const refused: Answer = { status, body: JSON.stringify({ error: { code: 'BadRequest', message: 'no' } }) };
    expect(await rejection(publish(refused))).toEqual({ failure: 'unavailable', code: 'cloud-unavailable' });
  });
});

describe('secrets in Key Vault', () => {
  const secretUrl = 'https://vault.vault.azure.net/secrets/models';
  const holding = (value: unknown) => ok({ value: typeof value === 'string' ? value : JSON.stringify(value) });
  const secretsOn = (...answers: readonly Answer[]) => {
    const { client, clock, sent } = answeringClient(answers);
    return { secrets: vaultSecrets({ client, secretUrl, clock }), clock, sent };
  };
  it('are read once in five minutes, and then again', async () => {
    const { secrets, clock, sent } = secretsOn(holding({ key: 'old' }), holding({ key: 'new' }));
    expect([await secrets.get('key'), await secrets.get('key')]).toEqual(['old', 'old']);
    clock.advance(300);
    expect([await secrets.get('key'), sent.length]).toEqual(['new', 2]);
  });
  it('are none where nothing was put yet, and asked for again after a failure', async () => {
    const none: Answer = { status: 404, body: JSON.stringify({ error: { code: 'SecretNotFound', message: 'no' } }) };
    const forbidden: Answer = { status: 403, body: JSON.stringify({ error: { code: 'Forbidden', message: 'no' } }) };
    const { secrets } = secretsOn(forbidden, none);
    expect((await rejection(secrets.get('key'))).code).toBe('cloud-unavailable');
    expect(await secrets.get('key')).toBeUndefined();
  });
  it('are refused past 25 KB, and never told in a failure', async () => {
    expect(await rejection(secretsOn(holding({})).secrets.put('key', 'x'.repeat(25 * 1024)))).toEqual({
      failure: 'too-large',
      code: 'secret-too-large',
    });
    const failure = await secretsOn(holding('{"key":"sesame"'), holding(''))
      .secrets.get('key')
      .catch((error: Error) => error);
    expect(JSON.stringify(failure) + String(failure)).not.toContain('sesame');
    expect(failure).toMatchObject({ failure: { code: 'secrets-malformed' } });
  });
});
