import * as z from 'zod';
import { type Failure, failed } from '../domain/kernel/failure.ts';
import type { ContextDeclaration } from '../functions/kernel/context.ts';
import type { Trigger } from '../functions/kernel/units.ts';
import { type Cloud, type Environment, type Profile, profiles } from './environment.ts';

/** Days that CloudWatch keeps logs for; it knows no others. */
const retentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;

const whole = (from: number, to: number) => z.coerce.number(`a whole number from ${from} to ${to}`).int().min(from).max(to);
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, `one of ${values.join(', ')}`);
const matching = (pattern: RegExp, right: string) => z.string().regex(pattern, right);
const flag = z.enum(['true', 'false'], 'true or false').transform((text) => text === 'true');
/** Structured values come as JSON text (`pulumi config set --path`). */
const structured = <T extends z.ZodType>(inner: T, right: string) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: right });
        return z.NEVER;
      }
    })
    .pipe(inner);

const Rollout = z.strictObject({
  /** The version that serves and that is gone back to: see the stack's output `versions`. */
  stable: z.string().regex(/^[1-9][0-9]*$/, 'the number of a version, as text'),
  /** How many requests in a hundred the version of this update gets. */
  percent: z.number().min(1).max(99),
});

/** What `pulumi config set platform:<key> <value>` may say, each with its meaning. Values arrive as text. */
export const Options = z.strictObject({
  /** `context`: each context has functions of its own; `single`: all share one set. Data and routes stay. */
  topology: oneOf(['context', 'single']).default('context'),
  /** A part of the contexts, as a JSON list; all where it is absent. */
  contexts: structured(z.array(z.string()).min(1), 'a JSON list of contexts').optional(),
  /** The account that this stack belongs to: in any other, nothing is created. */
  allowedAccount: matching(/^[0-9]{12}$/, 'the 12 digits of an AWS account').optional(),
  architecture: oneOf(['arm64', 'x86_64']).default('arm64'),
  /** Of functions that run models: onnxruntime on Lambda's arm64 is not proven. */
  modelArchitecture: oneOf(['arm64', 'x86_64']).default('x86_64'),
  memoryMegabytes: whole(128, 10_240).default(512),
  modelMemoryMegabytes: whole(512, 10_240).default(1024),
  /** Disk for model artifacts that a function keeps between requests. */
  modelDiskMegabytes: whole(512, 10_240).default(1024),
  logRetentionDays: whole(1, 3653)
    .refine((days) => (retentions as readonly number[]).includes(days), `one of ${retentions.join(', ')}`)
    .optional(),
  eventArchiveDays: whole(1, 3650).optional(),
  /** Who hears of alarms, and of the budget. */
  alarmEmail: z.email('an e-mail address').optional(),
  monthlyBudgetUsd: whole(1, 1_000_000).optional(),
  /** The name under which clients reach the platform, in the zone `hostedZoneId` of Route 53. */
  domain: matching(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'a domain such as ai.example.com').optional(),
  hostedZoneId: matching(/^Z[A-Z0-9]{5,31}$/, 'the id of a zone of Route 53, such as Z0123456789ABCDEFGHIJ').optional(),
  requestsPerSecond: whole(1, 10_000).default(200),
  requestBurst: whole(1, 5000).default(400),
  /** How many invocations one queue may cause at a time. */
  queueConcurrency: whole(2, 1000).default(10),
  /** Concurrency that is set aside, by function (`inference-http`) or kind (`http`), as a JSON object. In prod only. */
  reservedConcurrency: structured(z.record(z.string(), z.int().min(1).max(100_000)), 'a JSON object such as {"http":100}').default({}),
  /** Functions whose new version gets only some of the requests, as a JSON object. */
  rollout: structured(z.record(z.string(), Rollout), 'a JSON object such as {"models-http":{"stable":"7","percent":10}}').default({}),
  /** The account's own costs as a FOCUS export, with tables to query it and the platform's together. */
  costExport: flag.default(true),
});

export type Settings = Omit<z.output<typeof Options>, 'logRetentionDays' | 'eventArchiveDays' | 'contexts'> & {
  readonly stack: string;
  readonly cloud: Cloud;
  readonly environment: Environment;
  readonly profile: Profile;
  readonly region: string;
  readonly contexts: readonly ContextDeclaration[];
  readonly logRetentionDays: number;
  readonly eventArchiveDays: number;
};

