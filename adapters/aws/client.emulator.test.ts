import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Emulator } from '../../tools/emulators/emulator-process.ts';
import { startMinistack } from '../../tools/emulators/start.ts';
import { rejection } from '../conformance/harness.ts';
import { type AwsClient, awsClient } from './client.ts';
import type { Environment } from './credentials.ts';
import { dynamoDb, s3 } from './services.ts';

const root = { accessKeyId: 'test', secretAccessKey: 'test' };
const allowed = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['dynamodb:ListTables', 's3:*'], Resource: '*' }],
});

/** A user of an account that checks signatures and policies. */
const makeUser = async (endpoint: string): Promise<Environment> => {
  const iam = new IAMClient({ endpoint, region: 'us-east-1', credentials: root });
  await iam.send(new CreateUserCommand({ UserName: 'ada' }));
  await iam.send(new PutUserPolicyCommand({ UserName: 'ada', PolicyName: 'some', PolicyDocument: allowed }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }));
  iam.destroy();
  const keys = { AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId, AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey };
  return { AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: endpoint, ...keys };
};

describe('a signature, where it is checked (ministack with AUTH)', () => {
  let emulator: Emulator;
  let environment: Environment;
  let client: AwsClient;
  beforeAll(async () => {
    emulator = await startMinistack({ auth: true });
    environment = await makeUser(emulator.endpoint);
    client = awsClient({ environment });
    await client.request(s3, { operation: 'CreateBucket', method: 'PUT', path: '/signed-things' });
  });
  afterAll(() => emulator.stop());

  const stranger = () => awsClient({ environment: { ...environment, AWS_SECRET_ACCESS_KEY: 'guessed' } });

  it('of a call is accepted, and one with another secret is not', async () => {
    expect(await client.call(dynamoDb, 'ListTables', {})).toEqual({ TableNames: [] });
    expect(await rejection(stranger().call(dynamoDb, 'ListTables', {}))).toMatchObject({ code: 'cloud-credentials' });
  });
  it('does not open what the role may not do', async () => {
    const denied = client.call(dynamoDb, 'DescribeTable', { TableName: 'things' });
    await expect(denied).rejects.toMatchObject({ details: { code: 'AccessDeniedException', status: 403 } });
  });
  it.each(['plain', 'a%20b', 'a%2Bb', '%C3%A9/%E6%97%A5', 'a%3Db%26c', '100%25', 'x%21%27%28%29%2A'])(
    'of a path is accepted: %s',
    async (key) => {
      const path = `/signed-things/${key}`;
      const headers = { 'content-type': 'text/plain', 'x-amz-meta-note': 'two  spaces' };
      await client.request(s3, { operation: 'PutObject', method: 'PUT', path, headers, body: 'hello' });
      const read = await client.request(s3, { operation: 'GetObject', method: 'GET', path });
      expect(await read.text()).toBe('hello');
      const query = `/signed-things?list-type=2&prefix=${encodeURIComponent(decodeURIComponent(key))}`;
      expect((await client.request(s3, { operation: 'ListObjectsV2', method: 'GET', path: query })).status).toBe(200);
      const presigned = await client.presign(s3, { method: 'GET', path, expiresInSeconds: 60 });
      expect(await (await fetch(presigned)).text()).toBe('hello');
    },
  );
});
