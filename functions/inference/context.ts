import { endpointFailed, endpointReady, endpointStopped } from '../../events/inference.ts';
import { deploymentRequested, endpointRemoved } from '../../events/models.ts';
import { context } from '../kernel/context.ts';
import { InferenceError } from '../kernel/schemas.ts';
import { transferOfTables } from '../kernel/transfer/routes.ts';
import { InferRequest, InferResponse, ModelMetadata, ModelReady, ServerLive, ServerMetadata, ServerReady } from './open-inference.ts';

const small = { body: '4 KiB', time: '10 s' } as const;
const metadata = { permission: 'inference:read', errors: 'open-inference', limit: small, uses: { endpoints: ['get'] } } as const;
const publicly = { permission: 'public', errors: 'open-inference', limit: small, uses: {} } as const;
const failures = { 401: InferenceError, 403: InferenceError, 404: InferenceError };

/** How long a run may take. Its request may take longer: a run that came to its end is billed, so there has to be time to say so and to answer. */
export const runTime = '10 s';

const infer = {
  does: 'infer',
  summary: 'Run the model that serves at this endpoint',
  permission: 'inference:invoke',
  errors: 'open-inference',
  body: { bytes: InferRequest },
  answers: {
    200: InferResponse,
    ...failures,
    413: InferenceError,
    422: InferenceError,
    503: InferenceError,
    504: InferenceError,
    507: InferenceError,
  },
  limit: { body: '16 MiB', time: '15 s' },
  uses: { endpoints: ['get'], modelHost: ['invoke'], meter: ['record'] },
} as const;
const describeModel = {
  ...metadata,
  does: 'get-model',
  summary: 'What a model takes and gives',
  answers: { 200: ModelMetadata, ...failures },
} as const;
const modelReady = {
  ...metadata,
  does: 'get-model-ready',
  summary: 'Whether a model answers',
  answers: { 200: ModelReady, ...failures },
} as const;

export const inference = context('inference', {
  describes: 'Serves deployed models by the Open Inference Protocol, and meters what they use',
  tables: { endpoints: { holds: 'events' } },
  borrows: { artifacts: { from: 'models', objects: 'artifacts' } },
  routes: {
    'GET /v2': { ...publicly, does: 'get-server', summary: 'Server metadata', answers: { 200: ServerMetadata } },
    'GET /v2/health/live': { ...publicly, does: 'get-server-live', summary: 'Whether the server lives', answers: { 200: ServerLive } },
    'GET /v2/health/ready': {
      ...publicly,
      does: 'get-server-ready',
      summary: 'Whether the server can answer',
      answers: { 200: ServerReady },
    },
    'GET /v2/models/{endpoint}': describeModel,
    'GET /v2/models/{endpoint}/versions/{version}': describeModel,
    'GET /v2/models/{endpoint}/ready': modelReady,
    'GET /v2/models/{endpoint}/versions/{version}/ready': modelReady,
    'POST /v2/models/{endpoint}/infer': infer,
    'POST /v2/models/{endpoint}/versions/{version}/infer': infer,
    ...transferOfTables('inference', ['endpoints']),
  },
  publishes: [endpointReady, endpointFailed, endpointStopped],
  subscribers: {
    'deployment-requested': {
      to: [deploymentRequested],
      attempts: 8,
      uses: { endpoints: ['get', 'append'], modelHost: ['load', 'remove'], artifacts: ['read'] },
    },
    'endpoint-removed': { to: [endpointRemoved], attempts: 8, uses: { endpoints: ['get', 'append'], modelHost: ['remove'] } },
  },
});
