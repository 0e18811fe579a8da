import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { ModelHost } from '../../domain/kernel/model-host.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { noModels } from '../cloud/spared.ts';
import { artifactCache } from '../onnx/artifact-cache.ts';
import { inspecting } from '../onnx/inspecting.ts';
import { type OnnxModelHost, onnxModelHost } from '../onnx/model-host.ts';

export type CloudRunModelHostOptions = {
  readonly artifacts: Pick<ObjectStore, 'get'>;
  readonly folder?: string;
  /** Of the function, in bytes; unless told, what its container may use. */
  readonly memoryBytes?: number;
};

/** Of a function's memory. The rest is for this process, the ones that run models, what a run needs beside the model, and the files: the disk of Cloud Run is memory. */
const [shareForModels, shareForFiles] = [0.35, 0.25];

const filesOf = ({ artifacts, folder = join(tmpdir(), 'hybrid-artifacts') }: CloudRunModelHostOptions, memoryBytes: number) =>
  artifactCache({ store: artifacts, folder, maxBytes: Math.floor(memoryBytes * shareForFiles) });

/** The `ModelHost` port in a Cloud Run function: onnxruntime over artifacts that are downloaded once to the instance's own file system. */
export const cloudRunModelHost = (options: CloudRunModelHostOptions): OnnxModelHost => {
  const { memoryBytes = memoryHere() } = options;
  return onnxModelHost({ artifact: filesOf(options, memoryBytes).file, cacheBytes: Math.floor(memoryBytes * shareForModels) });
};

/** The same for a function that only looks into models: it has no code to serve them. */
export const cloudRunModelInspector = (options: CloudRunModelHostOptions): ModelHost => ({
  ...noModels,
  inspect: inspecting(filesOf(options, options.memoryBytes ?? memoryHere()).file),
});

/** Without a limit on the container Node tells of one that no machine has. */
const memoryHere = (): number => Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
