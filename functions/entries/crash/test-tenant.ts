import { expect } from 'vitest';
import { accountStream } from '../../../domain/billing/account.ts';
import { tenantStream } from '../../../domain/identity/tenant.ts';
import { eventStore, type StreamId } from '../../../domain/kernel/event-store.ts';
import type { Table } from '../../../domain/kernel/table.ts';
import type { TenantId } from '../../../domain/kernel/tenancy.ts';
import { auditPartition } from '../../../domain/observability/audit-entry.ts';
import { bootstrapKey, sha256 } from '../../kernel/authentication.ts';
import { deadLetters, largeEvents, lastUses, objectsOf, queueOf, resourceVariable, tableOf } from '../../kernel/resources.ts';
import type { BoundContext } from '../bound-context.ts';
import { boundContexts } from '../local-contexts.ts';
import type { Run, Scenario } from './test-runs.ts';
import type { Resources, World } from './test-world.ts';

const isWatching = ({ declaration }: BoundContext): boolean => declaration.name === 'observability';

/** What contexts declare, as functions are told of it. */
export const resourcesOf = (bound: readonly BoundContext[], more: Partial<Resources> = {}): Resources => {
  const each = <V>(pick: (context: BoundContext['declaration']) => readonly V[]): V[] =>
    bound.flatMap(({ declaration }) => pick(declaration));
  const tables = each(({ name, tables: own }) =>
    Object.entries(own).map(([table, { indexes = {}, holds, changes }]) => {
      const streams = holds === 'events' || changes !== undefined;
      const declared = { indexes, streams, name: `${name}.${table}`, isConsumed: changes !== undefined };
      return [resourceVariable(tableOf(name, table)), declared] as const;
    }),
  );
  return {
    tables: {
      ...Object.fromEntries(tables),
      [resourceVariable(lastUses)]: {},
      ...(bound.some(isWatching) && { [resourceVariable(deadLetters)]: {} }),
    },
    buckets: [
      resourceVariable(largeEvents),
      ...each(({ name, objects }) => Object.keys(objects).map((one) => resourceVariable(objectsOf(name, one)))),
    ],
    queues: each(({ name, queues }) => Object.keys(queues).map((one) => resourceVariable(queueOf(name, one)))),
    subscribers: each(({ name, subscribers }) => Object.keys(subscribers).map((one) => `${name}.${one}`)),
    ...more,
  };
};

export const contextsCalled = (...names: readonly string[]): readonly BoundContext[] =>
  boundContexts.filter(({ declaration }) => names.includes(declaration.name));

/** A table as nobody disturbs it. */
export const tableIn = (account: World, name: string): Table => account.open().table(name, { changes: true });

export const historyIn = async (account: World, table: string, id: StreamId): Promise<readonly string[]> => {
  const ports = { clock: { now: () => new Date() }, ids: { next: () => '' } };
  const { events } = await eventStore(tableIn(account, table), ports).history(id);
  return events.map(({ event }) => event.type);
};

export const platformKey = 'hyb_platform_bootstrap_cafe';
export const withPlatformKey = async (account: World): Promise<void> => {
  await tableIn(account, 'identity.directory').put({ ...bootstrapKey, secretHash: sha256(platformKey) });
};

/** What the trail holds of a tenant, today and, where clocks were put forward, tomorrow. */
export const auditedIn = async ({ account, platform }: Run, tenant: string): Promise<readonly string[]> => {
  const days = new Set([new Date(), platform.clock.now()].map((at) => at.toISOString().slice(0, 10)));
  const pages = await Promise.all([...days].map((day) => tableIn(account, 'observability.audit').query(auditPartition(tenant, day))));
  return pages.flatMap(({ items }) => items.map(({ action }) => String(action))).sort();
};

const bound = contextsCalled('identity', 'billing', 'observability');

/** A tenant is created under an Idempotency-Key: its event is published, the trail tells of it, and its account is opened. */
export const tenantIsCreated: Scenario = {
  bound,
  resources: resourcesOf(bound),
  prepare: withPlatformKey,
  async happens(run) {
    const { platform, account, name } = run;
    const asked = { body: { id: name }, key: platformKey, idempotencyKey: `create-${name}` };
    const first = await platform.ask('POST', '/v1/tenants', asked);
    expect(first).toMatchObject({ status: 201, body: { id: name } });
    expect(platform.unnoticed()).toEqual([]);
    await platform.settle();
    platform.rest();
    const again = await platform.ask('POST', '/v1/tenants', asked);
    expect(again).toMatchObject({ status: 201, body: first.body as object, headers: { 'idempotency-replayed': 'true' } });
    const tenant = name as TenantId;
    expect(await historyIn(account, 'identity.directory', tenantStream(tenant))).toEqual(['tenant-created']);
    expect(await historyIn(account, 'billing.accounts', accountStream(tenant))).toEqual(['account-opened']);
    expect(await auditedIn(run, name)).toEqual(['account-opened', 'tenant-created']);
    expect(platform.unnoticed()).toEqual([]);
  },
};
