import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { accessDenied, accessGranted } from '../../events/identity.ts';
import type { ContextDeclaration, EventDeclaration, RouteDeclaration, RouteKey, Uses, Verb } from './context.ts';
import {
  bus,
  deadLetters,
  failedChanges,
  largeEvents,
  lastUses,
  modelTrials,
  objectsOf,
  queueOf,
  type Resource,
  resourceVariable,
  tableOf,
} from './resources.ts';

/**
 * What calls a function: requests, events, changes of tables, messages of queues, the clock, messages that were given up, or another function that
 * has a model tried.
 */
export type Trigger = 'http' | 'events' | 'changes' | 'queues' | 'schedules' | 'dead-letters' | 'trials';

/**
 * `context`: each context has functions of its own; `single`: one set of functions runs them all. Where nothing is `apart`, contexts with native code have
 * functions of their own even then. Resources are the same in both.
 */
export type Topology = 'context' | 'single';

/** `events` are the types that may be published, where the resource is the bus. */
export type Grant = { readonly resource: Resource; readonly verbs: readonly Verb[]; readonly events?: readonly string[] };

/** Libraries with native code; a function that needs none is small and starts quickly. */
export type NativeLibrary = 'onnxruntime' | 'duckdb';

/** One function that a cloud deploys: what it runs, what calls it, and all that it may touch. */
export type FunctionUnit = {
  /** Unique among the units of a topology: `models-http`, `all-http`. */
  readonly name: string;
  readonly trigger: Trigger;
  readonly contexts: readonly ContextDeclaration[];
  readonly grants: readonly Grant[];
  readonly native: readonly NativeLibrary[];
  readonly timeoutSeconds: number;
};

/** A gateway lets go of a request after 30 s; the function answers for itself before that. */
const timeouts: Record<Trigger, number> = {
  http: 29,
  events: 60,
  changes: 60,
  queues: 60,
  schedules: 300,
  'dead-letters': 60,
  // Who has a model tried has to answer a request himself.
  trials: 25,
};

export type UnitOptions = {
  /**
   * Whether what others are to be safe from has functions of its own. Foreign models: tried by one that may touch nothing, run by one that answers
   * predictions and nothing else; otherwise they are opened by whoever asks for it. And the routes by which whole tables are taken and brought.
   */
  readonly apart?: boolean;
};

/** The functions of these contexts. Throws `Rejected` `unknown-resource` where a declaration uses what nobody declares. */
export const unitsOf = (
  contexts: readonly ContextDeclaration[],
  topology: Topology,
  { apart = false }: UnitOptions = {},
): readonly FunctionUnit[] => {
  const alone = contexts.filter((one) => topology === 'context' || (!apart && hasNative(one)));
  const together = contexts.filter((one) => !alone.includes(one));
  const groups = [
    ...(together.length === 0 ? [] : [{ prefix: 'all', members: together }]),
    ...alone.map((one) => ({ prefix: one.name, members: [one] })),
  ];
  const triggers = (Object.keys(timeouts) as Trigger[]).filter((trigger) => apart || trigger !== 'trials');
  return groups.flatMap(({ prefix, members }) =>
    triggers.flatMap((trigger) =>
      partsOf(trigger, members, apart).flatMap(({ name, parts }) => {
        const running = parts.filter((context) => usesOf(context, trigger).length > 0);
        return running.length === 0 ? [] : [unit(`${prefix}-${name}`, trigger, running, { all: contexts, apart })];
      }),
    ),
  );
};

type Part = { readonly name: string; readonly parts: readonly ContextDeclaration[] };

/** What the functions of a trigger are called, and what of these contexts each of them runs. */
const partsOf = (trigger: Trigger, members: readonly ContextDeclaration[], apart: boolean): readonly Part[] => {
  if (trigger !== 'http' || !apart) return [{ name: trigger, parts: members }];
  const serving = (name: string, which: (route: RouteDeclaration) => boolean): Part => ({
    name,
    parts: members.map((context) => withRoutes(context, which)),
  });
  return [
    serving('http', (route) => !runsModel(route) && !isTransfer(route)),
    serving('predictions', runsModel),
    serving('transfers', isTransfer),
  ];
};

/** What breaks out of native code is to be worth no more than one context; and who needs none of it starts without its weight. */
const hasNative = (context: ContextDeclaration): boolean =>
  nativeOf(
    (Object.keys(timeouts) as Trigger[]).flatMap((trigger) => usesOf(context, trigger)),
    { apart: false },
  ).length > 0;

