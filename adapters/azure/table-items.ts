import { randomBytes } from 'node:crypto';
import type { Json, JsonObject } from '../../domain/kernel/json.ts';
import type { Item, Key, TableDeclaration } from '../../domain/kernel/table.ts';
import { checkedExpiry, checkedKeyPart, itemTooLarge, tableLimits } from '../../domain/kernel/table-rules.ts';
import { sizeOfItem } from '../cloud/item-size.ts';
import { idOf } from './table-ids.ts';
import { ordered, unordered } from './table-text.ts';

/**
 * An item's document: its attributes under their own names, keys and indexed texts as `ordered` has them, the `id` of its key, and `ttl`. What
 * Cosmos DB keeps for itself or cannot hold lies as JSON text in `$json`, whole attributes at a time; `$write` says which write made this version.
 */
const overflow = '$json';
export const writeName = '$write';
/** The names of attributes that `ordered` has changed. */
const changedNames = '$ordered';
/** What a check sets, to make a tag of its own. */
export const checkedName = '$checked';
const reserved: ReadonlySet<string> = new Set([
  '',
  'id',
  'ttl',
  '_rid',
  '_self',
  '_etag',
  '_attachments',
  '_ts',
  '_lsn',
  overflow,
  writeName,
  checkedName,
  changedNames,
  '$removed',
]);

/** Cosmos DB nests to 128 (service quotas). */
const deepest = 100;

/** The service counts a document's life from its own time: it removes it a little later, so that nobody's clock ends it too early. */
const ttlMarginSeconds = 30;
const longestTtl = 2 ** 31 - 1;

/** What a partition key may not begin with: documents of the adapter's own have such keys. */
export const ownPartitions = '~';

const isIllFormed = (text: string): boolean => /\p{Surrogate}/u.test(text);

const isNative = (value: Json | undefined, depth = 1): boolean => {
  if (typeof value === 'string') return !isIllFormed(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth > deepest) return false;
  if (Array.isArray(value)) return value.every((each) => isNative(each, depth + 1));
  const object = value as JsonObject;
  return Object.keys(object).every((name) => name !== '' && !isIllFormed(name) && isNative(object[name], depth + 1));
};

/** Throws `Rejected` `invalid-key`. */
export const checkedKey = ({ pk, sk }: Key): Key => {
  checkedKeyPart(pk, Buffer.byteLength(pk));
  checkedKeyPart(sk, Buffer.byteLength(sk));
  return { pk, sk };
};

/** Where an item is: its partition, and the id there. */
export type Address = { readonly pk: string; readonly id: string };
/** Throws `Rejected` `invalid-key`. */
export const addressOf = (key: Key): Address => {
  const { pk, sk } = checkedKey(key);
  return { pk: ordered(pk), id: idOf(sk) };
};

/** One for each conditional write: by it a write whose answer was lost, and which is then refused because of itself, is known to have succeeded. */
export const newWriteId = (): string => randomBytes(9).toString('base64url');
export const writeIdOf = (document: JsonObject): Json | undefined => document[writeName];

export const isAlive = ({ expiresAt }: JsonObject, now: Date): boolean => typeof expiresAt !== 'number' || expiresAt * 1000 > now.getTime();

/** Of what was deleted in a table whose changes are followed; as long as a stream of DynamoDB keeps a change. */
const removedName = '$removed';
const removedSeconds = 24 * 3600;

/**
 * Takes the place of what was deleted: the change feed tells of documents that are there only. Its life has ended, so that nobody sees it, and by the
 * service it is removed a day later.
 */
export const tombstone = ({ pk, sk }: Key): JsonObject => {
  const key: [string, Json][] = [
    ['pk', ordered(pk)],
    ['sk', ordered(sk)],
  ];
  const changed = key.filter(([name, text]) => text !== { pk, sk }[name]).map(([name]) => name);
  return { id: idOf(sk), ...Object.fromEntries(key), [changedNames]: changed, [removedName]: true, expiresAt: 0, ttl: removedSeconds };
};
export const isTombstone = (document: JsonObject): boolean => document[removedName] === true;

export type TableItems = {
  /** Throws `Rejected` `invalid-key`, `invalid-expiry` or `item-too-large`. */
  toStored(item: Item, now: Date, write?: string): JsonObject;
};

/** How items of a table become documents. */
export const tableItems = ({ indexes = {} }: TableDeclaration): TableItems => {
  const indexed = new Set(Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort]));

  /** Of an item that is in an index, the attributes by which it is there. */
  const checkIndexed = (item: Item): void => {
    for (const { partition, sort } of Object.values(indexes)) {
      const [by, order] = [item[partition], item[sort]];
      if (typeof by !== 'string' || typeof order !== 'string') continue;
      for (const part of [by, order]) checkedKeyPart(part, Buffer.byteLength(part));
    }
  };

  return {
    toStored(item, now, write) {
      checkedKey(item);
      checkIndexed(item);
      const expiresAt = checkedExpiry(item);
      const size = sizeOfItem(item);
      if (size > tableLimits.itemBytes) throw itemTooLarge(size);
      const held: [string, Json | undefined][] = [['id', idOf(item.sk)]];
      const odd: [string, Json | undefined][] = [];
      const changed: string[] = [];
      for (const name of Object.keys(item)) {
        const value = item[name];
        if (value === undefined) continue;
        if (reserved.has(name) || isIllFormed(name) || !isNative(value)) {
          odd.push([name, value]);
          continue;
        }
        const text = typeof value === 'string' && (indexed.has(name) || isKeyName(name)) ? ordered(value) : value;
        if (text !== value) changed.push(name);
        held.push([name, text]);
      }
      if (odd.length > 0) held.push([overflow, JSON.stringify(Object.fromEntries(odd))]);
      if (changed.length > 0) held.push([changedNames, changed]);
      if (expiresAt !== undefined) held.push(['ttl', ttlOf(expiresAt, now)]);
      if (write !== undefined) held.push([writeName, write]);
      return Object.fromEntries(held) as JsonObject;
    },
  };
};

const isKeyName = (name: string): boolean => name === 'pk' || name === 'sk';

/** The item of a document, whatever the table declares by now. */
export const fromStored = (document: JsonObject): Item => {
  const changed = (document[changedNames] ?? []) as readonly string[];
  const attributes: [string, Json | undefined][] = Object.keys(document)
    .filter((name) => !reserved.has(name))
    .map((name) => [name, changed.includes(name) ? unordered(document[name] as string) : document[name]]);
  const odd = document[overflow];
  if (typeof odd === 'string') attributes.push(...Object.entries(JSON.parse(odd) as JsonObject));
  return Object.fromEntries(attributes) as Item;
};

const ttlOf = (expiresAt: number, now: Date): number =>
  Math.min(longestTtl, Math.max(1, expiresAt - Math.floor(now.getTime() / 1000) + ttlMarginSeconds));
