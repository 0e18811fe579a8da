import { randomUUID } from 'node:crypto';
import { emulatorEndpoint } from '../../tools/emulators/global-setup.ts';
import { type AwsClient, awsClient } from './client.ts';
import type { Environment } from './credentials.ts';
import { s3 } from './services.ts';

/** What a function's environment says of ministack. */
export const emulated = (): Environment => ({
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL: emulatorEndpoint('ministack'),
});

export const emulatedClient = (): AwsClient => awsClient({ environment: emulated() });

/** What the official SDK's clients are made with. */
export const sdkOptions = () => ({
  region: 'us-east-1',
  endpoint: emulatorEndpoint('ministack'),
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** A bucket of its own. */
export const makeBucket = async (client: AwsClient): Promise<string> => {
  const bucket = `bucket-${randomUUID()}`;
  await (await client.request(s3, { operation: 'CreateBucket', method: 'PUT', path: `/${bucket}` })).arrayBuffer();
  return bucket;
};
