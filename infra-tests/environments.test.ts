import { describe, expect, it } from 'vitest';
import { contexts } from '../functions/contexts.ts';
import { bootstrapKey, sha256 } from '../functions/kernel/authentication.ts';
import { unitsOf } from '../functions/kernel/units.ts';
import type { Cloud } from '../stacks/environment.ts';
import { type PlatformPlan, planOf } from '../stacks/platform.ts';
import { statementsIn } from '../stacks/policies/statements.ts';
import { type Graph, graphOf } from './graph.ts';
import { graphFor, named, ofType } from './graphs.ts';

const answering = unitsOf(contexts, 'context', { apart: true }).filter(({ trigger }) => trigger === 'http');
const count = async (stack: Parameters<typeof graphFor>[0], type: string) => ofType(await graphFor(stack), type).length;

describe('dev', () => {
  it('polls one queue for each context that hears of events, and one for all dead letters', async () =>
    expect(ofType(await graphFor('aws-dev'), 'aws:sqs/queue:Queue').map(({ name }) => name)).toEqual(
      [
        'dead-letters-queue',
        ...contexts.flatMap(({ name, subscribers, queues }) => [
          ...(Object.keys(subscribers).length > 0 ? [`${name}-events-queue`] : []),
          ...Object.keys(queues).map((queue) => `${name}-${queue}-queue`),
        ]),
      ].sort(),
    ));
  it('has one secret, no key of its own, and nothing before the API', async () => {
    expect(await count('aws-dev', 'aws:secretsmanager/secret:Secret')).toBe(1);
    for (const type of [
      'aws:kms/key:Key',
      'aws:cloudfront/distribution:Distribution',
      'aws:wafv2/webAcl:WebAcl',
      'aws:cloudwatch/dashboard:Dashboard',
    ])
      expect(await count('aws-dev', type)).toBe(0);
    expect(named(await graphFor('aws-dev'), 'api-api').inputs.disableExecuteApiEndpoint).toBe(false);
  });
  it('has its buckets emptied by a destroy, and protects nothing', async () => {
    const graph = await graphFor('aws-dev');
    expect(ofType(graph, 'aws:s3/bucket:Bucket').every(({ inputs }) => inputs.forceDestroy === true)).toBe(true);
    expect(graph.filter(({ protect, retainOnDelete }) => protect || retainOnDelete)).toEqual([]);
  });
  it('has a budget as soon as somebody can be told', async () => {
    expect(await count('aws-dev', 'aws:budgets/budget:Budget')).toBe(0);
    const told = await graphOf('aws-dev', { config: { 'platform:alarmEmail': 'me@example.com' } });
    expect(ofType(told, 'aws:budgets/budget:Budget').map(({ inputs }) => inputs.limitAmount)).toEqual(['10']);
  });
});

describe('prod', () => {
  it('is reached by its domain, through a firewall, and proves to the functions that it was', async () => {
    const graph = await graphFor('aws-prod');
    const distribution = named(graph, 'edge-distribution');
    expect(distribution.inputs.aliases).toEqual(['ai.example.com']);
    expect(distribution.inputs.webAclId).toBe(named(graph, 'edge-firewall').outputs.arn);
    const [origin] = distribution.inputs.origins as readonly {
      readonly customHeaders: readonly { readonly name: string; readonly value: string }[];
    }[];
    const secret = origin?.customHeaders[0];
    expect(secret?.name).toBe('x-hybrid-origin-secret');
    for (const { name } of answering)
      expect(named(graph, `${name}-function`).inputs.environment).toMatchObject({
        variables: { HYBRID_ORIGIN_SECRET_SHA256: sha256(secret?.value ?? '') },
      });
  });
  it('keeps certificates and the firewall of its edge where CloudFront looks for them', async () => {
    const graph = await graphFor('aws-prod');
    expect(named(graph, 'edge-firewall').inputs.region).toBe('us-east-1');
    expect(named(graph, 'edge-certificate').inputs.region).toBe('us-east-1');
    expect(named(graph, 'edge-origin-certificate').inputs.region).toBe('eu-central-1');
  });
  it('retains what it protects', async () => {
    const kept = (await graphFor('aws-prod')).filter(({ protect }) => protect);
    expect(kept.length).toBeGreaterThan(15);
    expect(kept.every(({ retainOnDelete }) => retainOnDelete)).toBe(true);
  });
  it('refuses any account but its own', async () => {
    expect(ofType(await graphFor('aws-prod'), 'pulumi:providers:aws')[0]?.inputs.allowedAccountIds).toBe('["123456789012"]');
    await expect(graphOf('aws-prod', { config: { 'platform:allowedAccount': '210987654321' } })).rejects.toThrow(
      'The credentials are for the account 123456789012, and aws-prod belongs to 210987654321',
    );
  });
  it('sets concurrency aside where it is told to, and no more than the account has', async () => {
    const graph = await graphOf('aws-prod', { config: { 'platform:reservedConcurrency': '{"http":10,"inference-predictions":200}' } });
    for (const { name } of answering)
      expect(named(graph, `${name}-function`).inputs.reservedConcurrentExecutions).toBe(name === 'inference-predictions' ? 200 : 10);
    await expect(graphOf('aws-prod', { config: { 'platform:reservedConcurrency': '{"http":300}' } })).rejects.toThrow(
      'this account can set aside 900',
    );
  });
});

