import type { Environment, Transaction } from './group-commit.ts';
import { kinds, prefixOf, successor, uint48 } from './table-keys.ts';

/**
 * The changes of one table, in the order in which they were committed: which key, not what was written there. A batch of writes leaves one
 * entry, keyed by its last sequence and holding the keys of all its changes, so that a change costs some bytes and not a write of its own.
 */
export type ChangeLog = {
  /** Notes a change of the item with this key, with the writes of the running batch. */
  record(transaction: Transaction, itemKey: Buffer): void;
  /** At most `limit` changes after `sequence`, oldest first. */
  read(after: number, limit: number): readonly LoggedChange[];
  /** The last sequence that a consumer has passed; of a new one, that before the oldest kept change. */
  checkpoint(consumer: string): number | undefined;
  /** Moves a consumer (makes it known, where it is new) and removes what all known consumers have passed. */
  advance(transaction: Transaction, consumer: string, sequence: number): void;
  /** The sequence before the oldest kept change. */
  start(): number;
  /** The sequence of the newest change on disk. */
  last(): number;
  /** Changes that are kept. */
  size(): number;
  listen(onChange: () => void): () => void;
};

export type LoggedChange = { readonly sequence: number; readonly itemKey: Buffer };

const keysPerEntry = 500;

export const changeLog = (environment: Environment, table: number): ChangeLog => {
  const entries = prefixOf(kinds.change, table);
  const checkpoints = prefixOf(kinds.checkpoint, table);
  const listeners = new Set<() => void>();
  const entryKey = (sequence: number) => Buffer.concat([entries, uint48(sequence)]);
  const sequenceOf = (key: Buffer) => key.readUIntBE(entries.length, 6);
  const entriesFrom = (sequence: number) => environment.getRange({ start: entryKey(sequence), end: successor(entries) });

  const allCheckpoints = () =>
    [...environment.getRange({ start: checkpoints, end: successor(checkpoints) })].map(({ key, value }) => ({
      consumer: key.toString('utf8', checkpoints.length),
      sequence: value.readUIntBE(0, 6),
    }));

  /** Never below what a consumer has seen, also where every change is trimmed: consumers remember sequences for good. */
  const lastSequence = () => {
    const [newest] = environment.getKeys({ start: successor(entries), end: entries, reverse: true, limit: 1 });
    return Math.max(newest === undefined ? 0 : sequenceOf(newest), ...allCheckpoints().map(({ sequence }) => sequence));
  };

  let last = lastSequence();
  let recorded: Buffer[] = [];
  let committed = last;
  let recordedIn = 0;

  const notify = () => {
    committed = last;
    for (const listener of listeners) listener();
  };

  const finish = (transaction: Transaction) => {
    for (let from = 0; from < recorded.length; from += keysPerEntry) {
      const keys = recorded.slice(from, from + keysPerEntry);
      last += keys.length;
      transaction.put(entryKey(last), pack(keys));
    }
    recorded = [];
    transaction.afterCommit(notify);
  };

  const start = () => {
    for (const { key, value } of entriesFrom(0)) return sequenceOf(key) - unpack(value).length;
    return last;
  };

  return {
    start,
    last: () => committed,
    record(transaction, itemKey) {
      // What a batch that failed has recorded must not come out with the next one.
      if (recordedIn !== transaction.batch()) recorded = [];
      recordedIn = transaction.batch();
      recorded.push(itemKey);
      transaction.beforeCommit(finish);
    },
    read(after, limit) {
      const changes: LoggedChange[] = [];
      for (const { key, value } of entriesFrom(after + 1)) {
        const keys = unpack(value);
        const first = sequenceOf(key) - keys.length + 1;
        for (const [index, itemKey] of keys.entries()) {
          if (changes.length === limit) return changes;
          if (first + index > after) changes.push({ sequence: first + index, itemKey });
        }
      }
      return changes;
    },
    checkpoint: (consumer) => allCheckpoints().find((one) => one.consumer === consumer)?.sequence,
    advance(transaction, consumer, sequence) {
      transaction.put(Buffer.concat([checkpoints, Buffer.from(consumer)]), uint48(sequence));
      const passed = Math.min(...allCheckpoints().map((one) => one.sequence));
      const keys = [...environment.getKeys({ start: entries, end: entryKey(passed + 1) })];
      for (const key of keys) transaction.remove(key);
    },
    size: () => {
      let count = 0;
      for (const { value } of entriesFrom(0)) count += unpack(value).length;
      return count;
    },
    listen(onChange) {
      listeners.add(onChange);
      return () => void listeners.delete(onChange);
    },
  };
};

const pack = (keys: readonly Buffer[]): Buffer => {
  const bytes = Buffer.allocUnsafe(keys.reduce((sum, key) => sum + 2 + key.length, 0));
  let at = 0;
  for (const key of keys) {
    bytes.writeUInt16BE(key.length, at);
    key.copy(bytes, at + 2);
    at += 2 + key.length;
  }
  return bytes;
};

const unpack = (bytes: Buffer): Buffer[] => {
  const keys: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 2 + bytes.readUInt16BE(at);
    keys.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return keys;
};
