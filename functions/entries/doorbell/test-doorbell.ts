import type { ObjectStore } from '../../../domain/kernel/object-store.ts';
import type { Change } from '../../../domain/kernel/table.ts';
import type { Doorbell, Progress } from './doorbell.ts';

/** Progress in memory; every put makes a new tag. */
export const testProgress = (): Progress => {
  const records = new Map<string, { readonly sequence: string; readonly tag: string }>();
  let tags = 0;
  return {
    get: async (table, of) => records.get(`${table}\n${of}`),
    put: async (table, of, sequence, tag) => {
      const key = `${table}\n${of}`;
      if (records.get(key)?.tag !== tag) return false;
      records.set(key, { sequence, tag: String(++tags) });
      return true;
    },
  };
};

/** A bell over lists of changes, oldest first, and the time that each bears; any time where `timeOf` is not given. */
export const testDoorbell = (
  changesOf: (table: string) => readonly Change[],
  timeOf: (change: Change) => Date = () => new Date(8.64e15),
  progress: Progress = testProgress(),
): Doorbell => ({
  reading:
    (table, partition) =>
    async (sequence = '', limit) =>
      changesOf(table)
        .filter((change) => change.key.pk === partition && change.sequence > sequence)
        .slice(0, limit),
  async *changedSince(table, since) {
    for (const change of changesOf(table)) if (timeOf(change) >= since) yield change.key.pk;
  },
  progress,
});

/** A store that keeps what is put into it as text, and does nothing else. */
export const testObjects = () => {
  const objects = new Map<string, string>();
  const put = async (key: string, body: AsyncIterable<Uint8Array>) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    objects.set(key, Buffer.concat(chunks).toString());
    return {};
  };
  return { objects, store: { put } as unknown as ObjectStore };
};
