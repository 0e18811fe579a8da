import { describe, expect, it } from 'vitest';
import { formatApiKey } from '../domain/identity/api-key.ts';
import { platformTenant } from '../domain/kernel/tenancy.ts';
import { sha256 } from '../functions/kernel/authentication.ts';
import { graphOf } from './graph.ts';
import { graphFor, named, ofType, type Stack } from './graphs.ts';

const names = async (stack: Stack, type: string) => ofType(await graphFor(stack), `azure-native:${type}`).map(({ name }) => name);

type Setting = { readonly name: string; readonly value: unknown };
const settingOf = async (stack: Stack, app: string, name: string): Promise<unknown> => {
  const { appSettings } = named(await graphFor(stack), `${app}-app`).inputs.siteConfig as { readonly appSettings: readonly Setting[] };
  return appSettings.find((setting) => setting.name === name)?.value;
};

describe('dev on Azure', () => {
  it('has one queue for each context that hears of events, each with its dead letters', async () =>
    expect(await names('azure-dev', 'storage:Queue')).toEqual(
      ['billing', 'inference', 'models', 'observability'].flatMap((context) => [`${context}-events-poison`, `${context}-events-queue`]),
    ));
  it('has an app before the others instead of a Front Door, and no key of its own', async () => {
    expect(await names('azure-dev', 'web:WebApp')).toContain('edge-app');
    expect([...(await names('azure-dev', 'cdn:Profile')), ...(await names('azure-dev', 'keyvault:Key'))]).toEqual([]);
    const routes = JSON.parse(String(await settingOf('azure-dev', 'edge', 'HYBRID_ROUTES'))) as { readonly [path: string]: string };
    expect([routes['/v1/models'], routes['/v2'], routes['/']]).toEqual(
      ['models', 'inference', 'platform'].map((app) => `https://${app}-app12345678.azurewebsites.net`),
    );
  });
  it('lets its edge have its secret from the vault, and the apps only its hash', async () => {
    expect(await settingOf('azure-dev', 'edge', 'HYBRID_ORIGIN_SECRET')).toMatch(/^@Microsoft\.KeyVault\(SecretUri=https:.*edge-origin\)$/);
    expect(await settingOf('azure-dev', 'models', 'HYBRID_ORIGIN_SECRET_SHA256')).toBe(sha256('r'.repeat(43)));
  });
  it('lets go what nobody has brought to its end: parts of uploads after a week, uploads after a day', async () => {
    const { policy } = named(await graphFor('azure-dev'), 'data-lifecycle').inputs as {
      readonly policy: { readonly rules: readonly object[] };
    };
    const rule = (name: string, prefix: string, days: number) => ({
      ...{ name, type: 'Lifecycle', enabled: true },
      definition: {
        filters: { blobTypes: ['blockBlob'], prefixMatch: [prefix] },
        actions: {
          baseBlob: { delete: { daysAfterModificationGreaterThan: days } },
          version: { delete: { daysAfterCreationGreaterThan: days } },
        },
      },
    });
    expect(policy.rules).toContainEqual(rule('models-artifacts-uploads', 'models-artifacts/uploads/', 1));
    expect(policy.rules).toContainEqual(rule('models-artifacts-unfinished', 'models-artifacts//uploads/', 7));
  });
  it('keeps nothing after a destroy', async () => expect((await graphFor('azure-dev')).filter(({ protect }) => protect)).toEqual([]));
});

