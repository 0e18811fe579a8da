import { monotonicFactory } from 'ulid';
import type { Ids } from '../../domain/kernel/ids.ts';

/** ULIDs (https://github.com/ulid/spec), strictly increasing within the process, also within one millisecond. */
export const ulidIds = (): Ids => {
  const ulid = monotonicFactory();
  return { next: () => ulid() };
};
