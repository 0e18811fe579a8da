import { type FunctionUnit, greedyPaths } from '../functions/kernel/units.ts';

/**
 * The function between the public name and those of the contexts, where a cloud has no gateway that costs nothing while nobody comes: it forwards by
 * the longest path that leads to a function. It may touch nothing.
 */
export const edgeUnit: FunctionUnit = { name: 'edge', trigger: 'http', contexts: [], grants: [], native: [], timeoutSeconds: 60 };

/** Which function a path leads to, by the beginnings of paths (`/v1/models`); `/` is everything else, which the platform's own context answers. */
export const routesOf = (units: readonly FunctionUnit[]): readonly (readonly [path: string, unit: string])[] =>
  units.flatMap((unit) => {
    const heads = greedyPaths(unit).filter((path) => !path.endsWith('{proxy+}'));
    const others = unit.trigger === 'http' && unit.contexts.some(({ name }) => name === 'platform') ? ['/'] : [];
    return [...heads, ...others].map((path) => [path, unit.name] as const);
  });
