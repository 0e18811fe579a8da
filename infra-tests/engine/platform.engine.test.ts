import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { clientsOf } from '../../tools/engine/aws/clients.ts';
import { inventory } from './inventory.ts';
import { type EmulatedPlatform, startPlatform } from './platform.ts';
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

let platform: EmulatedPlatform;
const creating: Creating = { each: () => {} };
beforeAll(async () => {
  platform = await startPlatform({ creating: (urn) => creating.each(urn), config: { 'platform:contexts': JSON.stringify(first) } });
});
afterAll(() => platform?.stop());

const Outputs = z.object({ queues: z.record(z.string(), z.string()) });

describe('the platform by the real engine, in an emulated account', () => {
  it('is previewed in the project folder, and nothing is made', async () => {
    const { changes } = await platform.stack.preview();
    expect(Object.keys(changes)).toEqual(['create']);
    expect(changes.create).toBeGreaterThan(200);
    expect(await inventory(platform.account)).toEqual([]);
  });

  it('says before any resource what is wrong with its configuration', async () => {
    await platform.stack.config({ 'platform:topology': 'sideways' });
    const { code, errors } = await platform.stack.tryUp();
    await platform.stack.config({ 'platform:topology': 'context' });
    expect(code).not.toBe(0);
    expect(errors.join('\n')).toContain('platform:topology should be one of context, single');
    expect(await inventory(platform.account)).toEqual([]);
  });

  it('makes nothing in an account that is not its own', async () => {
    await platform.stack.config({ 'platform:allowedAccount': '123456789012' });
    const { code, errors } = await platform.stack.tryUp();
    await platform.stack.config({ 'platform:allowedAccount': platform.account.id });
    expect(code).not.toBe(0);
    expect(errors.join('\n')).toContain('belongs to 123456789012');
    expect(await inventory(platform.account)).toEqual([]);
  });

  it('converges although every create fails once', async () =>
    expect(await convergesThoughCreatesFail(platform, creating)).toBeGreaterThan(150));

  it('adds of an added context only what is its own', async () => {
    await platform.stack.config({ 'platform:contexts': JSON.stringify([...first, added]) });
    const { steps, changes } = await platform.stack.up();
    expect(changes.create).toBeGreaterThan(20);
    const isOwn = (step: string) => /^create (inference|code-inference|api-inference|api-v1-endpoints|api-v1-inference|api-v2)/.test(step);
    // Who collects dead letters gets to know the queue that is new, and may send back to it.
    const collecting = ['observability-dead-letters-function', 'observability-dead-letters-live', 'observability-http-grants'];
    const others = changing(steps).filter((step) => !isOwn(step));
    expect(others.sort()).toEqual(collecting.map((name) => `update ${name}`));
  });

  it('does on its URL what it does on the laptop, with the same figures', () => demoIsAsOnLaptop(platform));

  it('has nothing to change when it is brought up again, nor to find', async () => {
    expect(changing((await platform.stack.up()).steps)).toEqual([]);
    await platform.stack.preview('--refresh', '--expect-no-changes');
  });

  it('changes one queue when one setting of a queue changes', () =>
    changesOne(platform, 'longer-visibility', 'update models-events-queue'));

  it('finds by a refresh that a queue was deleted, and makes it again', async () => {
    const { queues } = Outputs.parse(await platform.stack.outputs());
    await clientsOf(platform.account).sqs.send(new DeleteQueueCommand({ QueueUrl: queues['models-events'] }));
    const { steps } = await platform.stack.refresh();
    expect(changing(steps)).toContain('delete models-events-queue');
    await platform.stack.up();
    expect(changing((await platform.stack.up()).steps)).toEqual([]);
  });

  it('keeps its data and its events when its topology is switched, and switched back', () => keepsAllWhenSwitched(platform, 30_000));

  it('keeps no secret in plain in its state', () => keepsNoSecret(platform));

  it('leaves nothing when it is destroyed', async () => {
    await platform.stack.destroy();
    expect(await inventory(platform.account)).toEqual([]);
    expect([...platform.engine.provider.records]).toEqual([]);
  });
});
