import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Item, Table } from '../../domain/kernel/table.ts';
import { systemClock } from '../system/system-clock.ts';
import { dynamoTable } from './table.ts';
import { createTable, deleteTable, emulatorClient, emulatorEnvironment, emulatorsWithTables } from './test-tables.ts';

const pk = 'acme#things';
const declaration = { indexes: { byColour: { partition: 'colour', sort: 'size' } } } as const;

const officialClient = (emulator: Parameters<typeof emulatorEnvironment>[0]): DynamoDBClient => {
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = emulatorEnvironment(emulator);
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return new DynamoDBClient({ endpoint: AWS_ENDPOINT_URL, region: AWS_REGION, credentials });
};

/** JSON that DynamoDB has types for and the official client takes as it is, in names that DynamoDB takes. */
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
  .filter((text) => !['pk', 'sk', '$json', '__proto__'].includes(text));
const scalar = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, noNaN: true }).filter((n) => n === 0 || Math.abs(n) > 1e-100),
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('json'), { maxLength: 4 }), fc.dictionary(name, tie('json'), { maxKeys: 4 })),
}));
const attributes = fc.dictionary(name, json, { maxKeys: 6 }).map((made) => JSON.parse(JSON.stringify(made)) as Omit<Item, 'pk' | 'sk'>);

describe.each(emulatorsWithTables)('the adapter and the official client on %s', (_name, emulator) => {
  const client = emulatorClient(emulator);
  let tableName: string;
  let table: Table;
  let low: DynamoDBClient;
  let official: DynamoDBDocumentClient;
  beforeAll(async () => {
    ({ tableName } = await createTable(client, declaration));
    table = dynamoTable({ tableName, declaration, client, clock: systemClock });
    low = officialClient(emulator);
    official = DynamoDBDocumentClient.from(low);
  });
  afterAll(async () => {
    low.destroy();
    await deleteTable(client, tableName);
  });

  const read = async (sk: string) =>
    (await official.send(new GetCommand({ TableName: tableName, Key: { pk, sk }, ConsistentRead: true }))).Item;

  it('read alike what the adapter has put', () =>
    fc.assert(
      fc.asyncProperty(attributes, async (made) => {
        const item = { ...made, pk, sk: 'ours' };
        await table.put(item);
        expect(await read('ours')).toStrictEqual(item);
      }),
      { numRuns: 60 },
    ));
  it('read alike what the official client has put', () =>
    fc.assert(
      fc.asyncProperty(attributes, async (made) => {
        const item = { ...made, pk, sk: 'theirs' };
        await official.send(new PutCommand({ TableName: tableName, Item: item }));
        expect(await table.get({ pk, sk: 'theirs' })).toStrictEqual(item);
      }),
      { numRuns: 60 },
    ));
  it('read alike what either has written in a transaction, by key and by index', async () => {
    const thing = (sk: string) => ({ pk: 'acme#transactions', sk, colour: 'red', size: sk, version: 1 });
    await table.transact('acme#transactions', [{ type: 'put', item: thing('1'), if: 'absent' }]);
    await official.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName: tableName, Item: thing('2') } }] }));
    const query = { TableName: tableName, ExpressionAttributeValues: { ':p': 'acme#transactions' } };
    const found = await official.send(new QueryCommand({ ...query, KeyConditionExpression: 'pk = :p' }));
    expect(found.Items).toStrictEqual((await table.query('acme#transactions')).items);
    expect(found.Items).toStrictEqual((await table.queryIndex('byColour', 'red')).items);
    expect(found.Items).toStrictEqual([thing('1'), thing('2')]);
  });
  it('hold to the versions that the other has written', async () => {
    const item = { pk, sk: 'versioned', version: 7 };
    await official.send(new PutCommand({ TableName: tableName, Item: item }));
    expect(await table.put({ ...item, version: 9 }, { version: 8 })).toEqual({ written: false, conflict: 0 });
    expect(await table.put({ ...item, version: 8 }, { version: 7 })).toEqual({ written: true });
    const refused = { ConditionExpression: 'version = :v', ExpressionAttributeValues: { ':v': 7 } };
    await expect(official.send(new PutCommand({ TableName: tableName, Item: item, ...refused }))).rejects.toThrow(/conditional/i);
  });
});
