import { describe, expect, it } from 'vitest';
import { rejection, settableClock } from '../conformance/harness.ts';
import { proofsOf } from '../conformance/proof.ts';
import { managedSecrets } from './secrets.ts';
import { type Answer, answeringClient, fault, ok } from './test-answers.ts';

const { observed } = proofsOf('Secrets', 'answers from the API reference');

/** Secrets to whose requests Secrets Manager answers as told. */
const answering = (answers: readonly Answer[]) => {
  const clock = settableClock();
  const { client, sent } = answeringClient(answers);
  const calls = () => sent.map(({ headers, body }) => [headers.get('x-amz-target')?.split('.')[1], body] as const);
  return { secrets: observed(managedSecrets({ client, secretId: 'identity', clock })), clock, sent, calls };
};
const holds = (values: object): Answer => ok({ ARN: 'arn', Name: 'identity', SecretString: JSON.stringify(values) });
const missing = fault(
  400,
  'ResourceNotFoundException',
  "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
);

describe('secrets of Secrets Manager', () => {
  it('are read once for all names, and again after less than 5 minutes', async () => {
    const { secrets, clock, sent } = answering([holds({ a: '1', b: '2' }), holds({ a: '3' })]);
    expect(await Promise.all(['a', 'b', 'c', 'toString'].map((name) => secrets.get(name)))).toEqual(['1', '2', undefined, undefined]);
    clock.advance(200);
    expect([await secrets.get('a'), sent.length]).toEqual(['1', 1]);
    clock.advance(99);
    expect([await secrets.get('a'), await secrets.get('b'), sent.length]).toEqual(['3', undefined, 2]);
  });

  it('keep the others when one is put, and are seen at once', async () => {
    const { secrets, calls } = answering([holds({ a: '1' }), ok()]);
    await secrets.put('b', '2');
    expect(calls()).toEqual([
      ['GetSecretValue', { SecretId: 'identity' }],
      ['PutSecretValue', expect.objectContaining({ SecretId: 'identity', SecretString: '{"a":"1","b":"2"}' })],
    ]);
    expect([await secrets.get('a'), await secrets.get('b'), calls().length]).toEqual(['1', '2', 2]);
  });

  it('are none where the secret holds nothing yet', async () => {
    const { secrets, calls } = answering([missing, missing, ok()]);
    expect(await secrets.get('a')).toBeUndefined();
    await secrets.put('a', '1');
    expect(calls()[2]?.[1]).toMatchObject({ SecretString: '{"a":"1"}' });
  });

  it('are asked for again after a failure', async () => {
    const denied = fault(400, 'AccessDeniedException', 'User is not authorized to perform: secretsmanager:GetSecretValue');
    const { secrets } = answering([denied, holds({ a: '1' })]);
    await expect(secrets.get('a')).rejects.toMatchObject({ details: { code: 'AccessDeniedException' } });
    expect(await secrets.get('a')).toBe('1');
  });

  it('can be put after one that could not be', async () => {
    const denied = fault(400, 'AccessDeniedException', 'not authorized');
    const { secrets } = answering([denied, holds({}), ok()]);
    const puts = await Promise.allSettled([secrets.put('a', '1'), secrets.put('b', '2')]);
    expect(puts.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it.each(['{"a": "sesame"', '{"a": {"b": "sesame"}}', '["sesame", 1]'])(
    'are refused where they are %s, without a word of it',
    async (SecretString) => {
      const { secrets } = answering([ok({ SecretString })]);
      const error: unknown = await secrets.get('a').catch((reason: unknown) => reason);
      expect(error).toMatchObject({ failure: { code: 'secrets-malformed' } });
      expect(`${error instanceof Error ? `${error.stack} ${JSON.stringify(error)}` : ''}`).not.toContain('sesame');
    },
  );

  it('are at most 64 KB together', async () => {
    const { secrets, sent } = answering([holds({ a: 'x'.repeat(60_000) })]);
    expect(await rejection(secrets.put('b', 'x'.repeat(6000)))).toEqual({ failure: 'too-large', code: 'secret-too-large' });
    expect(sent).toHaveLength(1);
  });
});
