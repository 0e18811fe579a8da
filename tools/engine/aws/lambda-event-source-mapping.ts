import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { drift } from './drift.ts';
import { inApiNames } from './shape.ts';

const Inputs = z.object({
  eventSourceArn: z.string(),
  functionName: z.string(),
  enabled: z.boolean().optional(),
  batchSize: z.number().optional(),
  startingPosition: z.string().optional(),
  bisectBatchOnFunctionError: z.boolean().optional(),
  functionResponseTypes: z.array(z.string()).optional(),
  maximumBatchingWindowInSeconds: z.number().optional(),
  maximumRecordAgeInSeconds: z.number().optional(),
  maximumRetryAttempts: z.number().optional(),
  parallelizationFactor: z.number().optional(),
  filterCriteria: z.object({ filters: z.array(z.object({ pattern: z.string().optional() })).optional() }).optional(),
  scalingConfig: z.object({ maximumConcurrency: z.number().optional() }).optional(),
  destinationConfig: z.object({ onFailure: z.object({ destinationArn: z.string() }).optional() }).optional(),
});
type Inputs = z.output<typeof Inputs>;

/** What may change without a new mapping. */
const settingsOf = ({ eventSourceArn: _source, startingPosition: _start, ...settings }: Inputs) =>
  inApiNames(settings, { destinationArn: 'Destination' }) as { FunctionName: string };

const computedOf = ({ UUID, EventSourceMappingArn, FunctionArn }: EventSourceMappingConfiguration) => ({
  uuid: UUID,
  arn: EventSourceMappingArn ?? '',
  functionArn: FunctionArn,
});

export const eventSourceMapping = ({ lambda }: Clients) =>
  kind({
    type: 'aws:lambda/eventSourceMapping:EventSourceMapping',
    inputs: Inputs,
    replacedBy: ['eventSourceArn', 'startingPosition', 'startingPositionTimestamp', 'region'],
    computes: ['uuid', 'arn', 'functionArn'],
    create: async (inputs) => {
      const made = await lambda.send(
        new CreateEventSourceMappingCommand({
          ...settingsOf(inputs),
          EventSourceArn: inputs.eventSourceArn,
          StartingPosition: inputs.startingPosition as 'TRIM_HORIZON',
        }),
      );
      return { id: made.UUID ?? '', computed: computedOf(made) };
    },
    read: async (id, state) => {
      const said = await found(lambda.send(new GetEventSourceMappingCommand({ UUID: id })));
      if (said === undefined) return undefined;
      const enabled = said.State === undefined ? undefined : !/^Disabl/.test(said.State);
      return { inputs: drift(state, { batchSize: said.BatchSize, enabled }), computed: computedOf(said) };
    },
    update: async (id, inputs) => computedOf(await lambda.send(new UpdateEventSourceMappingCommand({ UUID: id, ...settingsOf(inputs) }))),
    remove: async (id) => {
      await found(lambda.send(new DeleteEventSourceMappingCommand({ UUID: id })));
    },
  });
