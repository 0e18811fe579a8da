import { randomUUID } from 'node:crypto';
import { type LambdaClient, ListEventSourceMappingsCommand, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Account, Clients } from '../../tools/engine/aws/clients.ts';

const switchMappings = async (lambda: LambdaClient, EventSourceArn: string, Enabled: boolean): Promise<void> => {
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ EventSourceArn }));
  for (const { UUID } of EventSourceMappings) await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
};

/** Puts a message into a queue whose function is off meanwhile, and receives it as often as it takes until the queue gives it up. */
export const giveUp = async ({ lambda, sqs }: Clients, QueueUrl: string, body: string): Promise<void> => {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const arn = Attributes?.QueueArn ?? '';
  await switchMappings(lambda, arn, false);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  const receive = async () =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0, WaitTimeSeconds: 1 }))).Messages?.length ?? 0;
  while ((await receive()) > 0);
  await switchMappings(lambda, arn, true);
};

/** What the bus puts into a queue for an event that only the audit trail keeps, as `engine-tried`. */
export const delivered = (tenantid: string): string => {
  const time = new Date().toISOString();
  const [type, source] = ['ai.hybrid-platform.models.engine-tried.v1', 'urn:hybrid:models'];
  const about = { subject: 'engine/tried', tenantid, principal: 'engine' };
  const detail = { specversion: '1.0', id: randomUUID(), source, type, time, ...about, data: {} };
  return JSON.stringify({ version: '0', id: randomUUID(), 'detail-type': type, source, time, detail });
};

/** What a function of dead letters is called with for a message that a queue gave up. */
export const deadLetter = (queueUrl: string, body: string, { region, id }: Account): object => {
  const arn = (name: string) => `arn:aws:sqs:${region}:${id}:${name}`;
  const attributes = { ApproximateReceiveCount: '4', DeadLetterQueueSourceArn: arn(queueUrl.split('/').at(-1) ?? '') };
  const record = { messageId: randomUUID(), receiptHandle: 'none', body, attributes, messageAttributes: {}, md5OfBody: '' };
  return { Records: [{ ...record, eventSource: 'aws:sqs', eventSourceARN: arn('dead-letters'), awsRegion: region }] };
};
