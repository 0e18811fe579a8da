import type { ChangeHandler } from '../../domain/kernel/table.ts';
import { type Consumer, polledConsumer } from '../conformance/polled-consumer.ts';
import { changeOf, type StreamRecord } from './change-stream.ts';
import type { AwsClient } from './client.ts';
import { dynamoDbStreams } from './services.ts';

type Shard = { readonly ShardId: string; readonly ParentShardId?: string };
type Records = { readonly Records: readonly StreamRecord[]; readonly NextShardIterator?: string };

/** Where a consumer is in each shard: the sequence number of the last record that it has handled. */
type Positions = Map<string, string>;

/** Delivers a stream as Lambda's mapping does: a shard in order, a parent before its children, a batch again until it is handled. */
export const streamReader = (client: AwsClient, streamArn: string) => {
  const consumers = new Map<string, Positions>();
  const call = <Output>(operation: string, input: object) => client.call<Output>(dynamoDbStreams, operation, input);

  const iteratorAt = async (shard: string, after: string | undefined): Promise<string> => {
    const from =
      after === undefined ? { ShardIteratorType: 'TRIM_HORIZON' } : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
    const { ShardIterator } = await call<{ ShardIterator: string }>('GetShardIterator', { StreamArn: streamArn, ShardId: shard, ...from });
    return ShardIterator;
  };

  /** Handles what a shard has; false where that is nothing more. */
  const readShard = async (shard: string, positions: Positions, handler: ChangeHandler, batchSize: number): Promise<boolean> => {
    const iterator = await iteratorAt(shard, positions.get(shard));
    const { Records: records } = await call<Records>('GetRecords', { ShardIterator: iterator, Limit: batchSize });
    const last = records.at(-1)?.dynamodb?.SequenceNumber;
    if (last === undefined) return false;
    await handler(records.map(changeOf));
    positions.set(shard, last);
    return true;
  };

  /** One round over all shards; false where there was nothing. A shard is left alone while its parent has something. */
  const readAll = async (positions: Positions, handler: ChangeHandler, batchSize: number): Promise<boolean> => {
    const { StreamDescription } = await call<{ StreamDescription: { Shards?: readonly Shard[] } }>('DescribeStream', {
      StreamArn: streamArn,
    });
    const busy = new Set<string>();
    for (const { ShardId, ParentShardId } of StreamDescription.Shards ?? []) {
      const waits = ParentShardId !== undefined && busy.has(ParentShardId);
      if (waits || (await readShard(ShardId, positions, handler, batchSize))) busy.add(ShardId);
    }
    return busy.size > 0;
  };

  return {
    /** Goes on where a consumer of that name was. */
    subscribe(consumer: string, handler: ChangeHandler, { batchSize = 100 } = {}): Consumer {
      const positions = consumers.get(consumer) ?? new Map<string, string>();
      consumers.set(consumer, positions);
      return polledConsumer(() => readAll(positions, handler, batchSize));
    },
  };
};
