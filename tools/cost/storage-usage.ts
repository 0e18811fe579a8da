import { logCompression } from './assumptions.ts';
import type { Usage } from './bill.ts';
import { all, type Graph, listOf, numberOf, partOf } from './graph.ts';

/** A gigabyte for a month, by where it lies. */
export const storageUsage = (graph: Graph): readonly Usage[] => [...tables(graph), ...objects(), ...logs(graph), ...archives(graph)];

/** A table's gigabyte counts again in every index that holds it. */
const tables = (graph: Graph): readonly Usage[] => {
  const indexes = Math.max(0, ...all(graph, 'table').map((table) => listOf(table, 'globalSecondaryIndexes').length));
  const recovers = all(graph, 'table').some((table) => partOf(table, 'pointInTimeRecovery').enabled === true);
  return [
    { meter: 'dynamodb.storage', quantity: 1, kind: 'table', what: 'in a table' },
    ...(indexes === 0
      ? []
      : [{ meter: 'dynamodb.storage', quantity: indexes, kind: 'table', what: `in up to ${indexes} indexes of a table` } as const]),
    ...(recovers ? [{ meter: 'dynamodb.recovery', quantity: 1, kind: 'table', what: 'restorable to a point in time' } as const] : []),
  ];
};

const objects = (): readonly Usage[] => [
  { meter: 's3.storage', quantity: 1, kind: 'object-store', what: 'as objects; earlier versions count too' },
];

const logs = (graph: Graph): readonly Usage[] => {
  const days = Math.max(0, ...all(graph, 'logGroup').map((group) => numberOf(group, 'retentionInDays', 0)));
  if (days === 0) return [];
  return [
    { meter: 'cloudwatch.log-ingestion', quantity: 1, kind: 'monitoring', what: 'of logs, taken in' },
    { meter: 'cloudwatch.log-storage', quantity: days / 30 / logCompression, kind: 'monitoring', what: `of logs, kept for ${days} days` },
  ];
};

const archives = (graph: Graph): readonly Usage[] =>
  all(graph, 'archive').length === 0
    ? []
    : [
        { meter: 'eventbridge.archive', quantity: 1, kind: 'event-bus', what: 'of events, archived' },
        { meter: 'eventbridge.archive-storage', quantity: 1, kind: 'event-bus', what: 'of events, in the archive' },
      ];
