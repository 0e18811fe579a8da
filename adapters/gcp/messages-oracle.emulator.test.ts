import { randomUUID } from 'node:crypto';
import { PubSub } from '@google-cloud/pubsub';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { CloudTasksClient } from '@google-cloud/tasks';
import { afterAll, describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { startCloudTasks } from '../conformance/fakes/cloud-tasks.ts';
import { eventually } from '../conformance/harness.ts';
import { systemClock } from '../system/system-clock.ts';
import { pubSubBus } from './event-bus.ts';
import { pubSubQueue } from './queue.ts';
import { managedSecrets } from './secrets.ts';
import { emulatorClient, emulatorEnvironment } from './test-emulator.ts';
import { makeSubscription, makeTopic, receiveAll } from './test-subscriptions.ts';

const policy = { attempts: 5, visibilitySeconds: 10, batchSize: 1, backoff: { baseSeconds: 0.01, maxSeconds: 0.03 } };

/** What the official clients ask of a Google identity over REST, without one. */
const auth = {
  getUniverseDomain: async () => 'googleapis.com',
  getClient: async () => ({ universeDomain: 'googleapis.com' }),
  fetch: (url: string, { agent: _, responseType: __, ...init }: RequestInit & { agent?: unknown; responseType?: unknown }) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', 'Bearer ya29.fake');
    return fetch(url, { ...init, headers });
  },
};
const restOptions = (url: string) => {
  const { hostname, port } = new URL(url);
  return { fallback: true, protocol: 'http', apiEndpoint: hostname, port: Number(port), auth: auth as never };
};

describe('Pub/Sub between our adapters and the official client', () => {
  const client = emulatorClient();
  process.env.PUBSUB_EMULATOR_HOST = emulatorEnvironment().PUBSUB_EMULATOR_HOST ?? '';
  const official = new PubSub({ projectId: 'project' });
  afterAll(() => official.close());

  const event: CloudEvent = {
    ...{ specversion: '1.0', id: '1', source: '/models', type: 'model-deployed', subject: 'digits', time: '2026-11-01T12:00:00.000Z' },
    ...{ datacontenttype: 'application/json', tenantid: 'acme', principal: 'key:ada', sequence: '1', data: { name: 'ä 🙂' } },
  };

  it('the client receives what we publish and send', async () => {
    const topic = await makeTopic(client);
    const { name } = await makeSubscription(client, topic, policy);
    const seen: { readonly text: string; readonly attributes: object }[] = [];
    const subscription = official.subscription(name);
    subscription.on('message', (message) => {
      seen.push({ text: message.data.toString(), attributes: message.attributes });
      message.ack();
    });
    await pubSubBus({ client, topic }).publish([event]);
    await pubSubQueue({ client, topic }).send([{ body: { n: 'ä 🙂 "quoted"\n' } }]);
    await eventually(() => seen.length === 2, 15_000);
    await subscription.close();
    expect(seen).toContainEqual({
      text: JSON.stringify(event),
      attributes: { 'content-type': 'application/cloudevents+json', 'ce-type': 'model-deployed', 'ce-source': '/models' },
    });
    expect(seen.map(({ text }) => JSON.parse(text))).toContainEqual({ n: 'ä 🙂 "quoted"\n' });
  });

  it('what receives for our functions is given what the client publishes', async () => {
    const topic = await makeTopic(client);
    const { name } = await makeSubscription(client, topic, policy);
    const seen: unknown[] = [];
    const receiving = receiveAll(
      client,
      name,
      policy.backoff,
      async ({ text, attributes }) => void seen.push([JSON.parse(text), attributes]),
    );
    await official.topic(topic).publishMessage({ json: { n: 1 }, attributes: { a: 'b' } });
    await eventually(() => seen.length === 1);
    await receiving.stop();
    expect(seen).toEqual([[{ n: 1 }, { a: 'b' }]]);
  });
});

describe('Cloud Tasks between our adapter and the official client', () => {
  it('the client finds the task that publishes later', async () => {
    const fake = await startCloudTasks();
    const official = new CloudTasksClient(restOptions(fake.url));
    const parent = 'projects/project/locations/l/queues/chores';
    await official.createQueue({ parent: 'projects/project/locations/l', queue: { name: parent } });
    const client = emulatorClient({ HYBRID_CLOUDTASKS_ENDPOINT: fake.url });
    await pubSubQueue({ client, topic: 'projects/project/topics/chores', tasks: { queue: parent } }).send([
      { body: { n: 1 }, delaySeconds: 900 },
    ]);
    const [[task]] = await official.listTasks({ parent, responseView: 'FULL' });
    expect(task?.httpRequest?.url).toMatch(/\/v1\/projects\/project\/topics\/chores:publish$/);
    const { messages } = JSON.parse(Buffer.from(task?.httpRequest?.body as Uint8Array).toString());
    expect(Buffer.from(messages[0].data, 'base64').toString()).toBe('{"n":1}');
    const inSeconds = Number(task?.scheduleTime?.seconds) - Date.now() / 1000;
    expect(Math.abs(inSeconds - 900)).toBeLessThan(5);
    await official.close();
    await fake.close();
  });
});

describe('Secret Manager between our adapter and the official client', () => {
  it('each reads what the other put', async () => {
    const client = emulatorClient();
    const official = new SecretManagerServiceClient(restOptions(emulatorEnvironment().HYBRID_SECRETMANAGER_ENDPOINT ?? ''));
    const secretId = `secret-${randomUUID()}`;
    const secret = `projects/project/secrets/${secretId}`;
    await official.createSecret({ parent: 'projects/project', secretId, secret: { replication: { automatic: {} } } });
    await official.addSecretVersion({ parent: secret, payload: { data: Buffer.from('{"a":"theirs"}') } });
    const ours = managedSecrets({ client, secret, clock: systemClock });
    expect(await ours.get('a')).toBe('theirs');
    await ours.put('b', 'ours ä');
    const [{ payload }] = await official.accessSecretVersion({ name: `${secret}/versions/latest` });
    expect(JSON.parse(Buffer.from(payload?.data as Uint8Array).toString())).toEqual({ a: 'theirs', b: 'ours ä' });
    await official.addSecretVersion({ parent: secret, payload: { data: Buffer.from('{"b":"rotated"}') } });
    expect(await managedSecrets({ client, secret, clock: systemClock }).get('b')).toBe('rotated');
    await official.close();
  });
});
