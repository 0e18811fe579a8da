import { createHash } from 'node:crypto';
import { orReject, Rejected } from '../../../domain/kernel/failure.ts';
import type { Change } from '../../../domain/kernel/table.ts';
import { failedChanges, qualifiedName } from '../../kernel/resources.ts';
import type { Cloud } from '../cloud.ts';
import type { Progress } from './doorbell.ts';
import type { Place } from './drain.ts';

/** How often in a row drains may fail at the same change. */
export const mostFailures = 10;
/** The same where the change is not to blame: an outage of the bus may last for hours, and must not put aside what comes first in each partition. */
const mostOutages = 1000;

/** Whether a change has failed as often as is borne, this time included. Only a partition that fails has such a record: `<weight>@<sequence>`. */
export const failedTooOften = async (
  progress: Progress,
  { table, partition }: Place,
  { sequence }: Change,
  error: unknown,
): Promise<boolean> => {
  const of = `~failing#${partition}`;
  const known = await progress.get(table, of);
  const [before = '0', at] = split(known?.sequence ?? '');
  const weight = (at === sequence ? Number(before) : 0) + (isOutage(error) ? 1 : mostOutages / mostFailures);
  // Where another drain fails at the same time, one of the two counts.
  await progress.put(table, of, `${weight}@${sequence}`, known?.tag);
  return weight >= mostOutages;
};

const isOutage = (error: unknown): boolean => error instanceof Rejected && ['unavailable', 'timeout'].includes(error.failure.failure);

const split = (record: string): readonly [string, string] => {
  const at = record.indexOf('@');
  return [record.slice(0, at), record.slice(at + 1)];
};

/** Keeps a change whole, under the same name however often it is put aside. */
export const putAside = async (
  { objects, clock }: Pick<Cloud, 'objects' | 'clock'>,
  { table, partition }: Place,
  change: Change,
  error: unknown,
): Promise<void> => {
  const name = createHash('sha256').update(`${partition}\n${change.sequence}`).digest('hex');
  const kept = { table, ...change, at: clock.now().toISOString(), reason: String(error) };
  const body = new Blob([JSON.stringify(kept)]).stream();
  orReject(await objects(qualifiedName(failedChanges)).put(`${table}/${name}.json`, body, { contentType: 'application/json' }));
};
