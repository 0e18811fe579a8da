import { type Bad, saying, withPolicy, withProps } from './bad.ts';

const service = { Service: 'events.amazonaws.com' };
const ours = { StringEquals: { 'aws:SourceAccount': '123456789012' } };
const send = { Effect: 'Allow', Principal: service, Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:eu-central-1:123456789012:x' };
const read = { Effect: 'Allow', Action: ['dynamodb:GetItem'], Resource: 'arn:aws:dynamodb:eu-central-1:123456789012:table/x' };
const assume = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };

/** What grants more than its words say at first sight. */
const ofRoles: readonly (readonly [string, Bad['spoil']])[] = [
  ['an action', saying({ ...read, Action: ['dynamodb:*'] })],
  ['an action but for a letter', saying({ ...read, Action: ['dynamodb:Delete?able'] })],
  ['a resource', saying({ ...read, Resource: 'arn:aws:dynamodb:eu-central-1:123456789012:table/*' })],
  ['a resource but for a letter', saying({ ...read, Resource: 'arn:aws:dynamodb:eu-central-1:123456789012:table/?' })],
  ['all buckets', saying({ ...read, Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::*/*' })],
  ['every log', saying({ ...read, Action: ['logs:PutLogEvents'], Resource: 'arn:aws:logs:eu-central-1:123456789012:log-group:?????:*' })],
  ['all but an action', saying({ Effect: 'Allow', NotAction: ['iam:CreateUser'], Resource: read.Resource })],
  ['all but a resource', saying({ Effect: 'Allow', Action: read.Action, NotResource: read.Resource })],
  ['everything, in a document of one statement', withPolicy(() => '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}')],
];

const ofQueues: readonly (readonly [string, Bad['spoil']])[] = [
  ['for anybody', saying({ ...send, Principal: '*', Condition: ours })],
  ['for anybody but one', saying({ ...send, Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::1:root' }, Condition: ours })],
  ['for another account', saying({ ...send, Principal: { AWS: 'arn:aws:iam::210987654321:root' }, Condition: ours })],
  ['for who signs in elsewhere', saying({ ...send, Principal: { Federated: 'cognito-identity.amazonaws.com' }, Condition: ours })],
  ['for a service on anybody’s behalf', saying(send)],
  ['for a service on behalf of any source', saying({ ...send, Condition: { ArnLike: { 'aws:SourceArn': '*' } } })],
  [
    'for a service on behalf of any account',
    saying({ ...send, Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:eu-central-1:*:rule/*' } } }),
  ],
  ['for a service on others’ behalf', saying({ ...send, Condition: { StringNotEquals: { 'aws:SourceAccount': '123456789012' } } })],
  ['for a service that says no account', saying({ ...send, Condition: { StringEqualsIfExists: { 'aws:SourceAccount': '123456789012' } } })],
  [
    'for a service on behalf of one account or any',
    saying({ ...send, Condition: { StringLike: { 'aws:SourceAccount': ['123456789012', '*'] } } }),
  ],
  ['for all but an action', saying({ ...send, Action: undefined, NotAction: 'sqs:DeleteQueue', Condition: ours })],
  ['for all actions of a service', saying({ ...send, Action: 'sqs:*', Condition: ours })],
];

const tls = (from: string, to: string) => withPolicy((text) => text.replace(from, to));
const ofTls: readonly (readonly [string, Bad['spoil']])[] = [
  ['for whoever comes with TLS', tls('"false"', '"true"')],
  ['for one action', tls('["s3:*"]', '["s3:PutObject"]')],
  ['for one account', tls('"Principal":"*"', '"Principal":{"AWS":"arn:aws:iam::1:root"}')],
  ['for all but anybody', tls('"Principal":"*"', '"NotPrincipal":"*"')],
  ['only sometimes', tls('"Condition":{', '"Condition":{"StringEquals":{"aws:PrincipalTag/x":"x"},')],
];

const decrypt = { Effect: 'Allow', Action: ['kms:Decrypt'], Resource: '*' };
const ofKeys: readonly (readonly [string, Bad['spoil']])[] = [
  ['for anybody', saying({ ...decrypt, Principal: '*' })],
  ['for anybody of AWS', saying({ ...decrypt, Principal: { AWS: '*' }, Condition: ours })],
  ['for another account', saying({ ...decrypt, Principal: { AWS: 'arn:aws:iam::210987654321:root' } })],
  ['for a service on anybody’s behalf', saying({ ...decrypt, Principal: service })],
  [
    'for a service on anybody’s queues',
    saying({ ...decrypt, Principal: service, Condition: { ArnLike: { 'kms:EncryptionContext:aws:sqs:arn': 'arn:aws:sqs:*' } } }),
  ],
];

const ofCalls: readonly (readonly [string, Bad['spoil']])[] = [
  ['by anybody', withProps({ principal: '*' })],
  ['by another account', withProps({ principal: '210987654321' })],
  ['for anybody', withProps({ sourceArn: undefined })],
  ['for any source', withProps({ sourceArn: '*' })],
  ['for any account', withProps({ sourceArn: 'arn:aws:execute-api:*:*:*/*' })],
  ['to do anything', withProps({ action: 'lambda:*' })],
  ['by a URL', withProps({ functionUrlAuthType: 'NONE' })],
];

const ofTaking: readonly (readonly [string, Bad['spoil']])[] = [
  ['taken by an account', saying({ ...assume, Principal: { AWS: 'arn:aws:iam::1:root' } }, 'assumeRolePolicy')],
  ['taken by another service too', saying({ ...assume, Principal: { Service: 'ec2.amazonaws.com' } }, 'assumeRolePolicy')],
  [
    'taken by who signs in',
    withPolicy((text) => text.replace('"Service":"lambda.amazonaws.com"', '"Federated":"x.amazonaws.com"'), 'assumeRolePolicy'),
  ],
  ['that can be tagged', withPolicy((text) => text.replace('sts:AssumeRole', 'sts:*'), 'assumeRolePolicy')],
];

const origin = { originId: 'other', domainName: 'example.com', customOriginConfig: { originProtocolPolicy: 'https-only' } };
const withOrigin =
  (one: object): Bad['spoil'] =>
  ({ props }) => ({ props: { ...props, origins: [...(props.origins as readonly object[]), one] } });

const each = (rule: string, resource: string, all: readonly (readonly [string, Bad['spoil']])[]): readonly Bad[] =>
  all.map(([what, spoil]) => ({ rule, resource, what, spoil }));

const carriers: readonly (readonly [string, string])[] = [
  ['models-artifacts-bucket', 'policy'],
  ['models-artifacts-bucket', 'acl'],
  ['models-artifacts-bucket', 'grants'],
  ['models-alias-assigned-queue', 'policy'],
  ['monitoring-topic', 'policy'],
  ['identity-secret', 'policy'],
  ['models-http-role', 'inlinePolicies'],
  ['models-http-role', 'managedPolicyArns'],
];

/** Kinds that open something, none of which the platform makes; the last two come from other packages. */
const strangers = [
  ...['iam/policy:Policy', 'iam/policyAttachment:PolicyAttachment', 'iam/rolePolicyAttachment:RolePolicyAttachment'],
  ...['iam/user:User', 'iam/userPolicy:UserPolicy', 'iam/groupPolicy:GroupPolicy', 'iam/accessKey:AccessKey'],
  ...['secretsmanager/secretPolicy:SecretPolicy', 'sns/topicPolicy:TopicPolicy', 'kms/grant:Grant', 'kms/keyPolicy:KeyPolicy'],
  ...['dynamodb/resourcePolicy:ResourcePolicy', 'cloudwatch/eventPermission:EventPermission', 'cloudwatch/eventBusPolicy:EventBusPolicy'],
  ...['cloudwatch/logResourcePolicy:LogResourcePolicy', 'lambda/layerVersionPermission:LayerVersionPermission'],
  ...['lambda/functionUrl:FunctionUrl', 'ecr/repositoryPolicy:RepositoryPolicy', 's3/bucketAcl:BucketAcl', 's3/bucketV2:BucketV2'],
]
  .map((kind) => `aws:${kind}`)
  .concat('aws-native:iam:User', 'command:local:Command');

/** Ways past the rules of access and of the network, each on a resource of the graph of prod. */
export const badAccess: readonly Bad[] = [
  ...strangers.map(
    (type): Bad => ({ rule: 'kind-is-known', what: `as ${type}`, resource: 'models-http-function', spoil: () => ({ type }) }),
  ),
  ...each('role-has-no-wildcard', 'models-http-grants', ofRoles),
  ...each('policy-opens-to-nobody-outside', 'models-alias-assigned-policy', ofQueues),
  ...each('policy-opens-to-nobody-outside', 'costs-policy', ofQueues),
  ...each('policy-wants-tls', 'models-artifacts-policy', ofTls),
  ...each('key-is-used-within-its-account', 'messages-key', ofKeys),
  ...each('function-is-called-by-one-source', 'api-models-http', ofCalls),
  ...each('role-is-of-one-service', 'models-http-role', ofTaking),
  ...carriers.map(([resource, property]): Bad => {
    const spoil = withProps({ [property]: ['x'] });
    return { rule: 'nothing-carries-a-policy', what: `with ${property}`, resource, spoil };
  }),
  { rule: 'bucket-is-private', what: 'half open', resource: 'models-artifacts-access', spoil: withProps({ blockPublicPolicy: false }) },
  {
    rule: 'bucket-is-private',
    what: 'with lists',
    resource: 'models-artifacts-ownership',
    spoil: withProps({ rule: { objectOwnership: 'ObjectWriter' } }),
  },
  {
    rule: 'nothing-is-a-website',
    what: 'with a URL',
    resource: 'models-http-function',
    spoil: () => ({ type: 'aws:lambda/functionUrl:FunctionUrl' }),
  },
  ...each('network-wants-tls', 'edge-distribution', [
    ['of long ago', withProps({ viewerCertificate: { minimumProtocolVersion: 'TLSv1' } })],
    ['to a second origin in the open', withOrigin({ ...origin, customOriginConfig: { originProtocolPolicy: 'http-only' } })],
    ['but for some paths', withProps({ orderedCacheBehaviors: [{ viewerProtocolPolicy: 'allow-all', pathPattern: '/v1/*' }] })],
  ]),
  ...each('origin-is-told-the-secret', 'edge-distribution', [
    ['with a second origin', withOrigin(origin)],
    ['with an origin that is told something else', withOrigin({ ...origin, customHeaders: [{ name: 'x-other', value: 'x' }] })],
  ]),
  ...each('network-has-a-firewall', 'edge-distribution', [['without a firewall', withProps({ webAclId: undefined })]]),
];
