import { foldUsage as fold } from '../../domain/billing/rollup.ts';
import type { Change } from '../../domain/kernel/table.ts';
import type { PortsOf } from '../kernel/handler.ts';
import type { billing } from './context.ts';

/** Adds new usage facts to the roll-ups that usage, invoices and previews are read from. */
export const foldUsage = (changes: readonly Change[], { rollups }: Pick<PortsOf<typeof billing>, 'rollups'>): Promise<void> =>
  fold(rollups)(changes);
