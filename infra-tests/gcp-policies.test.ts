import { beforeAll, describe, expect, it } from 'vitest';
import { appliesTo, type Resource } from '../stacks/policies/rule.ts';
import { graphRules, resourceRules } from '../stacks/policies/rules.ts';
import { more, spoiled, without, withProps } from './bad.ts';
import { graphFor, policed } from './graphs.ts';

const resources: Resource[] = [];
beforeAll(async () => {
  resources.push(...policed(await graphFor('gcp-prod')));
});

type Spoil = (resource: Resource) => Partial<Resource>;

/** A structure of a resource with some of it changed. */
const withPart =
  (property: string, changed: object): Spoil =>
  (resource) => ({ props: { ...resource.props, [property]: { ...(resource.props[property] as object), ...changed } } });

const lambda = 'models-http-function';
const database = 'models-database';
const bucket = 'models-artifacts-bucket';
const grant = 'models-http-table-read-models';

const badResources: readonly (readonly [rule: string, what: string, resource: string, spoil: Spoil])[] = [
  ['gcp-database-can-be-restored', 'without recovery', database, withProps({ pointInTimeRecoveryEnablement: undefined })],
  ['gcp-database-is-native', 'in Datastore mode', database, withProps({ type: 'DATASTORE_MODE' })],
  ['gcp-data-is-encrypted-with-own-keys', 'with Google’s key', database, withProps({ cmekConfig: undefined })],
  ['gcp-data-is-encrypted-with-own-keys', 'with Google’s key', bucket, withProps({ encryption: undefined })],
  ['gcp-data-is-encrypted-with-own-keys', 'with Google’s key', 'events-topic', withProps({ kmsKeyName: undefined })],
  ['gcp-data-is-encrypted-with-own-keys', 'with Google’s key', 'identity-secret', withProps({ replication: { auto: {} } })],
  ['gcp-data-is-protected', 'unprotected', database, () => ({ protect: false })],
  ['gcp-data-is-protected', 'deletable', database, withProps({ deleteProtectionState: 'DELETE_PROTECTION_DISABLED' })],
  ['gcp-data-is-protected', 'that a destroy empties', bucket, withProps({ forceDestroy: true })],
  ['gcp-data-is-protected', 'unprotected', 'data-key', () => ({ protect: false })],
  ['gcp-data-is-protected', 'deletable', 'identity-secret', withProps({ deletionProtection: false })],
  ['gcp-bucket-keeps-what-is-gone', 'without versions', bucket, withProps({ versioning: { enabled: false } })],
  ['gcp-bucket-keeps-what-is-gone', 'without soft delete', bucket, withProps({ softDeletePolicy: { retentionDurationSeconds: 0 } })],
  ['gcp-bucket-keeps-what-is-gone', 'for ever', bucket, withProps({ lifecycleRules: [] })],
  ['gcp-immutable-bucket-is', 'kept for no day', bucket, withProps({ retentionPolicy: { retentionPeriod: '60' } })],
  [
    'gcp-immutable-bucket-is',
    'written once',
    bucket,
    withProps({ retentionPolicy: { retentionPeriod: '86400' }, versioning: { enabled: false } }),
  ],
  ['gcp-key-is-turned-over', 'for ever the same', 'data-key', withProps({ rotationPeriod: undefined })],
  ['gcp-key-is-turned-over', 'gone in a day', 'data-key', withProps({ destroyScheduledDuration: '86400s' })],
  ['gcp-expired-items-go', 'without a policy', 'billing-usage-expiry', withProps({ ttlConfig: undefined })],
  ['gcp-expired-items-go', 'in an index', 'billing-usage-expiry', withProps({ indexConfig: undefined })],
  ['gcp-only-the-edge-is-public', 'open to all', 'models-http-called-by-edge', withProps({ member: 'allUsers' })],
  ['gcp-only-the-edge-is-public', 'open to any account', grant, withProps({ member: 'allAuthenticatedUsers' })],
  ['gcp-only-the-edge-is-public', 'that may do more', 'edge-called-by-anybody', withProps({ role: 'roles/run.developer' })],
  ['gcp-bucket-is-private', 'with lists', bucket, withProps({ uniformBucketLevelAccess: false })],
  ['gcp-bucket-is-private', 'that could be public', bucket, withProps({ publicAccessPrevention: 'inherited' })],
  ['gcp-nothing-replaces-the-grants-of-others', 'a binding', grant, () => ({ type: 'gcp:projects/iAMBinding:IAMBinding' })],
  ['gcp-nothing-replaces-the-grants-of-others', 'a key', grant, () => ({ type: 'gcp:serviceaccount/key:Key' })],
  [
    'gcp-grant-is-to-an-account-of-the-project',
    'to a person',
    'models-http-publisher-bus',
    withProps({ member: 'user:mallory@gmail.com' }),
  ],
  ['gcp-grant-is-to-an-account-of-the-project', 'to a domain', 'models-http-called-by-edge', withProps({ member: 'domain:gmail.com' })],
  [
    'gcp-grant-is-to-an-account-of-the-project',
    'to another project',
    grant,
    withProps({ member: 'serviceAccount:models@elsewhere.iam.gserviceaccount.com' }),
  ],
  [
    'gcp-grant-is-to-an-account-of-the-project',
    'to what only looks like one',
    grant,
    withProps({ member: 'serviceAccount:models@hybrid-test.iam.gserviceaccount.com.example' }),
  ],
  ['gcp-role-is-narrow', 'minting tokens', grant, withProps({ role: 'roles/iam.serviceAccountTokenCreator' })],
  ['gcp-role-is-narrow', 'narrow, on the project', grant, withProps({ role: 'roles/secretmanager.secretAccessor' })],
  ['gcp-role-is-narrow', 'an organisation’s', grant, withProps({ role: 'organizations/1/roles/anything' })],
  [
    'gcp-role-is-narrow',
    'on whatever else is true',
    grant,
    withProps({ condition: { expression: 'resource.name == "projects/x/databases/y" || true' } }),
  ],
  ['gcp-role-is-narrow', 'on no database', grant, withProps({ condition: { expression: 'resource.name == "projects/x" || true' } })],
  [
    'gcp-nobody-signs-as-another',
    'as the edge',
    'models-http-signer-self',
    withProps({ serviceAccountId: 'projects/p/serviceAccounts/edge@p.iam.gserviceaccount.com' }),
  ],
  ['gcp-role-is-narrow', 'Google’s own', grant, withProps({ role: 'roles/pubsub.serviceAgent' })],
  [
    'gcp-role-is-narrow',
    'another service’s',
    'services-pubsub-agent-role',
    withProps({ member: 'serviceAccount:service-123456789012@gcp-sa-eventarc.iam.gserviceaccount.com' }),
  ],
  ['gcp-role-is-narrow', 'on all buckets', 'builder-reads-copies', withProps({ condition: undefined })],
  [
    'gcp-role-is-narrow',
    'on other buckets',
    'builder-reads-copies',
    withProps({ condition: { expression: 'resource.name.startsWith("projects/_/buckets/")' } }),
  ],
  ['gcp-role-is-narrow', 'basic', grant, withProps({ role: 'roles/editor' })],
  ['gcp-role-is-narrow', 'administrative', 'models-http-publisher-bus', withProps({ role: 'roles/pubsub.admin' })],
  ['gcp-role-is-narrow', 'on all databases', grant, withProps({ condition: undefined })],
  ['gcp-role-of-our-own-names-each-permission', 'a wildcard', 'table-read-role', withProps({ permissions: ['datastore.*'] })],
  ['gcp-role-of-our-own-names-each-permission', 'giving away', 'signer-role', withProps({ permissions: ['iam.serviceAccounts.actAs'] })],
  ...[
    'iam.serviceAccounts.getAccessToken',
    'iam.serviceAccounts.signJwt',
    'iam.serviceAccountKeys.create',
    'resourcemanager.projects.setIamPolicy',
  ].map(
    (permission) =>
      ['gcp-role-of-our-own-names-each-permission', permission, 'signer-role', withProps({ permissions: [permission] })] as const,
  ),
  ['gcp-network-wants-tls', 'an old TLS', 'network-tls', withProps({ minTlsVersion: 'TLS_1_0' })],
  ['gcp-network-wants-tls', 'any TLS', 'network-proxy', withProps({ sslPolicy: undefined })],
  ['gcp-network-wants-tls', 'no firewall', 'network-backend', withProps({ securityPolicy: undefined })],
  ['gcp-resource-is-labelled', 'without labels', lambda, () => ({ provider: {} })],
  ['gcp-function-runs-as-meant', 'on another Node', lambda, withPart('buildConfig', { runtime: 'nodejs22' })],
  ['gcp-function-runs-as-meant', 'built as anybody', lambda, withPart('buildConfig', { serviceAccount: undefined })],
  ['gcp-function-runs-as-meant', 'run as anybody', lambda, withPart('serviceConfig', { serviceAccountEmail: undefined })],
  ['gcp-function-runs-as-meant', 'kept warm', lambda, withPart('serviceConfig', { minInstanceCount: 1 })],
  ['gcp-log-ends', 'whatever the project says', 'logs-bucket', withProps({ retentionDays: undefined })],
  ['gcp-function-has-an-end', 'without an end', lambda, withPart('serviceConfig', { maxInstanceCount: undefined })],
  [
    'gcp-function-knows-no-secret',
    'with a password',
    lambda,
    withPart('serviceConfig', { environmentVariables: { HYBRID_DB_PASSWORD: 'hunter2' } }),
  ],
  ['gcp-edge-has-one-way-in', 'around the firewall', 'edge-function', withPart('serviceConfig', { ingressSettings: 'ALLOW_ALL' })],
];

