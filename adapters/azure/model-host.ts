import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { artifactCache } from '../onnx/artifact-cache.ts';
import { type OnnxModelHost, onnxModelHost } from '../onnx/model-host.ts';
import type { Environment } from './credentials.ts';

export type FunctionModelHostOptions = {
  readonly artifacts: Pick<ObjectStore, 'get'>;
  readonly environment: Environment;
  readonly folder?: string;
};

/** Of an instance's memory; the rest is for this process, the ones that run models, the host of Functions, and what a run needs beside the model. */
const shareForModels = 0.5;
/** Of an instance of Flex Consumption, in megabytes, where its app does not say otherwise (`HYBRID_MEMORY_MEGABYTES`). */
const usualMemory = 2048;

/** The `ModelHost` port in a function app: onnxruntime over artifacts that are downloaded once to the instance's own disk. */
export const functionModelHost = ({
  artifacts,
  environment,
  folder = join(tmpdir(), 'hybrid-artifacts'),
}: FunctionModelHostOptions): OnnxModelHost => {
  const cache = artifactCache({ store: artifacts, folder });
  const memoryMegabytes = Number(environment.HYBRID_MEMORY_MEGABYTES ?? usualMemory);
  return onnxModelHost({ artifact: cache.file, cacheBytes: memoryMegabytes * shareForModels * 1024 ** 2 });
};
