import { orReject } from '../domain/kernel/failure.ts';
import type { ContextDeclaration } from '../functions/kernel/context.ts';
import type { BuildUnits } from './bundle.ts';
import { type Settings, settingsOf, type Told } from './config.ts';
import type { Cloud } from './environment.ts';
import type { PlatformOutputs } from './outputs.ts';
import { type PlatformPlan, planOf } from './platform.ts';

/** What `stacks/<cloud>/deploy.ts` is given: its own settings and transforms. */
export type Deployment<S = Settings, T = object> = {
  readonly plan: PlatformPlan;
  readonly settings: S;
  readonly build: BuildUnits;
  readonly transforms?: T;
};
export type Deployed = { readonly outputs: PlatformOutputs };

type Program = { readonly deploy: (deployment: Deployment) => Promise<Deployed> };

/** What a company wants otherwise of one cloud: `Transforms` of `stacks/<cloud>/transforms.ts`. */
export type TransformsFor = (cloud: Cloud) => Promise<object>;

/** Deploys these contexts as the stack is told. Throws `Rejected` before any resource where that cannot be. */
export const deploy = async (
  told: Told,
  contexts: readonly ContextDeclaration[],
  build: BuildUnits,
  transformsFor: TransformsFor = async () => ({}),
): Promise<Deployed> => {
  const settings = orReject(settingsOf(told, contexts));
  const { cloud } = settings;
  const { topology, profile } = settings;
  const plan = planOf(settings.contexts, { topology, queuePer: profile.queuePer, apart: cloud === 'aws' });
  const program = await programOf(cloud);
  return program.deploy({ plan, settings, build, transforms: await transformsFor(cloud) });
};

/** Only the program of this cloud is loaded, with its provider: each takes seconds and hundreds of megabytes. */
const programOf = async (cloud: Cloud): Promise<Program> => (await import(`./${cloud}/deploy.ts`)) as Program;
