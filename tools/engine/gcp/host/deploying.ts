import type { IncomingMessage, ServerResponse } from 'node:http';
import { deployerToken } from '../project.ts';
import { bodyOf, forward } from './forward.ts';
import { refuse } from './front.ts';
import type { Pushes } from './pushes.ts';

/** What Cloud Monitoring saw of a subscription: when, and how old its oldest message was that had not been delivered. */
export type Age = { readonly at: Date; readonly seconds: number };
/** By the ids of subscriptions; of others Cloud Monitoring says nothing. */
export type Ages = Map<string, Age>;

/** Answers what an update asks Google beside the provider: who hears of a topic, how far a subscription got, and to put one back. */
export type Deploying = (path: string, incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

export const makeDeploying = (pubSub: string, pushes: Pushes, ages: Ages): Deploying => {
  /** https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.timeSeries/list */
  const seriesOf = (filter: string): object => {
    const age = ages.get(/resource\.labels\.subscription_id="([^"]+)"/.exec(filter)?.[1] ?? '');
    if (!filter.startsWith('metric.type="pubsub.googleapis.com/subscription/oldest_unacked_message_age"') || age === undefined) return {};
    const interval = { startTime: age.at.toISOString(), endTime: age.at.toISOString() };
    return { timeSeries: [{ points: [{ interval, value: { int64Value: String(age.seconds) } }] }] };
  };
  return async (path, incoming, outgoing) => {
    if (incoming.headers.authorization !== `Bearer ${deployerToken}`) return refuse(outgoing, 'UNAUTHENTICATED', 'Nobody deploys.');
    const { pathname, searchParams } = new URL(path, pubSub);
    if (/^\/v3\/projects\/[^/]+\/timeSeries$/.test(pathname)) {
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(seriesOf(searchParams.get('filter') ?? '')));
      return;
    }
    const { authorization: _, host: __, ...headers } = incoming.headers;
    const body = await bodyOf(incoming);
    const [, subscription] = /^\/v1\/(projects\/[^/]+\/subscriptions\/[^/:]+):seek$/.exec(pathname) ?? [];
    if (subscription !== undefined) pushes.seek(subscription, new Date((JSON.parse(body.toString()) as { readonly time: string }).time));
    await forward(incoming, outgoing, { endpoint: pubSub, path, headers, body });
  };
};
