import { usageShards } from '../../domain/kernel/meter.ts';
import { monthSeconds, streamPollSeconds, streamShards, type Traffic } from './assumptions.ts';
import { numberOf, type Resource } from './graph.ts';

/** How many invocations, and folds into roll-ups, come of one fact. Both are 1 where facts come singly. */
export type Folding = { readonly recordsABatch: number; readonly invocationsAFact: number; readonly foldsAFact: number };

/**
 * A batch opens with its first record and takes what comes within the window, up to its size. Facts of one tenant and hour lie in `usageShards`
 * partitions, which spread over the stream's shards; a batch makes one fold for each partition that it holds facts of.
 */
export const foldingOf = (mapping: Resource, { predictionsAMonth, tenants }: Traffic): Folding => {
  const window = Math.max(numberOf(mapping, 'maximumBatchingWindowInSeconds', 0), streamPollSeconds);
  const ratePerShard = predictionsAMonth / monthSeconds / streamShards;
  const recordsABatch = Math.min(numberOf(mapping, 'batchSize', 100), 1 + ratePerShard * window);
  const partitionsAShard = Math.max(1, (tenants * usageShards) / streamShards);
  // So many different partitions are met by so many facts, each of which is of any of them.
  const foldsABatch = partitionsAShard * (1 - (1 - 1 / partitionsAShard) ** recordsABatch);
  return { recordsABatch, invocationsAFact: 1 / recordsABatch, foldsAFact: foldsABatch / recordsABatch };
};
