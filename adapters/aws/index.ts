import type { DynamoDBRecord } from 'aws-lambda';
import type { Clock } from '../../domain/kernel/clock.ts';
import type { ModelHost } from '../../domain/kernel/model-host.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import type { Queue } from '../../domain/kernel/queue.ts';
import type { Secrets } from '../../domain/kernel/secrets.ts';
import type { Change, Table, TableDeclaration } from '../../domain/kernel/table.ts';
import { tableDeadLetters } from '../cloud/dead-letters.ts';
import { eventOf } from '../cloud/large-events.ts';
import { portAt, variableOf } from '../cloud/places.ts';
import { usualBackoff } from '../cloud/retry.ts';
import { type Heavy, modelsElsewhere, spared } from '../cloud/spared.ts';
import { focusWriter } from '../duckdb/focus-writer.ts';
import { systemClock } from '../system/system-clock.ts';
import { ulidIds } from '../system/ulid-ids.ts';
import { changeOf, type StreamRecord } from './change-stream.ts';
import { type AwsClientOptions, awsClient } from './client.ts';
import type { Environment } from './credentials.ts';
import { eventBridgeBus } from './event-bus.ts';
import { acknowledge, awaitMarkers, isMarker } from './markers.ts';
import { type LambdaModelHostOptions, lambdaModelHost } from './model-host.ts';
import { askedTrials, modelTrials } from './model-trials.ts';
import { s3ObjectStore } from './object-store.ts';
import { postponeMessage, sendText, sqsQueue } from './queue.ts';
import { queueUrlOf } from './queue-names.ts';
import { managedSecrets } from './secrets.ts';
import { dynamoTable } from './table.ts';

/** What another clock or network than this machine's, and other waits between attempts, are given by: for tests. */
export type CloudOptions = Pick<AwsClientOptions, 'fetch' | 'backoff'> & { readonly clock?: Clock };

/**
 * Every port on AWS, from the environment variables of a function. Nothing here asks the network, and nothing is missed before it is used: then
 * it throws `Rejected` `resource-unknown`.
 */
export const openCloud = (environment: Environment, options: CloudOptions = {}) =>
  opened(environment, options, { ...runningModels, ...writingExports });

/** The same for a function that needs only some of what is heavy, and is spared the code for the others. */
export const openCloudWith =
  (needed: Partial<HeavyOnLambda>) =>
  (environment: Environment, options: CloudOptions = {}) =>
    opened(environment, options, { ...spared, trials: () => modelsElsewhere, ...needed });

type HeavyOnLambda = Heavy<LambdaModelHostOptions> & {
  /** What tries models that other functions ask it to try. */
  readonly trials: (options: { readonly environment: Environment }) => (trial: unknown) => Promise<unknown>;
};
export const runningModels = { modelHost: lambdaModelHost, trials: modelTrials };
export const writingExports = { exportWriter: focusWriter };

const opened = (environment: Environment, { clock = systemClock, ...network }: CloudOptions, heavy: HeavyOnLambda) => {
  const client = awsClient({ environment, ...network });
  const { backoff = usualBackoff } = network;
  const ids = ulidIds();

  const at = <P extends object>(variable: string, make: (place: string) => P): P =>
    portAt(environment, [variable], (place = '') => make(place));
  const table = (name: string, declaration: TableDeclaration): Table =>
    at(variableOf('table', name), (tableName) => dynamoTable({ tableName, declaration, client, clock, backoff }));
  const objects = (name: string): ObjectStore => at(variableOf('objects', name), (bucket) => s3ObjectStore({ client, bucket, backoff }));
  const largeEvents = objects('platform.large-events');
  const letters = at(variableOf('dead-letters'), (tableName) => {
    const { port, bury } = tableDeadLetters({
      table: dynamoTable({ tableName, declaration: {}, client, clock, backoff }),
      clock,
      send: ({ deadLetterQueue, queue, message }) => sendText(client, queueUrlOf(deadLetterQueue, environment, queue), message),
    });
    return { ...port, bury };
  });

  /** Models are tried by a function of its own where this one is told of it, and run here. */
  const modelHost = (): ModelHost => {
    const artifacts = objects('models.artifacts');
    const host = heavy.modelHost({ artifacts, environment });
    const functionArn = environment[variableOf('function', 'models.trials')];
    return functionArn === undefined ? host : { ...host, ...askedTrials({ client, functionArn, artifacts }) };
  };

  return {
    clock,
    ids,
    table,
    objects,
    queue: (name: string): Queue => at(variableOf('queue', name), (queueUrl) => sqsQueue({ client, queueUrl, backoff })),
    bus: at(variableOf('bus'), (busName) => eventBridgeBus({ client, busName, largeEvents, backoff })),
    /** All secrets of a context. */
    secrets: (context: string): Secrets => at(variableOf('secret', context), (secretId) => managedSecrets({ client, secretId, clock })),
    modelHost: modelHost(),
    tryModel: heavy.trials({ environment }),
    exportWriter: heavy.exportWriter(),
    deadLetters: letters,
    /** Resolves when the consumers of a table's changes have handled what was written to these partitions before. */
    settled: (name: string, partitions: AsyncIterable<string>): Promise<void> =>
      awaitMarkers(table(name, {}), partitions, { clock, id: ids.next() }),
    markers: {
      isMarker,
      acknowledge: (name: string, markers: readonly Change[]): Promise<void> => acknowledge(table(name, {}), markers),
    },
    changeOf: (record: DynamoDBRecord): Change => changeOf(record as StreamRecord),
    eventOf: (detail: unknown) => eventOf(detail, largeEvents),
    bury: letters.bury,
    postpone: async (queueArn: string, receiptHandle: string, seconds: number): Promise<void> => {
      await postponeMessage(client, queueUrlOf(queueArn, environment), receiptHandle, seconds);
    },
  };
};
