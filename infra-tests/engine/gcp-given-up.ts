import type { World } from '../../tools/engine/gcp/world.ts';
import { waitUntil } from '../../tools/wait-until.ts';

type Pulled = { readonly receivedMessages?: readonly Received[] };
type Received = { readonly ackId: string; readonly message: { readonly messageId: string } };
type Subscription = { readonly retryPolicy: object; readonly pushConfig: object };

/** How long what is received is left to whoever has it. */
const heldSeconds = 600;

/**
 * Has a subscription give up the message that `send` publishes: it is not pushed meanwhile, and the message is received and refused at once, as often as
 * it may be delivered, until `isGivenUp`. What else comes meanwhile is given back at the end.
 *
 * Of a retry policy the emulator makes at least two seconds between two deliveries, also of one that says 0 s; where there is none it delivers again at once.
 */
export const giveUp = async (
  { pubSub }: World,
  subscription: string,
  send: () => Promise<string>,
  isGivenUp: () => Promise<boolean>,
): Promise<void> => {
  const post = <Output = object>(verb: string, json: object) => pubSub<Output>('POST', `/v1/${subscription}:${verb}`, json);
  const retry = (policy: { readonly retryPolicy?: object }) =>
    pubSub('PATCH', `/v1/${subscription}`, { subscription: { name: subscription, ...policy }, updateMask: 'retryPolicy' });
  const refuse = async (received: readonly Received[], ackDeadlineSeconds = 0): Promise<void> => {
    const ackIds = received.map(({ ackId }) => ackId);
    if (ackIds.length > 0) await post('modifyAckDeadline', { ackIds, ackDeadlineSeconds });
  };
  const { retryPolicy, pushConfig } = (await pubSub<Subscription>('GET', `/v1/${subscription}`)) as Subscription;
  await post('modifyPushConfig', { pushConfig: {} });
  await retry({});
  const sent = await send();
  const others: Received[] = [];
  const refuseAgain = async (): Promise<true | undefined> => {
    const { receivedMessages = [] } = (await post<Pulled>('pull', { maxMessages: 10, returnImmediately: true })) ?? {};
    await refuse(receivedMessages.filter(({ message }) => message.messageId === sent));
    const rest = receivedMessages.filter(({ message }) => message.messageId !== sent);
    await refuse(rest, heldSeconds);
    others.push(...rest);
    return (await isGivenUp()) || undefined;
  };
  await waitUntil('the dead letter', refuseAgain, { withinMillis: 120_000, everyMillis: 50 });
  await retry({ retryPolicy });
  await post('modifyPushConfig', { pushConfig });
  await refuse(others);
};
