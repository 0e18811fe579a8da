import type { Json } from '../../../../../domain/kernel/json.ts';

/** The types in the order in which ORDER BY puts them. */
const rankOf = (value: Json | undefined): number => {
  if (value === undefined) return 0;
  if (value === null) return 1;
  if (typeof value === 'boolean') return 2;
  if (typeof value === 'number') return 3;
  if (typeof value === 'string') return 4;
  return Array.isArray(value) ? 5 : 6;
};

export const haveOneType = (one: Json | undefined, other: Json | undefined): boolean => one !== undefined && rankOf(one) === rankOf(other);

/** Strings by the bytes of UTF-8, as the index has them; arrays and objects are equal or not, in no order. */
export const compareValues = (one: Json | undefined, other: Json | undefined): number => {
  const ranks = rankOf(one) - rankOf(other);
  if (ranks !== 0) return ranks;
  if (typeof one === 'string') return Buffer.compare(Buffer.from(one), Buffer.from(other as string));
  if (typeof one === 'number' || typeof one === 'boolean') return Number(one) - Number(other);
  return JSON.stringify(one) === JSON.stringify(other) ? 0 : -1;
};