describe('prod on Azure', () => {
  it('is reached by its domain only, through a firewall', async () => {
    const graph = await graphFor('azure-prod');
    const paths = ofType(graph, 'azure-native:cdn:Route').map(({ name, inputs }) => [name, inputs.patternsToMatch]);
    expect(Object.fromEntries(paths)).toMatchObject({
      'edge-v2': ['/v2', '/v2/*'],
      'edge-v1-models': ['/v1/models', '/v1/models/*'],
      'edge-others': ['/*'],
    });
    expect(await names('azure-prod', 'web:WebApp')).not.toContain('edge-app');
    const { frontDoorId } = named(graph, 'edge-profile').outputs;
    for (const { inputs } of ofType(graph, 'azure-native:web:WebApp'))
      expect(inputs.siteConfig).toMatchObject({ ipSecurityRestrictions: [{ headers: { 'x-azure-fdid': [frontDoorId] } }] });
  });
  it('lets nobody in from outside who asks for what the hosts of the apps answer themselves', async () => {
    const { customRules } = named(await graphFor('azure-prod'), 'edgefirewall').inputs as {
      readonly customRules: {
        readonly rules: readonly { readonly name: string; readonly matchConditions: readonly { matchValue: string[] }[] }[];
      };
    };
    const pattern = new RegExp(customRules.rules.find(({ name }) => name === 'host')?.matchConditions[0]?.matchValue[0] ?? 'nothing');
    const at = (path: string) => pattern.test(`https://hybrid.example.com:443${path}`);
    expect(['/admin/host/keys', '/admin', '//runtime/webhooks/x', '/./admin/x', '/admin?x'].map(at)).not.toContain(false);
    expect(['/', '/administrators', '/docs/admin/x', '/v1/models?next=/admin/x', '/v1/models/admin'].map(at)).not.toContain(true);
    expect(pattern.test('/admin/host/status')).toBe(true);
  });
  it('proves itself to the apps with the secret of which they know the hash', async () => {
    const [action] = named(await graphFor('azure-prod'), 'edge-proof').inputs.actions as readonly {
      readonly parameters: { readonly value: string };
    }[];
    expect(sha256(action?.parameters.value ?? '')).toBe(await settingOf('azure-prod', 'models', 'HYBRID_ORIGIN_SECRET_SHA256'));
  });
  it('has a workbook and a budget, and keeps three copies in three zones', async () => {
    expect(await names('azure-prod', 'applicationinsights:Workbook')).toHaveLength(1);
    expect(await names('azure-prod', 'consumption:Budget')).toHaveLength(1);
    expect(named(await graphFor('azure-prod'), 'data').inputs.sku).toEqual({ name: 'Standard_ZRS' });
  });
});

describe('alerts on Azure', () => {
  type Criterion = {
    readonly metricName?: string;
    readonly query?: string;
    readonly threshold: number;
    readonly dimensions?: readonly { readonly name: string; readonly values: readonly string[] }[];
  };
  /** What each looks at, over what it is above, and the dimensions that it is split by or has one value of. */
  const alertsOf = async (stack: Stack) => {
    const rules = (await graphFor(stack)).filter(({ type }) => /:(MetricAlert|ScheduledQueryRule)$/.test(type));
    return Object.fromEntries(
      rules.map(({ name, inputs }) => {
        const [criterion] = (inputs.criteria as { readonly allOf: readonly Criterion[] }).allOf as [Criterion];
        const { metricName, query, threshold, dimensions = [] } = criterion;
        const by = dimensions.map((one) => `${one.name} ${one.values.join(',')}`);
        return [name.replace('monitoring-', ''), [`${metricName ?? query} > ${threshold}`, ...by]];
      }),
    );
  };
  const collected = 'AppRequests | where Name startswith "dead-letters"';
  const apps = ['platform', 'identity', 'models', 'inference', 'billing', 'observability'];

  it('look in dev at all at once, by less than ten metrics, which cost nothing', async () =>
    expect(await alertsOf('azure-dev')).toEqual({
      undelivered: ['DeadLetteredCount > 0'],
      dropped: ['DroppedEventCount > 0'],
      throttled: ['TotalRequests > 100', 'StatusCode 429'],
      waiting: ['QueueMessageCount > 10000'],
      failures: ['requests/failed > 4'],
      'dead-letters-came': [`${collected} > 0`],
    }));
  it.each([
    ['azure-staging', [...apps, 'edge']],
    ['azure-prod', apps],
  ] as const)('look in %s at each subscription, table, app and queue by itself', async (stack, watched) =>
    expect(await alertsOf(stack)).toEqual({
      undelivered: ['DeadLetteredCount > 0', 'EventSubscriptionName *'],
      dropped: ['DroppedEventCount > 0', 'EventSubscriptionName *'],
      throttled: ['TotalRequests > 100', 'StatusCode 429', 'CollectionName *'],
      // Of queues Azure counts all messages together only.
      waiting: ['QueueMessageCount > 10000'],
      ...Object.fromEntries(watched.map((app) => [`${app}-failures`, ['requests/failed > 4', `cloud/roleName ${app}-app12345678`]])),
      'dead-letters-came': [`${collected} > 0`, 'Name *'],
      'dead-letters-stay': [`${collected} and Success == false > 0`, 'Name *'],
      'deliveries-fail': ['AppRequests | where Name matches regex "^(events|work|changes)-" and Success == false > 4', 'Name *'],
    }),
  );
});

