import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subscription } from '../../tools/engine/azure/outputs.ts';
import { type EmulatedSubscription, startEmulatedSubscription } from './azure-emulator.ts';
import { refusals } from './azure-grants.ts';
import { inventory } from './azure-inventory.ts';
import { type EmulatedPlatform, startPlatformIn } from './platform.ts';
import { changing } from './said.ts';
import { newTenant } from './traffic.ts';
import { demoIsAsOnLaptop } from './tried.ts';

const domain = 'ai.example.com';
const zone = `/subscriptions/${subscription}/resourceGroups/dns/providers/Microsoft.Network/dnsZones/example.com`;

let platform: EmulatedPlatform<EmulatedSubscription>;
beforeAll(async () => {
  const config = {
    'platform:allowedSubscription': subscription,
    'platform:alarmEmail': 'operator@example.com',
    'platform:domain': domain,
    'platform:dnsZoneId': zone,
    'platform:immutableDays': '30',
    'platform:monthlyBudgetUsd': '1000',
  };
  platform = await startPlatformIn(await startEmulatedSubscription([zone]), { stack: 'azure-prod', config });
});
afterAll(() => platform?.stop());

/** What is accepted as it comes, and does nothing here. */
const accepted = [
  ...['applicationinsights:Component', 'applicationinsights:Workbook', 'consumption:Budget', 'keyvault:Key', 'monitor:ActionGroup'],
  ...['monitor:MetricAlert', 'monitor:ScheduledQueryRule', 'operationalinsights:Workspace', 'resources:Deployment'],
  ...['storage:BlobContainerImmutabilityPolicy', 'storage:BlobServiceProperties', 'storage:ManagementPolicy'],
  ...['web:AppServicePlan', 'web:WebAppFtpAllowed', 'web:WebAppScmAllowed'],
].map((type) => `azure-native:${type}`);
const recorded = () => [...new Set([...platform.engine.provider.records.values()].map(({ type }) => type))].toSorted();
const statusOf = async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  (await fetch(url, { headers })).status;
/** What holds data, and what it is read with. */
const kept = () =>
  inventory(platform.account)
    .filter((one) => /^(group|account data|cosmos|vault)/.test(one))
    .toSorted();
const before = { tenant: '' };

describe('the platform as prod on Azure by the real engine', () => {
  it('keeps to the policy pack', async () => {
    const { changes } = await platform.stack.preview('--policy-pack', 'stacks/policies');
    expect(Object.keys(changes)).toEqual(['create']);
    expect(inventory(platform.account)).toEqual([]);
  });

  it('is made, and has nothing to change when it is brought up again, nor to find', async () => {
    const { changes } = await platform.stack.up();
    expect((await platform.stack.up()).changes).toEqual({ same: changes.create });
    await platform.stack.preview('--refresh', '--expect-no-changes');
    expect(recorded()).toEqual(accepted);
  });

  it('is reached by its domain, and no other way', async () => {
    const { front, apps } = platform.account;
    expect((await platform.stack.outputs()).url).toBe(`https://${domain}`);
    expect(await statusOf(`https://${domain}/health/ready`)).toBe(200);
    for (const path of ['admin/host/status', 'Runtime/webhooks', '%61dmin']) expect(await statusOf(`https://${domain}/${path}`)).toBe(403);
    const hosts = [...front.sites.keys()].filter((host) => host.endsWith('.azurewebsites.net'));
    expect(hosts).toHaveLength(apps.size);
    for (const host of hosts) expect(await statusOf(`https://${host}/health/ready`)).toBe(403);
    // Of another customer's Front Door, and of one's own without the secret that it adds.
    const models = hosts.find((host) => host.startsWith('models')) ?? '';
    expect(await statusOf(`https://${models}/v1/models`, { 'x-azure-fdid': 'somebody-elses' })).toBe(403);
  });

  it('does on its domain what it does on the laptop, with the same figures', async () => {
    await demoIsAsOnLaptop(platform);
    expect(refusals(platform.account)).toEqual([]);
  });

  it('turns floods away, from as many requests on as one setting says, which is one update', async () => {
    const { tenantId } = (await (await newTenant(await platform.admin())).get<{ tenantId: string }>('/v1/me')).body;
    before.tenant = tenantId;
    await platform.stack.config({ 'platform:requestsPerSecond': '1' });
    expect(changing((await platform.stack.up()).steps)).toEqual(['update edgefirewall']);
    const statuses = await Promise.all(Array.from({ length: 130 }, () => statusOf(`https://${domain}/health/ready`)));
    // Sixty of each minute come through; a minute may end meanwhile.
    const through = statuses.filter((status) => status === 200).length;
    expect([60, 120]).toContain(through);
    expect(statuses.filter((status) => status === 429)).toHaveLength(130 - through);
  });

  it('keeps its data where somebody destroys it', async () => {
    const data = kept();
    await expect(platform.stack.destroy()).rejects.toThrow('it is protected');
    expect(kept()).toEqual(data);
    await platform.stack.destroy('--exclude-protected');
    expect(kept()).toEqual(data);
    expect(inventory(platform.account).filter((one) => /^(app|edge|host ai\.) ?/.test(one))).toEqual([]);
  });

  it('is made around its data again', async () => {
    await platform.stack.config({ 'platform:requestsPerSecond': '200' });
    await platform.stack.up();
    expect(changing((await platform.stack.up()).steps)).toEqual([]);
    expect((await (await platform.admin()).get(`/v1/tenants/${before.tenant}`)).status).toBe(200);
  });
});
