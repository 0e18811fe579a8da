import { inMemoryTable } from '../../adapters/conformance/in-memory-table.ts';
import { eventStore } from '../../domain/kernel/event-store.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { aliases, aliasStream } from '../../domain/models/streams.ts';
import type { StoredTable } from '../../functions/kernel/context.ts';
import { toCloudEvent } from '../../functions/kernel/publish.ts';
import { testClock } from '../../functions/kernel/test-serving.ts';
import { models } from '../../functions/models/context.ts';
import { onEveryEvent } from '../../functions/observability/on-every-event.ts';
import { type Consumed, countingTable, nothingConsumed } from './counting-table.ts';

/** What one domain event asks of a cloud: an assigned alias stands for all. */
export type DomainEventCost = {
  /** The append that makes it: state and event in one transaction. */
  readonly append: Consumed;
  /** The audit trail's entry, which every event leaves. */
  readonly audit: Consumed;
  /** The CloudEvent as it goes over the bus. */
  readonly bytes: number;
};

export const measureEvent = async (): Promise<DomainEventCost> => {
  const [append, audit] = [nothingConsumed(), nothingConsumed()];
  const registry = inMemoryTable(models.tables.registry);
  const ids = { next: () => '01M7Z342NC3TXKWVAM4E8F4B0Y' };
  const clock = testClock();
  const id = aliasStream('acme' as TenantId, 'digits', 'champion');
  const assign = (version: string) => ({ type: 'assign', model: 'digits', alias: 'champion', version }) as const;
  const by = { by: { id: 'key:01M7Z342NC3TXKWVAM4E8F4B0Y' }, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  await eventStore(registry, { clock, ids }).handle(aliases, id, assign('1'), by);
  const counted = countingTable(registry, models.tables.registry as StoredTable, append);
  const outcome = await eventStore(counted, { clock, ids }).handle(aliases, id, assign('2'), by);
  if (isFailure(outcome)) throw new TypeError(`The event to measure was refused: ${outcome.detail}`);
  const types = new Map(models.publishes.map((type) => [type.name as string, type]));
  const event = registry
    .changes()
    .flatMap(({ item }) => (item === undefined ? [] : [toCloudEvent(types, item)]))
    .findLast((each) => each !== undefined);
  if (event === undefined) throw new TypeError('The event to measure was not published.');
  await onEveryEvent(event, { audit: countingTable(inMemoryTable(), {}, audit) } as never);
  return { append, audit, bytes: Buffer.byteLength(JSON.stringify(event)) };
};
