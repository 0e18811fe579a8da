import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { manage } from '../../tools/engine/azure/storage-rest.ts';
import { found } from '../../tools/engine/azure/subscription.ts';
import { type EmulatedSubscription, startEmulatedSubscription } from './azure-emulator.ts';
import { refusals } from './azure-grants.ts';
import { inventory } from './azure-inventory.ts';
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

let platform: EmulatedPlatform<EmulatedSubscription>;
const creating: Creating = { each: () => {} };
beforeAll(async () => {
  const config = { 'platform:contexts': JSON.stringify(first) };
  platform = await startPlatformIn(await startEmulatedSubscription(), {
    stack: 'azure-dev',
    creating: (urn) => creating.each(urn),
    config,
  });
});
afterAll(() => platform?.stop());

describe('the platform on Azure by the real engine, in an emulated subscription', () => {
  it('is previewed in the project folder, and nothing is made', async () => {
    const { changes } = await platform.stack.preview();
    expect(Object.keys(changes)).toEqual(['create']);
    expect(changes.create).toBeGreaterThan(200);
    expect(inventory(platform.account)).toEqual([]);
  });

  it('makes nothing in a subscription that is not its own', async () => {
    const somebodys = '99999999-9999-9999-9999-999999999999';
    await platform.stack.config({ 'platform:allowedSubscription': somebodys });
    const { code, errors } = await platform.stack.tryUp();
    await platform.stack.config({ 'platform:allowedSubscription': platform.account.config['azure-native:subscriptionId'] ?? '' });
    expect(code).not.toBe(0);
    expect(errors.join('\n')).toContain(somebodys);
    expect(inventory(platform.account)).toEqual([]);
  });

  it('converges although every create fails once', async () => {
    // Roles at Cosmos DB are made in turn: were each of them to fail, each would be an update.
    let turns = 0;
    const spared = (urn: string) => urn.includes(':SqlResourceSqlRole') && turns++ % 8 > 0;
    expect(await convergesThoughCreatesFail(platform, creating, spared)).toBeGreaterThan(150);
  });

  it('adds of an added context only what is its own', async () => {
    await platform.stack.config({ 'platform:contexts': JSON.stringify([...first, added]) });
    const { steps, changes } = await platform.stack.up();
    expect(changes.create).toBeGreaterThan(20);
    const others = changing(steps).filter((step) => !/^create inference(rt)?(-|$)/.test(step));
    // Who collects dead letters may read what the new queue gave up, and send it back; the door gets to know the new way.
    expect(others.toSorted()).toEqual([
      'create observability-queue-contributor-inference-events-poison',
      'create observability-queue-sender-inference-events',
      'update edge-app',
      'update observability-app',
    ]);
  });

  it('does on its URL what it does on the laptop, with the same figures', () => demoIsAsOnLaptop(platform));

  it('was refused nothing by the services', () => expect(refusals(platform.account)).toEqual([]));

  it('has nothing to change when it is brought up again, nor to find', async () => {
    expect(changing((await platform.stack.up()).steps)).toEqual([]);
    await platform.stack.preview('--refresh', '--expect-no-changes');
  });

  it('changes one subscription when one setting of a subscription changes', () =>
    changesOne(platform, 'longer-retry', 'update models-events-subscription'));

  it('finds by a refresh that a queue was deleted, and makes it again', async () => {
    const { queues } = Outputs.parse(await platform.stack.outputs());
    const { host, pathname } = new URL(queues['models-events'] ?? '');
    await manage(found(platform.account.accounts, host.split('.')[0] ?? ''), 'queues', { method: 'DELETE', path: pathname });
    const { steps } = await platform.stack.refresh();
    expect(changing(steps)).toContain('delete models-events-queue');
    await platform.stack.up();
    expect(changing((await platform.stack.up()).steps)).toEqual([]);
  });

  it('keeps its data and its events when its topology is switched, and switched back', () => keepsAllWhenSwitched(platform, 90_000));

  it('keeps no secret in plain in its state', () => keepsNoSecret(platform));

  it('leaves nothing when it is destroyed', async () => {
    await platform.stack.destroy();
    expect(inventory(platform.account)).toEqual([]);
    expect([...platform.engine.provider.records]).toEqual([]);
  });
});
