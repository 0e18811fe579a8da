import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { isPermission } from '../domain/identity/permission.ts';
import { isFailure } from '../domain/kernel/failure.ts';
import { parseTenantId, platformTenant, type TenantId } from '../domain/kernel/tenancy.ts';
import { contexts } from './contexts.ts';
import type { BoundContext } from './entries/bound-context.ts';
import { boundContexts } from './entries/local-contexts.ts';
import { authorize } from './kernel/authentication.ts';
import { bytesOf, type ContextDeclaration, millisOf, type RouteDeclaration, type Uses } from './kernel/context.ts';
import { operationsOf, templatesOverlap } from './kernel/operations.ts';
import { objectTransfer, tableTransfer } from './kernel/transfer/handlers.ts';

const operations = operationsOf(contexts);
const routes = operations.map((operation): [string, (typeof operations)[number]] => [operation.key, operation]);
const here = new URL('.', import.meta.url);
const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(new URL(`${folder}/`, here))
    .filter((name) => name.endsWith('.ts'))
    .sort();
const textOf = (path: string): string => readFileSync(new URL(path, here), 'utf8');

const isPublicPath = (path: string): boolean =>
  ['/health/live', '/health/ready', '/openapi.json', '/docs', '/v2', '/v2/health/live', '/v2/health/ready'].includes(path);
const bodiless = new Set(['suspend-tenant', 'resume-tenant', 'redrive-dead-letter', 'create-upload']);

describe.each(routes)('%s', (_key, { method, path, route }) => {
  it('asks for a permission that exists, and is public only where it may be', () => {
    const special = ['authenticated', 'public', 'signed'].includes(route.permission);
    expect(special || isPermission(route.permission), route.permission).toBe(true);
    expect(route.permission === 'public').toBe(isPublicPath(path));
    expect(route.permission === 'signed').toBe(path.startsWith('/objects/'));
  });

  it('says in a sentence what it does', () => {
    expect(route.summary).toMatch(/^[A-Z].{5,}[^.]$/);
  });

  it('bounds its body and its time', () => {
    expect(bytesOf(route.limit.body)).toBeGreaterThan(0);
    expect(millisOf(route.limit.time)).toBeGreaterThan(0);
  });

  it('has a schema for the body that it takes', () => {
    const takesOne = ['POST', 'PUT', 'PATCH'].includes(method) && !bodiless.has(route.does);
    expect(route.body !== undefined).toBe(takesOne);
  });

  it('has a schema for every answer, one of them of success', () => {
    const answers = Object.entries(route.answers);
    expect(answers.some(([status]) => Number(status) < 400)).toBe(true);
    for (const [status, answer] of answers) expect('media' in answer || answer instanceof z.ZodType, status).toBe(true);
  });

  it('has a schema for the query that it reads', () => {
    const source = alike.get(route.does)?.toString() ?? textOf(`${contextOf(route).name}/${route.does}.ts`);
    expect(/\bquery\b|\bsearchParams\b/.test(source) && route.query === undefined).toBe(false);
  });
});

/** What every context does alike. */
const alike = new Map<string, (...args: never[]) => unknown>(Object.entries({ ...tableTransfer, ...objectTransfer }));

const ours = routes.filter(([, { path, route }]) => path.startsWith('/v1/') && !(route.body !== undefined && 'stream' in route.body));

describe('a route of our own', () => {
  it.each(ours)('takes a body of 1 MiB: %s', (_key, { route }) => {
    expect(bytesOf(route.limit.body)).toBe(1024 ** 2);
  });
});

const posts = routes.filter(([, { method, path }]) => method === 'POST' && path.startsWith('/v1/'));

describe('a POST of our own', () => {
  it.each(posts)('has a table that it appends to, for the claims of Idempotency-Keys: %s', (_key, { route }) => {
    const { tables } = contextOf(route);
    const appended = Object.entries(route.uses).filter(([resource, verbs]) => tables[resource] !== undefined && verbs.includes('append'));
    expect(appended).not.toEqual([]);
  });
});

const contextOf = (route: RouteDeclaration): ContextDeclaration =>
  contexts.find(({ routes: declared }) => Object.values(declared).includes(route)) as ContextDeclaration;

const rolesless = (tenant: TenantId) => ({ tenant, id: 'key:none', roles: [] });
const guarded = routes.filter(([, { route }]) => !['public', 'signed', 'authenticated'].includes(route.permission));

describe('a principal without a role', () => {
  it.each(guarded)("is denied %s, a tenant's and the platform's alike", (_key, { route }) => {
    for (const tenant of [parseTenantId('acme') as TenantId, platformTenant])
      expect(isFailure(authorize(rolesless(tenant), route)), tenant).toBe(true);
  });
});

