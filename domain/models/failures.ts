import { type Failure, failed } from '../kernel/failure.ts';

/** What may be wrong with a request about models, their versions and aliases, and endpoints. */
export type ModelsFailure = Failure<
  | 'model-not-found'
  | 'version-not-found'
  | 'alias-not-found'
  | 'endpoint-not-found'
  | 'model-exists'
  | 'version-exists'
  | 'model-in-use'
  | 'version-in-use'
  | 'alias-in-use'
  | 'model-being-deleted'
  | 'version-being-deleted'
  | 'deletion-not-begun'
>;

export const modelNotFound = (model: string): ModelsFailure => failed('not-found', 'model-not-found', `There is no model "${model}".`);

export const versionNotFound = (model: string, version: string): ModelsFailure =>
  failed('not-found', 'version-not-found', `The model "${model}" has no version "${version}".`);

export const aliasNotFound = (model: string, alias: string): ModelsFailure =>
  failed('not-found', 'alias-not-found', `The alias "${alias}" of the model "${model}" is not assigned.`);

export const endpointNotFound = (endpoint: string): ModelsFailure =>
  failed('not-found', 'endpoint-not-found', `There is no endpoint "${endpoint}".`);

export const modelExists = (model: string): ModelsFailure =>
  failed('conflict', 'model-exists', `There is a model "${model}" already; choose another name or add a version to it.`);

export const modelInUse = (model: string, endpoints: readonly string[]): ModelsFailure =>
  failed('conflict', 'model-in-use', `Endpoints refer to the model "${model}"; remove them or deploy another model there first.`, {
    endpoints,
  });

export const versionInUse = (
  model: string,
  version: string,
  by: { endpoints: readonly string[]; aliases: readonly string[] },
): ModelsFailure =>
  failed('conflict', 'version-in-use', `Endpoints or aliases refer to version "${version}" of the model "${model}"; move them first.`, by);

export const aliasInUse = (model: string, alias: string, endpoints: readonly string[]): ModelsFailure =>
  failed('conflict', 'alias-in-use', `Endpoints follow the alias "${alias}" of the model "${model}"; deploy something else there first.`, {
    endpoints,
  });

export const modelBeingDeleted = (model: string): ModelsFailure =>
  failed('conflict', 'model-being-deleted', `The model "${model}" is being deleted; ask for its deletion again to finish it.`);

export const versionBeingDeleted = (model: string, version: string): ModelsFailure =>
  failed(
    'conflict',
    'version-being-deleted',
    `Version "${version}" of the model "${model}" is being deleted; ask for its deletion again to finish it.`,
  );

export const deletionNotBegun = (): ModelsFailure =>
  failed('conflict', 'deletion-not-begun', 'What shall be deleted was taken into use again meanwhile; try again.');
