import { describe, expect, it } from 'vitest';
import { contexts } from '../functions/contexts.ts';
import { type Resource, resourceVariable } from '../functions/kernel/resources.ts';
import type { FunctionUnit } from '../functions/kernel/units.ts';
import { unitsOf } from '../functions/kernel/units.ts';
import { builtInRoles } from '../stacks/azure/built-in-roles.ts';
import { cosmosRoles } from '../stacks/azure/cosmos-roles.ts';
import { accessOf, nameOf } from '../stacks/azure/grants.ts';
import { appOf } from '../stacks/azure/names.ts';
import type { Graph, GraphResource } from './graph.ts';
import { casesOf, graphFor, named, ofType } from './graphs.ts';

/** What a verb needs at Azure, said here once more: by the kind of the resource, as the name of an assignment has it. */
const roles: { readonly [kind: string]: { readonly [verb: string]: readonly string[] } } = {
  table: {
    ...{ get: ['get'], read: ['read'], scan: ['read'], append: ['append'], put: ['put'], delete: ['delete'] },
    ...{ settle: ['changes'], acknowledge: ['append'] },
  },
  objects: { read: ['blob-reader'], put: ['blob-contributor'], delete: ['blob-contributor'], presign: ['blob-contributor'] },
  queue: { send: ['queue-sender'] },
  bus: { publish: ['event-sender'] },
  secret: { read: ['secret-reader'], put: ['secret-officer'] },
  'dead-letters': { read: ['read'], put: ['put'], redrive: ['append'] },
};
/** What another role on the same resource makes needless. */
const needless: { readonly [role: string]: readonly string[] } = {
  ...{ 'blob-reader': ['blob-contributor'], get: ['read', 'changes', 'append', 'put'] },
  ...{ read: ['changes'], put: ['append'], delete: ['append'], 'queue-sender': ['queue-contributor'] },
};

/** What every app has, whatever it runs: its packages, the runtime's locks, and where telemetry goes. */
const ofRuntime = [
  ...['blob-contributor-packages', 'blob-contributor-azure-webjobs-hosts', 'blob-contributor-azure-webjobs-secrets'],
  'metrics-publisher-telemetry',
];

const isAssignment = ({ type }: GraphResource): boolean =>
  type === 'azure-native:authorization:RoleAssignment' || type === 'azure-native:cosmosdb:SqlResourceSqlRoleAssignment';

const assignedTo = (graph: Graph, app: string): readonly string[] => {
  const { principalId } = named(graph, `${app}-identity`).outputs;
  return graph
    .filter((one) => isAssignment(one) && one.inputs.principalId === principalId)
    .map(({ name }) => name.slice(app.length + 1))
    .sort();
};

const declared = (units: readonly FunctionUnit[]): readonly string[] =>
  units.flatMap(({ grants }) =>
    grants.flatMap(({ resource, verbs }) =>
      verbs.flatMap((verb) => (roles[resource.kind]?.[verb] ?? []).map((role) => `${role} ${nameOf(resource)}`)),
    ),
  );

const subscribersOf = (graph: Graph, app: string): readonly string[] => {
  const settings = settingsOf(graph, app);
  return Object.keys(JSON.parse(settings.get('HYBRID_SUBSCRIPTIONS') ?? '{}') as object);
};

const settingsOf = (graph: Graph, app: string): ReadonlyMap<string, string> => {
  const { appSettings } = named(graph, `${app}-app`).inputs.siteConfig as {
    readonly appSettings: readonly { readonly name: string; readonly value: string }[];
  };
  return new Map(appSettings.map(({ name, value }) => [name, value]));
};

/** What comes of what calls an app. */
const ofTriggers = (graph: Graph, app: string, units: readonly FunctionUnit[]): readonly string[] => {
  const has = (trigger: FunctionUnit['trigger']) => units.some((unit) => unit.trigger === trigger);
  const changed = units.filter(({ trigger }) => trigger === 'changes').flatMap(({ contexts: those }) => those);
  const drained = changed.flatMap(({ name, tables }) =>
    Object.entries(tables).flatMap(([table, { holds, changes }]) => ((holds ?? changes) ? [`${name}-${table}`] : [])),
  );
  const all = ofType(graph, 'azure-native:eventgrid:TopicEventSubscription').map(({ name }) => name.replace(/-subscription$/, ''));
  const own = has('events') ? (has('dead-letters') ? all.filter((one) => isOf(units, one)) : subscribersOf(graph, app)) : [];
  return [
    ...own.flatMap((one) => [`queue-contributor ${one}`, `queue-sender ${one}-poison`]),
    ...(has('dead-letters') ? [...all.map((one) => `queue-contributor ${one}-poison`), 'blob-contributor undelivered'] : []),
    ...drained.flatMap((table) => [`changes ${table}`, `put ${table}`]),
    ...(drained.length > 0 ? ['leases leases', 'metadata account'] : []),
  ];
};

