import { at, type Resource, type ResourceRule, textAt } from '../rule.ts';
import { isArnOfAnAccount, statementsIn } from '../statements.ts';

const flags = ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'];

/** What these resources could carry along instead of having it as a resource that rules read. */
const carried: { readonly [type: string]: readonly string[] } = {
  'aws:s3/bucket:Bucket': ['policy', 'acl', 'grants', 'website'],
  'aws:sqs/queue:Queue': ['policy'],
  'aws:sns/topic:Topic': ['policy'],
  'aws:secretsmanager/secret:Secret': ['policy'],
  'aws:iam/role:Role': ['inlinePolicies', 'managedPolicyArns'],
};

export const ofAccess: readonly ResourceRule[] = [
  {
    name: 'nothing-carries-a-policy',
    describes: 'Who may do what is said in policies of their own, which rules read, and in none that somebody else may widen.',
    types: Object.keys(carried),
    breaks: (resource) => {
      const found = carried[resource.type]?.find((property) => isSaid(at(resource, property)));
      return found === undefined ? undefined : `it says by its own ${found} who may reach what`;
    },
  },
  {
    name: 'bucket-is-private',
    describes: 'No access control list and no policy can make a bucket public.',
    types: ['aws:s3/bucketPublicAccessBlock:', 'aws:s3/bucketOwnershipControls:'],
    breaks: (resource) => {
      if (resource.type.startsWith('aws:s3/bucketOwnershipControls:'))
        return textAt(resource, 'rule', 'objectOwnership') === 'BucketOwnerEnforced'
          ? undefined
          : 'access control lists count in its bucket';
      return flags.every((name) => at(resource, name) === true) ? undefined : 'it leaves a way to make its bucket public';
    },
  },
  {
    name: 'nothing-is-a-website',
    describes: 'No bucket has an access control list or serves a website, and no function has a URL of its own.',
    types: ['aws:s3/bucketAcl:', 'aws:s3/bucketWebsiteConfiguration:', 'aws:lambda/functionUrl:'],
    breaks: () => 'it would be reachable past the API',
  },
  {
    name: 'function-is-called-by-one-source',
    describes: 'Whoever may call a function is a service, for a source of one account, and may nothing else.',
    types: ['aws:lambda/permission:Permission'],
    breaks: (permission) => {
      if (!isService(textAt(permission, 'principal'))) return 'not only a service may call the function';
      if (textAt(permission, 'action') !== 'lambda:InvokeFunction') return 'the service may do more than call it';
      if (isSaid(at(permission, 'functionUrlAuthType'))) return 'it may be called by a URL';
      return isArnOfAnAccount(textAt(permission, 'sourceArn')) ? undefined : 'the service may call it for anybody';
    },
  },
  {
    name: 'role-is-of-one-service',
    describes: 'A role is taken by one service, and by nobody else.',
    types: ['aws:iam/role:Role'],
    breaks: (role) => (isTakenByOneService(role) ? undefined : 'it is not taken by exactly one service'),
  },
];

const isSaid = (value: unknown): boolean => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);

const isService = (principal: string): boolean => principal.endsWith('.amazonaws.com');

const isTakenByOneService = (role: Resource): boolean => {
  const [taken, ...others] = statementsIn(at(role, 'assumeRolePolicy')).filter(({ allows }) => allows);
  if (taken === undefined || others.length > 0 || taken.inverted.length > 0) return false;
  const { principals, principalKinds, actions } = taken;
  const [principal = '', ...more] = principals;
  return more.length === 0 && isService(principal) && principalKinds[0] === 'Service' && actions.join() === 'sts:AssumeRole';
};
