import { createHash } from 'node:crypto';
import { orReject } from '../../../domain/kernel/failure.ts';
import type { Change } from '../../../domain/kernel/table.ts';
import { failedChanges, qualifiedName } from '../../kernel/resources.ts';
import type { Cloud } from '../cloud.ts';
import type { Progress } from './doorbell.ts';
import type { Place } from './drain.ts';

/** How often drains have failed at a change, this time included. Only a partition that fails has such a record: `<times>@<sequence>`. */
export const failedAgain = async (progress: Progress, { table, partition }: Place, { sequence }: Change): Promise<number> => {
  const of = `~failing#${partition}`;
  const known = await progress.get(table, of);
  const [times = '0', at] = split(known?.sequence ?? '');
  const count = at === sequence ? Number(times) + 1 : 1;
  // Where another drain fails at the same time, one of the two counts.
  await progress.put(table, of, `${count}@${sequence}`, known?.tag);
  return count;
};

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