describe('what is passing', () => {
  it('goes wholly when its time is over: the object, its old versions, and parts of none', async () => {
    const { rules } = named(await graphFor('aws-dev'), 'models-artifacts-lifecycle').inputs as { readonly rules: readonly object[] };
    expect(rules).toContainEqual({
      id: 'passing-uploads/',
      status: 'Enabled',
      filter: { prefix: 'uploads/' },
      expiration: { days: 1 },
      noncurrentVersionExpiration: { noncurrentDays: 1 },
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    });
  });

  type Stored = PlatformPlan['stores'][number];
  /** The rules of each cloud that say it of one prefix. */
  const said: { readonly [cloud in Cloud]: (graph: Graph, store: Stored, prefix: string, days: number) => readonly object[] } = {
    aws: (graph, { name }, prefix, days) =>
      (named(graph, `${name}-lifecycle`).inputs.rules as readonly Rule[]).filter(
        (rule) => rule.filter?.prefix === prefix && rule.expiration?.days === days,
      ),
    azure: (graph, { name }, prefix, days) =>
      ofType(graph, 'azure-native:storage:ManagementPolicy')
        .flatMap(({ inputs }) => (inputs.policy as { readonly rules: readonly Rule[] }).rules)
        .filter(
          ({ definition }) =>
            definition?.filters.prefixMatch?.includes(`${name}/${prefix}`) === true &&
            JSON.stringify(definition.actions.baseBlob).includes(`:${days}}`),
        ),
    gcp: (graph, { name }, prefix, days) => {
      const rules = (named(graph, `${name}-bucket`).inputs.lifecycleRules as readonly Rule[]).filter(
        ({ condition }) => condition?.matchesPrefixes?.includes(prefix) === true && condition.age === days,
      );
      const states = rules.map(({ condition }) => condition?.withState);
      return states.includes('LIVE') && states.includes('ARCHIVED') ? rules : [];
    },
  };
  type Rule = {
    readonly filter?: { readonly prefix?: string };
    readonly expiration?: { readonly days?: number };
    readonly definition?: {
      readonly filters: { readonly prefixMatch?: readonly string[] };
      readonly actions: { readonly baseBlob: object };
    };
    readonly condition?: { readonly matchesPrefixes?: readonly string[]; readonly age?: number; readonly withState?: string };
  };
  it.each(Object.keys(said) as Cloud[])('is told to %s, wherever it is declared', async (cloud) => {
    const graph = await graphFor(`${cloud}-dev`);
    const declared = planOf(contexts, { topology: 'context', queuePer: 'context' }).stores.flatMap((store) =>
      Object.entries(store.passing ?? {}).map(([prefix, after]) => ({ store, prefix, days: Number(after.split(' ')[0]) })),
    );
    expect(declared.length).toBeGreaterThan(0);
    for (const { store, prefix, days } of declared)
      expect(said[cloud](graph, store, prefix, days), `${store.name} ${prefix}`).not.toEqual([]);
  });
});

describe('an address that sends floods', () => {
  it('is let through a quarter of what the API takes', async () => {
    const { rules } = named(await graphFor('aws-prod'), 'edge-firewall').inputs as {
      readonly rules: readonly {
        readonly name: string;
        readonly statement: { readonly rateBasedStatement?: { readonly limit: number } };
      }[];
    };
    // 200 requests a second by default, counted over five minutes.
    expect(rules.find(({ name }) => name === 'flood')?.statement.rateBasedStatement?.limit).toBe(15_000);
  });
});

