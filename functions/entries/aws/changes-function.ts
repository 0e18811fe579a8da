import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { failed, Rejected } from '../../../domain/kernel/failure.ts';
import type { Change, ChangeHandler } from '../../../domain/kernel/table.ts';
import { resourceVariable, tableOf } from '../../kernel/resources.ts';
import type { BoundContext } from '../bound-context.ts';
import { consumedTables } from '../consumed-tables.ts';
import { functionsOf } from '../functions.ts';
import { firstUnhandled } from '../in-order.ts';
import type { Environment } from '../opened.ts';
import { called, type Lambda, type LambdaHandler } from './lambda.ts';

type Consumed = { readonly name: string; readonly consume: ChangeHandler };

/** Hands the changes of these contexts' tables, as DynamoDB streams them, to the bus and to those who consume them. */
export const changesFunction = (
  bound: readonly BoundContext[],
  lambda: Lambda,
): LambdaHandler<DynamoDBStreamEvent, DynamoDBBatchResponse> => {
  const { portsFor } = functionsOf(bound, lambda);
  const byTable = tablesByName(consumedTables(bound, portsFor, lambda.cloud.bus), lambda.environment);
  return called(lambda, async ({ Records: records }: DynamoDBStreamEvent) => {
    const table = streamedTable(records);
    const consumed = byTable.get(table);
    if (consumed === undefined) throw new Rejected(failed('invalid', 'unknown-table', `No table that is known here is called "${table}".`));
    return handled(records, consumed, lambda);
  });
};

/** A batch comes from one stream: `arn:aws:dynamodb:<region>:<account>:table/<name>/stream/<label>`. */
const streamedTable = ([first]: readonly DynamoDBRecord[]): string => first?.eventSourceARN?.split('/')[1] ?? '';

/** By the names that the tables have in the cloud. */
const tablesByName = (consumed: ReadonlyMap<string, ChangeHandler>, environment: Environment): ReadonlyMap<string, Consumed> =>
  new Map(
    [...consumed].flatMap(([name, consume]) => {
      const [context = '', table = ''] = name.split('.');
      const inCloud = environment[resourceVariable(tableOf(context, table))];
      return inCloud === undefined ? [] : [[inCloud, { name, consume }] as const];
    }),
  );

type Streamed = { readonly change: Change; readonly id: string };

/**
 * Handles a batch in its order. What is reported is the first change that could not be handled: Lambda comes again from there. Where that is the
 * first of several, the call fails instead: then Lambda splits the batch, until what cannot be handled is alone and is put aside in the end.
 */
const handled = async (
  records: readonly DynamoDBRecord[],
  { name, consume }: Consumed,
  { cloud, log }: Lambda,
): Promise<DynamoDBBatchResponse> => {
  const streamed = records.map((record): Streamed => ({ change: cloud.changeOf(record), id: record.dynamodb?.SequenceNumber ?? '' }));
  const isMarker = ({ change }: Streamed): boolean => cloud.markers.isMarker(change);
  const meant = streamed.filter((one) => !isMarker(one));
  const { at, error } = await firstUnhandled(
    meant.map(({ change }) => change),
    consume,
  );
  const stuck = meant[at];
  const passed = stuck === undefined ? streamed : streamed.slice(0, streamed.indexOf(stuck));
  const markers = passed.filter(isMarker).map(({ change }) => change);
  if (markers.length > 0) await cloud.markers.acknowledge(name, markers);
  if (stuck === undefined) return { batchItemFailures: [] };
  if (stuck === streamed[0] && streamed.length > 1) throw error;
  log.error('a change could not be handled and comes again', error, { table: name, sequence: stuck.id });
  return { batchItemFailures: [{ itemIdentifier: stuck.id }] };
};
