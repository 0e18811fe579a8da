import type { Environment } from './group-commit.ts';
import { rejectionOf } from './group-commit.ts';
import { kinds, successor } from './table-keys.ts';

/** Short ids for names (of tables, indexes, queues), given once and kept for good: every key begins with one. */
export type Names = {
  /** The id of a name, and whether it is new. Throws `Rejected` `storage-full`. */
  idOf(name: string): { readonly id: number; readonly isNew: boolean };
  /** Names given so far that begin with `prefix`. */
  known(prefix: string): readonly string[];
  /** Forgets a name: it gets another id when it comes again. */
  forget(name: string): void;
};

const keyOf = (name: string): Buffer => Buffer.concat([Buffer.from([kinds.name]), Buffer.from(name)]);
/** Names are not empty, so this key is none of theirs. */
const counterKey = keyOf('\0');

export const names = (environment: Environment): Names => {
  const give = (name: string): number => {
    const id = (environment.get(counterKey)?.readUInt16BE(0) ?? 0) + 1;
    const bytes = Buffer.from([id >> 8, id & 255]);
    durably(environment, () => {
      environment.put(counterKey, bytes);
      environment.put(keyOf(name), bytes);
    });
    return id;
  };
  return {
    idOf(name) {
      const given = environment.get(keyOf(name))?.readUInt16BE(0);
      return given === undefined ? { id: give(name), isNew: true } : { id: given, isNew: false };
    },
    known: (prefix) =>
      [...environment.getKeys({ start: keyOf(prefix), end: successor(keyOf(prefix)) })].map((key) => key.toString('utf8', 1)),
    forget: (name) => durably(environment, () => void environment.remove(keyOf(name))),
  };
};

/** One transaction of its own, on disk when it returns; for what happens while a store is opened, never while it serves. */
export const durably = (environment: Environment, write: () => void): void => {
  try {
    environment.transactionSync(write);
  } catch (error) {
    throw rejectionOf(error);
  }
};
