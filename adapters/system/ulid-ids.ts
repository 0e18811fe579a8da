import { randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';
import type { Ids } from '../../domain/kernel/ids.ts';

/** ULIDs (https://github.com/ulid/spec), strictly increasing within the process, also within one millisecond. */
export const ulidIds = (): Ids => {
  const ulid = monotonicFactory(pooledRandom());
  return { next: () => ulid() };
};

/** Numbers from 0 up to 1 from a pool of the system's randomness: one call for 2,048 of them instead of one for each. */
const pooledRandom = (): (() => number) => {
  const pool = new Uint32Array(2048);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    return (pool[used++] as number) / 2 ** 32;
  };
};
