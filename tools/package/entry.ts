import { fileURLToPath } from 'node:url';
import type { ContextDeclaration } from '../../functions/kernel/context.ts';
import { type FunctionUnit, type Trigger, usesOf } from '../../functions/kernel/units.ts';
import type { CloudName } from './clouds.ts';

export type Unit = Pick<FunctionUnit, 'name' | 'trigger' | 'contexts' | 'native'>;

/** What a unit calls of a context, as `handlers.ts` exports it. */
const called: Partial<Record<Trigger, string>> = {
  http: 'handlers',
  events: 'subscribers',
  changes: 'changes',
  queues: 'workers',
  schedules: 'schedules',
};

const source = (path: string): string => JSON.stringify(fileURLToPath(new URL(`../../${path}`, import.meta.url)));

/** Whether a unit answers for the documents of the platform, which are packaged beside it. */
export const servesDocuments = ({ trigger, contexts }: Unit): boolean =>
  trigger === 'http' && contexts.some(({ name }) => name === 'platform');

/** Whether a unit is the door before all others, which runs no context. */
export const isEdge = ({ trigger, contexts }: Unit): boolean => trigger === 'http' && contexts.length === 0;

/** The source of a part of a module: what it imports, and what it does with it; and what it loads only when it is needed. */
type Part = { readonly imports: readonly string[]; readonly does: string; readonly later?: Source['later'] };

/** The text of a module, and of those that it loads by and by. */
export type Source = { readonly source: string; readonly later?: { readonly [specifier: string]: string } };

/** The module that a cloud loads for units: it binds their contexts to what they call, and opens the cloud of the bundle's condition. */
export const entryOf = (units: readonly Unit[], cloud: CloudName): Source => {
  const parts = units.some(isEdge) ? [edges[cloud]] : [opening[cloud](units), ...units.map((unit) => runs[cloud](unit))];
  const later = Object.assign({}, ...parts.map((part) => part.later ?? {})) as NonNullable<Source['later']>;
  return { source: textOf(parts), ...(Object.keys(later).length === 0 ? {} : { later }) };
};

const textOf = (parts: readonly Part[]): string =>
  [...new Set(parts.flatMap(({ imports }) => imports)), ...parts.map(({ does }) => does)].join('\n');

const from = (path: string, ...names: readonly string[]): string => `import { ${names.join(', ')} } from ${source(path)};`;

/** Of the library's `app` only what is used here: a namespace that is handed on is bundled whole. */
const used = ['setup', 'http', 'storageQueue', 'cosmosDB', 'timer'];
const azureFunctions = from('node_modules/@azure/functions/src/app.ts', ...used);
const functionApp = `const app = { ${used.join(', ')} };\n`;

/** Whether a unit runs models, and does not merely look into them. */
const runsModels = ({ trigger, contexts }: Unit): boolean =>
  trigger === 'trials' ||
  contexts.some((context) =>
    usesOf(context, trigger).some(({ modelHost = [] }) => modelHost.includes('load') || modelHost.includes('invoke')),
  );

/** What of the cloud is heavy, and which units need it. On AWS who looks into models runs them as well: a function that others ask for trials. */
const heavy = (units: readonly Unit[], cloud: CloudName): readonly string[] => {
  const opening = units.filter(({ native }) => native.includes('onnxruntime'));
  const models = cloud === 'aws' || opening.some(runsModels) ? 'runningModels' : 'inspectingModels';
  return [...(opening.length > 0 ? [models] : []), ...(units.some(({ native }) => native.includes('duckdb')) ? ['writingExports'] : [])];
};

/** What opens the cloud, with the code for what is heavy only where a unit needs it. */
const cloudFor = (units: readonly Unit[], cloud: CloudName): { readonly imported: string; readonly made: string } => {
  const needed = heavy(units, cloud);
  return {
    imported: `import { ${['openCloudWith', ...needed].join(', ')} } from '#cloud';`,
    made: `const openCloud = openCloudWith({ ${needed.map((name) => `...${name}`).join(', ')} });\n`,
  };
};

const opening: Readonly<Record<CloudName, (units: readonly Unit[]) => Part>> = {
  aws: (units) => {
    const { imported, made } = cloudFor(units, 'aws');
    return {
      imports: [imported, from('functions/entries/aws.ts', 'lambdaOf')],
      does: `${made}const lambda = lambdaOf(openCloud, process.env);`,
    };
  },
  azure: (units) => {
    const { imported, made } = cloudFor(units, 'azure');
    return {
      imports: [imported, azureFunctions, from('functions/entries/azure.ts', 'opened')],
      does: `${made}${functionApp}const azure = opened(openCloud, process.env, process.env.WEBSITE_SITE_NAME);`,
    };
  },
  gcp: (units) => {
    const { imported, made } = cloudFor(units, 'gcp');
    return {
      imports: [imported, from('functions/entries/gcp.ts', 'frameworkFunction', 'opened')],
      does: `${made}const google = opened(openCloud, process.env, process.env.K_SERVICE);`,
    };
  },
};

