// A small program with every kind of resource that the platform is made of, wired as the platform wires them.
import { Api } from '@pulumi/aws/apigatewayv2/api.js';
import { Integration } from '@pulumi/aws/apigatewayv2/integration.js';
import { Route } from '@pulumi/aws/apigatewayv2/route.js';
import { Stage } from '@pulumi/aws/apigatewayv2/stage.js';
import { EventArchive } from '@pulumi/aws/cloudwatch/eventArchive.js';
import { EventBus } from '@pulumi/aws/cloudwatch/eventBus.js';
import { EventRule } from '@pulumi/aws/cloudwatch/eventRule.js';
import { EventTarget } from '@pulumi/aws/cloudwatch/eventTarget.js';
import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { MetricAlarm } from '@pulumi/aws/cloudwatch/metricAlarm.js';
import { Table } from '@pulumi/aws/dynamodb/table.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { Alias as LambdaAlias } from '@pulumi/aws/lambda/alias.js';
import { EventSourceMapping } from '@pulumi/aws/lambda/eventSourceMapping.js';
import { Function as LambdaFunction } from '@pulumi/aws/lambda/function.js';
import { FunctionEventInvokeConfig } from '@pulumi/aws/lambda/functionEventInvokeConfig.js';
import { Permission } from '@pulumi/aws/lambda/permission.js';
import { Bucket } from '@pulumi/aws/s3/bucket.js';
import { BucketLifecycleConfiguration } from '@pulumi/aws/s3/bucketLifecycleConfiguration.js';
import { BucketPublicAccessBlock } from '@pulumi/aws/s3/bucketPublicAccessBlock.js';
import { BucketVersioning } from '@pulumi/aws/s3/bucketVersioning.js';
import { Schedule } from '@pulumi/aws/scheduler/schedule.js';
import { Secret } from '@pulumi/aws/secretsmanager/secret.js';
import { SecretVersion } from '@pulumi/aws/secretsmanager/secretVersion.js';
import { Queue } from '@pulumi/aws/sqs/queue.js';
import { QueuePolicy } from '@pulumi/aws/sqs/queuePolicy.js';
import * as pulumi from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';

const config = new pulumi.Config();
const name = 'orders';

const table = new Table(name, {
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
const other = new Table('other', {
  attributes: [{ name: 'pk', type: 'S' }],
  hashKey: 'pk',
  billingMode: 'PAY_PER_REQUEST',
});

const deadLetters = new Queue('dead-letters', { messageRetentionSeconds: 1_209_600 });
const queue = new Queue('heard', {
  visibilityTimeoutSeconds: config.getNumber('visibility') ?? 60,
  redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: 3 }),
});

const bus = new EventBus('events', {});
new EventArchive('events-archive', { eventSourceArn: bus.arn, retentionDays: 7 });
const rule = new EventRule('heard', {
  eventBusName: bus.name,
  eventPattern: JSON.stringify({ 'detail-type': ['order-placed'] }),
});
new QueuePolicy('heard', {
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
new EventTarget('heard', { rule: rule.name, eventBusName: bus.name, arn: queue.arn });

const bucket = new Bucket('files', { forceDestroy: true });
new BucketVersioning('files', { bucket: bucket.id, versioningConfiguration: { status: 'Enabled' } });
new BucketPublicAccessBlock('files', {
  bucket: bucket.id,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});
new BucketLifecycleConfiguration('files', {
  bucket: bucket.id,
  rules: [{ id: 'old-versions', status: 'Enabled', filter: { prefix: '' }, noncurrentVersionExpiration: { noncurrentDays: 30 } }],
});

const password = new RandomPassword('password', { length: 32, special: false });
const secret = new Secret('settings', { recoveryWindowInDays: 0 });
new SecretVersion('settings', {
  secretId: secret.id,
  secretString: pulumi.jsonStringify({ password: password.result }),
});

const mayAssume = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });
const logs = new LogGroup('worker', { retentionInDays: 7 });
const role = new Role('worker', { assumeRolePolicy: mayAssume('lambda.amazonaws.com') });
const policy = new RolePolicy('worker', {
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

const worker = new LambdaFunction(
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
const live = new LambdaAlias('live', { name: 'live', functionName: worker.name, functionVersion: worker.version });
new FunctionEventInvokeConfig('worker', { functionName: worker.name, qualifier: live.name, maximumRetryAttempts: 0 });
new EventSourceMapping('changes', {
  eventSourceArn: table.streamArn,
  functionName: live.arn,
  startingPosition: 'TRIM_HORIZON',
  batchSize: 10,
  functionResponseTypes: ['ReportBatchItemFailures'],
  filterCriteria: { filters: [{ pattern: JSON.stringify({ dynamodb: { NewImage: { kind: { S: ['order'] } } } }) }] },
});
new EventSourceMapping('heard', {
  eventSourceArn: queue.arn,
  functionName: live.arn,
  batchSize: 10,
  functionResponseTypes: ['ReportBatchItemFailures'],
});

const api = new Api('api', { protocolType: 'HTTP' });
const integration = new Integration('api', {
  apiId: api.id,
  integrationType: 'AWS_PROXY',
  integrationUri: live.invokeArn,
  payloadFormatVersion: '2.0',
});
new Route('api', { apiId: api.id, routeKey: 'ANY /{path+}', target: pulumi.interpolate`integrations/${integration.id}` });
const stage = new Stage('api', { apiId: api.id, name: '$default', autoDeploy: true });
new Permission('api', {
  action: 'lambda:InvokeFunction',
  function: worker.name,
  qualifier: live.name,
  principal: 'apigateway.amazonaws.com',
  sourceArn: pulumi.interpolate`${api.executionArn}/*/*`,
});

const clock = new Role('clock', { assumeRolePolicy: mayAssume('scheduler.amazonaws.com') });
new RolePolicy('clock', {
  role: clock.name,
  policy: pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: live.arn }],
  }),
});
new Schedule('hourly', {
  scheduleExpression: 'rate(1 hour)',
  flexibleTimeWindow: { mode: 'OFF' },
  target: { arn: live.arn, roleArn: clock.arn, input: JSON.stringify({ schedule: 'hourly' }) },
});
// A kind that the emulator is not asked for.
new MetricAlarm('dead-letters', {
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
