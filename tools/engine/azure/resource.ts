import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { type Computed, type Found, type Kind, kind, type Naming, type Scene } from '../provider/kind.ts';
import { addedTo, type Inputs } from './outputs.ts';

/** What a resource is called: its id as the resource manager has it, and its name in its parent. */
export type Names = { readonly id: string; readonly name: string };

type Resource<I extends z.ZodType> = {
  /** `storage:StorageAccount`. */
  readonly type: string;
  /** Of what is used here; the rest stays as it is. */
  readonly inputs: I;
  /** What is named by a property, and by the provider where the program leaves it out. */
  readonly naming?: Naming;
  readonly replacedBy?: readonly string[];
  readonly create: (inputs: z.output<I>, names: Names, scene: Scene) => Promise<Computed | undefined>;
  /** `undefined`: it is gone. */
  readonly find: (names: Names, state: z.output<I> & Computed) => Promise<Found | undefined>;
  readonly update?: (inputs: z.output<I>, names: Names, scene: Scene) => Promise<void>;
  readonly remove: (names: Names, state: z.output<I> & Computed) => Promise<void>;
};

const prefix = 'azure-native:';

/** What the provider adds to every resource of a type, by name. */
export const addedBy = (type: string): readonly string[] =>
  Object.keys(addedTo(`${prefix}${type}`, 'auto', { properties: {} })).filter((name) => name !== 'id');

/** The logical name and eight digits, as the provider names what the program leaves unnamed. */
export const autoName = (urn: string): string => `${urn.split('::').at(-1) ?? ''}${randomBytes(4).toString('hex')}`;

/** No names of children are changed, nor do they move to another parent. */
const parents = ['resourceGroupName', 'accountName', 'databaseName', 'containerName', 'vaultName', 'topicName', 'profileName', 'location'];

const namesOf = (id: string): Names => ({ id, name: id.split('/').at(-1) ?? id });

/** A kind whose ids and outputs are as Azure makes them, and which exists on an emulator. */
export const resource = <I extends z.ZodType>({ type, inputs, naming, replacedBy = [], ...does }: Resource<I>): Kind => {
  const computes = addedBy(type);
  const { create, find, update, remove } = does;
  return kind({
    type: `${prefix}${type}`,
    inputs,
    ...(naming === undefined ? {} : { naming }),
    replacedBy: [...parents, ...(naming === undefined ? [] : [naming.property]), ...replacedBy],
    computes,
    create: async (parsed, scene) => {
      const given = parsed as Inputs;
      const auto = naming === undefined ? autoName(scene.urn) : String(given[naming.property]);
      const { id, ...added } = addedTo(`${prefix}${type}`, auto, given);
      const more = await create(parsed, { id, name: added.name }, scene);
      return { id, computed: { ...added, ...more } };
    },
    read: (id, state) => find(namesOf(id), state as z.output<I> & Computed),
    update: async (id, parsed, _state, scene) => {
      await update?.(parsed, namesOf(id), scene);
      return undefined;
    },
    remove: (id, state) => remove(namesOf(id), state as z.output<I> & Computed),
  });
};

/** A name without dashes before its end, of so many characters at most. */
export const named = (property: string, longest: number): Naming => ({ property, longest, separator: '' });

/** What is there or is not, and can be no other than it is. */
export const isThere = (isIt: boolean): Found | undefined => (isIt ? { computed: {} } : undefined);

export const Place = z.looseObject({ resourceGroupName: z.string() });
