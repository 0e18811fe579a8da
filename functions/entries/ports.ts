import { eventStore } from '../../domain/kernel/event-store.ts';
import type { QueuePolicy } from '../../domain/kernel/queue.ts';
import type { ContextDeclaration, StoredTable } from '../kernel/context.ts';
import type { Records } from '../kernel/handler.ts';
import type { Cloud } from './cloud.ts';

export type Ports = { readonly [name: string]: unknown };

/** Resources and functions are named by their context: `models.registry`. */
export const qualified = (context: string, name: string): string => `${context}.${name}`;

/** The tables of these contexts, and any other that one of them borrows, by qualified name; each is made once. */
export type Tables = (name: string) => Records;

/**
 * Makes tables as they are declared. One of a context that does not run here is used by its keys alone: nothing here knows its indexes, and of its
 * changes only what `shared` says of it by its qualified name.
 */
export const tablesOf = (
  declarations: readonly ContextDeclaration[],
  cloud: Cloud,
  shared: { readonly [name: string]: StoredTable } = {},
): Tables => {
  const own = declarations.flatMap(({ name, tables }) =>
    Object.entries(tables).map(([table, stored]) => [qualified(name, table), stored] as const),
  );
  const declared = new Map<string, StoredTable>([...Object.entries(shared), ...own]);
  const made = new Map<string, Records>();
  const make = (name: string): Records => {
    const { indexes = {}, changes, holds } = declared.get(name) ?? {};
    const table = cloud.table(name, { indexes, changes: changes !== undefined || holds === 'events' });
    const records = { ...table, events: eventStore(table, cloud) };
    made.set(name, records);
    return records;
  };
  return (name) => made.get(name) ?? make(name);
};

/** All ports of a context by their local names; what a function may use of them is for `grant` to say. */
export const portsOf = (declaration: ContextDeclaration, tables: Tables, cloud: Cloud, shared: Ports): Ports => {
  const { clock, ids, modelHost, deadLetters, exportWriter } = cloud;
  const { name, objects, queues, borrows } = declaration;
  const each = (resources: object, port: (resource: string) => unknown) =>
    Object.fromEntries(Object.keys(resources).map((resource) => [resource, port(resource)]));
  const borrowed = Object.entries(borrows).map(([as, borrow]) => [
    as,
    'table' in borrow ? tables(qualified(borrow.from, borrow.table)) : cloud.objects(qualified(borrow.from, borrow.objects)),
  ]);
  return {
    ...{ clock, ids, modelHost, deadLetters, exportWriter },
    ...shared,
    settled: (table: string, partitions: AsyncIterable<string>) => cloud.settled(qualified(name, table), partitions),
    ...each(declaration.tables, (table) => tables(qualified(name, table))),
    ...each(objects, (store) => cloud.objects(qualified(name, store))),
    ...each(queues, (queue) => cloud.queue(qualified(name, queue), (queues[queue] as { policy: QueuePolicy }).policy)),
    ...Object.fromEntries(borrowed),
  };
};
