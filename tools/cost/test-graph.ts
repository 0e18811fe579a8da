import { type Graph, type Priced, type Resource, types } from './graph.ts';

export const resource = (kind: Priced, name: string, inputs: Resource['inputs'] = {}): Resource => ({ type: types[kind], name, inputs });

const arm = {
  architectures: ['arm64'],
  loggingConfig: { logFormat: 'JSON', systemLogLevel: 'WARN' },
  tracingConfig: { mode: 'PassThrough' },
};

/** A small platform made by hand: one context's functions, its tables, a queue, and what watches them. */
export const smallGraph = (): Graph => [
  ...['inference-predictions', 'billing-changes', 'models-schedules', 'models-events'].map((name) =>
    resource('function', name, { ...arm, memorySize: 512 }),
  ),
  ...['identity-directory', 'inference-endpoints', 'billing-usage', 'billing-rollups'].map((name) =>
    resource('table', name, { pointInTimeRecovery: { enabled: true } }),
  ),
  resource('mapping', 'billing-usage-changes', { startingPosition: 'TRIM_HORIZON', batchSize: 1000, maximumBatchingWindowInSeconds: 60 }),
  resource('mapping', 'models-events', { batchSize: 10 }),
  resource('stage', 'http-api', {}),
  resource('secret', 'identity'),
  resource('schedule', 'models-upload-sweep', { scheduleExpression: 'rate(1 hour)' }),
  resource('alarm', 'dead-letters'),
  resource('rule', 'models', { eventPattern: JSON.stringify({ 'detail-type': ['ai.hybrid-platform.models.alias-assigned.v1'] }) }),
  resource('rule', 'observability', { eventPattern: JSON.stringify({ source: [{ prefix: 'urn:hybrid:' }] }) }),
];
