import { givenUpOf, sourcesOf } from '../given-up.ts';
import { everyPeriod } from './cron.ts';
import { type Azure, connections, type FunctionApp, functionName } from './function-app.ts';
import { poisoned } from './poison.ts';
import { type Received, receive } from './received.ts';
import { collectUndelivered, undeliveredVariable } from './undelivered.ts';

/** What cannot be kept is never given up: it stays in its queue. */
const patience = { attempts: Number.POSITIVE_INFINITY, backoff: { baseSeconds: 1, maxSeconds: 300 } };
const collectSeconds = 300;

/**
 * Keeps what was given up where it can be listed and redriven: what is in the poison queues of `HYBRID_SUBSCRIPTIONS` and of the work queues, and
 * what Event Grid could not put into a queue at all, which it leaves in a container.
 */
export const registerDeadLetters = (app: FunctionApp, azure: Azure): void => {
  const sources = sourcesOf(azure.environment);
  for (const [queue, source] of sources) {
    const poison = `${queue}-poison`;
    app.storageQueue(functionName('dead-letters', queue), {
      queueName: poison,
      connection: connections.storage,
      handler: (...call) => receive(azure, { queue: poison, ...patience }, call, (received) => bury(azure, { queue, source }, received)),
    });
  }
  if (azure.environment[undeliveredVariable] !== undefined)
    app.timer('undelivered', { schedule: everyPeriod(collectSeconds), handler: () => collectUndelivered(azure, sources) });
};

type Origin = { readonly queue: string; readonly source: string };

const bury = async ({ cloud }: Azure, { queue, source }: Origin, received: Received): Promise<void> => {
  const { sent, ...told } = poisoned(received);
  const isWork = typeof sent === 'object' && sent !== null && !('specversion' in sent);
  const body = isWork ? await cloud.bodyOf(sent).catch(() => sent) : sent;
  const message = typeof sent === 'string' ? sent : JSON.stringify(sent);
  const diedAt = cloud.clock.now().toISOString();
  await cloud.bury(givenUpOf({ ...told, source, body, message, diedAt, queue, deadLetterQueue: `${queue}-poison` }));
};
