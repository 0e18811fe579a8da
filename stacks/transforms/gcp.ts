import type { Transforms } from '../gcp/transforms.ts';

/** What this company wants otherwise than the platform makes it on Google Cloud. This file is for it to change; see `stacks/gcp/transforms.ts`. */
export const transforms: Transforms = {};
