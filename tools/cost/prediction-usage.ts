import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { accessLogBytes } from './access-log-size.ts';
import { backgroundMillis, monthSeconds, predictionMillis, type Traffic } from './assumptions.ts';
import type { Usage } from './bill.ts';
import { foldingOf } from './folding.ts';
import { all, type Graph, isOn, numberOf, partOf, type Resource, readsStream, textOf } from './graph.ts';
import { functionOf, invocations, ownLogBytes } from './lambda.ts';
import type { Prediction } from './measured-prediction.ts';

export const million = 1_000_000;
const gigabyte = 1024 ** 3;

/** What a million predictions use, in the order in which a request meets it; lines of kind `network-edge` are the edge's. */
export const predictionUsage = (graph: Graph, measured: Prediction, traffic: Traffic): readonly Usage[] => [
  ...edge(graph, measured),
  ...gateway(graph, measured),
  ...serving(graph, measured),
  ...folding(graph, measured, traffic),
  ...keys(graph, traffic),
];

const edge = (graph: Graph, { responseBytes }: Prediction): readonly Usage[] => {
  const kind = 'network-edge';
  const acls =
    all(graph, 'webAcl').length === 0 ? [] : [{ meter: 'waf.requests', quantity: million, kind, what: 'requests inspected' } as const];
  if (all(graph, 'distribution').length === 0) return acls;
  return [
    { meter: 'cloudfront.requests', quantity: million, kind, what: 'requests' },
    { meter: 'cloudfront.transfer', quantity: (million * responseBytes) / gigabyte, kind, what: 'answers' },
    ...acls,
  ];
};

const gateway = (graph: Graph, { responseBytes }: Prediction): readonly Usage[] => {
  const logged = Math.max(
    0,
    ...all(graph, 'stage').map((stage) => accessLogBytes(String(partOf(stage, 'accessLogSettings').format ?? ''))),
  );
  const kind = 'http-api';
  return [
    { meter: 'http-api.requests', quantity: million, kind, what: 'requests' },
    // What leaves through CloudFront is its own; from here to there is free.
    ...(all(graph, 'distribution').length > 0
      ? []
      : [{ meter: 'transfer.out', quantity: (million * responseBytes) / gigabyte, kind, what: 'answers' } as const]),
    ...(logged === 0
      ? []
      : [
          {
            meter: 'cloudwatch.log-ingestion',
            quantity: (million * logged) / gigabyte,
            kind,
            what: `access log: ${logged} bytes a line`,
          } as const,
        ]),
  ];
};

const serving = (graph: Graph, { request, logBytes, logLines, events }: Prediction): readonly Usage[] => {
  const one = functionOf(graph, 'predictions', 'inference');
  const bytes = logBytes + ownLogBytes(one);
  const kept = (million * request.storedBytes) / gigabyte;
  return [
    ...invocations(one, { runs: million, seconds: predictionMillis / 1000, kind: 'function', what: 'predictions' }),
    {
      meter: 'cloudwatch.log-ingestion',
      quantity: (million * bytes) / gigabyte,
      kind: 'function',
      what: `log: ${logLines} line, ${bytes} bytes`,
    },
    ...tracing(graph, one),
    {
      meter: 'dynamodb.reads',
      quantity: million * request.reads,
      kind: 'table',
      what: `reads: ${request.reads} for key, tenant and endpoint`,
    },
    { meter: 'dynamodb.writes', quantity: million * request.writes, kind: 'table', what: `writes: ${request.writes} for the usage fact` },
    { meter: 'dynamodb.storage', quantity: kept, kind: 'table', what: 'facts, kept a month' },
    ...(recovers(graph, 'usage')
      ? [{ meter: 'dynamodb.recovery', quantity: kept, kind: 'table', what: 'facts, restorable for a month' } as const]
      : []),
    ...(events === 0 ? [] : [{ meter: 'eventbridge.events', quantity: million * events, kind: 'event-bus', what: 'events' } as const]),
  ];
};

const recovers = (graph: Graph, table: string): boolean =>
  all(graph, 'table').some((one) => one.name.includes(table) && partOf(one, 'pointInTimeRecovery').enabled === true);

/** The rate that a rule of ours sets; without one Lambda records a request a second and 5 % of the rest. */
const tracing = (graph: Graph, one: Resource): readonly Usage[] => {
  if (partOf(one, 'tracingConfig').mode !== 'Active') return [];
  const [rule] = all(graph, 'samplingRule');
  const rate = rule === undefined ? 0.05 : numberOf(rule, 'fixedRate', 0.05);
  return [{ meter: 'xray.traces', quantity: million * rate, kind: 'monitoring', what: `traces of ${rate * 100} %` }];
};

const folding = (graph: Graph, { fold }: Prediction, traffic: Traffic): readonly Usage[] => {
  const changes = functionOf(graph, 'changes', 'billing');
  const { recordsABatch, invocationsAFact, foldsAFact } = foldingOf(foldMapping(graph), traffic);
  const what = `folds of ${recordsABatch.toFixed(1)} facts`;
  const runs = million * invocationsAFact;
  return [
    ...invocations(changes, { runs, seconds: backgroundMillis / 1000, kind: 'function', what }),
    { meter: 'cloudwatch.log-ingestion', quantity: (runs * ownLogBytes(changes)) / gigabyte, kind: 'function', what: `${what}: log` },
    { meter: 'dynamodb.reads', quantity: million * foldsAFact * fold.reads, kind: 'table', what: `${what}: reads of roll-ups` },
    { meter: 'dynamodb.writes', quantity: million * foldsAFact * fold.writes, kind: 'table', what: `${what}: writes of roll-ups` },
  ];
};

const foldMapping = (graph: Graph): Resource => {
  const found = all(graph, 'mapping').find(
    (mapping) => isOn(mapping) && readsStream(mapping) && `${mapping.name} ${textOf(mapping, 'eventSourceArn')}`.includes('usage'),
  );
  if (found !== undefined) return found;
  throw new Rejected(
    failed('invalid', 'mapping-not-found', 'The graph has no mapping of the stream of billing.usage: nothing would fold the facts.'),
  );
};

/** A table under a key of ours asks for it every 5 minutes that it is used in, for each function that uses it. */
const keys = (graph: Graph, { predictionsAMonth }: Traffic): readonly Usage[] => {
  const touched = all(graph, 'table').filter(
    (table) => /directory|endpoints|usage|rollups/.test(table.name) && partOf(table, 'serverSideEncryption').kmsKeyArn !== undefined,
  );
  const aMonth = (monthSeconds / 300) * touched.length;
  const quantity = aMonth * Math.min(1, million / predictionsAMonth);
  return quantity === 0 ? [] : [{ meter: 'kms.requests', quantity, kind: 'table', what: 'decryption of table keys' }];
};
