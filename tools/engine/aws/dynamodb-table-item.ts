import { type AttributeValue, DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';

const Inputs = z.object({ tableName: z.string(), hashKey: z.string(), rangeKey: z.string().optional(), item: z.string() });
type Inputs = z.output<typeof Inputs>;

const itemOf = ({ item }: Inputs) => JSON.parse(item) as Record<string, AttributeValue>;
const keyOf = (inputs: Inputs): Record<string, AttributeValue> => {
  const names = [inputs.hashKey, ...(inputs.rangeKey === undefined ? [] : [inputs.rangeKey])];
  return Object.fromEntries(Object.entries(itemOf(inputs)).filter(([name]) => names.includes(name)));
};
const idOf = (inputs: Inputs): string => [inputs.tableName, ...Object.values(keyOf(inputs)).map(({ S, N }) => S ?? N)].join('|');

/** Whether what lies there still has what was put: others may have added to it. */
const isAsPut = (inputs: Inputs, item: Record<string, AttributeValue>): boolean =>
  Object.entries(itemOf(inputs)).every(([name, value]) => JSON.stringify(item[name]) === JSON.stringify(value));

export const tableItem = ({ dynamodb }: Clients) => {
  const put = (inputs: Inputs, condition: object) =>
    dynamodb.send(new PutItemCommand({ TableName: inputs.tableName, Item: itemOf(inputs), ...condition }));
  return kind({
    type: 'aws:dynamodb/tableItem:TableItem',
    inputs: Inputs,
    replacedBy: ['tableName', 'hashKey', 'rangeKey'],
    computes: [],
    // As the vendor's provider does: an item that is there already is not overwritten.
    create: async (inputs) => {
      await put(inputs, { ConditionExpression: 'attribute_not_exists(#key)', ExpressionAttributeNames: { '#key': inputs.hashKey } });
      return { id: idOf(inputs), computed: {} };
    },
    read: async (_id, state) => {
      const answer = await found(
        dynamodb.send(new GetItemCommand({ TableName: state.tableName, Key: keyOf(state), ConsistentRead: true })),
      );
      if (answer?.Item === undefined) return undefined;
      return { inputs: isAsPut(state, answer.Item) ? {} : { item: JSON.stringify(answer.Item) }, computed: {} };
    },
    update: async (_id, inputs) => {
      await put(inputs, {});
      return {};
    },
    remove: async (_id, state) => {
      await found(dynamodb.send(new DeleteItemCommand({ TableName: state.tableName, Key: keyOf(state) })));
    },
  });
};
