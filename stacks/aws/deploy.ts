import { getCallerIdentity } from '@pulumi/aws/getCallerIdentity.js';
import { getServiceQuota } from '@pulumi/aws/servicequotas/getServiceQuota.js';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { buildAll } from '../bundle.ts';
import type { Deployment } from '../deploy.ts';
import type { PlatformPlan } from '../platform.ts';
import { beyondAws } from './limits.ts';
import type { Settings } from './options.ts';
import { Platform } from './platform.ts';
import { concurrencyFailure, reservedOf, starvedUnits, unknownUnits, withoutRoom } from './settings-limits.ts';
import type { Transforms } from './transforms.ts';

/** Puts a plan into an AWS account. Throws `Rejected` before any resource where AWS cannot do it, or the account has not enough to give. */
export const deploy = async ({ plan, settings, build, transforms = {} }: Deployment<Settings, Transforms>): Promise<Platform> => {
  const declared = [unknownUnits(plan, settings), starvedUnits(plan, settings), withoutRoom(plan, settings), beyondAws(plan)];
  for (const failure of [...declared, await ofAccount(settings), await ofQuota(plan, settings)])
    if (failure !== undefined) throw new Rejected(failure);
  const bundles = await buildAll(build, plan.units, settings);
  return new Platform('platform', { plan, settings, bundles, transforms });
};

/** The provider would refuse as well, after everything was built. */
const ofAccount = async ({ allowedAccount, stack }: Settings) => {
  if (allowedAccount === undefined) return undefined;
  const { accountId } = await getCallerIdentity();
  if (accountId === allowedAccount) return undefined;
  const detail = `The credentials are for the account ${accountId}, and ${stack} belongs to ${allowedAccount} (platform:allowedAccount).`;
  return failed('forbidden', 'wrong-account', detail);
};

/** Lambda's quota of concurrent executions in a region. */
const concurrency = { serviceCode: 'lambda', quotaCode: 'L-B99A9384' };

const ofQuota = async (plan: PlatformPlan, settings: Settings) =>
  plan.units.every((unit) => reservedOf(unit, settings) === undefined)
    ? undefined
    : concurrencyFailure(plan, settings, (await getServiceQuota(concurrency)).value);
