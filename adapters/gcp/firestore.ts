import { createHash } from 'node:crypto';
import type { Key } from '../../domain/kernel/table.ts';
import type { GcpClient } from './client.ts';
import type { FirestoreDocument, FirestoreFields, FirestoreValue } from './firestore-values.ts';
import { firestore } from './services.ts';

export type Precondition = { readonly exists: boolean } | { readonly updateTime: string };

/** https://cloud.google.com/firestore/docs/reference/rest/v1/Write */
export type FirestoreWrite = (
  | { readonly update: { readonly name: string; readonly fields: FirestoreFields } }
  | { readonly delete: string }
) & {
  /** An empty mask changes nothing of the document: with a precondition it is a check. */
  readonly updateMask?: Record<string, never>;
  readonly updateTransforms?: readonly { readonly fieldPath: string; readonly setToServerValue: 'REQUEST_TIME' }[];
  readonly currentDocument?: Precondition;
};

type Direction = 'ASCENDING' | 'DESCENDING';
type Operator = 'EQUAL' | 'GREATER_THAN' | 'GREATER_THAN_OR_EQUAL' | 'LESS_THAN' | 'LESS_THAN_OR_EQUAL';
export type Filter = readonly [field: string, op: Operator, value: FirestoreValue];

export type Query = {
  readonly where: readonly Filter[];
  readonly orderBy: readonly (readonly [field: string, direction: Direction])[];
  /** Values of the fields it is ordered by, behind which it begins. */
  readonly after?: readonly FirestoreValue[];
  readonly limit: number;
  /** These fields alone. */
  readonly select?: readonly string[];
};

/** A collection of documents at the root of a database. */
export type Collection = {
  /** `projects/<p>/databases/<d>/documents/<collection>`. */
  readonly path: string;
  nameOf(id: string): string;
  /** Each of these documents that is there, by its name. */
  get(names: readonly string[]): Promise<ReadonlyMap<string, FirestoreDocument>>;
  /** All or nothing. Throws `GcpError`, of a precondition that does not hold `ALREADY_EXISTS`, `NOT_FOUND` or `FAILED_PRECONDITION`. */
  commit(writes: readonly FirestoreWrite[]): Promise<void>;
  query(query: Query): Promise<Found>;
};

/** What a query has found, and as of when: all that was committed by then, and nothing of what was later. */
export type Found = { readonly documents: readonly FirestoreDocument[]; readonly readTime: string };

type QueryAnswer = { readonly document?: FirestoreDocument; readonly readTime?: string };

export const collectionAt = (client: GcpClient, path: string): Collection => {
  const [root, collectionId] = [path.slice(0, path.lastIndexOf('/')), path.slice(path.lastIndexOf('/') + 1)];
  const post = <Output>(operation: string, json: object) =>
    client.call<Output>(firestore, { operation, path: `/v1/${root}:${operation}`, json });

  return {
    path,
    nameOf: (id) => `${path}/${id}`,
    async get(names) {
      const documents = [...new Set(names)];
      const answers =
        documents.length === 0 ? [] : await post<readonly { readonly found?: FirestoreDocument }[]>('batchGet', { documents });
      return new Map(answers.flatMap(({ found }) => (found === undefined ? [] : [[found.name, found]])));
    },
    async commit(writes) {
      await post('commit', { writes });
    },
    async query({ where, orderBy, after, limit, select }) {
      const structuredQuery = {
        from: [{ collectionId }],
        ...(where.length > 0 && { where: { compositeFilter: { op: 'AND', filters: where.map(filterOf) } } }),
        orderBy: orderBy.map(([field, direction]) => ({ field: { fieldPath: pathOf(field) }, direction })),
        ...(after && { startAt: { values: after, before: false } }),
        ...(select && { select: { fields: select.map((field) => ({ fieldPath: pathOf(field) })) } }),
        limit,
      };
      const answers = await post<readonly QueryAnswer[]>('runQuery', { structuredQuery });
      return {
        documents: answers.flatMap(({ document }) => (document === undefined ? [] : [document])),
        readTime: answers.at(-1)?.readTime ?? '',
      };
    },
  };
};

const filterOf = ([field, op, value]: Filter) => ({ fieldFilter: { field: { fieldPath: pathOf(field) }, op, value } });

/** A field's name as a path of one segment. */
const pathOf = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;

const longestId = 1500;
const digestLength = 64;

/**
 * The id of an item's document: its key, readable, in what Firestore takes (no slash, not `__.*__`, at most 1,500 bytes). Of a longer one the
 * beginning, and a digest of the whole key.
 */
export const documentId = ({ pk, sk }: Key): string => {
  const id = `${encodeURIComponent(pk).replace(/^_/, '%5F')}:${encodeURIComponent(sk)}`;
  if (id.length <= longestId) return id;
  const digest = createHash('sha256')
    .update(JSON.stringify([pk, sk]))
    .digest('hex');
  return `${id.slice(0, longestId - digestLength - 1)}~${digest}`;
};
