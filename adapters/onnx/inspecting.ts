import type { ModelHost } from '../../domain/kernel/model-host.ts';
import { type Inspector, modelInspector } from './model-inspection.ts';
import type { ArtifactFile } from './serving-host.ts';

/** Finds an artifact as a file; nothing where there is none. */
export type FindArtifact = (key: string) => ArtifactFile | undefined | Promise<ArtifactFile | undefined>;

/** The `inspect` of a model host: by itself it carries nothing that serves. */
export const inspecting =
  (artifact: FindArtifact, inspector: Inspector = modelInspector()): ModelHost['inspect'] =>
  async (key) => {
    const file = await artifact(key);
    try {
      return await inspector.inspect(file?.path);
    } finally {
      file?.release?.();
    }
  };
