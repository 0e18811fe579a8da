import type { FunctionUnit } from '../functions/kernel/units.ts';

/** A function's zip; `sha256` in hexadecimal. */
export type Bundle = { readonly name: string; readonly zip: string; readonly sha256: string; readonly zipBytes: number };

export type Architecture = 'arm64' | 'x86_64';

/** Builds the zips of these functions for this architecture. */
export type BuildUnits = (units: readonly FunctionUnit[], options: { readonly architecture: Architecture }) => Promise<readonly Bundle[]>;

/** Functions that run models may be for another machine than the rest. */
export const buildAll = async (
  build: BuildUnits,
  units: readonly FunctionUnit[],
  { architecture, modelArchitecture }: { readonly architecture: Architecture; readonly modelArchitecture: Architecture },
): Promise<ReadonlyMap<string, Bundle>> => {
  const runsModels = ({ native }: FunctionUnit) => native.includes('onnxruntime');
  const built = [
    ...(await build(units.filter(runsModels), { architecture: modelArchitecture })),
    ...(await build(
      units.filter((unit) => !runsModels(unit)),
      { architecture },
    )),
  ];
  return new Map(built.map((bundle) => [bundle.name, bundle]));
};
