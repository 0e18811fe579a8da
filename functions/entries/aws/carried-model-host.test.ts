import { describe, expect, it } from 'vitest';
import type { ModelHost, ModelRef } from '../../../domain/kernel/model-host.ts';
import { carriedModelHost } from '../carried-model-host.ts';
import { carries } from './http-function.ts';

const model = {} as ModelRef;
const answering = (bytes: number, fill = '1'): ModelHost => {
  const body = new TextEncoder().encode(fill.repeat(bytes));
  return carriedModelHost({ invoke: async () => ({ body, rows: 1, computeMicros: 1 }) } as unknown as ModelHost, carries);
};
const codeOf = async (host: ModelHost): Promise<string | undefined> => {
  const outcome = await host.invoke(model, new Uint8Array(), 1);
  return 'failure' in outcome ? outcome.code : undefined;
};

describe('the answer of a run on Lambda', () => {
  it('comes as it is where a call can carry it', async () => expect(await codeOf(answering(6_000_000 - 2))).toBeUndefined());
  it('is a failure of the run where a call cannot, so that it is not metered', async () =>
    expect(await codeOf(answering(6_000_001))).toBe('answer-too-large'));
  it('counts as it is written in JSON', async () => expect(await codeOf(answering(5_000_000, '"'))).toBe('answer-too-large'));
});
