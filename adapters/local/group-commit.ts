import { constants } from 'node:os';
import type { RootDatabase } from 'lmdb';
import { failed, Rejected } from '../../domain/kernel/failure.ts';

/** The one ordered map of bytes to bytes in which everything lies; `table-keys.ts` says what lies where. */
export type Environment = RootDatabase<Buffer, Buffer>;

/** What a write sees and does inside its batch: reads see the batch's earlier writes. */
export type Transaction = {
  /** Which batch this is; a number that never comes again in this process. */
  batch(): number;
  /** Valid until the next `get` only. */
  get(key: Buffer): Buffer | undefined;
  put(key: Buffer, value: Buffer): void;
  remove(key: Buffer): void;
  /** To be called once when the batch is on disk, however many of its writes asked for it. */
  afterCommit(notify: () => void): void;
  /** To be called once at the end of the batch, inside it. */
  beforeCommit(finish: (transaction: Transaction) => void): void;
};

/** A caller's part of a batch. It decides first whether it may write, and only then writes: what it has written stays, whatever it answers. */
export type Work<T> = (transaction: Transaction) => T;

export type GroupCommit = {
  /** Resolves once the work is on disk. `bytes` is about what it writes. Throws `Rejected` `storage-full`, `storage-failed` or `storage-closed`; then nothing of it was written. */
  write<T>(work: Work<T>, bytes?: number): Promise<T>;
  /** Refuses new writes and resolves when those accepted are on disk. */
  close(): Promise<void>;
};

type Pending = {
  readonly work: Work<unknown>;
  readonly bytes: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  answer: unknown;
  refused?: Rejected;
};

/** Bounds of a batch, far below what one transaction of LMDB can hold (512 MB of changed pages). */
const largestBatch = { writes: 2000, bytes: 32 * 1024 * 1024 } as const;

/**
 * Collects writes that come while others are under way and commits them together: one transaction and one flush serve them all, and nobody
 * is answered before the flush. LMDB's own thread writes and flushes, so that a slow disk delays who waits for it and nobody else.
 */
export const groupCommit = (environment: Environment): GroupCommit => {
  let pending: Pending[] = [];
  let scheduled = false;
  let closed = false;
  const drained: (() => void)[] = [];
  const finishers = new Set<(transaction: Transaction) => void>();
  const notifications = new Set<() => void>();
  let batches = 0;
  const heed = heeder();
  const transaction: Transaction = {
    batch: () => batches,
    get: (key) => environment.getBinaryFast(key),
    put: (key, value) => heed(environment.put(key, value)),
    remove: (key) => heed(environment.remove(key)),
    afterCommit: (notify) => void notifications.add(notify),
    beforeCommit: (finish) => void finishers.add(finish),
  };

  /** A work that throws is refused alone; it decides before it writes, so nothing of it was written. */
  const apply = (batch: readonly Pending[]) => {
    for (const one of batch)
      try {
        one.answer = one.work(transaction);
      } catch (error) {
        one.refused = rejectionOf(error);
      }
    for (const finish of finishers) finish(transaction);
  };

  const commit = async (batch: readonly Pending[]): Promise<void> => {
    batches++;
    finishers.clear();
    notifications.clear();
    const rejected = await durable(environment, () => apply(batch));
    for (const one of batch)
      if (rejected ?? one.refused) one.reject(rejected ?? one.refused);
      else one.resolve(one.answer);
    if (rejected === undefined) for (const notify of notifications) notify();
  };

  const drain = async () => {
    const taken = howMany(pending);
    const batch = taken === pending.length ? pending : pending.slice(0, taken);
    pending = taken === pending.length ? [] : pending.slice(taken);
    await commit(batch);
    if (pending.length > 0) return schedule();
    scheduled = false;
    for (const done of drained.splice(0)) done();
  };

  /** After the input of this turn of the event loop: whatever else it brings goes into the same batch. */
  const schedule = () => {
    scheduled = true;
    setImmediate(() => void drain());
  };

  return {
    write<T>(work: Work<T>, bytes = 0) {
      if (closed) return Promise.reject(new Rejected(failed('unavailable', 'storage-closed', 'The store is closed.')));
      return new Promise<T>((resolve, reject) => {
        pending.push({ work, bytes, resolve: resolve as (value: unknown) => void, reject, answer: undefined });
        if (!scheduled) schedule();
      });
    },
    async close() {
      closed = true;
      if (scheduled) await new Promise<void>((resolve) => drained.push(resolve));
    },
  };
};

/** Writes in one transaction that is on disk when this resolves; gives back why where it is not, and then nothing of it is. */
const durable = async (environment: Environment, write: () => void): Promise<Rejected | undefined> => {
  try {
    await environment.transaction(write);
    await withinReason(environment.flushed);
    return undefined;
  } catch (error) {
    return rejectionOf(await causeOf(error));
  }
};

const longestFlushMillis = 60_000;

/** LMDB says nothing of a flush that fails after its commit: it only never ends. */
const withinReason = async (flushed: PromiseLike<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Rejected(failed('unavailable', 'storage-failed', 'The disk did not confirm a write.'))),
      longestFlushMillis,
    );
  });
  await Promise.race([flushed, late]).finally(() => clearTimeout(timer));
};

const ignore = () => undefined;

/** Every single write has a promise of the commit, often the same one; a commit that fails is told to the callers by the transaction's own. */
const heeder = () => {
  let heeded: Promise<boolean> | undefined;
  return (commit: Promise<boolean>): void => {
    if (commit === heeded) return;
    heeded = commit;
    commit.then(ignore, ignore);
  };
};

/** LMDB rejects a commit with a promise of its cause, which nobody else awaits. */
const causeOf = async (error: unknown): Promise<unknown> => {
  if (typeof error !== 'object' || error === null || !('commitError' in error)) return error;
  return (error.commitError as Promise<never>).catch((cause: unknown) => cause);
};

const howMany = (pending: readonly Pending[]): number => {
  let bytes = 0;
  for (const [index, one] of pending.entries()) {
    bytes += one.bytes;
    if (index > 0 && (index >= largestBatch.writes || bytes > largestBatch.bytes)) return index;
  }
  return pending.length;
};

/** LMDB's `MDB_MAP_FULL` and what the system says of a medium that takes no more; an I/O error is how some file systems say it. */
const fullCodes: ReadonlySet<unknown> = new Set([
  -30792,
  constants.errno.ENOSPC,
  constants.errno.EFBIG,
  constants.errno.EDQUOT,
  constants.errno.EIO,
]);

/** A `storage-full` or `storage-failed` for what LMDB threw. */
export const rejectionOf = (error: unknown): Rejected => {
  if (error instanceof Rejected) return error;
  const code = numberOf(error);
  if (fullCodes.has(code))
    return new Rejected(
      failed('storage-full', 'storage-full', 'The disk is full: nothing was written. Writes work again once there is room.'),
    );
  const rejected = new Rejected(failed('unavailable', 'storage-failed', 'The store could not write; nothing was written.'));
  rejected.cause = error;
  return rejected;
};

/** LMDB says its own or the system's number in `code`; Node's file system the system's, negated, in `errno`. */
const numberOf = (error: unknown): unknown => {
  const { code, errno } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: unknown;
    readonly errno?: unknown;
  };
  return typeof errno === 'number' ? Math.abs(errno) : code;
};
