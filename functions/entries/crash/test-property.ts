import { afterAll, describe, expect, it } from 'vitest';
import { lastingFaults, passingFaults } from '../../../adapters/conformance/faults.ts';
import { runsOf, type Scenario } from './test-runs.ts';
import { choreIsDone, deadLetterIsRedriven, largeEventIsHeard, largeObjectIsPut, secretsArePut, shelfIsTidied } from './test-scenarios.ts';
import { tenantIsCreated } from './test-tenant.ts';
import { inferenceIsBilled, periodIsClosed } from './test-usage.ts';
import type { Crashing, World } from './test-world.ts';

const scenarios: { readonly [happens: string]: Scenario } = {
  'a tenant is created': tenantIsCreated,
  'an event is heard and its work is done': choreIsDone,
  'an event is too large for the bus': largeEventIsHeard,
  'a schedule writes objects and items': shelfIsTidied(),
  'a dead letter is sent back': deadLetterIsRedriven(),
  'secrets are put': secretsArePut,
  'a large object is put': largeObjectIsPut,
  'inferences are billed': inferenceIsBilled,
  'a period is closed': periodIsClosed,
};

/** Of all runs with one kind of fault, on a busy machine. */
const longestMillis = 240_000;

/**
 * The crash property of the spine over a cloud's adapters: a run for each call that they make and each fault that can befall it. Of a scenario that is
 * named in `every`, each kind of fault befalls every so manyth call, and other calls than the kind before it.
 */
export const crashProperty = <W extends World, F>(crashing: Crashing<W, F>, every: { readonly [happens: string]: number } = {}): void => {
  afterAll(() => crashing.close?.());
  const kinds = [...passingFaults, ...lastingFaults].filter((kind) => kind !== 'is half done' || crashing.answers.isDivided !== undefined);
  describe.each(Object.entries(scenarios))('nothing is lost and nothing done twice while %s, and one call', (happens, scenario) => {
    const { operations, withEach } = runsOf(crashing, scenario);
    it.each(kinds)(
      '%s',
      async (kind) => {
        expect(await operations()).not.toEqual([]);
        expect(await withEach(kind, every[happens], kinds.indexOf(kind))).toEqual([]);
      },
      longestMillis,
    );
  });
};
