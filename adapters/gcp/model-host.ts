import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { artifactCache } from '../onnx/artifact-cache.ts';
import { type OnnxModelHost, onnxModelHost } from '../onnx/model-host.ts';
import type { Environment } from './credentials.ts';

export type CloudRunModelHostOptions = {
  readonly artifacts: Pick<ObjectStore, 'get'>;
  /** `HYBRID_MEMORY_MEBIBYTES` says how much memory the function has: Cloud Run tells it nothing of that. */
  readonly environment: Environment;
  readonly folder?: string;
};

/** Of a function's memory. The rest is for this process, the ones that run models, what a run needs beside the model, and the files: the disk of Cloud Run is memory. */
const [shareForModels, shareForFiles] = [0.35, 0.25];

/** The `ModelHost` port in a Cloud Run function: onnxruntime over artifacts that are downloaded once to the instance's own file system. */
export const cloudRunModelHost = ({
  artifacts,
  environment,
  folder = join(tmpdir(), 'hybrid-artifacts'),
}: CloudRunModelHostOptions): OnnxModelHost => {
  const memory = Number(environment.HYBRID_MEMORY_MEBIBYTES ?? 2048) * 1024 ** 2;
  const cache = artifactCache({ store: artifacts, folder, maxBytes: Math.floor(memory * shareForFiles) });
  return onnxModelHost({ artifact: cache.file, cacheBytes: Math.floor(memory * shareForModels) });
};
