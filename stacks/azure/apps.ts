import type { FunctionUnit } from '../../functions/kernel/units.ts';
import type { PlatformPlan } from '../platform.ts';
import { appOf } from './names.ts';

/** An app, and the units that run in it. */
export type App = { readonly name: string; readonly units: readonly FunctionUnit[] };

export const appsOf = ({ units }: Pick<PlatformPlan, 'units'>): readonly App[] =>
  [...new Set(units.map(appOf))].map((name) => ({ name, units: units.filter((unit) => appOf(unit) === name) }));
