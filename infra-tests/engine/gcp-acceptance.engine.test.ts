import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { HttpClient } from '../../tools/http-client.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { type EmulatedProject, project, startProject } from './gcp-emulator.ts';
import { giveUp } from './gcp-given-up.ts';
import { refused, unused } from './gcp-grants.ts';
import { type EmulatedPlatform, startPlatformIn } from './platform.ts';
import { newTenant } from './traffic.ts';

const Outputs = z.object({ queues: z.record(z.string(), z.string()), bus: z.string(), url: z.string() });

let platform: EmulatedPlatform<EmulatedProject>;
let admin: HttpClient;
beforeAll(async () => {
  // Staging has what prod has of queues and keys; the demo is tried on dev.
  const config = { 'platform:alarmEmail': 'operator@example.com', 'platform:allowedProject': project.id };
  platform = await startPlatformIn(await startProject({ minuteMillis: 5000 }), { stack: 'gcp-staging', config });
  await platform.stack.up();
  admin = await platform.admin();
});
afterAll(() => platform?.stop());

const world = () => platform.account.world;
const patience = { withinMillis: 60_000, everyMillis: 500 };
const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

const Letters = z.object({ data: z.array(z.object({ id: z.string(), source: z.string() })) });
const lettersOf = async (tenant: HttpClient) => Letters.parse((await tenant.get('/v1/dead-letters')).body).data;
const someTenant = async () => {
  const tenant = await newTenant(admin);
  const { body } = await tenant.get<{ tenantId: string }>('/v1/me');
  return { tenant, tenantId: body.tenantId };
};

/** An event that only the audit trail keeps, as the bus has it. */
const publish = async (tenantid: string): Promise<void> => {
  const { bus } = Outputs.parse(await platform.stack.outputs());
  const [type, source] = ['ai.hybrid-platform.models.engine-tried.v1', 'urn:hybrid:models'];
  const about = { subject: 'engine/tried', tenantid, principal: 'engine' };
  const event = { specversion: '1.0', id: randomUUID(), source, type, time: new Date().toISOString(), ...about, data: {} };
  const message = { data: Buffer.from(JSON.stringify(event)).toString('base64'), attributes: { 'ce-type': type, 'ce-source': source } };
  await world().pubSub('POST', `/v1/${bus}:publish`, { messages: [message] });
};

/** What the suite need not ask for. */
const known: readonly RegExp[] = [
  // Services of Google's own work as these; functions never do.
  /^hybrid-staging-(builder|eventarc) /,
  // Verbs on tables and objects: which of them a function has is held to its declaration by rule (infra-tests/gcp-least-privilege.test.ts).
  / (datastore\.entities|storage\.objects)\.\w+ | iam\.serviceAccounts\.signBlob /,
];
const isKnown = (one: string): boolean => known.some((pattern) => pattern.test(one));

describe('the platform in a project that asks who may do what', () => {
  it('does all that the features ask of it', async () => {
    const said = await platform.try('npx', 'cucumber-js');
    expect(said).toMatch(/^\d+ scenarios \(\d+ passed\)$/m);
  }, 600_000);

  it('keeps what a subscriber gave up for whose it is, and sends it back to him', async () => {
    const { tenant, tenantId } = await someTenant();
    const { queues } = Outputs.parse(await platform.stack.outputs());
    const subscription = `projects/${project.id}/subscriptions/${queues['observability-every-event']}`;
    await giveUp(
      world(),
      subscription,
      () => publish(tenantId),
      async () => (await lettersOf(tenant)).length > 0,
    );
    const [letter] = await lettersOf(tenant);
    expect(letter?.source).toBe('observability.every-event');
    expect((await tenant.post(`/v1/dead-letters/${letter?.id}/redrive`)).status).toBe(202);
    expect(await lettersOf(tenant)).toEqual([]);
    const entries = async () => (await tenant.get<{ data: unknown[] }>('/v1/audit?action=engine-tried')).body.data;
    await waitUntil('it to be heard of', async () => nonEmpty(await entries()), patience);
  });

  it('does what its schedules ask of it', async () => {
    const { scheduler } = world();
    const statuses = await Promise.all(scheduler.list().map(async (name) => `${name} ${await scheduler.run(name)}`));
    expect(statuses.length).toBeGreaterThan(4);
    expect(statuses.filter((one) => !one.endsWith(' 204'))).toEqual([]);
  });

  it('tells of who asks for what is not his, also where nobody predicts', async () => {
    expect((await admin.get('/v2/models/digits')).status).toBe(403);
    const entries = async () => (await admin.get<{ data: unknown[] }>('/v1/audit?outcome=denied')).body.data;
    await waitUntil('the denial to be heard of', async () => nonEmpty(await entries()), patience);
  });

  it('lets nobody call a function but who may', async () => {
    const { accounts, functions } = world();
    const uri = functions.uriOf('hybrid-staging-models-events') ?? '';
    const audience = `https://hybrid-staging-models-events-${project.number}.${project.region}.run.app`;
    const statusOf = async (headers: Record<string, string>) => (await fetch(uri, { method: 'POST', headers, body: '{}' })).status;
    const tokenOf = (email: string, meant: string) => ({ authorization: `Bearer ${accounts.identityToken(email, meant)}` });
    const [push, edge] = ['push', 'edge'].map((name) => `hybrid-staging-${name}@${project.id}.iam.gserviceaccount.com`) as [string, string];
    expect(await statusOf({})).toBe(401);
    expect(await statusOf(tokenOf(push, 'https://elsewhere.example.com'))).toBe(401);
    expect(await statusOf({ authorization: `${tokenOf(push, audience).authorization}x` })).toBe(401);
    expect(await statusOf(tokenOf(push, audience))).toBe(404);
    const before = world().access.decisions().length;
    expect(await statusOf(tokenOf(edge, audience))).toBe(403);
    expect(world().access.decisions().length).toBe(before + 1);
  });

  it('is refused nothing, and needed every grant', () => {
    const { access } = world();
    // What the test before tried itself.
    expect(refused(access)).toEqual(['hybrid-staging-edge run.routes.invoke service:hybrid-staging-models-events']);
    expect(unused(access, project.id).filter((one) => !isKnown(one))).toEqual([]);
  });
});
