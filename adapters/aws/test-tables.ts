import { randomUUID } from 'node:crypto';
import type { TableDeclaration } from '../../domain/kernel/table.ts';
import { emulatorEndpoint } from '../../tools/emulators/global-setup.ts';
import { type AwsClient, awsClient } from './client.ts';
import { dynamoDb } from './services.ts';

/** Emulators that have DynamoDB, as the suites name them. */
export const emulatorsWithTables = [
  ['DynamoDB Local', 'dynamoDbLocal'],
  ['ministack', 'ministack'],
] as const;

export const emulatorEnvironment = (emulator: Parameters<typeof emulatorEndpoint>[0]) => ({
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL: emulatorEndpoint(emulator),
});

export const emulatorClient = (emulator: Parameters<typeof emulatorEndpoint>[0]): AwsClient =>
  awsClient({ environment: emulatorEnvironment(emulator) });

const keys = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];

/** Makes a table as the stack makes it, under a name of its own; `TableName` and, where it streams, the stream's ARN. */
export const createTable = async (
  client: AwsClient,
  { indexes = {} }: TableDeclaration,
  { stream = false } = {},
): Promise<{ readonly tableName: string; readonly streamArn: string }> => {
  const attributes = new Set(['pk', 'sk', ...Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort])]);
  const secondary = Object.entries(indexes).map(([IndexName, { partition, sort }]) => ({
    IndexName,
    KeySchema: keys(partition, sort),
    Projection: { ProjectionType: 'ALL' },
  }));
  const TableName = `things-${randomUUID()}`;
  const { TableDescription } = await client.call<{ TableDescription: { LatestStreamArn?: string } }>(dynamoDb, 'CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keys('pk', 'sk'),
    AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    ...(secondary.length > 0 && { GlobalSecondaryIndexes: secondary }),
    ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } }),
  });
  return { tableName: TableName, streamArn: TableDescription.LatestStreamArn ?? '' };
};

export const deleteTable = (client: AwsClient, tableName: string): Promise<unknown> =>
  client.call(dynamoDb, 'DeleteTable', { TableName: tableName });
