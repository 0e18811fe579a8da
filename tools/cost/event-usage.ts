import { contexts } from '../../functions/contexts.ts';
import { backgroundMillis } from './assumptions.ts';
import type { Usage } from './bill.ts';
import { all, type Graph, textOf } from './graph.ts';
import { functionOf, invocations } from './lambda.ts';
import type { DomainEventCost } from './measured-event.ts';
import { million } from './prediction-usage.ts';

const gigabyte = 1024 ** 3;
const chunk = 64 * 1024;

type Pattern = {
  readonly source?: readonly (string | { readonly prefix: string })[];
  readonly 'detail-type'?: readonly (string | { readonly prefix: string })[];
};

const matches = (texts: Pattern['source'], text: string): boolean =>
  texts === undefined || texts.some((one) => (typeof one === 'string' ? one === text : text.startsWith(one.prefix)));

/** How many queues an event reaches, over all types that the contexts publish, by the rules as they are declared. */
export const deliveriesAnEvent = (graph: Graph): number => {
  const patterns = all(graph, 'rule').map((rule) => JSON.parse(textOf(rule, 'eventPattern') || '{}') as Pattern);
  const types = contexts.flatMap(({ publishes }) => publishes);
  const reached = types.map(
    ({ type, context }) =>
      patterns.filter((one) => matches(one['detail-type'], type) && matches(one.source, `urn:hybrid:${context}`)).length,
  );
  return reached.reduce((total, count) => total + count, 0) / Math.max(1, types.length);
};

/** What a million domain events use: the append, the publication, the deliveries and the audit trail; what else a handler does is its own. */
export const eventUsage = (graph: Graph, { append, audit, bytes }: DomainEventCost): readonly Usage[] => {
  const deliveries = deliveriesAnEvent(graph);
  const archived = all(graph, 'archive').length === 0 ? 0 : (million * bytes) / gigabyte;
  const run = (trigger: string, runs: number, what: string, kind: Usage['kind']) =>
    invocations(functionOf(graph, trigger), { runs, seconds: backgroundMillis / 1000, kind, what });
  return [
    { meter: 'dynamodb.reads', quantity: million * append.reads, kind: 'table', what: 'reads of the state' },
    {
      meter: 'dynamodb.writes',
      quantity: million * append.writes,
      kind: 'table',
      what: `writes: ${append.writes} units for state and event in one transaction`,
    },
    ...run('changes', million, 'publishing, one at a time', 'function'),
    { meter: 'eventbridge.events', quantity: million * Math.ceil(bytes / chunk), kind: 'event-bus', what: `events of ${bytes} bytes` },
    ...(archived === 0
      ? []
      : [
          { meter: 'eventbridge.archive', quantity: archived, kind: 'event-bus', what: 'archived' } as const,
          { meter: 'eventbridge.archive-storage', quantity: archived, kind: 'event-bus', what: 'archive, kept a month' } as const,
        ]),
    {
      meter: 'sqs.requests',
      quantity: million * deliveries * 3,
      kind: 'subscriber',
      what: `send, receive and delete in ${deliveries.toFixed(1)} queues`,
    },
    ...run('events', million * deliveries, `${deliveries.toFixed(1)} deliveries, one at a time`, 'subscriber'),
    { meter: 'dynamodb.writes', quantity: million * audit.writes, kind: 'table', what: 'the audit trail' },
  ];
};
