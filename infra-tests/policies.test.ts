import { beforeAll, describe, expect, it } from 'vitest';
import { appliesTo, environmentOf, type Resource } from '../stacks/policies/rule.ts';
import { graphRules, resourceRules } from '../stacks/policies/rules.ts';
import { type Bad, more, spoiled, without, withPolicy, withProps } from './bad.ts';
import { badAccess } from './bad-access.ts';
import { graphFor, policed } from './graphs.ts';

const resources: Resource[] = [];
beforeAll(async () => {
  resources.push(...policed(await graphFor('aws-prod')));
});

/** Rules of other clouds are named after them. */
const isOfAws = (rule: string): boolean => !/^(azure|gcp)-/.test(rule);

const lambda = { resource: 'models-http-function' };
const table = { resource: 'models-registry-table' };

const badResources: readonly Bad[] = [
  ...badAccess,
  { rule: 'table-can-be-restored', what: 'without recovery', ...table, spoil: withProps({ pointInTimeRecovery: { enabled: false } }) },
  { rule: 'table-is-encrypted', what: 'with AWS’s key in prod', ...table, spoil: withProps({ serverSideEncryption: { enabled: true } }) },
  { rule: 'table-is-encrypted', what: 'without a key of the account', ...table, spoil: withProps({ serverSideEncryption: undefined }) },
  { rule: 'table-is-paid-by-use', what: 'with capacity', ...table, spoil: withProps({ billingMode: 'PROVISIONED' }) },
  { rule: 'data-is-protected', what: 'unprotected', ...table, spoil: () => ({ protect: false }) },
  { rule: 'data-is-protected', what: 'deletable', ...table, spoil: withProps({ deletionProtectionEnabled: false }) },
  { rule: 'data-is-protected', what: 'unprotected', resource: 'models-artifacts-bucket', spoil: () => ({ protect: false }) },
  { rule: 'data-is-protected', what: 'unprotected', resource: 'data-key', spoil: () => ({ protect: false }) },
  { rule: 'data-is-not-replaced', what: 'with another key', ...table, spoil: withProps({ rangeKey: 'range' }) },
  { rule: 'data-is-not-replaced', what: 'with a name of its own', ...table, spoil: withProps({ name: 'registry' }) },
  { rule: 'data-is-not-replaced', what: 'with a name', resource: 'models-artifacts-bucket', spoil: withProps({ bucket: 'artifacts' }) },
  { rule: 'key-is-turned-over', what: 'for ever the same', resource: 'data-key', spoil: withProps({ enableKeyRotation: false }) },
  { rule: 'key-is-turned-over', what: 'gone in a week', resource: 'data-key', spoil: withProps({ deletionWindowInDays: 7 }) },
  {
    rule: 'queue-is-encrypted',
    what: 'in the open',
    resource: 'models-alias-assigned-queue',
    spoil: withProps({ kmsMasterKeyId: undefined }),
  },
  { rule: 'resource-is-tagged', what: 'untagged', ...table, spoil: () => ({ provider: {} }) },
  { rule: 'log-ends', what: 'for ever', resource: 'models-http-logs', spoil: withProps({ retentionInDays: 0 }) },
  { rule: 'log-ends', what: 'in the open', resource: 'models-http-logs', spoil: withProps({ kmsKeyId: undefined }) },
  { rule: 'function-runs-as-meant', what: 'on an old Node', ...lambda, spoil: withProps({ runtime: 'nodejs18.x' }) },
  { rule: 'function-runs-as-meant', what: 'into a log of nobody’s', ...lambda, spoil: withProps({ loggingConfig: undefined }) },
  {
    rule: 'function-runs-as-meant',
    what: 'with code of others',
    ...lambda,
    spoil: withProps({ layers: ['arn:aws:lambda:eu-central-1:1:layer:x:1'] }),
  },
  { rule: 'function-runs-as-meant', what: 'unpublished', ...lambda, spoil: withProps({ publish: false }) },
  { rule: 'function-is-traced-sparingly', what: 'traced', ...lambda, spoil: withProps({ tracingConfig: { mode: 'Active' } }) },
  {
    rule: 'function-knows-no-secret',
    what: 'with a key',
    ...lambda,
    spoil: withProps({ environment: { variables: { HYBRID_ADMIN_KEY: 'hyb_platform_bootstrap_x' } } }),
  },
  { rule: 'api-is-logged-and-throttled', what: 'unlogged', resource: 'api-stage', spoil: withProps({ accessLogSettings: undefined }) },
  { rule: 'api-is-logged-and-throttled', what: 'without an end', resource: 'api-stage', spoil: withProps({ defaultRouteSettings: {} }) },
  { rule: 'api-has-one-way-in', what: 'with a back door', resource: 'api-api', spoil: withProps({ disableExecuteApiEndpoint: false }) },
  {
    rule: 'mapping-gives-nothing-up-silently',
    what: 'all or nothing',
    resource: 'models-alias-assigned-delivery-mapping',
    spoil: withProps({ functionResponseTypes: [] }),
  },
  {
    rule: 'mapping-gives-nothing-up-silently',
    what: 'from now on only',
    resource: 'models-registry-changes-mapping',
    spoil: withProps({ startingPosition: 'LATEST' }),
  },
  {
    rule: 'mapping-gives-nothing-up-silently',
    what: 'dropping',
    resource: 'models-registry-changes-mapping',
    spoil: withProps({ destinationConfig: undefined }),
  },
];

