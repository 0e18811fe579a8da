import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Json, JsonObject } from '../../domain/kernel/json.ts';

/** A value as Firestore's REST API writes it (https://cloud.google.com/firestore/docs/reference/rest/v1/Value): what of it the platform has. */
export type FirestoreValue =
  | { readonly stringValue: string }
  | { readonly integerValue: string }
  | { readonly doubleValue: number | string }
  | { readonly booleanValue: boolean }
  | { readonly nullValue: null }
  | { readonly timestampValue: string }
  | { readonly referenceValue: string }
  | { readonly arrayValue: { readonly values?: readonly FirestoreValue[] } }
  | { readonly mapValue: { readonly fields?: FirestoreFields } };
export type FirestoreFields = { readonly [name: string]: FirestoreValue };

/** A document as it is read. */
export type FirestoreDocument = { readonly name: string; readonly fields?: FirestoreFields; readonly updateTime: string };

/** As `JSON.stringify` would have it: a number that is none is null. Whole numbers are integers, as the vendor's own client has them. */
export const toValue = (value: Json): FirestoreValue => {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'number':
      if (Number.isSafeInteger(value)) return { integerValue: String(value) };
      return Number.isFinite(value) ? { doubleValue: value } : { nullValue: null };
    case 'boolean':
      return { booleanValue: value };
    default:
      if (value === null) return { nullValue: null };
      if (Array.isArray(value)) return { arrayValue: { values: value.map((each) => toValue(each ?? null)) } };
      return { mapValue: { fields: toFields(value as JsonObject) } };
  }
};

/** What is undefined is left out. */
export const toFields = (object: JsonObject): FirestoreFields => {
  const fields: [string, FirestoreValue][] = [];
  for (const name of Object.keys(object)) {
    const value = object[name];
    if (value !== undefined) fields.push([name, toValue(value)]);
  }
  return Object.fromEntries(fields);
};

export const fromValue = (value: FirestoreValue): Json => {
  if ('stringValue' in value) return value.stringValue;
  if ('integerValue' in value) return Number(value.integerValue);
  if ('doubleValue' in value) return Number(value.doubleValue);
  if ('booleanValue' in value) return value.booleanValue;
  if ('nullValue' in value) return null;
  if ('arrayValue' in value) return (value.arrayValue.values ?? []).map(fromValue);
  if ('mapValue' in value) return fromFields(value.mapValue.fields ?? {});
  throw new Rejected(failed('unavailable', 'foreign-attribute', `A field of type ${Object.keys(value)} is not the platform's.`));
};

export const fromFields = (fields: FirestoreFields): { readonly [name: string]: Json } =>
  Object.fromEntries(Object.keys(fields).map((name) => [name, fromValue(fields[name] as FirestoreValue)]));
