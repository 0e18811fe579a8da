import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { artifactCache } from '../onnx/artifact-cache.ts';
import { type OnnxModelHost, onnxModelHost } from '../onnx/model-host.ts';
import type { Environment } from './credentials.ts';

export type LambdaModelHostOptions = {
  readonly artifacts: Pick<ObjectStore, 'get'>;
  readonly environment: Environment;
  readonly folder?: string;
};

/** Of a function's memory; the rest is for this process, the ones that run models, and what a run needs beside the model. */
const shareForModels = 0.5;

/** The `ModelHost` port in a Lambda function: onnxruntime over artifacts that are downloaded once to the function's own disk. */
export const lambdaModelHost = ({
  artifacts,
  environment,
  folder = join(tmpdir(), 'hybrid-artifacts'),
}: LambdaModelHostOptions): OnnxModelHost => {
  const cache = artifactCache({ store: artifacts, folder });
  const memoryMegabytes = Number(environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 2048);
  return onnxModelHost({ artifact: cache.file, cacheBytes: memoryMegabytes * shareForModels * 1024 ** 2 });
};
