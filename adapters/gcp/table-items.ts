import type { Json, JsonObject } from '../../domain/kernel/json.ts';
import type { Item, Key, TableDeclaration } from '../../domain/kernel/table.ts';
import { checkedExpiry, checkedKeyPart, itemTooLarge, tableLimits } from '../../domain/kernel/table-rules.ts';
import { type FirestoreDocument, type FirestoreFields, fromFields, toFields } from './firestore-values.ts';

/**
 * Fields of a document that are not the item's. `$json`: what Firestore has no type for, as JSON text, whole attributes at a time.
 * `$write`: which write made it. `$removed`: that the item was deleted, where changes are kept. `committedAt`: when, by the server's clock.
 * `expiresAt` is the item's, but as a timestamp: then Firestore's TTL policy takes it.
 */
export const own = { overflow: '$json', write: '$write', removed: '$removed', committedAt: 'committedAt' } as const;
const ownNames: ReadonlySet<string> = new Set(Object.values(own));

/** Firestore's limits (Usage and limits, "Collections, documents, and fields"): maps and lists nest 20 deep, and no list lies in a list. */
const deepest = 19;
const longestName = 1500;

const isIllFormed = (text: string): boolean => /\p{Surrogate}/u.test(text);
const bytesOf = (text: string): number => Buffer.byteLength(text);

/** `__name__` and its like are Firestore's own. */
const isName = (name: string): boolean => name !== '' && !/^__.*__$/s.test(name) && !isIllFormed(name) && bytesOf(name) <= longestName;

const isNative = (value: Json | undefined, depth = 1, isInList = false): boolean => {
  if (typeof value === 'string') return !isIllFormed(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth > deepest) return false;
  if (Array.isArray(value)) return !isInList && value.every((each) => isNative(each, depth + 1, true));
  const object = value as JsonObject;
  return Object.keys(object).every((name) => isName(name) && isNative(object[name], depth + 1));
};

/** What an item counts as (Firestore, "Storage size calculations"). */
const sizeOf = (value: Json): number => {
  if (typeof value === 'string') return bytesOf(value) + 1;
  if (typeof value === 'number') return 8;
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + sizeOf(each), 0);
  return sizeOfItem(value as JsonObject);
};

export const sizeOfItem = (item: JsonObject): number => {
  let size = 0;
  for (const name of Object.keys(item)) if (item[name] !== undefined) size += bytesOf(name) + 1 + sizeOf(item[name]);
  return size;
};

const isKeyPart = (value: Json | undefined): boolean => typeof value === 'string' && value !== '' && bytesOf(value) <= tableLimits.keyBytes;

/** Throws `Rejected` `invalid-key`. */
export const checkedKey = ({ pk, sk }: Key): Key => {
  checkedKeyPart(pk, bytesOf(pk));
  checkedKeyPart(sk, bytesOf(sk));
  return { pk, sk };
};

/** How items of a table become a document's fields. Throws `Rejected` `invalid-key`, `invalid-expiry` or `item-too-large`. */
export const toStoredIn = ({ indexes = {} }: TableDeclaration): ((item: Item) => FirestoreFields) => {
  const indexed = new Set(Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort]));

  const isHeld = (name: string, value: Json | undefined): boolean =>
    !ownNames.has(name) && isName(name) && isNative(value) && (!indexed.has(name) || isKeyPart(value));

  /** Of an item that is in an index, the attributes by which it is there. */
  const checkIndexed = (item: Item): void => {
    for (const { partition, sort } of Object.values(indexes)) {
      const [by, order] = [item[partition], item[sort]];
      if (typeof by !== 'string' || typeof order !== 'string') continue;
      for (const part of [by, order]) checkedKeyPart(part, bytesOf(part));
    }
  };

  return (item) => {
    checkedKey(item);
    checkIndexed(item);
    const expiresAt = checkedExpiry(item);
    const names = Object.keys(item).filter((name) => item[name] !== undefined && name !== 'expiresAt');
    const odd = names.filter((name) => !isHeld(name, item[name]));
    const part = (some: readonly string[]): JsonObject => Object.fromEntries(some.map((name) => [name, item[name]]));
    const held =
      odd.length === 0 ? part(names) : { ...part(names.filter((name) => !odd.includes(name))), [own.overflow]: JSON.stringify(part(odd)) };
    const size = sizeOfItem(held);
    if (size > tableLimits.itemBytes) throw itemTooLarge(size);
    return { ...toFields(held), ...(expiresAt !== undefined && { expiresAt: { timestampValue: timestampOf(expiresAt) } }) };
  };
};

const timestampOf = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** A document as it is read: the item, and what is known of it beside. */
export type Stored = {
  readonly item: Item;
  /** Of the last write; what a condition on it is held to. */
  readonly updateTime: string;
  readonly id: string;
  readonly write?: string;
  /** Whether the item was deleted, and the document tells only that. */
  readonly isRemoved: boolean;
};

export const fromStored = ({ name, fields = {}, updateTime }: FirestoreDocument): Stored => {
  const { [own.committedAt]: _at, [own.write]: write, [own.removed]: removed, [own.overflow]: odd, expiresAt, ...held } = fields;
  const item = {
    ...fromFields(held),
    ...(expiresAt !== undefined && 'timestampValue' in expiresAt && { expiresAt: Date.parse(expiresAt.timestampValue) / 1000 }),
    ...(odd !== undefined && 'stringValue' in odd && (JSON.parse(odd.stringValue) as JsonObject)),
  } as unknown as Item;
  return {
    item,
    updateTime,
    id: name.slice(name.lastIndexOf('/') + 1),
    isRemoved: removed !== undefined,
    ...(write !== undefined && 'stringValue' in write && { write: write.stringValue }),
  };
};
