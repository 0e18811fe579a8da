import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import type { Json } from '../../domain/kernel/json.ts';
import type { ModelHost } from '../../domain/kernel/model-host.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import type { Queue } from '../../domain/kernel/queue.ts';
import type { Secrets } from '../../domain/kernel/secrets.ts';
import type { Table } from '../../domain/kernel/table.ts';
import { tableDeadLetters } from '../cloud/dead-letters.ts';
import { eventOf } from '../cloud/large-events.ts';
import { portAt, unknownPlace, variableOf } from '../cloud/places.ts';
import { usualBackoff } from '../cloud/retry.ts';
import { type Heavy, spared } from '../cloud/spared.ts';
import { focusWriter } from '../duckdb/focus-writer.ts';
import { systemClock } from '../system/system-clock.ts';
import { ulidIds } from '../system/ulid-ids.ts';
import { awaitDrained, cosmosDoorbell, partitionOf } from './change-stream.ts';
import { type AzureClientOptions, azureClient } from './client.ts';
import type { CosmosPlace } from './cosmos-container.ts';
import type { Environment } from './credentials.ts';
import { eventGridBus } from './event-bus.ts';
import { type FunctionModelHostOptions, functionModelHost, functionModelInspector } from './model-host.ts';
import { blobObjectStore } from './object-store.ts';
import { bodyOf, postponeMessage, type Receipt, sendText, storageQueue } from './queue.ts';
import { vaultSecrets } from './secrets.ts';
import { type CosmosTableOptions, cosmosTable } from './table.ts';

/** What another clock or network than this machine's, and other waits between attempts, are given by: for tests. */
export type CloudOptions = Pick<AzureClientOptions, 'clock' | 'fetch' | 'backoff'>;

/**
 * Every port on Azure, from the environment variables of a function app. Nothing here asks the network, and nothing is missed before it is used:
 * then it throws `Rejected` `resource-unknown`.
 */
export const openCloud = (environment: Environment, options: CloudOptions = {}) =>
  opened(environment, options, { ...runningModels, ...writingExports });

/** The same for a function app that needs only some of what is heavy, and is spared the code for the others. */
export const openCloudWith =
  (needed: Partial<Heavy<FunctionModelHostOptions>>) =>
  (environment: Environment, options: CloudOptions = {}) =>
    opened<ModelHost>(environment, options, { ...spared, ...needed });

export const runningModels = { modelHost: functionModelHost };
export const inspectingModels = { modelHost: functionModelInspector };
export const writingExports = { exportWriter: focusWriter };

const opened = <Host extends ModelHost>(
  environment: Environment,
  { clock = systemClock, ...network }: CloudOptions,
  heavy: Heavy<FunctionModelHostOptions, Host>,
) => {
  const client = azureClient({ environment, clock, ...network });
  const { backoff = usualBackoff } = network;
  const ids = ulidIds();

  const required = (variable: string): string => {
    const value = environment[variable];
    if (value) return value;
    throw unknownPlace(variable);
  };
  const at = <P extends object>(variables: readonly string[], make: (...places: readonly string[]) => P): P =>
    portAt(environment, variables, make);

  const cosmos = ['HYBRID_COSMOS_ENDPOINT', 'HYBRID_COSMOS_DATABASE'];
  const tableAt = (variable: string, declaration: CosmosTableOptions['declaration']): Table =>
    at([...cosmos, variable], (endpoint = '', database = '', container = '') =>
      cosmosTable({ place: { endpoint, database, container }, declaration, client, clock, backoff }),
    );
  const objects = (name: string): ObjectStore =>
    at([variableOf('objects', name)], (containerUrl = '') => blobObjectStore({ client, containerUrl, clock }));
  const placeOf = (table: string): CosmosPlace => {
    const [endpoint = '', database = '', container = ''] = [...cosmos, variableOf('table', table)].map(required);
    return { endpoint, database, container };
  };
  /** A queue of the account by its name. */
  const queueUrl = (queue: string): string => `${required('HYBRID_STORAGE__queueServiceUri').replace(/\/+$/, '')}/${queue}`;

  const largeEvents = objects('platform.large-events');
  const doorbell = cosmosDoorbell({ client, placeOf });
  const letters = tableDeadLetters({
    table: tableAt(variableOf('dead-letters'), {}),
    clock,
    send: ({ queue, message }) => sendText(client, queueUrl(queue), message),
  });

  return {
    clock,
    ids,
    table: (name: string, declaration: CosmosTableOptions['declaration']): Table => tableAt(variableOf('table', name), declaration),
    objects,
    queue: (name: string): Queue =>
      at([variableOf('queue', name)], (url = '') => storageQueue({ client, queueUrl: url.replace(/\/+$/, ''), largeEvents })),
    bus: at([variableOf('bus')], (endpoint = '') => eventGridBus({ client, endpoint, largeEvents })),
    /** All secrets of a context. */
    secrets: (context: string): Secrets =>
      at([variableOf('secret', context)], (secretUrl = '') => vaultSecrets({ client, secretUrl, clock })),
    modelHost: heavy.modelHost({ artifacts: objects('models.artifacts'), environment }),
    exportWriter: heavy.exportWriter(),
    deadLetters: letters.port,
    bury: letters.bury,
    doorbell,
    /** Resolves when what was written to these partitions before has been drained. */
    settled: (table: string, partitions: AsyncIterable<string>): Promise<void> => awaitDrained(doorbell, table, partitions),
    partitionOf,
    eventOf: (delivered: unknown): Promise<CloudEvent> => eventOf(delivered, largeEvents),
    bodyOf: (delivered: unknown): Promise<Json> => bodyOf(delivered, largeEvents),
    postpone: async (queue: string, receipt: Receipt, seconds: number): Promise<void> =>
      postponeMessage(client, queueUrl(queue), receipt, seconds),
    takeRequestUnits: client.takeRequestUnits,
    poison: async (queue: string, message: string): Promise<void> => sendText(client, queueUrl(`${queue}-poison`), message),
  };
};
