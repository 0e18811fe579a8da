import { randomUUID } from 'node:crypto';
import type { DynamoDBRecord, SQSRecord } from 'aws-lambda';
import type { Resources } from '../../functions/entries/crash/test-world.ts';
import type { AwsClient } from './client.ts';
import { dynamoDbStreams, eventBridge, secretsManager, sqs } from './services.ts';
import { makeBucket, makeWorkQueue, type TestQueue } from './test-emulator.ts';
import { recordOf } from './test-poller.ts';
import { createTable, emulatorClient, emulatorEnvironment } from './test-tables.ts';

/** A stream as Lambda's mapping reads it: what was not handled stays at its head. */
export type TestStream = { readonly table: string; pending(): Promise<readonly DynamoDBRecord[]>; pass(count: number): void };

const mostRecords = 100;
type Shards = { readonly StreamDescription: { readonly Shards: readonly { readonly ShardId: string }[] } };
type Read = { readonly Records: readonly DynamoDBRecord[]; readonly NextShardIterator?: string };

/** Of one shard, as emulators have it: a table that does not grow has no other. */
const streamOf = async (client: AwsClient, table: string, StreamArn: string): Promise<TestStream> => {
  const call = <Output>(operation: string, input: object) => client.call<Output>(dynamoDbStreams, operation, input);
  const { StreamDescription } = await call<Shards>('DescribeStream', { StreamArn });
  const ShardId = StreamDescription.Shards[0]?.ShardId;
  const first = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
  let { ShardIterator } = await call<{ ShardIterator: string | undefined }>('GetShardIterator', first);
  let held: readonly DynamoDBRecord[] = [];
  return {
    table,
    async pending() {
      if (held.length > 0) return held;
      const { Records, NextShardIterator } = await call<Read>('GetRecords', { ShardIterator, Limit: mostRecords });
      ShardIterator = NextShardIterator;
      held = Records.map((record) => ({ ...record, eventSourceARN: StreamArn }));
      return held;
    },
    pass(count) {
      held = held.slice(count);
    },
  };
};

type Received = Parameters<typeof recordOf>[1];

/** A queue as Lambda's mapping works it off, in a world where a hidden message's time is always over. */
export const workedQueue = (client: AwsClient, queue: TestQueue) => {
  const call = <Output>(operation: string, input: object) => client.call<Output>(sqs, operation, { QueueUrl: queue.url, ...input });
  return {
    ...queue,
    async receive(count = 10): Promise<readonly SQSRecord[]> {
      const asked = { MaxNumberOfMessages: count, MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] };
      const { Messages = [] } = await call<{ Messages?: readonly Received[] }>('ReceiveMessage', asked);
      return Messages.map((message) => recordOf(queue, message));
    },
    async delete(records: readonly SQSRecord[]): Promise<void> {
      const Entries = records.map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle }));
      if (Entries.length > 0) await call('DeleteMessageBatch', { Entries });
    },
    async again(records: readonly SQSRecord[]): Promise<void> {
      for (const { receiptHandle } of records)
        await call('ChangeMessageVisibility', { ReceiptHandle: receiptHandle, VisibilityTimeout: 0 });
    },
  };
};
export type WorkedQueue = ReturnType<typeof workedQueue>;

/** A bus whose events all come to one queue. */
const makeBus = async (client: AwsClient): Promise<{ readonly busName: string; readonly queue: TestQueue }> => {
  const busName = `bus-${randomUUID()}`;
  const queue = await makeWorkQueue(client, { attempts: 50, visibilitySeconds: 60 });
  await client.call(eventBridge, 'CreateEventBus', { Name: busName });
  const rule = { Name: 'all', EventBusName: busName };
  await client.call(eventBridge, 'PutRule', { ...rule, EventPattern: JSON.stringify({ source: [{ prefix: 'urn:' }] }) });
  await client.call(eventBridge, 'PutTargets', { Rule: 'all', EventBusName: busName, Targets: [{ Id: 'queue', Arn: queue.arn }] });
  return { busName, queue };
};

const makeTables = async (client: AwsClient, tables: Resources['tables']) => {
  const environment: Record<string, string> = {};
  const streams: TestStream[] = [];
  for (const [variable, { streams: stream = false, name: _name, isConsumed: _isConsumed, ...declaration }] of Object.entries(tables)) {
    const { tableName, streamArn } = await createTable(client, declaration, { stream });
    environment[variable] = tableName;
    if (stream) streams.push(await streamOf(client, tableName, streamArn));
  }
  return { environment, streams };
};

/** The same with new tables, which hold nothing. */
export const withNewTables = async (account: Account, { tables }: Resources): Promise<Account> => {
  const made = await makeTables(emulatorClient('ministack'), tables);
  return { ...account, streams: made.streams, environment: { ...account.environment, ...made.environment } };
};

/** Makes everything on ministack, under names of its own. */
export const makeAccount = async (resources: Resources) => {
  const client = emulatorClient('ministack');
  const made = await makeTables(client, resources.tables);
  const environment: Record<string, string> = { ...emulatorEnvironment('ministack'), ...made.environment };
  const queues: { work: WorkedQueue; deadLetters: WorkedQueue }[] = [];
  const { buckets = [], secrets = [], subscribers = [], attempts = 50 } = resources;
  for (const variable of buckets) environment[variable] = await makeBucket(client);
  for (const variable of resources.queues ?? []) {
    const { deadLetters, ...work } = await makeWorkQueue(client, { attempts, visibilitySeconds: 60 });
    environment[variable] = work.url;
    queues.push({ work: workedQueue(client, work), deadLetters: workedQueue(client, deadLetters) });
  }
  for (const variable of secrets) {
    const Name = `secret-${randomUUID()}`;
    await client.call(secretsManager, 'CreateSecret', { Name, SecretString: '{}', ClientRequestToken: randomUUID() });
    environment[variable] = Name;
  }
  const { busName, queue } = await makeBus(client);
  environment.HYBRID_BUS = busName;
  environment.HYBRID_SUBSCRIPTIONS = JSON.stringify({ [queue.name]: subscribers });
  return { environment, streams: made.streams, queues, events: workedQueue(client, queue) };
};

export type Account = Awaited<ReturnType<typeof makeAccount>>;
