import type { HandlersOf } from '../kernel/handler.ts';
import { tableTransfer } from '../kernel/transfer/handlers.ts';
import type { inference } from './context.ts';
import { getModel } from './get-model.ts';
import { getModelReady } from './get-model-ready.ts';
import { getServer } from './get-server.ts';
import { getServerLive } from './get-server-live.ts';
import { getServerReady } from './get-server-ready.ts';
import { infer } from './infer.ts';
import { onDeploymentRequested } from './on-deployment-requested.ts';
import { onEndpointRemoved } from './on-endpoint-removed.ts';

export const handlers: HandlersOf<typeof inference> = {
  'get-server': getServer,
  'get-server-live': getServerLive,
  'get-server-ready': getServerReady,
  'get-model': getModel,
  'get-model-ready': getModelReady,
  infer,
  ...tableTransfer,
};

export const subscribers = { 'deployment-requested': onDeploymentRequested, 'endpoint-removed': onEndpointRemoved };
