import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Where the emulator is, and as whom to speak to it. */
export type Account = { readonly endpoint: string; readonly region: string; readonly id: string };

/** The root of the emulator's one account. */
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The vendor's clients, all against one emulator. */
export const clientsOf = ({ endpoint, region }: Account) => {
  const settings = { endpoint, region, credentials, maxAttempts: 2 };
  return {
    apiGateway: new ApiGatewayV2Client(settings),
    dynamodb: new DynamoDBClient(settings),
    events: new EventBridgeClient(settings),
    iam: new IAMClient(settings),
    lambda: new LambdaClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    scheduler: new SchedulerClient(settings),
    secrets: new SecretsManagerClient(settings),
    sqs: new SQSClient(settings),
  };
};
export type Clients = ReturnType<typeof clientsOf>;

const missing =
  /^(ResourceNotFoundException|NotFoundException|NoSuchEntity|NoSuchEntityException|NoSuchBucket|NotFound|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue|NoSuch\w+)$/;

export const isMissing = (error: unknown): boolean =>
  error instanceof Error &&
  (missing.test(error.name) || (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404);

/** What the service answers, or `undefined` where what is asked for does not exist. */
export const found = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};
