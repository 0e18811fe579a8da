import type { APIGatewayProxyEventV2, Context, DynamoDBRecord, SQSEvent, SQSRecord } from 'aws-lambda';
import type { CloudEvent } from '../../../domain/kernel/cloud-event.ts';
import type { Change, Item, Table } from '../../../domain/kernel/table.ts';
import type { CalledLog } from '../../kernel/log.ts';
import { type TestClock, testBus, testClock, testIds, testLog } from '../../kernel/test-serving.ts';
import type { GivenUp } from '../cloud.ts';
import type { AwsCloud } from './cloud.ts';
import type { Environment, Lambda } from './lambda.ts';

/** What a function did to the cloud beside its tables. */
export type Deeds = {
  readonly postponed: { readonly queue: string; readonly receipt: string; readonly seconds: number }[];
  readonly buried: GivenUp[];
  readonly acknowledged: { readonly table: string; readonly markers: readonly Change[] }[];
  readonly calls: string[];
};

const unused = () => {
  throw new TypeError('not used here');
};

type TestLambda = Omit<Lambda, 'log'> & {
  readonly log: CalledLog & ReturnType<typeof testLog>;
  readonly deeds: Deeds;
  readonly bus: ReturnType<typeof testBus>;
  readonly clock: TestClock;
};

/** A cloud in memory for specifications of the entries: tables are the caller's, events are always whole, and deeds are kept. */
export const testLambda = (table: (name: string) => Table, environment: Environment = {}, more: Partial<AwsCloud> = {}): TestLambda => {
  const deeds: Deeds = { postponed: [], buried: [], acknowledged: [], calls: [] };
  const [clock, log, bus] = [testClock(), testLog(), testBus()];
  const cloud: AwsCloud = {
    ...{ clock, ids: testIds(), bus, table },
    modelHost: { inspect: unused, load: unused, invoke: unused, remove: unused },
    deadLetters: { list: unused, get: unused, redrive: unused },
    exportWriter: { write: unused } as unknown as AwsCloud['exportWriter'],
    objects: () => ({}) as ReturnType<AwsCloud['objects']>,
    queue: () => ({ send: unused }),
    settled: async () => undefined,
    eventOf: async (detail) => detail as CloudEvent,
    changeOf: ({ dynamodb }) => JSON.parse(dynamodb?.NewImage?.change?.S ?? '') as Change,
    markers: {
      isMarker: ({ key }) => key.sk.startsWith('~'),
      acknowledge: async (name, markers) => void deeds.acknowledged.push({ table: name, markers }),
    },
    postpone: async (queue, receipt, seconds) => void deeds.postponed.push({ queue, receipt, seconds }),
    tryModel: unused,
    bury: async (letter) => void deeds.buried.push(letter),
    ...more,
  };
  const called = { ...log, calledAs: (requestId: string) => void deeds.calls.push(requestId) };
  return { cloud, environment, log: called, deeds, bus, clock };
};

export const calledWith = (awsRequestId = 'call-1', remainingMillis = 29_000): Context =>
  ({ awsRequestId, getRemainingTimeInMillis: () => remainingMillis }) as Context;

type Asked = { readonly headers?: Record<string, string>; readonly body?: string; readonly base64?: boolean; readonly stage?: string };

/** As the gateway's documentation shows it: "Create AWS Lambda proxy integrations for HTTP APIs", payload format 2.0. */
export const httpEvent = (method: string, target: string, { headers = {}, body, base64 = false, stage = '$default' }: Asked = {}) => {
  const [rawPath = '', rawQueryString = ''] = target.split('?');
  const event: APIGatewayProxyEventV2 = {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: { 'x-forwarded-proto': 'https', ...headers },
    requestContext: {
      accountId: '123456789012',
      apiId: 'api-id',
      domainName: 'id.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'id',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'agent' },
      requestId: 'id',
      routeKey: '$default',
      stage,
      time: '12/Mar/2020:19:03:58 +0000',
      timeEpoch: 1583348638390,
    },
    isBase64Encoded: base64,
    ...(body === undefined ? {} : { body }),
  };
  return event;
};

export const queueArn = (name: string): string => `arn:aws:sqs:us-east-1:123456789012:${name}`;

/** As in "Using Lambda with Amazon SQS". */
export const messageOf = (queue: string, id: string, body: string, receiveCount = 1): SQSRecord => ({
  messageId: id,
  receiptHandle: `receipt-${id}`,
  body,
  attributes: {
    ApproximateReceiveCount: String(receiveCount),
    SentTimestamp: '1545082649183',
    SenderId: 'AIDAIENQZJOLO23YVJ4VO',
    ApproximateFirstReceiveTimestamp: '1545082649185',
  },
  messageAttributes: {},
  md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn(queue),
  awsRegion: 'us-east-1',
});

export const batchOf = (...records: readonly SQSRecord[]): SQSEvent => ({ Records: [...records] });

/** As in "EventBridge event structure", around a CloudEvent. */
export const envelope = (detail: CloudEvent): string =>
  JSON.stringify({
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': detail.type,
    source: detail.source,
    account: '123456789012',
    time: detail.time,
    region: 'us-east-1',
    resources: [],
    detail,
  });

/** As in "Using Lambda with DynamoDB", but for its images: those of this cloud in memory are JSON. */
export const streamRecord = (table: string, change: Change): DynamoDBRecord => ({
  eventID: change.sequence,
  eventName: change.item === undefined ? 'REMOVE' : 'INSERT',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'us-east-1',
  eventSourceARN: `arn:aws:dynamodb:us-east-1:123456789012:table/${table}/stream/2015-06-27T00:48:05.899`,
  dynamodb: {
    SequenceNumber: change.sequence,
    StreamViewType: 'NEW_IMAGE',
    NewImage: { change: { S: JSON.stringify(change) } },
  },
});

export const put = (sequence: string, pk: string, sk: string, more: Partial<Item> = {}): Change => ({
  sequence,
  key: { pk, sk },
  item: { pk, sk, ...more },
});
