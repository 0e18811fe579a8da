import * as z from 'zod';
import type { Json } from '../../../domain/kernel/json.ts';
import type { ContextDeclaration, RouteDeclaration, RouteKey, Uses } from '../context.ts';
import { listOf } from '../lists.ts';
import { Problem } from '../schemas.ts';

const StoredItem = z
  .looseObject({ pk: z.string().min(1), sk: z.string().min(1), version: z.int().min(0).optional() })
  .catchall(z.json())
  .meta({ id: 'StoredItem', description: 'An item as its table holds it' });

const Whole = z.object({ cursor: z.string().max(8192).optional().describe('`next` of the page before') });

/** At most so many items come in one request. */
const itemsAtOnce = 100;
const Import = z.strictObject({ items: z.array(StoredItem).min(1).max(itemsAtOnce) });
const Imported = z.object({
  written: z.int().describe('Were not there, or as an earlier import had left them'),
  same: z.int().describe('Were there already'),
  kept: z
    .array(z.object({ pk: z.string(), sk: z.string() }))
    .describe('Were there, and not as an import had left them: they stay as they are'),
});

const ListedObject = z.object({ key: z.string(), sizeBytes: z.int() });
const UrlFor = z.object({ key: z.string().min(1).max(1024), method: z.enum(['GET', 'PUT']) });
const UrlView = z.object({ url: z.url(), method: z.enum(['GET', 'PUT']), headers: z.record(z.string(), z.string()) });

const limit = { body: '1 MiB', time: '28 s' } as const;
// An import is heard of by nobody, and an export by nobody either: the trail is all that tells of them.
const byPlatform = { scope: 'platform', told: true, limit } as const;
const reading = { ...byPlatform, permission: 'transfers:read' } as const;
const writing = { ...byPlatform, permission: 'transfers:write' } as const;

const usesOf = (names: readonly string[], verbs: Uses[string]): Uses => Object.fromEntries(names.map((name) => [name, verbs]));

/** The literal paths, so that a context's handlers are typed by them. */
type TransferRoutes<Context extends string> = {
  readonly [K in `GET /v1/${Context}-transfer/tables/{table}`]: RouteDeclaration & {
    readonly does: 'export-items';
    readonly query: typeof Whole;
  };
} & {
  readonly [K in `PUT /v1/${Context}-transfer/tables/{table}`]: RouteDeclaration & {
    readonly does: 'import-items';
    readonly body: typeof Import;
  };
};
type ObjectTransferRoutes<Context extends string> = {
  readonly [K in `GET /v1/${Context}-transfer/objects/{store}`]: RouteDeclaration & {
    readonly does: 'export-objects';
    readonly query: typeof Whole;
  };
} & {
  readonly [K in `GET /v1/${Context}-transfer/objects/{store}/url`]: RouteDeclaration & {
    readonly does: 'get-object-url';
    readonly query: typeof UrlFor;
  };
};

/**
 * The routes by which a context's tables are taken to another platform, item by item: what can be derived from them is not among `tables`. Each
 * context has its own, so that no function reads what is another context's.
 */
export const transferOfTables = <const Context extends string>(context: Context, tables: readonly string[]): TransferRoutes<Context> => {
  const params = z.object({ table: z.enum(tables) });
  const path = `/v1/${context}-transfer/tables/{table}`;
  return {
    [`GET ${path}`]: {
      ...reading,
      does: 'export-items',
      summary: `All items of a table of ${context}, to take them to another platform`,
      params,
      query: Whole,
      answers: { 200: listOf(StoredItem), 422: Problem },
      uses: usesOf(tables, ['scan']),
    },
    [`PUT ${path}`]: {
      ...writing,
      does: 'import-items',
      summary: `Put items of a table of ${context} that come from another platform; what was changed here stays`,
      params,
      body: Import,
      answers: { 200: Imported, 422: Problem },
      uses: usesOf(tables, ['read', 'put']),
    },
  } as unknown as TransferRoutes<Context>;
};

/** The same of its object stores; the bytes go by presigned URLs. */
export const transferOfObjects = <const Context extends string>(
  context: Context,
  stores: readonly string[],
): ObjectTransferRoutes<Context> => {
  const params = z.object({ store: z.enum(stores) });
  const path = `/v1/${context}-transfer/objects/{store}`;
  return {
    [`GET ${path}`]: {
      ...reading,
      does: 'export-objects',
      summary: `The objects of a store of ${context}`,
      params,
      query: Whole,
      answers: { 200: listOf(ListedObject), 422: Problem },
      uses: usesOf(stores, ['read']),
    },
    [`GET ${path}/url`]: {
      ...writing,
      does: 'get-object-url',
      summary: `A URL to GET or PUT one object of a store of ${context}`,
      params,
      query: UrlFor,
      answers: { 200: UrlView, 422: Problem },
      uses: usesOf(stores, ['presign']),
    },
  } as unknown as ObjectTransferRoutes<Context>;
};

export type StoredItem = { readonly pk: string; readonly sk: string; readonly [attribute: string]: Json };

const enumerated = (contexts: readonly ContextDeclaration[], context: string, path: string, param: string): readonly string[] => {
  const routes = contexts.find(({ name }) => name === context)?.routes ?? {};
  const route = routes[`GET /v1/${context}-transfer/${path}` as RouteKey];
  const values = route?.params?.shape[param];
  return values instanceof z.ZodEnum ? (values.options as readonly string[]) : [];
};

/** The tables of a context that its routes give. */
export const transferredTables = (contexts: readonly ContextDeclaration[], context: string): readonly string[] =>
  enumerated(contexts, context, 'tables/{table}', 'table');
/** The object stores of a context that its routes give. */
export const transferredStores = (contexts: readonly ContextDeclaration[], context: string): readonly string[] =>
  enumerated(contexts, context, 'objects/{store}', 'store');
