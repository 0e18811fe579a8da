import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyStructuredResultV2, Context, DynamoDBBatchResponse, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { unzipSync } from 'fflate';
import { awsClient } from '../../adapters/aws/client.ts';
import { dynamoDbStreams, eventBridge, sqs } from '../../adapters/aws/services.ts';
import { dynamoTable } from '../../adapters/aws/table.ts';
import { makeBucket, makeQueue } from '../../adapters/aws/test-emulator.ts';
import { createTable, emulatorEnvironment } from '../../adapters/aws/test-tables.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { contexts } from '../../functions/contexts.ts';
import { bootstrapKey, sha256 } from '../../functions/kernel/authentication.ts';
import { bus, deadLetters, objectsOf, resourceVariable, tableOf } from '../../functions/kernel/resources.ts';
import { type Trigger, unitsOf } from '../../functions/kernel/units.ts';
import { buildUnits } from './index.ts';

type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** The built functions of the topology `single` in this process, on emulated services: what calls them in an account is played here. */
export type TestAccount = { readonly url: string; readonly adminKey: string; stop(): Promise<void> };

const adminKey = 'hyb_platform_bootstrap_5f0c7d1e9b5f0c7d1e9b5f0c';
const context = (): Context => ({ awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 29_000 }) as unknown as Context;

export const startTestAccount = async (): Promise<TestAccount> => {
  const environment = emulatorEnvironment('ministack');
  const client = awsClient({ environment });
  const variables: Record<string, string> = { ...environment };
  const streams: { readonly arn: string }[] = [];

  for (const { name, tables, objects } of contexts) {
    for (const [table, declaration] of Object.entries(tables)) {
      const stream = declaration.holds === 'events' || declaration.changes !== undefined;
      const made = await createTable(client, declaration, { stream });
      variables[resourceVariable(tableOf(name, table))] = made.tableName;
      if (stream) streams.push({ arn: made.streamArn });
    }
    for (const store of Object.keys(objects)) variables[resourceVariable(objectsOf(name, store))] = await makeBucket(client);
  }
  variables[resourceVariable(deadLetters)] = (await createTable(client, {})).tableName;
  const busName = `bus-${randomUUID()}`;
  await client.call(eventBridge, 'CreateEventBus', { Name: busName });
  variables[resourceVariable(bus)] = busName;
  const queue = await makeQueue(client, { VisibilityTimeout: '30' });
  const rule = { Name: 'everything', EventBusName: busName };
  await client.call(eventBridge, 'PutRule', { ...rule, EventPattern: JSON.stringify({ source: [{ prefix: 'urn:hybrid:' }] }) });
  await client.call(eventBridge, 'PutTargets', { Rule: rule.Name, EventBusName: busName, Targets: [{ Id: 'queue', Arn: queue.arn }] });
  const subscribers = contexts.flatMap(({ name, subscribers: own }) => Object.keys(own).map((subscriber) => `${name}.${subscriber}`));
  variables.HYBRID_SUBSCRIPTIONS = JSON.stringify({ [queue.name]: subscribers });

  const directory = dynamoTable({
    tableName: variables.HYBRID_TABLE_IDENTITY_DIRECTORY ?? '',
    declaration: {},
    client,
    clock: systemClock,
  });
  await directory.put({ ...bootstrapKey, secretHash: sha256(adminKey) });

  const folder = mkdtempSync(join(tmpdir(), 'test-account-'));
  const handlers = await loadHandlers(folder, variables);
  let stopped = false;
  const pumps = [
    ...streams.map(({ arn }) => pumpStream(client, arn, handlers.changes, () => stopped)),
    pumpQueue(client, queue, handlers.events, () => stopped),
  ];
  const server = await serve(handlers.http);
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    adminKey,
    stop: async () => {
      stopped = true;
      server.close();
      server.closeAllConnections();
      await Promise.all(pumps);
      rmSync(folder, { recursive: true });
    },
  };
};

type Handlers = Record<Extract<Trigger, 'http' | 'events' | 'changes'>, Handler>;

