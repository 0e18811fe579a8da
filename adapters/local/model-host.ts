import { type OnnxModelHost, onnxModelHost } from '../onnx/model-host.ts';
import type { LocalObjectStore } from './object-store.ts';

/** The `ModelHost` port over the files of the object store that keeps artifacts. */
export const localModelHost = (artifacts: () => Pick<LocalObjectStore, 'pathOf'>): OnnxModelHost =>
  onnxModelHost({
    artifact(key) {
      const path = artifacts().pathOf(key);
      return path === undefined ? undefined : { path };
    },
  });
