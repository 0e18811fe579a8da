import type { IncomingMessage, ServerResponse } from 'node:http';
import { matchesPubSubFilter, type PubSubFilter, parsePubSubFilter } from '../../../../adapters/conformance/fakes/pubsub-filter.ts';
import type { CallFunction } from './calls.ts';
import { bodyOf } from './forward.ts';

/** Where a subscription pushes, as whom, and what it lets through. */
export type PushTo = { readonly url: string; readonly account: string; readonly audience: string; readonly filter: string };

/** Push subscriptions by their full names. The emulator pushes everything here; what the filter lets through goes on with a token, as Pub/Sub sends it. */
export type Pushes = {
  declare(subscription: string, to: PushTo): void;
  forget(subscription: string): void;
  receive(subscription: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
};

type Declared = PushTo & { readonly parsed: PubSubFilter };
type Envelope = { readonly message?: { readonly attributes?: Readonly<Record<string, string>> } };

export const makePushes = (call: CallFunction): Pushes => {
  const all = new Map<string, Declared>();
  return {
    declare: (subscription, to) => void all.set(subscription, { ...to, parsed: parsePubSubFilter(to.filter) }),
    forget: (subscription) => void all.delete(subscription),
    async receive(subscription, incoming, outgoing) {
      const body = await bodyOf(incoming);
      const to = all.get(subscription);
      if (to === undefined) return void outgoing.writeHead(404).end();
      const { message } = JSON.parse(body.toString()) as Envelope;
      const isWanted = matchesPubSubFilter(to.parsed, message?.attributes ?? {});
      const status = isWanted ? await call(to.url, to, { headers: { 'content-type': 'application/json' }, body }) : 204;
      outgoing.writeHead(status).end();
    },
  };
};
