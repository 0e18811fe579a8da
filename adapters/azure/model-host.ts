import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelHost } from '../../domain/kernel/model-host.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { noModels } from '../cloud/spared.ts';
import { artifactCache } from '../onnx/artifact-cache.ts';
import { inspecting } from '../onnx/inspecting.ts';
import { type OnnxModelHost, onnxModelHost } from '../onnx/model-host.ts';
import type { Environment } from './credentials.ts';

export type FunctionModelHostOptions = {
  readonly artifacts: Pick<ObjectStore, 'get'>;
  readonly environment: Environment;
  readonly folder?: string;
};

const usualFolder = (): string => join(tmpdir(), 'hybrid-artifacts');

/** Of an instance's memory; the rest is for this process, the ones that run models, the host of Functions, and what a run needs beside the model. */
const shareForModels = 0.5;
/** Of an instance of Flex Consumption, in megabytes, where its app does not say otherwise (`HYBRID_MEMORY_MEGABYTES`). */
const usualMemory = 2048;

/** The `ModelHost` port in a function app: onnxruntime over artifacts that are downloaded once to the instance's own disk. */
export const functionModelHost = ({ artifacts, environment, folder = usualFolder() }: FunctionModelHostOptions): OnnxModelHost => {
  const cache = artifactCache({ store: artifacts, folder });
  const memoryMegabytes = Number(environment.HYBRID_MEMORY_MEGABYTES ?? usualMemory);
  return onnxModelHost({ artifact: cache.file, cacheBytes: memoryMegabytes * shareForModels * 1024 ** 2 });
};

/** The same for a function app that only looks into models: it has no code to serve them. */
export const functionModelInspector = ({ artifacts, folder = usualFolder() }: FunctionModelHostOptions): ModelHost => ({
  ...noModels,
  inspect: inspecting(artifactCache({ store: artifacts, folder }).file),
});
