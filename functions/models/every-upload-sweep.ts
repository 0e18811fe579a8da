import type { PortsOf } from '../kernel/handler.ts';
import { type models, uploads } from './context.ts';

/** Longer than any upload may take. */
const abandonedAfterMillis = 60 * 60_000;

/** Removes what uploads have left that never came to their end: the process died, or the machine did. */
export const everyUploadSweep = async ({ artifacts, clock }: Pick<PortsOf<typeof models>, 'artifacts' | 'clock'>): Promise<void> => {
  const newest = new Date(clock.now().getTime() - abandonedAfterMillis).toISOString();
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof artifacts.list>> = await artifacts.list(uploads, cursor === null ? {} : { cursor });
    for (const { key, modifiedAt } of page.items) if (modifiedAt < newest) await artifacts.delete(key);
    cursor = page.next;
  } while (cursor !== null);
};
