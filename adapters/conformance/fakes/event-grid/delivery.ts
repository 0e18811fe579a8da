import { randomUUID } from 'node:crypto';
import type { PublishedEvent } from './cloud-events.ts';
import type { Destination } from './destinations.ts';
import type { EventSubscriptionFilter } from './filters.ts';

export type EventSubscription = {
  readonly name: string;
  readonly filter?: EventSubscriptionFilter;
  /** 30 attempts within 1,440 minutes unless told otherwise. */
  readonly retryPolicy?: { readonly maxDeliveryAttempts?: number; readonly eventTimeToLiveInMinutes?: number };
  readonly destination: Destination;
  /** Takes what is given up as a blob; without it, that is dropped. */
  readonly deadLetter?: (blobName: string, content: string) => Promise<void>;
};

export type Timing = {
  /** Real milliseconds for each second of the service's schedule. */
  readonly millisPerSecond: number;
  wait(millis: number): Promise<void>;
  now(): number;
};

type Attempted = { readonly attempts: number; readonly status: number; readonly at: number };

/** Seconds between attempts, as documented; the last one again and again. */
const schedule = [10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200];
/** Seconds that a status makes the next attempt wait at least. */
const atLeast: { readonly [status: number]: number } = { 401: 300, 404: 300, 408: 120, 503: 30 };
const deadLetterDelaySeconds = 300;

const waitSeconds = ({ attempts, status }: Attempted): number =>
  Math.max(schedule[Math.min(attempts, schedule.length) - 1] ?? 10, atLeast[status] ?? 10);

const isDelivered = (status: number): boolean => status >= 200 && status <= 204;

/** Delivers one event to one subscription until it is taken, given up or too old. `isGone` ends it between attempts. */
export const deliver = async (
  event: PublishedEvent,
  subscription: EventSubscription,
  timing: Timing,
  isGone: () => boolean,
): Promise<void> => {
  const { maxDeliveryAttempts = 30, eventTimeToLiveInMinutes = 1440 } = subscription.retryPolicy ?? {};
  const publishedAt = timing.now();
  let last: Attempted = { attempts: 0, status: 0, at: publishedAt };
  let reason = 'MaxDeliveryAttemptsExceeded';
  let waited = 0;
  while (last.attempts < maxDeliveryAttempts) {
    if (waited >= eventTimeToLiveInMinutes * 60) {
      reason = 'TimeToLiveExceeded';
      break;
    }
    last = await attempt(event, subscription, last.attempts + 1, timing);
    if (isDelivered(last.status)) return;
    if (subscription.destination.givesUpAt.includes(last.status)) {
      reason = 'UndeliverableDueToClientError';
      break;
    }
    const seconds = last.attempts < maxDeliveryAttempts ? waitSeconds(last) : 0;
    waited += seconds;
    await timing.wait(seconds * timing.millisPerSecond);
    if (isGone()) return;
  }
  await timing.wait(deadLetterDelaySeconds * timing.millisPerSecond);
  if (!isGone()) await subscription.deadLetter?.(blobNameOf(subscription.name, timing.now()), contentOf(event, reason, last, publishedAt));
};

const attempt = async (
  event: PublishedEvent,
  { name, destination }: EventSubscription,
  count: number,
  { now }: Timing,
): Promise<Attempted> => {
  const status = await destination.send({ event, subscription: name, attempt: count }).catch(() => 503);
  return { attempts: count, status, at: now() };
};

/** Blobs are filed under the subscription's name in capitals and the hour. */
const blobNameOf = (subscription: string, now: number): string => {
  const at = new Date(now);
  const hour = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate(), at.getUTCHours()].join('/');
  return `${subscription.toUpperCase()}/${hour}/${randomUUID()}.json`;
};

const outcomes: { readonly [status: number]: string } = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  408: 'TimedOut',
  413: 'PayloadTooLarge',
  503: 'Busy',
};

/** The event in an array, with the reason beside its attributes. */
const contentOf = (event: PublishedEvent, reason: string, { attempts, status, at }: Attempted, publishedAt: number): string =>
  JSON.stringify([
    {
      ...event,
      deadletterreason: reason,
      deliveryattempts: attempts,
      lastdeliveryoutcome: outcomes[status] ?? 'Aborted',
      lasthttpstatuscode: status,
      publishtime: new Date(publishedAt).toISOString(),
      lastdeliveryattempttime: new Date(at).toISOString(),
    },
  ]);
