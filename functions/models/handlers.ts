import type { HandlersOf } from '../kernel/handler.ts';
import type { SubscribersOf } from '../kernel/subscriber.ts';
import { objectTransfer, tableTransfer } from '../kernel/transfer/handlers.ts';
import { assignAlias } from './assign-alias.ts';
import type { models } from './context.ts';
import { createModel } from './create-model.ts';
import { createUpload } from './create-upload.ts';
import { deleteModel } from './delete-model.ts';
import { deleteVersion } from './delete-version.ts';
import { everyUploadSweep } from './every-upload-sweep.ts';
import { getAlias } from './get-alias.ts';
import { getArtifact } from './get-artifact.ts';
import { getEndpoint } from './get-endpoint.ts';
import { getHistory } from './get-history.ts';
import { getModel } from './get-model.ts';
import { getVersion } from './get-version.ts';
import { listEndpoints } from './list-endpoints.ts';
import { listModels } from './list-models.ts';
import { listVersions } from './list-versions.ts';
import { onAliasAssigned } from './on-alias-assigned.ts';
import { onEndpointFailed } from './on-endpoint-failed.ts';
import { onEndpointReady } from './on-endpoint-ready.ts';
import { onVersionDeleted } from './on-version-deleted.ts';
import { registerUploadedVersion } from './register-uploaded-version.ts';
import { registerVersion } from './register-version.ts';
import { removeAlias } from './remove-alias.ts';
import { removeEndpoint } from './remove-endpoint.ts';
import { requestDeployment } from './request-deployment.ts';

export const handlers = {
  'create-model': createModel,
  'list-models': listModels,
  'get-model': getModel,
  'delete-model': deleteModel,
  'register-version': registerVersion,
  'create-upload': createUpload,
  'register-uploaded-version': registerUploadedVersion,
  'list-versions': listVersions,
  'get-version': getVersion,
  'get-artifact': getArtifact,
  'delete-version': deleteVersion,
  'assign-alias': assignAlias,
  'get-alias': getAlias,
  'remove-alias': removeAlias,
  'get-history': getHistory,
  'request-deployment': requestDeployment,
  'list-endpoints': listEndpoints,
  'get-endpoint': getEndpoint,
  'remove-endpoint': removeEndpoint,
  ...tableTransfer,
  ...objectTransfer,
} satisfies HandlersOf<typeof models>;

export const subscribers = {
  'alias-assigned': onAliasAssigned,
  'version-deleted': onVersionDeleted,
  'endpoint-ready': onEndpointReady,
  'endpoint-failed': onEndpointFailed,
} satisfies SubscribersOf<typeof models>;

export const schedules = { 'upload-sweep': everyUploadSweep };
