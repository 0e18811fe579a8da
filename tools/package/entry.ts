import { fileURLToPath } from 'node:url';
import type { ContextDeclaration } from '../../functions/kernel/context.ts';
import type { FunctionUnit, Trigger } from '../../functions/kernel/units.ts';

/** What makes the handler of a unit, and what it calls of a context, as `handlers.ts` exports it. */
const factories: Record<Trigger, { readonly factory: string; readonly calls?: string }> = {
  http: { factory: 'httpFunction', calls: 'handlers' },
  events: { factory: 'eventsFunction', calls: 'subscribers' },
  changes: { factory: 'changesFunction', calls: 'changes' },
  queues: { factory: 'queuesFunction', calls: 'workers' },
  schedules: { factory: 'schedulesFunction', calls: 'schedules' },
  'dead-letters': { factory: 'deadLettersFunction' },
  trials: { factory: 'trialsFunction' },
};

const functions = (path: string): string => JSON.stringify(fileURLToPath(new URL(`../../functions/${path}`, import.meta.url)));

/** Whether a unit answers for the documents of the platform, which are packaged beside it. */
export const servesDocuments = ({ trigger, contexts }: Pick<FunctionUnit, 'trigger' | 'contexts'>): boolean =>
  trigger === 'http' && contexts.some(({ name }) => name === 'platform');

/** The module that Lambda loads for a unit: it binds the unit's contexts to what they call, and opens the cloud of the bundle's condition. */
export const entryOf = ({ trigger, contexts }: Pick<FunctionUnit, 'trigger' | 'contexts'>): string => {
  const { factory, calls } = factories[trigger];
  const bound = calls === undefined ? undefined : contexts.map((context) => bind(context, trigger, calls));
  const documents = servesDocuments({ trigger, contexts });
  const args = [
    ...(bound === undefined ? [] : [`[${bound.map(({ value }) => value).join(', ')}]`]),
    'lambda',
    ...(documents ? ['packagedDocuments(import.meta.url)'] : []),
  ];
  return [
    `import { openCloud } from '#cloud';`,
    `import { ${factory}, lambdaOf } from ${functions('entries/aws.ts')};`,
    ...(bound ?? []).flatMap(({ imports }) => imports),
    ...(documents ? [`import { packagedDocuments } from ${functions('entries/documents.ts')};`] : []),
    'const lambda = lambdaOf(openCloud, process.env);',
    `export const handler = ${factory}(${args.join(', ')});`,
  ].join('\n');
};

const bind = (
  context: ContextDeclaration,
  trigger: Trigger,
  calls: string,
): { readonly imports: readonly string[]; readonly value: string } => {
  const { name } = context;
  const declared = `import { ${name} } from ${functions(`${name}/context.ts`)};`;
  if (trigger === 'changes' && !hasConsumers(context)) return { imports: [declared], value: `{ declaration: ${name} }` };
  const imports = [declared, `import { ${calls} as ${name}_${calls} } from ${functions(`${name}/handlers.ts`)};`];
  return { imports, value: `{ declaration: ${name}, ${calls}: ${name}_${calls} }` };
};

const hasConsumers = ({ tables }: ContextDeclaration): boolean => Object.values(tables).some(({ changes }) => changes !== undefined);
