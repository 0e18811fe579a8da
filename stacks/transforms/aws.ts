import type { Transforms } from '../aws/transforms.ts';

/** What this company wants otherwise than the platform makes it on AWS. This file is for it to change; see `stacks/aws/transforms.ts`. */
export const transforms: Transforms = {};
