import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type EmulatedProject, startProject } from './gcp-emulator.ts';
import { inventory } from './gcp-inventory.ts';
import { type EmulatedPlatform, startPlatformIn } from './platform.ts';
import { changing } from './said.ts';
import {
  added,
  type Creating,
  changesOne,
  convergesThoughCreatesFail,
  demoIsAsOnLaptop,
  first,
  keepsAllWhenSwitched,
  keepsNoSecret,
} from './tried.ts';

const Outputs = z.object({ queues: z.record(z.string(), z.string()) });

let platform: EmulatedPlatform<EmulatedProject>;
const creating: Creating = { each: () => {} };
beforeAll(async () => {
  const config = { 'platform:contexts': JSON.stringify(first) };
  platform = await startPlatformIn(await startProject(), { stack: 'gcp-dev', creating: (urn) => creating.each(urn), config });
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

  it('converges although every create fails once', async () =>
    expect(await convergesThoughCreatesFail(platform, creating)).toBeGreaterThan(200));

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

  it('does on its URL what it does on the laptop, with the same figures', () => demoIsAsOnLaptop(platform));

  it('has nothing to change when it is brought up again, nor to find', async () => {
    expect(changing((await platform.stack.up()).steps)).toEqual([]);
    await platform.stack.preview('--refresh', '--expect-no-changes');
  });

  it('changes one subscription when one setting of a subscription changes', () =>
    changesOne(platform, 'longer-deadline', 'update models-events-subscription'));

  it('finds by a refresh that a subscription was deleted, and makes it again', async () => {
    const { queues } = Outputs.parse(await platform.stack.outputs());
    const { project, pubSub } = platform.account.world;
    await pubSub('DELETE', `/v1/projects/${project.id}/subscriptions/${queues['models-events']}`);
    const { steps } = await platform.stack.refresh();
    expect(changing(steps)).toContain('delete models-events-subscription');
    await platform.stack.up();
    expect(changing((await platform.stack.up()).steps)).toEqual([]);
  });

  it('keeps its data and its events when its topology is switched, and switched back', () => keepsAllWhenSwitched(platform, 90_000));

  it('keeps no secret in plain in its state', () => keepsNoSecret(platform));

  it('leaves nothing when it is destroyed, but what Google’s own services have in the project', async () => {
    await platform.stack.destroy();
    const { number } = platform.account.world.project;
    expect((await inventory(platform.account.world)).sort()).toEqual(
      ['eventarc', 'pubsub'].map(
        (service) =>
          `binding roles/${service}.serviceAgent project serviceAccount:service-${number}@gcp-sa-${service}.iam.gserviceaccount.com`,
      ),
    );
    expect([...platform.engine.provider.records]).toEqual([]);
  });
});
