import { type Draining, drain } from './drain.ts';

const atOnce = 8;

/** Drains each partition once, some at the same time; one that fails keeps none from being drained. */
export const drainAll = async (
  draining: Draining,
  table: string,
  partitions: AsyncIterable<string> | Iterable<string>,
): Promise<{ readonly error: unknown } | undefined> => {
  const seen = new Set<string>();
  const busy = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const begin = (partition: string): void => {
    seen.add(partition);
    const drained = drain(draining, table, partition)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => busy.delete(drained));
    busy.add(drained);
  };
  try {
    for await (const partition of partitions) {
      if (!seen.has(partition)) begin(partition);
      if (busy.size >= atOnce) await Promise.race(busy);
    }
  } finally {
    await Promise.all(busy);
  }
  return failure;
};
