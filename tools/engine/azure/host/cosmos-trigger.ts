import { setTimeout as sleep } from 'node:timers/promises';
import { cosmos } from '../../../../adapters/azure/services.ts';
import { bindingOf, connection, rung, type Scene, type Trigger } from './trigger.ts';
import type { Registered } from './worker.ts';

type Lease = { readonly id: string; readonly ContinuationToken: string | null };
type Answered = { readonly status: number; readonly etag: string | null; readonly json: Readonly<Record<string, unknown>> };

const retryMillis = { least: 1000, most: 30_000 };

/**
 * Hands over what changed in a container, batch by batch, and keeps in the lease container how far it is: what fails is handed over again, without end
 * where the function says so (https://learn.microsoft.com/azure/azure-functions/functions-bindings-cosmosdb-v2-trigger).
 */
export const cosmosTrigger = async (scene: Scene, registered: Registered): Trigger => {
  const [name, binding] = bindingOf(registered, 'cosmosDBTrigger') ?? [];
  if (name === undefined || binding === undefined) return;
  const { worker, settings, bells, stopping } = scene;
  const account = connection(settings, binding.connection, 'accountEndpoint');
  const database = `${account}/dbs/${String(binding.databaseName)}`;
  const [watched, leases] = [String(binding.containerName), String(binding.leaseContainerName)];
  const bell = `container ${new URL(account).host.split('.')[0]}/${watched}`;

  const call = async (method: string, at: string, headers: Record<string, string> = {}, body?: object): Promise<Answered> => {
    const own = { ...cosmos.headers(await scene.token(cosmos.audience)), 'content-type': 'application/json' };
    const answer = await scene.send(at, {
      method,
      headers: { ...own, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok && ![304, 404, 409].includes(answer.status)) throw new Error(`${method} ${at}: ${answer.status} ${text}`);
    return { status: answer.status, etag: answer.headers.get('etag'), json: text === '' ? {} : JSON.parse(text) };
  };
  const keyed = (id: string) => ({ 'x-ms-documentdb-partitionkey': JSON.stringify([id]) });
  const leaseDocs = `${database}/colls/${leases}/docs`;

  const leaseOf = async (range: string): Promise<Lease> => {
    const id = `${String(binding.leaseContainerPrefix ?? '')}${watched}..${range}`;
    const known = await call('GET', `${leaseDocs}/${encodeURIComponent(id)}`, keyed(id));
    if (known.status === 200) return known.json as unknown as Lease;
    const fresh: Lease = { id, ContinuationToken: null };
    await call('POST', leaseDocs, keyed(id), fresh);
    return fresh;
  };

  const handOver = async (documents: unknown): Promise<void> => {
    for (let wait = retryMillis.least; !stopping.aborted; wait = Math.min(retryMillis.most, wait * 2)) {
      try {
        const inputData = [{ name, data: { json: JSON.stringify(documents) } }];
        return await worker.invoke({ name: registered.name, inputData, triggerMetadata: {} });
      } catch {
        await sleep(wait, undefined, { signal: stopping }).catch(() => {});
      }
    }
    throw new Error('it is handed over when the app has started again');
  };

  const follow = async (range: string): Promise<void> => {
    let lease = await leaseOf(range);
    while (!stopping.aborted) {
      const waited = rung(bells, bell, Number(binding.feedPollDelay ?? 5000), stopping);
      const page = await call('GET', `${database}/colls/${watched}/docs`, {
        'x-ms-documentdb-partitionkeyrangeid': range,
        'a-im': 'Incremental feed',
        'x-ms-max-item-count': String(binding.maxItemsPerInvocation ?? 100),
        ...(lease.ContinuationToken === null ? {} : { 'if-none-match': lease.ContinuationToken }),
      });
      if (page.status !== 200) {
        await waited;
        continue;
      }
      await handOver(page.json.Documents);
      lease = { ...lease, ContinuationToken: page.etag };
      await call('PUT', `${leaseDocs}/${encodeURIComponent(lease.id)}`, keyed(lease.id), lease);
    }
  };

  while (!stopping.aborted)
    try {
      const { json } = await call('GET', `${database}/colls/${watched}/pkranges`);
      const ranges = (json.PartitionKeyRanges ?? []) as readonly { readonly id: string }[];
      await Promise.all(ranges.map(({ id }) => follow(id)));
      if (ranges.length === 0) await sleep(1000, undefined, { signal: stopping });
    } catch {
      // It goes on where the lease says, as another instance would.
      await sleep(500, undefined, { signal: stopping }).catch(() => {});
    }
};
