import { randomUUID } from 'node:crypto';
import { CreateEventBusCommand, EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Message, ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { eventOf } from '../cloud/large-events.ts';
import { eventually } from '../conformance/harness.ts';
import { systemClock } from '../system/system-clock.ts';
import { eventBridgeBus } from './event-bus.ts';
import { s3ObjectStore } from './object-store.ts';
import { postponeMessage, sqsQueue } from './queue.ts';
import { managedSecrets } from './secrets.ts';
import { makeBucket, makeQueue, sdkOptions, type TestQueue } from './test-emulator.ts';
import { poll } from './test-poller.ts';
import { emulatorClient } from './test-tables.ts';

const client = emulatorClient('ministack');
const sqs = new SQSClient(sdkOptions());

const receive = async (queue: TestQueue, count: number): Promise<readonly Message[]> => {
  const found: Message[] = [];
  await eventually(async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue.url, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
    );
    found.push(...Messages);
    return found.length >= count;
  });
  return found;
};

describe('SQS between our adapter and the official client', () => {
  const bodies = [{ n: 1 }, 'ä 🙂 "quoted"\n', null, 'a\uFFFE\uFFFF'];

  it('the client receives what we send', async () => {
    const queue = await makeQueue(client);
    await sqsQueue({ client, queueUrl: queue.url }).send(bodies.map((body) => ({ body })));
    const received = (await receive(queue, bodies.length)).map(({ Body }) => JSON.parse(Body ?? '') as unknown);
    expect(received).toHaveLength(bodies.length);
    expect(received).toEqual(expect.arrayContaining(bodies));
  });

  it('what polls for our functions is given what the client sends', async () => {
    const queue = await makeQueue(client);
    const seen: unknown[] = [];
    const polling = poll({ client, queue, batchSize: 10 }, async ({ Records }) => {
      seen.push(...Records.map(({ body }) => JSON.parse(body) as unknown));
      return { batchItemFailures: [] };
    });
    const Entries = bodies.slice(0, 3).map((body, index) => ({ Id: String(index), MessageBody: JSON.stringify(body) }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    await eventually(() => seen.length === 3);
    await polling.stop();
    expect(seen).toEqual(expect.arrayContaining(bodies.slice(0, 3)));
  });

  it('a message that the client received and we put off comes again', async () => {
    const queue = await makeQueue(client);
    await sqsQueue({ client, queueUrl: queue.url }).send([{ body: 1 }]);
    const [message] = await receive(queue, 1);
    await postponeMessage(client, queue.url, message?.ReceiptHandle ?? '', 0);
    const [again] = await receive(queue, 1);
    expect([again?.MessageId, again?.Attributes?.ApproximateReceiveCount]).toEqual([message?.MessageId, '2']);
  });
});

describe('EventBridge between our adapter and the official client', () => {
  const events = new EventBridgeClient(sdkOptions());
  const event = (id: string, data: CloudEvent['data'] = { name: 'ä' }): CloudEvent => ({
    ...{ specversion: '1.0', id, source: 'urn:hybrid:models', type: 'model-deployed', subject: 'digits', time: '2026-11-01T12:00:00.000Z' },
    ...{ datacontenttype: 'application/json', tenantid: 'acme', principal: 'key:ada', sequence: '1', data },
  });

  it('an event of either comes to a queue in the same form', async () => {
    const [Name, queue] = [`bus-${randomUUID()}`, await makeQueue(client)];
    await events.send(new CreateEventBusCommand({ Name }));
    await events.send(new PutRuleCommand({ Name: 'all', EventBusName: Name, EventPattern: '{"source":[{"prefix":"urn:hybrid:"}]}' }));
    await events.send(new PutTargetsCommand({ Rule: 'all', EventBusName: Name, Targets: [{ Id: 'queue', Arn: queue.arn }] }));
    const largeEvents = s3ObjectStore({ client, bucket: await makeBucket(client) });

    const ours = [event('ours'), event('large', { text: 'x'.repeat(256 * 1024) })];
    const theirs = event('theirs');
    await eventBridgeBus({ client, busName: Name, largeEvents }).publish(ours);
    const Detail = JSON.stringify(theirs);
    await events.send(new PutEventsCommand({ Entries: [{ EventBusName: Name, Source: theirs.source, DetailType: theirs.type, Detail }] }));

    const envelopes = (await receive(queue, 3)).map(({ Body }) => JSON.parse(Body ?? '') as Record<string, unknown>);
    expect(envelopes.map((envelope) => [envelope.source, envelope['detail-type']])).toEqual(
      [1, 2, 3].map(() => ['urn:hybrid:models', 'model-deployed']),
    );
    const arrived = await Promise.all(envelopes.map(({ detail }) => eventOf(detail, largeEvents)));
    expect(arrived).toEqual(expect.arrayContaining([...ours, theirs]));
  });
});

describe('Secrets Manager between our adapter and the official client', () => {
  it('each reads what the other put', async () => {
    const manager = new SecretsManagerClient(sdkOptions());
    const SecretId = `secret-${randomUUID()}`;
    await manager.send(new CreateSecretCommand({ Name: SecretId, SecretString: '{"a":"theirs"}' }));
    const ours = managedSecrets({ client, secretId: SecretId, clock: systemClock });
    expect(await ours.get('a')).toBe('theirs');
    await ours.put('b', 'ours ä');
    const { SecretString = '' } = await manager.send(new GetSecretValueCommand({ SecretId }));
    expect(JSON.parse(SecretString)).toEqual({ a: 'theirs', b: 'ours ä' });
    await manager.send(new PutSecretValueCommand({ SecretId, SecretString: '{"b":"rotated"}' }));
    expect(await managedSecrets({ client, secretId: SecretId, clock: systemClock }).get('b')).toBe('rotated');
  });
});
