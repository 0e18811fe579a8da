import type { IncomingMessage, ServerResponse } from 'node:http';
import { matchesPubSubFilter, type PubSubFilter, parsePubSubFilter } from '../../../../adapters/conformance/fakes/pubsub-filter.ts';
import type { CallFunction } from './calls.ts';
import { bodyOf } from './forward.ts';

/** Where a subscription pushes, as whom, and what it lets through. */
export type PushTo = { readonly url: string; readonly account: string; readonly audience: string; readonly filter: string };

/**
 * Push subscriptions by their full names. The emulator pushes everything here, also what was published before there was the subscription; what was published
 * since, or since when it was put back to, and what the filter lets through goes on with a token, as Pub/Sub sends it.
 */
export type Pushes = {
  declare(subscription: string, to: PushTo): void;
  /** It hears what was published since. */
  seek(subscription: string, since: Date): void;
  forget(subscription: string): void;
  receive(subscription: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
};

type Declared = PushTo & { readonly parsed: PubSubFilter; readonly since: number };
type Message = { readonly attributes?: Readonly<Record<string, string>>; readonly publishTime?: string };
type Envelope = { readonly message?: Message };

const isWanted = ({ parsed, since }: Declared, { attributes = {}, publishTime }: Message): boolean =>
  matchesPubSubFilter(parsed, attributes) && (publishTime === undefined || Date.parse(publishTime) >= since);

export const makePushes = (call: CallFunction): Pushes => {
  const all = new Map<string, Declared>();
  return {
    declare: (subscription, to) =>
      void all.set(subscription, { ...to, parsed: parsePubSubFilter(to.filter), since: all.get(subscription)?.since ?? Date.now() }),
    seek(subscription, since) {
      const to = all.get(subscription);
      if (to !== undefined) all.set(subscription, { ...to, since: since.getTime() });
    },
    forget: (subscription) => void all.delete(subscription),
    async receive(subscription, incoming, outgoing) {
      const body = await bodyOf(incoming);
      const to = all.get(subscription);
      if (to === undefined) return void outgoing.writeHead(404).end();
      const { message = {} } = JSON.parse(body.toString()) as Envelope;
      const status = isWanted(to, message) ? await call(to.url, to, { headers: { 'content-type': 'application/json' }, body }) : 204;
      outgoing.writeHead(status).end();
    },
  };
};
