import { describe, expect, it } from 'vitest';
import { firstMillion } from './assumptions.ts';
import { declaredGraph } from './declared.ts';
import { estimate, limits } from './estimate.ts';
import { assertPriced } from './free-kinds.ts';
import type { Graph } from './graph.ts';
import { measureEvent } from './measured-event.ts';
import { measurePrediction } from './measured-prediction.ts';
import { sideBySide } from './side-by-side.ts';
import { usageOf } from './usage.ts';

const measured = { prediction: await measurePrediction(), event: await measureEvent() };
const dev = await declaredGraph('gcp-dev');
const prod = await declaredGraph('gcp-prod');
const usage = usageOf('gcp-dev');
const quantity = (graph: Graph, meter: string): number =>
  usage
    .idle(graph)
    .filter((one) => one.meter === meter)
    .reduce((sum, one) => sum + one.quantity, 0);

describe('an idle month on Google Cloud', () => {
  it('stays within the budget in dev', () => expect(estimate('gcp-dev', dev, measured).idle.total.lte(limits.idleInDev)).toBe(true));
  it('pays each job once, and each run of it as a request', () => {
    const jobs = dev.filter(({ type }) => type === 'gcp:cloudscheduler/job:Job');
    const everyMinute = jobs.filter(({ name }) => name.includes('changes-sweep')).length;
    expect(quantity(dev, 'gcp.scheduler.jobs')).toBe(jobs.length);
    expect(quantity(dev, 'run.requests')).toBe(everyMinute * 43_800 + 730);
  });
  it('sweeps each table with changes by two reads a minute', () => expect(quantity(dev, 'firestore.reads')).toBe(5 * 2 * 43_800));
  it('has keys, a firewall and a load balancer in prod only', () => {
    const meters = ['gcp.kms.keys', 'armor.policies', 'balancer.rules'];
    expect(meters.map((meter) => quantity(dev, meter))).toEqual([0, 0, 0]);
    expect(meters.map((meter) => quantity(prod, meter))).toEqual([15, 1, 730]);
  });
  it('costs more with one more alarm', () => {
    const more = [...dev, { type: 'gcp:monitoring/alertPolicy:AlertPolicy', name: 'more', inputs: { conditions: [{}, {}] } }];
    expect(quantity(more, 'gcp.alarms')).toBe(quantity(dev, 'gcp.alarms') + 2);
  });
});

describe('a load on Google Cloud', () => {
  it('of predictions goes through the edge, and writes and later deletes a fact each', () => {
    const { lines } = estimate('gcp-dev', dev, measured).furtherMillion;
    const of = (meter: string) => lines.filter((line) => line.meter === meter).map((line) => line.quantity);
    expect(of('run.requests')).toEqual([1_000_000, 1_000_000]);
    expect(of('firestore.writes')[0]).toBe(1_000_000);
    expect(of('firestore.deletes')).toEqual([1_000_000]);
  });
  it('pays for each CPU of a function', () => {
    const cpu = (graph: Graph) =>
      usage.predictions(graph, measured.prediction, firstMillion).find(({ kind, meter }) => kind === 'function' && meter === 'run.cpu')
        ?.quantity ?? 0;
    const twice = dev.map((one) =>
      one.name.endsWith('-function')
        ? { ...one, inputs: { ...one.inputs, serviceConfig: { ...(one.inputs.serviceConfig as object), availableCpu: '2' } } }
        : one,
    );
    expect([cpu(dev) > 0, cpu(twice)]).toEqual([true, 2 * cpu(dev)]);
  });
  it('of events counts a delivery for each filter that lets an event through', () => {
    const none = dev.filter(({ type, name }) => type !== 'gcp:pubsub/subscription:Subscription' || name.includes('dead-letters'));
    const delivered = (graph: Graph) =>
      usage.events(graph, measured.event).find(({ kind, meter }) => kind === 'subscriber' && meter === 'run.requests');
    expect(delivered(none)?.quantity).toBe(0);
    expect(delivered(dev)?.quantity).toBeGreaterThan(1_000_000);
  });
});

describe('a kind that nobody has looked up', () => {
  it('is refused', () =>
    expect(() => assertPriced([...dev, { type: 'gcp:spanner/instance:Instance', name: 'x', inputs: {} }])).toThrow(
      'gcp:spanner/instance:Instance',
    ));
});

describe('the clouds side by side', () => {
  it('have a column each, and a dash where nothing was estimated', () => {
    const table = sideBySide([estimate('gcp-dev', dev, measured)]);
    expect(table).toContain('| A month | gcp |');
    expect(table).toMatch(/\| dev, idle \| \$\d+\.\d\d \|/);
    expect(table).toContain('| prod, idle | – |');
  });
  it('say of which regions the prices are', () => {
    for (const place of ['AWS: us-east-1', 'Azure: germanywestcentral', 'Google Cloud: us-central1'])
      expect(sideBySide([])).toContain(place);
  });
});
