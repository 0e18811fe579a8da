import { randomBytes } from 'node:crypto';
import type { Json, JsonObject } from '../../../../domain/kernel/json.ts';
import { badRequest } from './answers.ts';
import { effectivePartitionKey } from './effective-partition-key.ts';

export type CompositePath = { readonly path: string; readonly order?: 'ascending' | 'descending' };
export type IndexedPath = { readonly path: string };

export type IndexingPolicy = {
  readonly indexingMode?: 'consistent' | 'none';
  readonly includedPaths?: readonly IndexedPath[];
  readonly excludedPaths?: readonly IndexedPath[];
  readonly compositeIndexes?: readonly (readonly CompositePath[])[];
};

/** A container as its owner asks for it. Without `defaultTtl` no item's `ttl` has an effect; −1 lets only those expire that have one. */
export type ContainerDefinition = {
  readonly id: string;
  readonly partitionKey: { readonly paths: readonly string[]; readonly kind?: 'Hash' | 'MultiHash'; readonly version?: number };
  readonly defaultTtl?: number;
  readonly indexingPolicy?: IndexingPolicy;
};

/** The components of a partition key, as its header has them; `{}` for one that a document lacks. */
export type PartitionKey = readonly Json[];

/** An item as it is kept. `document` has the system properties; items of one transaction share their `lsn`. */
export type Stored = {
  readonly document: JsonObject;
  readonly id: string;
  readonly partitionKey: string;
  readonly effectiveKey: string;
  readonly etag: string;
  readonly lsn: number;
  /** Seconds since 1970. */
  readonly changedAt: number;
  /** The order of creation in the container. */
  readonly sequence: number;
};

/** A physical partition: the keys from `minInclusive` on and the items that have them, by `itemKey`. */
export type Range = {
  readonly id: string;
  readonly minInclusive: string;
  readonly maxExclusive: string;
  lsn: number;
  readonly items: Map<string, Stored>;
};

export type Container = {
  definition: ContainerDefinition;
  readonly rid: string;
  etag: string;
  readonly createdAt: number;
  readonly ranges: readonly Range[];
  /** Of the next item that is created. */
  nextSequence: number;
};

/** Resource ids are base64 with `-` for `/`; a container's has 8 bytes, of which the first 4 are its database's. */
export const ridOf = (bytes: Buffer): string => bytes.toString('base64').replaceAll('/', '-');

const boundary = (index: number, count: number): string => {
  if (index === 0) return '';
  if (index === count) return 'FF';
  return Math.floor((index / count) * 0x40000000)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0');
};

export const makeRanges = (count: number): readonly Range[] =>
  Array.from({ length: count }, (_, index) => ({
    id: String(index),
    minInclusive: boundary(index, count),
    maxExclusive: boundary(index + 1, count),
    lsn: 1,
    items: new Map(),
  }));

export const newContainerRid = (databaseRid: string): string =>
  ridOf(Buffer.concat([Buffer.from(databaseRid.replaceAll('-', '/'), 'base64'), randomBytes(4)]));

export const itemKey = (partitionKey: string, id: string): string => `${partitionKey}\n${id}`;

export const rangeOf = ({ ranges }: Container, partitionKey: PartitionKey): Range => {
  const key = effectivePartitionKey(partitionKey);
  const range = ranges.find(({ minInclusive, maxExclusive }) => key >= minInclusive && key < maxExclusive);
  if (range) return range;
  throw badRequest('The partition key lies in no range.');
};

/** Throws `Refusal`: one component is what containers of the fake have. */
export const parsePartitionKey = (header: string): PartitionKey => {
  const parsed: unknown = parsedOrUndefined(header);
  if (!Array.isArray(parsed)) throw badRequest(`Partition key ${header} is invalid.`);
  if (parsed.length !== 1)
    throw badRequest(
      'The partition key supplied in x-ms-partitionkey header has fewer components than defined in the the collection.',
      1001,
    );
  if (typeof parsed[0] === 'string' && Buffer.byteLength(parsed[0]) > 2048)
    throw badRequest('The partition key is longer than 2048 bytes.');
  return parsed as PartitionKey;
};

const parsedOrUndefined = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What a document says its partition key is. */
export const partitionKeyOf = ({ definition }: Container, document: JsonObject): PartitionKey =>
  definition.partitionKey.paths.map((path) => valueAt(document, path.split('/').slice(1)) ?? {});

const valueAt = (value: Json | undefined, [step, ...rest]: readonly string[]): Json | undefined => {
  if (step === undefined) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return valueAt((value as JsonObject)[step], rest);
};