describe('a roll-out', () => {
  const drawn = () => graphOf('aws-dev', { config: { 'platform:rollout': '{"models-http":{"stable":"7","percent":10}}' } });
  it('leaves the stable version in charge, and gives the new one its share', async () =>
    expect(named(await drawn(), 'models-http-live').inputs).toMatchObject({
      functionVersion: '7',
      routingConfig: { additionalVersionWeights: { '1': 0.1 } },
    }));
  it('is gone back on by an alarm, which may do nothing else', async () => {
    const graph = await drawn();
    const alarm = named(graph, 'rollout-models-http', 'aws:cloudwatch/metricAlarm:MetricAlarm');
    expect(alarm.inputs.dimensions).toMatchObject({ ExecutedVersion: '1', Resource: 'models-http-function-1234567:live' });
    expect(alarm.inputs.alarmActions).toContain(named(graph, 'roll-back-function').outputs.arn);
    expect(statementsIn(named(graph, 'roll-back-grants').inputs.policy).find(({ sid }) => sid === 'RollBack')).toMatchObject({
      actions: ['lambda:UpdateAlias'],
      resources: [named(graph, 'models-http-function').outputs.arn],
    });
  });
  it('is not there otherwise', async () =>
    expect(named(await graphFor('aws-dev'), 'models-http-live').inputs).not.toHaveProperty('routingConfig'));
});

describe('the administrator', () => {
  it('is known to the platform by the hash of a key that only the stack tells', async () => {
    const graph = await graphFor('aws-dev');
    const key = `hyb_platform_bootstrap_${'r'.repeat(43)}`;
    expect(JSON.parse(String(named(graph, 'admin-item').inputs.item))).toEqual({
      pk: { S: bootstrapKey.pk },
      sk: { S: bootstrapKey.sk },
      secretHash: { S: sha256(key) },
    });
    expect(JSON.parse(String(named(graph, 'identity-version').inputs.secretString))).toEqual({ adminKey: key });
  });
});

describe('code', () => {
  it('that is too large to be handed over goes through a bucket', async () => {
    const graph = await graphOf('aws-dev', { zipBytes: (unit) => (unit === 'billing-http' ? 60_000_000 : 1000) });
    expect(ofType(graph, 'aws:s3/bucketObjectv2:BucketObjectv2').map(({ name }) => name)).toEqual(['code-billing-http']);
    expect(named(graph, 'billing-http-function').inputs).toMatchObject({
      s3Bucket: 'code-bucket-1234567',
      s3Key: expect.stringMatching(/\.zip$/),
    });
    expect(named(graph, 'models-http-function').inputs).not.toHaveProperty('s3Bucket');
  });
  it('is for the machine that is configured', async () => {
    const graph = await graphFor('aws-dev');
    const architecture = (unit: string) => named(graph, `${unit}-function`).inputs.architectures;
    expect([architecture('inference-predictions'), architecture('billing-http')]).toEqual([['x86_64'], ['arm64']]);
  });
});

describe('a transform', () => {
  it('makes a child of one component otherwise, and leaves the rest', async () => {
    const transforms = {
      table: { 'models-registry': { table: { tableClass: 'STANDARD_INFREQUENT_ACCESS' } } },
      httpApi: { api: { stage: { tags: { team: 'ai' } } } },
    };
    const graph = await graphOf('aws-dev', { transforms });
    expect(named(graph, 'models-registry-table').inputs).toMatchObject({ tableClass: 'STANDARD_INFREQUENT_ACCESS', hashKey: 'pk' });
    expect(named(graph, 'billing-usage-table').inputs).not.toHaveProperty('tableClass');
    expect(named(graph, 'api-stage').inputs).toMatchObject({ tags: { team: 'ai' }, autoDeploy: true });
  });
});

/** How folders of a month begin: AWS writes its own in capitals, the platform's exports are in small letters. */
const monthsOf = ({ inputs }: ReturnType<typeof named>): string | undefined =>
  /\/data\/(\w+)=/.exec((inputs.parameters as { readonly [name: string]: string })['storage.location.template'] ?? '')?.[1];

describe('costs', () => {
  it('are exported as FOCUS with the columns that the platform’s own bills have, and can be left out', async () => {
    const graph = await graphFor('aws-dev');
    const [query] = (named(graph, 'costs-export').inputs.export as { readonly dataQueries: readonly { readonly queryStatement: string }[] })
      .dataQueries;
    expect(query?.queryStatement).toMatch(/^SELECT BilledCost, .*Tags FROM FOCUS_1_2_AWS$/);
    const columns = (table: string) =>
      (named(graph, table).inputs.storageDescriptor as { readonly columns: readonly { readonly name: string }[] }).columns.map(
        ({ name }) => name,
      );
    expect(columns('costs-costs')).toEqual(expect.arrayContaining(columns('costs-billed').filter((name) => name !== 'skupricedetails')));
    expect([named(graph, 'costs-costs'), named(graph, 'costs-billed')].map(monthsOf)).toEqual(['BILLING_PERIOD', 'billing_period']);
    const left = await graphOf('aws-dev', { config: { 'platform:costExport': 'false' } });
    expect(left.filter(({ name }) => name.startsWith('costs'))).toEqual([]);
  });
});
