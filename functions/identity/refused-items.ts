import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { apiKeyStream, apiKeys } from '../../domain/identity/api-key.ts';
import { tenantStream, tenants } from '../../domain/identity/tenant.ts';
import { stateItem } from '../../domain/kernel/event-store.ts';
import type { Item, Table } from '../../domain/kernel/table.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { Time } from '../kernel/schemas.ts';
import type { Refuses } from '../kernel/transfer/handlers.ts';
import { Role } from './context.ts';
import { isOfNativeTenant, tenantOf } from './native-tenant.ts';

/**
 * Identity takes no item of a tenant that was created here, no state that it would not have made itself, and no key that goes by the id of another
 * tenant's: a tenant's keys are what he is let in by, and what he finds them by to revoke them.
 */
export const refusesItem: Refuses = async (directory, item) =>
  !isOfItsKind(item) || (await isOfNativeTenant(directory, item)) || (await hasIdOfAnothers(directory, item));

const TenantState = z.object({ id: z.string(), name: z.string(), status: z.enum(['active', 'suspended']), createdAt: Time });
const ApiKeyState = z.object({
  ...{ id: z.string().min(1), name: z.string(), prefix: z.string(), roles: z.array(Role).min(1) },
  ...{ secretHash: z.string().regex(/^[0-9a-f]{64}$/), expiresAt: Time.nullable(), createdAt: Time, revoked: z.boolean() },
});

type Attributes = { readonly [attribute: string]: unknown };

/** Whether a state is well-formed and where it belongs, and whether the indexes read of an item what follows from that, and of any other nothing. */
const isOfItsKind = (item: Item): boolean => {
  const { list, rank, key_id, key_tenant } = item;
  const attributes = attributesOf(item);
  return attributes !== undefined && isDeepStrictEqual(given({ list, rank, key_id, key_tenant }), given(attributes));
};

const given = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));

/** Nothing where the item is not what it says. */
const attributesOf = (item: Item): Attributes | undefined => {
  if (!item.sk.startsWith('state#')) return item.state === undefined ? {} : undefined;
  const tenant = tenantOf(item);
  if (tenant === undefined || tenant === platformTenant || !(Number(item.version) >= 1)) return undefined;
  const whole = TenantState.safeParse(item.state);
  if (whole.success)
    return isStateOf(item, tenantStream(tenant)) && whole.data.id === tenant
      ? tenants.attributes?.(whole.data, tenantStream(tenant))
      : undefined;
  const key = ApiKeyState.safeParse(item.state);
  if (!key.success) return undefined;
  const stream = apiKeyStream(tenant, key.data.id);
  return isStateOf(item, stream) ? apiKeys.attributes?.(key.data, stream) : undefined;
};

const isStateOf = ({ pk, sk }: Item, stream: Parameters<typeof stateItem>[0]): boolean => isDeepStrictEqual({ pk, sk }, stateItem(stream));

const hasIdOfAnothers = async (directory: Pick<Table, 'queryIndex'>, { key_id: id, key_tenant: owner }: Item): Promise<boolean> => {
  if (typeof id !== 'string') return false;
  const { items } = await directory.queryIndex('keys', id, {}, { limit: 2 });
  return items.some(({ key_tenant: other }) => other !== owner);
};
