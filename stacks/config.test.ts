import { describe, expect, it } from 'vitest';
import { isFailure } from '../domain/kernel/failure.ts';
import { contexts } from '../functions/contexts.ts';
import { type Settings, settingsOf } from './config.ts';
import { settingOf } from './options.ts';

const region = { 'aws:region': 'eu-central-1' };
const prod = {
  ...region,
  'platform:allowedAccount': '012345678901',
  'platform:alarmEmail': 'operators@example.com',
  'platform:domain': 'ai.example.com',
  'platform:hostedZoneId': 'Z0123456789ABCDEFGHIJ',
  'platform:monthlyBudgetUsd': '500',
};

const settings = (config: { readonly [key: string]: string }, stack = 'aws-dev'): Settings => {
  const given = settingsOf({ stack, config }, contexts);
  if (isFailure(given)) throw new TypeError(given.detail);
  return given;
};
const refusal = (config: { readonly [key: string]: string }, stack = 'aws-dev'): string => {
  const given = settingsOf({ stack, config }, contexts);
  return isFailure(given) ? given.detail : 'nothing is wrong';
};
const dev = (key: string, value: string): string => refusal({ ...region, [`platform:${key}`]: value });

describe('the settings of a stack', () => {
  it('need nothing but a region in dev', () =>
    expect(settings(region)).toMatchObject({
      ...{ stack: 'aws-dev', cloud: 'aws', environment: 'dev', region: 'eu-central-1' },
      ...{ topology: 'context', architecture: 'arm64', modelArchitecture: 'x86_64', logRetentionDays: 7, costExport: true },
      contexts,
    }));
  it('take the region of the environment where the configuration has none', () =>
    expect(settingsOf({ stack: 'aws-dev', config: {}, variables: { AWS_REGION: 'us-east-1' } }, contexts)).toMatchObject({
      region: 'us-east-1',
    }));
  it('come as text, and are what they mean', () =>
    expect(
      settings({
        ...region,
        'platform:logRetentionDays': '30',
        'platform:costExport': 'false',
        'platform:rollout': '{"models-http":{"stable":"7","percent":10}}',
        'platform:contexts': JSON.stringify(contexts.map(({ name }) => name).reverse()),
      }),
    ).toMatchObject({
      ...{ logRetentionDays: 30, costExport: false, rollout: { 'models-http': { stable: '7', percent: 10 } } },
      contexts,
    }));
  it('keep an account’s leading zero', () => expect(settings(prod, 'aws-prod')).toMatchObject({ allowedAccount: '012345678901' }));
  it('leave other namespaces alone', () => expect(refusal({ ...region, 'other:thing': 'x' })).toBe('nothing is wrong'));
});

const lists = 'a JSON list of contexts such as ["identity","models"]';
const numbers = 'a JSON object such as {"http":100}';
const rollouts = 'a JSON object such as {"models-http":{"stable":"7","percent":10}}';

