import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpClient } from '../../tools/http-client.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { type EmulatedProject, project, startProject } from './gcp-emulator.ts';
import { inventory } from './gcp-inventory.ts';
import { type EmulatedPlatform, startPlatformIn } from './platform.ts';
import { changing } from './said.ts';
import { newTenant } from './traffic.ts';
import { demoIsAsOnLaptop } from './tried.ts';

const domain = 'ai.example.com';

let platform: EmulatedPlatform<EmulatedProject>;
beforeAll(async () => {
  const config = {
    'platform:allowedProject': project.id,
    'platform:alarmEmail': 'operator@example.com',
    'platform:domain': domain,
    'platform:dnsZone': 'example-com',
    'platform:billingAccount': '012345-6789AB-CDEF01',
    'platform:monthlyBudgetUsd': '1000',
    'platform:billingTable': 'the-payer.billing.gcp_billing_export_resource_v1_012345_6789AB_CDEF01',
  };
  platform = await startPlatformIn(await startProject({ minuteMillis: 5000, zones: { 'example-com': 'example.com.' } }), {
    stack: 'gcp-prod',
    config,
  });
});
afterAll(() => platform?.stop());

const world = () => platform.account.world;
/** Asks as somebody outside of the project. */
const statusOf = async (host: string): Promise<number> => (await fetch(`${world().networkOf('nobody')}/https/${host}/health/ready`)).status;
const admin = async () => httpClient(`${world().networkOf('nobody')}/https/${domain}`, String((await platform.stack.outputs()).adminKey));
/** What was there before the stack went. */
const before = { tenant: '', adminKey: '' };
/** What holds data, and what it is read with. */
const kept = (all: readonly string[]) => all.filter((one) => /^(bucket (?!code-)|database |key |secret )/.test(one)).toSorted();

/** What is accepted as Google would accept it, and does nothing here. */
const watching = [
  ...['bigquery/dataset:Dataset', 'bigquery/table:Table', 'billing/budget:Budget', 'logging/projectBucketConfig:ProjectBucketConfig'],
  ...['logging/projectExclusion:ProjectExclusion', 'logging/projectSink:ProjectSink', 'monitoring/alertPolicy:AlertPolicy'],
  ...['monitoring/dashboard:Dashboard', 'monitoring/notificationChannel:NotificationChannel'],
].map((type) => `gcp:${type}`);
const recorded = () => [...new Set([...platform.engine.provider.records.values()].map(({ type }) => type))].toSorted();

describe('the platform as prod on Google Cloud by the real engine', () => {
  it('keeps to the policy pack', async () => {
    const { changes } = await platform.stack.preview('--policy-pack', 'stacks/policies');
    expect(Object.keys(changes)).toEqual(['create']);
    expect(await inventory(world())).toEqual([]);
  });

  it('is made, and has nothing to change when it is brought up again, nor to find', async () => {
    const { changes } = await platform.stack.up();
    expect((await platform.stack.up()).changes).toEqual({ same: changes.create });
    await platform.stack.preview('--refresh', '--expect-no-changes');
    expect(recorded()).toEqual(watching);
  });

  it('is reached by its domain, and no other way', async () => {
    expect((await platform.stack.outputs()).url).toBe(`https://${domain}`);
    expect(await statusOf(domain)).toBe(200);
    expect(await statusOf(`hybrid-prod-edge-${project.number}.${project.region}.run.app`)).toBe(404);
    expect((await fetch(`${world().functions.uriOf('hybrid-prod-edge')}/health/ready`)).status).toBe(404);
    expect(await statusOf(`hybrid-prod-models-http-${project.number}.${project.region}.run.app`)).toBe(401);
  });

  it('does on its domain what it does on the laptop, with the same figures', () => demoIsAsOnLaptop(platform));

  it('has a subscription whose filter changes hear what the one before it had not delivered, as Cloud Monitoring tells of that', async () => {
    platform.runs('infra-tests/engine/variation/other-filter-program.ts');
    const { steps } = await platform.stack.up();
    expect(changing(steps)).toContain('replace billing-tenant-created-subscription');
    const operator = await admin();
    const tenant = await newTenant(operator);
    const { tenantId } = (await tenant.get<{ tenantId: string }>('/v1/me')).body;
    Object.assign(before, { tenant: tenantId, adminKey: operator.key });
    const account = async () => (await operator.get<{ code: string }>(`/v1/billing/accounts/${tenantId}/subscription`)).body.code;
    const heard = async () => ((await account()) === 'account-not-found' ? undefined : account());
    const age = { at: new Date(), seconds: 120 };
    world().ages.set('hybrid-prod-billing-tenant-created-00000000', age);
    platform.runs('stacks/index.ts');
    expect(await heard()).toBeUndefined();
    const { said } = await platform.stack.up();
    // A minute more than it says, for clocks differ.
    expect(said).toContain(`hears everything since ${new Date(age.at.getTime() - 180_000).toISOString()}`);
    const code = await waitUntil('the account of a tenant that nobody heard of', heard, { withinMillis: 60_000, everyMillis: 200 });
    expect(code).toBe('subscription-not-found');
  });

  it('turns floods away, from as many requests on as one setting says, which is one update', async () => {
    await platform.stack.config({ 'platform:requestsPerSecond': '1' });
    expect(changing((await platform.stack.up()).steps)).toEqual(['update network-firewall']);
    // One address has a quarter of sixty a minute.
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(domain)));
    expect(statuses.toSorted()).toEqual([...Array<number>(15).fill(200), ...Array<number>(5).fill(429)]);
  });

  it('keeps its data where somebody destroys it', async () => {
    const all = await inventory(world());
    const data = kept(all);
    expect(data.length).toBeGreaterThan(12);
    // As people do it, with a preview first.
    await expect(platform.stack.destroy('--skip-preview=false')).rejects.toThrow('it is protected');
    expect(await inventory(world())).toEqual(all);
    await expect(platform.stack.destroy()).rejects.toThrow('it is protected');
    expect(kept(await inventory(world()))).toEqual(data);
    await platform.stack.destroy('--exclude-protected');
    const left = await inventory(world());
    expect(kept(left)).toEqual(data);
    // What data is encrypted with can still be used, and Google's own services have their roles.
    const others = left.filter((one) => !data.includes(one));
    expect(others.filter((one) => one.startsWith('binding roles/cloudkms.cryptoKeyEncrypterDecrypter key:'))).toHaveLength(4);
    expect(others.filter((one) => /^binding roles\/(eventarc|firestore|pubsub)\.serviceAgent project /.test(one))).toHaveLength(3);
    expect(others).toHaveLength(7);
    expect([...platform.engine.provider.records]).toEqual([]);
  });

  it('is made around its data again', async () => {
    const { adminKey } = before;
    await platform.stack.up();
    expect(changing((await platform.stack.up()).steps)).toEqual([]);
    expect((await platform.stack.outputs()).adminKey).not.toBe(adminKey);
    expect((await (await admin()).get(`/v1/tenants/${before.tenant}`)).status).toBe(200);
  });
});
