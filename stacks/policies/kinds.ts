/**
 * What the platform is made of, by the package that makes it. Any other kind is refused until somebody has put it here, and has thought of the rules
 * that it needs: a user, an access key, a policy that is attached from outside, a layer or a registry that is shared.
 */
const made: { readonly [pkg: string]: readonly string[] } = {
  aws: [
    'acm/certificate:Certificate',
    'acm/certificateValidation:CertificateValidation',
    'apigatewayv2/api:Api',
    'apigatewayv2/apiMapping:ApiMapping',
    'apigatewayv2/domainName:DomainName',
    'apigatewayv2/integration:Integration',
    'apigatewayv2/route:Route',
    'apigatewayv2/stage:Stage',
    'athena/workgroup:Workgroup',
    'bcmdata/export:Export',
    'budgets/budget:Budget',
    'cloudfront/distribution:Distribution',
    'cloudwatch/dashboard:Dashboard',
    'cloudwatch/eventArchive:EventArchive',
    'cloudwatch/eventBus:EventBus',
    'cloudwatch/eventRule:EventRule',
    'cloudwatch/eventTarget:EventTarget',
    'cloudwatch/logGroup:LogGroup',
    'cloudwatch/metricAlarm:MetricAlarm',
    'dynamodb/table:Table',
    'dynamodb/tableItem:TableItem',
    'glue/catalogDatabase:CatalogDatabase',
    'glue/catalogTable:CatalogTable',
    'iam/role:Role',
    'iam/rolePolicy:RolePolicy',
    'kms/alias:Alias',
    'kms/key:Key',
    'lambda/alias:Alias',
    'lambda/eventSourceMapping:EventSourceMapping',
    'lambda/function:Function',
    'lambda/functionEventInvokeConfig:FunctionEventInvokeConfig',
    'lambda/permission:Permission',
    'route53/record:Record',
    's3/bucket:Bucket',
    's3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
    's3/bucketNotification:BucketNotification',
    's3/bucketObjectv2:BucketObjectv2',
    's3/bucketOwnershipControls:BucketOwnershipControls',
    's3/bucketPolicy:BucketPolicy',
    's3/bucketPublicAccessBlock:BucketPublicAccessBlock',
    's3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
    's3/bucketVersioning:BucketVersioning',
    'scheduler/schedule:Schedule',
    'secretsmanager/secret:Secret',
    'secretsmanager/secretVersion:SecretVersion',
    'sns/topic:Topic',
    'sns/topicSubscription:TopicSubscription',
    'sqs/queue:Queue',
    'sqs/queuePolicy:QueuePolicy',
    'wafv2/webAcl:WebAcl',
  ],
  random: ['index/randomPassword:RandomPassword'],
};

/** Components, which hold others together, the engine's own (the stack, and providers), and what the rules of other clouds are for. */
const notHere = ['hybrid:', 'pulumi:', 'azure-native:', 'gcp:'];

const kinds = new Set(Object.entries(made).flatMap(([pkg, all]) => all.map((kind) => `${pkg}:${kind}`)));

export const isMadeHere = (type: string): boolean => kinds.has(type) || notHere.some((beginning) => type.startsWith(beginning));
