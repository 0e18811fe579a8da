import { billing } from './billing/context.ts';
import { identity } from './identity/context.ts';
import { inference } from './inference/context.ts';
import type { ContextDeclaration } from './kernel/context.ts';
import { models } from './models/context.ts';
import { observability } from './observability/context.ts';
import { platform } from './platform/context.ts';

/** Every context there is, in the order that documents show them in. */
export const contexts: readonly ContextDeclaration[] = [platform, identity, models, inference, billing, observability];
