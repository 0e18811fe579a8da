import type { JsonObject } from '../../domain/kernel/json.ts';
import { type Attributes, marshall, unmarshall } from './attribute-values.ts';
import { isTransientForTransaction } from './cancelled-transaction.ts';
import type { AwsClient } from './client.ts';
import type { DocumentCommand, Operation } from './document-commands.ts';
import { dynamoDb } from './services.ts';

/** Sends commands whose items and values are plain, and gives plain answers: what dynamodb-toolbox asks of `DynamoDBDocumentClient`. */
export type DocumentClient = { send<Output>(command: DocumentCommand<Output>): Promise<Output> };

/** Where attributes lie in a message: here, in each part of a list or map, or in these fields. */
type Shape = 'attributes' | { readonly each: Shape } | { readonly fields: { readonly [name: string]: Shape } };

const each = (shape: Shape): Shape => ({ each: shape });
const fields = (shapes: { readonly [name: string]: Shape }): Shape => ({ fields: shapes });

const put = fields({ Item: 'attributes', ExpressionAttributeValues: 'attributes' });
const byKey = fields({ Key: 'attributes', ExpressionAttributeValues: 'attributes' });
const keysOfTables = each(fields({ Keys: each('attributes') }));

const inputs: Readonly<Record<Operation, Shape>> = {
  GetItem: byKey,
  PutItem: put,
  DeleteItem: byKey,
  Query: fields({ ExpressionAttributeValues: 'attributes', ExclusiveStartKey: 'attributes' }),
  Scan: fields({ ExclusiveStartKey: 'attributes' }),
  BatchGetItem: fields({ RequestItems: keysOfTables }),
  TransactWriteItems: fields({ TransactItems: each(fields({ Put: put, Delete: byKey, ConditionCheck: byKey })) }),
};

const outputs: Readonly<Record<Operation, Shape>> = {
  GetItem: fields({ Item: 'attributes' }),
  PutItem: fields({ Attributes: 'attributes' }),
  DeleteItem: fields({ Attributes: 'attributes' }),
  Query: fields({ Items: each('attributes'), LastEvaluatedKey: 'attributes' }),
  Scan: fields({ Items: each('attributes'), LastEvaluatedKey: 'attributes' }),
  BatchGetItem: fields({ Responses: each(each('attributes')), UnprocessedKeys: keysOfTables }),
  TransactWriteItems: fields({}),
};

type Convert = (attributes: never) => unknown;

const translate = (value: unknown, shape: Shape, convert: Convert): unknown => {
  if (value === undefined) return undefined;
  if (shape === 'attributes') return convert(value as never);
  if (Array.isArray(value)) return 'each' in shape ? value.map((part) => translate(part, shape.each, convert)) : value;
  const translated = Object.entries(value as object).map(([name, part]) => {
    const inner = 'each' in shape ? shape.each : shape.fields[name];
    return [name, inner === undefined ? part : translate(part, inner, convert)];
  });
  return Object.fromEntries(translated);
};

const transaction = { retryable: isTransientForTransaction };

export const documentClient = (client: AwsClient): DocumentClient => ({
  async send<Output>({ operation, input }: DocumentCommand<Output>) {
    const message = translate(input, inputs[operation], (plain: JsonObject) => marshall(plain)) as object;
    const answer = await client.call<object>(dynamoDb, operation, message, operation === 'TransactWriteItems' ? transaction : {});
    return translate(answer, outputs[operation], (attributes: Attributes) => unmarshall(attributes)) as Output;
  },
});
