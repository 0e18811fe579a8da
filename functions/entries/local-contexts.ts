import { billing } from '../billing/context.ts';
import * as billingFunctions from '../billing/handlers.ts';
import { identity } from '../identity/context.ts';
import * as identityFunctions from '../identity/handlers.ts';
import { inference } from '../inference/context.ts';
import * as inferenceFunctions from '../inference/handlers.ts';
import type { ContextDeclaration } from '../kernel/context.ts';
import { models } from '../models/context.ts';
import * as modelsFunctions from '../models/handlers.ts';
import { observability } from '../observability/context.ts';
import * as observabilityFunctions from '../observability/handlers.ts';
import { platform } from '../platform/context.ts';
import * as platformFunctions from '../platform/handlers.ts';
import type { BoundContext } from './bound-context.ts';

const bind = (declaration: unknown, functions: Omit<BoundContext, 'declaration'>): BoundContext => ({
  declaration: declaration as ContextDeclaration,
  ...functions,
});

/** Every context with its functions, for an entry that runs them all in one process. */
export const boundContexts: readonly BoundContext[] = [
  bind(platform, platformFunctions),
  bind(identity, identityFunctions),
  bind(models, modelsFunctions),
  bind(inference, inferenceFunctions),
  bind(billing, billingFunctions),
  bind(observability, observabilityFunctions),
];
