import { describe, expect, it } from 'vitest';
import { layouts } from '../package/layout.ts';
import { azureTypes } from './azure-kinds.ts';
import { azureUsage } from './azure-usage.ts';
import { declaredGraph } from './declared.ts';
import { estimate, limits } from './estimate.ts';
import { assertPriced } from './free-kinds.ts';
import type { Graph } from './graph.ts';
import { measureEvent } from './measured-event.ts';
import { measurePrediction } from './measured-prediction.ts';

const measured = { prediction: await measurePrediction(), event: await measureEvent() };
const dev = await declaredGraph('azure-dev');
const prod = await declaredGraph('azure-prod');
const quantity = (graph: Graph, meter: string): number =>
  azureUsage
    .idle(graph)
    .filter((one) => one.meter === meter)
    .reduce((sum, one) => sum + one.quantity, 0);

describe('an idle month on Azure', () => {
  it('stays within the budget in dev', () => expect(estimate('azure-dev', dev, measured).idle.total.lte(limits.idleInDev)).toBe(true));
  it('knows what every kind of resource costs', () => {
    expect(() => [assertPriced(dev), assertPriced(prod)]).not.toThrow();
    expect(() => assertPriced([...dev, { type: 'azure-native:sql:Server', name: 'x', inputs: {} }])).toThrow('azure-native:sql:Server');
  });
  it('sweeps the tables of four apps every five minutes, collects as often, and looks for left uploads every hour', () =>
    expect(quantity(dev, 'flex.executions')).toBe(5 * 8760 + 730));
  it.each([
    ['dev', dev],
    ['prod', prod],
  ])('looks at each queue in %s, those of poison too, by its trigger and by the scale controller', (_name, graph) => {
    const queues = graph.filter(({ type }) => type === azureTypes.queue).map(({ name }) => name);
    const looked = azureUsage.idle(graph).filter(({ meter }) => meter === 'azure.queue.operations');
    expect(queues.filter((name) => name.endsWith('-poison')).length).toBeGreaterThan(0);
    expect(looked.map(({ what, quantity: looks }) => [what, looks]).sort()).toEqual(
      queues
        .flatMap((name) => [
          [`looks at ${name}`, 87_600],
          [`looks of the scale controller at ${name}`, 262_800],
        ])
        .sort(),
    );
  });
  it('takes the intervals that the apps are given', () => {
    const host = layouts.azure.beside().find(({ path }) => path === 'host.json');
    expect(Buffer.from(host?.bytes ?? []).toString()).toContain('"maxPollingInterval": "00:00:30"');
  });
  it('has a Front Door and keys in prod only', () => {
    const meters = ['frontdoor.base', 'keyvault.key-operations'];
    expect(meters.map((meter) => quantity(dev, meter))).toEqual([0, 0]);
    expect(meters.map((meter) => quantity(prod, meter))).toEqual([1, 2920]);
  });
  it('watches in dev nothing that is not free, but for one look at the logs every quarter of an hour', () => {
    expect(quantity(dev, 'azure.alerts.metrics')).toBeLessThanOrEqual(10);
    expect([quantity(dev, 'azure.alerts.logs-15'), quantity(dev, 'azure.alerts.logs-5')]).toEqual([1, 0]);
  });
});

describe('a million predictions on Azure', () => {
  const once = { name: 'alone', predictionsAMonth: 1_000_000, tenants: 1 };
  const often = { name: 'together', predictionsAMonth: 100_000_000, tenants: 20 };
  const worked = (graph: Graph, traffic: typeof once): number =>
    azureUsage
      .predictions(graph, measured.prediction, traffic)
      .filter(({ meter, what }) => meter === 'flex.compute' && what.startsWith('predictions'))
      .reduce((sum, one) => sum + one.quantity, 0);
  it('pays a second for each that comes alone, and once for those that come together', () => {
    expect(worked(dev, once)).toBe(2_000_000);
    expect(worked(dev, often)).toBeCloseTo((2_628_000 * 2) / 100, 0);
  });
  it('go through the edge in dev and through Front Door in prod', () => {
    const meters = (graph: Graph) => azureUsage.predictions(graph, measured.prediction, once).map(({ meter }) => meter);
    expect([meters(dev).includes('frontdoor.requests'), meters(prod).includes('frontdoor.requests')]).toEqual([false, true]);
  });
});