const isOf = (units: readonly FunctionUnit[], subscriber: string): boolean =>
  units.some(({ trigger, contexts: those }) => trigger === 'events' && those.some(({ name }) => subscriber.startsWith(`${name}-`)));

/** Whoever redrives sends to every queue that dead letters came from; whoever presigns has a key that signs, of the account. */
const beside = (graph: Graph, units: readonly FunctionUnit[]): readonly string[] => {
  const does = (kind: string, verb: string) =>
    units.some(({ grants }) => grants.some(({ resource, verbs }) => resource.kind === kind && verbs.includes(verb as never)));
  const all = ofType(graph, 'azure-native:eventgrid:TopicEventSubscription').map(({ name }) => name.replace(/-subscription$/, ''));
  return [
    ...(does('dead-letters', 'redrive') ? all.map((one) => `queue-sender ${one}`) : []),
    ...(does('objects', 'presign') ? ['blob-delegator objects'] : []),
  ];
};

const least = (all: readonly string[]): readonly string[] => {
  const distinct = [...new Set(all)];
  return distinct
    .filter((one) => {
      const [role = '', of = ''] = one.split(' ');
      return !(needless[role] ?? []).some((wider) => distinct.includes(`${wider} ${of}`));
    })
    .map((one) => one.replace(' ', '-'));
};

describe.each(casesOf('azure'))('the identities of $stack with topology $topology', ({ stack, topology }) => {
  const units = unitsOf(contexts, topology);
  const apps = [...new Set(units.map(appOf))].map((app) => ({ app, own: units.filter((unit) => appOf(unit) === app) }));

  it.each(apps)('give $app what is declared and what its sources take, each once, and nothing else', async ({ app, own }) => {
    const graph = await graphFor(stack, topology);
    const needed = least([...declared(own), ...ofTriggers(graph, app, own), ...beside(graph, own)]);
    expect(assignedTo(graph, app)).toEqual([...needed, ...ofRuntime].sort());
  });

  it('are as many as there are apps, the edge where there is no Front Door, the bus, and one for each key', async () => {
    const graph = await graphFor(stack, topology);
    const names = ofType(graph, 'azure-native:managedidentity:UserAssignedIdentity').map(({ name }) => name);
    const others = [...(stack === 'azure-prod' ? [] : ['edge']), 'events', ...(stack === 'azure-dev' ? [] : ['objects-key', 'tables-key'])];
    expect([...names].sort()).toEqual([...apps.map(({ app }) => app), ...others].map((name) => `${name}-identity`).sort());
  });

  it('are told where each thing is that they reach', async () => {
    const graph = await graphFor(stack, topology);
    for (const { app, own } of apps) {
      const settings = settingsOf(graph, app);
      for (const { grants } of own) for (const { resource } of grants) expect([...settings.keys()]).toContain(resourceVariable(resource));
    }
  });
});

describe('the edge', () => {
  it('reads its own secret, and nothing of anybody’s', async () =>
    expect(assignedTo(await graphFor('azure-dev'), 'edge')).toEqual([...ofRuntime, 'secret-reader-origin-secret'].sort()));
});

describe('a verb', () => {
  const table: Resource = { kind: 'table', context: 'models', name: 'registry' };
  const places = new Map([[resourceVariable(table), { scope: 'scope', value: 'models-registry' }]]);

  it('that nobody has given a meaning on Azure is refused', () => {
    expect(() => accessOf([{ resource: table, verbs: ['presign'] }], places)).toThrow('verb-without-meaning');
    expect(() => accessOf([{ resource: { ...table, name: 'other' }, verbs: ['read'] }], places)).toThrow('unknown-resource');
  });
  it('that reads cannot write, and that gets cannot look for anything', () => {
    const writes = /create|replace|upsert|delete/;
    expect([cosmosRoles.read, cosmosRoles.get, cosmosRoles.changes].flat().filter((action) => writes.test(action))).toEqual([]);
    expect(cosmosRoles.get.some((action) => action.endsWith('executeQuery'))).toBe(false);
    expect(cosmosRoles.put.some((action) => /delete|executeQuery/.test(action))).toBe(false);
  });
  it('of one partition does without the description of its container, and leases without more than their keeper does with them', () => {
    const described = Object.entries(cosmosRoles).filter(([, actions]) => actions.some((action) => action.endsWith('/readMetadata')));
    expect(described.map(([role]) => role)).toEqual(['metadata', 'read', 'changes']);
    expect(cosmosRoles.leases.map((action) => action.split('/').at(-1)).sort()).toEqual([
      'create',
      'delete',
      'executeQuery',
      'read',
      'replace',
    ]);
  });
  it('needs no role that reaches more than one resource', () =>
    expect(Object.values(builtInRoles)).not.toContain('8e3af657-a8ff-443c-a75c-2fe8c4bcb635'));
});
