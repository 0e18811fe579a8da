import * as z from 'zod';
import { eventType } from './event.ts';

/** A declared tensor of a model; a dimension of −1 varies. */
export const TensorSpec = z
  .object({
    name: z.string(),
    datatype: z.enum(['BOOL', 'UINT8', 'UINT16', 'UINT32', 'UINT64', 'INT8', 'INT16', 'INT32', 'INT64', 'FP16', 'FP32', 'FP64', 'BYTES']),
    shape: z.array(z.int()).describe('−1 where a dimension varies'),
  })
  .meta({ id: 'TensorSpec' });

const Signature = z.object({ inputs: z.array(TensorSpec), outputs: z.array(TensorSpec) });
const time = z.string().describe('RFC 3339, in UTC');
const model = z.string().describe('The name of the model');
const version = z.string().describe('The number of the version, from "1"');
const alias = z.string().describe('The name of the alias, for example "champion"');
const endpoint = z.string().describe('The name of the endpoint');
const generation = z.int().min(1).describe('Counts the deployments asked for; what is said of an older one is out of date');
const release = {
  version,
  artifact: z.string().describe("The key of the model's bytes in the store of artifacts"),
  digest: z.string().describe('sha256:<hex>'),
  sizeBytes: z.int(),
  signature: Signature,
};
const followed = alias.nullable().describe('The alias that the endpoint follows, or null where it was given a version');

export const modelCreated = eventType(
  'models',
  'model-created',
  'A model was registered, as yet without versions.',
  z.object({ model, description: z.string(), createdAt: time, createdBy: z.string() }),
);
export const modelDeletionBegun = eventType(
  'models',
  'model-deletion-begun',
  'A model takes nothing new from now on.',
  z.object({ model }),
);
export const modelDeletionCancelled = eventType(
  'models',
  'model-deletion-cancelled',
  'A model was found in use and stays.',
  z.object({ model }),
);
export const modelDeleted = eventType('models', 'model-deleted', 'A model is gone, with its aliases and versions.', z.object({ model }));

export const versionRegistered = eventType(
  'models',
  'version-registered',
  'A version was uploaded, inspected and stored.',
  z.object({ model, ...release, createdAt: time, createdBy: z.string() }),
);
export const versionDeletionBegun = eventType(
  'models',
  'version-deletion-begun',
  'Nothing new may refer to a version from now on.',
  z.object({ model, version }),
);
export const versionDeletionCancelled = eventType(
  'models',
  'version-deletion-cancelled',
  'A version was found in use and stays.',
  z.object({ model, version }),
);
export const versionDeleted = eventType(
  'models',
  'version-deleted',
  'A version is gone; its bytes go with the last version that has them.',
  z.object({
    model,
    version,
    digest: z.string().describe('sha256:<hex>'),
    reference: z.string().describe('Names the hold that the version had on the bytes'),
  }),
);

export const aliasAssigned = eventType(
  'models',
  'alias-assigned',
  'An alias points to a version from now on.',
  z.object({ model, alias, version }),
);
export const aliasRemoved = eventType(
  'models',
  'alias-removed',
  'An alias points to nothing any more.',
  z.object({ model, alias, version: version.describe('The version that it pointed to') }),
);

export const deploymentRequested = eventType(
  'models',
  'deployment-requested',
  'An endpoint shall serve a version. The one it serves goes on answering until this one is ready.',
  z.object({ endpoint, generation, model, ...release, alias: followed }),
);
export const modelDeployed = eventType(
  'models',
  'model-deployed',
  'An endpoint serves the version that was asked for.',
  z.object({ endpoint, generation, model, version, alias: followed }),
);
export const deploymentFailed = eventType(
  'models',
  'deployment-failed',
  'An endpoint could not load the version that was asked for; what it served before, it still serves.',
  z.object({ endpoint, generation, model, version, alias: followed, reason: z.string() }),
);
export const endpointRemoved = eventType(
  'models',
  'endpoint-removed',
  'An endpoint serves nothing any more.',
  z.object({ endpoint, generation: generation.describe('Later than that of every deployment before') }),
);
