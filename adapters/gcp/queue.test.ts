import { describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { rejection, settableClock } from '../conformance/harness.ts';
import { inMemoryTable } from '../conformance/in-memory-table.ts';
import { pubSubDeadLetters } from './dead-letters.ts';
import { pubSubBus } from './event-bus.ts';
import { pubSubQueue } from './queue.ts';
import { answeringClient, connectionReset, fault, ok } from './test-answers.ts';

const topic = 'projects/p/topics/chores';
const publishUrl = `https://pubsub.googleapis.com/v1/${topic}:publish`;
const tasks = { queue: 'projects/p/locations/l/queues/q' };
type Sent = { readonly messages: readonly { readonly data: string; readonly attributes: Record<string, string> }[] };
type Task = {
  readonly scheduleTime: string;
  readonly httpRequest: { readonly url: string; readonly body: string; readonly oauthToken: object };
};
const taskIn = (body: unknown) => body as { readonly task: Task };
const attributesIn = (body: unknown) => (body as Sent).messages[0]?.attributes;
const textsIn = (body: unknown): string[] => (body as Sent).messages.map(({ data }) => Buffer.from(data, 'base64').toString());

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
  data: {},
};

describe('messages to Pub/Sub', () => {
  it('go a thousand at a time, in their order', async () => {
    const { client, sent } = answeringClient([ok(), ok()]);
    await pubSubQueue({ client, topic }).send(Array.from({ length: 1001 }, (_, n) => ({ body: n })));
    expect(sent.map(({ url, body }) => [url, textsIn(body).length])).toEqual([
      [publishUrl, 1000],
      [publishUrl, 1],
    ]);
    expect(textsIn(sent[1]?.body)).toEqual(['1000']);
  });

  it('are sent again where their answer was lost', async () => {
    const { client, sent } = answeringClient([connectionReset(), fault(429, 'RESOURCE_EXHAUSTED'), ok()]);
    await pubSubQueue({ client, topic }).send([{ body: 1 }]);
    expect(sent).toHaveLength(3);
  });

  it('with a delay are tasks that publish them as who may', async () => {
    const { client, sent } = answeringClient([ok()]);
    const before = Date.now();
    await pubSubQueue({ client, topic, tasks: { ...tasks, account: 'tasks@p' } }).send([{ body: { n: 1 }, delaySeconds: 60 }]);
    expect(sent[0]?.url).toBe(`https://cloudtasks.googleapis.com/v2/${tasks.queue}/tasks`);
    const { task } = taskIn(sent[0]?.body);
    expect(Date.parse(task.scheduleTime) - before).toBeGreaterThanOrEqual(60_000);
    expect(task.httpRequest).toMatchObject({ url: publishUrl, oauthToken: { serviceAccountEmail: 'tasks@p' } });
    expect(textsIn(JSON.parse(Buffer.from(task.httpRequest.body, 'base64').toString()))).toEqual(['{"n":1}']);
  });

  it('with a delay are refused, and all that is sent with them, where they are too large or no delay was declared', async () => {
    const { client, sent } = answeringClient([]);
    const large = [{ body: 'small' }, { body: 'x'.repeat(60_000), delaySeconds: 1 }];
    expect((await rejection(pubSubQueue({ client, topic, tasks }).send(large))).code).toBe('message-too-large');
    expect((await rejection(pubSubQueue({ client, topic }).send([{ body: 1, delaySeconds: 1 }]))).code).toBe('delays-undeclared');
    expect(sent).toEqual([]);
  });
});

describe('events to Pub/Sub', () => {
  it('are whole, with what filters see beside them', async () => {
    const { client, sent } = answeringClient([ok()]);
    await pubSubBus({ client, topic }).publish([event]);
    expect(textsIn(sent[0]?.body).map((text) => JSON.parse(text))).toEqual([event]);
    expect(attributesIn(sent[0]?.body)).toEqual({
      'content-type': 'application/cloudevents+json',
      'ce-type': 'model-deployed',
      'ce-source': '/models',
    });
  });

  it('are refused with all that is published with them where Pub/Sub would not take them', async () => {
    const { client, sent } = answeringClient([]);
    const large = { ...event, data: { text: 'x'.repeat(7 * 1024 * 1024) } };
    expect(await rejection(pubSubBus({ client, topic }).publish([event, large]))).toEqual({
      failure: 'too-large',
      code: 'message-too-large',
    });
    expect(sent).toEqual([]);
  });

  it('are sent again to who gave them up alone', async () => {
    const { client, sent } = answeringClient([ok()]);
    const { port, bury } = pubSubDeadLetters({ table: inMemoryTable(), client, clock: settableClock() });
    const letter = { id: '7', source: 'models.on-deployed', tenant: 'acme', body: event, reason: 'r', attempts: 5, diedAt: event.time };
    await bury({ ...letter, deadLetterQueue: 'projects/p/subscriptions/s', queue: topic, message: JSON.stringify(event) });
    expect(await port.redrive('7')).toBe(true);
    expect(sent[0]?.url).toBe(publishUrl);
    expect(attributesIn(sent[0]?.body)).toMatchObject({
      'ce-type': 'model-deployed',
      'hybrid-redrive': 'models.on-deployed',
    });
  });
});
