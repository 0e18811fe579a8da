import type { CostExportArgs } from './cost-export.ts';
import type { DatabaseArgs } from './database.ts';
import type { EventBusArgs } from './event-bus.ts';
import type { FunctionArgs } from './function.ts';
import type { GatewayArgs } from './gateway.ts';
import type { KeyArgs } from './key.ts';
import type { LogsArgs } from './logs.ts';
import type { MonitoringArgs } from './monitoring.ts';
import type { NetworkEdgeArgs } from './network-edge.ts';
import type { ObjectStoreArgs } from './object-store.ts';
import type { QueueArgs } from './queue.ts';
import type { SecretArgs } from './secret.ts';
import type { StorageArgs } from './storage.ts';
import type { SubscriberArgs } from './subscriber.ts';
import type { TableArgs } from './table.ts';
import type { VaultArgs } from './vault.ts';

type Of<Args extends { readonly transform?: unknown }> = { readonly [component: string]: NonNullable<Args['transform']> };

/**
 * What a deployment wants otherwise than the components make it, by kind and name of a component, then by child resource:
 * `{ function: { models: { app: { publicNetworkAccess: 'Disabled' } } } }`.
 */
export type Transforms = {
  readonly costExport?: Of<CostExportArgs>;
  readonly database?: Of<DatabaseArgs>;
  readonly eventBus?: Of<EventBusArgs>;
  readonly function?: Of<FunctionArgs>;
  readonly gateway?: Of<GatewayArgs>;
  readonly key?: Of<KeyArgs>;
  readonly logs?: Of<LogsArgs>;
  readonly monitoring?: Of<MonitoringArgs>;
  readonly networkEdge?: Of<NetworkEdgeArgs>;
  readonly objectStore?: Of<ObjectStoreArgs>;
  readonly queue?: Of<QueueArgs>;
  readonly secret?: Of<SecretArgs>;
  readonly storage?: Of<StorageArgs>;
  readonly subscriber?: Of<SubscriberArgs>;
  readonly table?: Of<TableArgs>;
  readonly vault?: Of<VaultArgs>;
};
