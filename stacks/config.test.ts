import { describe, expect, it } from 'vitest';
import { isFailure } from '../domain/kernel/failure.ts';
import { contexts } from '../functions/contexts.ts';
import { type Settings, settingOf, settingsOf } from './config.ts';

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
    expect(settingsOf({ stack: 'aws-dev', config: {}, region: 'us-east-1' }, contexts)).toMatchObject({ region: 'us-east-1' }));
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
  it('keep an account’s leading zero', () => expect(settings(prod, 'aws-prod').allowedAccount).toBe('012345678901'));
  it('leave other namespaces alone', () => expect(refusal({ ...region, 'other:thing': 'x' })).toBe('nothing is wrong'));
});

describe('settings that are wrong are refused with what would be right', () => {
  it('no region', () => expect(refusal({})).toContain('aws:region is missing: pulumi config set aws:region'));
  it('a region that is none', () => expect(refusal({ 'aws:region': 'Frankfurt' })).toContain('should be a region such as eu-central-1'));
  it('a stack of another name', () => expect(refusal(region, 'production')).toContain('aws-dev, aws-staging or aws-prod'));
  it('a context that there is not', () =>
    expect(dev('contexts', '["models","sales"]')).toContain('names "sales"; there are platform, identity'));
  it('a list that is none', () => expect(dev('contexts', 'models')).toContain('platform:contexts should be a JSON list of contexts'));
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
  it('all of them at once', () => expect(refusal({ 'platform:topology': 'flat', 'platform:domain': 'x' }).split('\n')).toHaveLength(3));
  it('what prod needs and does not have', () => {
    const detail = refusal(region, 'aws-prod');
    for (const key of Object.keys(prod).filter((name) => name.startsWith('platform:'))) expect(detail).toContain(`${key} is missing`);
  });
  it('a domain in dev', () => expect(dev('domain', 'ai.example.com')).toContain('platform:domain is not for dev: remove it'));
  it('a domain without its zone', () =>
    expect(refusal({ ...region, 'platform:domain': 'ai.example.com' }, 'aws-staging')).toContain('belong together'));
  it('a budget that nobody would hear of', () => expect(dev('monthlyBudgetUsd', '5')).toContain('needs platform:alarmEmail'));
  it('concurrency that is set aside outside prod', () =>
    expect(dev('reservedConcurrency', '{"http":5}')).toContain('is for prod only: remove it from dev'));
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
