import { orReject } from '../domain/kernel/failure.ts';
import type { ContextDeclaration } from '../functions/kernel/context.ts';
import { deploy as deployToAws } from './aws/deploy.ts';
import type { Platform } from './aws/platform.ts';
import type { Transforms } from './aws/transforms.ts';
import type { BuildUnits } from './bundle.ts';
import { settingsOf, type Told } from './config.ts';
import { planOf } from './platform.ts';

/** Deploys these contexts as the stack is told. Throws `Rejected` before any resource where that cannot be. */
export const deploy = async (
  told: Told,
  contexts: readonly ContextDeclaration[],
  build: BuildUnits,
  transforms: Transforms = {},
): Promise<Platform> => {
  const settings = orReject(settingsOf(told, contexts));
  const plan = planOf(settings.contexts, { topology: settings.topology, queuePer: settings.profile.queuePer });
  return deployToAws({ plan, settings, build, transforms });
};