describe('the policy of each resource', () => {
  it.each(badResources)('$rule refuses $resource $what, and not as it is', ({ rule: name, resource: spoiledName, spoil }) => {
    const rule = resourceRules.find((one) => one.name === name);
    const ofRule = (all: readonly Resource[]) =>
      all.filter((one) => one.name === spoiledName && rule !== undefined && appliesTo(rule, one.type));
    for (const good of ofRule(resources)) expect(rule?.breaks(good, 'prod')).toBeUndefined();
    const bad = ofRule(spoiled(resources, spoiledName, spoil));
    expect(bad.map((one) => rule?.breaks(one, 'prod'))).toContainEqual(expect.any(String));
  });

  it('refuses concurrency that is set aside outside prod', () => {
    const rule = resourceRules.find(({ name }) => name === 'function-reserves-only-in-prod');
    const [bad] = spoiled(resources, lambda.resource, withProps({ reservedConcurrentExecutions: 5 })).filter(
      ({ name }) => name === lambda.resource,
    );
    expect([bad && rule?.breaks(bad, 'staging'), bad && rule?.breaks(bad, 'prod')]).toEqual(['it sets concurrency aside', undefined]);
  });

  it('is tried on something bad, each', () => {
    const tried = [...badResources.map(({ rule }) => rule), 'function-reserves-only-in-prod'];
    expect(resourceRules.map(({ name }) => name).filter((name) => isOfAws(name) && !tried.includes(name))).toEqual([]);
  });
});

type BadGraph = { readonly rule: string; readonly what: string; readonly spoil: (all: readonly Resource[]) => readonly Resource[] };
const queue = 'models-alias-assigned-queue';
const grantsOf = (unit: string, from: string, to: string) => (all: readonly Resource[]) =>
  spoiled(
    all,
    `${unit}-grants`,
    withPolicy((text) => text.replaceAll(from, to)),
  );