const isTransfer = ({ permission }: RouteDeclaration): boolean => permission.startsWith('transfers:');
const runsModel = ({ uses: { modelHost = [] } }: RouteDeclaration): boolean => modelHost.includes('invoke');

const withRoutes = (context: ContextDeclaration, which: (route: RouteDeclaration) => boolean): ContextDeclaration => ({
  ...context,
  routes: Object.fromEntries(Object.entries(context.routes).filter(([, route]) => which(route))),
});

type Around = { readonly all: readonly ContextDeclaration[]; readonly apart: boolean };

const unit = (name: string, trigger: Trigger, running: readonly ContextDeclaration[], around: Around): FunctionUnit => ({
  name,
  trigger,
  contexts: running,
  grants: merged([
    ...running.flatMap((context) => usesOf(context, trigger).flatMap((uses) => granted(context, uses, around))),
    ...ofFrame(trigger, running),
  ]),
  native:
    trigger === 'trials'
      ? ['onnxruntime']
      : nativeOf(
          running.flatMap((context) => usesOf(context, trigger)),
          around,
        ),
  timeoutSeconds: timeouts[trigger],
});

/** The routes that a cloud serves: presigned URLs lead to its own object store there. */
export const cloudRoutes = ({ routes }: ContextDeclaration): readonly (readonly [RouteKey, RouteDeclaration])[] =>
  (Object.entries(routes) as [RouteKey, RouteDeclaration][]).filter(([, { permission }]) => permission !== 'signed');

/** What each function of a trigger declares to use; empty where the context has none of that kind. */
export const usesOf = (context: ContextDeclaration, trigger: Trigger): readonly Uses[] => {
  const declared = (parts: { readonly [name: string]: { readonly uses: Uses } }) => Object.values(parts).map(({ uses }) => uses);
  switch (trigger) {
    case 'http':
      return cloudRoutes(context).map(([, { uses }]) => uses);
    case 'events':
      return declared(context.subscribers);
    case 'changes':
      return Object.values(context.tables).flatMap(({ holds, changes = {} }) => [
        ...(holds === 'events' ? [{}] : []),
        ...declared(changes),
      ]);
    case 'queues':
      return declared(context.queues);
    case 'schedules':
      return declared(context.schedules);
    case 'dead-letters':
      return context.name === 'observability' ? [{}] : [];
    case 'trials':
      return context.name === 'models' ? [{}] : [];
  }
};

/** What the frame around the functions needs: to know who asks, to tell of denials, to publish, to keep what was given up. */
const ofFrame = (trigger: Trigger, running: readonly ContextDeclaration[]): readonly Grant[] => {
  // Who may say anything could make others undo what was never done: a function says what its context says.
  const publishes = (types: readonly EventDeclaration[]): readonly Grant[] => [
    { resource: bus, verbs: ['publish'], events: types.map(({ type }) => type) },
    { resource: largeEvents, verbs: ['put'] },
  ];
  const sourced = running.filter(({ tables }) => Object.values(tables).some(({ holds }) => holds === 'events'));
  const routes = running.flatMap(cloudRoutes);
  const asks = routes.some(([, { permission }]) => permission !== 'public');
  const tells = routes.some(([, { told }]) => told) ? [accessDenied, accessGranted] : [accessDenied];
  const consumed = running.flatMap(({ name, tables }) =>
    Object.entries(tables).flatMap(([table, { changes }]) => (changes === undefined ? [] : [tableOf(name, table)])),
  );
  switch (trigger) {
    case 'http':
      return asks
        ? [{ resource: tableOf('identity', 'directory'), verbs: ['get'] }, { resource: lastUses, verbs: ['put'] }, ...publishes(tells)]
        : [];
    case 'changes':
      return [
        ...(sourced.length > 0 ? publishes(sourced.flatMap((context) => context.publishes)) : []),
        ...consumed.map((resource): Grant => ({ resource, verbs: ['acknowledge'] })),
        { resource: failedChanges, verbs: ['put'] },
      ];
    case 'events':
      return [{ resource: largeEvents, verbs: ['read'] }];
    case 'dead-letters':
      return [
        { resource: deadLetters, verbs: ['put'] },
        { resource: largeEvents, verbs: ['read'] },
      ];
    default:
      return [];
  }
};

const granted = (context: ContextDeclaration, uses: Uses, around: Around): readonly Grant[] =>
  Object.entries(uses).flatMap(([name, verbs]) => resolve(context, name, verbs, around));

/** What has a model tried: it comes from whoever registers it, and may do anything to the process that first opens it. */
const isTrial = (verb: Verb): boolean => verb === 'inspect' || verb === 'load';

