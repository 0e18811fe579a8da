import { randomUUID } from 'node:crypto';
import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Clients } from '../../tools/engine/aws/clients.ts';

/** Appends to a stream of events one more of its first kind, with so long a description; the API itself takes no event that is nearly as large. */
export const appendLarge = async ({ dynamodb }: Clients, table: string, stream: string, length: number): Promise<void> => {
  const { Items: [first] = [] } = await dynamodb.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :stream AND begins_with(sk, :event)',
      ExpressionAttributeValues: { ':stream': { S: stream }, ':event': { S: 'event#' } },
    }),
  );
  const event = { ...first?.event?.M, description: { S: 'x'.repeat(length) } };
  const sk = first?.sk?.S?.replace(/\d+$/, '0000000002') ?? '';
  const item = { ...first, sk: { S: sk }, id: { S: randomUUID() }, version: { N: '2' }, event: { M: event } };
  await dynamodb.send(new PutItemCommand({ TableName: table, Item: item }));
};
