import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { HttpClient } from '../../tools/http-client.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { type EmulatedProject, project, startProject } from './gcp-emulator.ts';
import { giveUp } from './gcp-given-up.ts';
import { refused, takeAway, unneeded, unusedPermissions } from './gcp-grants.ts';
import { putAside, putStuck } from './gcp-stuck.ts';
import { type EmulatedPlatform, startPlatformIn } from './platform.ts';
import { changing } from './said.ts';
import { newTenant } from './traffic.ts';

const Names = z.record(z.string(), z.string());
const Outputs = z.object({ queues: Names, tables: Names, buckets: Names, bus: z.string() });

let platform: EmulatedPlatform<EmulatedProject>;
let admin: HttpClient;
beforeAll(async () => {
  // Staging has what prod has of queues and keys; the demo is tried on dev.
  const config = { 'platform:alarmEmail': 'operator@example.com', 'platform:allowedProject': project.id };
  platform = await startPlatformIn(await startProject({ minuteMillis: 5000 }), { stack: 'gcp-staging', config });
  await platform.stack.up();
  admin = await platform.admin();
  const [{ tables }, { tenantId }] = [await outputs(), await someTenant()];
  for (const name of sourced) await putStuck(world(), tables[name] ?? '', tenantId);
});
afterAll(() => platform?.stop());

/** The tables whose events are published. What nobody can publish is tried ten times; meanwhile other things are. */
const sourced = ['billing-accounts', 'identity-directory', 'inference-endpoints', 'models-registry'];

const outputs = async () => Outputs.parse(await platform.stack.outputs());
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

/** An event that only the audit trail keeps, as the bus has it; gives the id of the message. */
const publish = async (tenantid: string): Promise<string> => {
  const { bus } = await outputs();
  const [type, source] = ['ai.hybrid-platform.models.engine-tried.v1', 'urn:hybrid:models'];
  const about = { subject: 'engine/tried', tenantid, principal: 'engine' };
  const event = { specversion: '1.0', id: randomUUID(), source, type, time: new Date().toISOString(), ...about, data: {} };
  const message = { data: Buffer.from(JSON.stringify(event)).toString('base64'), attributes: { 'ce-type': type, 'ce-source': source } };
  const published = await world().pubSub<{ messageIds: string[] }>('POST', `/v1/${bus}:publish`, { messages: [message] });
  return published?.messageIds[0] ?? '';
};

/** What services of Google's own do as these; functions never do. */
const ofServices = /^hybrid-staging-(builder|eventarc) /;
/** Of what only both together would be missed: on the same database the other one allows all of it that was asked for; and what takes an hour to be needed (of models-schedules). */
const seldom = [
  'hybrid-staging-billing-changes table-append on database:hybrid-staging-billing',
  'hybrid-staging-models-b207ee50 objects-delete on bucket:models-artifacts-bucket',
];

describe('the platform in a project that asks who may do what', () => {
  it('does all that the features ask of it', async () => {
    const said = await platform.try('npx', 'cucumber-js');
    expect(said).toMatch(/^\d+ scenarios \(\d+ passed\)$/m);
  }, 720_000);

  it('keeps what a subscriber gave up for whose it is, and sends it back to him', async () => {
    const { tenant, tenantId } = await someTenant();
    const { queues } = await outputs();
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

  it('puts aside what nobody can publish, and goes on', async () => {
    const { buckets } = await outputs();
    const aside = () => putAside(world(), buckets['platform-failed-changes'] ?? '');
    const all = async () => ((await aside()).length === sourced.length ? aside() : undefined);
    const tables = await waitUntil('what is put aside', all, { withinMillis: 120_000, everyMillis: 500 });
    expect(tables.map((table) => table.replace('.', '-'))).toEqual(sourced);
  });

  it('hands out URLs, which are worth what it may do itself', async () => {
    const send = async (method: string, body?: string) => {
      const path = `/v1/billing-transfer/objects/exports/url?key=tried.csv&method=${method}`;
      const { url, headers } = (await admin.get<{ url: string; headers: Record<string, string> }>(path)).body;
      const { host, pathname, search } = new URL(url);
      return fetch(`${world().networkOf('nobody')}/https/${host}${pathname}${search}`, {
        method,
        headers,
        ...(body !== undefined && { body }),
      });
    };
    expect((await send('PUT', 'tried')).status).toBe(200);
    expect(await (await send('GET')).text()).toBe('tried');
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
    expect(unneeded(access, project.id).filter((binding) => !ofServices.test(binding))).toEqual(seldom);
    expect(unusedPermissions(access, project.id)).toEqual([]);
  });

  it('fails where a grant is taken away, and has it back by the next update', async () => {
    const { tenant } = await someTenant();
    takeAway(world().access, 'hybrid-staging-models-http table-append on database:hybrid-staging-models');
    expect((await tenant.post('/v1/models', { name: 'refused' })).status).toBe(503);
    const { steps } = await platform.stack.up('--refresh');
    expect(changing(steps).filter((step) => step.startsWith('create'))).toEqual(['create models-http-table-append-models']);
    expect((await tenant.post('/v1/models', { name: 'granted' })).status).toBe(201);
  });
});