/** Ports that all contexts share, as what they are made of. */
const shared: { readonly [port: string]: (verbs: readonly Verb[], around: Around) => readonly Grant[] } = {
  meter: () => [{ resource: tableOf('billing', 'usage'), verbs: ['put'] }],
  // Who has a model tried elsewhere hands over a URL to its artifact, which is worth what he himself may read.
  modelHost: (verbs, { apart }) => [
    ...(verbs.every((verb) => verb === 'remove') ? [] : [{ resource: objectsOf('models', 'artifacts'), verbs: ['read'] } as const]),
    ...(apart && verbs.some(isTrial) ? [{ resource: modelTrials, verbs: ['invoke'] } as const] : []),
  ],
  deadLetters: (verbs) => [{ resource: deadLetters, verbs }],
  exportWriter: () => [],
};

const resolve = (context: ContextDeclaration, name: string, verbs: readonly Verb[], around: Around): readonly Grant[] => {
  const borrowed = context.borrows[name];
  const resource = resourceNamed(context, name);
  const grants = resource === undefined ? shared[name]?.(verbs, around) : [{ resource, verbs }];
  if (grants === undefined || (borrowed !== undefined && !exists(borrowed, around.all)))
    throw new Rejected(failed('invalid', 'unknown-resource', `The context "${context.name}" uses "${name}", which nobody declares.`));
  return grants;
};

/** What a context calls by a name: its own, or what it borrows. */
const resourceNamed = ({ name: context, tables, objects, queues, borrows }: ContextDeclaration, name: string): Resource | undefined => {
  if (tables[name] !== undefined) return tableOf(context, name);
  if (objects[name] !== undefined) return objectsOf(context, name);
  if (queues[name] !== undefined) return queueOf(context, name);
  const borrowed = borrows[name];
  if (borrowed === undefined) return undefined;
  return 'table' in borrowed ? tableOf(borrowed.from, borrowed.table) : objectsOf(borrowed.from, borrowed.objects);
};

const exists = (borrowed: ContextDeclaration['borrows'][string], all: readonly ContextDeclaration[]): boolean => {
  const lender = all.find(({ name }) => name === borrowed.from);
  return ('table' in borrowed ? lender?.tables[borrowed.table] : lender?.objects[borrowed.objects]) !== undefined;
};

const merged = (grants: readonly Grant[]): readonly Grant[] => {
  const byResource = new Map<string, Grant>();
  for (const grant of grants) {
    const variable = resourceVariable(grant.resource);
    const known = byResource.get(variable);
    byResource.set(variable, known === undefined ? grant : joined(known, grant));
  }
  return [...byResource.values()].map((grant) => ({ ...grant, verbs: [...new Set(grant.verbs)].sort() }));
};

const joined = (one: Grant, other: Grant): Grant => {
  const events = [...new Set([...(one.events ?? []), ...(other.events ?? [])])];
  return { resource: one.resource, verbs: [...one.verbs, ...other.verbs], ...(events.length === 0 ? {} : { events }) };
};

const nativeOf = (uses: readonly Uses[], { apart }: Pick<Around, 'apart'>): readonly NativeLibrary[] => [
  ...(uses.some(({ modelHost = [] }) => modelHost.some((verb) => verb === 'invoke' || (!apart && isTrial(verb))))
    ? (['onnxruntime'] as const)
    : []),
  ...(uses.some(({ exportWriter }) => exportWriter !== undefined) ? (['duckdb'] as const) : []),
];

/**
 * The paths that lead to a unit of requests, as gateways take them: a path itself, and all below it (`/v1/models`, `/v1/models/{proxy+}`). Those of
 * predictions are whole (`/v2/models/{endpoint}/infer`): a gateway prefers them to what leads all below `/v2` elsewhere.
 */
export const greedyPaths = ({ trigger, contexts }: Pick<FunctionUnit, 'trigger' | 'contexts'>): readonly string[] => {
  if (trigger !== 'http') return [];
  const routes = contexts.flatMap(cloudRoutes);
  if (routes.every(([, route]) => runsModel(route))) return [...new Set(routes.map(([key]) => key.slice(key.indexOf('/'))))];
  return [...new Set(routes.map(([key]) => headOf(key)))].flatMap((head) => [head, `${head}/{proxy+}`]);
};

/** The version and the collection (`/v1/models`), or the first segment where no version leads (`/health`, `/v2`). */
const headOf = (key: RouteKey): string => {
  const segments = key.slice(key.indexOf('/') + 1).split('/');
  return `/${segments.slice(0, segments[0] === 'v1' ? 2 : 1).join('/')}`;
};
