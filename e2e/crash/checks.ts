import { openStore } from '../../adapters/local/store.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { usagePartition, usageShards } from '../../domain/kernel/meter.ts';
import type { Item } from '../../domain/kernel/table.ts';
import type { HttpClient } from '../../tools/http-client.ts';
import type { Random } from '../random.ts';
import { expected } from '../tenant.ts';
import { type Creations, type Ledger, settle } from './ledger.ts';
import { type Callers, create, creatingKeys, endpoint, planId, uploading } from './load.ts';

type Page<T> = { readonly data: readonly T[]; readonly next: string | null };

/** All pages of a list. */
export const listAll = async <T>(client: HttpClient, path: string): Promise<readonly T[]> => {
  const all: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page<T> = expected(await client.get<Page<T>>(`${path}${path.includes('?') ? '&' : '?'}limit=1000${from}`), 200);
    all.push(...page.data);
    cursor = page.next;
  }
  return all;
};

/** Reads what was being set when the platform died; gives back what is neither the old nor the new. */
export const settleRegisters = async ({ admin, tenant }: Callers, { aliases, plan }: Ledger): Promise<readonly string[]> => {
  const wrong: (string | undefined)[] = [];
  for (const [alias, register] of Object.entries(aliases)) {
    const reply = await tenant.get<{ version: string }>(`/v1/models/${endpoint}/aliases/${alias}`);
    wrong.push(settle(`alias ${alias}`, register, reply.status === 404 ? null : reply.body.version));
  }
  const reply = await admin.get<{ flatFee: string }>(`/v1/billing/plans/${planId}`);
  wrong.push(settle('plan', plan, reply.status === 404 ? null : reply.body.flatFee));
  return wrong.filter((one) => one !== undefined);
};

/** Sends again what was being created when the platform died, and one that was acknowledged before: it must be as it was. */
export const retryCreations = async (callers: Callers, ledger: Ledger, random: Random): Promise<void> => {
  const retry = async (creations: Creations, how: Parameters<typeof create>[3]) => {
    if (creations.doubt !== undefined) await create(ledger, creations, creations.doubt.value, how);
    const [first, ...rest] = [...creations.created.keys()];
    if (first !== undefined) await create(ledger, creations, random.oneOf([first, ...rest]), how);
  };
  await retry(ledger.versions, uploading(callers));
  await retry(ledger.keys, creatingKeys(callers));
};

/** What the lists say of everything that was created: each acknowledged one once, and nothing that was not asked for. */
export const createdByLists = async ({ tenant }: Callers) => ({
  versions: (await listAll<{ version: string }>(tenant, '/v1/models/uploads/versions')).map(({ version }) => version).toSorted(byNumber),
  keys: (await listAll<{ id: string; name: string }>(tenant, '/v1/api-keys'))
    .filter(({ name }) => name.startsWith('key-'))
    .map(({ id }) => id)
    .toSorted(),
});

export const createdByLedger = ({ versions, keys }: Ledger) => ({
  versions: [...versions.created.values()].toSorted(byNumber),
  keys: [...keys.created.values()].toSorted(),
});

const byNumber = (a: string, b: string): number => Number(a) - Number(b);

type Movement = { readonly alias: string; readonly version: string };

/** The values that each alias had, in order. */
export const historyOf = async ({ tenant }: Callers): Promise<Readonly<Record<string, readonly string[]>>> => {
  const moves = await listAll<Movement>(tenant, `/v1/models/${endpoint}/history`);
  const aliases = [...new Set(moves.map(({ alias }) => alias))];
  return Object.fromEntries(aliases.map((alias) => [alias, moves.filter((move) => move.alias === alias).map(({ version }) => version)]));
};

export const meteredRequests = async (tenant: HttpClient): Promise<number> => {
  const rows = await listAll<{ meter: string; value: string }>(tenant, '/v1/usage?granularity=hour');
  return rows.filter(({ meter }) => meter === 'inference.requests').reduce((sum, { value }) => sum + Number(value), 0);
};

const hoursSince = (started: Date): readonly string[] => {
  const hourMillis = 3_600_000;
  const first = Math.floor(started.getTime() / hourMillis);
  const count = Math.floor(Date.now() / hourMillis) - first + 1;
  return Array.from({ length: count }, (_, hour) => new Date((first + hour) * hourMillis).toISOString().slice(0, 13));
};

/** Every usage fact of a tenant, as it lies in a data folder that no server holds. */
export const recordedFacts = async (folder: string, tenant: string, started: Date): Promise<readonly Item[]> => {
  const store = openStore(folder, { clock: systemClock });
  try {
    const usage = store.table('billing.usage', { indexes: {}, changes: true });
    const partitions = hoursSince(started).flatMap((hour) =>
      Array.from({ length: usageShards }, (_, shard) => usagePartition(tenant, hour, shard)),
    );
    const facts: Item[] = [];
    for (const partition of partitions) {
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: Awaited<ReturnType<typeof usage.query>> = await usage.query(
          partition,
          {},
          { limit: 1000, ...(cursor === '' ? {} : { cursor }) },
        );
        facts.push(...page.items);
        cursor = page.next;
      }
    }
    return facts;
  } finally {
    await store.close();
  }
};
