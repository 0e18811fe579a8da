import { queues } from '../../../../adapters/azure/services.ts';
import { bindingOf, connection, rung, type Scene, type Trigger } from './trigger.ts';
import type { Registered } from './worker.ts';

type Message = { readonly id: string; readonly popReceipt: string; readonly dequeueCount: number; readonly text: string };

const textOf = (xml: string, name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';

const messagesIn = (xml: string): readonly Message[] =>
  [...xml.matchAll(/<QueueMessage>(.*?)<\/QueueMessage>/gs)].map(([, one = '']) => ({
    id: textOf(one, 'MessageId'),
    popReceipt: textOf(one, 'PopReceipt'),
    dequeueCount: Number(textOf(one, 'DequeueCount')),
    text: textOf(one, 'MessageText'),
  }));

/** As `hh:mm:ss`. */
const secondsIn = (text: unknown, otherwise: number): number => {
  if (typeof text !== 'string') return otherwise;
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
  return hours * 3600 + minutes * 60 + seconds;
};

/** While a message is handled nobody else gets it. */
const handlingSeconds = 600;

/** Hands over the messages of a queue, as the extension for queues does (https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue). */
export const queueTrigger = async (scene: Scene, registered: Registered): Trigger => {
  const [name, binding] = bindingOf(registered, 'queueTrigger') ?? [];
  if (name === undefined || binding === undefined) return;
  const { worker, settings, bells, stopping } = scene;
  const { batchSize = 16, maxDequeueCount = 5, visibilityTimeout, maxPollingInterval } = scene.host.extensions?.queues ?? {};
  const queue = String(binding.queueName);
  const service = connection(settings, binding.connection, 'queueServiceUri');
  const url = `${service}/${queue}/messages`;
  const bell = `queue ${new URL(service).host.split('.')[0]}/${queue}`;
  const call = async (method: string, at: string, body?: string): Promise<string> => {
    const headers = { ...queues.headers(await scene.token(queues.audience)), 'content-type': 'application/xml' };
    const answer = await scene.send(at, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${text}`);
    return text;
  };

  const giveUp = async ({ text }: Message): Promise<void> => {
    await call('POST', `${service}/${queue}-poison/messages`, `<QueueMessage><MessageText>${text}</MessageText></QueueMessage>`);
  };
  const handle = async (message: Message): Promise<void> => {
    const { id, popReceipt, dequeueCount, text } = message;
    const receipt = `popreceipt=${encodeURIComponent(popReceipt)}`;
    const triggerMetadata = { Id: { string: id }, PopReceipt: { string: popReceipt }, DequeueCount: { int: dequeueCount } };
    const data = { string: Buffer.from(text, 'base64').toString() };
    try {
      await worker.invoke({ name: registered.name, inputData: [{ name, data }], triggerMetadata });
      await call('DELETE', `${url}/${id}?${receipt}`);
    } catch {
      // Who handles it may have changed its receipt: then it is not the host's any more.
      if (dequeueCount < Number(maxDequeueCount))
        return void (await call('PUT', `${url}/${id}?${receipt}&visibilitytimeout=${secondsIn(visibilityTimeout, 0)}`).catch(() => {}));
      await giveUp(message);
      await call('DELETE', `${url}/${id}?${receipt}`);
    }
  };

  while (!stopping.aborted) {
    const waited = rung(bells, bell, secondsIn(maxPollingInterval, 60) * 1000, stopping);
    // A queue that is gone, or a subscription that is being taken down, is no reason to stop looking.
    const xml = await call('GET', `${url}?numofmessages=${String(batchSize)}&visibilitytimeout=${handlingSeconds}`).catch(() => '');
    const messages = messagesIn(xml);
    await Promise.all(messages.map((message) => handle(message).catch(() => {})));
    if (messages.length === 0) await waited;
  }
};
