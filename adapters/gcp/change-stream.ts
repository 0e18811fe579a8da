import { createHash, randomUUID } from 'node:crypto';
import type { Change } from '../../domain/kernel/table.ts';
import type { GcpClient } from './client.ts';
import { isGcpError } from './errors.ts';
import { type Collection, collectionAt, type Filter, type Found } from './firestore.ts';
import type { FirestoreDocument, FirestoreValue } from './firestore-values.ts';
import { fromStored, own } from './table-items.ts';

export type FirestoreDoorbellOptions = {
  readonly client: GcpClient;
  /** `projects/<p>/databases/<d>/documents/<collection>` of a table by its qualified name. Throws `Rejected` where nobody told of it. */
  readonly collectionOf: (table: string) => string;
};

/**
 * A write is seen at its commit, which Firestore tells of every document (`updateTime`) but orders nothing by; `committedAt`, which a query can order
 * by, is when the server began with it. Between the two lies at most the deadline of a commit, a minute.
 */
const longestCommitMillis = 60_000;

const timestamp = (at: Date): FirestoreValue => ({ timestampValue: at.toISOString() });
const text = (value: string): FirestoreValue => ({ stringValue: value });

/** `2026-11-25T19:00:58.1234Z` with nine digits of the second, so that times compare as texts. */
const withNanos = (time: string): string => {
  const [seconds = '', fraction = ''] = time.replace(/Z$/, '').split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}Z`;
};

/** When a change was committed, and of one commit's changes which: all of them bear the same time. */
const sequenceOf = ({ updateTime, id }: { readonly updateTime: string; readonly id: string }): string => `${withNanos(updateTime)}#${id}`;
const committedIn = (sequence: string): number => Date.parse(sequence.slice(0, sequence.indexOf('#')).replace(/\d{6}Z$/, 'Z'));

type Seen = { readonly change: Change; readonly committedAt: string; readonly id: string };

const seenIn = (document: FirestoreDocument): Seen => {
  const { item, isRemoved, updateTime, id } = fromStored(document);
  const change = { sequence: sequenceOf({ updateTime, id }), key: { pk: item.pk, sk: item.sk } };
  return { change: isRemoved ? change : { ...change, item }, committedAt: withNanos(updateTime), id };
};

const startOf = ({ fields }: FirestoreDocument): number => {
  const started = fields?.[own.committedAt];
  return started !== undefined && 'timestampValue' in started ? Date.parse(started.timestampValue) : 0;
};

const bySequence = (one: Seen, other: Seen): number => (one.change.sequence < other.change.sequence ? -1 : 1);

/** What a reading's pages showed so far and nobody has had yet, when the last of that began, and behind which change it goes on. */
type Pass = {
  readonly pages: AsyncGenerator<Found>;
  readonly found: Map<string, Seen>;
  readAt?: string;
  begun: number;
  isDone: boolean;
  after: string;
};

/** The next of a pass in order, at most `limit`; pages are read on until nothing that is still to be read can lie before the last of them. */
const nextOf = async (pass: Pass, limit: number): Promise<readonly Change[]> => {
  const { pages, found } = pass;
  for (;;) {
    const wanted = [...found.values()].sort(bySequence).slice(0, limit);
    const last = wanted[limit - 1];
    // What began after the last that is wanted has ended was committed behind it.
    const isCertain = last !== undefined && pass.begun > committedIn(last.change.sequence) + clockDifferenceMillis;
    if (pass.isDone || isCertain) {
      for (const { id } of wanted) found.delete(id);
      return wanted.map(({ change }) => change);
    }
    const page = await pages.next();
    if (page.done) pass.isDone = true;
    else addTo(pass, page.value);
  }
};

const addTo = (pass: Pass, { documents, readTime }: Found): void => {
  // Later pages show what was committed since the first was read, and not all of that: some of it lies where the first has passed.
  pass.readAt ??= withNanos(readTime);
  for (const seen of documents.map(seenIn))
    if (seen.change.sequence > pass.after && seen.committedAt <= pass.readAt) pass.found.set(seen.id, seen);
  pass.begun = Math.max(pass.begun, ...documents.map(startOf));
};

/**
 * The changes of tables on Firestore. They are found by when their commits began, and sorted, and told from those already read, by when they ended:
 * what is seen later was committed later, so no change comes to lie below one that was read. Needs an index of `pk` and `committedAt`, and for the
 * sweep one of `committedAt`. Progress lies in a collection beside the table's, which no trigger hears.
 */
