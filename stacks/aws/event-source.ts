import { EventSourceMapping, type EventSourceMappingArgs } from '@pulumi/aws/lambda/eventSourceMapping.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { type Transform, transformed } from './component.ts';

export type EventSourceArgs = {
  readonly functionArn: Input<string>;
  readonly mapping: Omit<EventSourceMappingArgs, 'functionName'>;
  readonly transform?: { readonly mapping?: Transform<EventSourceMappingArgs> } | undefined;
};

/**
 * What Lambda reads for a function. It belongs to its source, not to the function: when the topology changes, the same mapping calls another
 * function and goes on where it was.
 */
export class EventSource extends ComponentResource {
  readonly mappingId: Output<string>;

  constructor(name: string, { functionArn, mapping, transform }: EventSourceArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:EventSource', name, {}, options);
    const made: EventSourceMappingArgs = { ...mapping, functionName: functionArn, functionResponseTypes: ['ReportBatchItemFailures'] };
    this.mappingId = new EventSourceMapping(`${name}-mapping`, transformed(made, transform?.mapping), { parent: this }).uuid;
    this.registerOutputs({ mappingId: this.mappingId });
  }
}

/** Messages of a queue, up to so many batches at a time. */
export const fromQueue = (queueArn: Input<string>, batchSize: number, maximumConcurrency: number): EventSourceArgs['mapping'] => ({
  eventSourceArn: queueArn,
  batchSize,
  // SQS gives at most ten at once: a larger batch has to be waited for.
  ...(batchSize > 10 ? { maximumBatchingWindowInSeconds: 1 } : {}),
  scalingConfig: { maximumConcurrency },
});

const eventItems = { filters: [{ pattern: JSON.stringify({ dynamodb: { NewImage: { kind: { S: ['event'] } } } }) }] };

/**
 * How long usage facts are gathered before they are folded. Folding a fact alone costs more than recording it (`npm run cost`); who settles a
 * period waits for as long.
 */
const factsWaitSeconds = 15;

/**
 * Changes of a table from the oldest on, in order by key. A change that fails again and again is laid aside whole, so that it holds up only what
 * it has to.
 */
export const fromChanges = (
  streamArn: Input<string>,
  eventsOnly: boolean,
  failedChangesArn: Input<string>,
): EventSourceArgs['mapping'] => ({
  eventSourceArn: streamArn,
  startingPosition: 'TRIM_HORIZON',
  batchSize: eventsOnly ? 100 : 1000,
  maximumBatchingWindowInSeconds: eventsOnly ? 0 : factsWaitSeconds,
  ...(eventsOnly ? { filterCriteria: eventItems } : {}),
  bisectBatchOnFunctionError: true,
  maximumRetryAttempts: 25,
  destinationConfig: { onFailure: { destinationArn: failedChangesArn } },
});
