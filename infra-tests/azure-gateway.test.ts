import { describe, expect, it } from 'vitest';
import { sha256 } from '../functions/kernel/authentication.ts';
import { isMadeHere } from '../stacks/policies/kinds.ts';
import { assertPriced } from '../tools/cost/free-kinds.ts';
import { type Graph, graphOf } from './graph.ts';
import { graphFor, named, ofType, policed } from './graphs.ts';

const config = { 'platform:apiManagement': 'true', 'platform:alarmEmail': 'operators@example.com' };
const settingOf = (graph: Graph, app: string, name: string): unknown => {
  const { appSettings } = named(graph, `${app}-app`).inputs.siteConfig as {
    readonly appSettings: readonly { readonly name: string; readonly value: unknown }[];
  };
  return appSettings.find((setting) => setting.name === name)?.value;
};

describe('an API Management on Azure', () => {
  it('is not there unless somebody asks for it', async () => {
    const graph = await graphFor('azure-dev');
    expect(graph.filter(({ type, name }) => type.includes(':apimanagement:') || name.startsWith('gateway'))).toEqual([]);
    expect(settingOf(graph, 'edge', 'HYBRID_ORIGIN_SECRET_SHA256')).toBeUndefined();
  });
  it('costs nothing while nobody calls, and leads every path of every method to the edge', async () => {
    const graph = await graphOf('azure-dev', { config });
    expect(named(graph, 'gateway-service').inputs).toMatchObject({
      sku: { name: 'Consumption', capacity: 0 },
      publisherEmail: 'operators@example.com',
    });
    expect(named(graph, 'gateway-api').inputs).toMatchObject({
      ...{ path: '', protocols: ['https'], subscriptionRequired: false },
      serviceUrl: 'https://edge-app12345678.azurewebsites.net',
    });
    const operations = ofType(graph, 'azure-native:apimanagement:ApiOperation').map(
      ({ inputs }) => `${inputs.method} ${inputs.urlTemplate}`,
    );
    expect(operations.sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'].map((method) => `${method} /*`));
  });
  it('proves itself to the edge by a secret that no app is told, and the edge to the apps as before', async () => {
    const graph = await graphOf('azure-dev', { config });
    const { secret, value } = named(graph, 'gateway-origin').inputs;
    expect(secret).toBe(true);
    expect(settingOf(graph, 'edge', 'HYBRID_ORIGIN_SECRET_SHA256')).toBe(sha256(String(value)));
    expect(String(named(graph, 'gateway-policy').inputs.value)).toContain(
      '<set-header name="x-hybrid-origin-secret" exists-action="override"><value>{{origin-secret}}</value></set-header>',
    );
    expect(ofType(graph, 'random:index/randomPassword:RandomPassword').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['gateway-password', 'origin-password']),
    );
    expect(settingOf(graph, 'edge', 'HYBRID_ORIGIN_SECRET')).toMatch(/^@Microsoft\.KeyVault/);
  });
  it('has no identity and no role', async () => {
    const [without, having] = [await graphFor('azure-dev'), await graphOf('azure-dev', { config })];
    const granted = (graph: Graph) => graph.filter(({ type }) => /RoleAssignment|UserAssignedIdentity/.test(type)).map(({ name }) => name);
    expect(granted(having)).toEqual(granted(without));
    expect(named(having, 'gateway-service').inputs.identity).toBeUndefined();
  });
  it('is made of kinds that the rules and the price list know', async () => {
    const graph = policed(await graphOf('azure-dev', { config }));
    expect(graph.filter(({ type }) => !isMadeHere(type))).toEqual([]);
    expect(() => assertPriced(graph.map(({ type, name, props }) => ({ type, name, inputs: props, parent: '' })) as never)).not.toThrow();
  });
  it('is refused beside a domain, and where nobody publishes it', async () => {
    await expect(graphOf('azure-prod', { config })).rejects.toThrow('without platform:domain');
    await expect(graphOf('azure-dev', { config: { 'platform:apiManagement': 'true' } })).rejects.toThrow('needs platform:alarmEmail');
  });
});
