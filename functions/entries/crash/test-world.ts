import type { Backoff } from '../../../adapters/cloud/retry.ts';
import type { CloudAnswers } from '../../../adapters/conformance/faults.ts';
import type { Clock } from '../../../domain/kernel/clock.ts';
import type { Secrets } from '../../../domain/kernel/secrets.ts';
import type { TableDeclaration } from '../../../domain/kernel/table.ts';
import type { testLog } from '../../kernel/test-serving.ts';
import type { BoundContext } from '../bound-context.ts';
import type { DeliveringCloud } from '../cloud.ts';
import type { Environment } from '../opened.ts';

/** What a platform has in its account: resources by the variables that tell functions of them. */
export type Resources = {
  readonly tables: { readonly [variable: string]: DeclaredTable };
  readonly buckets?: readonly string[];
  readonly queues?: readonly string[];
  readonly secrets?: readonly string[];
  /** Who hears what comes by the one subscription of the bus. */
  readonly subscribers?: readonly string[];
  /** How often a message of a queue is delivered before it is given up. */
  readonly attempts?: number;
};

export type DeclaredTable = TableDeclaration & {
  /** Qualified: `models.registry`. */
  readonly name?: string;
  /** Whether its changes are kept. */
  readonly streams?: boolean;
  /** Whether a context consumes its changes itself, as facts are, whose changes ring on no cloud for each. */
  readonly isConsumed?: boolean;
};

/** What the scenarios ask of every cloud. */
export type CrashCloud = DeliveringCloud & { readonly secrets: (context: string) => Secrets };

/** An account in a cloud, or in what stands for one. */
export type World = {
  readonly environment: Environment;
  /** The cloud as nobody disturbs it. */
  readonly open: () => CrashCloud;
  /** What was written to tables before is nobody's to hear of. */
  readonly forget: () => Promise<void>;
};

/** Calls of functions, each unit a process: nothing where a call failed, or its process died before the answer. */
export type Calls<F> = {
  readonly call: <R>(unit: string, run: (functions: F) => Promise<R>) => Promise<R | undefined>;
  /** Says what somebody above the adapters noticed. */
  readonly disturbed: (told: string) => void;
};

/** What a process of a function is started with. */
export type Starting<W> = {
  readonly world: W;
  readonly bound: readonly BoundContext[];
  readonly clock: Clock;
  readonly backoff: Backoff;
  readonly fetch: typeof fetch;
  readonly ports: Partial<DeliveringCloud>;
  readonly log: ReturnType<typeof testLog>;
};

/** A cloud to be disturbed; `F` are its functions as a process has them. */
export type Crashing<W extends World, F> = {
  readonly answers: CloudAnswers;
  readonly open: (starting: Omit<Starting<W>, 'bound' | 'ports' | 'log'>) => CrashCloud;
  readonly start: (starting: Starting<W>) => F;
  readonly ask: (functions: F, request: Request) => Promise<Response>;
  readonly keep: (functions: F, schedule: string) => Promise<unknown>;
  /** Everything once that waits somewhere; false where nothing does. */
  readonly deliver: (world: W, calls: Calls<F>) => Promise<boolean>;
  /** Makes everything under names of its own; where a world is given, only its tables anew, which hold nothing. */
  readonly make: (resources: Resources, known?: W) => Promise<W>;
  /** Whether new tables cost so little that each run has its own. */
  readonly makesTablesFreely: boolean;
  /** What adapters reach beside the cloud's own services: functions of the platform. */
  readonly network?: (world: W, calls: Calls<F>) => typeof fetch;
  /** Ends what `make` has started. */
  readonly close?: () => Promise<void>;
};
