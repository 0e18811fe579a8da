import type { PortsOf } from '../kernel/handler.ts';
import { type models, uploads } from './context.ts';

/** Longer than any upload may take. */
const abandonedAfterMillis = 60 * 60_000;

/**
 * Removes what uploads have left that never came to their end: the process died, or the machine did. What cannot be removed keeps nothing else from
 * being removed; all that failed is thrown together at the end.
 */
export const everyUploadSweep = async ({ artifacts, clock }: Pick<PortsOf<typeof models>, 'artifacts' | 'clock'>): Promise<void> => {
  const newest = new Date(clock.now().getTime() - abandonedAfterMillis).toISOString();
  const failures: Error[] = [];
  const remove = (key: string): Promise<void> =>
    artifacts.delete(key).catch((error: unknown) => {
      failures.push(new Error(`${key}: ${error instanceof Error ? error.message : String(error)}`, { cause: error }));
    });
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof artifacts.list>> = await artifacts.list(uploads, cursor === null ? {} : { cursor });
    for (const { key, modifiedAt } of page.items) if (modifiedAt < newest) await remove(key);
    cursor = page.next;
  } while (cursor !== null);
  if (failures.length > 0)
    throw new AggregateError(
      failures,
      `${failures.length} uploads could not be removed: ${failures.map(({ message }) => message).join('; ')}`,
    );
};