const badGraphs: readonly BadGraph[] = [
  { rule: 'bucket-is-complete', what: 'a bucket that can be made public', spoil: (all) => without(all, 'models-artifacts-access') },
  { rule: 'bucket-is-complete', what: 'a bucket without versions', spoil: (all) => without(all, 'models-artifacts-versioning') },
  {
    rule: 'immutable-bucket-is',
    what: 'a lock that keeps nothing',
    spoil: (all) => more(all, 1, 'aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration', { bucket: 'exports' }),
  },
  {
    rule: 'queue-gives-up-to-another',
    what: 'a queue without dead letters',
    spoil: (all) => spoiled(all, queue, withProps({ redrivePolicy: undefined })),
  },
  {
    rule: 'dead-letter-is-watched',
    what: 'dead letters that nobody takes',
    spoil: (all) => without(all, 'models-alias-assigned-dead-letters-collection-mapping'),
  },
  { rule: 'dead-letter-is-watched', what: 'a collector without an alarm', spoil: (all) => without(all, 'monitoring-dead-letters-came') },
  {
    rule: 'dead-letter-is-watched',
    what: 'dead letters that may grow old',
    spoil: (all) => without(all, 'monitoring-models-alias-assigned-dead-letters-age'),
  },
  {
    rule: 'dead-letter-is-watched',
    what: 'an alarm that tells nobody',
    spoil: (all) => spoiled(all, 'monitoring-dead-letters-came', withProps({ alarmActions: [] })),
  },
  {
    rule: 'delivery-has-a-dead-letter',
    what: 'a rule without one',
    spoil: (all) => spoiled(all, 'models-alias-assigned-target', withProps({ deadLetterConfig: undefined })),
  },
  {
    rule: 'delivery-has-a-dead-letter',
    what: 'a rule without a retry',
    spoil: (all) => spoiled(all, 'models-alias-assigned-target', withProps({ retryPolicy: undefined })),
  },
  { rule: 'delivery-has-a-dead-letter', what: 'a scheduled run without one', spoil: (all) => without(all, 'models-schedules-invocations') },
  {
    rule: 'message-is-hidden-while-it-is-worked-on',
    what: 'a short one',
    spoil: (all) => spoiled(all, queue, withProps({ visibilityTimeoutSeconds: 30 })),
  },
  { rule: 'function-is-watched', what: 'a function without an alarm', spoil: (all) => without(all, 'monitoring-models-http-errors') },
  { rule: 'function-is-watched', what: 'a queue without an alarm', spoil: (all) => without(all, 'monitoring-models-alias-assigned-age') },
  {
    rule: 'mapping-may-read-its-source',
    what: 'a role that may not delete messages',
    spoil: grantsOf('models-events', 'sqs:DeleteMessage', 'sqs:PurgeQueue'),
  },
  {
    rule: 'mapping-may-read-its-source',
    what: 'a role that may not read its stream',
    spoil: grantsOf('models-changes', 'dynamodb:GetRecords', 'dynamodb:Scan'),
  },
  {
    rule: 'mapping-may-read-its-source',
    what: 'a role that may not lay aside',
    spoil: grantsOf('models-changes', 's3:ListBucket', 's3:GetBucketAcl'),
  },
  { rule: 'mapping-may-read-its-source', what: 'a role that may not decrypt', spoil: grantsOf('models-events', 'kms:Decrypt', 'kms:Sign') },
  {
    rule: 'rule-may-send-to-its-queue',
    what: 'a queue that refuses it',
    spoil: (all) =>
      spoiled(
        all,
        'models-alias-assigned-policy',
        withPolicy((text) => text.replace('rule/', 'rule/other/')),
      ),
  },
  {
    rule: 'rule-may-send-to-its-queue',
    what: 'a key that refuses it',
    spoil: (all) =>
      spoiled(
        all,
        'messages-key',
        withPolicy((text) => text.replaceAll('events.amazonaws.com', 's3.amazonaws.com')),
      ),
  },
  {
    rule: 'rule-may-send-to-its-queue',
    what: 'a key that asks for an account, which EventBridge does not name',
    spoil: (all) =>
      spoiled(
        all,
        'messages-key',
        withPolicy((text) => text.replace('kms:EncryptionContext:aws:sqs:arn', 'aws:SourceAccount')),
      ),
  },
  {
    rule: 'bus-may-use-its-key',
    what: 'a key that lets no archive encrypt anew',
    spoil: (all) =>
      spoiled(
        all,
        'messages-key',
        withPolicy((text) => text.replaceAll('kms:ReEncryptFrom', 'kms:Sign')),
      ),
  },
  {
    rule: 'gateway-may-call-its-functions',
    what: 'a function that refuses it',
    spoil: (all) => all.filter(({ type, name }) => !(name === 'api-models-http' && type.includes('permission'))),
  },
  {
    rule: 'schedule-may-call-its-function',
    what: 'a role that may not',
    spoil: grantsOf('schedules', 'lambda:InvokeFunction', 'lambda:GetFunction'),
  },
  {
    rule: 'schedule-may-call-its-function',
    what: 'a function that may not give up',
    spoil: grantsOf('models-schedules', 'sqs:SendMessage', 'sqs:PurgeQueue'),
  },
  {
    rule: 'alarm-can-be-told',
    what: 'a key that refuses CloudWatch',
    spoil: (all) =>
      spoiled(
        all,
        'messages-key',
        withPolicy((text) => text.replaceAll('cloudwatch.amazonaws.com', 's3.amazonaws.com')),
      ),
  },
  {
    rule: 'role-may-use-the-keys-of-what-it-reaches',
    what: 'a role without the key',
    spoil: grantsOf('observability-http', 'kms:Decrypt', 'kms:Sign'),
  },
  { rule: 'counts-stay-within-quotas', what: 'too many routes', spoil: (all) => more(all, 300, 'aws:apigatewayv2/route:Route') },
  {
    rule: 'sizes-stay-within-quotas',
    what: 'too large a policy',
    spoil: (all) => more(all, 1, 'aws:iam/rolePolicy:RolePolicy', { policy: 'x'.repeat(10_241) }),
  },
  {
    rule: 'names-stay-within-limits',
    what: 'too long a name',
    spoil: (all) => spoiled(all, lambda.resource, () => ({ name: 'x'.repeat(57) })),
  },
  {
    rule: 'names-stay-within-limits',
    what: 'too long a name of a target',
    spoil: (all) => spoiled(all, 'models-alias-assigned-target', () => ({ name: `${'x'.repeat(50)}-target` })),
  },
  {
    rule: 'concurrency-stays-within-quota',
    what: 'too much',
    spoil: (all) => more(all, 2, 'aws:lambda/function:Function', { reservedConcurrentExecutions: 451 }),
  },
];

describe('the policy between resources', () => {
  it.each(badGraphs)('$rule refuses $what', ({ rule: name, spoil }) => {
    const violations = graphRules.find((one) => one.name === name)?.breaks(spoil(resources), 'prod');
    expect(violations?.length).toBeGreaterThan(0);
  });
  it('refuses an eleventh alarm in dev', () => {
    const rule = graphRules.find(({ name }) => name === 'alarms-stay-free');
    expect(rule?.breaks(more([], 11, 'aws:cloudwatch/metricAlarm:MetricAlarm'), 'dev')).toHaveLength(1);
  });
  it('is tried on something bad, each', () => {
    const tried = [...badGraphs.map(({ rule }) => rule), 'alarms-stay-free'];
    expect(graphRules.map(({ name }) => name).filter((name) => isOfAws(name) && !tried.includes(name))).toEqual([]);
  });
});

describe('an environment', () => {
  it('is what a stack is named after', () =>
    expect(['aws-dev', 'aws-staging', 'aws-prod', 'other'].map(environmentOf)).toEqual(['dev', 'staging', 'prod', 'dev']));
});
