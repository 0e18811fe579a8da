import { failed, Rejected } from '../../../domain/kernel/failure.ts';

/** A message as a push subscription hands it over, its data decoded. */
export type Pushed = {
  readonly id: string;
  readonly text: string;
  readonly attributes: { readonly [name: string]: string };
  readonly attempt: number;
};

/**
 * The envelope of a push (https://cloud.google.com/pubsub/docs/push#receive_push); `deliveryAttempt` is there where the subscription has dead
 * letters. Throws `Rejected` `not-a-push`.
 */
export const pushedOf = (body: unknown): Pushed => {
  const { message, deliveryAttempt = 1 } = (body ?? {}) as { readonly message?: unknown; readonly deliveryAttempt?: unknown };
  const { messageId, data = '', attributes = {} } = (message ?? {}) as { readonly [member: string]: unknown };
  if (typeof messageId !== 'string' || typeof data !== 'string')
    throw new Rejected(failed('malformed', 'not-a-push', 'The body is not a message that Pub/Sub pushes.'));
  return {
    id: messageId,
    text: Buffer.from(data, 'base64').toString(),
    attributes: attributes as Pushed['attributes'],
    attempt: Number(deliveryAttempt),
  };
};
