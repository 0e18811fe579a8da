import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { artifactCache } from '../onnx/artifact-cache.ts';
import { type OnnxModelHost, onnxModelHost } from '../onnx/model-host.ts';

export type CloudRunModelHostOptions = {
  readonly artifacts: Pick<ObjectStore, 'get'>;
  readonly folder?: string;
  /** Of the function, in bytes; unless told, what its container may use. */
  readonly memoryBytes?: number;
};

/** Of a function's memory. The rest is for this process, the ones that run models, what a run needs beside the model, and the files: the disk of Cloud Run is memory. */
const [shareForModels, shareForFiles] = [0.35, 0.25];

/** The `ModelHost` port in a Cloud Run function: onnxruntime over artifacts that are downloaded once to the instance's own file system. */
export const cloudRunModelHost = ({
  artifacts,
  folder = join(tmpdir(), 'hybrid-artifacts'),
  memoryBytes = memoryHere(),
}: CloudRunModelHostOptions): OnnxModelHost => {
  const cache = artifactCache({ store: artifacts, folder, maxBytes: Math.floor(memoryBytes * shareForFiles) });
  return onnxModelHost({ artifact: cache.file, cacheBytes: Math.floor(memoryBytes * shareForModels) });
};

/** Without a limit on the container Node tells of one that no machine has. */
const memoryHere = (): number => Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
