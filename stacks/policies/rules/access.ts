import { at, type PolicyStatement, type Resource, type ResourceRule, statementsIn, textAt } from '../rule.ts';

const policies = [
  'aws:s3/bucketPolicy:',
  'aws:sqs/queuePolicy:',
  'aws:sns/topicPolicy:',
  'aws:cloudwatch/eventBusPolicy:',
  'aws:secretsmanager/secretPolicy:',
];

/** What in a role's policy may end in a star: objects in one bucket, and the streams of one log group. */
const boundedWildcard = /^arn:aws:(s3:::[a-z0-9][a-z0-9.-]+\/\*|logs:[a-z0-9-]+:[0-9]*:log-group:[^*]+:\*)$/;

export const ofAccess: readonly ResourceRule[] = [
  {
    name: 'policy-opens-to-nobody-outside',
    describes: 'No policy allows anything to anybody; services come for one source or one account.',
    types: policies,
    breaks: (policy) => firstBroken(statementsIn(at(policy, 'policy')), openTo),
  },
  {
    name: 'policy-wants-tls',
    describes: 'Buckets and queues refuse whoever comes without TLS.',
    types: ['aws:s3/bucketPolicy:', 'aws:sqs/queuePolicy:'],
    breaks: (policy) =>
      statementsIn(at(policy, 'policy')).some(({ allows, condition }) => !allows && condition.Bool?.['aws:SecureTransport'] === 'false')
        ? undefined
        : 'it lets in whoever comes without TLS',
  },
  {
    name: 'bucket-is-private',
    describes: 'No access control list and no policy can make a bucket public.',
    types: ['aws:s3/bucketPublicAccessBlock:'],
    breaks: (block) =>
      ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'].every((name) => at(block, name) === true)
        ? undefined
        : 'it leaves a way to make its bucket public',
  },
  {
    name: 'nothing-is-a-website',
    describes: 'No bucket has an access control list or serves a website, and no function has a URL of its own.',
    types: ['aws:s3/bucketAcl:', 'aws:s3/bucketWebsiteConfiguration:', 'aws:lambda/functionUrl:'],
    breaks: () => 'it would be reachable past the API',
  },
  {
    name: 'function-is-called-by-one-source',
    describes: 'Whoever may call a function is a service, for one source.',
    types: ['aws:lambda/permission:Permission'],
    breaks: (permission) => {
      if (!textAt(permission, 'principal').endsWith('.amazonaws.com')) return 'not only a service may call the function';
      return textAt(permission, 'sourceArn') === '' ? 'the service may call it for anybody' : undefined;
    },
  },
  {
    name: 'role-has-no-wildcard',
    describes: 'A role names each action, and each resource: stars only for the objects of a bucket and the streams of a log group.',
    types: ['aws:iam/rolePolicy:RolePolicy'],
    breaks: (policy) => firstBroken(statementsIn(at(policy, 'policy')), wildcardIn),
  },
  {
    name: 'role-is-of-one-service',
    describes: 'A role is taken by one service, and has no policy that somebody else wrote.',
    types: ['aws:iam/role:Role', 'aws:iam/rolePolicyAttachment:'],
    breaks: (role) => {
      if (role.type.startsWith('aws:iam/rolePolicyAttachment:')) return 'it attaches a policy that others may widen';
      const principals = statementsIn(at(role, 'assumeRolePolicy')).flatMap(({ principals: those }) => those);
      return principals.length === 1 && principals[0]?.endsWith('.amazonaws.com') ? undefined : 'it is not taken by exactly one service';
    },
  },
  {
    name: 'network-wants-tls',
    describes: 'Clients and the network before the API speak TLS 1.2 or later.',
    types: ['aws:cloudfront/distribution:Distribution', 'aws:apigatewayv2/domainName:DomainName'],
    breaks: (resource) => (wantsTls(resource) ? undefined : 'it speaks without TLS, or with an old one'),
  },
];

const firstBroken = (
  statements: readonly PolicyStatement[],
  rule: (statement: PolicyStatement) => string | undefined,
): string | undefined =>
  statements
    .filter(({ allows }) => allows)
    .map(rule)
    .find((says) => says !== undefined);

const openTo = ({ sid, principals, condition }: PolicyStatement): string | undefined => {
  if (principals.length === 0 || principals.includes('*')) return `"${sid}" allows it to anybody`;
  const keys = Object.values(condition).flatMap((of) => Object.keys(of));
  const bounded = keys.some((key) => key === 'aws:SourceArn' || key === 'aws:SourceAccount');
  return bounded ? undefined : `"${sid}" allows it to a service for whomever that acts`;
};

const wildcardIn = ({ sid, actions, resources }: PolicyStatement): string | undefined => {
  const action = actions.find((one) => one.includes('*'));
  if (action !== undefined) return `"${sid}" allows ${action}`;
  const resource = resources.find((one) => one.includes('*') && !boundedWildcard.test(one));
  if (resource !== undefined) return `"${sid}" reaches ${resource}`;
  return resources.length === 0 ? `"${sid}" names no resource` : undefined;
};

const wantsTls = (resource: Resource): boolean =>
  resource.type === 'aws:apigatewayv2/domainName:DomainName'
    ? textAt(resource, 'domainNameConfiguration', 'securityPolicy') === 'TLS_1_2'
    : textAt(resource, 'defaultCacheBehavior', 'viewerProtocolPolicy') === 'https-only' &&
      textAt(resource, 'viewerCertificate', 'minimumProtocolVersion').startsWith('TLSv1.2') &&
      textAt(resource, 'origins', 0, 'customOriginConfig', 'originProtocolPolicy') === 'https-only';
