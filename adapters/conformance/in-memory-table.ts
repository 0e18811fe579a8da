import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type {
  Change,
  Condition,
  Item,
  Items,
  Key,
  Page,
  SortRange,
  Table,
  TableDeclaration,
  Write,
  WriteOutcome,
} from '../../domain/kernel/table.ts';

export type InMemoryTable = Table & {
  /** Every write so far, as a change stream would deliver it. */ readonly changes: () => readonly Change[];
};

const byteOrder = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));
const address = ({ pk, sk }: Key): string => `${pk}\u0000${sk}`;

const holds = (condition: Condition | undefined, item: Item | undefined): boolean => {
  if (condition === undefined) return true;
  if (condition === 'absent') return item === undefined;
  return item !== undefined && (condition === 'present' || item.version === condition.version);
};

const within = (range: SortRange, sort: string): boolean =>
  'prefix' in range
    ? sort.startsWith(range.prefix)
    : (range.from === undefined || byteOrder(sort, range.from) >= 0) && (range.to === undefined || byteOrder(sort, range.to) <= 0);

const positionOf = (cursor: string | undefined): string | undefined => {
  if (cursor === undefined) return undefined;
  const decoded = Buffer.from(cursor, 'base64url').toString();
  if (!decoded.startsWith('after:'))
    throw new Rejected(failed('invalid', 'invalid-cursor', 'The cursor is not one that a page before this one gave.'));
  return decoded.slice('after:'.length);
};

const pageOf = (
  found: readonly { readonly position: string; readonly item: Item }[],
  { limit = 100, cursor, descending = false }: Page = {},
): Items => {
  const after = positionOf(cursor);
  const ordered = [...found].sort((a, b) => byteOrder(a.position, b.position) * (descending ? -1 : 1));
  const rest =
    after === undefined
      ? ordered
      : ordered.filter(({ position }) => (descending ? byteOrder(position, after) < 0 : byteOrder(position, after) > 0));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const next = last === undefined || rest.length <= limit ? null : Buffer.from(`after:${last.position}`).toString('base64url');
  return { items: page.map(({ item }) => structuredClone(item)), next };
};

/** A table for specifications of what stands on one: right, and neither durable nor fast. */
export const inMemoryTable = (declaration: TableDeclaration = {}): InMemoryTable => {
  const items = new Map<string, Item>();
  const changes: Change[] = [];

  const apply = (write: Write): void => {
    if (write.type === 'check') return;
    const key = write.type === 'put' ? { pk: write.item.pk, sk: write.item.sk } : write.key;
    const sequence = String(changes.length + 1).padStart(12, '0');
    if (write.type === 'delete') items.delete(address(key));
    else items.set(address(key), structuredClone(write.item));
    changes.push(write.type === 'put' ? { sequence, key, item: structuredClone(write.item) } : { sequence, key });
  };

  const transact = async (_pk: string, writes: readonly Write[]): Promise<WriteOutcome> => {
    const conflict = writes.findIndex((write) => !holds(write.if, items.get(address(write.type === 'put' ? write.item : write.key))));
    if (conflict >= 0) return { written: false, conflict };
    for (const write of writes) apply(write);
    return { written: true };
  };

  const get = async (key: Key): Promise<Item | undefined> => structuredClone(items.get(address(key)));

  return {
    get,
    batchGet: async (keys) => (await Promise.all(keys.map(get))).filter((item) => item !== undefined),
    put: (item, condition) => transact(item.pk, [{ type: 'put', item, ...(condition === undefined ? {} : { if: condition }) }]),
    delete: (key, condition) => transact(key.pk, [{ type: 'delete', key, ...(condition === undefined ? {} : { if: condition }) }]),
    transact,
    async query(pk, range = {}, page) {
      const found = [...items.values()]
        .filter((item) => item.pk === pk && within(range, item.sk))
        .map((item) => ({ position: item.sk, item }));
      return pageOf(found, page);
    },
    async queryIndex(index, partition, range = {}, page) {
      const by = declaration.indexes?.[index];
      if (by === undefined) throw new Rejected(failed('invalid', 'unknown-index', `The table declares no index "${index}".`));
      const found = [...items.values()].flatMap((item) => {
        const sort = item[by.sort];
        return item[by.partition] === partition && typeof sort === 'string' && within(range, sort)
          ? [{ position: `${sort}\u0000${address(item)}`, item }]
          : [];
      });
      return pageOf(found, page);
    },
    scan: async (page) =>
      pageOf(
        [...items.values()].map((item) => ({ position: address(item), item })),
        page,
      ),
    changes: () => [...changes],
  };
};
