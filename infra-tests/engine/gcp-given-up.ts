import type { World } from '../../tools/engine/gcp/world.ts';
import { waitUntil } from '../../tools/wait-until.ts';

type Pulled = { readonly receivedMessages?: readonly { readonly ackId: string }[] };
type Subscription = { readonly retryPolicy: object; readonly pushConfig: object };

/**
 * Has a subscription give up what `send` brings it: it is not pushed meanwhile, and what it has is received and refused at once, again and again, until
 * `isGivenUp`.
 */
export const giveUp = async (
  { pubSub }: World,
  subscription: string,
  send: () => Promise<void>,
  isGivenUp: () => Promise<boolean>,
): Promise<void> => {
  const post = <Output = object>(verb: string, json: object) => pubSub<Output>('POST', `/v1/${subscription}:${verb}`, json);
  const retry = (retryPolicy: object) =>
    pubSub('PATCH', `/v1/${subscription}`, { subscription: { name: subscription, retryPolicy }, updateMask: 'retryPolicy' });
  const { retryPolicy, pushConfig } = (await pubSub<Subscription>('GET', `/v1/${subscription}`)) as Subscription;
  await post('modifyPushConfig', { pushConfig: {} });
  await retry({ minimumBackoff: '0s', maximumBackoff: '0s' });
  await send();
  const refuseAll = async (): Promise<true | undefined> => {
    const { receivedMessages = [] } = (await post<Pulled>('pull', { maxMessages: 10, returnImmediately: true })) ?? {};
    const ackIds = receivedMessages.map(({ ackId }) => ackId);
    if (ackIds.length > 0) await post('modifyAckDeadline', { ackIds, ackDeadlineSeconds: 0 });
    return (await isGivenUp()) || undefined;
  };
  await waitUntil('the dead letter', refuseAll, { withinMillis: 120_000, everyMillis: 200 });
  await retry(retryPolicy);
  await post('modifyPushConfig', { pushConfig });
};