describe('the routes of all contexts', () => {
  it('do not collide: where two templates overlap, the more exact one comes first, as routers and gateways take it', () => {
    const collisions = operations.flatMap((one, at) =>
      operations
        .slice(at + 1)
        .filter((other) => one.method === other.method && templatesOverlap(one.path, other.path) && isLessExact(one.path, other.path))
        .map((other) => `${one.key} hides ${other.key}`),
    );
    expect(collisions).toEqual([]);
  });

  it('have an operation id each', () => {
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
  });
});

const exactness = (path: string): string => path.replaceAll(/\{[^}]*\}/g, '').replaceAll(/[^/]+/g, 'x');
const isLessExact = (one: string, other: string): boolean => exactness(one).length <= exactness(other).length;

const verbsOf = {
  table: ['get', 'read', 'scan', 'append', 'put', 'delete', 'settle'],
  objects: ['read', 'put', 'delete', 'presign'],
  queue: ['send'],
} as const;
const shared: { readonly [resource: string]: readonly string[] } = {
  modelHost: ['inspect', 'load', 'invoke', 'remove'],
  meter: ['record'],
  deadLetters: ['read', 'redrive'],
  exportWriter: ['put'],
  objectGateway: ['serve'],
};

const verbsIn = (context: ContextDeclaration, resource: string): readonly string[] | undefined => {
  const borrow = context.borrows[resource];
  if (borrow !== undefined) return 'table' in borrow ? verbsOf.table : verbsOf.objects;
  if (context.tables[resource] !== undefined) return verbsOf.table;
  if (context.objects[resource] !== undefined) return verbsOf.objects;
  return context.queues[resource] !== undefined ? verbsOf.queue : shared[resource];
};

const allUses = (context: ContextDeclaration): readonly Uses[] => [
  ...[context.routes, context.subscribers, context.schedules, context.queues].flatMap((parts) =>
    Object.values(parts).map(({ uses }) => uses),
  ),
  ...Object.values(context.tables).flatMap(({ changes = {} }) => Object.values(changes).map(({ uses }) => uses)),
];

const consumersOf = (context: ContextDeclaration): readonly string[] =>
  Object.values(context.tables).flatMap(({ changes = {} }) => Object.keys(changes));

const filesOf = (context: ContextDeclaration): readonly string[] => [
  ...new Set([
    ...Object.values(context.routes).flatMap(({ does }) => (alike.has(does) ? [] : [does])),
    ...Object.keys(context.subscribers).map((name) => `on-${name}`),
    ...Object.keys(context.queues).map((name) => `work-${name}`),
    ...Object.keys(context.schedules).map((name) => `every-${name}`),
    ...consumersOf(context),
  ]),
];

const namesOf = (functions: object = {}): readonly string[] => Object.keys(functions).sort();

/** What `functions/entries/local-contexts.ts` binds to the declaration. */
const functionsOf = (context: ContextDeclaration): Partial<BoundContext> =>
  boundContexts.find(({ declaration }) => declaration === context) ?? {};

const importedBy = (text: string): readonly string[] => [...text.matchAll(/from '\.\/([^']+)'/g)].map((match) => match[1] as string);

/** The names of the events that a context's aggregates make: the `type` of every member of a type called `…Event`. */
const emittedBy = (context: string): readonly string[] => {
  const folder = `../domain/${context}`;
  const sources = context === 'platform' ? [] : sourcesIn(folder).filter((name) => !name.endsWith('.test.ts'));
  return sources.flatMap((name) => {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isPropertySignature(node) && node.name.getText(source) === 'type' && node.type && ts.isLiteralTypeNode(node.type))
        found.push(node.type.literal.getText(source).slice(1, -1));
      ts.forEachChild(node, visit);
    };
    const source = ts.createSourceFile(name, textOf(`${folder}/${name}`), ts.ScriptTarget.ES2023);
    for (const statement of source.statements)
      if (ts.isTypeAliasDeclaration(statement) && statement.name.text.endsWith('Event')) visit(statement.type);
    return found;
  });
};

/** How long a store keeps what it has, wherever it was declared. */
const keepOf = (context: ContextDeclaration, resource: string): string | undefined => {
  const borrow = context.borrows[resource];
  if (borrow === undefined) return context.objects[resource]?.keep;
  return 'objects' in borrow ? contexts.find(({ name }) => name === borrow.from)?.objects[borrow.objects]?.keep : undefined;
};

