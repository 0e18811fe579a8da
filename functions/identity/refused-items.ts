import { isDeepStrictEqual } from 'node:util';
import { type ApiKey, apiKeyStream, apiKeys } from '../../domain/identity/api-key.ts';
import { type Tenant, tenantStream, tenants } from '../../domain/identity/tenant.ts';
import { stateItem } from '../../domain/kernel/event-store.ts';
import type { Item, Table } from '../../domain/kernel/table.ts';
import { parseTenantId, type TenantId } from '../../domain/kernel/tenancy.ts';
import type { Refuses } from '../kernel/transfer/handlers.ts';
import { isOfNativeTenant } from './native-tenant.ts';

/**
 * Identity takes no item of a tenant that was created here, none that would stand in lists of others, and no key that goes by the id of another
 * tenant's: a tenant's keys are what he is let in by, and what he finds them by to revoke them.
 */
export const refusesItem: Refuses = async (directory, item) =>
  !isIndexedAsItself(item) || (await isOfNativeTenant(directory, item)) || (await hasIdOfAnothers(directory, item));

type Attributes = { readonly [attribute: string]: unknown };

const isIndexedAsItself = (item: Item): boolean => {
  const { list, rank, key_id, key_tenant } = item;
  return isDeepStrictEqual(given({ list, rank, key_id, key_tenant }), given(attributesOf(item)));
};

const given = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));

/** What the indexes read of an item: of a tenant's or a key's state what follows from it, and of anything else nothing. */
const attributesOf = (item: Item): Attributes => {
  const tenant = tenantOf(item);
  if (tenant === undefined || item.state === undefined) return {};
  const { id } = item.state as unknown as Tenant | ApiKey;
  const [whole, key] = [tenantStream(tenant), apiKeyStream(tenant, id)];
  if (isStateOf(item, whole) && id === tenant) return tenants.attributes?.(item.state as unknown as Tenant, whole) ?? {};
  if (isStateOf(item, key)) return apiKeys.attributes?.(item.state as unknown as ApiKey, key) ?? {};
  return {};
};

const tenantOf = ({ pk }: Item): TenantId | undefined => {
  const parsed = parseTenantId(pk.split('#', 1)[0] as string);
  return typeof parsed === 'string' ? parsed : undefined;
};

const isStateOf = ({ pk, sk }: Item, stream: Parameters<typeof stateItem>[0]): boolean => isDeepStrictEqual({ pk, sk }, stateItem(stream));

const hasIdOfAnothers = async (directory: Pick<Table, 'queryIndex'>, { key_id: id, key_tenant: owner }: Item): Promise<boolean> => {
  if (typeof id !== 'string') return false;
  const { items } = await directory.queryIndex('keys', id, {}, { limit: 2 });
  return items.some(({ key_tenant: other }) => other !== owner);
};
