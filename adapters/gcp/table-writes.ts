import { randomUUID } from 'node:crypto';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Condition, Item, Key, Write, WriteOutcome } from '../../domain/kernel/table.ts';
import type { Backoff } from '../cloud/retry.ts';
import { isGcpError } from './errors.ts';
import { type Collection, documentId, type FirestoreWrite, type Precondition } from './firestore.ts';
import type { FirestoreFields } from './firestore-values.ts';
import { checkedKey, fromStored, own, type Stored } from './table-items.ts';

export type TableWritesOptions = {
  readonly collection: Collection;
  /** Whether changes are kept: then a document says when it was committed, and of what was deleted one stays that says so. */
  readonly changes: boolean;
  readonly toStored: (item: Item) => FirestoreFields;
  readonly isVisible: (stored: Stored) => boolean;
  readonly now: () => Date;
  readonly backoff: Backoff;
};

/** How long it is told of what was deleted: the sweep of changes has long seen it. */
const removalIsToldMillis = 7 * 24 * 3_600_000;

/** Of preconditions that do not hold, as each kind of write reports it. */
const refusals = ['ALREADY_EXISTS', 'FAILED_PRECONDITION', 'NOT_FOUND'];

/** A write, with what it makes of its document: taken down at once, for an item's maker may change it while something is read. */
type Prepared = {
  readonly type: Write['type'];
  readonly if?: Condition;
  readonly name: string;
  readonly key: Key;
  readonly fields: FirestoreFields;
};

/**
 * Writes under conditions, in one commit: all or nothing. Firestore knows two preconditions, whether a document exists and when it was last written.
 * So what a version or a presence is asked of is read first, and the commit holds to what was read; where that has changed meanwhile, it is read and
 * judged again. One of many writers wins, and who loses has met what stands in his way.
 */
