import { describe, expect, it } from 'vitest';
import { lastingFaults, passingFaults } from '../../../adapters/aws/test-faults.ts';
import { runsOf, type Scenario } from './test-crash-runs.ts';
import {
  choreIsDone,
  deadLetterIsRedriven,
  largeEventIsHeard,
  largeObjectIsPut,
  secretsArePut,
  shelfIsTidied,
} from './test-crash-scenarios.ts';
import { tenantIsCreated } from './test-crash-tenant.ts';
import { inferenceIsBilled, periodIsClosed } from './test-crash-usage.ts';

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

describe.each(Object.entries(scenarios))('nothing is lost and nothing done twice while %s, and one call', (_, scenario) => {
  const { operations, withEach } = runsOf(scenario);
  it.each([...passingFaults, ...lastingFaults])('%s', async (kind) => {
    expect(await operations()).not.toEqual([]);
    expect(await withEach(kind)).toEqual([]);
  });
});
