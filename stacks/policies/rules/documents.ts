import { at, type Resource, type ResourceRule } from '../rule.ts';
import { comesForOneAccount, isPattern, type PolicyStatement, statementsIn } from '../statements.ts';

const opens = ['aws:s3/bucketPolicy:', 'aws:sqs/queuePolicy:'];

/** What in a role's policy may end in a star: objects in one bucket, and the streams of one log group. */
const boundedPattern = /^arn:aws:(s3:::[a-z0-9][a-z0-9.-]+\/\*|logs:[a-z0-9-]+:[0-9]+:log-group:[^*?]+:\*)$/;

export const ofDocuments: readonly ResourceRule[] = [
  {
    name: 'policy-opens-to-nobody-outside',
    describes: 'No policy allows anything to anybody; services come for one account, and may only what is named.',
    types: opens,
    breaks: (policy) => firstBroken(statementsIn(at(policy, 'policy')), opensTo),
  },
  {
    name: 'policy-wants-tls',
    describes: 'Buckets and queues refuse whoever comes without TLS, whatever is asked.',
    types: opens,
    breaks: (policy) => (statementsIn(at(policy, 'policy')).some(refusesWithoutTls) ? undefined : 'it lets in whoever comes without TLS'),
  },
  {
    name: 'key-is-used-within-its-account',
    describes: 'A key is given away by its own account alone; services use it on behalf of one account.',
    types: ['aws:kms/key:Key'],
    breaks: (key) => {
      const statements = statementsIn(at(key, 'policy'));
      const own = accountOf(key) ?? rootsIn(statements)[0];
      return firstBroken(statements, (statement) => givesKeyTo(statement, own));
    },
  },
  {
    name: 'role-has-no-wildcard',
    describes: 'A role names each action, and each resource: stars only for the objects of a bucket and the streams of a log group.',
    types: ['aws:iam/rolePolicy:RolePolicy'],
    breaks: (policy) => firstBroken(statementsIn(at(policy, 'policy')), wildcardIn),
  },
];

type Says = string | undefined;

const firstBroken = (statements: readonly PolicyStatement[], rule: (statement: PolicyStatement) => Says): Says =>
  statements
    .filter(({ allows }) => allows)
    .map((statement) => exceptionIn(statement) ?? rule(statement))
    .find((says) => says !== undefined);

const exceptionIn = ({ sid, inverted: [element] }: PolicyStatement): Says =>
  element === undefined ? undefined : `"${sid}" allows all but what its ${element} names`;

const isOnlyOf = ({ principalKinds, principals }: PolicyStatement, kind: string): boolean =>
  principals.length > 0 && principalKinds.every((one) => one === kind);

const opensTo = (statement: PolicyStatement): Says => {
  const { sid, principals, actions } = statement;
  if (!isOnlyOf(statement, 'Service') || !principals.every((one) => one.endsWith('.amazonaws.com')))
    return `"${sid}" allows it to others than services`;
  if (!comesForOneAccount(statement)) return `"${sid}" allows it to a service for whomever that acts`;
  const action = actions.find(isPattern);
  return action === undefined ? undefined : `"${sid}" allows ${action}`;
};

/** Refuses everybody everything for this reason alone. */
const refusesWithoutTls = ({ allows, inverted, principals, actions, resources, condition }: PolicyStatement): boolean =>
  !allows &&
  inverted.length === 0 &&
  principals.includes('*') &&
  actions.some((action) => /^(\*|s3:\*|sqs:\*)$/.test(action)) &&
  resources.length > 0 &&
  JSON.stringify(condition).replaceAll('"', '') === '{Bool:{aws:SecureTransport:false}}';

const root = /^arn:aws[a-z-]*:iam::([0-9]{12}):root$/;
const rootsIn = (statements: readonly PolicyStatement[]): readonly string[] =>
  statements.flatMap(({ principals }) => principals).flatMap((principal) => root.exec(principal)?.[1] ?? []);

/** The one account that the provider would work in, where it is told. */
const accountOf = ({ provider }: Resource): string | undefined => {
  const told = provider?.allowedAccountIds;
  const accounts = (typeof told === 'string' ? JSON.parse(told) : told) as readonly string[] | undefined;
  return accounts?.[0];
};

const givesKeyTo = (statement: PolicyStatement, own: string | undefined): Says => {
  const { sid, principals, actions } = statement;
  if (isOnlyOf(statement, 'AWS'))
    return principals.every((one) => root.exec(one)?.[1] === own) ? undefined : `"${sid}" gives it to others than its account`;
  // To look at it shows nothing of what it keeps.
  if (isOnlyOf(statement, 'Service') && actions.join() === 'kms:DescribeKey') return undefined;
  return opensTo(statement);
};

const wildcardIn = ({ sid, actions, resources }: PolicyStatement): Says => {
  const action = actions.find(isPattern);
  if (action !== undefined) return `"${sid}" allows ${action}`;
  const resource = resources.find((one) => isPattern(one) && !boundedPattern.test(one));
  if (resource !== undefined) return `"${sid}" reaches ${resource}`;
  return resources.length === 0 || actions.length === 0 ? `"${sid}" does not name what it allows` : undefined;
};