/** What is in the zips, as Lambda loads it. */
const loadHandlers = async (folder: string, variables: Record<string, string>): Promise<Handlers> => {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x86_64';
  Object.assign(process.env, variables);
  const built = await buildUnits(unitsOf(contexts, 'single'), { cloud: 'aws', architecture });
  const load = async (trigger: Trigger): Promise<Handler> => {
    const { zip, name } = built.find((one) => one.name === `all-${trigger}`) ?? { zip: '', name: '' };
    for (const [path, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
      mkdirSync(dirname(join(folder, name, path)), { recursive: true });
      writeFileSync(join(folder, name, path), bytes);
    }
    return ((await import(pathToFileURL(join(folder, name, 'index.mjs')).href)) as { handler: Handler }).handler;
  };
  return { http: await load('http'), events: await load('events'), changes: await load('changes') };
};

type Client = ReturnType<typeof awsClient>;

const pumpStream = async (client: Client, arn: string, handler: Handler, stopped: () => boolean): Promise<void> => {
  const positions = new Map<string, string>();
  const call = <Output>(operation: string, input: object) => client.call<Output>(dynamoDbStreams, operation, input);
  while (!stopped()) {
    const { StreamDescription } = await call<{ StreamDescription: { Shards: { ShardId: string }[] } }>('DescribeStream', {
      StreamArn: arn,
    });
    for (const { ShardId } of StreamDescription.Shards) {
      const at = positions.get(ShardId);
      const from =
        at === undefined ? { ShardIteratorType: 'TRIM_HORIZON' } : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: at };
      const { ShardIterator } = await call<{ ShardIterator: string }>('GetShardIterator', { StreamArn: arn, ShardId, ...from });
      const { Records } = await call<{ Records: { dynamodb: { SequenceNumber: string } }[] }>('GetRecords', { ShardIterator, Limit: 100 });
      if (Records.length === 0) continue;
      const event = { Records: Records.map((record) => ({ ...record, eventSourceARN: arn })) };
      const outcome = (await handler(event, context()).catch(() => undefined)) as DynamoDBBatchResponse | undefined;
      const stuck = outcome?.batchItemFailures[0]?.itemIdentifier;
      const handled =
        outcome === undefined
          ? 0
          : stuck === undefined
            ? Records.length
            : Records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === stuck);
      const last = Records[handled - 1]?.dynamodb.SequenceNumber;
      if (last !== undefined) positions.set(ShardId, last);
    }
    await sleep(100);
  }
};

type Received = {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly Attributes: SQSRecord['attributes'];
};

const pumpQueue = async (
  client: Client,
  { url, arn }: { readonly url: string; readonly arn: string },
  handler: Handler,
  stopped: () => boolean,
): Promise<void> => {
  while (!stopped()) {
    const asked = {
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 0,
      MessageSystemAttributeNames: ['All'],
      AttributeNames: ['All'],
    };
    const { Messages = [] } = await client.call<{ Messages?: readonly Received[] }>(sqs, 'ReceiveMessage', asked);
    if (Messages.length === 0) {
      await sleep(100);
      continue;
    }
    const Records = Messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
      ...{ messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, attributes: Attributes, messageAttributes: {} },
      ...{ eventSource: 'aws:sqs', eventSourceARN: arn, awsRegion: client.region },
    }));
    const outcome = (await handler({ Records }, context()).catch(() => undefined)) as SQSBatchResponse | undefined;
    const again = new Set(
      outcome?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? Messages.map(({ MessageId }) => MessageId),
    );
    for (const { MessageId, ReceiptHandle } of Messages)
      if (!again.has(MessageId)) await client.call(sqs, 'DeleteMessage', { QueueUrl: url, ReceiptHandle });
  }
};

/** An HTTP API in front of a function; it calls with whole requests only. */
const serve = (handler: Handler): Promise<Server> => {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const result = (await handler(await eventOf(request), context())) as APIGatewayProxyStructuredResultV2;
    response.writeHead(result.statusCode ?? 200, result.headers as Record<string, string>);
    response.end(Buffer.from(result.body ?? '', result.isBase64Encoded ? 'base64' : 'utf8'));
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
};

const asText = /^(text\/|application\/(json|xml|javascript))/;

const eventOf = async (request: IncomingMessage) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const isText = asText.test(request.headers['content-type'] ?? '');
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(',')]));
  return {
    ...{ version: '2.0', routeKey: '$default', rawPath: decodeURI(path), rawQueryString: query, headers },
    requestContext: { domainName: 'api.example', stage: '$default', http: { method: request.method ?? 'GET', path } },
    ...(bytes.length === 0 ? {} : { body: bytes.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: bytes.length > 0 && !isText,
  };
};
