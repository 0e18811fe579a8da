import { type TenantEvent, tenantStream } from '../../domain/identity/tenant.ts';
import { partitionKey } from '../../domain/kernel/event-store.ts';
import type { Item, Table } from '../../domain/kernel/table.ts';
import { parseTenantId, type TenantId } from '../../domain/kernel/tenancy.ts';
import { isMoved } from '../kernel/transfer/moved.ts';

const created: TenantEvent['type'] = 'tenant-created';
const eventsAtOnce = 1000;

const isCreatedHere = (item: Item): boolean =>
  item.kind === 'event' && !isMoved(item) && (item.event as { readonly type?: unknown } | undefined)?.type === created;

/** The tenant whose an item is; nothing where its partition begins with no tenant's id. */
export const tenantOf = ({ pk }: Pick<Item, 'pk'>): TenantId | undefined => {
  const parsed = parseTenantId(pk.split('#', 1)[0] as string);
  return typeof parsed === 'string' ? parsed : undefined;
};

/**
 * Whether an item is of a tenant that was created on this platform. An import marks the events that it puts and never replaces one, so the event of
 * a creation without the mark was recorded here, whatever else was put beside it. The state would not tell: the next change takes its mark away.
 */
export const isOfNativeTenant = async (directory: Pick<Table, 'query'>, item: Pick<Item, 'pk'>): Promise<boolean> => {
  const tenant = tenantOf(item);
  if (tenant === undefined) return false;
  const { stream, ...partition } = tenantStream(tenant);
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Table['query']>> = await directory.query(
      partitionKey(partition),
      { prefix: `event#${stream}#` },
      { limit: eventsAtOnce, ...(cursor === null ? {} : { cursor }) },
    );
    if (page.items.some(isCreatedHere)) return true;
    cursor = page.next;
  } while (cursor !== null);
  return false;
};
