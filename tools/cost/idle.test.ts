import { describe, expect, it } from 'vitest';
import type { Graph } from './graph.ts';
import { idleUsage } from './idle.ts';
import { resource, smallGraph } from './test-graph.ts';

const quantities = (graph: Graph) => Object.fromEntries(idleUsage(graph).map(({ meter, quantity }) => [meter, quantity]));
const withMore = (...more: Graph) => quantities([...smallGraph(), ...more]);

describe('an idle month', () => {
  it('polls each mapped queue 15 times a minute', () => {
    expect(quantities(smallGraph())['sqs.requests']).toBe(657_000);
    expect(withMore(resource('mapping', 'another'))['sqs.requests']).toBe(2 * 657_000);
  });

  it('polls no queue whose mapping is off', () => {
    expect(withMore(resource('mapping', 'off', { enabled: false }))['sqs.requests']).toBe(657_000);
  });

  it('fires a schedule as often as it says, at worst once a minute', () => {
    expect(quantities(smallGraph())['scheduler.invocations']).toBe(730);
    expect(
      quantities([...functions, resource('schedule', 'cron', { scheduleExpression: 'cron(* * * * ? *)' })])['scheduler.invocations'],
    ).toBe(43_800);
  });

  it('holds secrets, keys, dashboards and budgets', () => {
    const usage = withMore(resource('secret', 'b'), resource('key', 'k'), resource('dashboard', 'd'), resource('budget', 'b'));
    expect([usage['secrets.secrets'], usage['kms.keys'], usage['cloudwatch.dashboards'], usage['budgets.budgets']]).toEqual([2, 1, 1, 1]);
  });

  it('counts an alarm by the metrics that it names', () => {
    const metrics = [
      { id: 'sum', expression: 'a + b' },
      { id: 'a', metric: {} },
      { id: 'b', metric: {} },
    ];
    expect(withMore(resource('alarm', 'math', { metricQueries: metrics }))['cloudwatch.alarms']).toBe(3);
  });

  it('holds a web ACL with its rules', () => {
    const usage = withMore(resource('webAcl', 'edge', { rules: [{}, {}] }));
    expect([usage['waf.acls'], usage['waf.rules']]).toEqual([1, 2]);
  });
});

const functions = smallGraph().filter(({ type }) => type.includes('function'));
