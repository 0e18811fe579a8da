import type { Clock } from '../../domain/kernel/clock.ts';
import type { Item, Key, Table, TableDeclaration } from '../../domain/kernel/table.ts';
import { checkBatch } from '../../domain/kernel/table-rules.ts';
import { type Backoff, usualBackoff } from '../cloud/retry.ts';
import type { AzureClient } from './client.ts';
import { type CosmosPlace, cosmosContainer } from './cosmos-container.ts';
import { addressOf, fromStored, isAlive, tableItems } from './table-items.ts';
import { tableQueries } from './table-queries.ts';
import { tableTransactions } from './table-transactions.ts';
import { tableWrites } from './table-writes.ts';

export type CosmosTableOptions = {
  readonly place: CosmosPlace;
  /** `changes`: whether they are followed, so that what is deleted has to leave something behind. */
  readonly declaration: TableDeclaration & { readonly changes?: boolean };
  readonly client: AzureClient;
  readonly clock: Clock;
  readonly backoff?: Backoff;
};

/** How many documents of a batch are asked for at a time. */
const readsAtOnce = 20;

/**
 * The `Table` port on a container of Azure Cosmos DB for NoSQL: partition key `/pk`, `defaultTtl` −1, and composite indexes (pk, sk) and, for each
 * index, (partition, sort, pk, sk). The account's consistency has to be `Strong`, or reads may lag.
 */
export const cosmosTable = ({ place, declaration, client, clock, backoff = usualBackoff }: CosmosTableOptions): Table => {
  const container = cosmosContainer(client, place);
  const items = tableItems(declaration);
  const now = () => clock.now();
  const keepsRemovals = declaration.changes === true;

  const get = async (key: Key): Promise<Item | undefined> => {
    const { pk, id } = addressOf(key);
    const found = await container.read(pk, id);
    return found !== undefined && isAlive(found.document, now()) ? fromStored(found.document) : undefined;
  };

  return {
    get,
    async batchGet(keys) {
      checkBatch(keys);
      const found: (Item | undefined)[] = [];
      for (let first = 0; first < keys.length; first += readsAtOnce)
        found.push(...(await Promise.all(keys.slice(first, first + readsAtOnce).map(get))));
      return found.filter((item) => item !== undefined);
    },
    ...tableWrites({ container, items, keepsRemovals, now, backoff }),
    ...tableTransactions({ container, items, keepsRemovals, now, backoff }),
    ...tableQueries({ container, tableName: place.container, declaration, now }),
  };
};
