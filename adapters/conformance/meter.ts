import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Meter, UsageFact } from '../../domain/kernel/meter.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import { proofsOf } from './proof.ts';

export type MeterHarness = {
  meter(): Meter;
  /** Ends the process without a word, as `kill -9` does, and starts it again. */
  crash(): Promise<void>;
  /** Resolves when everything recorded before is where folding reads it. */
  settled(): Promise<void>;
  /** What folding reads. */
  facts(): Promise<readonly UsageFact[]>;
  dispose(): Promise<void>;
};

const fact = (n: number, more: Partial<UsageFact> = {}): UsageFact => ({
  id: `01J${String(n).padStart(23, '0')}`,
  tenant: 'acme' as TenantId,
  endpoint: 'digits',
  requests: 1,
  rows: 3,
  computeMicros: 250,
  ...more,
});
const many = (count: number, from = 0): UsageFact[] => Array.from({ length: count }, (_, n) => fact(from + n));
const byId = (facts: readonly UsageFact[]): UsageFact[] => [...facts].sort((a, b) => (a.id < b.id ? -1 : 1));

/** What every meter does: a fact that was acknowledged is billed, once. */
export const meterConformance = (name: string, makeHarness: () => Promise<MeterHarness>): void => {
  describe(`the meter of ${name}`, () => {
    const { observed } = proofsOf('Meter', name);
    let harness: MeterHarness;
    beforeEach(async () => {
      const made = await makeHarness();
      harness = { ...made, meter: () => observed(made.meter()) };
    });
    afterEach(() => harness.dispose());

    const record = (facts: readonly UsageFact[]) => Promise.all(facts.map((one) => harness.meter().record(one)));
    const seen = async () => {
      await harness.settled();
      return byId(await harness.facts());
    };

    it('shows what was recorded, with all its meters, once it has settled', async () => {
      const facts = [fact(1), fact(2, { tenant: 'beta' as TenantId, endpoint: 'cats', rows: 64, computeMicros: 0 })];
      await record(facts);
      expect(await seen()).toEqual(facts);
    });
    it('keeps facts that are recorded at once apart', async () => {
      await record(many(500));
      expect(await seen()).toEqual(many(500));
    });
    it('records a fact once, however often it is told', async () => {
      await record([fact(1), fact(1)]);
      await harness.settled();
      await record([fact(1)]);
      expect(await seen()).toEqual([fact(1)]);
    });
    it('keeps the first of two facts with one id', async () => {
      await record([fact(1)]);
      await record([fact(1, { rows: 99 })]);
      expect(await seen()).toEqual([fact(1)]);
    });
    it('has every fact that it acknowledged after a crash', async () => {
      await record(many(50));
      await harness.crash();
      expect(await seen()).toEqual(many(50));
    });
    it('has them once after a crash that came when some had settled, and another one', async () => {
      await record(many(20));
      await harness.settled();
      await record(many(20, 20));
      await harness.crash();
      await record([...many(10, 35), ...many(20, 40)]);
      await harness.crash();
      expect(await seen()).toEqual(many(60));
    });
  });
};