const subscription = 'models-alias-assigned-subscription';
const bell = 'billing-accounts-changes-trigger';

const badGraphs: readonly (readonly [rule: string, what: string, spoil: (all: readonly Resource[]) => readonly Resource[]])[] = [
  ['gcp-subscription-gives-up-to-dead-letters', 'without', (all) => spoiled(all, subscription, withProps({ deadLetterPolicy: undefined }))],
  ['gcp-subscription-gives-up-to-dead-letters', 'at once', (all) => spoiled(all, subscription, withProps({ retryPolicy: undefined }))],
  [
    'gcp-subscription-gives-up-to-dead-letters',
    'that expires',
    (all) => spoiled(all, subscription, withProps({ expirationPolicy: { ttl: '1s' } })),
  ],
  ['gcp-subscription-gives-up-to-dead-letters', 'uncollected', (all) => without(all, 'models-alias-assigned-dead-letters-collection')],
  ['gcp-subscription-gives-up-to-dead-letters', 'unforwarded', (all) => without(all, 'models-alias-assigned-dead-letters-forwarding')],
  ['gcp-subscription-gives-up-to-dead-letters', 'untaken', (all) => without(all, 'models-alias-assigned-giving-up')],
  [
    'gcp-caller-may-call-and-says-who-it-is',
    'nameless',
    (all) => spoiled(all, subscription, withPart('pushConfig', { oidcToken: undefined })),
  ],
  ['gcp-caller-may-call-and-says-who-it-is', 'not let in', (all) => without(all, 'models-events-called-by-push')],
  ['gcp-caller-may-call-and-says-who-it-is', 'a bell not let in', (all) => without(all, 'models-changes-called-by-eventarc')],
  ['gcp-caller-may-call-and-says-who-it-is', 'a clock not let in', (all) => without(all, 'models-schedules-called-by-scheduler')],
  [
    'gcp-function-expects-whom-it-lets-in',
    'somebody else',
    (all) => spoiled(all, 'models-http-called-by-edge', withProps({ member: 'serviceAccount:somebody@elsewhere.iam.gserviceaccount.com' })),
  ],
  ['gcp-changes-are-swept', 'without a sweep', (all) => without(all, 'models-changes-sweep-schedule')],
  ['gcp-bell-rings-again', 'rings once', (all) => spoiled(all, bell, withProps({ retryPolicy: { maxAttempts: 1 } }))],
  ['gcp-dead-letters-are-watched', 'unwatched', (all) => without(all, 'monitoring-models-alias-assigned-dead-letters-age')],
  ['gcp-dead-letters-are-watched', 'a queue unwatched', (all) => without(all, 'monitoring-models-alias-assigned-age')],
  ['gcp-events-are-kept', 'forgotten', (all) => spoiled(all, 'events-topic', withProps({ messageRetentionDuration: undefined }))],
];

