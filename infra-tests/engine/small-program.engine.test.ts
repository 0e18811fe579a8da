import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientsOf } from '../../tools/engine/aws/clients.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { type EmulatedAccount, startAccount } from './emulator.ts';
import { type Engine, startEngine } from './engine.ts';
import { inventory } from './inventory.ts';
import { type Project, projectOf } from './project.ts';
import { createStack, type Stack } from './stack.ts';

const program = new URL('./program/', import.meta.url).pathname;
const resources = 34;

let account: EmulatedAccount;
let engine: Engine;
let project: Project;
/** Called before each create that is not a preview's. */
let creating: (urn: string) => Promise<void> | void = () => {};

beforeAll(async () => {
  account = await startAccount();
  engine = await startEngine({ cloud: account.cloud, watch: { creating: (urn) => creating(urn) } });
  project = projectOf(program);
});
afterAll(async () => {
  await engine.stop();
  project.remove();
  await account.stop();
});

const stackNamed = async (name: string): Promise<Stack> => {
  const stack = await createStack(engine, project.folder, name);
  await stack.config({ 'aws:region': account.region });
  return stack;
};
const destroyed = async (stack: Stack) => {
  const { changes } = await stack.destroy();
  expect(await inventory(account)).toEqual([]);
  expect([...engine.provider.records]).toEqual([]);
  return changes;
};

describe('a stack on the real engine', () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await stackNamed('whole');
  });
  const call = async (method: string, path: string) => {
    const { url } = await stack.outputs();
    const response = await fetch(`${url}${path}`, { method });
    return { status: response.status, body: await response.text() };
  };

  const heard = (order: string) => {
    const isNoted = async () => ((await call('GET', `/orders/${order}-heard`)).body.includes('note') ? true : undefined);
    return waitUntil(`order ${order} to be heard of`, isNoted, { withinMillis: 20_000, everyMillis: 200 });
  };

  it('says in a preview what it would create, and creates nothing', async () => {
    const { changes } = await stack.preview();
    expect(changes).toEqual({ create: resources });
    expect(await inventory(account)).toEqual([]);
  });

  it('creates all of it', async () => {
    const { changes } = await stack.up();
    expect(changes).toEqual({ create: resources });
  });

  it('answers over HTTP, and its change stream, bus, queue and functions carry an event around', async () => {
    expect(await call('POST', '/orders/1')).toEqual({ status: 200, body: '{"sk":"1"}' });
    await heard('1');
  });

  it('lets a function do what its role grants, and nothing else', async () => {
    expect((await call('GET', '/orders/1')).status).toBe(200);
    expect(await call('DELETE', '/orders/1')).toMatchObject({ status: 403, body: expect.stringContaining('dynamodb:DeleteItem') });
    expect(await call('POST', '/other/1')).toMatchObject({ status: 403, body: expect.stringContaining('dynamodb:PutItem') });
    const decided = account.decisions().map(({ action, isAllowed }) => `${action} ${isAllowed ? 'allowed' : 'refused'}`);
    expect([...new Set(decided)].sort()).toEqual([
      'dynamodb:DeleteItem refused',
      'dynamodb:GetItem allowed',
      'dynamodb:PutItem allowed',
      'dynamodb:PutItem refused',
      'events:PutEvents allowed',
    ]);
  });

  it('has nothing to change when it is brought up again', async () => {
    expect((await stack.up()).changes).toEqual({ same: resources });
    expect((await stack.preview('--refresh', '--expect-no-changes')).changes).toEqual({ same: resources });
  });

  it('changes one queue when one setting of a queue changes', async () => {
    await stack.config({ visibility: '90' });
    const { changes, steps } = await stack.up();
    expect(changes).toEqual({ same: resources - 1, update: 1 });
    expect(steps.filter(({ op }) => op === 'update').map(({ name, type }) => `${type} ${name}`)).toEqual(['aws:sqs/queue:Queue heard']);
  });

  it('finds by a refresh that a queue was deleted, and makes it again', async () => {
    const { queueUrl } = await stack.outputs();
    await clientsOf(account).sqs.send(new DeleteQueueCommand({ QueueUrl: String(queueUrl) }));
    const { steps } = await stack.refresh();
    const gone = steps.filter(({ op }) => op === 'delete').map(({ type, name }) => `${type} ${name}`);
    expect(gone).toContain('aws:sqs/queue:Queue heard');
    const { changes } = await stack.up();
    expect(changes.create).toBe(gone.length);
    expect((await stack.up()).changes).toEqual({ same: resources });
    await call('POST', '/orders/2');
    await heard('2');
  });

  it('keeps no secret in plain in its state', async () => {
    const { secretPassword } = await stack.outputs();
    expect(String(secretPassword)).toMatch(/^\w{32}$/);
    expect(await stack.exported()).not.toContain(String(secretPassword));
  });

  it('leaves nothing when it is destroyed', async () => {
    expect(await destroyed(stack)).toEqual({ delete: resources });
  });
});

describe('a stack whose creation is broken off', () => {
  it('goes on where it was interrupted', async () => {
    const stack = await stackNamed('interrupted');
    const running = engine.start(project.folder, ['up', '--yes', '--skip-preview', '--stack', 'interrupted']);
    let creates = 0;
    creating = () => {
      creates += 1;
      if (creates === 8) running.process.kill('SIGINT');
    };
    expect((await running.done).code).not.toBe(0);
    creating = () => {};
    expect(creates).toBeLessThan(resources - 2);
    await stack.up();
    expect((await stack.up()).changes).toEqual({ same: resources });
    await destroyed(stack);
  });

  it('goes on after its process was killed and its lock cancelled', async () => {
    const stack = await stackNamed('killed');
    const running = engine.start(project.folder, ['up', '--yes', '--skip-preview', '--stack', 'killed']);
    const isGone = new Promise<never>((_, reject) => running.process.once('close', () => reject(new Error('gone'))));
    isGone.catch(() => {});
    let creates = 0;
    creating = () => {
      creates += 1;
      return creates < 8 ? undefined : isGone;
    };
    await waitUntil('creates', async () => (creates >= 8 ? true : undefined), { withinMillis: 30_000 });
    // Until what was under way is written down: what is made and not written down is what a kill loses.
    await sleep(1500);
    running.process.kill('SIGKILL');
    await running.done;
    creating = () => {};
    const refused = await stack.tryUp();
    expect(refused.code).not.toBe(0);
    expect(refused.said).toContain('locked');
    await stack.cancel();
    await stack.up();
    expect((await stack.up()).changes).toEqual({ same: resources });
    await destroyed(stack);
  });
});