const factories: Readonly<Record<Trigger, string>> = {
  http: 'httpFunction',
  events: 'eventsFunction',
  changes: 'changesFunction',
  queues: 'queuesFunction',
  schedules: 'schedulesFunction',
  'dead-letters': 'deadLettersFunction',
  trials: 'trialsFunction',
};

/** `eventsFunction` registers as `registerEvents`. */
const registrars = (trigger: Trigger): string =>
  `register${factories[trigger].charAt(0).toUpperCase()}${factories[trigger].slice(1, -'Function'.length)}`;

const runs: Readonly<Record<CloudName, (unit: Unit) => Part>> = {
  aws: (unit) =>
    calling('functions/entries/aws.ts', factories[unit.trigger], unit, { opened: 'lambda' }, (call) => `export const handler = ${call};`),
  azure: (unit) => (unit.trigger === 'http' ? requestsOnAzure(unit) : registered(unit)),
  gcp: (unit) =>
    calling(
      'functions/entries/gcp.ts',
      factories[unit.trigger],
      unit,
      { opened: 'google' },
      (call) => `export const handler = frameworkFunction(${call});`,
    ),
};

const registered = (unit: Unit): Part =>
  calling('functions/entries/azure.ts', registrars(unit.trigger), unit, { given: ['app'], opened: 'azure' }, (call) => `${call};`);

const routes = 'hybrid:routes';

/** An app is woken by queues and timers as well: what only requests need is loaded with the first of them. */
const requestsOnAzure = (unit: Unit): Part => {
  const { imports, does } = calling(
    // Through the file that names them all it would be a part of what is loaded at once.
    'functions/entries/azure/http-app.ts',
    'httpApp',
    unit,
    { opened: 'azure' },
    (call) => `export const answers = (azure) => ${call};`,
  );
  return {
    imports: [from('functions/entries/azure.ts', 'registerHttp')],
    does: `registerHttp(app, async () => (await import('${routes}')).answers(azure));`,
    later: { [routes]: textOf([{ imports, does }]) },
  };
};

/** `given` are the arguments before what a unit's contexts are bound to, `opened` is what it runs with. */
const calling = (
  file: string,
  factory: string,
  unit: Unit,
  { given = [], opened }: { readonly given?: readonly string[]; readonly opened: string },
  statement: (call: string) => string,
): Part => {
  const { trigger, contexts } = unit;
  const calls = called[trigger];
  const bound = calls === undefined ? [] : contexts.map((context) => bind(context, trigger, calls));
  const documents = servesDocuments(unit);
  const args = [
    ...given,
    ...(calls === undefined ? [] : [`[${bound.map(({ value }) => value).join(', ')}]`]),
    opened,
    ...(documents ? ['packagedDocuments(import.meta.url)'] : []),
  ];
  return {
    imports: [
      from(file, factory),
      ...bound.flatMap(({ imports }) => imports),
      ...(documents ? [from('functions/entries/documents.ts', 'packagedDocuments')] : []),
    ],
    does: statement(`${factory}(${args.join(', ')})`),
  };
};

const bind = (
  context: ContextDeclaration,
  trigger: Trigger,
  calls: string,
): { readonly imports: readonly string[]; readonly value: string } => {
  const { name } = context;
  const declared = from(`functions/${name}/context.ts`, name);
  if (trigger === 'changes' && !hasConsumers(context)) return { imports: [declared], value: `{ declaration: ${name} }` };
  const imports = [declared, from(`functions/${name}/handlers.ts`, `${calls} as ${name}_${calls}`)];
  return { imports, value: `{ declaration: ${name}, ${calls}: ${name}_${calls} }` };
};

const hasConsumers = ({ tables }: ContextDeclaration): boolean => Object.values(tables).some(({ changes }) => changes !== undefined);

const log = from('functions/entries/json-log.ts', 'jsonLog');

/** The edge opens no cloud: it may touch nothing, and starts the quicker for it. On AWS a service is the door. */
const edges: Readonly<Record<CloudName, Part>> = {
  aws: { imports: [], does: '' },
  azure: {
    imports: [azureFunctions, from('functions/entries/azure.ts', 'registerEdge'), log],
    does: `${functionApp}registerEdge(app, { environment: process.env, log: jsonLog(process.env.WEBSITE_SITE_NAME ?? 'edge') });`,
  },
  gcp: {
    imports: [
      from('adapters/gcp/credentials.ts', 'metadataIdentity'),
      from('adapters/cloud/retry.ts', 'usualBackoff'),
      from('functions/entries/gcp.ts', 'edgeFunction', 'frameworkFunction'),
      log,
    ],
    does: [
      'const { identityToken } = metadataIdentity({ environment: process.env, fetch, backoff: usualBackoff });',
      "const log = jsonLog(process.env.K_SERVICE ?? 'edge');",
      'export const handler = frameworkFunction(edgeFunction({ environment: process.env, log, identityToken }));',
    ].join('\n'),
  },
};