describe.each(['azure-dev', 'azure-prod'] as const)('the apps of %s', (stack) => {
  it('have an account each for packages, keys and locks, in which no other app may do anything', async () => {
    const graph = await graphFor(stack);
    const principals = new Map(
      ofType(graph, 'azure-native:managedidentity:UserAssignedIdentity').map(({ name, outputs }) => [name, outputs.principalId]),
    );
    const assigned = ofType(graph, 'azure-native:authorization:RoleAssignment');
    for (const { name } of ofType(graph, 'azure-native:web:WebApp')) {
      const app = name.replace(/-app$/, '');
      const account = String(named(graph, `${app.replaceAll('-', '')}rt`, 'azure-native:storage:StorageAccount').outputs.id);
      const there = assigned.filter(({ inputs }) => String(inputs.scope).startsWith(account));
      expect(there.map(({ inputs }) => String(inputs.scope).split('/').at(-1)).sort()).toEqual(
        [`${app}-packages`, 'azure-webjobs-hosts', 'azure-webjobs-secrets'].sort(),
      );
      expect(new Set(there.map(({ inputs }) => inputs.principalId))).toEqual(new Set([principals.get(`${app}-identity`)]));
      const { accountName } = named(graph, `${app}-webjobs-secrets`).inputs;
      expect(await settingOf(stack, app, 'AzureWebJobsStorage__blobServiceUri')).toContain(`//${String(accountName)}.blob.`);
    }
  });
});

describe('roles on Azure', () => {
  const waiting = async (stack: Stack) =>
    (await graphFor(stack)).filter(({ beforeCreate }) => beforeCreate.length > 0).map(({ type }) => type.replace('azure-native:', ''));
  it('are noted when they are assigned, so that apps and subscriptions wait until they hold', async () => {
    const graph = await graphFor('azure-dev');
    const assigned = graph.filter(({ type }) => /:RoleAssignment$|:SqlResourceSqlRoleAssignment$/.test(type));
    expect(assigned.filter(({ afterCreate }) => afterCreate.length !== 1).map(({ name }) => name)).toEqual([]);
    const needing = graph.filter(({ type }) => /:WebApp$|:TopicEventSubscription$/.test(type));
    expect(needing.filter(({ beforeCreate }) => beforeCreate.length !== 1).map(({ name }) => name)).toEqual([]);
    expect(new Set(await waiting('azure-dev'))).toEqual(new Set(['web:WebApp', 'eventgrid:TopicEventSubscription']));
  });
  it('to use a key are waited for by what is encrypted with it', async () =>
    expect(await waiting('azure-prod')).toEqual(expect.arrayContaining(['storage:StorageAccount', 'cosmosdb:DatabaseAccount'])));
});

describe('web hooks for events on Azure', () => {
  const hooks = JSON.stringify({ tenant: '11111111-2222-3333-4444-555555555555', audience: 'api://hybrid-events' });
  const settingIn = (graph: Awaited<ReturnType<typeof graphFor>>, app: string, name: string) => {
    const { appSettings } = named(graph, `${app}-app`).inputs.siteConfig as { readonly appSettings: readonly Setting[] };
    return appSettings.find((setting) => setting.name === name)?.value;
  };
  it('are not there unless somebody says whose', async () => {
    expect(await settingOf('azure-dev', 'models', 'HYBRID_EVENT_HOOKS')).toBeUndefined();
    expect(String(await settingOf('azure-dev', 'edge', 'HYBRID_ROUTES'))).not.toContain('/events/');
  });
  it('are told to apps that hear events, and led to by the edge', async () => {
    const graph = await graphOf('azure-dev', { config: { 'platform:eventHooks': hooks } });
    expect([settingIn(graph, 'models', 'HYBRID_EVENT_HOOKS'), settingIn(graph, 'identity', 'HYBRID_EVENT_HOOKS')]).toEqual([
      hooks,
      undefined,
    ]);
    const routes = JSON.parse(String(settingIn(graph, 'edge', 'HYBRID_ROUTES'))) as { readonly [path: string]: string };
    expect(routes['/events/models-events']).toBe('https://models-app12345678.azurewebsites.net');
  });
  it('are led to by Front Door where that is', async () => {
    const graph = await graphOf('azure-prod', { config: { 'platform:eventHooks': hooks } });
    expect(named(graph, 'edge-events-models-alias-assigned').inputs.patternsToMatch).toEqual([
      '/events/models-alias-assigned',
      '/events/models-alias-assigned/*',
    ]);
  });
});

