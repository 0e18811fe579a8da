import { describe, expect, it } from 'vitest';
import type { Line } from './bill.ts';
import { broken, estimate, isEdge } from './estimate.ts';
import type { Graph } from './graph.ts';
import { measureEvent } from './measured-event.ts';
import { measurePrediction } from './measured-prediction.ts';
import { costDocument, summary } from './report.ts';
import { resource, smallGraph } from './test-graph.ts';

const measured = { prediction: await measurePrediction(), event: await measureEvent() };
const of = (graph: Graph, stack = 'aws-dev') => estimate(stack, graph, measured);
const line = (lines: readonly Line[], meter: string) => lines.filter((one) => one.meter === meter).map(({ quantity }) => quantity);
const without = (kind: string) => smallGraph().filter(({ type }) => !type.includes(kind));

describe('an estimate', () => {
  it('of a million predictions reads three million units and writes a million facts', () => {
    const { lines } = of(smallGraph()).firstMillion;
    expect(line(lines, 'dynamodb.reads')[0]).toBe(3_000_000);
    expect(line(lines, 'dynamodb.writes')[0]).toBe(1_000_000);
    expect(line(lines, 'lambda.requests')[0]).toBe(1_000_000);
  });

  it('grows with the memory of the function that serves', () => {
    const larger = smallGraph().map((one) =>
      one.name === 'inference-predictions' ? { ...one, inputs: { ...one.inputs, memorySize: 1024 } } : one,
    );
    const compute = (graph: Graph) => line(of(graph).furtherMillion.lines, 'lambda.compute.arm64')[0] as number;
    expect(compute(larger)).toBe(2 * compute(smallGraph()));
  });

  it('counts what Lambda logs of itself where the level lets it', () => {
    const chatty = smallGraph().map((one) => ({ ...one, inputs: { ...one.inputs, loggingConfig: {} } }));
    const logged = (graph: Graph) => line(of(graph).furtherMillion.lines, 'cloudwatch.log-ingestion')[0] as number;
    expect(logged(chatty)).toBeGreaterThan(1.5 * logged(smallGraph()));
  });

  it("counts the gateway's access log", () => {
    const logging = [
      ...without('stage'),
      resource('stage', 'api', { accessLogSettings: { format: '$context.requestId $context.status' } }),
    ];
    expect(line(of(logging).furtherMillion.lines, 'cloudwatch.log-ingestion')[0]).toBeCloseTo(21e6 / 1024 ** 3, 6);
  });

  it('keeps the edge apart, and lets what leaves through it leave only there', () => {
    const { lines } = of([...smallGraph(), resource('distribution', 'edge'), resource('webAcl', 'edge')]).furtherMillion;
    expect(lines.filter(isEdge).map(({ meter }) => meter)).toEqual(['cloudfront.requests', 'cloudfront.transfer', 'waf.requests']);
    expect(line(lines, 'transfer.out')).toEqual([]);
  });

  it('counts the queues that an event reaches by the rules', () => {
    const fewer = smallGraph().filter(({ name }) => name !== 'observability');
    const sent = (graph: Graph) => line(of(graph).events.lines, 'sqs.requests')[0] as number;
    expect(sent(smallGraph()) - sent(fewer)).toBeCloseTo(3_000_000, 0);
  });

  it('is refused where the price list does not know a kind of resource', () => {
    expect(() => of([...smallGraph(), { type: 'aws:rds/cluster:Cluster', name: 'x', inputs: {} }])).toThrow(
      /does not know aws:rds\/cluster:Cluster/,
    );
  });

  it('is refused where nothing folds the usage', () => {
    expect(() => of(without('eventSourceMapping'))).toThrow(/billing\.usage/);
  });
});

describe('the budgets', () => {
  it('break over an idle dev stack of more than $5, and over no other', () => {
    const secrets = Array.from({ length: 20 }, (_, index) => resource('secret', `s${index}`));
    expect(broken([of([...smallGraph(), ...secrets])])[0]).toMatch(/^aws-dev, an idle month: \$8\.40, over the budget of \$5\.00$/);
    expect(broken([of([...smallGraph(), ...secrets], 'aws-prod')])).toEqual([]);
  });

  it('break over a million predictions of more than $2.50', () => {
    const singly = smallGraph().map((one) => ({ ...one, inputs: { ...one.inputs, maximumBatchingWindowInSeconds: 0 } }));
    expect(broken([of(singly)])).toEqual([expect.stringMatching(/^aws-dev, a million predictions .*over the budget of \$2\.50$/)]);
  });
});

describe('the document', () => {
  it('names each stack, its figures and the source of each price', () => {
    const text = costDocument([of(smallGraph())]);
    expect(text).toContain('## aws-dev');
    expect(text).toContain('https://aws.amazon.com/kms/pricing/');
    expect(summary([of(smallGraph())])).toContain('| `aws-dev` | $0.40 |');
  });
});