export const firestoreDoorbell = ({ client, collectionOf }: FirestoreDoorbellOptions) => {
  const at = (table: string): Collection => collectionAt(client, collectionOf(table));
  const progressOf = (table: string): Collection => collectionAt(client, `${collectionOf(table)}-progress`);

  /** Documents behind a moment in the order of the beginnings of their commits. */
  async function* pagesSince(collection: Collection, where: readonly Filter[], since: number, limit: number): AsyncGenerator<Found> {
    const orderBy = [own.committedAt, '__name__'].map((field) => [field, 'ASCENDING'] as const);
    const from: Filter = [own.committedAt, 'GREATER_THAN_OR_EQUAL', timestamp(new Date(Math.max(0, since)))];
    let after: readonly FirestoreValue[] | undefined;
    for (;;) {
      const page = await collection.query({ where: [...where, from], orderBy, limit, ...(after && { after }) });
      yield page;
      const last = page.documents.at(-1);
      const started = last?.fields?.[own.committedAt];
      if (page.documents.length < limit || last === undefined || started === undefined) return;
      after = [started, { referenceValue: last.name }];
    }
  }

  const begin = (table: string, partition: string, sequence: string, limit: number): Pass => {
    const since = sequence === '' ? 0 : committedIn(sequence) - longestCommitMillis;
    // One more than is wanted: where it is not there, the first page says that it is the last; where it is, it may say that nothing before it is missing.
    const pages = pagesSince(at(table), [['pk', 'EQUAL', text(partition)]], since, limit + 1);
    return { pages, found: new Map(), begun: Number.NEGATIVE_INFINITY, isDone: false, after: sequence };
  };

  const reading = (table: string, partition: string) => {
    let goesOn: Pass | undefined;
    return async (sequence = '', limit: number): Promise<readonly Change[]> => {
      // Where another reader was faster, or something failed between, it begins anew.
      const pass = goesOn?.after === sequence ? goesOn : begin(table, partition, sequence, limit);
      goesOn = undefined;
      const batch = await nextOf(pass, limit);
      pass.after = batch.at(-1)?.sequence ?? sequence;
      goesOn = pass;
      return batch;
    };
  };

  async function* changedSince(table: string, since: Date): AsyncGenerator<string> {
    const told = new Set<string>();
    for await (const { documents } of pagesSince(at(table), [], since.getTime(), sweepPage))
      for (const document of documents) {
        const { pk } = fromStored(document).item;
        if (!told.has(pk)) yield pk;
        told.add(pk);
      }
  }

  const nameIn = (collection: Collection, of: string): string => collection.nameOf(createHash('sha256').update(of).digest('hex'));

  const progress = {
    async get(table: string, of: string) {
      const collection = progressOf(table);
      const name = nameIn(collection, of);
      const document = (await collection.get([name])).get(name);
      const sequence = document?.fields?.sequence;
      if (document === undefined || sequence === undefined || !('stringValue' in sequence)) return undefined;
      return { sequence: sequence.stringValue, tag: document.updateTime };
    },
    async put(table: string, of: string, sequence: string, tag: string | undefined) {
      const collection = progressOf(table);
      const name = nameIn(collection, of);
      const [write, currentDocument] = [randomUUID(), tag === undefined ? { exists: false } : { updateTime: tag }];
      const fields = { of: text(of), sequence: text(sequence), [own.write]: text(write) };
      try {
        await collection.commit([{ update: { name, fields }, currentDocument }]);
        return true;
      } catch (error) {
        if (!isGcpError(error, 'ALREADY_EXISTS', 'FAILED_PRECONDITION', 'NOT_FOUND')) throw error;
        // Sent again because its answer was lost, it is refused because of itself.
        const found = (await collection.get([name])).get(name);
        return found !== undefined && fromStored(found).write === write;
      }
    },
  };

  return { reading, changedSince, progress };
};

const sweepPage = 300;
/** Of the server that says when a commit began, and the one that says when it ended, generously. */
const clockDifferenceMillis = 5_000;

/** The partition of a document by its name, whole or from its collection on; nothing where the name is that of a long key. */
export const partitionOf = (name: unknown): string | undefined => {
  if (typeof name !== 'string') return undefined;
  const id = name.slice(name.lastIndexOf('/') + 1);
  const end = id.indexOf(':');
  if (end < 0) return undefined;
  try {
    return decodeURIComponent(id.slice(0, end));
  } catch {
    return undefined;
  }
};
