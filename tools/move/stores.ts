import { contexts } from '../../functions/contexts.ts';
import { transferredStores, transferredTables } from '../../functions/kernel/transfer/routes.ts';

/** What is moved: the tables and object stores of every context, by the path that gives them. */
export type Store = { readonly name: string; readonly path: string };

const storesBy = (part: 'tables' | 'objects', names: (context: string) => readonly string[]): readonly Store[] =>
  contexts.flatMap(({ name: context }) =>
    names(context).map((name) => ({ name: `${context}.${name}`, path: `/v1/${context}-transfer/${part}/${name}` })),
  );

export const tables = storesBy('tables', (context) => transferredTables(contexts, context));
export const objectStores = storesBy('objects', (context) => transferredStores(contexts, context));
