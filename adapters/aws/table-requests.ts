import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import type { Condition as EntityCondition } from 'dynamodb-toolbox/entity/actions/parseCondition';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { item as itemSchema } from 'dynamodb-toolbox/schema/item';
import { number } from 'dynamodb-toolbox/schema/number';
import { string } from 'dynamodb-toolbox/schema/string';
import { Table as ToolboxTable } from 'dynamodb-toolbox/table';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { Condition, Item, Key, TableDeclaration, Write } from '../../domain/kernel/table.ts';
import type { RangeCondition } from './table-range.ts';

export type QueryRequest = {
  readonly index?: string;
  readonly partition: string;
  readonly range: RangeCondition | 'all';
  readonly limit: number;
  readonly descending: boolean;
  /** The whole key, of the index too, after which to begin. */
  readonly after?: Item;
};

/** What is sent for each operation, made by dynamodb-toolbox. Of an item the entity knows what keys and conditions are about; all else passes as it is. */
export const tableRequests = (tableName: string, { indexes = {} }: TableDeclaration) => {
  const table = new ToolboxTable({
    name: tableName,
    partitionKey: { name: 'pk', type: 'string' },
    sortKey: { name: 'sk', type: 'string' },
    indexes: Object.fromEntries(
      Object.entries(indexes).map(([name, { partition, sort }]) => [
        name,
        {
          type: 'global' as const,
          partitionKey: { name: partition, type: 'string' as const },
          sortKey: { name: sort, type: 'string' as const },
        },
      ]),
    ),
  });
  const entity = new Entity({
    name: 'item',
    table,
    schema: itemSchema({
      pk: string().key(),
      sk: string().key(),
      version: number().optional(),
      expiresAt: number().optional(),
    }),
    entityAttribute: false,
    timestamps: false,
  });

  /** An item whose life has ended is as good as gone, whether or not DynamoDB has removed it by now. */
  const conditionOf = (condition: Condition, now: Date): EntityCondition<typeof entity> => {
    const seconds = Math.floor(now.getTime() / 1000);
    if (condition === 'absent')
      return {
        or: [
          { attr: 'pk', exists: false },
          { attr: 'expiresAt', lte: seconds },
        ],
      };
    const alive = {
      or: [
        { attr: 'expiresAt' as const, exists: false as const },
        { attr: 'expiresAt' as const, gt: seconds },
      ],
    };
    const there =
      condition === 'present' ? { attr: 'pk' as const, exists: true as const } : { attr: 'version' as const, eq: condition.version };
    return { and: [there, alive] };
  };
  const options = (condition: Condition | undefined, now: Date) =>
    condition === undefined ? {} : { condition: conditionOf(condition, now) };

  const keyOf = ({ pk, sk }: Key): Key => ({ pk, sk });
  const whole = <Parsed extends { ToolboxItem: unknown }>({ ToolboxItem: _, ...request }: Parsed, item: Item) => ({
    ...request,
    Item: item,
  });

  return {
    tableName,
    get: (key: Key) => entity.build(GetItemCommand).key(keyOf(key)).options({ consistent: true }).params(),
    put: (item: Item, condition: Condition | undefined, now: Date) =>
      whole(entity.build(PutItemCommand).item(keyOf(item)).options(options(condition, now)).params(), item),
    delete: (key: Key, condition: Condition | undefined, now: Date) =>
      entity.build(DeleteItemCommand).key(keyOf(key)).options(options(condition, now)).params(),
    write(write: Write, now: Date): object {
      switch (write.type) {
        case 'put': {
          const { ToolboxItem: _, Put } = entity.build(PutTransaction).item(keyOf(write.item)).options(options(write.if, now)).params();
          return { Put: { ...Put, Item: write.item } };
        }
        case 'delete':
          return entity.build(DeleteTransaction).key(keyOf(write.key)).options(options(write.if, now)).params();
        case 'check':
          return entity.build(ConditionCheck).key(keyOf(write.key)).condition(conditionOf(write.if, now)).params();
      }
    },
    query({ index, partition, range, limit, descending, after }: QueryRequest) {
      const query = { partition, ...(index === undefined ? {} : { index }), ...(range === 'all' ? {} : { range }) };
      const from = after === undefined ? {} : { exclusiveStartKey: after };
      const consistent = index === undefined ? { consistent: true } : {};
      return table
        .build(QueryCommand)
        .query(query)
        .options({ limit, reverse: descending, ...from, ...consistent })
        .params();
    },
  };
};

export type TableRequests = ReturnType<typeof tableRequests>;
