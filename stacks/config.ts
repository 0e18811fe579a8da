import * as z from 'zod';
import { type Failure, failed } from '../domain/kernel/failure.ts';
import type { ContextDeclaration } from '../functions/kernel/context.ts';
import { type Settings as AwsSettings, aws } from './aws/options.ts';
import { type Settings as AzureSettings, azure } from './azure/options.ts';
import { type Cloud, clouds, type Environment, environments, profiles } from './environment.ts';
import { type Settings as GcpSettings, gcp } from './gcp/options.ts';
import { type CloudOptions, type PlaceOption, together, type Within } from './options.ts';

export type Settings = AwsSettings | AzureSettings | GcpSettings;
export type ConfigurationFailure = Failure<'invalid-configuration'>;

/** What each cloud may be told: its own options, with those that all have. */
export const optionsOf: { readonly [C in Cloud]: CloudOptions } = { aws, azure, gcp };

/** What a stack is told: its name, all of its configuration as text (`aws:region`, `platform:topology`, …), and the environment's variables. */
export type Told = {
  readonly stack: string;
  readonly config: { readonly [key: string]: string };
  readonly variables?: { readonly [name: string]: string | undefined };
};

/** The settings of a stack, or all that is wrong with them, and what would be right, in one failure. */
export const settingsOf = (told: Told, known: readonly ContextDeclaration[]): Settings | ConfigurationFailure => {
  const named = stackName.exec(told.stack);
  if (named === null)
    return wrong([
      `the stack "${told.stack}" should be named <cloud>-<environment>: ${orList(clouds)} and ${orList(environments)}, such as aws-dev`,
    ]);
  const [cloud, environment] = [named[1] as Cloud, named[2] as Environment];
  const own = optionsOf[cloud];
  const given = platformOptions(told.config);
  const parsed = own.options.safeParse(given);
  const { contexts: chosen, ...options } = (parsed.success ? parsed.data : soundOf(own, given)) as Given;
  const places = placesOf(own, told);
  const problems = [
    ...onePerOption(parsed.error?.issues ?? []).flatMap((issue) => explained(issue, own)),
    ...Object.entries(own.places).flatMap(([name, place]) => ofPlace(place, places[name])),
    ...ofContexts(chosen, known),
    ...ofEnvironment(own, environment, options),
    ...own.problems(environment, options, places),
  ];
  if (problems.length > 0) return wrong(problems);
  const profile = profiles[environment];
  return {
    ...options,
    ...places,
    ...{ stack: told.stack, cloud, environment, profile },
    contexts: chosen === undefined ? known : known.filter(({ name }) => chosen.includes(name)),
    monthlyBudgetUsd: options.monthlyBudgetUsd ?? profile.monthlyBudgetUsd,
    logRetentionDays: options.logRetentionDays ?? profile.logRetentionDays,
    eventArchiveDays: options.eventArchiveDays ?? profile.eventArchiveDays,
    // The options are those of this cloud, as its own schema parsed them.
  } as unknown as Settings;
};

const stackName = new RegExp(`^(${clouds.join('|')})-(${environments.join('|')})$`);
const orList = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

type Given = { readonly [key: string]: unknown } & {
  readonly contexts?: readonly string[];
  readonly logRetentionDays?: number;
  readonly eventArchiveDays?: number;
  readonly monthlyBudgetUsd?: number;
};

const prefix = 'platform:';
const platformOptions = (config: Told['config']) =>
  Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );

/** Where some options are wrong: the others as they are meant, and the wrong ones as they were told, which nobody is to miss. */
const soundOf = ({ options }: CloudOptions, given: { readonly [key: string]: string }): { readonly [key: string]: unknown } =>
  Object.fromEntries(
    Object.entries(options.shape).flatMap(([key, option]) => {
      const parsed = z.safeParse(option, given[key]);
      return parsed.success || key in given ? [[key, parsed.success ? parsed.data : given[key]]] : [];
    }),
  );

const placesOf = ({ places }: CloudOptions, { config, variables = {} }: Told): { readonly [name: string]: string | undefined } =>
  Object.fromEntries(
    Object.entries(places).map(([name, place]) => [
      name,
      [config[place.key], ...place.variables.map((from) => variables[from])].find(Boolean),
    ]),
  );

