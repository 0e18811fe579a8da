import { describe, expect, it } from 'vitest';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { millisOf } from '../kernel/context.ts';
import { inference } from './context.ts';
import { type InferPorts, inferAt } from './infer.ts';

/** As long as an adapter tries to record what a run used, at the most. */
const longestRecordingMillis = 4000;

const serving = { model: 'digits', version: '1', artifact: 'acme/sha256/0', sizeBytes: 1, signature: { inputs: [], outputs: [] } };

describe('a run', () => {
  it('that ends just before its deadline is billed, so its request has time left to be answered', async () => {
    const deadlines: number[] = [];
    const recorded: unknown[] = [];
    const ports = {
      endpoints: { get: async () => ({ pk: 'acme#endpoint#e', sk: 'state#endpoint', state: { serving } }) },
      modelHost: {
        invoke: async (_model: unknown, body: Uint8Array, deadline: number) => {
          deadlines.push(deadline);
          return { body, rows: 1, computeMicros: 10 };
        },
      },
      meter: { record: async (fact: unknown) => void recorded.push(fact) },
      ids: { next: () => 'id-1' },
    } as unknown as InferPorts;
    const target = { tenant: 'acme' as TenantId, endpoint: 'e', version: undefined };
    expect(await inferAt(target, new Uint8Array(1), ports)).toMatchObject({ status: 200 });
    expect([deadlines, recorded.length]).toEqual([[10_000], 1]);
    const ofRequest = millisOf(inference.routes['POST /v2/models/{endpoint}/infer'].limit.time);
    expect(ofRequest).toBeGreaterThanOrEqual(10_000 + longestRecordingMillis);
  });
});
