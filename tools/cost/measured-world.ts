import { apiKeyStream, apiKeys } from '../../domain/identity/api-key.ts';
import { tenantStream, tenants } from '../../domain/identity/tenant.ts';
import { endpointStream, endpoints as endpointsAggregate } from '../../domain/inference/endpoint.ts';
import type { Clock } from '../../domain/kernel/clock.ts';
import { eventStore } from '../../domain/kernel/event-store.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import type { Table } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { sha256 } from '../../functions/kernel/authentication.ts';

export const tenant = 'acme' as TenantId;
export const secret = 's'.repeat(43);
export const keyId = '01M7Z342NC3TXKWVAM4E8F4B0Y';

// As long as the ids of the platform: an item's size depends on it. One millisecond, so that all facts are of one shard.
let count = 0;
export const ids = { next: () => `01M7Z342NC3TXKWVAM4E${String(++count).padStart(6, '0')}` };

/** A tenant with a key and an endpoint that serves: what a prediction finds. */
export const fillWorld = async (world: { readonly directory: Table; readonly endpoints: Table; readonly clock: Clock }): Promise<void> => {
  const { clock } = world;
  const by = { by: { id: 'bootstrap' } };
  const at = clock.now().toISOString();
  const store = eventStore(world.directory, { clock, ids });
  const outcomes = [
    await store.handle(tenants, tenantStream(tenant), { type: 'create', tenant, name: 'Acme', at }, by),
    await store.handle(apiKeys, apiKeyStream(tenant, keyId), { type: 'create', key: { ...key, createdAt: at }, tenant }, by),
    await eventStore(world.endpoints, { clock, ids }).handle(
      endpointsAggregate,
      endpointStream(tenant, 'digits'),
      { type: 'ready', deployment },
      by,
    ),
  ];
  const failure = outcomes.find((outcome) => isFailure(outcome));
  if (failure !== undefined) throw new TypeError(`The world to measure in could not be made: ${JSON.stringify(failure)}`);
};

const key = {
  id: keyId,
  name: 'application',
  prefix: `hyb_${tenant}_${keyId.slice(0, 4)}`,
  roles: ['invoker'],
  secretHash: sha256(secret),
  expiresAt: null,
} as const;

const deployment = {
  ...{ endpoint: 'digits', generation: 1, model: 'digits', version: '1', artifact: `acme/sha256/${sha256('model')}`, sizeBytes: 78_642 },
  signature: {
    inputs: [{ name: 'image', datatype: 'FP32', shape: [-1, 64] }],
    outputs: [{ name: 'label', datatype: 'INT64', shape: [-1] }],
  },
} as const;
