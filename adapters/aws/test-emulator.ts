import { randomUUID } from 'node:crypto';
import { emulatorEndpoint } from '../../tools/emulators/global-setup.ts';
import type { AwsClient } from './client.ts';
import { s3, sqs } from './services.ts';
import { emulatorEnvironment } from './test-tables.ts';

/** What the official SDK's clients are made with, to meet ministack. */
export const sdkOptions = () => ({
  region: emulatorEnvironment('ministack').AWS_REGION,
  endpoint: emulatorEndpoint('ministack'),
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** A bucket of its own. */
export const makeBucket = async (client: AwsClient): Promise<string> => {
  const bucket = `bucket-${randomUUID()}`;
  const body = `<CreateBucketConfiguration><LocationConstraint>${client.region}</LocationConstraint></CreateBucketConfiguration>`;
  await (await client.request(s3, { operation: 'CreateBucket', method: 'PUT', path: `/${bucket}`, body })).arrayBuffer();
  return bucket;
};

export type TestQueue = { readonly url: string; readonly arn: string; readonly name: string };

/** A queue of its own, as the stack makes it: SQS counts in whole seconds. */
export const makeQueue = async (client: AwsClient, attributes: Readonly<Record<string, string>> = {}): Promise<TestQueue> => {
  const name = `queue-${randomUUID()}`;
  const { QueueUrl: url } = await client.call<{ QueueUrl: string }>(sqs, 'CreateQueue', { QueueName: name, Attributes: attributes });
  const asked = { QueueUrl: url, AttributeNames: ['QueueArn'] };
  const { Attributes } = await client.call<{ Attributes: { QueueArn: string } }>(sqs, 'GetQueueAttributes', asked);
  return { url, arn: Attributes.QueueArn, name };
};

/** A queue with a dead letter queue behind it. */
export const makeWorkQueue = async (client: AwsClient, policy: { readonly attempts: number; readonly visibilitySeconds: number }) => {
  const deadLetters = await makeQueue(client);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: policy.attempts });
  const VisibilityTimeout = String(Math.ceil(policy.visibilitySeconds));
  return { ...(await makeQueue(client, { RedrivePolicy, VisibilityTimeout })), deadLetters };
};