export const tableWrites = ({ collection, changes, toStored, isVisible, now, backoff }: TableWritesOptions) => {
  /** Throws `Rejected` for an item or a key that no table takes. */
  const prepared = (write: Write): Prepared => {
    const key = checkedKey(write.type === 'put' ? write.item : write.key);
    const fields = write.type === 'put' ? toStored(write.item) : write.type === 'delete' ? removal(key) : {};
    return { type: write.type, name: collection.nameOf(documentId(key)), key, fields, ...(write.if !== undefined && { if: write.if }) };
  };

  const read = async (writes: readonly Prepared[]): Promise<ReadonlyMap<string, Stored>> => {
    const found = await collection.get(writes.map(({ name }) => name));
    return new Map([...found].map(([name, document]) => [name, fromStored(document)]));
  };

  const holds = (condition: Condition | undefined, stored: Stored | undefined): boolean => {
    if (condition === undefined) return true;
    const item = stored !== undefined && isVisible(stored) ? stored.item : undefined;
    if (condition === 'absent') return item === undefined;
    return item !== undefined && (condition === 'present' || item.version === condition.version);
  };

  /** What a commit asks of a document: that it is as it was read; of one not read, what its condition says. */
  const preconditionOf = ({ if: condition }: Prepared, stored: Stored | undefined, isRead: boolean): Precondition | undefined => {
    if (condition === undefined) return undefined;
    if (stored !== undefined) return { updateTime: stored.updateTime };
    return condition === 'absent' || isRead ? { exists: false } : { exists: true };
  };

  const transforms = changes ? { updateTransforms: [{ fieldPath: own.committedAt, setToServerValue: 'REQUEST_TIME' as const }] } : {};

  const removal = (key: Key): FirestoreFields => ({
    pk: { stringValue: key.pk },
    sk: { stringValue: key.sk },
    [own.removed]: { booleanValue: true },
    expiresAt: { timestampValue: new Date(now().getTime() + removalIsToldMillis).toISOString() },
  });

  const request = ({ type, name, fields }: Prepared, precondition: Precondition | undefined, token: string): FirestoreWrite => {
    const currentDocument = precondition === undefined ? {} : { currentDocument: precondition };
    // Nothing is written of what is checked: a change of no field, or a deletion of nothing.
    if (type === 'check' && precondition !== undefined && 'updateTime' in precondition)
      return { update: { name, fields }, updateMask: {}, ...currentDocument };
    if (type === 'check' || (type === 'delete' && !changes)) return { delete: name, ...currentDocument };
    return { update: { name, fields: { ...fields, [own.write]: { stringValue: token } } }, ...transforms, ...currentDocument };
  };

  const mustBeRead = ({ type, if: condition }: Prepared): boolean =>
    // Of what is not there no removal is told.
    (condition !== undefined && condition !== 'absent') || (type === 'delete' && changes);

  /** A deletion of what is not there, where it may be missing, is no write. */
  const isIdle = ({ type }: Prepared, stored: Stored | undefined): boolean =>
    changes && type === 'delete' && (stored === undefined || stored.isRemoved);

  /** One attempt after the other, each on what was read of these documents; `known` are the writes whose documents were read. */
  const settle = async (writes: readonly Prepared[]): Promise<WriteOutcome> => {
    const token = randomUUID();
    let known: readonly Prepared[] = writes.filter(mustBeRead);
    let seen = await read(known);
    let mayBeDone = false;
    for (let attempt = 1; ; attempt++) {
      const storedOf = ({ name }: Prepared): Stored | undefined => seen.get(name);
      // A write whose answer was lost is sent again, and refused because of itself.
      if (attempt > 1 && writes.some((write) => write.type !== 'check' && storedOf(write)?.write === token)) return { written: true };
      // A deletion leaves nothing to know itself by: it is done where nothing is left.
      if (mayBeDone && isGone(writes, storedOf)) return { written: true };
      const conflict = writes.findIndex((write) => known.includes(write) && !holds(write.if, storedOf(write)));
      if (conflict >= 0) return { written: false, conflict };
      const requests = writes
        .filter((write) => !isIdle(write, storedOf(write)))
        .map((write) => request(write, preconditionOf(write, storedOf(write), known.includes(write)), token));
      const outcome = requests.length === 0 ? 'committed' : await commit(requests, attempt);
      if (outcome === 'committed') return { written: true };
      mayBeDone ||= outcome === 'refused, and may be done';
      // Others were faster; who comes again at once meets them again.
      if (attempt > 1) await backoff.wait(backoff.random() * Math.min(longestWait, 5 * 2 ** attempt));
      known = writes;
      seen = await read(known);
    }
  };

  /** Refused where a precondition did not hold. */
  const commit = async (requests: readonly FirestoreWrite[], attempt: number) => {
    try {
      await collection.commit(requests);
      return 'committed';
    } catch (error) {
      if (attempt < mostRounds && isGcpError(error, ...refusals)) return error.details.mayBeDone ? 'refused, and may be done' : 'refused';
      throw isTooLarge(error) ? itemTooLargeHere() : error;
    }
  };

  return async (writes: readonly Write[]): Promise<WriteOutcome> => settle(writes.map(prepared));
};

const isGone = (writes: readonly Prepared[], storedOf: (write: Prepared) => Stored | undefined): boolean => {
  const changing = writes.filter(({ type }) => type !== 'check');
  return changing.length > 0 && changing.every((write) => write.type === 'delete' && storedOf(write) === undefined);
};

/** Firestore's own limits: 1 MiB a document, and 40,000 index entries, which many small values in lists may come to. */
const isTooLarge = (error: unknown): boolean =>
  isGcpError(error, 'INVALID_ARGUMENT') &&
  /exceeds the maximum allowed size|longer than \d+ bytes|too many index entries/i.test(error.details.message);
const itemTooLargeHere = (): Rejected =>
  new Rejected(failed('too-large', 'item-too-large', 'An item is too large for Firestore, by its bytes or by what of it is indexed.'));

/** How often a write is judged again because others wrote the same documents without its condition coming to fail. */
const mostRounds = 12;
/** In milliseconds. */
const longestWait = 1_000;
