import type * as z from 'zod';
import type { Properties } from './values.ts';

/** What a kind may know beside its inputs. */
export type Scene = {
  readonly urn: string;
  /** The folder of the program, against which the paths of archives are relative. */
  readonly folder: string;
};

/** Properties that the service decides: they become outputs beside the inputs. */
export type Computed = { readonly [property: string]: unknown };
export type Created = { readonly id: string; readonly computed: Computed };
/** What a service says about something that exists. `inputs` are those that it may say otherwise than the program does. */
export type Found = { readonly inputs?: Computed; readonly computed: Computed };

export type Naming = {
  readonly property: string;
  /** The service's limit in characters, random suffix included. */
  readonly longest: number;
  /** Between what the program calls the resource and the random suffix; a dash unless told. */
  readonly separator?: string;
  /** What must stand at the end, after the random suffix. */
  readonly ending?: (inputs: Properties) => string;
};

/** One kind of resource: how it is made, found again, changed and removed. */
export type Kind = {
  /** The token by which programs ask for it, such as `aws:sqs/queue:Queue`. */
  readonly type: string;
  readonly naming?: Naming;
  /** A change of these makes a new one. */
  readonly replacedBy: readonly string[];
  /** Outputs that are not inputs; unknown in the preview of a create. */
  readonly computes: readonly string[];
  /** Those of `computes` that an update may change; unknown in its preview. */
  readonly recomputes: readonly string[];
  /** Outputs that are secret whatever the inputs are. */
  readonly secrets: readonly string[];
  readonly create: (inputs: Properties, scene: Scene) => Promise<Created>;
  /** `undefined`: it is gone. */
  readonly read: (id: string, state: Properties, scene: Scene) => Promise<Found | undefined>;
  readonly update: (id: string, inputs: Properties, state: Properties, scene: Scene) => Promise<Computed>;
  /** Removing what is gone already is no failure. */
  readonly remove: (id: string, state: Properties, scene: Scene) => Promise<void>;
};

/** A kind whose inputs and state are parsed before it sees them. */
type Typed<I extends z.ZodType, C extends readonly string[]> = {
  readonly type: string;
  readonly inputs: I;
  readonly naming?: Naming;
  readonly replacedBy?: readonly string[];
  readonly computes: C;
  readonly recomputes?: readonly C[number][];
  readonly secrets?: readonly string[];
  readonly create: (inputs: z.output<I>, scene: Scene) => Promise<{ id: string; computed: { readonly [P in C[number]]: unknown } }>;
  readonly read: (id: string, state: z.output<I> & Computed, scene: Scene) => Promise<Found | undefined>;
  readonly update?: (id: string, inputs: z.output<I>, state: z.output<I> & Computed, scene: Scene) => Promise<Computed | undefined>;
  readonly remove: (id: string, state: z.output<I> & Computed, scene: Scene) => Promise<void>;
};

/** Outputs and inputs of one resource are one record; a kind sees its inputs parsed and the rest as it is. */
const stateOf = <I extends z.ZodType>(inputs: I, state: Properties) =>
  ({ ...state, ...(inputs.parse(state) as object) }) as z.output<I> & Computed;

export const kind = <I extends z.ZodType, const C extends readonly string[]>(typed: Typed<I, C>): Kind => ({
  type: typed.type,
  ...(typed.naming === undefined ? {} : { naming: typed.naming }),
  replacedBy: typed.replacedBy ?? [],
  computes: typed.computes,
  recomputes: typed.recomputes ?? [],
  secrets: typed.secrets ?? [],
  create: async (inputs, scene) => typed.create(typed.inputs.parse(inputs), scene),
  read: async (id, state, scene) => typed.read(id, stateOf(typed.inputs, state), scene),
  update: async (id, inputs, state, scene) =>
    (await typed.update?.(id, typed.inputs.parse(inputs), stateOf(typed.inputs, state), scene)) ?? {},
  remove: async (id, state, scene) => typed.remove(id, stateOf(typed.inputs, state), scene),
});
