import { describe, expect, it } from 'vitest';
import { openCloud } from '../../../adapters/aws/index.ts';
import type { AwsCloud } from './cloud.ts';
import { called, type Environment, lambdaOf } from './lambda.ts';
import { calledWith, testLambda } from './test-cloud.ts';

const open: (environment: Environment) => AwsCloud = openCloud;

describe('a function on AWS', () => {
  it('opens the cloud without the network, and misses nothing before it is used', async () => {
    const { cloud } = lambdaOf(open, { AWS_REGION: 'eu-central-1' });
    await expect(cloud.table('models.registry', { changes: true }).get({ pk: 'a', sk: 'b' })).rejects.toMatchObject({
      failure: { code: 'resource-unknown', detail: expect.stringContaining('HYBRID_TABLE_MODELS_REGISTRY') },
    });
  });

  it('does not start where it does not know its region', () => {
    expect(() => lambdaOf(open, {})).toThrow('cloud-region');
  });
});

describe('a call', () => {
  it('that fails is told in the log and fails, where nobody can answer for it', async () => {
    const lambda = testLambda(() => ({}) as never);
    const handler = called(lambda, () => Promise.reject(new TypeError('broken')));
    await expect(handler({}, calledWith('call-7'))).rejects.toThrow('broken');
    expect([lambda.deeds.calls, lambda.log.lines]).toMatchObject([['call-7'], [{ level: 'error', message: 'the call failed' }]]);
  });

  it('ends before Lambda ends it', async () => {
    const handler = called(
      testLambda(() => ({}) as never),
      () => new Promise(() => undefined),
    );
    await expect(handler({}, calledWith('late', 1_010))).rejects.toThrow('time-limit-exceeded');
  });
});
