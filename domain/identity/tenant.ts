import type { Decider } from '../kernel/decider.ts';
import type { Aggregate, StreamId } from '../kernel/event-store.ts';
import { type Failure, failed } from '../kernel/failure.ts';
import { platformTenant, type TenantId } from '../kernel/tenancy.ts';

/** A customer of the platform; everything else belongs to one. */
export type Tenant = {
  readonly id: string;
  readonly name: string;
  readonly status: 'unknown' | 'active' | 'suspended';
  readonly createdAt: string;
};

export type TenantCommand =
  | { readonly type: 'create'; readonly tenant: TenantId; readonly name: string; readonly at: string }
  | { readonly type: 'suspend'; readonly tenant: TenantId }
  | { readonly type: 'resume'; readonly tenant: TenantId };

export type TenantEvent =
  | { readonly type: 'tenant-created'; readonly tenant: string; readonly name: string; readonly createdAt: string }
  | { readonly type: 'tenant-suspended'; readonly tenant: string }
  | { readonly type: 'tenant-resumed'; readonly tenant: string };

export type TenantFailure = Failure<'tenant-exists' | 'tenant-not-found' | 'tenant-reserved'>;

export const tenantNotFound = (id: string): Failure<'tenant-not-found'> =>
  failed('not-found', 'tenant-not-found', `There is no tenant "${id}".`);

export const tenant: Decider<Tenant, TenantCommand, TenantEvent, TenantFailure> = {
  initial: { id: '', name: '', status: 'unknown', createdAt: '' },
  decide(command, state) {
    if (command.type === 'create') return create(command, state);
    if (state.status === 'unknown') return tenantNotFound(command.tenant);
    if (command.type === 'suspend') return state.status === 'suspended' ? [] : [{ type: 'tenant-suspended', tenant: command.tenant }];
    return state.status === 'active' ? [] : [{ type: 'tenant-resumed', tenant: command.tenant }];
  },
  evolve(state, event) {
    switch (event.type) {
      case 'tenant-created':
        return { id: event.tenant, name: event.name, status: 'active', createdAt: event.createdAt };
      case 'tenant-suspended':
        return { ...state, status: 'suspended' };
      case 'tenant-resumed':
        return { ...state, status: 'active' };
    }
  },
};

const create = (command: Extract<TenantCommand, { type: 'create' }>, state: Tenant): readonly TenantEvent[] | TenantFailure => {
  if (command.tenant === platformTenant)
    return failed('conflict', 'tenant-reserved', `The tenant "${platformTenant}" is the platform itself; choose another id.`);
  if (state.status !== 'unknown') return failed('conflict', 'tenant-exists', `There is a tenant "${command.tenant}" already.`);
  return [{ type: 'tenant-created', tenant: command.tenant, name: command.name, createdAt: command.at }];
};

export const tenantStream = (id: TenantId): StreamId => ({ tenant: id, partition: 'tenant', stream: 'tenant' });

export const tenants: Aggregate<Tenant, TenantCommand, TenantEvent, TenantFailure> = {
  decider: tenant,
  attributes: (state) => ({ list: `${platformTenant}#tenants`, rank: state.id }),
};