describe('every environment on Azure', () => {
  it('looks at lines of the logs twice before they are too old for an alert, as they come late', async () => {
    const minutes = (duration: unknown) => Number(/^PT(\d+)M$/.exec(String(duration))?.[1]);
    for (const stack of ['azure-dev', 'azure-staging', 'azure-prod'] as const) {
      const rules = ofType(await graphFor(stack), 'azure-native:monitor:ScheduledQueryRule');
      expect(rules.length).toBeGreaterThan(0);
      for (const { inputs } of rules) expect(minutes(inputs.windowSize)).toBeGreaterThanOrEqual(2 * minutes(inputs.evaluationFrequency));
    }
  });
  it('knows its first key by its hash', async () => {
    const key = formatApiKey({ tenant: platformTenant, id: 'bootstrap', secret: 'r'.repeat(43) });
    for (const stack of ['azure-dev', 'azure-staging', 'azure-prod'] as const)
      expect(await settingOf(stack, 'identity', 'HYBRID_BOOTSTRAP_KEY_SHA256')).toBe(sha256(key));
  });
  it('tells apps that run models how much memory they have', async () =>
    expect([
      await settingOf('azure-dev', 'inference', 'HYBRID_MEMORY_MEGABYTES'),
      await settingOf('azure-dev', 'billing', 'HYBRID_MEMORY_MEGABYTES'),
    ]).toEqual(['2048', undefined]));
  it('runs the package of its update, or an earlier one where it is told so', async () => {
    const earlier = 'ab'.repeat(32);
    const graph = await graphOf('azure-dev', { config: { 'platform:packages': JSON.stringify({ models: earlier }) } });
    const uri = (app: string) => JSON.stringify(named(graph, `${app}-code`).inputs.properties);
    expect(uri('models')).toContain(`models-packages/${earlier}/released-package.zip`);
    expect(uri('billing')).toContain(`billing-packages/${'00'.repeat(32)}/released-package.zip`);
  });
  it('refuses settings that name what there is not, and other subscriptions', async () => {
    const draw = (config: { readonly [key: string]: string }) => graphOf('azure-dev', { config });
    await expect(draw({ 'platform:packages': JSON.stringify({ model: 'ab'.repeat(32) }) })).rejects.toThrow('There is no app model');
    await expect(draw({ 'platform:allowedSubscription': '00000000-0000-0000-0000-000000000000' })).rejects.toThrow('belongs to');
  });
  it('exports costs as FOCUS in Parquet beside the platform’s own, and can leave them out', async () => {
    const template = JSON.stringify(named(await graphFor('azure-dev'), 'costs-export').inputs.properties);
    for (const part of ['"FocusCost"', '"Parquet"', '"2025-03-01"', '"container":"costs"']) expect(template).toContain(part);
    const left = await graphOf('azure-dev', { config: { 'platform:costExport': 'false' } });
    expect(left.filter(({ name }) => name.startsWith('costs'))).toEqual([]);
  });
  it.each(['azure-dev', 'azure-prod'] as const)('lets the export of %s into an account in which nothing else is', async (stack) => {
    const graph = await graphFor(stack);
    const [account, data] = ['costs', 'data'].map((name) => named(graph, name, 'azure-native:storage:StorageAccount'));
    const template = JSON.stringify(named(graph, 'costs-export').inputs.properties);
    expect([template.includes(String(account?.outputs.id)), template.includes(String(data?.outputs.id))]).toEqual([true, false]);
    const { accountName } = named(graph, 'costs-container').inputs;
    const inside = graph.filter(({ type, inputs }) => type.startsWith('azure-native:storage:') && inputs.accountName === accountName);
    expect(inside.map(({ name }) => name).sort()).toEqual(['costs-blobs', 'costs-container', 'costs-lifecycle']);
    const assigned = graph.filter(({ inputs }) => String(inputs.scope).startsWith(String(account?.outputs.id)));
    expect(assigned.map(({ name }) => name)).toEqual(['costs-writes']);
    const { tags: _, ...hardened } = data?.inputs ?? {};
    expect(account?.inputs).toMatchObject(hardened);
    expect(account?.protect).toBe(data?.protect);
  });
});