const wrong = (problems: readonly string[]): ConfigurationFailure =>
  failed(
    'invalid',
    'invalid-configuration',
    `The stack is not configured right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
  );

/** A value that is in no range is in no list of what there is either: the last thing that is wrong with it says most. */
const onePerOption = (issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] =>
  issues.filter(({ path }, at) => path.length === 0 || !issues.slice(at + 1).some((later) => later.path.join('.') === path.join('.')));

const explained = (issue: z.core.$ZodIssue, own: CloudOptions): readonly string[] => {
  if (issue.code !== 'unrecognized_keys' || issue.path.length > 0)
    return [`platform:${issue.path.map(String).join('.')} ${isWithin(issue) ? shouldHold(issue) : shouldBe(issue)}`];
  const nowhere = issue.keys.filter((key) => knowing(key).length === 0);
  const unknown = `there is no ${nowhere.map((key) => `platform:${key}`).join(', ')}; there are ${Object.keys(own.options.shape).join(', ')}`;
  const foreign = issue.keys.filter((key) => !nowhere.includes(key));
  return [
    ...(nowhere.length === 0 ? [] : [unknown]),
    ...foreign.map((key) => `platform:${key} is for ${knowing(key).join(' and ')}, and this stack is of ${own.cloud}: remove it`),
  ];
};

type IssueWithin = z.core.$ZodIssue & { readonly params: Within };
const isWithin = (issue: z.core.$ZodIssue): issue is IssueWithin => issue.code === 'custom' && issue.params?.within !== undefined;

/** The example is all there is to say where the whole value is of another kind. */
const shouldHold = ({ path, params: { within, right } }: IssueWithin): string =>
  path.length === 1 && within.code === 'invalid_type' ? `should be ${right}` : `${shouldBe(within)}, in ${right}`;

/** What would be right, in words of ours where the option has none of its own. */
const shouldBe = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'unrecognized_keys') return `has no ${issue.keys.join(', ')}`;
  if (issue.message.startsWith('Invalid input') && issue.code === 'invalid_type')
    return `should be ${kinds[issue.expected] ?? issue.expected}`;
  if (issue.message.startsWith('Too small') && issue.code === 'too_small')
    return `should be ${sized(issue.origin, `${issue.minimum} or more`)}`;
  if (issue.message.startsWith('Too big') && issue.code === 'too_big')
    return `should be ${sized(issue.origin, `${issue.maximum} or less`)}`;
  return `should be ${issue.message}`;
};

const kinds: { readonly [expected: string]: string } = {
  ...{ string: 'text', number: 'a number', int: 'a whole number' },
  ...{ array: 'a list', object: 'an object', record: 'an object' },
};

const sized = (origin: string, many: string): string => (origin === 'array' ? `a list of ${many}` : many);

/** An option of another cloud is told from one that there is nowhere. */
const knowing = (key: string): readonly Cloud[] => clouds.filter((cloud) => key in optionsOf[cloud].options.shape);

const ofPlace = ({ key, pattern, right, example }: PlaceOption, given: string | undefined): readonly string[] => {
  if (given === undefined) return [`${key} is missing: pulumi config set ${key} ${example}`];
  return pattern.test(given) ? [] : [`${key} should be ${right}, not "${given}"`];
};

const ofContexts = (chosen: Given['contexts'], known: readonly ContextDeclaration[]): readonly string[] => {
  const names = known.map(({ name }) => name);
  return (Array.isArray(chosen) ? chosen : [])
    .filter((name) => !names.includes(name))
    .map((name) => `platform:contexts names "${name}"; there are ${names.join(', ')}`);
};

/** What prod cannot do without, whatever the cloud, each with an example. */
const neededEverywhere = { alarmEmail: 'operators@example.com', domain: 'ai.example.com', monthlyBudgetUsd: '500' };

const ofEnvironment = ({ neededInProd, zone }: CloudOptions, environment: Environment, given: Given): readonly string[] => {
  const { edge, protectsData } = profiles[environment];
  const needed = environment === 'prod' ? Object.entries({ ...neededEverywhere, ...neededInProd }) : [];
  const missing = needed
    .filter(([key]) => given[key] === undefined)
    .map(([key, example]) => `platform:${key} is missing, and ${environment} needs it: pulumi config set platform:${key} ${example}`);
  return [
    ...missing,
    ...(edge === 'never' && given.domain !== undefined ? [`platform:domain is not for ${environment}: remove it`] : []),
    ...(given.immutableDays !== undefined && !protectsData
      ? [`platform:immutableDays is for prod only: remove it from ${environment}, where a destroy takes all data along`]
      : []),
    ...(missing.length === 0 ? together(given, 'domain', zone) : []),
    ...(given.monthlyBudgetUsd !== undefined && given.alarmEmail === undefined
      ? ['platform:monthlyBudgetUsd needs platform:alarmEmail, to tell somebody']
      : []),
  ];
};
