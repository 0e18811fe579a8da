import type { Json, JsonObject } from '../../domain/kernel/json.ts';
import type { Item, Key, TableDeclaration } from '../../domain/kernel/table.ts';
import { checkedExpiry, checkedKeyPart, itemTooLarge, tableLimits } from '../../domain/kernel/table-rules.ts';
import { sizeOfItem } from '../cloud/item-size.ts';

/**
 * DynamoDB cannot hold every JSON value. What it refuses (numbers beyond its range, nesting beyond 32, names that are empty, halves of surrogate
 * pairs, and in an indexed attribute anything but a text of 1 to 1,024 bytes) is kept as JSON text in this attribute, whole attributes at a time, and nobody sees it.
 */
const overflow = '$json';

/** Limits of DynamoDB's (Service, account, and table quotas; Supported data types). */
const deepest = 31;
const [largestNumber, smallestNumber] = [9.99e125, 1e-130];

const isIllFormed = (text: string): boolean => /\p{Surrogate}/u.test(text);

const isNative = (value: Json | undefined, depth = 1): boolean => {
  if (typeof value === 'string') return !isIllFormed(value);
  if (typeof value === 'number') {
    const magnitude = Math.abs(value);
    return magnitude === 0 || !Number.isFinite(value) || (magnitude <= largestNumber && magnitude >= smallestNumber);
  }
  if (typeof value !== 'object' || value === null) return true;
  if (depth > deepest) return false;
  if (Array.isArray(value)) return value.every((each) => isNative(each, depth + 1));
  const object = value as JsonObject;
  return Object.keys(object).every((name) => name !== '' && !isIllFormed(name) && isNative(object[name], depth + 1));
};

const bytesOf = (text: string): number => Buffer.byteLength(text);

const isKeyPart = (value: Json | undefined): boolean => typeof value === 'string' && value !== '' && bytesOf(value) <= tableLimits.keyBytes;

/** A key that DynamoDB takes. Throws `Rejected` `invalid-key`. */
export const checkedKey = ({ pk, sk }: Key): Key => {
  checkedKeyPart(pk, bytesOf(pk));
  checkedKeyPart(sk, bytesOf(sk));
  return { pk, sk };
};

/** How items of a table become what DynamoDB holds. Throws `Rejected` `invalid-key`, `invalid-expiry` or `item-too-large`. */
export const toStoredIn = ({ indexes = {} }: TableDeclaration): ((item: Item) => Item) => {
  const indexed = new Set(Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort]));

  const isHeld = (name: string, value: Json | undefined): boolean =>
    name !== '' && name !== overflow && !isIllFormed(name) && isNative(value) && (!indexed.has(name) || isKeyPart(value));

  /** Of an item that is in an index, the attributes by which it is there. */
  const checkIndexed = (item: Item): void => {
    for (const { partition, sort } of Object.values(indexes)) {
      const [by, order] = [item[partition], item[sort]];
      if (typeof by !== 'string' || typeof order !== 'string') continue;
      for (const part of [by, order]) checkedKeyPart(part, bytesOf(part));
    }
  };

  const split = (item: Item): Item => {
    const names = Object.keys(item).filter((name) => item[name] !== undefined);
    const odd = names.filter((name) => !isHeld(name, item[name]));
    if (odd.length === 0) return item;
    const part = (some: readonly string[]) => Object.fromEntries(some.map((name) => [name, item[name]]));
    const held = part(names.filter((name) => !odd.includes(name)));
    return { ...held, ...checkedKey(item), [overflow]: JSON.stringify(part(odd)) };
  };

  return (item) => {
    checkedKey(item);
    checkedExpiry(item);
    checkIndexed(item);
    const stored = split(item);
    const size = sizeOfItem(stored);
    if (size > tableLimits.itemBytes) throw itemTooLarge(size);
    return stored;
  };
};

/** An item as it was before `toStored`. */
export const fromStored = (stored: Item): Item => {
  const { [overflow]: odd, ...held } = stored;
  return odd === undefined ? stored : { ...held, ...(JSON.parse(odd as string) as JsonObject) };
};