describe.each(contexts.map((context): [string, ContextDeclaration] => [context.name, context]))('the context %s', (name, context) => {
  it('deletes nothing that is kept for ever: a deployer may have it locked', () => {
    for (const uses of allUses(context))
      for (const [resource, verbs] of Object.entries(uses))
        if (keepOf(context, resource) === 'forever') expect(verbs, resource).not.toContain('delete');
  });

  it('uses only what it declares, borrows or shares, with verbs that this has', () => {
    for (const uses of allUses(context))
      for (const [resource, verbs] of Object.entries(uses)) {
        expect(verbsIn(context, resource), `${resource} is neither declared, nor borrowed, nor shared`).toBeDefined();
        expect(verbsIn(context, resource)).toEqual(expect.arrayContaining([...verbs]));
      }
  });

  it('borrows only what another context has', () => {
    for (const borrow of Object.values(context.borrows)) {
      const lender = contexts.find((other) => other.name === borrow.from);
      expect('table' in borrow ? lender?.tables[borrow.table] : lender?.objects[borrow.objects]).toBeDefined();
    }
  });

  it('is bound to a function for every route, subscriber, queue, schedule and change consumer, and no other', () => {
    const { handlers, subscribers, workers, schedules, changes = {} } = functionsOf(context);
    expect(namesOf(handlers)).toEqual([...new Set(Object.values(context.routes).map(({ does }) => does))].sort());
    expect(namesOf(subscribers)).toEqual(namesOf(context.subscribers));
    expect(namesOf(workers)).toEqual(namesOf(context.queues));
    expect(namesOf(schedules)).toEqual(namesOf(context.schedules));
    expect(Object.values(changes).flatMap(namesOf).sort()).toEqual([...consumersOf(context)].sort());
  });

  it('has a file of its name for each of them', () => {
    expect(sourcesIn(name)).toEqual(expect.arrayContaining(filesOf(context).map((file) => `${file}.ts`)));
  });

  it('has no file left over: what handles is declared, and what helps is imported by something beside it', () => {
    const sources = sourcesIn(name);
    const own = new Set([...filesOf(context).map((file) => `${file}.ts`), 'context.ts', 'handlers.ts']);
    const imported = new Set(sources.flatMap((file) => importedBy(textOf(`${name}/${file}`))));
    const helpers = sources.filter((file) => !file.endsWith('.test.ts') && !own.has(file));
    const undeclared = helpers.filter((file) => /^(on|work|every)-/.test(file) || /\bhandler<typeof /.test(textOf(`${name}/${file}`)));
    const elsewhere = sourcesIn('entries')
      .map((file) => textOf(`entries/${file}`))
      .join();
    expect(undeclared).toEqual([]);
    expect(helpers.filter((file) => !imported.has(file) && !elsewhere.includes(`/${name}/${basename(file)}`))).toEqual([]);
  });

  it('publishes every event that its aggregates make, and names it as its own', () => {
    const published = context.publishes.map((event) => event.name);
    expect(published).toEqual(expect.arrayContaining([...emittedBy(name)]));
    for (const event of context.publishes) expect(event.type).toBe(`ai.hybrid-platform.${name}.${event.name}.v1`);
  });

  it('hears only what some context publishes', () => {
    const published = new Set(contexts.flatMap(({ publishes }) => publishes.map(({ type }) => type)));
    for (const { to } of Object.values(context.subscribers))
      for (const event of to === '*' ? [] : to) expect(published).toContain(event.type);
  });
});

describe('the list of contexts', () => {
  it('names every folder that has a context.ts (else: functions/contexts.ts)', () => {
    const folders = readdirSync(here).filter((name) => existsSync(new URL(`${name}/context.ts`, here)) && name !== 'kernel');
    expect(contexts.map(({ name }) => name).sort()).toEqual(folders.sort());
  });

  it('is bound to functions as a whole (else: functions/entries/local-contexts.ts)', () => {
    expect(boundContexts.map(({ declaration }) => declaration.name)).toEqual(contexts.map(({ name }) => name));
  });
});

describe('the walk itself', () => {
  it('finds the events that aggregates make', () => {
    expect(emittedBy('identity')).toEqual(expect.arrayContaining(['tenant-created', 'api-key-revoked']));
    for (const { name, publishes } of contexts) expect(emittedBy(name).length > 0, name).toBe(publishes.length > 0);
  });

  it('sees where two templates overlap, and which is less exact', () => {
    expect(templatesOverlap('/a/{b}', '/a/c')).toBe(true);
    expect(templatesOverlap('/a/{b}', '/b/c')).toBe(false);
    expect(templatesOverlap('/a/{b}', '/a/b/c')).toBe(false);
    expect([isLessExact('/a/{b}', '/a/c'), isLessExact('/a/c', '/a/{b}'), isLessExact('/a/{b}', '/a/{c}')]).toEqual([true, false, true]);
  });
});
