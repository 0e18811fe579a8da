import { describe, expect, it } from 'vitest';
import { documentId } from '../adapters/gcp/firestore.ts';
import { focusColumns } from '../domain/billing/focus.ts';
import { contexts } from '../functions/contexts.ts';
import { bootstrapKey, sha256 } from '../functions/kernel/authentication.ts';
import { context } from '../functions/kernel/context.ts';
import { isMadeHere } from '../stacks/policies/kinds.ts';
import { assertPriced } from '../tools/cost/free-kinds.ts';
import { type Graph, graphOf } from './graph.ts';
import { graphFor, named, ofType, policed } from './graphs.ts';

const types = {
  function: 'gcp:cloudfunctionsv2/function:Function',
  subscription: 'gcp:pubsub/subscription:Subscription',
  trigger: 'gcp:eventarc/trigger:Trigger',
  job: 'gcp:cloudscheduler/job:Job',
  alarm: 'gcp:monitoring/alertPolicy:AlertPolicy',
  key: 'gcp:kms/cryptoKey:CryptoKey',
  index: 'gcp:firestore/index:Index',
} as const;
const names = (graph: Graph, kind: keyof typeof types): readonly string[] =>
  ofType(graph, types[kind])
    .map(({ name }) => name)
    .sort();

describe('dev on Google Cloud', () => {
  it('has one delivery for each context that hears of events, and dead letters of each', async () =>
    expect(names(await graphFor('gcp-dev'), 'subscription')).toEqual([
      'billing-events-dead-letters-collection',
      'billing-events-subscription',
      'inference-events-dead-letters-collection',
      'inference-events-subscription',
      'models-events-dead-letters-collection',
      'models-events-subscription',
      'models-events-subscription-2',
      'observability-events-dead-letters-collection',
      'observability-events-subscription',
    ]));
  it('has no key of its own, no load balancer and no dashboard', async () => {
    const graph = await graphFor('gcp-dev');
    expect(graph.filter(({ type }) => /^gcp:(kms|compute|dns)\//.test(type) || type.includes('dashboard'))).toEqual([]);
    expect(named(graph, 'edge-function').inputs.serviceConfig).toMatchObject({ ingressSettings: 'ALLOW_ALL' });
  });
  it('watches dead letters and requests, and nothing else', async () =>
    expect(names(await graphFor('gcp-dev'), 'alarm')).toEqual([
      'monitoring-api-errors',
      'monitoring-dead-letters-age',
      'monitoring-dead-letters-came',
    ]));
  it('protects nothing, and empties its buckets', async () => {
    const graph = await graphFor('gcp-dev');
    expect(graph.filter(({ protect }) => protect)).toEqual([]);
    expect(ofType(graph, 'gcp:storage/bucket:Bucket').every(({ inputs }) => inputs.forceDestroy === true)).toBe(true);
  });
  it('has a budget as soon as somebody can be told and somebody pays', async () => {
    expect(ofType(await graphFor('gcp-dev'), 'gcp:billing/budget:Budget')).toEqual([]);
    const config = { 'platform:alarmEmail': 'me@example.com', 'platform:billingAccount': '012345-6789AB-CDEF01' };
    const budget = named(await graphOf('gcp-dev', { config }), 'monitoring-budget');
    expect(budget.inputs.amount).toEqual({ specifiedAmount: { currencyCode: 'USD', units: '10' } });
  });
});

describe('prod on Google Cloud', () => {
  it('is reached by its domain alone, through a firewall', async () => {
    const graph = await graphFor('gcp-prod');
    expect(named(graph, 'edge-function').inputs.serviceConfig).toMatchObject({ ingressSettings: 'ALLOW_INTERNAL_AND_GCLB' });
    expect(named(graph, 'network-record').inputs).toMatchObject({
      name: 'ai.example.com.',
      managedZone: 'example-com',
      rrdatas: ['203.0.113.1'],
    });
    expect(named(graph, 'network-group').inputs.cloudRun).toEqual({ service: 'hybrid-prod-edge' });
  });
  it('has keys that only Google’s own services use', async () => {
    const graph = await graphFor('gcp-prod');
    expect(names(graph, 'key')).toEqual(['data-key', 'messages-key', 'secrets-key']);
    const users = ofType(graph, 'gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember').map(({ inputs }) => String(inputs.member));
    expect(users.filter((member) => !member.startsWith('serviceAccount:service-123456789012@'))).toEqual([]);
  });
  it('has an alarm for each function, and for each subscription', async () => {
    const graph = await graphFor('gcp-prod');
    const alarms = names(graph, 'alarm');
    for (const name of names(graph, 'function').filter((one) => one !== 'edge-function'))
      expect(alarms).toContain(`monitoring-${name.replace(/-function$/, '')}-errors`);
    expect(alarms.filter((name) => name.endsWith('-age'))).toHaveLength(names(graph, 'subscription').length);
  });
});

describe.each(['gcp-dev', 'gcp-staging', 'gcp-prod'] as const)('an alarm of %s', (stack) => {
  type Condition = { readonly conditionThreshold: { readonly duration: string; readonly evaluationMissingData?: string } };
  it('that says what missing data mean holds for whole minutes, as Cloud Monitoring wants it', async () => {
    const conditions = ofType(await graphFor(stack), types.alarm).flatMap(({ inputs }) => inputs.conditions as readonly Condition[]);
    const held = conditions.flatMap(({ conditionThreshold: { duration, evaluationMissingData } }) =>
      evaluationMissingData === undefined ? [] : [Number(/^(\d+)s$/.exec(duration)?.[1])],
    );
    expect(held.length).toBeGreaterThan(0);
    expect(held.filter((seconds) => !(seconds >= 60 && seconds % 60 === 0))).toEqual([]);
  });
});

describe('an API Gateway on Google Cloud', () => {
  const gated = () => graphOf('gcp-dev', { config: { 'platform:apiGateway': 'true' } });
  const calling = (graph: Graph) =>
    ofType(graph, 'gcp:cloudrunv2/serviceIamMember:ServiceIamMember')
      .filter(({ inputs }) => inputs.name === 'hybrid-dev-edge')
      .map(({ inputs }) => inputs.member);
  const gateway = 'hybrid-dev-gateway@hybrid-test.iam.gserviceaccount.com';

  it('is not there unless somebody asks for it', async () => {
    const graph = await graphFor('gcp-dev');
    expect(graph.filter(({ type, name }) => type.startsWith('gcp:apigateway/') || name.includes('gateway'))).toEqual([]);
    expect(calling(graph)).toEqual(['allUsers']);
  });
  it('is alone to call the edge, and may do nothing else', async () => {
    const graph = await gated();
    expect(calling(graph)).toEqual([`serviceAccount:${gateway}`]);
    expect(graph.filter(({ inputs }) => inputs.member === `serviceAccount:${gateway}`).map(({ name }) => name)).toEqual([
      'edge-called-by-gateway',
    ]);
    expect(graph.filter(({ inputs }) => inputs.member === 'allUsers')).toEqual([]);
  });
  it('leads every path to the edge with a token for it, and the edge knows whose', async () => {
    const graph = await gated();
    const { openapiDocuments, gatewayConfig } = named(graph, 'gateway-config').inputs as {
      readonly openapiDocuments: readonly [{ readonly document: { readonly contents: string } }];
      readonly gatewayConfig: object;
    };
    expect(gatewayConfig).toEqual({ backendConfig: { googleServiceAccount: gateway } });
    const document = JSON.parse(Buffer.from(openapiDocuments[0].document.contents, 'base64').toString()) as {
      readonly paths: { readonly [path: string]: object };
    };
    const url = 'https://hybrid-dev-edge-123456789012.europe-west1.run.app';
    expect(document).toMatchObject({ swagger: '2.0', 'x-google-backend': { address: url, jwt_audience: url } });
    expect(Object.keys(document.paths)).toEqual(['/{path=**}']);
    expect(named(graph, 'edge-function').inputs.serviceConfig).toMatchObject({
      environmentVariables: { HYBRID_AUDIENCE: url, HYBRID_INVOKERS: 'checked', HYBRID_GATEWAY_CALLERS: gateway },
    });
    expect(ofType(graph, 'gcp:projects/service:Service').map(({ inputs }) => inputs.service)).toContain('apigateway.googleapis.com');
  });
  it('is made of kinds that the rules and the price list know', async () => {
    const graph = policed(await gated());
    expect(graph.filter(({ type }) => type.startsWith('gcp:') && !isMadeHere(type))).toEqual([]);
    expect(() => assertPriced(graph.map(({ type, name, props }) => ({ type, name, inputs: props, parent: '' })) as never)).not.toThrow();
  });
  it('is refused beside a domain, and where there is none', async () => {
    const told = (config: { readonly [key: string]: string }) =>
      graphOf('gcp-staging', { config: { 'platform:apiGateway': 'true', ...config } });
    const domain = { 'platform:domain': 'ai.example.com', 'platform:dnsZone': 'example-com' };
    await expect(told(domain)).rejects.toThrow('without platform:domain');
    await expect(told({ 'gcp:region': 'europe-north1' })).rejects.toThrow('there are gateways in');
  });
});

describe('a stack on Google Cloud', () => {
  it('waits for the services that it needs to be switched on', async () => {
    const graph = await graphFor('gcp-dev');
    const on = ofType(graph, 'gcp:projects/service:Service').map(({ inputs }) => inputs.service);
    for (const service of ['run', 'cloudfunctions', 'firestore', 'eventarc', 'pubsub', 'cloudscheduler', 'secretmanager', 'bigquery'])
      expect(on).toContain(`${service}.googleapis.com`);
  });
  it('keeps its logs for as long as the stack says, and in one place', async () => {
    const graph = await graphFor('gcp-prod');
    expect(named(graph, 'logs-bucket').inputs).toMatchObject({ bucketId: 'hybrid-prod-1a2b3c4d', retentionDays: 90 });
    expect(named(graph, 'logs-exclusion').inputs.filter).toBe(named(graph, 'logs-sink').inputs.filter);
  });
  it('has an index either way for each order in which items are read, and one for changes', async () => {
    const all = ofType(await graphFor('gcp-dev'), types.index).filter(({ name }) => name.startsWith('models-registry-'));
    const fields = (name: string) =>
      (named(all, name).inputs.fields as readonly { readonly fieldPath: string; readonly order: string }[]).map(
        ({ fieldPath, order }) => `${fieldPath} ${order}`,
      );
    expect(fields('models-registry-items-descending')).toEqual(['pk DESCENDING', 'sk DESCENDING']);
    expect(fields('models-registry-changes')).toEqual(['pk ASCENDING', 'committedAt ASCENDING']);
  });
  it('has uploads that nobody completed go within a day, as the adapter calls them', async () => {
    const rules = named(await graphFor('gcp-dev'), 'models-artifacts-bucket').inputs.lifecycleRules;
    expect(rules).toContainEqual({ action: { type: 'Delete' }, condition: { age: 1, matchesPrefixes: ['/uploads/'], withState: 'LIVE' } });
  });
  it('rings for events, and sweeps for all changes', async () => {
    const graph = await graphFor('gcp-dev');
    expect(names(graph, 'trigger')).toEqual([
      'billing-accounts-changes-trigger',
      'identity-directory-changes-trigger',
      'inference-endpoints-changes-trigger',
      'models-registry-changes-trigger',
    ]);
    expect(named(graph, 'models-registry-changes-trigger').inputs).toMatchObject({
      destination: { cloudRunService: { service: 'hybrid-dev-models-changes', path: '/changes/models.registry' } },
      matchingCriterias: [
        { attribute: 'type', value: 'google.cloud.firestore.document.v1.written' },
        { attribute: 'database', value: 'hybrid-dev-models' },
        { attribute: 'document', value: 'registry/{id}', operator: 'match-path-pattern' },
      ],
    });
    expect(names(graph, 'job').filter((name) => name.endsWith('-sweep-schedule') && name.includes('changes'))).toEqual([
      'billing-changes-sweep-schedule',
      'identity-changes-sweep-schedule',
      'inference-changes-sweep-schedule',
      'models-changes-sweep-schedule',
    ]);
  });
  it('calls subscriptions by their filters, so that another filter is another subscription', async () => {
    const [dev, staging] = [await graphFor('gcp-dev'), await graphFor('gcp-staging')];
    expect(named(dev, 'models-events-subscription').inputs.name).toMatch(/^hybrid-dev-models-events-[0-9a-f]{8}$/);
    expect(named(staging, 'models-alias-assigned-subscription').inputs.filter).toBe(
      'attributes."ce-type" = "ai.hybrid-platform.models.alias-assigned.v1"',
    );
  });
  it('has a subscription with another filter take over from the one before it, and nothing else', async () => {
    const taking = ofType(await graphFor('gcp-staging'), types.subscription).filter(({ afterCreate }) => afterCreate.length > 0);
    const filtered = ofType(await graphFor('gcp-staging'), types.subscription).filter(({ inputs }) => inputs.filter !== undefined);
    expect(taking.map(({ name }) => name)).toEqual(filtered.map(({ name }) => name));
    expect(taking.length).toBeGreaterThan(0);
  });
  it.each([
    ['7', '604800s'],
    ['31', '2678400s'],
  ])('keeps events for as many days as it is told to: %s, which are %s', async (days, kept) => {
    const graph = await graphOf('gcp-dev', { config: { 'platform:eventArchiveDays': days } });
    expect(named(graph, 'events-topic').inputs.messageRetentionDuration).toBe(kept);
  });
  it('keeps as many of what prod keeps by default as Pub/Sub can, and is refused where somebody asks for more, or for less than a subscription keeps', async () => {
    expect(named(await graphFor('gcp-prod'), 'events-topic').inputs.messageRetentionDuration).toBe('2678400s');
    const config = { 'platform:eventArchiveDays': '32' };
    await expect(graphOf('gcp-dev', { config })).rejects.toThrow(
      'platform:eventArchiveDays is 32, and Pub/Sub keeps events for at most 31 days',
    );
    await expect(graphOf('gcp-dev', { config: { 'platform:eventArchiveDays': '6' } })).rejects.toThrow('for at least 7 days');
  });
  it('keeps no index of a field by itself but of when it was written, where somebody sweeps for that', async () => {
    const fields = ofType(await graphFor('gcp-dev'), 'gcp:firestore/field:Field').map(({ name, inputs }) => [
      name,
      inputs.field,
      inputs.indexConfig,
    ]);
    expect(fields.filter(([name]) => String(name).startsWith('models-registry-'))).toEqual([
      ['models-registry-expiry', 'expiresAt', {}],
      ['models-registry-no-field', '*', {}],
      ['models-registry-sweep', 'committedAt', { indexes: [{ order: 'ASCENDING' }] }],
    ]);
    expect(fields.filter(([name]) => String(name).startsWith('dead-letters-')).map(([, field]) => field)).toEqual(['expiresAt', '*']);
  });
  it('lets the administrator in by a document that the adapter finds, and knows only the hash of the key', async () => {
    const { inputs } = named(await graphFor('gcp-dev'), 'admin-item');
    expect([inputs.collection, inputs.database]).toEqual(['directory', 'hybrid-dev-identity']);
    expect(inputs.documentId).toBe(documentId(bootstrapKey));
    expect(JSON.parse(String(inputs.fields))).toMatchObject({
      pk: { stringValue: bootstrapKey.pk },
      sk: { stringValue: bootstrapKey.sk },
      secretHash: { stringValue: sha256(`hyb_platform_bootstrap_${'r'.repeat(43)}`) },
    });
  });
  it('sends every path to the function that answers it, and the rest to the platform’s own', async () => {
    const { environmentVariables } = named(await graphFor('gcp-dev'), 'edge-function').inputs.serviceConfig as {
      readonly environmentVariables: { readonly HYBRID_ROUTES: string };
    };
    const routes = JSON.parse(environmentVariables.HYBRID_ROUTES) as { readonly [path: string]: string };
    expect(routes['/v1/models']).toBe('https://hybrid-dev-models-http-123456789012.europe-west1.run.app');
    expect(routes['/']).toBe('https://hybrid-dev-platform-http-123456789012.europe-west1.run.app');
  });
  it('keeps requests with the revision that has them, where a roll-out says so', async () => {
    const graph = await graphOf('gcp-dev', { config: { 'platform:rollout': '["models-http"]' } });
    const shares = (name: string) =>
      (named(graph, `${name}-function`).inputs.serviceConfig as { allTrafficOnLatestRevision: boolean }).allTrafficOnLatestRevision;
    expect([shares('models-http'), shares('billing-http')]).toEqual([false, true]);
  });
  it('gives functions with more memory the CPUs that it takes, and each as many instances as a new project may have', async () => {
    const graph = await graphOf('gcp-dev', {
      config: { 'platform:modelMemoryMegabytes': '8193', 'platform:maximumInstances': '{"http":5}' },
    });
    const sizeOf = (name: string) => named(graph, `${name}-function`).inputs.serviceConfig;
    expect(sizeOf('inference-http')).toMatchObject({ availableMemory: '8193Mi', availableCpu: '4', maxInstanceCount: 5 });
    expect(sizeOf('models-events')).toMatchObject({ availableMemory: '512Mi', availableCpu: '1', maxInstanceCount: 10 });
  });
  it('makes a child of one component otherwise, and leaves the rest', async () => {
    const transforms = { objectStore: { 'models-artifacts': { bucket: { storageClass: 'NEARLINE' } } } };
    const graph = await graphOf('gcp-dev', { transforms });
    expect(
      ofType(graph, 'gcp:storage/bucket:Bucket').flatMap(({ name, inputs }) => (inputs.storageClass === undefined ? [] : [name])),
    ).toEqual(['models-artifacts-bucket']);
  });
});

const kept =
  /^gcp:(firestore|storage|secretmanager|pubsub|eventarc|kms)\/(database|index|field|bucket|secret|topic|subscription|trigger|cryptoKey):/;

describe.each(['gcp-dev', 'gcp-prod'] as const)('the topology of %s', (stack) => {
  it('changes functions, and nothing that keeps data or delivers it', async () => {
    const urns = async (topology: 'context' | 'single') =>
      (await graphFor(stack, topology)).filter(({ type }) => kept.test(type)).map(({ urn }) => urn);
    expect(await urns('single')).toEqual(await urns('context'));
  });
  it('changes of a delivery nothing but whom it calls', async () => {
    const [one, other] = [await graphFor(stack, 'context'), await graphFor(stack, 'single')];
    const fixed = ({ inputs: { pushConfig, ...rest } }: Graph[number]) => rest;
    for (const resource of ofType(one, types.subscription))
      expect(
        ofType(other, types.subscription)
          .filter(({ urn }) => urn === resource.urn)
          .map(fixed),
      ).toEqual([fixed(resource)]);
  });
});

describe('a queue whose senders ask for delays', () => {
  const policy = { attempts: 5, visibilitySeconds: 30, batchSize: 10, backoff: { baseSeconds: 1, maxSeconds: 60 } };
  const hooks = context('hooks', {
    describes: 'Calls other people’s systems',
    queues: { outbox: { policy, needs: { delay: '5 m' }, uses: { outbox: ['send'] } } },
  });
  it('has tasks that publish its messages later, as an account that may do only that', async () => {
    const graph = await graphOf('gcp-dev', { contexts: [...contexts, hooks] });
    const { environmentVariables } = named(graph, 'hooks-queues-function').inputs.serviceConfig as {
      readonly environmentVariables: { readonly [name: string]: string };
    };
    const topic = 'projects/hybrid-test/topics/hooks-outbox-topic-1234567';
    expect(environmentVariables).toMatchObject({
      HYBRID_QUEUE_HOOKS_OUTBOX: topic,
      HYBRID_TASKS_HOOKS_OUTBOX: 'projects/hybrid-test/locations/europe-west1/queues/hooks-outbox-tasks-1234567',
      HYBRID_TASKS_ACCOUNT: 'hybrid-dev-tasks@hybrid-test.iam.gserviceaccount.com',
    });
    const member = 'serviceAccount:hybrid-dev-tasks@hybrid-test.iam.gserviceaccount.com';
    expect(graph.filter(({ inputs }) => inputs.member === member).map(({ inputs }) => [inputs.role, inputs.topic])).toEqual([
      ['roles/pubsub.publisher', topic],
    ]);
    expect(named(graph, 'hooks-queues-serviceAccountUser-tasks').inputs.role).toBe('roles/iam.serviceAccountUser');
    expect(named(graph, 'hooks-outbox-subscription').inputs).toMatchObject({
      retryPolicy: { minimumBackoff: '1s', maximumBackoff: '60s' },
      deadLetterPolicy: { maxDeliveryAttempts: 5 },
    });
  });
});

describe('the costs of a project', () => {
  const billingTable = 'the-payer.billing.gcp_billing_export_resource_v1_012345_6789AB_CDEF01';
  it('are a view with the columns of FOCUS, once Google exports them', async () => {
    expect((await graphFor('gcp-dev')).some(({ name }) => name === 'costs-costs')).toBe(false);
    const graph = await graphOf('gcp-dev', { config: { 'platform:billingTable': billingTable } });
    const { query } = named(graph, 'costs-costs').inputs.view as { readonly query: string };
    for (const { name } of focusColumns) expect(query).toContain(` AS ${name}`);
    expect(query).toContain(`FROM \`${billingTable}\``);
  });
  it('lie beside what the platform bills, and can be left out', async () => {
    const billed = named(await graphFor('gcp-dev'), 'costs-billed').inputs.externalDataConfiguration as { readonly [name: string]: string };
    // Of formats that have a schema of their own BigQuery takes none, and has to find a file.
    expect(billed.sourceFormat).toBe('CSV');
    // Partitions it finds by looking at files, too.
    expect(billed.hivePartitioningOptions).toBeUndefined();
    expect((JSON.parse(billed.schema ?? '') as readonly { readonly name: string }[]).map(({ name }) => name)).toEqual(
      focusColumns.map(({ name }) => name),
    );
    const without = await graphOf('gcp-dev', { config: { 'platform:costExport': 'false' } });
    expect(without.filter(({ type }) => type.startsWith('gcp:bigquery/'))).toEqual([]);
  });
});
