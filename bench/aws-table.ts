/**
 * A conditional put of a usage fact and a strong get through the table adapter against the same calls by the official client, one by one and
 * alternating, on DynamoDB Local. Prints {"name", "ratio" (median time of ours by theirs), "budget"} as a JSON line each.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { awsClient } from '../adapters/aws/client.ts';
import { dynamoTable } from '../adapters/aws/table.ts';
import { createTable } from '../adapters/aws/test-tables.ts';
import { systemClock } from '../adapters/system/system-clock.ts';
import { ulidIds } from '../adapters/system/ulid-ids.ts';
import { startDynamoDbLocal } from '../tools/emulators/start.ts';
import { emulatedAws } from './emulated-aws.ts';
import { median, type Result, report } from './result.ts';

const calls = Number(process.env.BENCH_CALLS ?? 3000);
/** So many that both clients' code, and the emulator's, is compiled. */
const warmUp = 2000;
const budget = { max: 1.15 };

const emulator = await startDynamoDbLocal();
const aws = emulatedAws(emulator.endpoint);
const client = awsClient({ environment: aws.environment });
const { tableName: TableName } = await createTable(client, {});
const table = dynamoTable({ tableName: TableName, declaration: {}, client, clock: systemClock });
const low = new DynamoDBClient(aws.official);
const official = DynamoDBDocumentClient.from(low);

const ids = ulidIds();
const fact = () => ({ pk: 'acme#usage#2026-11-30T23#0', sk: ids.next(), endpoint: 'digits', requests: 1, rows: 3, computeMicros: 250 });
const known = fact();
await table.put(known);
const { pk, sk } = known;

const condition = () => ({
  ConditionExpression: '(attribute_not_exists(#c_1)) OR (#c_2 <= :c_1)',
  ExpressionAttributeNames: { '#c_1': 'pk', '#c_2': 'expiresAt' },
  ExpressionAttributeValues: { ':c_1': Math.floor(Date.now() / 1000) },
});

const millisOf = async (call: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await call();
  return performance.now() - started;
};

/** The two take turns, so that whatever else the machine does meets both alike. */
const compare = async (name: string, ours: () => Promise<unknown>, theirs: () => Promise<unknown>): Promise<Result> => {
  const [own, other]: [number[], number[]] = [[], []];
  for (let n = 0; n < warmUp + calls; n++) {
    const pair = [await millisOf(ours), await millisOf(theirs)] as const;
    if (n < warmUp) continue;
    own.push(pair[0]);
    other.push(pair[1]);
  }
  const ratio = Math.round((median(own) / median(other)) * 1000) / 1000;
  return { name, ratio, budget, notes: `${median(own).toFixed(3)} ms by ${median(other).toFixed(3)} ms, Node ${process.versions.node}` };
};

report(
  await compare(
    'aws-table-put',
    () => table.put(fact(), 'absent'),
    () => official.send(new PutCommand({ TableName, Item: fact(), ...condition() })),
  ),
);
report(
  await compare(
    'aws-table-get',
    () => table.get({ pk, sk }),
    () => official.send(new GetCommand({ TableName, Key: { pk, sk }, ConsistentRead: true })),
  ),
);
low.destroy();
await emulator.stop();
