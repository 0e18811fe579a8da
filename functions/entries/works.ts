import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Message, QueuePolicy, Worker } from '../../domain/kernel/queue.ts';
import type { ContextDeclaration } from '../kernel/context.ts';
import { queueOf, resourceVariable } from '../kernel/resources.ts';
import { type BoundContext, workerOf } from './bound-context.ts';
import type { Environment } from './opened.ts';
import { type Ports, qualified } from './ports.ts';

export type Work = { readonly worker: Worker; readonly policy: QueuePolicy };

/** The workers of these contexts' queues, by the queues' qualified names. */
export const worksOf = (bound: readonly BoundContext[], portsFor: (declaration: ContextDeclaration) => Ports): ReadonlyMap<string, Work> =>
  new Map(
    bound.flatMap((context) =>
      Object.entries(context.declaration.queues).map(([queue, { policy }]) => [
        qualified(context.declaration.name, queue),
        { worker: workerOf(context, queue, portsFor(context.declaration)), policy },
      ]),
    ),
  );

/** The same by the names that the queues have in the cloud; one that this function was not told of is left out. */
export const worksByQueue = (works: ReadonlyMap<string, Work>, environment: Environment): ReadonlyMap<string, Work> =>
  new Map(
    [...works].flatMap(([name, work]) => {
      const [context = '', queue = ''] = name.split('.');
      const url = environment[resourceVariable(queueOf(context, queue))];
      return url === undefined ? [] : [[nameInUrl(url), work] as const];
    }),
  );

/** The last part of a queue's URL. */
export const nameInUrl = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

/** Throws `Rejected` `unknown-queue`. */
export const workOf = (works: ReadonlyMap<string, Work>, queue: string): Work => {
  const work = works.get(queue);
  if (work === undefined) throw new Rejected(failed('invalid', 'unknown-queue', `No queue that is worked off here is called "${queue}".`));
  return work;
};

/** Has one message worked off; throws where the worker failed or says so. */
export const workOff = async ({ worker }: Work, message: Message): Promise<void> => {
  const { failed: ids } = await worker([message]);
  if (ids.length > 0) throw new Rejected(failed('unavailable', 'work-failed', 'The worker says that it could not do this message.'));
};
