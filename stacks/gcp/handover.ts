import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

/** A subscription that was just made, its topic, and which of the topic's subscriptions (by id) it is there instead of. */
export type Handover = {
  readonly project: string;
  readonly topic: string;
  readonly subscription: string;
  readonly replaces: (id: string) => boolean;
};

export type Google = {
  readonly accessToken: string;
  readonly ask?: typeof fetch;
  readonly now?: () => number;
  readonly wait?: (millis: number) => Promise<unknown>;
};

/** Where the provider itself is told that services are. */
const pubSub = () => process.env.GOOGLE_PUBSUB_CUSTOM_ENDPOINT ?? 'https://pubsub.googleapis.com/v1/';
const monitoring = () => process.env.GOOGLE_MONITORING_CUSTOM_ENDPOINT ?? 'https://monitoring.googleapis.com/';

/** As long as a subscription keeps what it could not deliver, and handlers remember what they have seen. */
const longestMillis = 7 * 86_400_000;
const lookBackMillis = 3_600_000;
/** Clocks of Pub/Sub's servers differ. */
const skewMillis = 60_000;
const tries = 5;

/**
 * Has a new subscription deliver what those before it had not delivered yet, so that they can go at once: the topic still has it, and `seek` puts the
 * new one back to the oldest of it. Says since when everything comes (again), or nothing where there was none before. Handlers skip what they have
 * seen. Throws where Google refuses, with what to do by hand.
 */
export const takeOver = async (handover: Handover, google: Google): Promise<Date | undefined> => {
  const { subscription } = handover;
  const { now = Date.now } = google;
  try {
    const earlier = (await subscriptionsOf(handover.topic, google)).filter(handover.replaces);
    if (earlier.length === 0) return undefined;
    const oldest = await Promise.all(earlier.map((id) => oldestOf(id, handover.project, google)));
    const since = new Date(Math.min(...oldest));
    await call(google, `${pubSub()}${subscription}:seek`, { time: since.toISOString() });
    return since;
  } catch (error) {
    const id = subscription.split('/').at(-1);
    const longest = new Date(now() - longestMillis).toISOString();
    throw new Error(
      `${id} is there, and was not put back to what the subscription before it has not delivered (${said(error)}). The topic keeps that. ` +
        `Before the next update: gcloud pubsub subscriptions seek ${id} --time ${longest} (or whatever later time has been dealt with).`,
      { cause: error },
    );
  }
};

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const Subscriptions = z.object({ subscriptions: z.array(z.string()).default([]), nextPageToken: z.string().optional() });

/** The ids of all subscriptions of a topic. */
const subscriptionsOf = async (topic: string, google: Google): Promise<readonly string[]> => {
  const ids: string[] = [];
  let token: string | undefined = '';
  while (token !== undefined) {
    const page = Subscriptions.parse(await call(google, `${pubSub()}${topic}/subscriptions?pageSize=1000&pageToken=${token}`));
    ids.push(...page.subscriptions.map((name) => name.split('/').at(-1) ?? name));
    token = page.nextPageToken || undefined;
  }
  return ids;
};

const Points = z.array(z.object({ interval: z.object({ endTime: z.iso.datetime() }), value: z.object({ int64Value: z.coerce.number() }) }));
const Series = z.object({ timeSeries: z.array(z.object({ points: Points })).default([]) });

/**
 * Before when a subscription had delivered everything, in milliseconds since 1970. Cloud Monitoring tells of it minutes later, which does no harm: what
 * was delivered then is delivered now. A subscription that it says nothing of may have kept all that it ever could.
 */
const oldestOf = async (id: string, project: string, google: Google): Promise<number> => {
  const now = (google.now ?? Date.now)();
  const query = new URLSearchParams({
    filter: `metric.type="pubsub.googleapis.com/subscription/oldest_unacked_message_age" AND resource.labels.subscription_id="${id}"`,
    'interval.startTime': new Date(now - lookBackMillis).toISOString(),
    'interval.endTime': new Date(now).toISOString(),
  });
  const { timeSeries } = Series.parse(await call(google, `${monitoring()}v3/projects/${project}/timeSeries?${query}`));
  const points = timeSeries.flatMap((one) => one.points).map(({ interval, value }) => ({ at: Date.parse(interval.endTime), ...value }));
  const [newest] = points.sort((one, other) => other.at - one.at);
  return newest === undefined ? now - longestMillis : newest.at - newest.int64Value * 1000 - skewMillis;
};

const isWorthAnother = (status: number): boolean => status === 404 || status === 429 || status >= 500;

/** A GET, or a POST where there is something to say. What was just made or granted may be unknown for some seconds. */
const call = async ({ accessToken, ask = fetch, wait = sleep }: Google, url: string, body?: object): Promise<unknown> => {
  const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
  for (let attempt = 1; ; attempt += 1) {
    const signal = AbortSignal.timeout(30_000);
    const answer = await ask(url, { headers, signal, ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }) });
    if (answer.ok) return answer.json();
    const why = `${answer.status} from ${new URL(url).host}: ${(await answer.text()).slice(0, 300)}`;
    if (attempt === tries || !isWorthAnother(answer.status)) throw new Error(why);
    await wait(1000 * 2 ** attempt);
  }
};
