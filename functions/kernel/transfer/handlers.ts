import type { Json } from '../../../domain/kernel/json.ts';
import { defaultContentType, presignedPutHeaders } from '../../../domain/kernel/object-rules.ts';
import type { ObjectStore } from '../../../domain/kernel/object-store.ts';
import type { Item, Items, Table } from '../../../domain/kernel/table.ts';
import { type Answer, ok } from '../handler.ts';
import { list } from '../lists.ts';
import { asMoved, isReplaceable, isSame, staysHere, withoutMark } from './moved.ts';

/** An answer with its frame stays below what a gateway carries. */
const pageBytes = 3 * 1024 * 1024;
const largestPage = 250;

type Asked = { readonly params: { readonly [name: string]: string } };
type Paged = Asked & { readonly query: { readonly cursor?: string | undefined } };
/** The route's schema lets no other name pass than those of the context's tables, or of its stores. */
const tableNamed = (ports: object, name: string | undefined): Table =>
  (ports as { readonly [table: string]: Table })[name as string] as Table;
const storeNamed = (ports: object, name: string | undefined): ObjectStore =>
  (ports as { readonly [store: string]: ObjectStore })[name as string] as ObjectStore;

const bytes = (items: readonly Item[]): number => Buffer.byteLength(JSON.stringify(items));

/** A page that an answer can carry: how large items are shows when they are read. */
const carriedPage = async (table: Table, cursor: string | undefined, limit = largestPage): Promise<Items> => {
  const page = await table.scan(cursor === undefined ? { limit } : { limit, cursor });
  return page.items.length > 1 && bytes(page.items) > pageBytes ? carriedPage(table, cursor, Math.ceil(limit / 4)) : page;
};

const exportItems = async ({ params, query }: Paged, ports: object): Promise<Answer> => {
  const { items, next } = await carriedPage(tableNamed(ports, params.table), query.cursor);
  const own = items.filter((item) => !staysHere(item)).map(withoutMark);
  return ok(list(own as unknown as readonly Json[], next));
};

type Outcome = 'written' | 'same' | 'kept';

/** Whether a context refuses an item from elsewhere, by what its table holds at that moment. */
export type Refuses = (table: Table, item: Item) => Promise<boolean>;
const refusesNone: Refuses = async () => false;

/** Who writes the same items meanwhile is no reason to go on for ever. */
const mostLooks = 10;

const importItem = async (table: Table, item: Item, refuses: Refuses, looks = 1): Promise<Outcome> => {
  if (staysHere(item)) return 'kept';
  if (await refuses(table, item)) return isThere(table, item);
  if ((await table.put(asMoved(item), 'absent')).written) return 'written';
  const known = await table.get(item);
  if (known !== undefined && isSame(known, item)) return 'same';
  if ((known !== undefined && !isReplaceable(known)) || looks === mostLooks) return 'kept';
  if (known === undefined) return importItem(table, item, refuses, looks + 1);
  const unchanged = known.version === undefined ? 'present' : { version: known.version };
  return (await table.put(asMoved(item), unchanged)).written ? 'written' : importItem(table, item, refuses, looks + 1);
};

const isThere = async (table: Table, item: Item): Promise<Outcome> => {
  const known = await table.get(item);
  return known !== undefined && isSame(known, item) ? 'same' : 'kept';
};

const putsAtOnce = 8;

type Import = Asked & { readonly body: { readonly items: readonly unknown[] } };

/** Puts each item that is not there, and replaces what an earlier import has left and nobody changed since. */
const importItems =
  (refuses: Refuses) =>
  async ({ params, body }: Import, ports: object): Promise<Answer> => {
    const table = tableNamed(ports, params.table);
    const items = body.items as readonly Item[];
    const outcomes: Outcome[] = [];
    for (let at = 0; at < items.length; at += putsAtOnce)
      outcomes.push(...(await Promise.all(items.slice(at, at + putsAtOnce).map((item) => importItem(table, item, refuses)))));
    const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
    const kept = items.filter((_, index) => outcomes[index] === 'kept').map(({ pk, sk }) => ({ pk, sk }));
    return ok({ written: count('written'), same: count('same'), kept });
  };

const exportObjects = async ({ params, query }: Paged, ports: object): Promise<Answer> => {
  const { items, next } = await storeNamed(ports, params.store).list('', query.cursor === undefined ? {} : { cursor: query.cursor });
  return ok(
    list(
      items.map(({ key, sizeBytes }) => ({ key, sizeBytes })),
      next,
    ),
  );
};

const urlSeconds = 3600;
const octets = { 'content-type': defaultContentType, ...presignedPutHeaders };

const getObjectUrl = async (
  { params, query: { key, method } }: Asked & { readonly query: { readonly key: string; readonly method: 'GET' | 'PUT' } },
  ports: object,
): Promise<Answer> => {
  const url = await storeNamed(ports, params.store).presign(method, key, urlSeconds);
  return ok({ method, headers: method === 'PUT' ? octets : {}, url });
};

/** What `transferOfTables` declares: the same for every context. */
export const tableTransfer = { 'export-items': exportItems, 'import-items': importItems(refusesNone) } as const;
/** The same for a context that refuses some of what is brought. */
export const tableTransferRefusing = (refuses: Refuses) => ({ ...tableTransfer, 'import-items': importItems(refuses) }) as const;
/** What `transferOfObjects` declares. */
export const objectTransfer = { 'export-objects': exportObjects, 'get-object-url': getObjectUrl } as const;
