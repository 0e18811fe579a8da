import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Json, JsonObject } from '../../domain/kernel/json.ts';

/** A value as DynamoDB's API writes it. Its other types (bytes and sets) hold no JSON: nothing of the platform's has them. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Attributes };
export type Attributes = { readonly [name: string]: AttributeValue };

/** As `JSON.stringify` would have it: a number that is none is null. */
export const toAttribute = (value: Json): AttributeValue => {
  switch (typeof value) {
    case 'string':
      return { S: value };
    case 'number':
      return Number.isFinite(value) ? { N: String(value) } : { NULL: true };
    case 'boolean':
      return { BOOL: value };
    default:
      if (value === null) return { NULL: true };
      return Array.isArray(value) ? { L: value.map((each) => toAttribute(each ?? null)) } : { M: marshall(value as JsonObject) };
  }
};

/** Attributes that are undefined are left out. */
export const marshall = (item: JsonObject): Attributes => {
  const attributes: [string, AttributeValue][] = [];
  for (const name of Object.keys(item)) {
    const value = item[name];
    if (value !== undefined) attributes.push([name, toAttribute(value)]);
  }
  return Object.fromEntries(attributes);
};

export const fromAttribute = (attribute: AttributeValue): Json => {
  if ('S' in attribute) return attribute.S;
  if ('N' in attribute) return Number(attribute.N);
  if ('M' in attribute) return unmarshall(attribute.M);
  if ('L' in attribute) return attribute.L.map(fromAttribute);
  if ('BOOL' in attribute) return attribute.BOOL;
  if ('NULL' in attribute) return null;
  throw new Rejected(failed('unavailable', 'foreign-attribute', `An attribute of type ${Object.keys(attribute)} is not the platform's.`));
};

export const unmarshall = (attributes: Attributes): { readonly [name: string]: Json } =>
  Object.fromEntries(Object.keys(attributes).map((name) => [name, fromAttribute(attributes[name] as AttributeValue)]));
