import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid';
import { SecretClient } from '@azure/keyvault-secrets';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { JsonObject } from '../../domain/kernel/json.ts';
import { eventOf } from '../cloud/large-events.ts';
import { storageQueue as delivering, type RunningEventGrid, startEventGrid } from '../conformance/fakes/event-grid.ts';
import { startKeyVault } from '../conformance/fakes/key-vault.ts';
import { unsignedToken } from '../conformance/fakes/tokens.ts';
import { systemClock } from '../system/system-clock.ts';
import { eventGridBus } from './event-bus.ts';
import { blobObjectStore } from './object-store.ts';
import { bodyOf, postponeMessage, storageQueue } from './queue.ts';
import { vaultSecrets } from './secrets.ts';
import { identifiedClient, makeContainer, makeQueue, vendorQueues } from './test-azurite.ts';

const { client } = identifiedClient();
const nobody = { get: async () => undefined, put: async () => Promise.reject(new TypeError('nothing here is large')) };

const event: CloudEvent = {
  specversion: '1.0',
  id: '1',
  source: '/models',
  type: 'model-deployed',
  subject: 'digits',
  time: '2026-11-01T12:00:00.000Z',
  datacontenttype: 'application/json',
  tenantid: 'acme',
  principal: 'key:ada',
  sequence: '1',
  data: { name: 'dïgits', list: [1, null] },
};

describe('messages of the adapter and of the official client on azurite', () => {
  const official = async () => {
    const queueUrl = await makeQueue();
    return { queueUrl, queue: vendorQueues().getQueueClient(queueUrl.slice(queueUrl.lastIndexOf('/') + 1)) };
  };
  const received = async (queue: Awaited<ReturnType<typeof official>>['queue']) => {
    const [message] = (await queue.receiveMessages({ visibilityTimeout: 30 })).receivedMessageItems;
    return message;
  };

  it('are read alike', async () => {
    const { queueUrl, queue } = await official();
    await storageQueue({ client: client(), queueUrl, largeEvents: nobody }).send([{ body: { tenant: 'acme', text: 'ä 😀 <&>' } }]);
    const message = await received(queue);
    const json = JSON.parse(Buffer.from(message?.messageText ?? '', 'base64').toString()) as JsonObject;
    expect(await bodyOf(json, nobody)).toEqual({ tenant: 'acme', text: 'ä 😀 <&>' });
    expect(message?.expiresOn.getTime()).toBeGreaterThan(Date.now() + 365 * 24 * 3600 * 1000);
  });
  it('go by reference where they are too large, and are read by nobody but who knows them', async () => {
    const { queueUrl, queue } = await official();
    const largeEvents = blobObjectStore({ client: client(), containerUrl: await makeContainer(), clock: systemClock });
    await storageQueue({ client: client(), queueUrl, largeEvents }).send([{ body: 'x'.repeat(60_000) }]);
    const json = JSON.parse(Buffer.from((await received(queue))?.messageText ?? '', 'base64').toString()) as {
      id: string;
      bodyref: string;
    };
    expect(json.bodyref).toMatch(/^queued\//);
    expect(await bodyOf(json, largeEvents)).toBe('x'.repeat(60_000));
    await expect(bodyOf({ ...json, id: 'guessed' }, largeEvents)).rejects.toMatchObject({ failure: { code: 'not-a-message' } });
    await largeEvents.delete(json.bodyref);
    await expect(bodyOf(json, largeEvents)).rejects.toMatchObject({ failure: { code: 'message-body-missing' } });
  });
  it('are hidden for as long as was asked, with their text', async () => {
    const { queueUrl, queue } = await official();
    await storageQueue({ client: client(), queueUrl, largeEvents: nobody }).send([{ body: 'again' }]);
    const first = await received(queue);
    await postponeMessage(client(), queueUrl, { id: first?.messageId ?? '', popReceipt: first?.popReceipt ?? '' }, 0);
    const second = await received(queue);
    expect([second?.messageText, second?.dequeueCount]).toEqual([first?.messageText, 2]);
  });
});

describe('events of the adapter and of the official client on the fake of Event Grid', () => {
  let topic: RunningEventGrid;
  const told: string[] = [];
  beforeEach(async () => {
    topic = await startEventGrid();
    told.length = 0;
    await topic.subscribe({
      name: 'all',
      destination: delivering(async (text) => told.push(Buffer.from(text, 'base64').toString()) && 201),
    });
  });
  afterEach(() => topic.close());
  const delivered = async () => {
    await topic.settled();
    return Promise.all(told.map((text) => eventOf(JSON.parse(text), nobody)));
  };

  it.each(['', '/api/events'])('are delivered alike, whether the endpoint ends with %j or not', async (end) => {
    await eventGridBus({ client: client(), endpoint: `${topic.url}${end}`, largeEvents: nobody }).publish([event]);
    const { source, type, subject, id, data, time, datacontenttype, tenantid, principal, sequence } = event;
    const official = new EventGridPublisherClient(topic.endpoint, 'CloudEvent', new AzureKeyCredential(topic.key), {
      allowInsecureConnection: true,
    });
    const extensionAttributes = { tenantid, principal, sequence };
    await official.send([{ source, type, subject, id, data, time: new Date(time), datacontenttype, extensionAttributes }]);
    const [ours, theirs] = await delivered();
    expect(ours).toEqual(event);
    expect(theirs).toEqual(event);
  });
  it('go in batches of less than 1 MB, and by reference where one is too large for a queue', async () => {
    const largeEvents = blobObjectStore({ client: client(), containerUrl: await makeContainer(), clock: systemClock });
    const events = Array.from({ length: 40 }, (_, n) => ({
      ...event,
      id: String(n),
      data: { text: 'x'.repeat(n === 7 ? 200_000 : 40_000) },
    }));
    const bodies: number[] = [];
    topic.intercept(({ body }) => void bodies.push(body.length));
    await eventGridBus({ client: client(), endpoint: topic.url, largeEvents }).publish(events);
    expect(bodies).toHaveLength(2);
    expect(Math.max(...bodies)).toBeLessThanOrEqual(1024 * 1024);
    await topic.settled();
    const read = await Promise.all(told.map((text) => eventOf(JSON.parse(text), largeEvents)));
    expect(read.map(({ id, data }) => [id, JSON.stringify(data).length])).toEqual(
      expect.arrayContaining(events.map(({ id, data }) => [id, JSON.stringify(data).length])),
    );
  });
});

describe('secrets of the adapter and of the official client on the fake of Key Vault', () => {
  it('are read alike', async () => {
    const vault = await startKeyVault();
    const iat = Math.floor(Date.now() / 1000);
    const token = unsignedToken({ iss: 'https://sts.windows.net/t/', sub: 'app', aud: 'https://vault.azure.net', iat, exp: iat + 3600 });
    const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3600_000 }) };
    const official = new SecretClient(vault.url, credential, { allowInsecureConnection: true, disableChallengeResourceVerification: true });
    const open = () => vaultSecrets({ client: client(), secretUrl: `${vault.url}/secrets/platform-models`, clock: systemClock });
    await open().put('key', 'ä "quoted"');
    expect(JSON.parse((await official.getSecret('platform-models')).value ?? '')).toEqual({ key: 'ä "quoted"' });
    await official.setSecret('platform-models', JSON.stringify({ key: 'theirs', other: '1' }));
    expect([await open().get('key'), await open().get('other')]).toEqual(['theirs', '1']);
    await vault.close();
  });
});
