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
};

/** Bounds of a batch, far below what one transaction of LMDB can hold (512 MB of changed pages). */
const largestBatch = { writes: 2000, bytes: 32 * 1024 * 1024 } as const;

/**
 * Collects writes that come while others are under way and commits them together: one transaction and one flush serve them all, and nobody
 * is answered before the flush. The transaction is a synchronous one, flushed when it returns; that is faster than LMDB's write thread by
 * what the hand-over costs, and knows of no commit that fails behind the caller's back.
 */
export const groupCommit = (environment: Environment): GroupCommit => {
  let pending: Pending[] = [];
  let scheduled = false;
  let closed = false;
  const drained: (() => void)[] = [];
  const finishers = new Set<(transaction: Transaction) => void>();
  const notifications = new Set<() => void>();
  let batches = 0;
  const transaction: Transaction = {
    batch: () => batches,
    get: (key) => environment.getBinaryFast(key),
    put: (key, value) => void environment.put(key, value),
    remove: (key) => void environment.remove(key),
    afterCommit: (notify) => void notifications.add(notify),
    beforeCommit: (finish) => void finishers.add(finish),
  };

  const apply = (batch: readonly Pending[]) => {
    for (const one of batch) one.answer = one.work(transaction);
    for (const finish of finishers) finish(transaction);
  };

  const commit = (batch: readonly Pending[]) => {
    batches++;
    finishers.clear();
    notifications.clear();
    try {
      environment.transactionSync(() => apply(batch));
    } catch (error) {
      const rejected = rejectionOf(error);
      for (const one of batch) one.reject(rejected);
      return;
    }
    for (const one of batch) one.resolve(one.answer);
    for (const notify of notifications) notify();
  };

  const drain = () => {
    scheduled = false;
    const taken = howMany(pending);
    const batch = taken === pending.length ? pending : pending.slice(0, taken);
    pending = taken === pending.length ? [] : pending.slice(taken);
    commit(batch);
    if (pending.length > 0) schedule();
    else for (const done of drained.splice(0)) done();
  };

  /** After the input of this turn of the event loop: whatever else it brings goes into the same batch. */
  const schedule = () => {
    scheduled = true;
    setImmediate(drain);
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
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (fullCodes.has(code))
    return new Rejected(
      failed('storage-full', 'storage-full', 'The disk is full: nothing was written. Writes work again once there is room.'),
    );
  const rejected = new Rejected(failed('unavailable', 'storage-failed', 'The store could not write; nothing was written.'));
  rejected.cause = error;
  return rejected;
};
