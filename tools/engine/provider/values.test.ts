import { describe, expect, it } from 'vitest';
import {
  fromStruct,
  isSecret,
  isUnknown,
  type Properties,
  plainProperties,
  secretNames,
  toStruct,
  unknown,
  withSecrets,
} from './values.ts';

const secret = (value: string) => ({ '4dabf18193072939515e22adb298388d': '1b47061264138c4ac30d75fd1eb44270', value });

describe('values between the engine and a provider', () => {
  const inputs: Properties = { name: 'orders', environment: { variables: { KEY: secret('s3cret') } }, arn: unknown };

  it('lose what marks them as secret, and keep what is unknown', () =>
    expect(plainProperties(inputs)).toEqual({ name: 'orders', environment: { variables: { KEY: 's3cret' } }, arn: unknown }));

  it('are secret or unknown wherever inside they are', () => {
    expect(secretNames(inputs)).toEqual(['environment']);
    expect(isUnknown({ list: [{ deep: unknown }] })).toBe(true);
    expect(isUnknown('known')).toBe(false);
  });

  it('come back as secrets under the names that held one', () => {
    const marked = withSecrets({ environment: { variables: { KEY: 's3cret' } }, arn: 'arn' }, ['environment']);
    expect(isSecret(marked.environment ?? null)).toBe(true);
    expect(isSecret(marked.arn ?? null)).toBe(false);
    expect(plainProperties(marked)).toEqual({ environment: { variables: { KEY: 's3cret' } }, arn: 'arn' });
  });

  it('survive the wire, without what is undefined', () =>
    expect(fromStruct(toStruct({ size: 3, flag: false, list: ['a'], left: undefined }))).toEqual({ size: 3, flag: false, list: ['a'] }));
});
