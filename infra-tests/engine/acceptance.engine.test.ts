import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { clientsOf } from '../../tools/engine/aws/clients.ts';
import type { HttpClient } from '../../tools/http-client.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { delivered, giveUp } from './given-up.ts';
import { grantsOf, unneeded } from './grants.ts';
import { type EmulatedPlatform, startPlatform } from './platform.ts';
import { newTenant } from './traffic.ts';

const Outputs = z.object({ queues: z.record(z.string(), z.string()), functions: z.record(z.string(), z.string()) });

let platform: EmulatedPlatform;
let admin: HttpClient;
beforeAll(async () => {
  platform = await startPlatform();
  await platform.stack.up();
  admin = await platform.admin();
});
afterAll(() => platform?.stop());

const patience = { withinMillis: 60_000, everyMillis: 500 };
const outputs = async () => Outputs.parse(await platform.stack.outputs());

describe('the platform in an account that enforces its roles', () => {
  it('does all that the features ask of it', async () => {
    const said = await platform.try('npx', 'cucumber-js');
    expect(said).toMatch(/^\d+ scenarios \(\d+ passed\)$/m);
  });

  it('keeps what a queue gave up for whose it is, and sends it back', async () => {
    const tenant = await newTenant(admin);
    const me = await tenant.get<{ tenantId: string }>('/v1/me');
    const { queues } = await outputs();
    await giveUp(clientsOf(platform.account), queues['models-events'] ?? '', delivered(me.body.tenantId, 'nobody-subscribes.v1'));
    const list = async () => (await tenant.get<{ data: { id: string; source: string }[] }>('/v1/dead-letters')).body.data;
    const [letter] = await waitUntil('the dead letter', async () => nonEmpty(await list()), patience);
    expect(letter?.source).toBe('models');
    expect((await tenant.post(`/v1/dead-letters/${letter?.id}/redrive`)).status).toBe(202);
    expect(await list()).toEqual([]);
  });

  it('carries an event that is larger than the bus takes', async () => {
    const tiers = (from: number) =>
      Array.from({ length: 1000 }, (_, at) => ({ upTo: String(from + at), unitPrice: `0.${'1'.repeat(38)}` }));
    const open = (prices: { upTo: string; unitPrice: string }[]) => [...prices.slice(0, -1), { ...prices.at(-1), upTo: null }];
    const prices = ['inference.requests', 'inference.rows', 'inference.compute_seconds'].map((meter, at) => ({
      meter,
      model: 'graduated',
      tiers: open(tiers(1_000_000 * (at + 1))),
    }));
    const plan = { name: 'Large', currency: 'USD', flatFee: '1.00', prices };
    const { status, body } = await admin.put('/v1/billing/plans/large', plan);
    expect([status, JSON.stringify(body).slice(0, 300)]).toEqual([200, expect.anything()]);
    const heard = async () =>
      nonEmpty((await admin.get<{ data: unknown[] }>('/v1/audit?action=plan-defined&resource=plan/large')).body.data);
    await waitUntil('the large event to be heard of', heard, patience);
  });

  it('does what its schedules ask of it', async () => {
    const { functions } = await outputs();
    const Payload = new TextEncoder().encode(JSON.stringify({ schedule: 'models.upload-sweep' }));
    const called = new InvokeCommand({ FunctionName: functions['models-schedules'], Qualifier: 'live', Payload });
    const answer = await clientsOf(platform.account).lambda.send(called);
    expect([answer.FunctionError, new TextDecoder().decode(answer.Payload)]).toEqual([undefined, 'null']);
  });

  it('is refused nothing, and needed every grant', async () => {
    const decisions = platform.account.decisions();
    expect(decisions.filter(({ isAllowed }) => !isAllowed)).toEqual([]);
    expect(unneeded(await grantsOf(clientsOf(platform.account)), decisions)).toEqual([]);
  });
});

const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);
