import { GetObjectLockConfigurationCommand, ListBucketsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientsOf, found } from '../../tools/engine/aws/clients.ts';
import { inventory } from './inventory.ts';
import { type EmulatedPlatform, startPlatform } from './platform.ts';

const policed = ['--policy-pack', 'stacks/policies'];

let platform: EmulatedPlatform;
beforeAll(async () => {
  const config = {
    'platform:allowedAccount': '000000000000',
    'platform:alarmEmail': 'operator@example.com',
    'platform:domain': 'ai.example.com',
    'platform:hostedZoneId': 'Z0123456789ABCDEFGHIJ',
    'platform:immutableDays': '30',
    'platform:monthlyBudgetUsd': '1000',
  };
  platform = await startPlatform({ stack: 'aws-prod', config });
});
afterAll(() => platform?.stop());

describe('the platform as prod by the real engine', () => {
  it('keeps to the policy pack', async () => {
    const { changes } = await platform.stack.preview(...policed);
    expect(Object.keys(changes)).toEqual(['create']);
  });

  it('is stopped by the policy pack where a bucket might be made public', async () => {
    platform.runs('infra-tests/engine/variation/open-bucket-program.ts');
    await expect(platform.stack.preview(...policed)).rejects.toThrow('bucket-is-private');
    platform.runs('stacks/index.ts');
  });

  it('is made, and has nothing to change when it is brought up again', async () => {
    const { changes } = await platform.stack.up();
    expect((await platform.stack.up()).changes).toEqual({ same: changes.create });
  });

  it('keeps each version of a record, and of nothing else', async () => {
    const { s3 } = clientsOf(platform.account);
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    const retentions = Buckets.map(async ({ Name: Bucket = '' }) => {
      const said = await found(s3.send(new GetObjectLockConfigurationCommand({ Bucket })));
      const { Mode, Days } = said?.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
      return Days === undefined ? [] : [`${Bucket.replace(/-[^-]+$/, '')}: ${Mode}, ${Days} days`];
    });
    expect((await Promise.all(retentions)).flat()).toEqual(['billing-exports-bucket: GOVERNANCE, 30 days']);
  });

  it('keeps its data where somebody destroys it', async () => {
    const data = (all: readonly string[]) => all.filter((one) => /^(table|bucket|secret) /.test(one)).toSorted();
    const before = data(await inventory(platform.account));
    expect(before.length).toBeGreaterThan(10);
    await expect(platform.stack.destroy()).rejects.toThrow('it is protected');
    expect(data(await inventory(platform.account))).toEqual(before);
  });
});