describe('settings that are wrong are refused with what would be right', () => {
  it('no region', () => expect(refusal({})).toContain('aws:region is missing: pulumi config set aws:region'));
  it('a region that is none', () => expect(refusal({ 'aws:region': 'Frankfurt' })).toContain('should be a region such as eu-central-1'));
  it('a stack of another name', () => expect(refusal(region, 'production')).toContain('aws, azure or gcp and dev, staging or prod'));
  it.each([
    ['contexts', '[1]', `platform:contexts.0 should be text, in ${lists}`],
    ['contexts', '{}', `platform:contexts should be ${lists}`],
    ['contexts', '[]', `platform:contexts should be a list of 1 or more, in ${lists}`],
    ['reservedConcurrency', '{"http": "x"}', `platform:reservedConcurrency.http should be a number, in ${numbers}`],
    ['reservedConcurrency', '{"http": 0}', `platform:reservedConcurrency.http should be 1 or more, in ${numbers}`],
    ['rollout', '[]', `platform:rollout should be ${rollouts}`],
    ['rollout', '{"models-http": {"percent": 5}}', `platform:rollout.models-http.stable should be text, in ${rollouts}`],
    [
      'rollout',
      '{"models-http": {"stable": "7", "percent": 100}}',
      `platform:rollout.models-http.percent should be 99 or less, in ${rollouts}`,
    ],
    ['rollout', '{"models-http": {"stable": "7", "percent": 5, "to": "8"}}', `platform:rollout.models-http has no to, in ${rollouts}`],
  ])('%s where it is %s', (key, value, says) => expect(dev(key, value).split('\n')).toContain(`  - ${says}`));
  it('a context that there is not', () =>
    expect(dev('contexts', '["models","sales"]')).toContain('names "sales"; there are platform, identity'));
  it('a list that is none', () => expect(dev('contexts', 'models')).toContain(`platform:contexts should be ${lists}`));
  it('an option that there is not', () =>
    expect(dev('topologie', 'single')).toContain('there is no platform:topologie; there are topology'));
  it.each([
    ['topology', 'flat', 'one of context, single'],
    ['architecture', 'amd64', 'one of arm64, x86_64'],
    ['allowedAccount', '12345', 'the 12 digits of an AWS account'],
    ['logRetentionDays', '8', 'one of 1, 3, 5, 7'],
    ['logRetentionDays', 'long', 'a whole number from 1 to 3653'],
    ['memoryMegabytes', '64', 'platform:memoryMegabytes'],
    ['alarmEmail', 'me', 'an e-mail address'],
    ['domain', 'https://ai.example.com', 'a domain such as ai.example.com'],
    ['costExport', 'yes', 'true or false'],
    ['reservedConcurrency', '100', 'platform:reservedConcurrency'],
    ['rollout', '{"models-http":{"stable":"7","percent":100}}', 'platform:rollout.models-http.percent'],
    ['rollout', 'models-http', 'a JSON object such as'],
  ])('%s of %s', (key, value, right) => expect(dev(key, value)).toContain(right));
  it('all of them at once', () => {
    const told = { topology: 'flat', domain: 'x', contexts: '["sales"]', reservedConcurrency: '{"http":5}', topologie: 'single' };
    const config = Object.fromEntries(Object.entries(told).map(([key, value]) => [`platform:${key}`, value]));
    const [, ...problems] = refusal({ ...config, 'aws:region': 'Frankfurt' }).split('\n');
    expect(problems.map((problem) => /[a-z]+:[A-Za-z]+/.exec(problem)?.[0]).sort()).toEqual([
      ...['aws:region', 'platform:contexts', 'platform:domain', 'platform:domain', 'platform:domain', 'platform:reservedConcurrency'],
      ...['platform:topologie', 'platform:topology'],
    ]);
  });
  it('an option that prod needs and that is wrong is not missing, too', () => {
    const detail = refusal({ ...prod, 'platform:domain': 'https://ai.example.com' }, 'aws-prod');
    expect(detail.split('\n')).toEqual([
      'The stack is not configured right:',
      '  - platform:domain should be a domain such as ai.example.com',
    ]);
  });
  it('what prod needs and does not have', () => {
    const detail = refusal(region, 'aws-prod');
    for (const key of Object.keys(prod).filter((name) => name.startsWith('platform:'))) expect(detail).toContain(`${key} is missing`);
  });
  it('what prod needs, by commands that would be taken as they are', () => {
    const commands = [...refusal(region, 'aws-prod').matchAll(/: pulumi config set (\S+) (\S+)$/gm)].map(([, key = '', value = '']) => [
      key,
      value,
    ]);
    const account = { 'platform:allowedAccount': '123456789012' };
    expect(Object.fromEntries(commands)).toEqual({ ...prod, ...account, 'aws:region': undefined });
  });
  it('a domain in dev', () => expect(dev('domain', 'ai.example.com')).toContain('platform:domain is not for dev: remove it'));
  it('a domain without its zone', () =>
    expect(refusal({ ...region, 'platform:domain': 'ai.example.com' }, 'aws-staging')).toContain('belong together'));
  it('records that stay where a destroy takes all data along', () => {
    expect(dev('immutableDays', '30')).toContain('platform:immutableDays is for prod only: remove it from dev');
    expect(settings({ ...prod, 'platform:immutableDays': '3650' }, 'aws-prod')).toMatchObject({ immutableDays: 3650 });
    expect(refusal({ ...prod, 'platform:immutableDays': '0' }, 'aws-prod')).toContain('should be a whole number from 1 to 36500');
    expect(refusal({ ...prod, 'platform:immutableDays': '36501' }, 'aws-prod')).toContain('should be a whole number from 1 to 36500');
  });
  it('a budget that nobody would hear of', () => expect(dev('monthlyBudgetUsd', '5')).toContain('needs platform:alarmEmail'));
  it('concurrency that is set aside outside prod', () =>
    expect(dev('reservedConcurrency', '{"http":5}')).toContain('is for prod only: remove it from dev'));
});

