import type { Signature } from '../kernel/model-host.ts';

/** What has to be loaded to serve a version: where its bytes are, what they are, and which tensors go in and out. */
export type Release = {
  /** The number of the version as text, from "1". */
  readonly version: string;
  /** The object's key in the store `artifacts`. */
  readonly artifact: string;
  /** `sha256:<hex>`. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly signature: Signature;
};
