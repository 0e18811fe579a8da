import * as z from 'zod';
import type { BoundContext } from '../bound-context.ts';
import { rungBy } from '../doorbell/rung.ts';
import type { FetchApp } from '../fetch-app.ts';
import { type Google, pushFunction } from './push-function.ts';

/** What `settled` asks for: that these partitions of a table are drained before it is answered. */
const DrainRequest = z.object({ table: z.string(), partitions: z.array(z.string()) });

/**
 * Drains what changed in the tables of these contexts: the partition of the document that an Eventarc trigger tells of at `/changes/<table>` (binary
 * mode: `ce-document` is its name), partitions that are asked for at `/drain`, and all that nobody rang for at `/sweep`.
 */
export const changesFunction = (bound: readonly BoundContext[], google: Google): FetchApp => {
  const rung = rungBy(bound, google);
  return pushFunction(google, {
    changes: async ({ name, headers }) => {
      const partition = google.cloud.partitionOf(headers.get('ce-document') ?? headers.get('ce-subject') ?? '');
      if (partition !== undefined) await rung.drain(name, [partition]);
    },
    drain: async ({ body }) => {
      const { table, partitions } = z.parse(DrainRequest, body);
      await rung.drain(table, partitions);
    },
    sweep: () => rung.sweep(),
  });
};