describe('a policy of Google Cloud', () => {
  it.each(badResources)('%s refuses what is %s: %s', (name, _what, resource, spoil) => {
    const rule = resourceRules.find((one) => one.name === name);
    const bad = spoiled(resources, resource, spoil).find((one) => one.name === resource);
    expect(rule !== undefined && bad !== undefined && appliesTo(rule, bad.type) && rule.breaks(bad, 'prod')).toEqual(expect.any(String));
  });
  it.each(badGraphs)('%s refuses what is %s', (name, _what, spoil) =>
    expect(graphRules.find((one) => one.name === name)?.breaks(spoil(resources), 'prod').length).toBeGreaterThan(0),
  );
  it('refuses a load balancer without TLS', () => {
    const rule = resourceRules.find(({ name }) => name === 'gcp-network-wants-tls');
    const [bad] = more([], 1, 'gcp:compute/targetHttpProxy:TargetHttpProxy');
    expect(bad && rule?.breaks(bad, 'dev')).toEqual(expect.any(String));
  });
  it('is tried on something bad, each', () => {
    const tried = [...badResources, ...badGraphs].map(([rule]) => rule);
    const all = [...resourceRules, ...graphRules].map(({ name }) => name).filter((name) => name.startsWith('gcp-'));
    expect(all.filter((name) => !tried.includes(name))).toEqual([]);
  });
});
