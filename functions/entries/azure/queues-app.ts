import type { BoundContext } from '../bound-context.ts';
import { functionsOf } from '../functions.ts';
import { workOff, worksByQueue, worksOf } from '../works.ts';
import { type Azure, connections, type FunctionApp, functionName } from './function-app.ts';
import { receive } from './received.ts';

/** Hands the messages of queues to the workers of these contexts, each apart: the runtime hands over no batches. */
export const registerQueues = (app: FunctionApp, bound: readonly BoundContext[], azure: Azure): void => {
  const works = worksByQueue(worksOf(bound, functionsOf(bound, azure).portsFor), azure.environment);
  for (const [queue, work] of works)
    app.storageQueue(functionName('work', queue), {
      queueName: queue,
      connection: connections.storage,
      handler: (...call) =>
        receive(azure, { queue, ...work.policy }, call, async ({ id, content, attempt }) =>
          workOff(work, { id, body: await azure.cloud.bodyOf(content), attempt }),
        ),
    });
};
