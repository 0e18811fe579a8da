import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { failed, Rejected } from '../../../domain/kernel/failure.ts';
import type { Change, ChangeHandler } from '../../../domain/kernel/table.ts';
import { publisher } from '../../kernel/publish.ts';
import { resourceVariable, tableOf } from '../../kernel/resources.ts';
import { type BoundContext, consumersOf } from '../bound-context.ts';
import { firstUnhandled } from '../in-order.ts';
import { type Ports, qualified } from '../ports.ts';
import { functionsOf } from './functions.ts';
import { called, type Lambda, type LambdaHandler } from './lambda.ts';

type Consumed = { readonly name: string; readonly consume: ChangeHandler };

/** Hands the changes of these contexts' tables, as DynamoDB streams them, to the bus and to those who consume them. */
export const changesFunction = (
  bound: readonly BoundContext[],
  lambda: Lambda,
): LambdaHandler<DynamoDBStreamEvent, DynamoDBBatchResponse> => {
  const { portsFor } = functionsOf(bound, lambda);
  const byTable = new Map(bound.flatMap((context) => consumedTables(context, portsFor(context.declaration), lambda)));
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
const consumedTables = (context: BoundContext, ports: Ports, { cloud, environment }: Lambda): (readonly [string, Consumed])[] =>
  Object.entries(context.declaration.tables).flatMap(([table, { holds }]) => {
    const name = environment[resourceVariable(tableOf(context.declaration.name, table))];
    const consumers = [
      ...(holds === 'events' ? [publisher(context.declaration, cloud.bus)] : []),
      ...consumersOf(context, table, ports).map(({ handle }) => handle),
    ];
    const consume: ChangeHandler = async (changes) => {
      for (const consumer of consumers) await consumer(changes);
    };
    return name === undefined || consumers.length === 0 ? [] : [[name, { name: qualified(context.declaration.name, table), consume }]];
  });

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
