import { Rejected } from '../../domain/kernel/failure.ts';
import type { Deployment } from '../deploy.ts';
import { edgeUnit } from '../edge.ts';
import { withoutLargeEvents } from './large-events.ts';
import { beyondGoogle, unknownUnits, unservedRegion } from './limits.ts';
import type { Settings } from './options.ts';
import { Platform } from './platform.ts';
import type { Transforms } from './transforms.ts';

/** Puts a plan into a project of Google Cloud. Throws `Rejected` before any resource where Google Cloud cannot do it. */
export const deploy = async ({ plan: planned, settings, build, transforms = {} }: Deployment<Settings, Transforms>): Promise<Platform> => {
  const plan = withoutLargeEvents(planned);
  for (const failure of [unservedRegion(settings), unknownUnits(plan, settings), beyondGoogle(plan, settings.environment)])
    if (failure !== undefined) throw new Rejected(failure);
  const built = await build([...plan.units, edgeUnit], { cloud: 'gcp', architecture: 'x86_64' });
  const bundles = new Map(built.map((bundle) => [bundle.name, bundle]));
  return new Platform('platform', { plan, settings, bundles, transforms });
};
