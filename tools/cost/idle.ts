import { backgroundMillis, idlePollsAMonth, monthSeconds } from './assumptions.ts';
import type { Usage } from './bill.ts';
import { all, type Graph, isOn, listOf, partOf, type Resource, readsStream, textOf } from './graph.ts';
import { functionOf, invocations } from './lambda.ts';

/** What a month costs in which nobody comes: what is there, polled and scheduled. */
export const idleUsage = (graph: Graph): readonly Usage[] => [
  ...polling(graph),
  ...schedules(graph),
  ...count(all(graph, 'secret').length, { meter: 'secrets.secrets', kind: 'secret', what: 'secrets' }),
  ...count(all(graph, 'key').length, { meter: 'kms.keys', kind: 'secret', what: 'keys of our own' }),
  ...count(alarmMetrics(graph), { meter: 'cloudwatch.alarms', kind: 'monitoring', what: 'alarms' }),
  ...count(all(graph, 'metricFilter').length, { meter: 'cloudwatch.metrics', kind: 'monitoring', what: 'metrics made from logs' }),
  ...count(all(graph, 'dashboard').length, { meter: 'cloudwatch.dashboards', kind: 'monitoring', what: 'dashboards' }),
  ...count(all(graph, 'budget').length, { meter: 'budgets.budgets', kind: 'monitoring', what: 'budgets' }),
  ...count(all(graph, 'catalogTable').length, { meter: 'glue.objects', kind: 'cost-export', what: 'tables for Athena' }),
  ...costExports(graph),
  ...edge(graph),
];

type Counted = Omit<Usage, 'quantity'>;
const count = (quantity: number, usage: Counted): readonly Usage[] => (quantity === 0 ? [] : [{ ...usage, quantity }]);

const polling = (graph: Graph): readonly Usage[] => {
  const queues = all(graph, 'mapping').filter((mapping) => isOn(mapping) && !readsStream(mapping));
  const streams = all(graph, 'mapping').filter((mapping) => isOn(mapping) && readsStream(mapping));
  return [
    ...count(queues.length * idlePollsAMonth, { meter: 'sqs.requests', kind: 'queue', what: `polling of ${queues.length} idle queues` }),
    ...count(streams.length, { meter: 'dynamodb.stream-reads', kind: 'table', what: `polling of ${streams.length} idle change streams` }),
  ];
};

/** `rate(1 hour)` and its like, in seconds. */
const unitSeconds: { readonly [unit: string]: number } = { minute: 60, hour: 3600, day: 86_400 };
const periodOf = (schedule: Resource): number => {
  const [, amount, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(textOf(schedule, 'scheduleExpression')) ?? [];
  // A cron expression is at most once a minute; that it is so often is the expensive guess.
  return amount === undefined ? 60 : Number(amount) * (unitSeconds[unit] as number);
};

const schedules = (graph: Graph): readonly Usage[] =>
  all(graph, 'schedule').flatMap((schedule): readonly Usage[] => {
    const runs = monthSeconds / periodOf(schedule);
    const runner = functionOf(graph, 'schedules');
    return [
      { meter: 'scheduler.invocations', quantity: runs, kind: 'schedule', what: `${schedule.name} fires` },
      ...invocations(runner, { runs, seconds: backgroundMillis / 1000, kind: 'schedule', what: `${schedule.name} runs` }),
      { meter: 's3.writes', quantity: runs, kind: 'schedule', what: `${schedule.name} lists objects` },
    ];
  });

/** An alarm costs by the metrics that it names. */
const alarmMetrics = (graph: Graph): number =>
  all(graph, 'alarm').reduce((total, alarm) => {
    const named = listOf(alarm, 'metricQueries').filter((query) => (query as { readonly metric?: unknown }).metric !== undefined);
    return total + Math.max(1, named.length);
  }, 0);

/** The export itself is free; a few files a day are written, and stay. */
const costExports = (graph: Graph): readonly Usage[] =>
  all(graph, 'export').flatMap((each): readonly Usage[] => [
    { meter: 's3.writes', quantity: 30 * 10, kind: 'cost-export', what: `${each.name}: files` },
    { meter: 's3.storage', quantity: 0.1, kind: 'cost-export', what: `${each.name}: a year of files` },
  ]);

const edge = (graph: Graph): readonly Usage[] => {
  const acls = all(graph, 'webAcl');
  const rules = acls.reduce((total, acl) => total + Math.max(listOf(acl, 'rules').length, Object.keys(partOf(acl, 'rules')).length), 0);
  return [
    ...count(acls.length, { meter: 'waf.acls', kind: 'network-edge', what: 'web ACLs' }),
    ...count(rules, { meter: 'waf.rules', kind: 'network-edge', what: 'rules of web ACLs' }),
    ...count(all(graph, 'zone').length, { meter: 'dns.zones', kind: 'network-edge', what: 'DNS zones' }),
  ];
};
