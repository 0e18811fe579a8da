import type { Recorded } from '../../domain/kernel/event-store.ts';
import { isFailure } from '../../domain/kernel/failure.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { type AliasEvent, aliasesAfter } from '../../domain/models/alias.ts';
import { aliasTimeline, modelPartition } from '../../domain/models/streams.ts';
import { handler, ok, type Records } from '../kernel/handler.ts';
import { list, pageOf } from '../kernel/lists.ts';
import type { models } from './context.ts';
import { findModel, paged } from './registry.ts';

export const getHistory = handler<typeof models, 'GET /v1/models/{name}/history'>(async ({ params, query, principal }, { registry }) => {
  const found = await findModel(registry, principal.tenant, params.name);
  if (isFailure(found)) return found;
  if (query.at !== undefined) {
    const at = new Date(query.at).toISOString();
    return ok({ at, aliases: aliasesAfter(await movesUntil(registry, principal.tenant, params.name, at)) });
  }
  const timeline = aliasTimeline(modelPartition(principal.tenant, params.name));
  const { events, next } = await registry.events.timeline<AliasEvent>(timeline, pageOf(query));
  return ok(list(events.map(historyEntry), next));
});

const historyEntry = ({ event, at, by }: Recorded<AliasEvent>) => ({
  type: event.type,
  at,
  by,
  alias: event.alias,
  version: event.version,
});

const movesUntil = async (registry: Records, tenant: TenantId, name: string, moment: string): Promise<readonly AliasEvent[]> => {
  const timeline = aliasTimeline(modelPartition(tenant, name));
  const moves: AliasEvent[] = [];
  const all = paged(async (page) => {
    const { events, next } = await registry.events.timeline<AliasEvent>(timeline, page);
    return { items: events, next };
  });
  for await (const { at, event } of all) {
    if (at > moment) break;
    moves.push(event);
  }
  return moves;
};
