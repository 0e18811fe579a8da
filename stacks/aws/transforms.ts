import type { CostExportArgs } from './cost-export.ts';
import type { EventBusArgs } from './event-bus.ts';
import type { EventSourceArgs } from './event-source.ts';
import type { FailedChangesArgs } from './failed-changes.ts';
import type { FunctionArgs } from './function.ts';
import type { HttpApiArgs } from './http-api.ts';
import type { KeyArgs } from './key.ts';
import type { MonitoringArgs } from './monitoring.ts';
import type { NetworkEdgeArgs } from './network-edge.ts';
import type { ObjectStoreArgs } from './object-store.ts';
import type { QueueArgs } from './queue.ts';
import type { RolloutArgs } from './rollout.ts';
import type { ScheduleArgs } from './schedule.ts';
import type { SecretArgs } from './secret.ts';
import type { SubscriberArgs } from './subscriber.ts';
import type { TableArgs } from './table.ts';

type Of<Args extends { readonly transform?: unknown }> = { readonly [component: string]: NonNullable<Args['transform']> };

/**
 * What a deployment wants otherwise than the components make it, by kind and name of a component, then by child resource:
 * `{ table: { 'models-registry': { table: { tableClass: 'STANDARD_INFREQUENT_ACCESS' } } } }`.
 */
export type Transforms = {
  readonly costExport?: Of<CostExportArgs>;
  readonly eventBus?: Of<EventBusArgs>;
  readonly eventSource?: Of<EventSourceArgs>;
  readonly failedChanges?: Of<FailedChangesArgs>;
  readonly function?: Of<FunctionArgs>;
  readonly httpApi?: Of<HttpApiArgs>;
  readonly key?: Of<KeyArgs>;
  readonly monitoring?: Of<MonitoringArgs>;
  readonly networkEdge?: Of<NetworkEdgeArgs>;
  readonly objectStore?: Of<ObjectStoreArgs>;
  readonly queue?: Of<QueueArgs>;
  readonly rollout?: Of<RolloutArgs>;
  readonly schedule?: Of<ScheduleArgs>;
  readonly secret?: Of<SecretArgs>;
  readonly subscriber?: Of<SubscriberArgs>;
  readonly table?: Of<TableArgs>;
};
