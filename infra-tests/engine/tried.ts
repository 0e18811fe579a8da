import { expect } from 'vitest';
import { contexts } from '../../functions/contexts.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { type EmulatedPlace, type EmulatedPlatform, onLaptop } from './platform.ts';
import { changing, figures } from './said.ts';
import { isAudited, newTenant, registerModels } from './traffic.ts';

/** The context that a stack begins without, to be added. */
export const added = 'inference';
export const first = contexts.map(({ name }) => name).filter((name) => name !== added);

type Platform = EmulatedPlatform<EmulatedPlace>;

/** Hears of each create that is not a preview's; throwing fails it. */
export type Creating = { each: (urn: string) => void };

/** Brings a stack up until it is there, though every create that is not `spared` fails once; says how many did. */
export const convergesThoughCreatesFail = async (
  { stack }: Platform,
  creating: Creating,
  spared: (urn: string) => boolean = () => false,
): Promise<number> => {
  // What does not depend on what failed is made nevertheless.
  const goOn = '--continue-on-error';
  const failed = new Set<string>();
  creating.each = (urn) => {
    if (failed.has(urn) || spared(urn)) return;
    failed.add(urn);
    throw new Error('injected');
  };
  let attempts = 1;
  for (let outcome = await stack.tryUp(goOn); outcome.code !== 0; outcome = await stack.tryUp(goOn)) {
    attempts += 1;
    for (const error of outcome.errors) expect(error).toMatch(/injected|update failed/);
    expect(attempts).toBeLessThan(60);
  }
  creating.each = () => {};
  expect(changing((await stack.up()).steps)).toEqual([]);
  return failed.size;
};

/** The demo on the stack's URL finds what it finds on the laptop. */
export const demoIsAsOnLaptop = async (platform: Platform): Promise<void> => {
  const here = figures(await platform.try('npx', 'tsx', 'examples/demo.ts'));
  expect(here.filter((line) => line.includes('accuracy'))).toHaveLength(4);
  expect(here.filter((line) => line.startsWith('  ok ')).length).toBeGreaterThan(20);
  expect(here).toEqual(figures(await onLaptop('npx', 'tsx', 'examples/demo.ts')));
};

/** One changed setting, and its way back, is one update each. */
export const changesOne = async (platform: Platform, variation: string, update: string): Promise<void> => {
  for (const program of [`infra-tests/engine/variation/${variation}-program.ts`, 'stacks/index.ts']) {
    platform.runs(program);
    expect(changing((await platform.stack.up()).steps)).toEqual([update]);
  }
};

/** Nothing is refused, lost or left to do while the topology is switched under load, and switched back. */
export const keepsAllWhenSwitched = async ({ stack, admin }: Platform, withinMillis: number): Promise<void> => {
  const tenant = await newTenant(await admin());
  for (const topology of ['single', 'context']) {
    await stack.config({ 'platform:topology': topology });
    const busy = registerModels(tenant, topology);
    await stack.up();
    const { names, refused } = await busy.stop();
    expect(refused).toEqual([]);
    expect(names.length).toBeGreaterThan(0);
    expect(changing((await stack.up()).steps)).toEqual([]);
    for (const name of names) expect((await tenant.get(`/v1/models/${name}`)).status).toBe(200);
    await waitUntil('every event to be heard of', () => isAudited(tenant, names), { withinMillis, everyMillis: 500 });
  }
};

/** The state holds neither the administrator's key nor its secret part. */
export const keepsNoSecret = async ({ stack }: Platform): Promise<void> => {
  const { adminKey } = await stack.outputs();
  const state = await stack.exported();
  expect(state).not.toContain(String(adminKey));
  expect(state).not.toContain(String(adminKey).split('_').at(-1));
};
