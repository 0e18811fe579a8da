import type { Transforms } from '../azure/transforms.ts';

/** What this company wants otherwise than the platform makes it. This file is for it to change; see `stacks/azure/transforms.ts`. */
export const transforms: Transforms = {};
