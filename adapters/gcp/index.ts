import type { Clock } from '../../domain/kernel/clock.ts';
import type { Json } from '../../domain/kernel/json.ts';
import type { ModelHost } from '../../domain/kernel/model-host.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import type { Queue } from '../../domain/kernel/queue.ts';
import type { Secrets } from '../../domain/kernel/secrets.ts';
import type { Table, TableDeclaration } from '../../domain/kernel/table.ts';
import { eventOf } from '../cloud/large-events.ts';
import { portAt, unknownPlace, variableOf } from '../cloud/places.ts';
import { type Heavy, spared } from '../cloud/spared.ts';
import { focusWriter } from '../duckdb/focus-writer.ts';
import { systemClock } from '../system/system-clock.ts';
import { ulidIds } from '../system/ulid-ids.ts';
import { firestoreDoorbell, partitionOf } from './change-stream.ts';
import { type GcpClientOptions, gcpClient } from './client.ts';
import type { Environment } from './credentials.ts';
import { pubSubDeadLetters } from './dead-letters.ts';
import { pubSubBus } from './event-bus.ts';
import { type CloudRunModelHostOptions, cloudRunModelHost, cloudRunModelInspector } from './model-host.ts';
import { cloudObjectStore } from './object-store.ts';
import { pubSubQueue } from './queue.ts';
import { managedSecrets } from './secrets.ts';
import { drainAt } from './settled.ts';
import { firestoreTable } from './table.ts';

/** What another clock or network than this machine's, and other waits between attempts, are given by: for tests. */
export type CloudOptions = Pick<GcpClientOptions, 'fetch' | 'backoff' | 'identity'> & { readonly clock?: Clock };

/**
 * Every port on Google Cloud, from the environment variables of a function. Nothing here asks the network, and nothing is missed before it is used:
 * then it throws `Rejected` `resource-unknown`.
 */
export const openCloud = (environment: Environment, options: CloudOptions = {}) =>
  opened(environment, options, { ...runningModels, ...writingExports });

/** The same for a function that needs only some of what is heavy, and is spared the code for the others. */
export const openCloudWith =
  (needed: Partial<Heavy<CloudRunModelHostOptions>>) =>
  (environment: Environment, options: CloudOptions = {}) =>
    opened<ModelHost>(environment, options, { ...spared, ...needed });

export const runningModels = { modelHost: cloudRunModelHost };
export const inspectingModels = { modelHost: cloudRunModelInspector };
export const writingExports = { exportWriter: focusWriter };

const opened = <Host extends ModelHost>(
  environment: Environment,
  { clock = systemClock, ...network }: CloudOptions,
  heavy: Heavy<CloudRunModelHostOptions, Host>,
) => {
  const client = gcpClient({ environment, ...network });
  const at = <P extends object>(variable: string, make: (place: string) => P): P =>
    portAt(environment, [variable], (place = '') => make(place));

  const table = (name: string, declaration: TableDeclaration & { readonly changes?: boolean }): Table =>
    at(variableOf('table', name), (collection) => firestoreTable({ collection, declaration, client, clock }));
  const objects = (name: string): ObjectStore => at(variableOf('objects', name), (bucket) => cloudObjectStore({ client, bucket, clock }));
  const queue = (name: string): Queue => {
    const tasks = environment[variableOf('tasks', name)];
    const delays = tasks ? { queue: tasks, account: environment.HYBRID_TASKS_ACCOUNT } : undefined;
    return at(variableOf('queue', name), (topic) => pubSubQueue({ client, topic, tasks: delays }));
  };
  const collectionOf = (name: string): string => {
    const variable = variableOf('table', name);
    const collection = environment[variable];
    if (!collection) throw unknownPlace(variable);
    return collection;
  };
  const largeEvents = objects('platform.large-events');
  const letters = at(variableOf('dead-letters'), (collection) => {
    const { port, bury } = pubSubDeadLetters({ table: firestoreTable({ collection, declaration: {}, client, clock }), client, clock });
    return { ...port, bury };
  });
  const drainUrl = variableOf('drain', 'url');
  const { settled } = at(drainUrl, (url) => ({ settled: drainAt({ client, fetch: network.fetch ?? fetch, url }) }));

  return {
    clock,
    ids: ulidIds(),
    table,
    objects,
    queue,
    bus: at(variableOf('bus'), (topic) => pubSubBus({ client, topic })),
    /** All secrets of a context. */
    secrets: (context: string): Secrets => at(variableOf('secret', context), (secret) => managedSecrets({ client, secret, clock })),
    modelHost: heavy.modelHost({ artifacts: objects('models.artifacts') }),
    exportWriter: heavy.exportWriter(),
    deadLetters: letters,
    bury: letters.bury,
    /** Resolves when the consumers of a table's changes have handled what was written to these partitions before. */
    settled,
    doorbell: firestoreDoorbell({ client, collectionOf }),
    partitionOf,
    eventOf: (delivered: unknown) => eventOf(delivered, largeEvents),
    bodyOf: async (delivered: unknown): Promise<Json> => delivered as Json,
    /** Who this function is to the others of the platform: `identityToken(audience)`. */
    identity: client.identity,
  };
};
