import type { FunctionUnit } from '../functions/kernel/units.ts';
import type { Cloud } from './environment.ts';

/** A function's zip; `sha256` in hexadecimal. */
export type Bundle = { readonly name: string; readonly zip: string; readonly sha256: string; readonly zipBytes: number };

export type Architecture = 'arm64' | 'x86_64';

type Target = { readonly cloud: Cloud; readonly architecture: Architecture };

/** Builds the zips of these functions for what a cloud runs them on. */
export type BuildUnits = (units: readonly FunctionUnit[], options: Target) => Promise<readonly Bundle[]>;

/** Functions that run models may be for another machine than the rest. */
export const buildAll = async (
  build: BuildUnits,
  units: readonly FunctionUnit[],
  { cloud, architecture, modelArchitecture }: Target & { readonly modelArchitecture: Architecture },
): Promise<ReadonlyMap<string, Bundle>> => {
  const runsModels = ({ native }: FunctionUnit) => native.includes('onnxruntime');
  const built = [
    ...(await build(units.filter(runsModels), { cloud, architecture: modelArchitecture })),
    ...(await build(
      units.filter((unit) => !runsModels(unit)),
      { cloud, architecture },
    )),
  ];
  return new Map(built.map((bundle) => [bundle.name, bundle]));
};
