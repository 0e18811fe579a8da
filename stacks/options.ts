import * as z from 'zod';
import type { ContextDeclaration } from '../functions/kernel/context.ts';
import type { Trigger } from '../functions/kernel/units.ts';
import type { Cloud, Environment, Profile } from './environment.ts';

/** What `pulumi config set platform:<key> <value>` may say. Values arrive as text; each kind says what would be right. */
export const whole = (from: number, to: number) => z.coerce.number(`a whole number from ${from} to ${to}`).int().min(from).max(to);
export const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, `one of ${values.join(', ')}`);
export const matching = (pattern: RegExp, right: string) => z.string().regex(pattern, right);
export const flag = z.enum(['true', 'false'], 'true or false').transform((text) => text === 'true');

/** What is wrong within a structured value, with an example of a right one. */
export type Within = { readonly within: z.core.$ZodIssue; readonly right: string };

/** Structured values come as JSON text (`pulumi config set --path`). `right` says what they are, with an example. */
export const structured = <T extends z.ZodType>(inner: T, right: string) =>
  z.string().transform((text, context): z.output<T> => {
    const parsed = inner.safeParse(jsonIn(text));
    if (parsed.success) return parsed.data;
    for (const within of parsed.error.issues)
      context.addIssue({ code: 'custom', path: within.path, message: right, params: { within, right } satisfies Within });
    return z.NEVER;
  });

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Options of every cloud, each with its meaning. */
export const commonOptions = {
  /** `context`: each context has functions of its own; `single`: all share one set. Data and routes stay. */
  topology: oneOf(['context', 'single']).default('context'),
  /** A part of the contexts, as a JSON list; all where it is absent. */
  contexts: structured(z.array(z.string()).min(1), 'a JSON list of contexts such as ["identity","models"]').optional(),
  logRetentionDays: whole(1, 3653).optional(),
  eventArchiveDays: whole(1, 3650).optional(),
  /** Who hears of alarms, and of the budget. */
  alarmEmail: z.email('an e-mail address').optional(),
  monthlyBudgetUsd: whole(1, 1_000_000).optional(),
  /** The name under which clients reach the platform, in a zone of the cloud's own name service. */
  domain: matching(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'a domain such as ai.example.com').optional(),
  requestsPerSecond: whole(1, 10_000).default(200),
  /** The account's own costs as FOCUS, with tables to query them and the platform's together. */
  costExport: flag.default(true),
  /**
   * For how many days after it was written nobody changes or deletes a record, which is what lies in a store that keeps `forever`. In prod only. What
   * was written under it stays so long, and is paid for so long; what it means on each cloud, and how to make it final, is in the guides.
   */
  immutableDays: whole(1, 36_500).optional(),
};
type CommonOptions = z.output<z.ZodObject<typeof commonOptions>>;

/** Where a stack is: said in the namespace of the cloud's provider, or in the variables of the environment that the provider reads. */
export type PlaceOption = {
  readonly key: string;
  readonly variables: readonly string[];
  readonly pattern: RegExp;
  readonly right: string;
  readonly example: string;
};

type Given = { readonly [key: string]: unknown };

/** What one cloud can be told, and what of it prod cannot do without. */
export type CloudOptions = {
  readonly cloud: Cloud;
  readonly options: z.ZodObject;
  /** By the names that they have in the settings; each cloud has a region. */
  readonly places: { readonly region: PlaceOption; readonly [name: string]: PlaceOption };
  /** The option that names the zone of `domain`. */
  readonly zone: string;
  /** Beside what prod needs on every cloud, each with an example. */
  readonly neededInProd: { readonly [key: string]: string };
  /** What is wrong about options together, or where the stack is. */
  readonly problems: (environment: Environment, given: Given, places: { readonly [name: string]: string | undefined }) => readonly string[];
};

export const clouded = <O extends CloudOptions>(options: O): O => options;

/** What every cloud's program is told. */
export type CommonSettings = Omit<CommonOptions, 'contexts' | 'logRetentionDays' | 'eventArchiveDays'> & {
  readonly stack: string;
  readonly environment: Environment;
  readonly profile: Profile;
  readonly contexts: readonly ContextDeclaration[];
  readonly logRetentionDays: number;
  readonly eventArchiveDays: number;
};

export type SettingsOf<O extends CloudOptions> = CommonSettings &
  Omit<z.output<O['options']>, keyof CommonOptions> & { readonly [Name in keyof O['places']]: string } & { readonly cloud: O['cloud'] };

/** Two options of which neither means anything without the other. */
export const together = (given: Given, one: string, other: string): readonly string[] =>
  (given[one] === undefined) === (given[other] === undefined) ? [] : [`platform:${one} and platform:${other} belong together`];

/** Where a stack has to be, if it is told so. */
export const pinned = (key: string, allowed: unknown, place: { readonly key: string }, is: string | undefined): readonly string[] =>
  allowed === undefined || is === undefined || allowed === is
    ? []
    : [`${place.key} is "${is}", and this stack belongs to "${String(allowed)}" (platform:${key})`];

/** What the functions of one kind, or one of them, may be called in settings. */
export const settingOf = <T>(settings: { readonly [name: string]: T }, unit: { readonly name: string; readonly trigger: Trigger }) =>
  settings[unit.name] ?? settings[unit.trigger];
