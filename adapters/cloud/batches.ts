/** How much one call takes. */
export type BatchLimit = { readonly entries: number; readonly bytes: number };

/** Entries in their order, as many to a batch as a call takes. One that is larger than the limit makes a batch of its own. */
export const batchesOf = <T>(all: readonly T[], bytesOf: (entry: T) => number, limit: BatchLimit): readonly (readonly T[])[] => {
  const batches: T[][] = [];
  let bytes = 0;
  for (const entry of all) {
    const last = batches.at(-1);
    const size = bytesOf(entry);
    if (last === undefined || last.length === limit.entries || bytes + size > limit.bytes) {
      batches.push([entry]);
      bytes = size;
    } else {
      last.push(entry);
      bytes += size;
    }
  }
  return batches;
};
