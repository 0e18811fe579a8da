/** How a service is spoken to: its name in errors, the one in signatures, the first part of its host. */
export type Service = { readonly name: string; readonly signedAs: string; readonly host: string };

/** A service whose operations are posted as JSON; `target` is what comes before the operation's name in `X-Amz-Target`. */
export type JsonService = Service & { readonly json: '1.0' | '1.1'; readonly target: string };

export const dynamoDb: JsonService = {
  name: 'DynamoDB',
  signedAs: 'dynamodb',
  host: 'dynamodb',
  json: '1.0',
  target: 'DynamoDB_20120810',
};
export const dynamoDbStreams: JsonService = {
  name: 'DynamoDB Streams',
  signedAs: 'dynamodb',
  host: 'streams.dynamodb',
  json: '1.0',
  target: 'DynamoDBStreams_20120810',
};
export const sqs: JsonService = { name: 'SQS', signedAs: 'sqs', host: 'sqs', json: '1.0', target: 'AmazonSQS' };
export const eventBridge: JsonService = { name: 'EventBridge', signedAs: 'events', host: 'events', json: '1.1', target: 'AWSEvents' };
export const secretsManager: JsonService = {
  name: 'Secrets Manager',
  signedAs: 'secretsmanager',
  host: 'secretsmanager',
  json: '1.1',
  target: 'secretsmanager',
};
export const lambda: Service = { name: 'Lambda', signedAs: 'lambda', host: 'lambda' };
export const s3: Service = { name: 'S3', signedAs: 's3', host: 's3' };

/** The URL of a service in a region, without a slash at the end. */
export const endpointOf = ({ host }: Service, region: string, override: string | undefined): string =>
  (override ?? `https://${host}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`).replace(/\/+$/, '');
