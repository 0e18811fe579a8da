import { getClientConfig } from '@pulumi/azure-native/authorization/getClientConfig.js';
import { getClientToken } from '@pulumi/azure-native/authorization/getClientToken.js';
import { Rejected } from '../../domain/kernel/failure.ts';
import type { Bundle } from '../bundle.ts';
import type { Deployment as DeploymentOf } from '../deploy.ts';
import { edgeUnit } from '../edge.ts';
import { flexRegions } from './flex-regions.ts';
import { beyondAzure, regionFailure, subscriptionFailure, unknownApps } from './limits.ts';
import type { Settings } from './options.ts';
import { Platform } from './platform.ts';
import type { Transforms } from './transforms.ts';

export type Deployment = DeploymentOf<Settings, Transforms>;

/** Puts a plan into a subscription. Throws `Rejected` before any resource where Azure cannot do it, or it is another subscription. */
export const deploy = async ({ plan, settings, build, transforms = {} }: Deployment): Promise<Platform> => {
  for (const failure of [beyondAzure(plan), unknownApps(plan, settings), await ofSubscription(settings), await ofRegion(settings)])
    if (failure !== undefined) throw new Rejected(failure);
  return new Platform('platform', { plan, settings, bundles: await packagesOf({ plan, settings, build }), transforms });
};

/** The provider would act in the one that it is told; who is signed in to another should know before anything is built. */
const ofSubscription = async (settings: Settings) =>
  settings.allowedSubscription === undefined ? undefined : subscriptionFailure(settings, (await getClientConfig()).subscriptionId);

/** A preview is where it costs nothing to be told. */
const ofRegion = async (settings: Settings) =>
  regionFailure(settings, await flexRegions(settings.subscriptionId, (await getClientToken()).token));

/** One package for each app, and one for the edge where there is no Front Door. Flex Consumption runs on x64 only. */
const packagesOf = async ({ plan, settings, build }: Deployment): Promise<ReadonlyMap<string, Bundle>> => {
  const units = settings.domain === undefined ? [...plan.units, edgeUnit] : plan.units;
  const built = await build(units, { cloud: 'azure', architecture: 'x86_64' });
  return new Map(built.map((bundle) => [bundle.name, bundle]));
};