const subscription = '11111111-2222-3333-4444-555555555555';
const azure = { 'azure-native:location': 'germanywestcentral', 'azure-native:subscriptionId': subscription };
const gcp = { 'gcp:region': 'europe-west1', 'gcp:project': 'hybrid-test' };
const operated = {
  'platform:alarmEmail': 'operators@example.com',
  'platform:domain': 'ai.example.com',
  'platform:monthlyBudgetUsd': '500',
};
const azureProd = {
  ...azure,
  ...operated,
  'platform:allowedSubscription': subscription,
  'platform:dnsZoneId': `/subscriptions/${subscription}/resourceGroups/dns/providers/Microsoft.Network/dnsZones/example.com`,
};
const gcpProd = {
  ...gcp,
  ...operated,
  'platform:allowedProject': 'hybrid-test',
  'platform:dnsZone': 'example-com',
  'platform:billingAccount': '012345-6789AB-CDEF01',
};

describe('the settings of a stack on Azure', () => {
  it('need a location and a subscription in dev', () =>
    expect(settings(azure, 'azure-dev')).toMatchObject({
      ...{ cloud: 'azure', environment: 'dev', region: 'germanywestcentral', subscriptionId: subscription },
      ...{ memoryMegabytes: 512, modelMemoryMegabytes: 2048, topology: 'context', contexts },
    }));
  it('take both from what the provider reads as well', () =>
    expect(
      settingsOf(
        { stack: 'azure-dev', config: {}, variables: { ARM_LOCATION: 'westeurope', ARM_SUBSCRIPTION_ID: subscription } },
        contexts,
      ),
    ).toMatchObject({ region: 'westeurope', subscriptionId: subscription }));
  it('say all that is missing', () => {
    expect(refusal({}, 'azure-dev')).toContain(
      'azure-native:location is missing: pulumi config set azure-native:location germanywestcentral',
    );
    expect(refusal({}, 'azure-dev')).toContain('azure-native:subscriptionId is missing');
  });
  it('are complete for prod', () => expect(settings(azureProd, 'azure-prod')).toMatchObject({ environment: 'prod' }));
  it('want the zone where everything else is', () => {
    const elsewhere = azureProd['platform:dnsZoneId'].replace(subscription, '99999999-2222-3333-4444-555555555555');
    expect(refusal({ ...azureProd, 'platform:dnsZoneId': elsewhere }, 'azure-prod')).toContain(
      'platform:dnsZoneId is of the subscription 99999999-2222-3333-4444-555555555555, and this stack is in',
    );
  });
  it('pin the subscription', () =>
    expect(refusal({ ...azureProd, 'azure-native:subscriptionId': '99999999-2222-3333-4444-555555555555' }, 'azure-prod')).toContain(
      `this stack belongs to "${subscription}" (platform:allowedSubscription)`,
    ));
  it('want ids in lower case, as Azure writes them, and say so', () => {
    const config = { ...azure, 'azure-native:subscriptionId': 'ABCDEF01-2222-3333-4444-555555555555' };
    const right = 'the id of a subscription, in lower case, such as 00000000-';
    expect(refusal(config, 'azure-dev')).toContain(`azure-native:subscriptionId should be ${right}`);
    expect(refusal({ ...config, 'platform:allowedSubscription': subscription.replace('1', 'F') }, 'azure-dev')).toContain(
      `platform:allowedSubscription should be ${right}`,
    );
    const hooks = '{"tenant":"ABC","audience":"api://x"}';
    expect(refusal({ ...azure, 'platform:eventHooks': hooks }, 'azure-dev')).toContain(
      'platform:eventHooks.tenant should be the id of a tenant, in lower case, such as 00000000-0000-0000-0000-000000000000, in a JSON object such as {',
    );
  });
  it('know only sizes and retentions that Azure has', () => {
    expect(refusal({ ...azure, 'platform:memoryMegabytes': '1024' }, 'azure-dev')).toContain('one of 512, 2048, 4096');
    expect(refusal({ ...azure, 'platform:logRetentionDays': '7' }, 'azure-dev').split('\n')).toEqual([
      'The stack is not configured right:',
      '  - platform:logRetentionDays should be one of 30, 60, 90, 120, 180, 270, 365, 550, 730',
    ]);
  });
});

