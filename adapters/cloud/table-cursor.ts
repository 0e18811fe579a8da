import { createHash } from 'node:crypto';
import { invalidCursor } from '../../domain/kernel/table-rules.ts';

/** A place in the order of a query: the sort key, and of an index also the item's own key. */
export type Place = readonly [sort: string] | readonly [sort: string, pk: string, sk: string];

const digestLength = 6;

/** `scope` says whose order it is: a table, an index of it, a partition. */
const digestOf = (scope: readonly string[], place: string): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([...scope, place]))
    .digest()
    .subarray(0, digestLength);

/** Where a page ended, in a form that only the same query takes back: the place, and a digest over it and its scope. */
export const cursorAt = (scope: readonly string[], place: Place): string => {
  const text = JSON.stringify(place);
  return Buffer.concat([digestOf(scope, text), Buffer.from(text)]).toString('base64url');
};

/** The place that a cursor stands for. Throws `Rejected` `invalid-cursor` where it was not given in this scope. */
export const placeOf = (scope: readonly string[], cursor: string): Place => {
  const bytes = Buffer.from(cursor, 'base64url');
  const text = bytes.subarray(digestLength).toString();
  const genuine = bytes.toString('base64url') === cursor && bytes.subarray(0, digestLength).equals(digestOf(scope, text));
  if (!genuine) throw invalidCursor();
  return JSON.parse(text) as Place;
};