export type ConfigurationFailure = Failure<'invalid-configuration'>;

/** What a stack is told: its name, and all of its configuration as text (`aws:region`, `platform:topology`, …). */
export type Told = { readonly stack: string; readonly config: { readonly [key: string]: string }; readonly region?: string | undefined };

/** The settings of a stack, or all that is wrong with them, and what would be right, in one failure. */
export const settingsOf = (told: Told, known: readonly ContextDeclaration[]): Settings | ConfigurationFailure => {
  const named = /^(aws)-(dev|staging|prod)$/.exec(told.stack);
  if (named === null) return wrong([`the stack "${told.stack}" should be named <cloud>-<environment>: aws-dev, aws-staging or aws-prod`]);
  const [cloud, environment] = [named[1] as Cloud, named[2] as Environment];
  const parsed = Options.safeParse(platformOptions(told.config));
  if (!parsed.success) return wrong(parsed.error.issues.map(explained));
  const { contexts: chosen, ...options } = parsed.data;
  const region = told.config['aws:region'] ?? told.region;
  const problems = [...ofRegion(region), ...ofContexts(chosen, known), ...ofEnvironment(environment, options)];
  if (problems.length > 0 || region === undefined) return wrong(problems);
  const profile = profiles[environment];
  return {
    ...options,
    ...{ stack: told.stack, cloud, environment, profile, region },
    contexts: chosen === undefined ? known : known.filter(({ name }) => chosen.includes(name)),
    monthlyBudgetUsd: options.monthlyBudgetUsd ?? profile.monthlyBudgetUsd,
    logRetentionDays: options.logRetentionDays ?? profile.logRetentionDays,
    eventArchiveDays: options.eventArchiveDays ?? profile.eventArchiveDays,
  };
};

const prefix = 'platform:';
const platformOptions = (config: Told['config']) =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );

const wrong = (problems: readonly string[]): ConfigurationFailure =>
  failed(
    'invalid',
    'invalid-configuration',
    `The stack is not configured right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
  );

const explained = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys' && issue.path.length === 0
    ? `there is no ${issue.keys.map((key) => `platform:${key}`).join(', ')}; there are ${Object.keys(Options.shape).join(', ')}`
    : `platform:${issue.path.map(String).join('.')} should be ${issue.message}`;

const ofRegion = (region: string | undefined): readonly string[] =>
  region === undefined
    ? ['aws:region is missing: pulumi config set aws:region eu-central-1']
    : /^[a-z]{2}(-[a-z]+)+-[0-9]$/.test(region)
      ? []
      : [`aws:region should be a region such as eu-central-1, not "${region}"`];

const ofContexts = (chosen: readonly string[] | undefined, known: readonly ContextDeclaration[]): readonly string[] => {
  const names = known.map(({ name }) => name);
  return (chosen ?? [])
    .filter((name) => !names.includes(name))
    .map((name) => `platform:contexts names "${name}"; there are ${names.join(', ')}`);
};

type Given = Omit<z.output<typeof Options>, 'contexts'>;

const ofEnvironment = (environment: Environment, given: Given): readonly string[] => {
  const { edge } = profiles[environment];
  const needed = environment === 'prod' ? (['allowedAccount', 'alarmEmail', 'domain', 'hostedZoneId', 'monthlyBudgetUsd'] as const) : [];
  const missing = needed.filter((key) => given[key] === undefined).map((key) => `platform:${key} is missing, and ${environment} needs it`);
  return [
    ...missing,
    ...(edge === 'never' && given.domain !== undefined ? [`platform:domain is not for ${environment}: remove it`] : []),
    ...(missing.length === 0 && (given.domain === undefined) !== (given.hostedZoneId === undefined)
      ? ['platform:domain and platform:hostedZoneId belong together']
      : []),
    ...(given.monthlyBudgetUsd !== undefined && given.alarmEmail === undefined
      ? ['platform:monthlyBudgetUsd needs platform:alarmEmail, to tell somebody']
      : []),
    ...(environment !== 'prod' && Object.keys(given.reservedConcurrency).length > 0
      ? [`platform:reservedConcurrency is for prod only: remove it from ${environment}`]
      : []),
  ];
};

/** What the functions of one kind, or one of them, may be called in settings. */
export const settingOf = <T>(settings: { readonly [name: string]: T }, unit: { readonly name: string; readonly trigger: Trigger }) =>
  settings[unit.name] ?? settings[unit.trigger];
