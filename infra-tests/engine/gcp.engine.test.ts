import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { contexts } from '../../functions/contexts.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { type EmulatedProject, startProject } from './gcp-emulator.ts';
import { inventory } from './gcp-inventory.ts';
import { type EmulatedPlatform, onLaptop, startPlatformIn } from './platform.ts';
import { changing, figures } from './said.ts';
import { isAudited, newTenant, registerModels } from './traffic.ts';

const added = 'inference';
const first = contexts.map(({ name }) => name).filter((name) => name !== added);
const Outputs = z.object({ queues: z.record(z.string(), z.string()) });

let platform: EmulatedPlatform<EmulatedProject>;
/** Called before each create that is not a preview's. */
let creating: (urn: string) => void = () => {};
beforeAll(async () => {
  const config = { 'platform:contexts': JSON.stringify(first) };
  platform = await startPlatformIn(await startProject(), { stack: 'gcp-dev', creating: (urn) => creating(urn), config });
});
afterAll(() => platform?.stop());

describe('the platform on Google Cloud by the real engine, in an emulated project', () => {
  it('is previewed in the project folder, and nothing is made', async () => {
    const { changes } = await platform.stack.preview();
    expect(Object.keys(changes)).toEqual(['create']);
    expect(changes.create).toBeGreaterThan(250);
    expect(await inventory(platform.account.world)).toEqual([]);
  });

  it('makes nothing in a project that is not its own', async () => {
    await platform.stack.config({ 'platform:allowedProject': 'somebody-elses' });
    const { code, errors } = await platform.stack.tryUp();
    await platform.stack.config({ 'platform:allowedProject': platform.account.world.project.id });
    expect(code).not.toBe(0);
    expect(errors.join('\n')).toContain('belongs to "somebody-elses"');
    expect(await inventory(platform.account.world)).toEqual([]);
  });

  it('converges although every create fails once', async () => {
    // What does not depend on what failed is made nevertheless.
    const goOn = '--continue-on-error';
    const failed = new Set<string>();
    creating = (urn) => {
      if (failed.has(urn)) return;
      failed.add(urn);
      throw new Error('injected');
    };
    let attempts = 1;
    for (let outcome = await platform.stack.tryUp(goOn); outcome.code !== 0; outcome = await platform.stack.tryUp(goOn)) {
      attempts += 1;
      for (const error of outcome.errors) expect(error).toMatch(/injected|update failed/);
      expect(attempts).toBeLessThan(60);
    }
    creating = () => {};
    expect(failed.size).toBeGreaterThan(200);
    expect(changing((await platform.stack.up()).steps)).toEqual([]);
  });

  it('adds of an added context only what is its own', async () => {
    await platform.stack.config({ 'platform:contexts': JSON.stringify([...first, added]) });
    const { steps, changes } = await platform.stack.up();
    expect(changes.create).toBeGreaterThan(20);
    const isOwn = (step: string) => /^create (inference|code-inference)/.test(step);
    // Who collects dead letters and who sends them back get to know the subscriber that is new, and the edge a way.
    const others = ['edge-function', 'observability-dead-letters-function', 'observability-http-function'];
    expect(
      changing(steps)
        .filter((step) => !isOwn(step))
        .sort(),
    ).toEqual(others.map((name) => `update ${name}`));
  });

  it('does on its URL what it does on the laptop, with the same figures', async () => {
    const here = figures(await platform.try('npx', 'tsx', 'examples/demo.ts'));
    expect(here.filter((line) => line.includes('accuracy'))).toHaveLength(4);
    expect(here.filter((line) => line.startsWith('  ok ')).length).toBeGreaterThan(20);
    expect(here).toEqual(figures(await onLaptop('npx', 'tsx', 'examples/demo.ts')));
  });

  it('has nothing to change when it is brought up again, nor to find', async () => {
    expect(changing((await platform.stack.up()).steps)).toEqual([]);
    await platform.stack.preview('--refresh', '--expect-no-changes');
  });

  it('changes one subscription when one setting of a subscription changes', async () => {
    platform.runs('infra-tests/engine/variation/longer-deadline-program.ts');
    expect(changing((await platform.stack.up()).steps)).toEqual(['update models-events-subscription']);
    platform.runs('stacks/index.ts');
    expect(changing((await platform.stack.up()).steps)).toEqual(['update models-events-subscription']);
  });

  it('finds by a refresh that a subscription was deleted, and makes it again', async () => {
    const { queues } = Outputs.parse(await platform.stack.outputs());
    const { project, pubSub } = platform.account.world;
    await pubSub('DELETE', `/v1/projects/${project.id}/subscriptions/${queues['models-events']}`);
    const { steps } = await platform.stack.refresh();
    expect(changing(steps)).toContain('delete models-events-subscription');
    await platform.stack.up();
    expect(changing((await platform.stack.up()).steps)).toEqual([]);
  });

  it('keeps its data and its events when its topology is switched, and switched back', async () => {
    const tenant = await newTenant(await platform.admin());
    for (const topology of ['single', 'context']) {
      await platform.stack.config({ 'platform:topology': topology });
      const busy = registerModels(tenant, topology);
      await platform.stack.up();
      const { names, refused } = await busy.stop();
      expect(refused).toEqual([]);
      expect(names.length).toBeGreaterThan(0);
      expect(changing((await platform.stack.up()).steps)).toEqual([]);
      for (const name of names) expect((await tenant.get(`/v1/models/${name}`)).status).toBe(200);
      await waitUntil('every event to be heard of', () => isAudited(tenant, names), { withinMillis: 90_000, everyMillis: 500 });
    }
  }, 480_000);

  it('keeps no secret in plain in its state', async () => {
    const { adminKey } = await platform.stack.outputs();
    const state = await platform.stack.exported();
    expect(state).not.toContain(String(adminKey));
    expect(state).not.toContain(String(adminKey).split('_').at(-1));
  });

  it('leaves nothing when it is destroyed', async () => {
    await platform.stack.destroy();
    expect(await inventory(platform.account.world)).toEqual([]);
    expect([...platform.engine.provider.records]).toEqual([]);
  });
});
