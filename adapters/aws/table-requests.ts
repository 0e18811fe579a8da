import { Entity } from 'dynamodb-toolbox/entity';
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete';
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
import { ConditionCheck } from 'dynamodb-toolbox/entity/actions/transactCheck';
import { DeleteTransaction } from 'dynamodb-toolbox/entity/actions/transactDelete';
import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
import { Table as ToolboxTable } from 'dynamodb-toolbox/table';
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
import type { Condition, Item, Key, TableDeclaration, Write } from '../../domain/kernel/table.ts';
import { type Conditional, conditionalRequests, conditionSchema, type EntityCondition, type Operation } from './table-conditions.ts';
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
  const entity = new Entity({ name: 'item', table, schema: conditionSchema, entityAttribute: false, timestamps: false });

  const keyOf = ({ pk, sk }: Key): Key => ({ pk, sk });
  const optionsOf = (condition: EntityCondition | undefined) => (condition === undefined ? {} : { condition });
  // What is there instead shows whether this write is in its own way.
  const showing = (condition: EntityCondition | undefined) =>
    condition === undefined ? {} : { condition, returnValuesOnConditionFalse: 'ALL_OLD' as const };
  const some: Key = { pk: 'some', sk: 'some' };
  const get = entity.build(GetItemCommand).key(some).options({ consistent: true }).params();

  /** What there is of each operation beside the key or the item. */
  const makers: Readonly<Record<Operation, (condition: EntityCondition | undefined) => Conditional>> = {
    put: (condition) => entity.build(PutItemCommand).item(some).options(showing(condition)).params(),
    delete: (condition) => entity.build(DeleteItemCommand).key(some).options(showing(condition)).params(),
    putInTransaction: (condition) => entity.build(PutTransaction).item(some).options(optionsOf(condition)).params().Put ?? {},
    deleteInTransaction: (condition) => entity.build(DeleteTransaction).key(some).options(optionsOf(condition)).params().Delete ?? {},
    check: (condition) =>
      entity
        .build(ConditionCheck)
        .key(some)
        .condition(condition ?? { attr: 'pk', exists: true })
        .params().ConditionCheck ?? {},
  };
  const request = conditionalRequests(makers);

  return {
    tableName,
    get: (key: Key) => ({ ...get, Key: keyOf(key) }),
    put: (item: Item, condition: Condition | undefined, now: Date) => ({ ...request('put', condition, now), Item: item }),
    delete: (key: Key, condition: Condition | undefined, now: Date) => ({ ...request('delete', condition, now), Key: keyOf(key) }),
    write(write: Write, now: Date): object {
      switch (write.type) {
        case 'put':
          return { Put: { ...request('putInTransaction', write.if, now), Item: write.item } };
        case 'delete':
          return { Delete: { ...request('deleteInTransaction', write.if, now), Key: keyOf(write.key) } };
        case 'check':
          return { ConditionCheck: { ...request('check', write.if, now), Key: keyOf(write.key) } };
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
