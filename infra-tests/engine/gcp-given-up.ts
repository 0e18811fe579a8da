import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from '../../tools/engine/gcp/world.ts';

type Pulled = { readonly receivedMessages?: readonly { readonly ackId: string }[] };

/** How often a subscription that nobody pushes to any more is asked, once it seems empty. */
const patience = 5;

/** Has a subscription give up whatever comes to it while `send` runs: it is not pushed meanwhile, and all that it has is received and refused. */
export const giveUp = async ({ pubSub, pushUrlOf }: World, subscription: string, send: () => Promise<void>): Promise<void> => {
  const post = <Output = object>(verb: string, json: object) => pubSub<Output>('POST', `/v1/${subscription}:${verb}`, json);
  await post('modifyPushConfig', { pushConfig: {} });
  await send();
  for (let empty = 0; empty < patience; ) {
    const { receivedMessages = [] } = (await post<Pulled>('pull', { maxMessages: 10, returnImmediately: true })) ?? {};
    if (receivedMessages.length === 0) await sleep(200);
    empty = receivedMessages.length === 0 ? empty + 1 : 0;
    const ackIds = receivedMessages.map(({ ackId }) => ackId);
    if (ackIds.length > 0) await post('modifyAckDeadline', { ackIds, ackDeadlineSeconds: 0 });
  }
  await post('modifyPushConfig', { pushConfig: { pushEndpoint: pushUrlOf(subscription) } });
};
