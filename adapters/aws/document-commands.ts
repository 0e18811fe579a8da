import type { Item, Key } from '../../domain/kernel/table.ts';

/**
 * The commands of `@aws-sdk/lib-dynamodb` that dynamodb-toolbox sends, as thin as can be: when a function is bundled, this module takes that
 * package's place (tools/package/aws-alias.ts), so that no bundle holds an AWS SDK. `input` has the API's own shape with plain values in it.
 */
export type DocumentCommand<Output> = { readonly operation: Operation; readonly input: object; readonly output?: Output };
export type Operation = 'GetItem' | 'PutItem' | 'DeleteItem' | 'Query' | 'Scan' | 'BatchGetItem' | 'TransactWriteItems';

const commandOf = <Output>(operation: Operation) =>
  class implements DocumentCommand<Output> {
    readonly operation = operation;
    readonly input: object;
    declare readonly output?: Output;
    constructor(input: object) {
      this.input = input;
    }
  };

type TableKeys = { readonly [table: string]: { readonly Keys: readonly Key[]; readonly ConsistentRead?: boolean } };

export const GetCommand = commandOf<{ readonly Item?: Item }>('GetItem');
export const PutCommand = commandOf<{ readonly Attributes?: Item }>('PutItem');
export const DeleteCommand = commandOf<{ readonly Attributes?: Item }>('DeleteItem');
export const QueryCommand = commandOf<{ readonly Items?: readonly Item[]; readonly LastEvaluatedKey?: Key }>('Query');
export const ScanCommand = commandOf<{ readonly Items?: readonly Item[]; readonly LastEvaluatedKey?: Key }>('Scan');
export const BatchGetCommand = commandOf<{
  readonly Responses?: { readonly [table: string]: readonly Item[] };
  readonly UnprocessedKeys?: TableKeys;
}>('BatchGetItem');
export const TransactWriteCommand = commandOf<object>('TransactWriteItems');
