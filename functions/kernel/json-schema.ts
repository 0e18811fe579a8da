import * as z from 'zod';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Json, JsonObject } from '../../domain/kernel/json.ts';

/** Turns Zod schemas into JSON Schema for a document; those with an id (`.meta({ id })`) are told once, under its components. */
export type SchemaCollector = {
  /** `input`: what a client may send (defaults are optional); `output`: what it gets. Throws `Rejected` `schema-id-taken` where two differ. */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonObject;
  /** The named schemas met so far, by name. */
  named(): JsonObject;
};

export const schemaCollector = (target: 'draft-2020-12' | 'draft-7', place = '#/components/schemas/'): SchemaCollector => {
  const collected = new Map<string, JsonObject>();
  return {
    of(schema, io) {
      const made = z.toJSONSchema(schema, { target, io, unrepresentable: 'any', override: plainer }) as unknown as JsonObject;
      const { $schema: _, $defs, definitions, ...root } = made;
      for (const [name, definition] of Object.entries({ ...($defs as JsonObject), ...(definitions as JsonObject) }))
        collect(collected, name, relocated(definition as JsonObject, place) as JsonObject);
      return relocated(root, place) as JsonObject;
    },
    named: () => Object.fromEntries([...collected].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
};

const collect = (collected: Map<string, JsonObject>, name: string, definition: JsonObject): void => {
  const known = collected.get(name);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(definition))
    throw new Rejected(failed('invalid', 'schema-id-taken', `Two different schemas have the id "${name}".`));
  collected.set(name, definition);
};

const relocated = (value: Json | undefined, place: string): Json | undefined => {
  if (Array.isArray(value)) return value.map((element) => relocated(element, place) as Json);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === '$ref' && typeof member === 'string' ? member.replace(/^#\/(?:\$defs|definitions)\//, place) : relocated(member, place),
    ]),
  );
};

type Override = Parameters<NonNullable<Extract<Parameters<typeof z.toJSONSchema>[1], { override?: unknown }>['override']>>[0];

// Readers shall bear members that come later, "date-time" says what its pattern of 250 characters says, and every integer is a safe one.
const plainer = ({ zodSchema, jsonSchema }: Override): void => {
  const { def } = zodSchema._zod;
  if (def.type === 'object' && !('catchall' in def && def.catchall)) delete jsonSchema.additionalProperties;
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
};