describe('the settings of a stack on Google Cloud', () => {
  it('need a region and a project in dev', () =>
    expect(settings(gcp, 'gcp-dev')).toMatchObject({
      ...{ cloud: 'gcp', environment: 'dev', region: 'europe-west1', project: 'hybrid-test' },
      ...{ memoryMegabytes: 512, concurrency: 20, topology: 'context', contexts },
    }));
  it('take both from what the provider reads as well', () =>
    expect(
      settingsOf({ stack: 'gcp-dev', config: {}, variables: { GOOGLE_REGION: 'us-east1', GOOGLE_PROJECT: 'elsewhere' } }, contexts),
    ).toMatchObject({ region: 'us-east1', project: 'elsewhere' }));
  it('say all that is missing', () => {
    expect(refusal({}, 'gcp-dev')).toContain('gcp:region is missing: pulumi config set gcp:region europe-west1');
    expect(refusal({}, 'gcp-dev')).toContain('gcp:project is missing');
  });
  it('are complete for prod', () => expect(settings(gcpProd, 'gcp-prod')).toMatchObject({ environment: 'prod' }));
  it.each(['allowedProject', 'alarmEmail', 'domain', 'dnsZone', 'monthlyBudgetUsd', 'billingAccount'])('miss %s in prod', (key) => {
    const { [`platform:${key}`]: _without, ...rest } = gcpProd as { readonly [key: string]: string };
    expect(refusal(rest, 'gcp-prod')).toContain(`platform:${key} is missing, and prod needs it`);
  });
  it('pin the project', () =>
    expect(refusal({ ...gcpProd, 'gcp:project': 'another' }, 'gcp-prod')).toContain(
      'gcp:project is "another", and this stack belongs to "hybrid-test" (platform:allowedProject)',
    ));
  it.each([
    ['billingTable', 'costs', 'the table of a billing export'],
    ['eventArchiveDays', '6', 'platform:eventArchiveDays is 6, and events are kept for at least 7 days'],
    ['eventArchiveDays', '32', 'platform:eventArchiveDays is 32, and Pub/Sub keeps events for at most 31 days'],
    ['logRetentionDays', '3651', 'a whole number from 1 to 3650'],
    ['maximumInstances', '{"http":0}', 'platform:maximumInstances'],
    ['rollout', '{"models-http":{"stable":"7","percent":10}}', 'platform:rollout'],
  ])('refuse %s of %s', (key, value, right) => expect(refusal({ ...gcp, [`platform:${key}`]: value }, 'gcp-dev')).toContain(right));
  it('refuse a budget that belongs to nobody', () =>
    expect(refusal({ ...gcp, 'platform:monthlyBudgetUsd': '5', 'platform:alarmEmail': 'me@example.com' }, 'gcp-dev')).toContain(
      'needs platform:billingAccount',
    ));
});

describe('an option of another cloud', () => {
  it.each([
    ['aws-dev', region, 'dnsZone', 'platform:dnsZone is for gcp, and this stack is of aws'],
    ['azure-dev', azure, 'hostedZoneId', 'platform:hostedZoneId is for aws, and this stack is of azure'],
    ['gcp-dev', gcp, 'modelArchitecture', 'platform:modelArchitecture is for aws, and this stack is of gcp'],
    ['azure-dev', azure, 'rollout', 'platform:rollout is for aws and gcp, and this stack is of azure'],
  ])('is told from one that there is nowhere: %s', (stack, place, key, right) =>
    expect(refusal({ ...place, [`platform:${key}`]: 'x' } as { readonly [key: string]: string }, stack)).toContain(`- ${right}: remove it`),
  );
  it('has a line of its own', () => {
    const config = { ...azure, 'platform:hostedZoneId': 'x', 'platform:topologie': 'x', 'platform:dnsZone': 'x', 'platform:color': 'x' };
    const [, ...problems] = refusal(config, 'azure-dev').split('\n');
    expect(problems.map((problem) => problem.replace(/; there are .*/, ''))).toEqual([
      '  - there is no platform:topologie, platform:color',
      '  - platform:hostedZoneId is for aws, and this stack is of azure: remove it',
      '  - platform:dnsZone is for gcp, and this stack is of azure: remove it',
    ]);
  });
});

describe('a setting by function', () => {
  const reserved = { http: 10, 'inference-http': 200 };
  it('is that of the function itself, or of its kind', () =>
    expect([
      settingOf(reserved, { name: 'inference-http', trigger: 'http' }),
      settingOf(reserved, { name: 'models-http', trigger: 'http' }),
      settingOf(reserved, { name: 'models-events', trigger: 'events' }),
    ]).toEqual([200, 10, undefined]));
});
