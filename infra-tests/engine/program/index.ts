// A small program with every kind of resource that the platform is made of, wired as the platform wires them.
import * as apigatewayv2 from '@pulumi/aws/apigatewayv2/index.js';
import * as cloudwatch from '@pulumi/aws/cloudwatch/index.js';
import * as dynamodb from '@pulumi/aws/dynamodb/index.js';
import * as iam from '@pulumi/aws/iam/index.js';
import * as lambda from '@pulumi/aws/lambda/index.js';
import * as s3 from '@pulumi/aws/s3/index.js';
import * as scheduler from '@pulumi/aws/scheduler/index.js';
import * as secretsmanager from '@pulumi/aws/secretsmanager/index.js';
import * as sqs from '@pulumi/aws/sqs/index.js';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';

const config = new pulumi.Config();
const name = 'orders';

const table = new dynamodb.Table(name, {
  attributes: ['pk', 'sk', 'status'].map((attribute) => ({ name: attribute, type: 'S' })),
  hashKey: 'pk',
  rangeKey: 'sk',
  globalSecondaryIndexes: [{ name: 'byStatus', hashKey: 'status', rangeKey: 'sk', projectionType: 'ALL' }],
  billingMode: 'PAY_PER_REQUEST',
  streamEnabled: true,
  streamViewType: 'NEW_IMAGE',
  ttl: { attributeName: 'expiresAt', enabled: true },
  pointInTimeRecovery: { enabled: true },
});
const other = new dynamodb.Table('other', {
  attributes: [{ name: 'pk', type: 'S' }],
  hashKey: 'pk',
  billingMode: 'PAY_PER_REQUEST',
});

const deadLetters = new sqs.Queue('dead-letters', { messageRetentionSeconds: 1_209_600 });
const queue = new sqs.Queue('heard', {
  visibilityTimeoutSeconds: config.getNumber('visibility') ?? 60,
  redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 3 }),
});

const bus = new cloudwatch.EventBus('events', {});
new cloudwatch.EventArchive('events-archive', { eventSourceArn: bus.arn, retentionDays: 7 });
const rule = new cloudwatch.EventRule('heard', {
  eventBusName: bus.name,
  eventPattern: JSON.stringify({ 'detail-type': ['order-placed'] }),
});
new sqs.QueuePolicy('heard', {
  queueUrl: queue.url,
  policy: pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queue.arn,
        Condition: { ArnEquals: { 'aws:SourceArn': rule.arn } },
      },
    ],
  }),
});
new cloudwatch.EventTarget('heard', { rule: rule.name, eventBusName: bus.name, arn: queue.arn });

const bucket = new s3.Bucket('files', { forceDestroy: true });
new s3.BucketVersioning('files', { bucket: bucket.id, versioningConfiguration: { status: 'Enabled' } });
new s3.BucketPublicAccessBlock('files', {
  bucket: bucket.id,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});
new s3.BucketLifecycleConfiguration('files', {
  bucket: bucket.id,
  rules: [{ id: 'old-versions', status: 'Enabled', filter: { prefix: '' }, noncurrentVersionExpiration: { noncurrentDays: 30 } }],
});

const password = new random.RandomPassword('password', { length: 32, special: false });
const secret = new secretsmanager.Secret('settings', { recoveryWindowInDays: 0 });
new secretsmanager.SecretVersion('settings', {
  secretId: secret.id,
  secretString: pulumi.jsonStringify({ password: password.result }),
});

const mayAssume = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
const logs = new cloudwatch.LogGroup('worker', { retentionInDays: 7 });
const role = new iam.Role('worker', { assumeRolePolicy: mayAssume('lambda.amazonaws.com') });
const policy = new iam.RolePolicy('worker', {
  role: role.name,
  policy: pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:GetItem'], Resource: table.arn },
      {
        Effect: 'Allow',
        Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
        Resource: table.streamArn,
      },
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: pulumi.interpolate`${logs.arn}:*` },
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: bus.arn },
      { Effect: 'Allow', Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'], Resource: queue.arn },
    ],
  }),
});

const worker = new lambda.Function(
  'worker',
  {
    role: role.arn,
    runtime: 'nodejs24.x',
    handler: 'index.handler',
    code: new pulumi.asset.AssetArchive({ 'index.js': new pulumi.asset.FileAsset('handler.cjs') }),
    timeout: 10,
    memorySize: 256,
    publish: true,
    loggingConfig: { logGroup: logs.name, logFormat: 'JSON' },
    environment: { variables: { TABLE: table.name, OTHER: other.name, BUS: bus.name } },
  },
  { dependsOn: [policy] },
);
const live = new lambda.Alias('live', { name: 'live', functionName: worker.name, functionVersion: worker.version });
new lambda.FunctionEventInvokeConfig('worker', { functionName: worker.name, qualifier: live.name, maximumRetryAttempts: 0 });
new lambda.EventSourceMapping('changes', {
  eventSourceArn: table.streamArn,
  functionName: live.arn,
  startingPosition: 'TRIM_HORIZON',
  batchSize: 10,
  functionResponseTypes: ['ReportBatchItemFailures'],
  filterCriteria: { filters: [{ pattern: JSON.stringify({ dynamodb: { NewImage: { kind: { S: ['order'] } } } }) }] },
});
new lambda.EventSourceMapping('heard', {
  eventSourceArn: queue.arn,
  functionName: live.arn,
  batchSize: 10,
  functionResponseTypes: ['ReportBatchItemFailures'],
});

const api = new apigatewayv2.Api('api', { protocolType: 'HTTP' });
const integration = new apigatewayv2.Integration('api', {
  apiId: api.id,
  integrationType: 'AWS_PROXY',
  integrationUri: live.invokeArn,
  payloadFormatVersion: '2.0',
});
new apigatewayv2.Route('api', { apiId: api.id, routeKey: 'ANY /{path+}', target: pulumi.interpolate`integrations/${integration.id}` });
const stage = new apigatewayv2.Stage('api', { apiId: api.id, name: '$default', autoDeploy: true });
new lambda.Permission('api', {
  action: 'lambda:InvokeFunction',
  function: worker.name,
  qualifier: live.name,
  principal: 'apigateway.amazonaws.com',
  sourceArn: pulumi.interpolate`${api.executionArn}/*/*`,
});

const clock = new iam.Role('clock', { assumeRolePolicy: mayAssume('scheduler.amazonaws.com') });
new iam.RolePolicy('clock', {
  role: clock.name,
  policy: pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: live.arn }],
  }),
});
new scheduler.Schedule('hourly', {
  scheduleExpression: 'rate(1 hour)',
  flexibleTimeWindow: { mode: 'OFF' },
  target: { arn: live.arn, roleArn: clock.arn, input: JSON.stringify({ schedule: 'hourly' }) },
});
// A kind that the emulator is not asked for.
new cloudwatch.MetricAlarm('dead-letters', {
  comparisonOperator: 'GreaterThanThreshold',
  evaluationPeriods: 1,
  metricName: 'ApproximateNumberOfMessagesVisible',
  namespace: 'AWS/SQS',
  period: 300,
  statistic: 'Maximum',
  threshold: 0,
  dimensions: { QueueName: deadLetters.name },
});

export const url = stage.invokeUrl;
export const queueUrl = queue.url;
export const tableName = table.name;
export const secretPassword = pulumi.secret(password.result);
