import { profiles } from '../../environment.ts';
import { at, type Resource, type ResourceRule } from '../rule.ts';

/** Names of variables that hold what nobody may read; an ARN of a secret and a hash are none. */
const secretVariable = /(SECRET|PASSWORD|TOKEN|PRIVATE|API_?KEY|ADMIN_?KEY)/;
const harmless = /^(arn:aws:secretsmanager:|[0-9a-f]{64}$)/;

const neededTags = ['hybrid:stack', 'hybrid:environment', 'hybrid:platform'] as const;

/** Pulumi hands a provider what is structured as JSON text. */
const tagsOf = (defaultTags: unknown): { readonly [tag: string]: unknown } => {
  const given = typeof defaultTags === 'string' ? (JSON.parse(defaultTags) as unknown) : defaultTags;
  return (at({ props: (given ?? {}) as Resource['props'] }, 'tags') ?? {}) as { readonly [tag: string]: unknown };
};

export const ofRunning: readonly ResourceRule[] = [
  {
    name: 'resource-is-tagged',
    describes: 'Everything says which stack it belongs to.',
    types: ['aws:'],
    breaks: ({ provider }) => {
      const tags = tagsOf(provider?.defaultTags);
      const missing = neededTags.filter((tag) => tags[tag] === undefined);
      return missing.length === 0 ? undefined : `its provider does not tag it with ${missing.join(', ')}`;
    },
  },
  {
    name: 'log-ends',
    describes: 'Logs are kept for a time that somebody chose, not for ever.',
    types: ['aws:cloudwatch/logGroup:LogGroup'],
    breaks: (group, environment) => {
      if (!(Number(at(group, 'retentionInDays') ?? 0) > 0)) return 'it is kept for ever';
      return profiles[environment].ownKeys && at(group, 'kmsKeyId') === undefined
        ? 'it is not encrypted with a key of the stack'
        : undefined;
    },
  },
  {
    name: 'function-runs-as-meant',
    describes: 'A function runs on Node 24 what this stack built, writes into its own log, and is a version that can be gone back to.',
    types: ['aws:lambda/function:Function'],
    breaks: (lambda) => {
      if (at(lambda, 'runtime') !== 'nodejs24.x') return 'it does not run on Node 24';
      if (((at(lambda, 'layers') ?? []) as readonly unknown[]).length > 0) return 'it loads code that this stack did not build';
      if (at(lambda, 'loggingConfig', 'logGroup') === undefined) return 'it writes into a log that nobody made, and nobody ends';
      if (at(lambda, 'publish') !== true) return 'there is no version of it to go back to';
      return undefined;
    },
  },
  {
    name: 'function-is-traced-sparingly',
    describes: 'Lambda traces at most what a caller traces: by itself it would take 5 %.',
    types: ['aws:lambda/function:Function'],
    breaks: (lambda) => (at(lambda, 'tracingConfig', 'mode') === 'Active' ? 'it traces 5 % of all requests' : undefined),
  },
  {
    name: 'function-knows-no-secret',
    describes: 'No variable of a function holds a secret: it names where the secret is kept, or its hash.',
    types: ['aws:lambda/function:Function'],
    breaks: (lambda) => {
      const variables = (at(lambda, 'environment', 'variables') ?? {}) as { readonly [name: string]: unknown };
      const told = Object.entries(variables).find(([name, value]) => secretVariable.test(name) && !harmless.test(String(value)));
      return told === undefined ? undefined : `${told[0]} can be read by whoever may look at the function`;
    },
  },
  {
    name: 'function-reserves-only-in-prod',
    describes: 'Concurrency is set aside in prod only: elsewhere it would be taken from prod.',
    types: ['aws:lambda/function:Function'],
    breaks: (lambda, environment) =>
      environment !== 'prod' && at(lambda, 'reservedConcurrentExecutions') !== undefined ? 'it sets concurrency aside' : undefined,
  },
  {
    name: 'api-is-logged-and-throttled',
    describes: 'Each request through the API leaves a line, and there is an end to how many there may be.',
    types: ['aws:apigatewayv2/stage:Stage'],
    breaks: (stage) => {
      if (at(stage, 'accessLogSettings', 'destinationArn') === undefined) return 'its requests leave no line';
      return Number(at(stage, 'defaultRouteSettings', 'throttlingRateLimit') ?? 0) > 0
        ? undefined
        : 'it lets any number of requests through';
    },
  },
  {
    name: 'api-has-one-way-in',
    describes: 'In prod the API is reached by its domain only, past which there is no way around the firewall.',
    types: ['aws:apigatewayv2/api:Api'],
    breaks: (api, environment) =>
      profiles[environment].edge === 'always' && at(api, 'disableExecuteApiEndpoint') !== true
        ? 'it can be reached past its domain and the firewall'
        : undefined,
  },
  {
    name: 'mapping-gives-nothing-up-silently',
    describes: 'Of a batch only what failed comes again; a change that fails again and again is laid aside whole, and none is passed over.',
    types: ['aws:lambda/eventSourceMapping:EventSourceMapping'],
    breaks: (mapping) => {
      const answers = at(mapping, 'functionResponseTypes');
      if (!Array.isArray(answers) || !answers.includes('ReportBatchItemFailures')) return 'one failure makes the whole batch come again';
      if (at(mapping, 'startingPosition') === undefined) return undefined;
      if (at(mapping, 'startingPosition') !== 'TRIM_HORIZON') return 'it passes over the changes that were there before it';
      if (at(mapping, 'bisectBatchOnFunctionError') !== true) return 'one bad change takes its whole batch along';
      return at(mapping, 'destinationConfig', 'onFailure', 'destinationArn') === undefined ? 'it drops what failed too often' : undefined;
    },
  },
];
