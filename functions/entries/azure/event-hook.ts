import { type Failure, failed, isFailure, orReject } from '../../../domain/kernel/failure.ts';
import { parseJson, readBody } from '../../kernel/body.ts';
import type { BoundSubscriber } from '../bound-context.ts';
import { failureOf } from '../call-failures.ts';
import type { FetchApp } from '../fetch-app.ts';
import { refusal, refusedOf } from '../refusal.ts';
import { tell } from '../subscriptions.ts';
import { type Senders, senderVerifier } from './entra-token.ts';
import type { Azure } from './function-app.ts';

/** Below this path, each by the name of its queue, subscribers hear of events also by a web hook. */
export const hooksPath = 'events';

/** Event Grid sends a batch of 1 MB at most. */
const largestBytes = 2 * 1024 * 1024;
const origins: readonly string[] = ['eventgrid.azure.net'];
/** Requests a minute. */
const allowedRate = '6000';

export type EventHook = {
  readonly azure: Azure;
  readonly senders: Senders;
  /** Who hears what comes for a queue. */
  readonly heardBy: ReadonlyMap<string, readonly BoundSubscriber[]>;
};

/**
 * Takes CloudEvents that an Event Grid topic of somebody else's delivers by web hook, with a token of its sender, and hands them to those who hear the
 * queue that the path names. What fails is answered so that Event Grid sends it again; handlers know what they have seen.
 */
export const eventHook = ({ azure, senders, heardBy }: EventHook): FetchApp => {
  const { cloud, environment, log } = azure;
  const verifySender = senderVerifier(senders, environment, cloud.clock);
  const take = async (request: Request, heard: readonly BoundSubscriber[]): Promise<Response> => {
    const refused = await verifySender(request.headers.get('authorization'));
    if (refused !== undefined) {
      log.warn('a call was refused', { path: new URL(request.url).pathname, reason: refused.detail });
      return refusal(refusedOf(request), refused);
    }
    const sent = await jsonOf(request);
    if (request.headers.get('aeg-event-type') === 'SubscriptionValidation') return validated(request, sent);
    const events = eventsIn(request, sent);
    if (isFailure(events)) return refusal(refusedOf(request), events);
    for (const event of events) await tell(await cloud.eventOf(event), heard);
    return new Response(null, { status: 200 });
  };
  return async (request) => {
    const [, name = ''] = new RegExp(`^/${hooksPath}/([a-z0-9-]+)$`).exec(new URL(request.url).pathname) ?? [];
    const heard = heardBy.get(name);
    if (heard === undefined) return refusal(refusedOf(request), failed('not-found', 'route-not-found', `Nobody hears "${name}" here.`));
    if (request.method === 'OPTIONS') return consent(request);
    try {
      return await take(request, heard);
    } catch (error) {
      log.error('a delivery failed and will be made again', error, { path: new URL(request.url).pathname });
      return refusal(refusedOf(request), failureOf(error));
    }
  };
};

/**
 * The handshake of "HTTP 1.1 Web Hooks for Event Delivery", section 4 (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md):
 * it only says whose deliveries are wanted at all; each proves itself with its token.
 */
const consent = (request: Request): Response => {
  const origin = request.headers.get('webhook-request-origin')?.toLowerCase() ?? '';
  if (!origins.includes(origin))
    return refusal(refusedOf(request), failed('forbidden', 'origin-not-allowed', 'Events are taken from Event Grid only.'));
  return new Response(null, {
    status: 200,
    headers: { allow: 'OPTIONS, POST', 'webhook-allowed-origin': origin, 'webhook-allowed-rate': allowedRate },
  });
};

/** The handshake of Event Grid's own schema (https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema). */
const validated = (request: Request, sent: unknown): Response => {
  const [event] = Array.isArray(sent) ? (sent as readonly (object | null)[]) : [];
  const { data } = (event ?? {}) as { readonly data?: { readonly validationCode?: unknown } | null };
  const code = data?.validationCode;
  if (typeof code !== 'string' || code === '')
    return refusal(refusedOf(request), failed('malformed', 'not-a-validation', 'There is no validationCode in the data of the event.'));
  return Response.json({ validationResponse: code });
};

/** Event Grid's own schema has no tenant, and nobody here hears any of its types. */
const eventsIn = (request: Request, sent: unknown): readonly unknown[] | Failure => {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/cloudevents+json') return [sent];
  if (type === 'application/cloudevents-batch+json' && Array.isArray(sent)) return sent;
  return failed('malformed', 'not-a-cloud-event', 'Events come as application/cloudevents+json, or as a batch of them.');
};

const jsonOf = async (request: Request): Promise<unknown> =>
  orReject<{ readonly value: unknown }>(parseJson(orReject<Uint8Array>(await readBody(request, largestBytes)))).value;
