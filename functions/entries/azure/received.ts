import type { InvocationContext } from '@azure/functions';
import { backoffWithJitter } from '../../../domain/kernel/backoff.ts';
import type { QueuePolicy } from '../../../domain/kernel/queue.ts';
import { sentOf } from '../given-up.ts';
import type { Receipt } from './cloud.ts';
import type { Azure } from './function-app.ts';
import { poisonText } from './poison.ts';

/** A message as the trigger hands it over: its JSON parsed, or text where it is none; what was sent; and how often it was delivered. */
export type Received = { readonly content: unknown; readonly text: string; readonly id: string; readonly attempt: number };

/** Metadata of the queue trigger, as @azure/functions spells them. */
type Metadata = { readonly id?: string; readonly popReceipt?: string; readonly dequeueCount?: number };

/** How a queue is delivered from: `attempts` is without end where a message is not given up. */
export type Delivery = { readonly queue: string } & Pick<QueuePolicy, 'attempts' | 'backoff'>;

/**
 * Handles one message. One that fails is hidden for a back-off of its own and fails the call, so that it comes again: the runtime's own attempt to
 * show it sooner finds that its receipt is of the past. After its last attempt it goes to the poison queue, and is done.
 */
export const receive = async (
  { cloud, log }: Azure,
  { queue, attempts, backoff }: Delivery,
  [message, context]: readonly [unknown, InvocationContext],
  handle: (received: Received) => Promise<void>,
): Promise<void> => {
  const { id = '', popReceipt = '', dequeueCount = 1 } = (context.triggerMetadata ?? {}) as Metadata;
  const attempt = Number(dequeueCount);
  const [content, text] = typeof message === 'string' ? [sentOf(message), message] : [message, JSON.stringify(message)];
  const received = { content, text, id, attempt };
  try {
    await handle(received);
  } catch (error) {
    const fields = { message_id: id, queue, attempt };
    if (attempt >= attempts) {
      log.error('a message was given up', error, fields);
      await cloud.poison(queue, poisonText(received, error));
      return;
    }
    log.error('a delivery failed and will be made again', error, fields);
    await postpone({ cloud, log }, queue, { id, popReceipt }, backoffWithJitter(attempt, backoff.baseSeconds, backoff.maxSeconds));
    throw error;
  }
};

/** Without a back-off of its own a message comes again after the time-out that the host has for all. */
const postpone = async ({ cloud, log }: Pick<Azure, 'cloud' | 'log'>, queue: string, receipt: Receipt, seconds: number): Promise<void> => {
  const warn = (reason: unknown) => log.warn('a back-off could not be set', { message_id: receipt.id, queue, reason: String(reason) });
  await cloud.postpone(queue, receipt, Math.round(seconds)).catch(warn);
};
